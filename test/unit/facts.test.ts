import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

it('has a test for each fact of docs/sdk-facts.md that names its number', () => {
  const facts = [...read('docs/sdk-facts.md').matchAll(/^\| (\d+) \|/gm)].map(([, number]) => Number(number))
  expect(facts).toHaveLength(36)
  const tests = ['unit', 'dom', 'browser', 'e2e'].flatMap((folder) =>
    readdirSync(new URL(`../${folder}/`, import.meta.url)).map((file) => read(`test/${folder}/${file}`)),
  )
  const named = tests.flatMap((text) =>
    [...text.matchAll(/sdk-facts ([\d, to]+)\)/g)].flatMap(([, list = '']) =>
      list.split(',').flatMap((part) => {
        const [from = 0, to = from] = part.split('to').map(Number)
        return Array.from({ length: to - from + 1 }, (_, index) => from + index)
      }),
    ),
  )
  expect(facts.filter((fact) => !named.includes(fact))).toEqual([])
})
