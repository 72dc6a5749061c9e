import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'

// Reads dist/: `npm test` builds it first.
const root = new URL('../..', import.meta.url).pathname
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const documents = ['README.md', 'README.ko.md', 'CONTRIBUTING.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)].filter(
  (path) => path.endsWith('.md'),
)

/** The samples of a document that say which file they are. */
const samples = (text: string) =>
  [...text.matchAll(/```tsx?\n(\/\/ ([\w./[\]]+)[\s\S]*?)```/g)].map(([, code = '', path = '']) => ({ path, code }))

describe.each(['README.md', 'README.ko.md'])('%s', (name) => {
  it('type-checks in a stranger’s project, each sample as a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'rbk-readme-'))
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    const compilerOptions = {
      strict: true,
      module: 'esnext',
      moduleResolution: 'bundler',
      target: 'es2022',
      jsx: 'react-jsx',
      noEmit: true,
      types: ['node'],
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }))
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
    const found = samples(read(name))
    expect(found.map(({ path }) => path)).toEqual([
      'src/Billing.tsx',
      'src/Subscribe.tsx',
      'src/Complete.tsx',
      'server/billing.ts',
      // what the consumers' tests build (test/consumers)
      ...['src/App.tsx', 'server/main.ts', 'vite.config.ts'],
      ...['app/layout.tsx', 'app/page.tsx', 'app/billing/complete/page.tsx', 'app/api/billing/[...path]/route.ts'],
      'server/monthly.ts',
    ])
    for (const { path, code } of found) {
      mkdirSync(join(folder, dirname(path)), { recursive: true })
      writeFileSync(join(folder, path), code)
    }
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    expect(() => execFileSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8', stdio: 'pipe' })).not.toThrow()
  })
})

it('says the same in both languages', () => {
  const shape = (text: string) => ({
    headings: (text.match(/^#+ /gm) ?? []).length,
    code: samples(text).map(({ code }) => code.replace(/\s*\/\/.*$/gm, '')),
    links: [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, to]) => to).filter((to) => !to?.startsWith('README')),
    rows: (text.match(/^\|/gm) ?? []).length,
  })
  expect(shape(read('README.ko.md'))).toEqual(shape(read('README.md')))
})

it.each(documents)('%s links to nothing that is not there', (path) => {
  const dead = [...read(path).matchAll(/\]\((?!https?:|#|mailto:)([^)#]+)/g)]
    .map(([, to = '']) => to)
    .filter((to) => !existsSync(join(root, dirname(path), to)))
  expect(dead).toEqual([])
})
