import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const server = fileURLToPath(new URL('../../examples/python/server.py', import.meta.url))
/** Whether this machine has a Python that the example runs on. */
export const hasPython = spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 10))']).status === 0

interface Records {
  readonly portone: string
  readonly impKey: string
  readonly impSecret: string
  /** The built page. */
  readonly folder?: string
  readonly database?: string
}

/** The merchant's server of examples/python, as a process of its own. */
export async function startPythonShop({ portone, impKey, impSecret, folder, database }: Records) {
  const own = folder ?? mkdtempSync(join(tmpdir(), 'rbk-python-'))
  const records = database ?? join(mkdtempSync(join(tmpdir(), 'rbk-python-')), 'shop.sqlite')
  const env = {
    PATH: process.env.PATH ?? '',
    PYTHONDONTWRITEBYTECODE: '1',
    PORTONE_URL: portone,
    IMP_KEY: impKey,
    IMP_SECRET: impSecret,
    SIGNING_KEY: 'a-signing-key-of-at-least-32-characters',
    PATIENCE_SECONDS: '1',
    DATABASE: records,
    PUBLIC: own,
    PORT: '0',
  }
  const child: ChildProcess = spawn('python3', [server], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let complaints = ''
  child.stderr?.on('data', (text) => {
    complaints += text
  })
  const [line] = await Promise.race([
    once(child.stdout ?? child, 'data'),
    once(child, 'exit').then(() => Promise.reject(new Error(complaints))),
  ])
  return {
    url: String(line).trim(),
    database: records,
    /** What it wrote to its log. */
    complaints: () => complaints,
    sweep: () => once(spawn('python3', [server, 'sweep'], { env, stdio: 'inherit' }), 'exit'),
    stop: () => child.kill(),
  }
}
