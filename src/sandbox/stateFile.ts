import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'

/**
 * A file that a sandbox remembers in. It is written beside and then renamed, so that it is whole at any moment.
 *
 * @returns options for `createSandbox`; throws an `Error` in a sentence when the file is there and holds something else
 * @example
 * const sandbox = createSandbox({ ...stateFile('shop.json') })
 */
export function stateFile(path: string): { saved: string | null; save: (saved: string) => void } {
  return { saved: read(path), save: (saved) => write(path, saved) }
}

function read(path: string): string | null {
  if (!existsSync(path)) return null
  const saved = readFileSync(path, 'utf8')
  try {
    const { payments, billingKeys } = JSON.parse(saved)
    if (Array.isArray(payments) && Array.isArray(billingKeys)) return saved
  } catch {}
  throw new Error(`${path} is no state of this sandbox.`)
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
