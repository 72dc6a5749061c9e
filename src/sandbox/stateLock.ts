import { readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** The locks of this program. One with its number that is not here is left from a program before it that had the same. */
const held = new Set<string>()
process.once('exit', () => {
  for (const lock of held) rmSync(lock, { force: true })
})

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code

/** Whether a program runs: one that may not be signalled does. */
function runs(pid: number) {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

/** Whose lock it is, `null` when that has ended or there is none. */
function holderOf(lock: string): number | null {
  if (held.has(lock)) return process.pid
  let pid: number
  try {
    pid = Number(readFileSync(lock, 'utf8'))
  } catch {
    return null
  }
  return Number.isSafeInteger(pid) && pid > 0 && pid !== process.pid && runs(pid) ? pid : null
}

/** Makes the lock; `false` when there is one. */
function make(lock: string) {
  try {
    writeFileSync(lock, String(process.pid), { mode: 0o600, flag: 'wx' })
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

/** Takes a left lock away; one that somebody has made in its place meanwhile is put back. */
function clear(lock: string) {
  const aside = `${lock}.${process.pid}`
  try {
    renameSync(lock, aside)
    if (holderOf(aside) === null) rmSync(aside)
    else renameSync(aside, lock)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
}

/**
 * Keeps every other sandbox from a state file, until the program ends or the answer is called; throws an `Error` in a sentence
 * when another has it. The lock of a program that was killed is taken over.
 */
export function lockState(path: string): () => void {
  const lock = join(realpathSync(dirname(path)), `${basename(path)}.lock`)
  for (let tries = 0; tries < 3; tries += 1) {
    const holder = holderOf(lock)
    if (holder !== null)
      throw new Error(`${path} is in use by another sandbox (process ${holder}). End that one, or give another file. Its lock is ${lock}.`)
    if (make(lock)) {
      held.add(lock)
      return () => {
        if (held.delete(lock)) rmSync(lock, { force: true })
      }
    }
    if (holderOf(lock) === null) clear(lock)
  }
  throw new Error(`${path} cannot be locked: is another sandbox beginning on it? Its lock is ${lock}.`)
}
