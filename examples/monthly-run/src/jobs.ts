import type PgBoss from 'pg-boss'
import {
  type BillingHandler,
  type ChargeClient,
  type ChargedItem,
  type ChargeLock,
  type ChargeResult,
  chargeMany,
} from 'react-billing-key/server'
import { chargeDay, type Day, noticed, type Subscription, stepOn } from '../../subscriptions/rule.ts'
import {
  type Database,
  databaseDay,
  dueOn,
  forgotten,
  isDue,
  keepNotice,
  keepResult,
  keepSwept,
  openCharges,
  spanToSweep,
  takeSteps,
} from './store.ts'
import { summaryOf } from './summary.ts'

/** How long things take. These are a real shop's; the demo has shorter ones. */
export const usual = {
  /** Of `charge`: how old a claim can be whose charge may still be on its way. The same in the web server. */
  inFlightMs: 300_000,
  /** Of `charge`: how long a lost answer is asked about at once. */
  patienceMs: 10_000,
  /** After how long another worker takes over the orders of one that died. */
  expireInSeconds: 900,
  /** After how long a job that failed is made again, then twice as long, and so on. */
  retryInSeconds: 5,
  /** After how long an order that no job settled is given out again. */
  forgottenMs: 3_600_000,
}

export interface Shop {
  readonly db: Database
  readonly boss: PgBoss
  readonly iamport: ChargeClient
  readonly lock: ChargeLock
  readonly billing: Pick<BillingHandler, 'sweepRegistrations'>
  readonly times: typeof usual
  /** How many charges a worker has on their way at a time. */
  readonly concurrency: number
  readonly say: (text: string) => void
  /** Tells a customer of the first payment after the free months, and on which day it is. Again, where it failed. */
  readonly notify: (of: Subscription, day: Day) => Promise<void> | void
}

interface Orders {
  readonly orders: readonly string[]
  /** Only of a run by hand: else a job works for the day it runs on, however long it has waited. */
  readonly day?: Day | undefined
}
const ordersAJob = 50
const tz = 'Asia/Seoul'

/** Makes the queues and the day's timetable. Every worker may call it. */
export async function prepare({ boss, times }: Pick<Shop, 'boss' | 'times'>): Promise<void> {
  const again = { retryLimit: 10, retryDelay: times.retryInSeconds, retryBackoff: true, expireInSeconds: times.expireInSeconds }
  for (const name of ['plan', 'charge', 'reconcile', 'sweep', 'summary']) await boss.createQueue(name, { name, ...again })
  // every hour, since a run that has nothing new to do does nothing: what was missed at nine is made up for at ten
  await boss.schedule('plan', '0 9-20 * * *', {}, { tz })
  await boss.schedule('sweep', '30 4 * * *', {}, { tz })
  await boss.schedule('summary', '0 21 * * *', {}, { tz })
}

/** Takes part in the work. Any number of processes may, on any number of machines. */
export async function work(shop: Shop): Promise<void> {
  const { boss, say } = shop
  // looked for twice a second: a queue that has run dry is the rule, not the exception
  const often = { pollingIntervalSeconds: 0.5 }
  await boss.work<{ day?: Day }>('plan', often, async ([job]) => plan(shop, job?.data.day))
  await boss.work<Orders>('charge', often, async ([job]) => chargeOrders(shop, job?.data.orders ?? [], job?.data.day))
  await boss.work<Orders>('reconcile', often, async ([job]) => chargeOrders(shop, job?.data.orders ?? [], job?.data.day))
  await boss.work('sweep', () => sweep(shop))
  await boss.work<{ day?: Day }>('summary', async ([job]) => say(await summaryOf(shop.db, job?.data.day ?? (await databaseDay(shop.db)))))
}

