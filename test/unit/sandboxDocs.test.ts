import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, expect, it, vi } from 'vitest'
import { help } from '../../src/sandbox/cliOptions.ts'
import { faultTable, testCards } from '../../src/sandbox/index.ts'
import { sandboxExamples } from '../sandboxExamples.ts'

// The examples of docs/sandbox.md, as a reader would copy them. They are run by sandboxExample.test.ts here, by the one of the
// browser's tests, and by sandboxExample.pc.spec.ts of Playwright's.
vi.setConfig({ testTimeout: 240_000 })
const root = fileURLToPath(new URL('../..', import.meta.url))
const run = promisify(execFile)
const folder = mkdtempSync(join(tmpdir(), 'sandbox-docs-'))
const files = { Vitest: 'charge.test.ts', Playwright: 'register.spec.ts', Storybook: 'Card.stories.tsx' }
const src = (path: string) => join(root, 'src', path)

beforeAll(() => {
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  for (const [name, file] of Object.entries(files)) writeFileSync(join(folder, file), sandboxExamples()[name] ?? '')
})

it('lists every option, test card and fault by its name, and no other', () => {
  const text = readFileSync(join(root, 'docs/sandbox.md'), 'utf8')
  const named = (pattern: RegExp, part = text) => [...new Set([...part.matchAll(pattern)].map(([, name]) => name))].sort()
  const options = [...help.matchAll(/^ {2}--(\w+)/gm)].map(([, name]) => name).filter((name) => name !== 'help')
  expect(named(/`--(\w+)/g)).toEqual(options.sort())
  const rows = text.match(/^\| `data-card`[\s\S]*?\n\n/m)?.[0] ?? ''
  expect(named(/`([\w-]+)`(?=[^|]*\|[^|]*\|[^|]*\|$)/gm, rows.replace(/^.*\n/, ''))).toEqual(testCards.map(({ id }) => id).sort())
  for (const name of named(/`((?:sdk|window|webhook|answer)-[a-z-]+)`/g)) expect(Object.keys(faultTable)).toContain(name)
})

it('has an example for each way to test', () => {
  expect(Object.keys(sandboxExamples())).toEqual(Object.keys(files))
})

it('shows examples that type-check', async () => {
  const paths = {
    '#describe-error': [src('billing/describeError.development.ts')],
    'react-billing-key': [src('index.ts')],
    'react-billing-key/sandbox': [src('sandbox/index.ts')],
  }
  const types = [join(root, 'node_modules/@types/node'), join(root, 'node_modules/vite/client')]
  const config = { extends: join(root, 'tsconfig.json'), compilerOptions: { paths, types }, include: ['*.ts', '*.tsx'], exclude: [] }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  const checked = run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder]).catch(({ stdout }) => ({ stdout }))
  expect((await checked).stdout).toBe('')
})
