import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))
export const read = (path: string) => readFileSync(join(root, path), 'utf8')

/** The part of a document under one heading, up to the next of the same level or above. */
export function section(document: string, heading: string) {
  const lines = read(document).split('\n')
  const from = lines.indexOf(heading)
  if (from === -1) throw new Error(`${document} has no ${heading}`)
  const level = heading.indexOf(' ')
  const length = lines.slice(from + 1).findIndex((line) => /^#+ /.test(line) && line.indexOf(' ') <= level)
  return lines.slice(from, length === -1 ? undefined : from + 1 + length).join('\n')
}

/** The samples of a text that say which file they are, by that name. */
export const samples = (text: string) =>
  Object.fromEntries(
    [...text.matchAll(/```(?:tsx?|js|cjs|ini)\n((?:\/\/|#) ([^\s,]+)[\s\S]*?)```/g)].map(([, code = '', path = '']) => [path, code]),
  )

/** The lines of each block of commands in a text. */
export const commands = (text: string) =>
  [...text.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = '']) =>
    block
      .trim()
      .split('\n')
      .filter((line) => line !== ''),
  )

/** Files of a folder by their names there. */
export const folder = (path: string) => Object.fromEntries(readdirSync(join(root, path)).map((name) => [name, read(`${path}/${name}`)]))

/** Files of a folder by what their first lines call them: `// app/page.tsx`. */
export const named = (path: string) =>
  Object.fromEntries(Object.entries(folder(path)).map(([name, code]) => [/^\/\/ ([^\s,]+\.tsx?)/m.exec(code)?.[1] ?? name, code]))

/** A recipe with parts of it exchanged. One that is not there would leave something else to be tested, and throws. */
export function exchange(text: string, parts: Record<string, string>) {
  return Object.entries(parts).reduce((before, [from, to]) => {
    if (!before.includes(from)) throw new Error(`the recipe no longer says ${from}`)
    return before.replaceAll(from, () => to)
  }, text)
}

/** What of an object is named. */
export function pick(files: Record<string, string>, ...names: string[]) {
  for (const name of names) if (files[name] === undefined) throw new Error(`no sample is called ${name}`)
  return Object.fromEntries(names.map((name) => [name, files[name] ?? '']))
}
