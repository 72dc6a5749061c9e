import { PGlite } from '@electric-sql/pglite'
import PgBoss from 'pg-boss'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { postgresLock } from '../../examples/locks/postgresLock.ts'
import { audit, fill, live, pause, signingKey } from '../../examples/monthly-run/demo/month.ts'
import { type Sandbox, startSandbox } from '../../examples/monthly-run/demo/sandbox.ts'
import { openBilling } from '../../examples/monthly-run/src/billing.ts'
import { chargeOrders, plan, prepare, type Shop, usual, work } from '../../examples/monthly-run/src/jobs.ts'
import { keepResult, openCharges, tables } from '../../examples/monthly-run/src/store.ts'
import { createIamportClient } from '../../src/server/index.ts'

// `npm run monthly` is this on PostgreSQL, with 10,000 subscriptions, from four processes
const count = 60
// a real shop's, so that a machine that stands still for seconds is far from every edge: what is to be waited for is passed by
const times = { ...usual, patienceMs: 200 }
const db = new PGlite()
const boss = new PgBoss({
  // without values there may be several statements in one text, which is another call in PGlite
  db: {
    executeSql: async (text, values) => (values?.length ? db.query<object>(text, values) : ((await db.exec(text)).at(-1) ?? { rows: [] })),
  },
  schedule: false,
  supervise: false,
})
const said: string[] = []
let sandbox: Sandbox
let shop: Shop

beforeAll(async () => {
  for (const table of tables) await db.query(table)
  boss.on('error', (error) => said.push(error.message))
  await boss.start()
  sandbox = await startSandbox({ seed: Number(process.env.MONTHLY_SEED ?? 7), rate: 0.3, pgMs: 5, slowestMs: 6_000 })
  const say = (text: string) => said.push(text)
  const billing = openBilling({ db, iamport: createIamportClient(sandbox.access), signingKey, authenticate: () => null, say })
  const iamport = createIamportClient({ ...sandbox.access, timeoutMs: 5_000 })
  shop = { db, boss, iamport, billing, times, say, notify() {}, lock: postgresLock(db), concurrency: 5 }
}, 900_000)
afterAll(async () => {
  await boss.stop({ graceful: false })
  await sandbox.close()
  await db.close()
})

/** While no job runs and PortOne does nothing, it becomes the time of the next job: all of them, and the claims, grow older by it. */
async function passTime(signal: AbortSignal): Promise<void> {
  for (; !signal.aborted; await pause(100)) {
    if ((await sandbox.counts()).busy > 0) continue
    await db.query(`with wait as (
        select min(start_after) - now() as time from pgboss.job where state <= 'active'
        having min(start_after) > now() and not bool_or(state = 'active')
      ), jobs as (update pgboss.job set start_after = start_after - time from wait where state < 'active')
      update charge_claims set at = at - time from wait`)
  }
}

it('charges a month of subscriptions once each under faults, through dunning, and keeps registrations nobody came back for', async () => {
  await fill(db, sandbox, count)
  sandbox.begin()
  await prepare(shop)
  await work(shop)
  const summaries: string[] = []
  const say = (text: string) => summaries.push(text)
  const over = new AbortController()
  const clock = passTime(over.signal)
  await Promise.race([clock, live(db, boss, say, async () => undefined)]).finally(() => over.abort())
  await clock
  const { paid, ended, ...rest } = await audit(db, sandbox)
  expect(rest).toEqual({ swept: 20, double: 0, lost: 0, invented: 0, open: 0 })
  // every one of them is either paid or ended, and those whose card stays bad end
  expect(paid + ended).toBe(count)
  expect(ended).toBeGreaterThan(0)
  expect(summaries).toHaveLength(4)
  expect(summaries[0]).toMatch(/^2027-02-28: \d+ paid \([\d,]+ won\), \d+ declined/)
  expect(summaries[0]).toContain('next try on: 2027-03-01')
  expect(summaries.at(-1)).toMatch(/ended: unpaid \d+\n {2}not settled: 0\n {2}to be looked at by a person: none/)
  expect((await sandbox.counts()).faults).toBeGreaterThan(10)
}, 1_800_000)

