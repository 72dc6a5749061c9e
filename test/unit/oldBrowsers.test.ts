import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

// Chrome 87, Safari 14.1 and Samsung Internet 15 (a Chrome 90) lack these, and a build step does not add them.
const newer = [
  /\bObject\.(hasOwn|groupBy)\b/,
  /\bMap\.groupBy\b/,
  /\.(at|findLast|findLastIndex|toSorted|toReversed|toSpliced|with|isWellFormed|toWellFormed)\(/,
  /\b(structuredClone|requestIdleCallback|BroadcastChannel|navigation|scheduler|URLPattern|CompressionStream)\b[.(]/,
  /\bAbortSignal\.(any|timeout|abort)\b/,
  /\.(throwIfAborted|reason)\b(?=\(|.*\bsignal\b)/,
  /\bPromise\.(withResolvers|try)\b/,
  /\bcrypto\.randomUUID\b/,
  /\bURL\.(canParse|parse)\b/,
  /\bArray\.fromAsync\b/,
  /\bnavigator\.locks\b/,
  /\.(replaceChildren|checkVisibility|showModal|showPopover|setHTMLUnsafe)\(/,
  /^\s+(?:static |async )*#\w+\(/m, // private methods: Safari 15
  /\bstatic\s*\{/, // Safari 16.4
  /\(\?<[=!]/, // lookbehind: Safari 16.4
  /\/[a-z]*[dv][a-z]*\.(test|exec)\(/, // flags d and v
  /^import .* with \{/m,
]

const root = fileURLToPath(new URL('../../src/', import.meta.url))

/** Every module the client's entry leads to, types included. */
function reachable(file: string, seen = new Map<string, string>()): Map<string, string> {
  if (seen.has(file)) return seen
  const text = readFileSync(file, 'utf8')
  seen.set(file, text)
  for (const [, path = ''] of text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)) reachable(join(dirname(file), path), seen)
  return seen
}

const code = (text: string) => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '')
/** What of the newer is used in a source, and whether it is asked for first. */
const newerIn = (source: string) => newer.flatMap((pattern) => code(source).match(pattern)?.[0] ?? [])

describe('the client’s source', () => {
  it('uses nothing that Chrome 87, Safari 14.1 or Samsung Internet 15 lack', () => {
    const files = reachable(join(root, 'index.ts'))
    expect(files.size).toBeGreaterThan(25)
    expect([...files.keys()].filter((file) => /\/(server|sandbox)\//.test(file))).toEqual([])
    const found = [...files].flatMap(([file, text]) => newerIn(text).map((use) => `${file.slice(root.length)}: ${use}`))
    expect(found).toEqual([])
  })

  it('asks for reportError before it calls it (Safari 15.4)', () => {
    for (const [file, text] of reachable(join(root, 'index.ts')))
      for (const { index } of code(text).matchAll(/\breportError\(/g))
        expect(code(text).slice(Math.max(0, index - 60), index), file).toContain("typeof reportError === 'function'")
  })

  it.each([
    'Object.hasOwn(a, b)',
    'list.at(-1)',
    'structuredClone(a)',
    'AbortSignal.any([a])',
    'AbortSignal.timeout(5)',
    'Promise.withResolvers()',
    'list.findLast(f)',
    'crypto.randomUUID()',
    'URL.canParse(a)',
    'navigator.locks.request(a)',
    'list.toSorted()',
    'body.replaceChildren()',
    'class A {\n  #a() {} }',
    'class A { static { a() } }',
    '/(?<=a)b/',
  ])('is told of %s', (source) => {
    expect(newerIn(source)).not.toEqual([])
  })
})
