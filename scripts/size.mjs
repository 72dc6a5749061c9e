import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

// What a page fetches until an outcome shows: min+gzip, production, React outside, as a stranger's bundler makes it of dist/.
const root = fileURLToPath(new URL('..', import.meta.url))
const react = ['react', 'react-dom', 'react/jsx-runtime']
const query = '@tanstack/react-query'
const whole = 'BillingKeyProvider, BillingKeyButton, BillingKeyOutcomeView, useBillingKey, useBillingKeyRedirect'

/** `aim`: what it is meant to come to. `held`: what it may not grow over now; the two are one where the aim is reached. In bytes. */
export const rows = [
  { what: 'provider, button, outcome view, hook and redirect, in Korean', names: whole, aim: 12_000, held: 19_630 },
  { what: 'useBillingKey and provider', names: 'BillingKeyProvider, useBillingKey', aim: 8_500, held: 14_350 },
  { what: 'parseRedirect', names: 'parseRedirect', aim: 2_500, held: 2_850 },
]

/** Bundles names of the client entry. */
export async function bundle(contents, { external = [...react, query], conditions = [] } = {}) {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    format: 'esm',
    minify: true,
    write: false,
    metafile: true,
    external,
    conditions,
    tsconfigRaw: {}, // not this repository's paths: what a stranger's bundler sees
    target: 'es2022',
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'silent',
  })
  const code = outputFiles[0].text
  return {
    code,
    inputs: Object.entries(Object.values(metafile.outputs)[0].inputs).flatMap(([path, { bytesInOutput }]) =>
      bytesInOutput > 0 ? [path] : [],
    ),
    gzip: gzipSync(code).length,
  }
}

/** Measures every row. */
export const measure = () =>
  Promise.all(rows.map(async (row) => ({ ...row, bytes: (await bundle(`export { ${row.names} } from './dist/index.js'`)).gzip })))

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const measured = await measure()
  const alone = await bundle(`export { ${whole} } from './dist/index.js'`, { external: react })
  for (const { what, bytes, aim, held } of measured)
    console.log(
      `${String(bytes).padStart(7)} B  ${what} (aim ${aim} B${bytes > aim ? `, over it by ${bytes - aim} B; held at ${held} B` : ''})`,
    )
  console.log(
    `${String(alone.gzip).padStart(7)} B  the first row with react-query bundled: ${alone.inputs.some((path) => path.includes('tanstack')) ? 'it pulls react-query in' : 'not a byte of react-query'}`,
  )
  if (measured.some(({ bytes, held }) => bytes > held)) process.exitCode = 1
}
