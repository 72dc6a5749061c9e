import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BillingKeyErrorCode } from '../../src/billing/errors.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const copy = mkdtempSync(join(tmpdir(), 'rbk-rows-'))
const copyAll = () => {
  cpSync(join(root, 'src'), join(copy, 'src'), { recursive: true })
  // tables that the compiler holds to the types of src/
  for (const file of ['forgottenRow.test.ts', 'machine.test.ts']) cpSync(join(root, 'test/unit', file), join(copy, 'test/unit', file))
}
copyAll()
symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
writeFileSync(join(copy, 'package.json'), readFileSync(join(root, 'package.json')))
writeFileSync(join(copy, 'tsconfig.json'), JSON.stringify({ extends: join(root, 'tsconfig.json'), include: ['src', 'test', '*.tsx'] }))
afterAll(() => rmSync(copy, { recursive: true }))

/** What the compiler says of the copy: one line an error. */
function errors(): string[] {
  try {
    execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', copy, '--pretty', 'false'], {
      encoding: 'utf8',
      stdio: 'pipe',
    })
    return []
  } catch (error) {
    return (error as { stdout: string }).stdout.split('\n').filter(Boolean)
  }
}

type Row = readonly [what: string, file: string, from: string | RegExp, to: string, said: RegExp]
const forgotten: readonly Row[] = [
  ['a PG without its name', 'billing/pgNames.ts', /^ {2}jtnet: .*\n/m, '', /pgNames\.ts.*jtnet/],
  ['a field of the request without its row', 'billing/fields.ts', /^ {2}taxFree: .*\n/m, '', /fields\.ts.*taxFree/],
  [
    'a new field of the request',
    'billing/request.ts',
    '  readonly taxFree?:',
    '  readonly fresh?: string\n  readonly taxFree?:',
    /fields\.ts.*fresh/,
  ],
  ['a field of the buyer without its row', 'billing/fields.ts', /^ {2}'buyer\.tel': .*\n/m, '', /fields\.ts.*buyer\.tel/],
  ['a text that one language does not say', 'locales/en.ts', /^ {2}signIn: .*\n/m, '', /en\.ts.*signIn/],
  [
    'a text that no language says',
    'locales/messages.ts',
    '  readonly signIn',
    '  readonly fresh: string\n  readonly signIn',
    /ko\.ts.*fresh/,
  ],
  [
    'a phase without its label',
    'components/BillingKeyButton.tsx',
    /^ {2}confirming: 'confirming',\n/m,
    '',
    /BillingKeyButton\.tsx.*confirming/,
  ],
  [
    'a new phase of the button',
    'attempt/machine.ts',
    "| 'confirming' | 'settled'",
    "| 'confirming' | 'fresh' | 'settled'",
    /BillingKeyButton\.tsx.*fresh/,
  ],
  [
    'a new phase of the attempt that nobody leads out of',
    'attempt/machine.ts',
    "  | { readonly phase: 'ready' }",
    "  | { readonly phase: 'ready' }\n  | { readonly phase: 'strange' }",
    /machine\.test\.ts.*strange/,
  ],
  [
    'an SDK generation that does not say how it is closed',
    'iamport/sdkFamilies.ts',
    /^ {4}closeButton: '.imp-close',\n/m,
    '',
    /sdkFamilies\.ts.*closeButton/,
  ],
  [
    'a new error code without its page',
    'billing/errors.ts',
    "  | 'request-failed'",
    "  | 'request-failed'\n  | 'fresh-code'",
    /forgottenRow\.test\.ts.*fresh-code/,
  ],
  ['a route without its row', 'server/routes/table.ts', /^ {2}'POST \/confirm': .*\n/m, '', /table\.ts.*POST \/confirm/],
]

describe('the compiler', () => {
  let said = ''
  beforeAll(() => {
    expect(errors()).toEqual([])
    for (const [what, file, from, to] of forgotten) {
      const path = join(copy, 'src', file)
      const text = readFileSync(path, 'utf8')
      const changed = text.replace(from, to)
      expect(changed, `nothing to forget: ${what}`).not.toBe(text)
      writeFileSync(path, changed)
    }
    said = errors().join('\n')
    copyAll()
  })

  it.each(forgotten)('stops %s', (...[, , , , text]) => expect(said).toMatch(text))
})

