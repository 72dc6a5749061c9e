import { readFileSync } from 'node:fs'
import { PGlite } from '@electric-sql/pglite'
import type PgBoss from 'pg-boss'
import { afterAll, afterEach, beforeEach, expect, it, vi } from 'vitest'
import { postgresLock } from '../../examples/locks/postgresLock.ts'
import { signingKey } from '../../examples/monthly-run/demo/month.ts'
import { type Sandbox, startSandbox } from '../../examples/monthly-run/demo/sandbox.ts'
import { openBilling } from '../../examples/monthly-run/src/billing.ts'
import { chargeOrders, plan, type Shop, usual } from '../../examples/monthly-run/src/jobs.ts'
import { addSubscription, keepResult, keepSwept, openCharges, spanToSweep, tables } from '../../examples/monthly-run/src/store.ts'
import { summaryOf } from '../../examples/monthly-run/src/summary.ts'
import { addMonths, koreanDay } from '../../examples/subscriptions/rule.ts'
import { createIamportClient } from '../../src/server/index.ts'

const approves = '9410-0000-0000-0001'
const declinesLater = '9410-0000-0000-0004'
const due = '2027-02-28'
/** One for all, made empty for each: it takes two seconds to start. */
const db = new PGlite()
let sandbox: Sandbox
let shop: Shop
let given: { name: string; data: { orders: string[] } }[]
let notices: unknown[][]
let billing: ReturnType<typeof openBilling>

beforeEach(async () => {
  await db.exec('DROP SCHEMA public CASCADE; CREATE SCHEMA public')
  for (const table of tables) await db.query(table)
  sandbox = await startSandbox({ seed: 1, rate: 0, pgMs: 1, slowestMs: 1 })
  given = []
  notices = []
  const boss = { insert: async (jobs: typeof given) => void given.push(...jobs) } as unknown as PgBoss
  const iamport = createIamportClient(sandbox.access)
  const say = () => {}
  billing = openBilling({ db, iamport, signingKey, authenticate: (request) => ({ id: request.headers.get('x-member') ?? '' }), say })
  shop = {
    db,
    boss,
    iamport,
    billing,
    times: usual,
    say,
    notify: (...told) => void notices.push(told),
    lock: postgresLock(db),
    concurrency: 1,
  }
})
afterEach(() => sandbox.close())
afterAll(() => db.close())

const read = async (sql: string) => (await db.query<Record<string, unknown>>(sql)).rows

/** The statement of the documents that has a word. */
const statement = (word: string): string =>
  [...readFileSync('docs/operating.md', 'utf8').matchAll(/```sql\n([^`]+)```/g)]
    .map(([, sql = '']) => sql)
    .find((sql) => sql.includes(word)) ?? ''

/** A subscription whose second month falls due on 28 February. */
async function subscribe(id: string, card = approves): Promise<void> {
  await sandbox.register({ customerUid: `card-${id}`, merchantUid: `issue-${id}`, card })
  const fresh = { freeMonths: 0, consentedOn: null, noticedOn: null, cancelled: false, tries: 0, chargedOn: null, ended: null }
  await addSubscription(db, id, `card-${id}`, { id, amount: 9900, startedOn: '2027-01-31', months: 1, ...fresh })
}

it('takes one first month of a customer, from however many windows', async () => {
  const ask = async (path: string, body: object) => {
    const headers = { 'x-member': 'mina', 'content-type': 'application/json' }
    const answer = await billing(
      new Request(`http://shop.example/api/billing/${path}`, { method: 'POST', headers, body: JSON.stringify(body) }),
    )
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
  }
  const register = async () => {
    const { status, body } = await ask('intents', {})
    if (status !== 200) return status
    const paid = await sandbox.register(body as unknown as Parameters<Sandbox['register']>[0])
    const { merchantUid, customerUid, token } = body
    return (await ask('confirm', { merchantUid, customerUid, token, impUid: paid.imp_uid })).status
  }
  expect(await register()).toBe(200)
  expect(await register()).toBe(409)
  expect(await sandbox.ledger()).toHaveLength(1)
  // who has ended begins anew, and has what was paid for
  await db.query("update subscriptions set ended = 'cancelled'")
  expect(await register()).toBe(200)
  expect(await sandbox.ledger()).toHaveLength(2)
  expect(await read('select months from subscriptions where ended is null')).toEqual([{ months: 1 }])
})