it('makes nothing due twice when the day is planned twice, and counts a try once whoever tells of it', async () => {
  const [{ id = '' } = {}] = (
    await db.query<{ id: string }>("select id from subscriptions where id like 'sub-%' and ended is null limit 1")
  ).rows
  const given: unknown[] = []
  const insert = async (jobs: PgBoss.JobInsert[]) => void given.push(...jobs.map(({ data }) => data))
  const quiet = { ...shop, boss: { insert } as unknown as PgBoss }
  await db.query("update subscriptions set next_on = '2090-01-01' where id <> $1", [id])
  const day = '2027-03-31'
  await Promise.all([plan(quiet, day), plan(quiet, day)])
  await plan(quiet, day)
  const [charge, ...others] = await openCharges(db, [`${id}-3`], '2027-03-31')
  expect(others).toEqual([])
  expect(given).toEqual([{ orders: [`${id}-3`], day }])
  if (!charge) throw new Error('nothing is due')
  const declined = { status: 'declined', code: 'card-declined', message: '' } as const
  const unknown = { status: 'unknown', reconcile: '', cause: { message: '', httpStatus: 0, code: null } } as const
  for (const result of [unknown, declined, declined, unknown]) await keepResult(db, charge, result)
  const read = async () =>
    (
      await db.query(
        'select c.state, s.tries, s.months, s.next_on::text as next from charges c join subscriptions s on s.id = c.subscription where merchant_uid = $1',
        [`${id}-3`],
      )
    ).rows
  expect(await read()).toEqual([{ state: 'declined', tries: 1, months: 2, next: '2027-04-01' }])
  // the money came all the same
  const payment = { impUid: 'imp_late' } as Extract<Parameters<typeof keepResult>[2], { status: 'paid' }>['payment']
  for (const _ of [1, 2]) await keepResult(db, charge, { status: 'paid', payment })
  expect(await read()).toEqual([{ state: 'paid', tries: 0, months: 3, next: '2027-04-30' }])
})

it('does not end what is cancelled while a charge is open, and lets it run to the end of what was paid', async () => {
  const [{ id = '' } = {}] = (
    await db.query<{ id: string }>(
      "select id from subscriptions where id like 'sub-%' and ended is null and next_on > '2080-01-01' limit 1",
    )
  ).rows
  await db.query("update subscriptions set next_on = '2027-03-31' where id = $1", [id])
  const quiet = { ...shop, boss: { insert: async () => null } as unknown as PgBoss }
  await plan(quiet, '2027-03-31')
  await db.query('update subscriptions set cancelled = true where id = $1', [id])
  await plan(quiet, '2027-03-31')
  const [charge] = await openCharges(db, [`${id}-3`], '2027-03-31')
  if (!charge) throw new Error('nothing is due')
  const payment = { impUid: 'imp_cancelled' } as Extract<Parameters<typeof keepResult>[2], { status: 'paid' }>['payment']
  await keepResult(db, charge, { status: 'paid', payment })
  const read = async () => (await db.query('select ended, months from subscriptions where id = $1', [id])).rows
  expect(await read()).toEqual([{ ended: null, months: 3 }])
  await plan(quiet, '2027-04-30')
  expect(await read()).toEqual([{ ended: 'cancelled', months: 3 }])
})

it('charges nobody who cancelled after the day was planned, and makes due again who stays after all', async () => {
  const [{ id = '', uid = '' } = {}] = (
    await db.query<{ id: string; uid: string }>(
      `select id, customer_uid as uid from subscriptions where id like 'sub-%' and ended is null and months = 2 and tries = 0
        and customer_uid <> 'card-1' and next_on > '2080-01-01' limit 1`,
    )
  ).rows
  const order = `${id}-3`
  const set = (sql: string) => db.query(`update subscriptions set ${sql} where id = $1`, [id])
  const read = async () =>
    (
      await db.query(
        `select c.state, s.ended, s.months, s.tries from charges c join subscriptions s on s.id = c.subscription where merchant_uid = $1`,
        [order],
      )
    ).rows
  const calm = await startSandbox({ seed: 1, rate: 0, pgMs: 1, slowestMs: 1 })
  await calm.register({ customerUid: uid, merchantUid: 'issue', card: '9410-0000-0000-0001' })
  const quiet = { ...shop, iamport: createIamportClient(calm.access), boss: { insert: async () => null } as unknown as PgBoss }
  await set("next_on = '2027-03-31'")
  await plan(quiet, '2027-03-31')
  await set('cancelled = true')
  await chargeOrders(quiet, [order], '2027-03-31')
  expect(await read()).toEqual([{ state: 'withdrawn', ended: null, months: 2, tries: 0 }])
  await set('cancelled = false')
  await plan(quiet, '2027-03-31')
  expect(await read()).toMatchObject([{ state: 'due' }])
  await set('cancelled = true')
  await chargeOrders(quiet, [order], '2027-03-31')
  await plan(quiet, '2027-03-31')
  expect(await read()).toEqual([{ state: 'withdrawn', ended: 'cancelled', months: 2, tries: 0 }])
  expect(await calm.ledger()).toEqual([])
  await calm.close()
})
