import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { publint } from 'publint'
import { beforeAll, describe, expect, it } from 'vitest'
import { bundle, measure } from '../../scripts/size.mjs'

// Reads dist/: `npm test` builds it first.
const root = new URL('../..', import.meta.url).pathname
const external = ['react', 'react-dom', 'react/jsx-runtime', '@tanstack/react-query']

describe('the package', () => {
  let client: Awaited<ReturnType<typeof bundle>>
  beforeAll(async () => {
    client = await bundle(`export * from './dist/index.js'`)
  })

  it('keeps server and sandbox, and every secret, out of the client bundle', () => {
    expect(client.inputs.filter((path) => /server|sandbox|hono|jose/.test(path))).toEqual([])
    expect(client.code).not.toMatch(/imp_secret|impSecret|sandbox-secret|getToken|9410/)
  })

  it('throws, and says why, when the server entry is bundled for a browser', async () => {
    const names = Object.keys(await import('../../src/server/index.ts'))
    const use = `import { ${names.join(', ')} } from 'react-billing-key/server'; console.log(${names.join(', ')})`
    const { code } = await bundle(use)
    await expect(import(`data:text/javascript,${encodeURIComponent(code)}`)).rejects.toThrow(/server was bundled for a browser/)
    // where a worker's bundler asks for its own condition, it gets the real one, without a Node module in it
    const worker = await bundle(use, { conditions: ['workerd', 'worker', 'browser'] })
    expect(worker.code).not.toMatch(/bundled for a browser|from\s*"node:|import\("node:|require\(/)
    expect(
      worker.inputs.filter((path) => /react|tanstack|dist\/(hooks|components|iamport)/.test(path.replace('react-billing-key', ''))),
    ).toEqual([])
  })

  it('does nothing when it is imported, on a server or in a page', async () => {
    const before = Object.keys(globalThis)
    const client = await import(`${root}dist/index.js`)
    await import(`${root}dist/server/index.js`)
    expect(client.BillingKeyButton).toBeDefined()
    expect(Object.keys(globalThis)).toEqual(before)
  })

  it('has no runtime dependency in the client entry but its peers', () => {
    const imports = [...client.code.matchAll(/from\s*"([^"]+)"/g)].map(([, name]) => name)
    expect([...new Set(imports)].filter((name) => !external.includes(name ?? ''))).toEqual([])
  })

  it('does not grow (npm run size)', async () => {
    for (const { what, bytes, held } of await measure()) expect(bytes, what).toBeLessThanOrEqual(held)
  })

  it('holds no byte of react-query where a card is registered', async () => {
    const names = 'BillingKeyProvider, BillingKeyButton, BillingKeyOutcomeView, BillingKeyRedirect, useBillingKey, useBillingKeyRedirect'
    const { inputs } = await bundle(`export { ${names} } from './dist/index.js'`, { external: external.slice(0, 3) })
    expect(inputs.filter((path) => path.includes('@tanstack'))).toEqual([])
  })

  it('says errors in sentences in development, and by code, fields and page elsewhere', async () => {
    const use = `import { toRequestPayParams } from 'react-billing-key'; export const fail = () => toRequestPayParams({ pg: 'jtnet', customerUid: 'c', merchantUid: 'm', name: 'n', redirectUrl: 'https://shop.example' })`
    const messageOf = async (conditions: string[]) => {
      const { code } = await bundle(use, { conditions, external: [] })
      const { fail } = await import(`data:text/javascript,${encodeURIComponent(code)}`)
      try {
        fail()
      } catch (error) {
        return error instanceof Error ? error.message : ''
      }
      return ''
    }
    expect(await messageOf(['development'])).toContain('amount is missing: it has to be a number, whole, 0 or more')
    const short = await messageOf([])
    expect(short).toMatch(/^invalid-request \(fields, amount: whole\) \S*docs\/errors\/invalid-request\.md$/)
    for (const code of readdirSync(join(root, 'docs/errors')))
      expect(readFileSync(join(root, 'docs/errors', code), 'utf8')).toContain('# `')
  })

  it('says "use client" in each component and hook, and not in the pure entry', () => {
    for (const folder of ['components', 'hooks'])
      for (const file of readdirSync(join(root, 'dist', folder)).filter(
        (name) => name.endsWith('.js') && !['api.js', 'billingKeysOptions.js'].includes(name),
      ))
        expect(readFileSync(join(root, 'dist', folder, file), 'utf8'), file).toMatch(/^["']use client["']/)
    expect(readFileSync(join(root, 'dist/index.js'), 'utf8')).not.toContain('use client')
  })

  it('passes publint', async () => {
    const { messages } = await publint({ pkgDir: root, strict: true })
    expect(messages).toEqual([])
  })

  it('type-checks in a stranger’s project, and refuses what is wrong there', () => {
    const folder = mkdtempSync(join(tmpdir(), 'rbk-consumer-'))
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({
        compilerOptions: {
          strict: true,
          module: 'nodenext',
          target: 'es2022',
          jsx: 'react-jsx',
          noEmit: true,
          skipLibCheck: false,
          lib: ['ES2023', 'DOM'],
          types: [],
        },
      }),
    )
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
    writeFileSync(
      join(folder, 'shop.tsx'),
      `import { BillingKeyButton, BillingKeyProvider, type BillingKeyOutcome } from 'react-billing-key'
import { createIamportClient } from 'react-billing-key/server'
import { createSandbox } from 'react-billing-key/sandbox'
declare global {
  interface Window {
    IMP: { init(code: string): void; request_pay(params: object, callback: (answer: { success: boolean }) => void): void }
  }
}
export const own = () => window.IMP.request_pay({}, ({ success }) => success)
export const client = () => createIamportClient({ impKey: 'k', impSecret: createSandbox().impSecret })
export const charged = (outcome: BillingKeyOutcome) => (outcome.status === 'issued' ? outcome.charged : 0)
export const shop = (
  <BillingKeyProvider userCode="imp00000000" pg="jtnet" redirectUrl="/done">
    <BillingKeyButton request={{ customerUid: 'c', merchantUid: 'm', name: 'n', amount: 0 }} />
    {/* @ts-expect-error an amount is a number */}
    <BillingKeyButton request={{ customerUid: 'c', merchantUid: 'm', name: 'n', amount: '0' }} />
    {/* @ts-expect-error customerUid is required */}
    <BillingKeyButton request={{ merchantUid: 'm', name: 'n', amount: 0 }} />
  </BillingKeyProvider>
)
`,
    )
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    const run = () => execFileSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8', stdio: 'pipe' })
    expect(run).not.toThrow()
  })
})
