import fc from 'fast-check'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { runDay } from '../../examples/membership/src/server/dailyJob.ts'
import type { SubscriptionRow } from '../../examples/membership/src/server/store.ts'
import { addDays, chargeDay, dueDay, needsConsent } from '../../examples/subscriptions/rule.ts'
import type { Fault } from '../../src/sandbox/index.ts'
import { openDemoShop } from './demoShop.ts'

// Whole lives of subscriptions, mixed at random: days, jobs, tabs, cards, consents, refunds, lost answers and webhooks. What
// is held against the shop is the sandbox's own ledger, and what the customer was told before.

const cards = { good: '9410-0000-0000-0001', later: '9410-0000-0000-0004' } as const
const faults: Readonly<Record<string, Fault>> = {
  lostBefore: { kind: 'reset' },
  lostAfter: { kind: 'reset', done: true },
  late: { kind: 'late', ms: 20_000 },
  gateway: { kind: 'server-error', done: true },
  refused: { kind: 'refused' },
  declined: { kind: 'declined' },
  ready: { kind: 'ready', ms: 20_000 },
}

type Step = { readonly who: 0 | 1; readonly together: boolean } & (
  | { readonly do: 'pass'; readonly hours: number; readonly missed: boolean }
  | { readonly do: 'job' | 'remove' | 'confirm' }
  | { readonly do: 'subscribe'; readonly plan: 'trial' | 'now'; readonly card: keyof typeof cards; readonly back: boolean }
  | { readonly do: 'change'; readonly card: keyof typeof cards; readonly back: boolean }
  | { readonly do: 'press'; readonly card: number }
  | { readonly do: 'act'; readonly name: 'consent' | 'cancel' | 'resume' | 'refund' }
  | { readonly do: 'fault'; readonly kind: string; readonly on: 'again' | 'cancel' | 'find' }
  | { readonly do: 'webhook'; readonly last: boolean; readonly twice: boolean }
)
const common = { who: fc.constantFrom(0 as const, 1 as const), together: fc.boolean() }
const one = <Name extends string, More extends object>(name: Name, more: { [K in keyof More]: fc.Arbitrary<More[K]> }) =>
  fc.record({ ...common, do: fc.constant(name), ...more } as Record<string, fc.Arbitrary<unknown>>) as unknown as fc.Arbitrary<Step>
const card = fc.constantFrom('good', 'later')
const hours = fc.oneof(fc.constantFrom(1, 9, 15, 24, 24, 24, 48, 7 * 24), fc.integer({ min: 24 * 26, max: 24 * 32 }))
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: one('pass', { hours, missed: fc.boolean() }) },
  { weight: 2, arbitrary: one('job', {}) },
  { weight: 4, arbitrary: one('subscribe', { plan: fc.constantFrom('trial', 'now'), card, back: fc.boolean() }) },
  { weight: 2, arbitrary: one('change', { card, back: fc.boolean() }) },
  { weight: 1, arbitrary: one('remove', {}) },
  { weight: 1, arbitrary: one('confirm', {}) },
  { weight: 4, arbitrary: one('press', { card: fc.nat(2) }) },
  { weight: 5, arbitrary: one('act', { name: fc.constantFrom('consent', 'consent', 'cancel', 'resume', 'refund') }) },
  {
    weight: 3,
    arbitrary: one('fault', { kind: fc.constantFrom(...Object.keys(faults)), on: fc.constantFrom('again', 'again', 'cancel', 'find') }),
  },
  { weight: 2, arbitrary: one('webhook', { last: fc.boolean(), twice: fc.boolean() }) },
)
const starts = ['2027-01-28', '2027-01-31', '2027-02-28', '2027-08-31', '2027-12-31', '2028-01-30', '2028-02-29']

