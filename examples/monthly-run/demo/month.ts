import type PgBoss from 'pg-boss'
import { createIamportClient } from 'react-billing-key/server'
import { addDays, type Day, dunningDays } from '../../subscriptions/rule.ts'
import { openBilling } from '../src/billing.ts'
import { addSubscription, type Database } from '../src/store.ts'
import { summaryOf } from '../src/summary.ts'
import type { Sandbox } from './sandbox.ts'

/** The month that is lived through: begun on 31 January, it falls due on 28 February. */
const startedOn = '2027-01-31'
const firstDay: Day = '2027-02-28'
const lastDay = addDays(firstDay, dunningDays[2])
export const signingKey = 'only-for-the-demo-0123456789abcdef'
const leftAlone = 20
/** What the month needs of pg-boss. */
type Jobs = Pick<PgBoss, 'send' | 'getJobById'>

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
export const numberOf = async (db: Database, sql: string) => Number(((await db.query(sql)).rows as { count: string }[])[0]?.count)

/** Subscriptions whose second month is due, and a few registrations whose browser never came back. */
export async function fill(db: Database, sandbox: Pick<Sandbox, 'access' | 'register' | 'registerAll'>, count: number): Promise<void> {
  await sandbox.registerAll(count)
  const fresh = {
    amount: 9900,
    startedOn,
    months: 1,
    freeMonths: 0,
    consentedOn: null,
    noticedOn: null,
    cancelled: false,
    tries: 0,
    chargedOn: null,
    ended: null,
  }
  for (let number = 0; number < count; number += 1)
    await addSubscription(db, `member-${number}`, `card-${number}`, { id: `sub-${number}`, ...fresh })
  const iamport = createIamportClient(sandbox.access)
  const authenticate = (request: Request) => ({ id: request.headers.get('x-member') ?? '' })
  const billing = openBilling({ db, iamport, signingKey, authenticate, say: console.log })
  for (let number = 0; number < leftAlone; number += 1) {
    const headers = { 'x-member': `left-${number}`, 'content-type': 'application/json' }
    const asked = await billing(new Request('http://shop.example/api/billing/intents', { method: 'POST', headers, body: '{}' }))
    await sandbox.register((await asked.json()) as Parameters<Sandbox['register']>[0])
  }
}

/** The due day and the days of dunning: the jobs of each are sent as the timetable would, until nothing is open. */
export async function live(db: Database, boss: Jobs, say: (text: string) => void, day1: (done: Promise<void>) => Promise<unknown>) {
  for (const day of [0, ...dunningDays].map((days) => addDays(firstDay, days))) {
    const done = settle(db, boss, day)
    if (day === firstDay) await day1(done)
    await done
    say(await summaryOf(db, day))
    // most of those whose card is declined have another from the next try on
    if (day === addDays(firstDay, 1))
      await db.query("update subscriptions set customer_uid = 'card-1' where tries > 0 and id ~ '(00|40|80)$'")
  }
  // one that fails for good is made up for by the next day's
  if ((await endOf(boss, 'sweep')) === 'failed' && (await endOf(boss, 'sweep')) === 'failed') throw new Error('Two days were not swept.')
}

async function settle(db: Database, boss: Jobs, day: Day): Promise<void> {
  if ((await endOf(boss, 'plan', { day })) === 'failed') throw new Error(`${day} could not be planned.`)
  for (let round = 1; (await numberOf(db, "select count(*) from charges where state in ('due', 'unknown')")) > 0; round += 1) {
    await pause(250)
    // the hourly run of the timetable
    if (round % 20 === 0) await boss.send('plan', { day })
  }
}

/** Sends a job and waits until it is through, or has been made again as often as it may be. */
async function endOf(boss: Jobs, name: string, data: object = {}): Promise<'completed' | 'failed'> {
  const id = await boss.send(name, data)
  for (;;) {
    const state = id && (await boss.getJobById(name, id, { includeArchive: true }))?.state
    if (state === 'completed' || state === 'failed') return state
    await pause(100)
  }
}

/** Holds what the shop believes against what PortOne's stand-in has: all numbers but the first three have to be 0. */
export async function audit(db: Database, sandbox: Pick<Sandbox, 'ledger'>) {
  const ledger = await sandbox.ledger()
  const { rows } = await db.query('select merchant_uid as order, state, imp_uid as "impUid" from charges')
  const charges = new Map((rows as { order: string; state: string; impUid: string | null }[]).map((row) => [row.order, row]))
  const kept = new Set(((await db.query('select customer_uid as uid from subscriptions')).rows as { uid: string }[]).map(({ uid }) => uid))
  const known = new Set(ledger.map(({ impUid }) => impUid))
  const paid = [...charges.values()].filter(({ state }) => state === 'paid')
  return {
    paid: paid.length,
    ended: await numberOf(db, "select count(*) from subscriptions where ended = 'unpaid'"),
    swept: await numberOf(db, "select count(*) from subscriptions where member like 'left-%'"),
    double: ledger.length - new Set(ledger.map(({ order }) => order)).size,
    // money that came and the shop does not know of: of a charge, or of a first month nobody came back for
    lost: ledger.filter(({ order, customerUid }) => (charges.get(order)?.state ?? (kept.has(customerUid) ? 'paid' : '')) !== 'paid').length,
    invented: paid.filter(({ impUid }) => !known.has(impUid ?? '')).length,
    // neither paid nor ended
    open: await numberOf(db, `select count(*) from subscriptions where id like 'sub-%' and ended is null and next_on <= '${lastDay}'`),
  }
}