/** Gives out what the rule says is due, and what was forgotten. Safe to repeat, also at the same time. */
export async function plan({ db, boss, times, notify }: Pick<Shop, 'db' | 'boss' | 'times' | 'notify'>, day?: Day): Promise<void> {
  const today = day ?? (await databaseDay(db))
  for (let last = ''; ; ) {
    const due = await dueOn(db, today, last)
    for (const one of due) {
      if (stepOn(one, today).do !== 'notice') continue
      // told and then kept: rather twice than never
      const told = noticed(one, today)
      await notify(told, chargeDay(told))
      await keepNotice(db, told)
    }
    await give(boss, 'charge', await takeSteps(db, due, today), { day })
    last = due.at(-1)?.id ?? ''
    if (last === '') break
  }
  await give(boss, 'reconcile', await forgotten(db, times.forgottenMs), { day })
}

/** Has an order asked about, and never sent. */
const askOnly = (reconcile: string): ChargeResult => ({
  status: 'unknown',
  reconcile,
  cause: { message: 'withdrawn', httpStatus: null, code: null },
})

/**
 * Charges orders, and asks about those that are unknown, or whose customer cancelled since they were planned. What is
 * unknown after it, or could not be sent, is for a later job: by then nothing can be on its way any more.
 */
export async function chargeOrders(shop: Shop, orders: readonly string[], day?: Day): Promise<void> {
  const { db, boss, iamport, lock, times, concurrency } = shop
  const open = new Map((await openCharges(db, orders, day)).map((charge) => [charge.request.merchantUid, charge]))
  const known = [...open.values()].flatMap((charge): ChargedItem[] => {
    const { request, state, result } = charge
    if (!isDue(charge)) return [{ request, result: askOnly(request.merchantUid) }]
    return state === 'unknown' && result ? [{ request, result }] : []
  })
  const failures: unknown[] = []
  const left = { now: [] as string[], later: [] as string[] }
  // read again one by one as they are charged: this worker may have slept since, while others settled, or customers cancelled
  async function* requests() {
    for (const [order, before] of open) {
      const [charge] = await openCharges(db, [order], day)
      if (!charge) continue
      open.set(order, charge)
      if (isDue(before) && !isDue(charge)) left.now.push(order)
      else yield charge.request
    }
  }
  await chargeMany(iamport, requests(), {
    ...{ lock, concurrency, inFlightMs: times.inFlightMs, patienceMs: times.patienceMs, results: known },
    async onResult({ request, result }) {
      try {
        const charge = open.get(request.merchantUid)
        const when = charge ? await keepResult(db, charge, result) : null
        if (when) left[when].push(request.merchantUid)
      } catch (error) {
        failures.push(error)
      }
    },
  })
  await give(boss, 'charge', left.now, { day })
  await give(boss, 'reconcile', left.later, { day, afterSeconds: Math.ceil(times.inFlightMs / 1000) })
  // the job is made again, and finds at PortOne what could not be kept here
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} results could not be kept`)
}

async function give(
  boss: PgBoss,
  name: 'charge' | 'reconcile',
  orders: readonly string[],
  { day, afterSeconds = 0 }: { day: Day | undefined; afterSeconds?: number },
): Promise<void> {
  const jobs: PgBoss.JobInsert<Orders>[] = []
  for (let at = 0; at < orders.length; at += ordersAJob) {
    // an interval, which the database counts by its own clock
    jobs.push({ name, data: { orders: orders.slice(at, at + ordersAJob), day }, startAfter: `${afterSeconds} seconds` })
  }
  if (jobs.length > 0) await boss.insert(jobs)
}

/** Keeps the registrations nobody came back for, and tells of money that does not fit. */
async function sweep({ db, billing, say }: Shop): Promise<void> {
  const span = await spanToSweep(db)
  const { seen, issued, refused, failed } = await billing.sweepRegistrations(span)
  say(`Sweep: ${seen} payments seen, ${issued} registrations kept, ${refused} that do not fit.`)
  if (failed > 0) throw new Error(`${failed} registrations could not be settled`)
  await keepSwept(db, span.until)
}