it('charges nobody who cancelled, or was settled by another worker, while others of the same job were charged', async () => {
  for (const id of ['a', 'b', 'c']) await subscribe(id)
  await plan(shop, due)
  const { again } = shop.iamport
  const iamport = {
    ...shop.iamport,
    async again(...args: Parameters<typeof again>) {
      // asleep for hours, while its first charge was on its way
      await db.query("update subscriptions set cancelled = true where id = 'b'")
      await db.query("update charges set state = 'declined' where subscription = 'c'")
      return again(...args)
    },
  }
  await chargeOrders({ ...shop, iamport }, ['a-2', 'b-2', 'c-2'], due)
  expect((await sandbox.ledger()).map(({ order }) => order)).toEqual(['a-2'])
})

it('charges again what an operator took back from the dunning of an outage', async () => {
  await subscribe('a', declinesLater)
  for (const day of [due, '2027-03-01', '2027-03-03', '2027-03-07']) {
    await plan(shop, day)
    await chargeOrders(shop, ['a-2'], day)
  }
  expect(await read('select tries, ended from subscriptions')).toEqual([{ tries: 4, ended: 'unpaid' }])
  await db.query(statement("ended = 'unpaid'"))
  given = []
  notices = []
  await plan(shop, '2027-03-07')
  expect(given).toEqual([])
  await plan(shop, '2027-03-08')
  expect(given.map(({ data }) => data.orders)).toEqual([['a-2']])
})

it('takes no try from the month that is told of only after the next one was planned', async () => {
  await subscribe('a', declinesLater)
  await plan(shop, due)
  const [slept] = await openCharges(db, ['a-2'], due)
  await chargeOrders(shop, ['a-2'], due)
  await plan(shop, '2027-03-01')
  const refused = { status: 'declined', code: 'card-declined', message: '' } as const
  if (slept) await keepResult(db, slept, refused)
  expect(await read('select state, c.tries, s.tries as counted from charges c join subscriptions s on s.id = subscription')).toEqual([
    { state: 'due', tries: 1, counted: 1 },
  ])
})

it('counts a try for the day it was made on, so that a night’s delay makes no two tries of one day', async () => {
  await subscribe('a', declinesLater)
  await plan(shop, due)
  await chargeOrders(shop, ['a-2'], '2027-03-01')
  given = []
  notices = []
  await plan(shop, '2027-03-01')
  expect(given).toEqual([])
  expect(await read('select next_on::text as next from subscriptions')).toEqual([{ next: '2027-03-02' }])
})

it('charges nobody for two subscriptions, though the money of one that ended came late', async () => {
  await subscribe('a', declinesLater)
  await plan(shop, due)
  const [charge] = await openCharges(db, ['a-2'], due)
  if (!charge) throw new Error('nothing is due')
  await chargeOrders(shop, ['a-2'], due)
  const payment = { impUid: 'imp_late' } as Extract<Parameters<typeof keepResult>[2], { status: 'paid' }>['payment']
  await db.query("update subscriptions set ended = 'unpaid'")
  const again = {
    id: 'a-again',
    amount: 9900,
    startedOn: due,
    months: 1,
    freeMonths: 0,
    consentedOn: null,
    noticedOn: null,
    cancelled: false,
  }
  await addSubscription(db, 'a', 'card-a', { ...again, tries: 0, chargedOn: null, ended: null })
  await keepResult(db, charge, { status: 'paid', payment })
  expect(await read('select id, ended, months from subscriptions order by id')).toEqual([
    { id: 'a', ended: 'unpaid', months: 2 },
    { id: 'a-again', ended: null, months: 1 },
  ])
})

it('tells of the first payment after free months before it is charged, also when no job ran in the week before', async () => {
  for (const id of ['told', 'late']) await subscribe(id)
  await db.exec("update subscriptions set free_months = 1, consented_on = '2027-02-20', next_on = '2027-02-21'")
  await db.exec("update subscriptions set next_on = '2027-02-28' where id = 'late'")
  await plan(shop, '2027-02-21')
  await plan(shop, '2027-02-21')
  expect(notices).toMatchObject([[{ id: 'told' }, '2027-02-28']])
  await plan(shop, due)
  expect(notices.slice(1)).toMatchObject([[{ id: 'late' }, '2027-03-07']])
  expect(await read('select subscription from charges')).toEqual([{ subscription: 'told' }])
  await plan(shop, '2027-03-06')
  expect(await read("select next_on::text as on from subscriptions where id = 'late'")).toEqual([{ on: '2027-03-07' }])
  await plan(shop, '2027-03-07')
  expect(await read('select subscription from charges order by 1')).toEqual([{ subscription: 'late' }, { subscription: 'told' }])
  expect(notices).toHaveLength(2)
})

