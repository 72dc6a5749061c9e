// One worker. Start as many as there is work for, on as many machines as you like: `node worker.js`.
import pg from 'pg'
import PgBoss from 'pg-boss'
import { createIamportClient } from 'react-billing-key/server'
import { postgresLock } from '../../locks/postgresLock.ts'
import { openBilling } from './billing.ts'
import { prepare, type Shop, usual, work } from './jobs.ts'
import { tables } from './store.ts'

const {
  DATABASE_URL,
  IAMPORT_KEY,
  IAMPORT_SECRET,
  IAMPORT_URL,
  SIGNING_KEY,
  QUEUE_SCHEMA = 'pgboss',
  CONCURRENCY = '10',
  DEMO,
} = process.env
// what the demo makes shorter, or takes away
const demo = JSON.parse(DEMO ?? '{}') as { times?: typeof usual; timeoutMs?: number; unlocked?: boolean }
const times = demo.times ?? usual
const say = (text: string) => console.log(text)
// here a shop writes a mail; this one's plan has no free months
const notify: Shop['notify'] = ({ id, amount }, day) => say(`${id}: ${amount} won will be charged on ${day} for the first time.`)

// pg-boss reports the end of a job without catching a failure, as while the database is away; so does the start
process.once('uncaughtException', (error) => {
  const why = 'code' in error ? error.message : error.stack
  console.error(`This worker ends (${why}). Start it again: what it had on its way is asked about first.`)
  process.exit(1)
})

const db = new pg.Pool({ connectionString: DATABASE_URL, max: Number(CONCURRENCY) })
db.on('error', (error) => console.error(error.message))
const boss = new PgBoss({
  connectionString: DATABASE_URL ?? '',
  schema: QUEUE_SCHEMA,
  max: 4,
  maintenanceIntervalSeconds: Math.min(60, times.expireInSeconds),
})
boss.on('error', (error) => console.error(error.message))

const access = { impKey: IAMPORT_KEY, impSecret: IAMPORT_SECRET, baseUrl: IAMPORT_URL }
// the list of a sweep may take longer than a charge
const billing = openBilling({ db, iamport: createIamportClient(access), signingKey: SIGNING_KEY, authenticate: () => null, say })
const iamport = createIamportClient({ ...access, timeoutMs: demo.timeoutMs })

const real = postgresLock(db)
const claims = new Map<string, { claim: string; at: number }>()
/** What happens without a lock: it says yes to everyone, and knows of this process's claims alone. */
const none: typeof real = {
  acquire: (order, claim) => Boolean(claims.set(order, { claim, at: performance.now() })),
  held(order) {
    const found = claims.get(order)
    return found ? { claim: found.claim, ms: performance.now() - found.at } : null
  },
  release: (order, claim) => claims.get(order)?.claim === claim && claims.delete(order),
}

for (const table of tables) await db.query(table)
await boss.start()
await prepare({ boss, times })
await work({ db, boss, iamport, billing, times, say, notify, lock: demo.unlocked ? none : real, concurrency: Number(CONCURRENCY) })
process.send?.('ready')
process.once('disconnect', () => process.exit())
// what is being charged is charged to its end, which is what the next worker would have to ask about otherwise
process.once('SIGTERM', () => void boss.stop({ timeout: times.patienceMs + 30_000 }).then(() => process.exit(0)))
