// `npm run monthly`: four workers charge a month of 10,000 subscriptions while 30 % of the charges go wrong, one worker is
// killed and one is stopped for longer than its claims live; then the shop's books are held against the sandbox's.
import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import pg from 'pg'
import PgBoss from 'pg-boss'
import { prepare, type usual } from '../src/jobs.ts'
import { type Database, tables } from '../src/store.ts'
import { audit, fill, live, numberOf, pause, signingKey } from './month.ts'
import { openPostgres } from './postgres.ts'
import type { Sandbox } from './sandbox.ts'

const { values } = parseArgs({
  options: {
    subscriptions: { type: 'string', default: '10000' },
    seed: { type: 'string', default: process.env.MONTHLY_SEED ?? String(Math.floor(Math.random() * 1e9)) },
    unlocked: { type: 'boolean', default: false },
    'restart-database': { type: 'boolean', default: false },
  },
})
const [count, seed, unlocked] = [Number(values.subscriptions), Number(values.seed), values.unlocked]
const times: typeof usual = { inFlightMs: 4_000, patienceMs: 300, expireInSeconds: 15, retryInSeconds: 1, forgottenMs: 30_000 }
const [timeoutMs, pgMs, rate, concurrency] = [600, 200, 0.3, 10]
const file = (name: string) => fileURLToPath(new URL(name, import.meta.url))

/** The sandbox in a process of its own, asked by message. */
function sandboxProcess(): { child: ChildProcess; sandbox: Pick<Sandbox, 'register' | 'registerAll' | 'ledger' | 'counts'>; ask: Ask } {
  const child = fork(file('./sandbox.js'), ['sandbox', JSON.stringify({ seed, rate, pgMs, slowestMs: 1_500 })])
  const waiting = new Map<number, (answer: never) => void>()
  child.on('message', ([id, answer]: [number, never]) => waiting.get(id)?.(answer))
  const ask: Ask = (name, ...args) =>
    new Promise((resolve) => {
      waiting.set(waiting.size, resolve)
      child.send([waiting.size - 1, name, ...args])
    })
  const calls = ['register', 'registerAll', 'ledger', 'counts'].map((name) => [name, (...args: unknown[]) => ask(name, ...args)])
  return { child, ask, sandbox: Object.fromEntries(calls) }
}
type Ask = <Answer>(name: string, ...args: unknown[]) => Promise<Answer>

const postgres = await openPostgres()
if (values['restart-database'] && !postgres.stop)
  throw new Error('--restart-database restarts a PostgreSQL of its own: leave DATABASE_URL out.')
process
  .once('exit', () => postgres.close())
  .once('SIGINT', () => process.exit(130))
  .once('SIGTERM', () => process.exit(143))
// of its own, so that nothing of a database that exists is touched
const schema = `monthly_${randomBytes(4).toString('hex')}`
const queue = `${schema}_queue`
const url = new URL(postgres.url)
url.searchParams.set('options', `-c search_path=${schema}`)
const DATABASE_URL = url.href
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 4 })
pool.on('error', () => {})
/** Asks again while the database is away: all that this process asks may be asked twice. */
const patient =
  <Args extends unknown[], Answer>(ask: (...args: Args) => Promise<Answer>, attempts = 40): ((...args: Args) => Promise<Answer>) =>
  (...args) =>
    ask(...args).catch((error) => {
      if (attempts === 1) throw error
      return pause(250).then(() => patient(ask, attempts - 1)(...args))
    })
const db: Database = { query: patient((sql, values) => pool.query(sql, values)) }
await db.query(`create schema ${schema}`)
for (const table of tables) await db.query(table)
const { child, sandbox, ask } = sandboxProcess()
const access = await ask<Sandbox['access']>('access')
console.log(`Registering ${count} cards (seed ${seed})…`)
await fill(db, { ...sandbox, access }, count)
await ask('begin')