it('charges nobody for months that went by before they agreed to pay, though nothing ran in them', async () => {
  await subscribe('a')
  await db.exec('update subscriptions set free_months = 1')
  await plan(shop, '2027-09-10')
  expect(notices).toMatchObject([[{ id: 'a' }, '2027-09-17']])
  await db.exec("update subscriptions set consented_on = '2027-09-12'")
  for (const day of ['2027-09-17', '2027-09-24', '2027-09-30']) {
    await plan(shop, day)
    await chargeOrders(
      shop,
      given.splice(0).flatMap(({ data }) => data.orders),
      day,
    )
  }
  expect(await read('select charged_on::text as on, name from charges order by 1')).toEqual([
    { on: '2027-09-17', name: '8월 이용권' },
    { on: '2027-09-30', name: '9월 이용권' },
  ])
})

it('raises the months of a time in which the shop was closed, and has free months asked about anew', async () => {
  for (const id of ['paying', 'past-due', 'free', 'current', 'leaving']) await subscribe(id)
  await db.exec(`update subscriptions set tries = 2, charged_on = '2027-03-01' where id = 'past-due';
    update subscriptions set free_months = 1, consented_on = '2027-02-22', noticed_on = '2027-02-21' where id = 'free';
    update subscriptions set months = 9, next_on = '2027-10-31' where id = 'current';
    update subscriptions set cancelled = true where id = 'leaving'`)
  await db.query(statement('reached').replaceAll('2027-09-10', '2027-09-30'))
  expect(await read('select id, months from subscriptions order by 1')).toEqual([
    { id: 'current', months: 9 },
    { id: 'free', months: 8 },
    // who cancelled is given no months: it ends, and its customer can begin anew
    { id: 'leaving', months: 1 },
    ...['past-due', 'paying'].map((id) => ({ id, months: 8 })),
  ])
  await plan(shop, '2027-09-30')
  expect(await read('select id, ended from subscriptions where ended is not null')).toEqual([{ id: 'leaving', ended: 'cancelled' }])
  expect(await read('select subscription as id, merchant_uid as order from charges order by 1')).toEqual([
    { id: 'past-due', order: 'past-due-9' },
    { id: 'paying', order: 'paying-9' },
  ])
  expect(notices).toMatchObject([[{ id: 'free', months: 8, freeMonths: 8 }, '2027-10-07']])
})

it('charges no month that an operator passed over, and counts its payment for no other, though its order was open', async () => {
  for (const id of ['sent', 'waiting']) await subscribe(id)
  await plan(shop, due)
  // charged, and a crash kept it from the books
  await shop.iamport.again({ customerUid: 'card-sent', merchantUid: 'sent-2', name: '2월 이용권', amount: 9900 })
  await db.query("update charges set touched_at = touched_at - interval '1 day'")
  await db.query(statement('reached').replaceAll('2027-09-10', '2027-09-30'))
  given = []
  await plan(shop, '2027-09-30')
  for (const job of given.splice(0).reverse()) await chargeOrders(shop, job.data.orders, '2027-09-30')
  expect((await sandbox.ledger()).map(({ order }) => order).sort()).toEqual(['sent-2', 'sent-9', 'waiting-9'])
  expect(await read('select merchant_uid as order, state from charges order by 1')).toEqual([
    { order: 'sent-2', state: 'paid' },
    { order: 'sent-9', state: 'paid' },
    { order: 'waiting-2', state: 'withdrawn' },
    { order: 'waiting-9', state: 'paid' },
  ])
  expect(await read('select months from subscriptions')).toEqual([{ months: 9 }, { months: 9 }])
})

it('counts in the summary of a day what ended on it, and on no other', async () => {
  for (const id of ['a', 'b']) await subscribe(id, declinesLater)
  for (const day of [due, '2027-03-01', '2027-03-03', '2027-03-07']) {
    await plan(shop, day)
    await chargeOrders(shop, ['a-2', 'b-2'], day)
    if (day === '2027-03-01') await db.query("update subscriptions set cancelled = true where id = 'b'")
  }
  // a night in which nobody planned
  await subscribe('c')
  await db.query("update subscriptions set cancelled = true where id = 'c'")
  await plan(shop, '2027-03-08')
  const ended = async (day: string) => /ended: (.*)/.exec(await summaryOf(db, day))?.[1]
  expect(await ended('2027-02-28')).toBe('none')
  expect(await ended('2027-03-03')).toBe('cancelled 1')
  expect(await ended('2027-03-07')).toBe('unpaid 1')
  expect(await ended('2027-03-08')).toBe('cancelled 1')
})

