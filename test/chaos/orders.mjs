import { createRequire } from 'node:module'

// the shop's database: one SQLite file that all processes share
const Database = createRequire(new URL('../../examples/membership/package.json', import.meta.url))('libsql')

/** Which orders there are: every twentieth is of a card that is declined later. */
export const orderOf = (number) => ({
  customerUid: number % 20 === 0 ? 'card-declines' : 'card-approves',
  merchantUid: `order-${number}`,
  amount: 1000 + number,
  name: '월간 이용권',
})

/** A `ChargeLock` in a table, as docs/charge.md describes it. */
export function openLock(file) {
  const db = new Database(file)
  db.exec('pragma journal_mode = wal; pragma busy_timeout = 10000; pragma synchronous = off')
  db.exec('create table if not exists sent (merchant_uid text primary key, at integer not null)')
  const acquire = db.prepare('insert into sent values (?, ?) on conflict do nothing')
  const release = db.prepare('delete from sent where merchant_uid = ? and at <= ?')
  const held = db.prepare('select 1 from sent where merchant_uid = ?')
  return {
    acquire: (order) => acquire.run(order, Date.now()).changes === 1,
    release(order, heldMs) {
      release.run(order, Date.now() - heldMs)
      return !held.get(order)
    },
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
