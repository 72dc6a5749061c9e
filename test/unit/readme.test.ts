import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'

// Reads dist/: `npm test` builds it first.
const root = new URL('../..', import.meta.url).pathname
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const markdown = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md') && !name.includes('node_modules'))
    .map((name) => `${folder}/${name}`)
const documents = ['README.md', 'README.ko.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...markdown('docs'), ...markdown('examples')]

/** The samples of a document that say which file they are. */
const samples = (text: string) =>
  [...text.matchAll(/```tsx?\n(\/\/ ([\w./[\]]+)[\s\S]*?)```/g)].map(([, code = '', path = '']) => ({ path, code }))

/** A stranger's project in which every sample of some documents is a file; throws what the compiler says. */
function typeCheck(projects: readonly (readonly [folder: string, samples: readonly { path: string; code: string }[]])[]) {
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
  for (const [project, found] of projects)
    for (const { path, code } of found) {
      mkdirSync(join(folder, project, dirname(path)), { recursive: true })
      writeFileSync(join(folder, project, path), code)
    }
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  execFileSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8', stdio: 'pipe' })
}

it('type-checks the samples of the READMEs and the documents in a stranger’s project, each as a file', () => {
  const readme = [
    'src/Billing.tsx',
    'src/Subscribe.tsx',
    'src/Complete.tsx',
    'server/billing.ts',
    // what the consumers' tests build (test/consumers)
    ...['src/App.tsx', 'server/main.ts', 'vite.config.ts'],
    ...['app/layout.tsx', 'app/page.tsx', 'app/billing/complete/page.tsx', 'app/api/billing/[...path]/route.ts'],
    'server/monthly.ts',
  ]
  // frameworks.md is built by test/consumers
  const pages = ['README.md', 'README.ko.md', ...markdown('docs')].filter((path) => path !== 'docs/frameworks.md')
  const found = pages.map((path) => [path, samples(read(path))] as const).filter(([, of]) => of.length > 0)
  expect(Object.fromEntries(found.map(([path, of]) => [path, of.map((one) => one.path)]))).toEqual({
    'README.md': readme,
    'README.ko.md': readme,
    'docs/csp.md': ['server/csp.ts'],
    'docs/migrating.md': ['src/Before.tsx', 'src/After.tsx', 'src/Between.tsx'],
    'docs/outcomes.md': ['src/next.ts'],
    'docs/pgs.md': ['src/Ways.tsx', 'src/Channel.tsx'],
    'docs/redirects-and-in-app-browsers.md': ['src/Complete.tsx', 'src/InApp.tsx'],
  })
  expect(() => typeCheck(found)).not.toThrow()
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

/** The anchors of a document, as they are made of its headings. */
const anchors = (text: string) =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  )

it.each(documents)('%s links to nothing that is not there', (path) => {
  const links = [...read(path).matchAll(/\]\((?!https?:|mailto:)([^)#]*)(?:#([^)]*))?\)/g)]
  const dead = links.flatMap(([, to = '', anchor]) => {
    const target = to === '' ? path : join(dirname(path), to)
    if (!existsSync(join(root, target))) return [to]
    return anchor === undefined || anchors(read(target)).includes(anchor) ? [] : [`${to}#${anchor}`]
  })
  expect(dead).toEqual([])
})

it('has every page of docs in its table of contents, in both languages', () => {
  const pages = readdirSync(join(root, 'docs')).filter((name) => /\.md$/.test(name) && name !== 'README.md')
  const [english = '', korean = ''] = read('docs/README.md').split('\n## 문서\n')
  for (const page of [...pages, 'openapi.json', 'errors']) for (const text of [english, korean]) expect(text).toContain(`](${page})`)
})
