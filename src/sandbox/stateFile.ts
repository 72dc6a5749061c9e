import { accessSync, closeSync, constants, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * A file that a sandbox remembers in, for `createSandbox`. It is written beside and then renamed, so that it is whole at any
 * moment, and only its owner can read it.
 *
 * @param path the file; made when it is not there
 * @returns options for `createSandbox`; throws an `Error` in a sentence when the file holds something else, or cannot be
 * read or written
 * @example
 * const sandbox = createSandbox(stateFile('shop.json'))
 */
export function stateFile(path: string): { saved: string | null; save: (saved: string) => void } {
  try {
    accessSync(dirname(path), constants.W_OK)
  } catch {
    throw new Error(`${path} cannot be written: is there a folder ${dirname(path)}, and is it yours?`)
  }
  return { saved: read(path), save: (saved) => write(path, saved) }
}

const isPair = (row: unknown) => Array.isArray(row) && row.length === 2 && typeof row[0] === 'string'
const isRow = (row: unknown) => typeof row === 'object' && row !== null && !Array.isArray(row)
const listOf = (isItem: (row: unknown) => boolean) => (value: unknown) => Array.isArray(value) && value.every(isItem)
const isNumber = (value: unknown) => typeof value === 'number' && Number.isFinite(value)

/** What a saved state holds, as far as a sandbox would stumble over something else. */
const parts: Readonly<Record<string, (value: unknown) => boolean>> = {
  at: isNumber,
  wall: isNumber,
  moved: isNumber,
  count: isNumber,
  payments: listOf(isRow),
  schedules: listOf(isRow),
  webhooks: listOf((row) => isRow(row) && Array.isArray((row as { attempts?: unknown }).attempts)),
  pending: listOf(isRow),
  billingKeys: listOf((row) => isPair(row) && isRow((row as unknown[])[1])),
  prepared: listOf(isPair),
  noticeUrls: listOf(isPair),
}

function isState(text: string) {
  try {
    const state: unknown = JSON.parse(text)
    return isRow(state) && Object.entries(parts).every(([name, fits]) => fits((state as Record<string, unknown>)[name]))
  } catch {
    return false
  }
}

function read(path: string): string | null {
  if (!existsSync(path)) return null
  let saved: string
  try {
    saved = readFileSync(path, 'utf8')
  } catch (error) {
    throw new Error(`${path} cannot be read (${(error as NodeJS.ErrnoException).code}).`)
  }
  if (isState(saved)) return saved
  throw new Error(`${path} is no state of this sandbox. Give another file, or remove this one to begin anew.`)
}

function write(path: string, saved: string) {
  const beside = `${path}.${process.pid}.tmp`
  const file = openSync(beside, 'w', 0o600)
  try {
    writeSync(file, saved)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(beside, path)
}
