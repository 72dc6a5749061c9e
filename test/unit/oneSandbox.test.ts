import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

// Whatever plays PortOne outside of src/sandbox is a second fake that can be kinder than the first.
const root = fileURLToPath(new URL('../..', import.meta.url))
const sources = ['test', 'bench', 'stories', 'examples', '.storybook', 'scripts'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(?:[cm]?[jt]sx?|html|py|sh)$/.test(path) && !/(?:^|[\\/])(?:node_modules|dist|__pycache__)[\\/]/.test(path))
    .map((path) => join(folder, path).replaceAll('\\', '/')),
)
const having = (pattern: RegExp) => sources.filter((path) => pattern.test(readFileSync(join(root, path), 'utf8'))).sort()

it('no test, story, example or benchmark answers in the words of PortOne, but where they are wrong on purpose', () => {
  expect(having(/["']?code["']?: ?0, ?["']?message["']?:/)).toEqual(['test/unit/client.test.ts', 'test/unit/clientWire.test.ts'])
  expect(having(/["']?access_token["']?: ?[`'"][\w$]/)).toEqual([])
})

it('no page has an SDK but the sandbox’s, or a script that answers nothing of its own', () => {
  expect(having(/(?<![.\w])request_pay(?:\([^\n]*\) ?\{$|: ?(?:async )?(?:function|[^\n]*\) => (?!void)))/m)).toEqual([
    // measures what the library does without an SDK's own work
    'bench/browser.mjs',
    // never ends
    'test/browser/requestPay.test.tsx',
    // the scripted IMP of the unit tests
    'test/dom/fakeIamport.ts',
    // the model, which has nothing of src/
    'test/model/world.ts',
  ])
})
