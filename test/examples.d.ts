declare module 'example:Vitest'
declare module 'example:Storybook' {
  export const Register: () => import('react').JSX.Element
}