/** Lives through a history, and answers what was wrong in it. */
async function live(start: string, steps: readonly Step[]): Promise<string[]> {
  const wrong: string[] = []
  const waiting: Record<'again' | 'cancel' | 'find', Fault[]> = { again: [], cancel: [], find: [] }
  const notices: Readonly<Record<string, unknown>>[] = []
  const { db, sandbox, shop, browser } = openDemoShop(`${start}T03:00:00Z`, {
    fault: (_, path) => waiting[/again$/.test(path) ? 'again' : /payments\/cancel/.test(path) ? 'cancel' : 'find'].shift(),
    sendNotice: (_, notice) => void notices.push(notice),
  })
  sandbox.noticeUrl = 'http://shop/api/billing/webhook'
  const { store, portone, today } = shop
  const tabs = [browser(), browser()] as const
  const windows: Record<string, unknown>[][] = [[], []]
  for (const [who, tab] of tabs.entries()) await tab.signIn(`member ${who}`)
  const member = async (who: 0 | 1) => (await tabs[who].view()).member?.id ?? ''

  // what is charged is held against what stood when the step began, and stands now
  const mayPay = (row: SubscriptionRow | null) => row !== null && !row.ended && !row.cancelled && !needsConsent(row)
  let before = new Map<string, SubscriptionRow>()
  const again = portone.iamport.again.bind(portone.iamport)
  portone.iamport.again = async (request, options) => {
    const id = request.merchantUid.replace(/-\d+$/, '')
    const row = store.subscription(id)
    const isFirstPaid = row && row.freeMonths > 0 && request.merchantUid.endsWith(`-${row.freeMonths + 1}`)
    if (isFirstPaid && addDays(row.noticedOn ?? '9999-01-01', 7) > today()) wrong.push(`${request.merchantUid} came before its notice`)
    const was = before.get(id) ?? row
    if (!mayPay(row) && !mayPay(was)) wrong.push(`${request.merchantUid} was charged after its end, or without consent`)
    if (request.amount !== 9900) wrong.push(`${request.merchantUid} was charged with ${request.amount}`)
    if (row && today() < dueDay(row) && request.merchantUid.endsWith(`-${row.months + 1}`))
      wrong.push(`${request.merchantUid} came too early`)
    return again(request, options)
  }
  const age = (hours: number) => db.exec(`update charge_claims set at = strftime('%Y-%m-%d %H:%M:%f', at, '-${hours} hours')`)
  const pass = async (hours: number, missed: boolean) => {
    for (let left = hours; left > 0; left -= 24) {
      const now = Math.min(left, 24)
      sandbox.advance(now * 3_600)
      age(now)
      if (!missed || left <= 24) await runDay(shop).catch(() => {})
      // looks two days back
      else
        await shop.billing
          .sweepRegistrations({ since: new Date((sandbox.now() - 2 * 86_400) * 1000), until: portone.now() })
          .catch(() => {})
    }
  }
  const window = async (who: 0 | 1, order: Record<string, unknown>, card: keyof typeof cards, back: boolean) => {
    const issued = await tabs[who].inWindow(order, cards[card]).catch(() => null)
    if (!issued?.token) return
    windows[who]?.push(issued)
    if (back) await tabs[who].post('/billing/confirm', issued)
  }
  const take = async (step: Step): Promise<unknown> => {
    const tab = tabs[step.who]
    switch (step.do) {
      case 'pass':
        return pass(step.hours, step.missed)
      case 'job':
        return Promise.all([runDay(shop), runDay(shop)]).catch(() => {})
      case 'subscribe':
        return window(step.who, { plan: step.plan }, step.card, step.back)
      case 'change':
        return window(step.who, { change: true }, step.card, step.back)
      case 'remove': {
        const [first] = store.cards(await member(step.who))
        return first && tab.remove(`/billing/keys/${first.customerUid}`)
      }
      case 'confirm': {
        const issued = windows[step.who]?.shift()
        return issued && tab.post('/billing/confirm', issued)
      }
      case 'press': {
        const { subscription } = await tab.view()
        const cards = store.cards(await member(step.who))
        const customerUid = cards[step.card % Math.max(1, cards.length)]?.customerUid
        const body = { customerUid, order: subscription?.pastDue?.order }
        return body.order && customerUid && Promise.all([tab.post('/billing/charges', body), tab.post('/billing/charges', body)])
      }
      case 'act': {
        const { subscription } = await tab.view()
        if (!subscription || subscription.ended) return
        const act = () => tab.post(`/subscriptions/${subscription.id}/${step.name}`, { amount: subscription.amount })
        return Promise.all([act(), act()])
      }
      case 'fault':
        return void waiting[step.on].push(faults[step.kind] ?? { kind: 'reset' })
      case 'webhook': {
        const notice = step.last ? notices.pop() : notices.shift()
        const post = () => tab.post('/billing/webhook', notice)
        return notice && Promise.all(step.twice ? [post(), post()] : [post()])
      }
    }
  }
  let running: Promise<unknown>[] = []
  for (const step of steps) {
    if (running.length === 0) before = new Map(store.allOpen().map((row) => [row.id, row]))
    running.push(take(step))
    if (step.together && step.do !== 'pass') continue
    await Promise.all(running)
    running = []
  }
  await Promise.all(running)
  before = new Map()
  for (const list of Object.values(waiting)) list.length = 0
  // the hourly run, until nothing can be on its way any more
  for (let run = 0; run < 4; run += 1) await pass(12, false)

  const ledger = sandbox.payments.filter(({ amount, status }) => amount > 0 && (status === 'paid' || status === 'cancelled'))
  const members = [await member(0), await member(1)]
  const orders = members.flatMap((id) => store.orders(id))
  const kept = new Map(orders.map((order) => [order.merchantUid, order]))
  for (const { merchant_uid: order, imp_uid: impUid, status, amount, cancel_amount: back } of ledger) {
    const found = kept.get(order)
    if (ledger.filter((other) => other.merchant_uid === order && other.status === 'paid').length > 1) wrong.push(`${order} was paid twice`)
    if (status === 'paid' && (found?.status !== 'paid' || found.impUid !== impUid)) wrong.push(`${order} was paid, and is ${found?.status}`)
    if (found?.status === 'paid' && found.refunded !== back) wrong.push(`${order} has ${back} back, and ${found.refunded} in the books`)
    if (back > amount) wrong.push(`${order} has too much back`)
  }
  for (const { merchantUid, status, impUid } of orders) {
    if (status === 'paid' && !ledger.some((payment) => payment.imp_uid === impUid)) wrong.push(`${merchantUid} is paid by nothing`)
    if (status === 'unknown') wrong.push(`${merchantUid} is still unknown`)
  }
  for (const id of members) {
    const rows = store.subscriptionsOf(id)
    if (rows.filter(({ ended }) => !ended).length > 1) wrong.push(`${id} has two subscriptions`)
    if (rows.filter(({ plan }) => plan === 'trial').length > 1) wrong.push(`${id} has two free months`)
    for (const row of rows) {
      const paid = orders.filter(({ subscription, status }) => subscription === row.id && status === 'paid')
      if (row.months !== row.freeMonths + paid.length) wrong.push(`${row.id} has ${row.months} months, and ${paid.length} paid`)
      const refunded = paid.some((order) => order.refunded > 0)
      if (row.ended && paid.length > 0 && !refunded && dueDay(row) > (row.endedOn ?? ''))
        wrong.push(`${row.id} ended with a month left that was paid`)
      if (!row.ended && chargeDay(row) <= today()) wrong.push(`${row.id} was forgotten on ${chargeDay(row)}`)
    }
    const told = store.history(id)
    const sum = (kind: string) => told.filter((row) => row.kind === kind).reduce((total, { amount }) => total + (amount ?? 0), 0)
    const mine = ledger.filter(({ merchant_uid }) => rows.some((row) => String(merchant_uid).startsWith(row.id)))
    if (sum('paid') !== mine.reduce((total, { amount }) => total + amount, 0)) wrong.push(`${id} was told of ${sum('paid')} won`)
    if (sum('refunded') !== mine.reduce((total, { cancel_amount }) => total + cancel_amount, 0))
      wrong.push(`${id} was told of ${sum('refunded')} won back`)
  }
  return wrong
}

beforeEach(() => {
  // nothing waits for real time; the store has a clock of its own
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }).setTimerTickMode('nextTimerAsync')
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

it('takes no won twice, early, without consent or for nothing, and loses none, whatever comes together', async () => {
  vi.spyOn(console, 'error').mockReturnValue()
  const numRuns = Number(process.env.HISTORIES ?? 12)
  const history = fc.array(step, { minLength: 10, maxLength: 60, size: 'max' })
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...starts), history, async (start, steps) => {
      expect(await live(start, steps)).toEqual([])
    }),
    { numRuns, ...(process.env.SEED ? { seed: Number(process.env.SEED) } : {}) },
  )
}, 600_000)