const workers = new Set<ChildProcess>()
let isOver = false
/** Starts a worker, and as a supervisor would another one when it ends. */
async function startWorker(): Promise<void> {
  const demo = { times, timeoutMs, unlocked }
  const secrets = { IAMPORT_KEY: access.impKey, IAMPORT_SECRET: access.impSecret, IAMPORT_URL: access.baseUrl, SIGNING_KEY: signingKey }
  const env = {
    ...process.env,
    ...secrets,
    DATABASE_URL,
    QUEUE_SCHEMA: queue,
    CONCURRENCY: String(concurrency),
    DEMO: JSON.stringify(demo),
  }
  const worker = fork(file('../src/worker.js'), { env })
  workers.add(worker)
  worker.once('exit', async (code, signal) => {
    workers.delete(worker)
    await pause(1_000)
    if (isOver) return
    console.log(`  A worker ended (${signal ?? code}): another one starts.`)
    await startWorker().catch(() => {})
  })
  await new Promise((resolve, reject) => worker.once('message', resolve).once('exit', reject))
}
const settled = () => numberOf(db, 'select count(*) from charges where settled_at is not null')

/** Charges settled a second over some seconds. */
async function speed(): Promise<number> {
  await pause(1_000)
  const [from, at] = [await settled(), performance.now()]
  await pause(Math.min(10_000, count))
  return (1000 * ((await settled()) - from)) / (performance.now() - at)
}

/** At-least-once delivery at its worst: some jobs are given to two workers at the same moment. */
const giveTwice = (jobs: number) =>
  db.query(
    `with chosen as (select *, row_number() over () as place from ${queue}.job where name = 'charge' and state = 'created' limit $1)
      insert into ${queue}.job (name, data, priority, expire_in, retry_limit)
      select name, data, 1000 - place, expire_in, retry_limit from chosen, generate_series(1, 2)`,
    [jobs],
  )

const boss = new PgBoss({ connectionString: DATABASE_URL, schema: queue, supervise: false, schedule: false, max: 2 })
boss.on('error', (error) => console.error(error.message))
await boss.start()
await prepare({ boss, times })
const began = performance.now()
const speeds: string[] = []
const jobs = { send: patient(boss.send.bind(boss)), getJobById: patient(boss.getJobById.bind(boss)) } as PgBoss
await live(db, jobs, console.log, async (done) => {
  // without the lock there is nothing to measure
  for (const wanted of unlocked ? [4] : [1, 2, 4]) {
    while (workers.size < wanted) await startWorker()
    if (!unlocked) speeds.push(`${wanted}: ${(await speed()).toFixed(0)}/s`)
  }
  for (const mode of values['restart-database'] ? (['fast', 'immediate', 'fast', 'immediate'] as const) : []) {
    const before = await settled()
    console.log(`  PostgreSQL was stopped (${mode}), after ${before} charges.`)
    postgres.stop?.(mode)
    await pause(1_000)
    postgres.start()
    while ((await settled()) < before + count / 20) await pause(250)
  }
  await giveTwice(20)
  const [killed, stopped] = workers
  killed?.kill('SIGKILL')
  stopped?.kill('SIGSTOP')
  console.log(`  One worker was killed and one stopped, after ${await settled()} charges.`)
  await pause(times.inFlightMs * 2)
  stopped?.kill('SIGCONT')
  await done
})
const seconds = (performance.now() - began) / 1000
const { paid, ended, swept, double, lost, invented, open } = await audit(db, sandbox)
const { sent, faults } = await sandbox.counts()
console.log(`
Seed ${seed}: ${count} subscriptions, ${sent} charges sent, ${faults} faults, ${Math.round(seconds)} s. ${paid} paid, ${ended} ended unpaid, ${swept} registrations swept.
Charges a second by number of workers: ${speeds.join(', ') || 'not measured'} (PortOne answers after ${pgMs} ms, ${concurrency} at a time a worker, faults on).
${double} charged twice, ${lost} lost, ${invented} invented, ${open} left open${unlocked ? ' (the lock said yes to everyone)' : ''}`)
isOver = true
for (const worker of workers) worker.kill('SIGKILL')
child.kill()
await boss.stop({ graceful: false })
await db.query(`drop schema ${schema} cascade; drop schema ${queue} cascade`)
await pool.end()
process.exit(double + lost + invented + open === 0 ? 0 : 1)
