import type { ChargeLock } from 'react-billing-key/server'

/** What the lock needs of a database: better-sqlite3, libsql and node:sqlite have it. */
export interface SqliteDatabase {
  exec(sql: string): unknown
  prepare(sql: string): { run(...values: string[]): unknown; get(...values: string[]): unknown }
}

const age = "cast(round((julianday('now') - julianday(at)) * 86400000) as integer)"

/**
 * A `ChargeLock` in a SQLite file that all processes of one machine share. SQLite has no clock of its own: ages are by
 * the machine's, which all of them share too. Open the file with `pragma busy_timeout`, so that two writers wait.
 *
 * @example
 * const db = new Database('shop.sqlite')
 * db.exec('pragma journal_mode = wal; pragma busy_timeout = 10000')
 * const lock = sqliteLock(db)
 */
export function sqliteLock(db: SqliteDatabase): ChargeLock {
  db.exec('create table if not exists charge_claims (merchant_uid text primary key, claim text not null, at text not null)')
  // `returning`, because what `run` answers differs from driver to driver
  const insert = db.prepare(
    "insert into charge_claims values (?, ?, strftime('%Y-%m-%d %H:%M:%f', 'now')) on conflict do nothing returning claim",
  )
  const select = db.prepare(`select claim, ${age} as ms from charge_claims where merchant_uid = ?`)
  const remove = db.prepare('delete from charge_claims where merchant_uid = ? and claim = ?')
  /**
   * Begun as a writer: a single statement that waited for `busy_timeout` in vain leaves libsql's connection in the past,
   * where it reads no claim that came later. It also keeps a claim out of a transaction that may still be rolled back.
   */
  const writing = <Answer>(write: () => Answer): Answer => {
    db.exec('begin immediate')
    try {
      const answer = write()
      db.exec('commit')
      return answer
    } catch (error) {
      db.exec('rollback')
      throw error
    }
  }
  return {
    acquire: (order, claim) => writing(() => Boolean(insert.get(order, claim))),
    held(order) {
      const row: unknown = select.get(order)
      if (typeof row !== 'object' || row === null || !('claim' in row) || !('ms' in row)) return null
      return { claim: String(row.claim), ms: Number(row.ms) }
    },
    release: (order, claim) => writing(() => remove.run(order, claim)),
  }
}
