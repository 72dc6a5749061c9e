import type { ChargeLock } from 'react-billing-key/server'

/** What the lock needs of a database: a `Pool` of pg and PGlite have it. The primary, never a replica. */
export interface PostgresDatabase {
  query(sql: string, values: string[]): Promise<{ rows: unknown[] }>
}

/** The lock's table, for a migration. */
export const postgresLockTable = `create table if not exists charge_claims (
  merchant_uid text primary key,
  claim uuid not null,
  at timestamptz not null default clock_timestamp()
)`

/**
 * A `ChargeLock` in PostgreSQL, for any number of machines: ages are by the database's clock alone. Use it outside a
 * transaction: a claim that is not committed is none.
 *
 * @example
 * const lock = postgresLock(new Pool())
 */
export function postgresLock(db: PostgresDatabase): ChargeLock {
  const insert = 'insert into charge_claims (merchant_uid, claim) values ($1, $2) on conflict do nothing returning claim'
  const select =
    'select claim, (extract(epoch from clock_timestamp() - at) * 1000)::float8 as ms from charge_claims where merchant_uid = $1'
  return {
    acquire: async (order, claim) => (await db.query(insert, [order, claim])).rows.length === 1,
    async held(order) {
      const [row] = (await db.query(select, [order])).rows
      if (typeof row !== 'object' || row === null || !('claim' in row) || !('ms' in row)) return null
      return { claim: String(row.claim), ms: Number(row.ms) }
    },
    release: (order, claim) => db.query('delete from charge_claims where merchant_uid = $1 and claim = $2', [order, claim]),
  }
}