it('counts no try against a card that came after its order was planned, and charges that one', async () => {
  await subscribe('a', declinesLater)
  for (const day of [due, '2027-03-01', '2027-03-03', '2027-03-07']) {
    await plan(shop, day)
    // on the last day another card comes while the order waits for its worker
    if (day === '2027-03-07') {
      await sandbox.register({ customerUid: 'card-new', merchantUid: 'issue-new' })
      await db.query("update subscriptions set customer_uid = 'card-new'")
    }
    await chargeOrders(shop, ['a-2'], day)
  }
  expect(await read('select tries, ended from subscriptions')).toEqual([{ tries: 3, ended: null }])
  await plan(shop, '2027-03-07')
  await chargeOrders(shop, ['a-2'], '2027-03-07')
  expect(await sandbox.ledger()).toMatchObject([{ order: 'a-2', customerUid: 'card-new' }])
  expect(await read('select tries, ended, months from subscriptions')).toEqual([{ tries: 0, ended: null, months: 2 }])
})

it('charges what the month was written down with, also in dunning, and the next one what the row says by then', async () => {
  await subscribe('a', declinesLater)
  await db.query('update subscriptions set amount = 12900')
  await plan(shop, due)
  await db.query('update subscriptions set amount = 15900')
  await chargeOrders(shop, ['a-2'], due)
  await sandbox.register({ customerUid: 'card-new', merchantUid: 'issue-new' })
  await db.query("update subscriptions set customer_uid = 'card-new'")
  for (const [order, day] of [
    ['a-2', '2027-03-01'],
    ['a-3', '2027-03-31'],
  ] as const) {
    await plan(shop, day)
    await chargeOrders(shop, [order], day)
  }
  const client = createIamportClient(sandbox.access)
  const amounts = ['a-2', 'a-3'].map(async (order) => (await client.paymentByMerchantUid(order, 'paid'))?.amount)
  expect(await Promise.all(amounts)).toEqual([12900, 15900])
})

it('goes by the day of the database, whatever a machine’s clock says', async () => {
  await subscribe('a')
  await db.query('update subscriptions set next_on = current_date + 2, started_on = current_date - 35')
  // this machine is three days ahead, and the database is not
  const ahead = () => vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3 * 86_400_000 })
  const query: typeof shop.db.query = async (...call) => {
    vi.useRealTimers()
    return db.query(...call).finally(ahead)
  }
  ahead()
  await plan({ ...shop, db: { query } })
  vi.useRealTimers()
  expect(given).toEqual([])
})

it('begins a subscription on the day that was paid, though the sweep found it the next morning', async () => {
  const headers = { 'x-member': 'mina', 'content-type': 'application/json' }
  const asked = await billing(new Request('http://shop.example/api/billing/intents', { method: 'POST', headers, body: '{}' }))
  const paid = await sandbox.register((await asked.json()) as Parameters<Sandbox['register']>[0])
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 86_400_000 })
  await billing.sweepRegistrations({ since: new Date(Date.now() - 2 * 86_400_000) })
  vi.useRealTimers()
  const payment = await createIamportClient(sandbox.access).payment(String(paid.imp_uid))
  const day = koreanDay(new Date((payment?.paidAt ?? 0) * 1000))
  expect(await read('select started_on::text as day, next_on::text as next from subscriptions')).toEqual([{ day, next: addMonths(day, 1) }])
})

it('sweeps two days, and all the time that no sweep has read, whatever a clock says', async () => {
  const day = 86_400_000
  const days = async () => {
    const { since, until } = await spanToSweep(db)
    expect(Math.abs(until.getTime() - Date.now())).toBeLessThan(60_000)
    return Math.round((until.getTime() - since.getTime()) / day)
  }
  expect(await days()).toBe(2)
  await keepSwept(db, new Date(Date.now() - 10 * day))
  expect(await days()).toBe(12)
  await keepSwept(db, new Date(Date.now() + 10 * day))
  expect(await days()).toBe(2)
})

it('sweeps all the time since the tables were made, when no sweep has worked', async () => {
  await db.query("update sweeps set until = until - interval '10 days'")
  // by each worker that starts
  for (const table of tables) await db.query(table)
  const { since } = await spanToSweep(db)
  expect(Math.round((Date.now() - since.getTime()) / 86_400_000)).toBe(12)
})

it('sweeps on from where a shop on SQLite had come, once it has moved', async () => {
  const until = Date.now() - 10 * 86_400_000
  await db.query(statement('update sweeps').replace(/\d{13}/, String(until)))
  const { since } = await spanToSweep(db)
  expect(Math.abs(since.getTime() - (until - 2 * 86_400_000))).toBeLessThan(1_000)
})
