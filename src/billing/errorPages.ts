/** Where the pages about errors are: in the package, or where `npm run address` says. */
export const errorPages = 'docs/errors'
