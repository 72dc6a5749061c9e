import { execFileSync } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const installed = '/usr/lib/postgresql'
const quietly = { stdio: ['ignore', 'ignore', 'inherit'] as ('ignore' | 'inherit')[] }

export interface Postgres {
  readonly url: string
  /** Goes away, orderly or as in a power cut; `null` where it is somebody else's. */
  readonly stop: ((mode: 'fast' | 'immediate') => void) | null
  start(): void
  close(): void
}

/** A PostgreSQL to work in: `DATABASE_URL`, or with Debian and as root one of its own in a temporary folder. */
export async function openPostgres(): Promise<Postgres> {
  if (process.env.DATABASE_URL) return { url: process.env.DATABASE_URL, stop: null, start() {}, close() {} }
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get'))
    throw new Error(
      'npm run monthly needs PostgreSQL: set DATABASE_URL=postgres://user:password@host/database (tables are made in a schema of their own), or run it as root on Debian, where it installs one.',
    )
  if (!existsSync(installed)) {
    console.log('Installing PostgreSQL (apt-get install postgresql)…')
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    execFileSync('apt-get', ['update', '-qq'], { ...quietly, env })
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'postgresql'], { ...quietly, env })
  }
  const newest = readdirSync(installed).sort((a, b) => Number(b) - Number(a))[0] ?? ''
  const bin = (program: string) => join(installed, newest, 'bin', program)
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres']))
  // it does not run as root
  const as = { uid: id('-u'), gid: id('-g'), cwd: tmpdir(), ...quietly }
  const folder = mkdtempSync(join(tmpdir(), 'rbk-postgres-'))
  chownSync(folder, as.uid, as.gid)
  const data = join(folder, 'data')
  const port = await freePort()
  execFileSync(bin('initdb'), ['-D', data, '-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--locale=C', '--no-sync'], as)
  const settings = `-p ${port} -k ${folder} -c listen_addresses=127.0.0.1`
  const control = (...words: string[]) => void execFileSync(bin('pg_ctl'), ['-D', data, '-w', ...words], as)
  const start = () => control('-l', join(folder, 'log'), '-o', settings, 'start')
  const stop = (mode: 'fast' | 'immediate') => control('-m', mode, 'stop')
  start()
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    stop,
    start,
    close() {
      stop('immediate')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
