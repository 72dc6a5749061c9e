import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { transform } from 'esbuild'

// the shop's database: one SQLite file that all processes share
const Database = createRequire(new URL('../../examples/membership/package.json', import.meta.url))('libsql')

/** Which orders there are: every twentieth is of a card that is declined later. */
export const orderOf = (number) => ({
  customerUid: number % 20 === 0 ? 'card-declines' : 'card-approves',
  merchantUid: `order-${number}`,
  amount: 1000 + number,
  name: '월간 이용권',
})

// the lock that shops copy; Node 20 reads no TypeScript
const source = readFileSync(new URL('../../examples/locks/sqliteLock.ts', import.meta.url), 'utf8')
const { code } = await transform(source, { loader: 'ts', format: 'esm' })
const { sqliteLock } = await import(`data:text/javascript,${encodeURIComponent(code)}`)

/** How long a charge can be on its way here; what reaches the fake PortOne late is done by then. */
export const inFlightMs = 3_000
export const timeoutMs = 600

/** examples/locks on the shop's database. */
export function openLock(file) {
  const db = new Database(file)
  db.exec('pragma journal_mode = wal; pragma busy_timeout = 10000; pragma synchronous = off')
  return sqliteLock(db)
}

/** A lock that says yes to everyone, and each process that the claim is its own: what the real one is there for. */
export function noLock() {
  const mine = new Map()
  return {
    acquire: (order, claim) => Boolean(mine.set(order, claim)),
    held: (order) => (mine.has(order) ? { claim: mine.get(order), ms: 0 } : null),
    release: (order) => mine.delete(order),
  }
}

/** Random numbers from 0 to 1 that a seed repeats (mulberry32). */
export function randomOf(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
