import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { en } from '../../src/locales/en.ts'
import { ko } from '../../src/locales/ko.ts'
import { cssProperties, textsOf, withPaths } from '../../stories/support/generated.ts'
import { argTypesOf, controlsOf, propTables } from '../../stories/support/props.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const files = readdirSync(join(root, 'stories'), { recursive: true, encoding: 'utf8' }).map(
  (path) => `stories/${path.replaceAll('\\', '/')}`,
)
const pages = files.filter((path) => path.endsWith('.mdx'))
const stories = files.filter((path) => path.endsWith('.stories.tsx'))

describe('the tables of props', () => {
  it('describe everything that is exported and takes props or options, and what hooks give back', () => {
    const exported = [
      ...read('src/index.ts').matchAll(/\b(?:type )?([A-Z]\w+(?:Props|Options)|Use\w+Result|BillingKeyRequest|ChargeRequest)\b/g),
    ].map(([, name]) => name)
    const others = ['BillingKeyButtonElementProps'] // what `render` is given
    const mutations = ['UseChargeResult', 'UseRemoveBillingKeyResult'] // TanStack Query's own type, of which the page shows a part
    expect(new Set([...exported.filter((name) => name && !others.includes(name)), ...mutations])).toEqual(new Set(Object.keys(propTables)))
  })

  it.each(Object.entries(propTables))('%s has a type and both languages for each', (_name, table) => {
    for (const [prop, row] of Object.entries(table)) {
      expect(row.type, prop).toMatch(/\S/)
      expect(row.ko, prop).toMatch(/[가-힣]/)
      expect(row.en, prop).toMatch(/[A-Za-z]/)
      expect(row.en, prop).not.toMatch(/[가-힣]/)
    }
    expect(Object.keys(argTypesOf(table))).toEqual(Object.keys(table))
  })

  it('give a choice a type that Storybook restores from an address', () => {
    const { pg, payMethod } = propTables.BillingKeyRequest
    const choices = controlsOf({ pg: { ...pg, options: ['jtnet'] }, payMethod: { ...payMethod, options: ['', 'card'] } })
    for (const { type } of Object.values(choices)) expect(type).toBe('string')
  })

  it('name every custom property of the stylesheet, and every text in both languages', () => {
    const css = read('src/styles.css')
    const used = new Set([...css.matchAll(/var\((--rbk-[\w-]+)/g)].map(([, name]) => name))
    expect(new Set(cssProperties(css).map(({ name }) => name))).toEqual(used)
    expect(cssProperties(css).filter(({ ko, en }) => ko === '' || en === '')).toEqual([])
    expect(
      textsOf(en)
        .map(([name]) => name)
        .sort(),
    ).toEqual(
      textsOf(ko)
        .map(([name]) => name)
        .sort(),
    )
  })
})

describe('the pages', () => {
  it('keep their code where the compiler reads it', () => {
    const seen = execFileSync('npx', ['--no-install', 'tsc', '--noEmit', '--listFilesOnly'], {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 1e8,
    })
    const code = pages.flatMap((page) =>
      [...read(page).matchAll(/from '(\.[^']*\.tsx?)\?raw'/g)].map(([, path = '']) => join(dirname(page), path)),
    )
    expect(code.length).toBeGreaterThan(15)
    for (const path of code)
      expect(
        seen.split('\n').some((line) => line.endsWith(path)),
        path,
      ).toBe(true)
    for (const page of pages) expect(read(page), page).not.toMatch(/```\s*(tsx?|jsx?)/)
  }, 120_000)

  it('show no code that no page shows', () => {
    const shown = [...pages, ...stories].map(read).join('\n')
    const stands = ['next/shop.ts', 'recipes/ui/button.tsx'] // for a shop's own
    for (const path of files.filter((file) => /^stories\/code\/.*\.\w+$/.test(file))) {
      const name = path.replace('stories/code/', '')
      if (!stands.includes(name)) expect(shown.includes(`code/${name}?raw`), path).toBe(true)
    }
  })

  it.each(pages)('%s says everything in both languages', (page) => {
    const text = read(page)
    const blocks = (name: string) =>
      [...text.matchAll(new RegExp(`<${name}>\\n([\\s\\S]*?)\\n</${name}>`, 'g'))].map(([, inside = '']) => inside.trim())
    expect(blocks('Ko')).toHaveLength(blocks('En').length)
    for (const block of [...blocks('Ko'), ...blocks('En')]) expect(block).not.toBe('')
    const headings = (inside: string[]) => inside.join('\n').match(/^#+ /gm)
    expect(headings(blocks('Ko'))).toEqual(headings(blocks('En')))
  })

  it('lead to pages that exist', () => {
    const titles = [...pages, ...stories].map((path) => /(?:<Meta title="|^ {2}title: ')(.+)["']/m.exec(read(path))?.[1] ?? path)
    const ids = titles.map((title) => `${title.toLowerCase().replace(/[^a-z\d]+/g, '-')}--docs`)
    const links = pages.flatMap((page) => [...read(page).matchAll(/\?path=\/docs\/([\w-]+)/g)].map(([, id = '']) => id))
    expect(links.length).toBeGreaterThan(15)
    for (const id of links) expect(ids).toContain(id)
    expect(read('.storybook/manager.ts')).toContain(`?path=/docs/${ids[titles.indexOf('Start/What it is')]}`)
  })

  it('lead to no file of the repository, which a static Storybook does not hold', () => {
    expect(withPaths('[a](charge.md), [b](../examples/python), [c](?path=/docs/x--docs)', 'docs/')).toBe(
      '`docs/charge.md`, `examples/python`, [c](?path=/docs/x--docs)',
    )
    for (const page of pages) expect(read(page)).not.toMatch(/<Markdown>|\]\((?!\?path=|https:)/)
  })

  it('have a page of documents for every error code', () => {
    const codes = [
      ...(/BillingKeyErrorCode =([^\n]*(?:\n {2}\|[^\n]*)*)/.exec(read('src/billing/errors.ts'))?.[1] ?? '').matchAll(/'([\w-]+)'/g),
    ]
    expect(codes.length).toBeGreaterThan(5)
    for (const [, code] of codes) expect(existsSync(join(root, `docs/errors/${code}.md`)), code).toBe(true)
  })
})