const mistakes: readonly (readonly [what: string, use: string, said: RegExp])[] = [
  [
    'a route that does not say what it needs',
    "import type { Route } from './src/server/routes/route.ts'\nexport const a: Route = { answer: async () => null }",
    /missing the following properties[^\n]*needs/,
  ],
  ['no amount', 'export const a: BillingKeyRequest = rest', /Property 'amount' is missing/],
  ['no amount, in JSX', 'export const a = <BillingKeyButton request={rest} />', /Property 'amount' is missing/],
  ['no customerUid', "export const a: BillingKeyRequest = { merchantUid: 'm', name: 'n', amount: 0 }", /Property 'customerUid' is missing/],
  [
    'an amount in words',
    "export const a: BillingKeyRequest = { ...rest, amount: '0' }",
    /Type 'string' is not assignable to type 'number'/,
  ],
  [
    'a misspelt PG',
    "export const a: BillingKeyRequest = { ...rest, amount: 0, pg: 'jtnett' }",
    /'"jtnett"' is not assignable to type '.*(Pg|jtnet)/,
  ],
  [
    'a PG in capitals',
    "export const a: BillingKeyRequest = { ...rest, amount: 0, pg: 'JTNET' }",
    /'"JTNET"' is not assignable to type '.*(Pg|jtnet)/,
  ],
  ['order and request both', 'export const a = <BillingKeyButton order={{}} request={{ ...rest, amount: 0 }} />', /'undefined'|'never'/],
]

const head = `import { BillingKeyButton, type BillingKeyRequest } from './src/index.ts'
const rest = { customerUid: 'c', merchantUid: 'm', name: 'n' }
`
const right = `import { BillingKeyProvider, type BillingKeyOutcome } from './src/index.ts'
declare global { interface Window { IMP: { init(code: string): void; request_pay(a: object, b: (rsp: object) => void): void } } }
export const open = () => window.IMP.init('imp00000000')
const channelKey: string = String(1)
export const money = (outcome: BillingKeyOutcome) => (outcome.status === 'issued' ? outcome.charged + outcome.impUid.length : 0)
export const shop = (
  <BillingKeyProvider userCode="imp00000000" channelKey={channelKey}>
    <BillingKeyButton request={() => ({ ...rest, amount: 0, channelKey })} />
    <BillingKeyButton request={async () => ({ ...rest, amount: 0, pg: 'jtnet.general' as const })} />
    <BillingKeyButton order={{ plan: 'a' }} />
  </BillingKeyProvider>
)`

describe('what a developer reads after a typical mistake', () => {
  let said: string[] = []
  beforeAll(() => {
    for (const [at, [, use]] of mistakes.entries()) writeFileSync(join(copy, `mistake${at}.tsx`), `${head}${use}\n`)
    writeFileSync(join(copy, 'right.tsx'), `${head}${right}\n`)
    // an error and what is indented below it belong together
    said = errors()
      .join('\n')
      .split(/\n(?=\S)/)
  })
  const about = (file: string) => said.filter((text) => text.includes(file)).join('\n')

  it.each(mistakes)('%s', (...[what, , text]) => {
    const at = mistakes.findIndex(([name]) => name === what)
    expect(about(`mistake${at}.tsx`)).toMatch(text)
  })

  it('nothing, where all is right', () => expect(about('right.tsx')).toBe(''))
})

it('has a page for every error code', () => {
  const codes = {
    'invalid-request': true,
    'sdk-load-failed': true,
    'sdk-load-timeout': true,
    'sdk-incompatible': true,
    'window-busy': true,
    'provider-missing': true,
    'not-in-browser': true,
    'request-failed': true,
  } satisfies Record<BillingKeyErrorCode, true>
  expect(Object.keys(codes).filter((code) => !existsSync(join(root, `docs/errors/${code}.md`)))).toEqual([])
})
