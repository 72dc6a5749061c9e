import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { readState } from './savedState.ts'
import { lockState } from './stateLock.ts'

/** Options for `createSandbox`, and what lets another sandbox have the file. */
export interface StateFile {
  readonly saved: string | null
  readonly save: (saved: string) => void
  /** Lets the file go; nothing is written to it from then on. The end of the program does it too. */
  readonly release: () => void
}

/**
 * A file that a sandbox remembers in, for `createSandbox`. It is written beside and then renamed, so that it is whole at any
 * moment, and only its owner can read it. One sandbox has it at a time, by a lock beside it.
 *
 * @param path the file; made when it is not there
 * @returns options for `createSandbox`, and `release`; throws an `Error` in a sentence when the file holds something else,
 * cannot be read or written, or is another sandbox's
 * @example
 * const sandbox = createSandbox(stateFile('shop.json'))
 */
export function stateFile(path: string): StateFile {
  const file = existsSync(path) ? realpathSync(path) : path
  const folder = dirname(file)
  try {
    accessSync(folder, constants.W_OK)
  } catch {
    throw new Error(`${file} cannot be written: is there a folder ${folder}, and is it yours?`)
  }
  const unlock = lockState(file)
  let isOurs = true
  const release = () => {
    isOurs = false
    unlock()
  }
  try {
    for (const name of readdirSync(folder).filter((known) => isLeftOver(known, basename(file)))) rmSync(join(folder, name))
    return { saved: read(file), save: (saved) => isOurs && write(file, saved), release }
  } catch (error) {
    release()
    throw error
  }
}

/** Whether it is what a sandbox was writing when it was killed. */
const isLeftOver = (name: string, file: string) => name.startsWith(`${file}.`) && /^\d+\.tmp$/.test(name.slice(file.length + 1))

function read(path: string): string | null {
  if (!existsSync(path)) return null
  let saved: string
  try {
    // a device or a pipe may never end
    if (!statSync(path).isFile()) throw Object.assign(new Error(), { code: 'it is no file' })
    saved = readFileSync(path, 'utf8')
  } catch (error) {
    throw new Error(`${path} cannot be read (${(error as NodeJS.ErrnoException).code}).`)
  }
  if (readState(saved)) return saved
  throw new Error(`${path} is no state of this sandbox, or another version's. Give another file, or remove this one to begin anew.`)
}

function write(path: string, saved: string) {
  const beside = `${path}.${process.pid}.tmp`
  try {
    const file = openSync(beside, 'w', 0o600)
    try {
      // all of it, or an error: writeSync may write a part on a disk that is full
      writeFileSync(file, saved)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(beside, path)
  } catch (error) {
    rmSync(beside, { force: true })
    throw new Error(`${path} cannot be written (${(error as NodeJS.ErrnoException).code}).`)
  }
}
