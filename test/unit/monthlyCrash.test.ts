import { PGlite } from '@electric-sql/pglite'
import type PgBoss from 'pg-boss'
import { beforeEach, expect, it, vi } from 'vitest'
import { postgresLock } from '../../examples/locks/postgresLock.ts'
import { openBilling } from '../../examples/monthly-run/src/billing.ts'
import { chargeOrders, plan, type Shop, usual } from '../../examples/monthly-run/src/jobs.ts'
import { addSubscription, type Database, tables } from '../../examples/monthly-run/src/store.ts'
import { addDays } from '../../examples/subscriptions/rule.ts'
import { createSandbox } from '../../src/sandbox/index.ts'
import { createIamportClient } from '../../src/server/index.ts'

// A worker ends before each thing it does to the world: a statement that writes, a job that it gives out, a call that PortOne
// acts on. Two others take its job over, at the same moment, as a queue may give it. What PortOne (the sandbox) and the books
// hold at the end has to be the same.

const due = '2027-02-28'
const clock = `${due}T03:00:00Z`
const cards: Readonly<Record<string, string>> = { refused: '9410-0000-0000-0004' }
const db = new PGlite()
const fresh = {
  amount: 9900,
  startedOn: '2027-01-31',
  months: 1,
  freeMonths: 0,
  consentedOn: null,
  noticedOn: null,
  cancelled: false,
  tries: 0,
}
const members = ['paying', 'refused', 'cancelled', 'silent', 'consented', 'leaving', 'moving']

const meanwhile = `update subscriptions set cancelled = true where id = 'leaving';
  update subscriptions set customer_uid = 'card-other' where id = 'moving'`

interface Job {
  readonly name: string
  readonly data: { readonly orders: readonly string[]; readonly day?: string }
}

beforeEach(() => {
  vi.spyOn(console, 'error').mockReturnValue()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }).setTimerTickMode('nextTimerAsync')
  return () => void vi.useRealTimers().restoreAllMocks()
})

async function begin() {
  for (const table of tables) await db.query(table)
  await db.exec('truncate charges, subscriptions, charge_claims, sweeps')
  const sandbox = createSandbox({ clock, inFlightMs: 200 })
  for (const id of members) {
    await sandbox.register({ customerUid: `card-${id}`, merchantUid: `issue-${id}`, card: cards[id] ?? '9410-0000-0000-0001' })
    await addSubscription(db, id, `card-${id}`, { id, ...fresh, chargedOn: null, ended: null })
  }
  await sandbox.register({ customerUid: 'card-other', merchantUid: 'issue-other' })
  await db.exec(`update subscriptions set cancelled = true where id = 'cancelled';
    update subscriptions set free_months = 1 where id in ('silent', 'consented');
    update subscriptions set consented_on = '2027-02-20' where id = 'consented';
    update subscriptions set noticed_on = '2027-02-21' where free_months = 1`)
  return sandbox
}

/** One worker after the other, over the same database, queue and PortOne. */
async function live(endsAt: number) {
  const sandbox = await begin()
  const queue: Job[] = []
  let count = 0
  const start = (at: number): Shop => {
    const alive = () => {
      if (count >= at) throw new Error('The worker has ended.')
    }
    const act = () => {
      alive()
      count += 1
      alive()
    }
    const mortal: Database = {
      async query(sql: string, values?: unknown[]) {
        if (/^\s*select/.test(sql)) alive()
        else act()
        const answer = await db.query(sql, values)
        alive()
        return answer
      },
    }
    const fetch: typeof globalThis.fetch = async (input, init) => {
      const request = new Request(input, init)
      if (request.method === 'GET' || request.url.endsWith('/getToken')) alive()
      else act()
      const answer = await sandbox.fetch(request)
      alive()
      return answer
    }
    const boss = {
      async insert(jobs: Job[]) {
        act()
        queue.push(...jobs)
      },
    } as unknown as PgBoss
    const iamport = createIamportClient({ impKey: sandbox.impKey, impSecret: sandbox.impSecret, baseUrl: 'http://sandbox', fetch })
    const billing = openBilling({
      db: mortal,
      iamport,
      signingKey: 'only-for-a-test-0123456789-abcdefgh',
      authenticate: () => null,
      say() {},
    })
    return { db: mortal, boss, iamport, billing, times: usual, say() {}, notify() {}, lock: postgresLock(mortal), concurrency: 3 }
  }
  /** A job is gone from the queue once it is through. */
  const work = async (shop: Shop, day: string) => {
    for (let job = queue[0]; job; job = queue[0]) {
      await chargeOrders(shop, job.data.orders, day)
      queue.shift()
    }
  }
  const first = start(endsAt)
  const day = async (shop: Shop, on: string) => {
    // between the plan and its jobs, also where the plan was cut off
    await plan(shop, on).finally(() => db.exec(meanwhile))
    await work(shop, on)
  }
  await day(first, due).catch(() => {})
  const done = count
  const second = start(Number.POSITIVE_INFINITY)
  const others = [second, start(Number.POSITIVE_INFINITY)]
  for (const { data } of queue.splice(0)) await Promise.all(others.map((shop) => chargeOrders(shop, data.orders, due)))
  const hour = async (on: string) => {
    await db.exec("update charge_claims set at = at - interval '2 hours'; update charges set touched_at = touched_at - interval '2 hours'")
    await work(second, on)
    await day(second, on)
  }
  for (let round = 0; round < 4; round += 1) await hour(due)
  for (const days of [1, 3, 7]) {
    await hour(addDays(due, days))
    await hour(addDays(due, days))
  }
  const rows = async (sql: string) => (await db.query<Record<string, unknown>>(sql)).rows
  return {
    done,
    paid: sandbox.payments
      .filter(({ status, amount }) => status === 'paid' && amount > 0)
      .map((one) => `${one.merchant_uid} ${one.amount}`)
      .sort(),
    subscriptions: await rows('select id, months, tries, ended, cancelled, next_on::text, ended_on::text from subscriptions order by id'),
    charges: await rows("select merchant_uid, state, tries from charges where state <> 'withdrawn' order by 1"),
  }
}

it('charges once and loses nothing, whenever a worker ends', async () => {
  const { done, ...expected } = await live(Number.POSITIVE_INFINITY)
  expect(done).toBeGreaterThan(20)
  expect(expected.paid).toEqual(['consented-2 9900', 'moving-2 9900', 'paying-2 9900'])
  for (let at = 1; at <= done; at += 1) {
    const { done, ...found } = await live(at)
    expect.soft({ at, ...found }).toEqual({ at, ...expected })
  }
})
