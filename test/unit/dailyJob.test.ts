import { expect, it, vi } from 'vitest'
import { sqliteLock } from '../../examples/locks/sqliteLock.ts'
import { plans } from '../../examples/membership/src/plans.ts'
import { openBilling } from '../../examples/membership/src/server/billing.ts'
import { runDay } from '../../examples/membership/src/server/dailyJob.ts'
import type { Portone } from '../../examples/membership/src/server/portone.ts'
import { openDatabase, openStore } from '../../examples/membership/src/server/store.ts'
import { actions, viewOf } from '../../examples/membership/src/server/subscriptions.ts'
import { addDays } from '../../examples/subscriptions/rule.ts'
import { createSandbox } from '../../src/sandbox/index.ts'
import { createIamportClient } from '../../src/server/index.ts'
import { openDemoShop } from './demoShop.ts'

/** A member whose free month began on 31 January, with a card of the sandbox's. */
async function shop(card = '9410-0000-0000-0001') {
  let today = '2026-01-31'
  const db = openDatabase(':memory:')
  const store = openStore(db, () => today)
  const sandbox = createSandbox()
  const { impKey, impSecret } = sandbox
  const iamport = createIamportClient({
    impKey,
    impSecret,
    baseUrl: 'http://sandbox',
    fetch: (input, init) => sandbox.fetch(new Request(input, init)),
  })
  await sandbox.register({ customerUid: 'card-1', merchantUid: 'm1-1', card })
  store.signIn('session', 'm1', '미나')
  store.keepCard('m1', { customerUid: 'card-1', name: null, number: null })
  store.subscribe({ id: 'm1', member: 'm1', plan: 'trial', amount: 9900, customerUid: 'card-1', freeMonths: 1, startedOn: today })
  const subscription = () => {
    const row = store.subscriptionsOf('m1')[0]
    if (!row) throw new Error('no subscription')
    return row
  }
  const lock = sqliteLock(db)
  const portone = { iamport, now: () => new Date(`${today}T03:00:00Z`), signingKey: 'only-for-a-test-0123456789-abcdefgh' } as Portone
  const parts = { store, portone, lock, today: () => today, authenticate: () => null }
  const day = { ...parts, billing: openBilling(parts) }
  const run = () => runDay(day)
  const liveUntil = async (day: string) => {
    for (; today < day; today = addDays(today, 1)) await run()
    await run()
  }
  const act = (name: string) => actions[name]?.(day, subscription(), 9900)
  const charges = () => sandbox.payments.filter(({ merchant_uid }) => /^m1-[2-9]$/.test(merchant_uid))
  const kinds = () => store.history('m1').map(({ kind, day }) => `${day} ${kind}`)
  const at = (day: string) => {
    today = day
  }
  return { at, store, sandbox, iamport, subscription, run, liveUntil, act, charges, kinds }
}

it('tells a week before, and ends the free month uncharged when nobody consents', async () => {
  const { liveUntil, charges, kinds } = await shop()
  await liveUntil('2026-03-31')
  expect(charges()).toEqual([])
  expect(kinds()).toEqual(['2026-02-28 ended-no-consent', '2026-02-21 notice', '2026-01-31 started'])
})

it('charges nobody who was not told of the first payment seven days before, though no job ran in the week before it', async () => {
  const { at, run, liveUntil, act, charges, kinds, subscription, store } = await shop()
  await liveUntil('2026-02-20')
  act('consent')
  at('2026-02-28')
  await run()
  expect(charges()).toEqual([])
  expect(store.history('m1')[0]).toMatchObject({ kind: 'notice', detail: '2026-03-07' })
  expect(viewOf({ store, today: () => '2026-02-28' }, subscription())).toMatchObject({ next: { day: '2026-03-07' } })
  await liveUntil('2026-03-06')
  expect(charges()).toEqual([])
  await liveUntil('2026-03-31')
  expect(kinds().slice(0, 3)).toEqual(['2026-03-31 paid', '2026-03-07 paid', '2026-02-28 notice'])
})

it('charges nobody for months that went by before they agreed to pay, though no job ran in them', async () => {
  const { at, run, liveUntil, act, charges, kinds } = await shop()
  at('2026-09-10')
  await run()
  await act('consent')
  await liveUntil('2026-10-30')
  expect(charges()).toHaveLength(2)
  expect(kinds().filter((kind) => /paid/.test(kind))).toEqual(['2026-09-30 paid', '2026-09-17 paid'])
})

it('charges each month once, however often a day is run', async () => {
  const { liveUntil, act, run, charges, subscription } = await shop()
  await liveUntil('2026-02-20')
  act('consent')
  await liveUntil('2026-02-28')
  await run()
  await Promise.all([run(), run()])
  expect(charges()).toMatchObject([{ status: 'paid', amount: 9900 }])
  await liveUntil('2026-03-31')
  expect(charges()).toHaveLength(2)
  expect(subscription()).toMatchObject({ months: 3, ended: null })
})

it('tries a declined card on days 0, 1, 3 and 7, and ends what nobody paid', async () => {
  const { liveUntil, act, charges, kinds } = await shop('9410-0000-0000-0004')
  await liveUntil('2026-02-20')
  act('consent')
  await liveUntil('2026-03-31')
  expect(charges().map(({ status }) => status)).toEqual(['failed', 'failed', 'failed', 'failed'])
  expect(kinds().filter((kind) => /declined|ended/.test(kind))).toEqual([
    '2026-03-07 ended-unpaid',
    '2026-03-07 declined',
    '2026-03-03 declined',
    '2026-03-01 declined',
    '2026-02-28 declined',
  ])
})

it('counts one try of a day, though several jobs were refused at once, and none that is told of days later', async () => {
  const { at, run, liveUntil, act, store, subscription } = await shop('9410-0000-0000-0004')
  await liveUntil('2026-02-20')
  act('consent')
  await liveUntil('2026-02-27')
  at('2026-02-28')
  const before = subscription()
  await Promise.all([run(), run(), run()])
  expect(subscription()).toMatchObject({ tries: 1, chargedOn: '2026-02-28' })
  await liveUntil('2026-03-01')
  store.markDeclined(before, 'm1-2', 'of a job that slept')
  expect(subscription()).toMatchObject({ tries: 2, chargedOn: '2026-03-01' })
})

it('names the days on which it tries again, also when days were missed', async () => {
  const { at, run, liveUntil, act, subscription, store } = await shop('9410-0000-0000-0004')
  await liveUntil('2026-02-20')
  act('consent')
  await liveUntil('2026-02-28')
  const told = (day: string) => {
    const { next, pastDue } = viewOf({ store, today: () => day }, subscription())
    return [next?.day, pastDue?.last]
  }
  expect(told('2026-02-28')).toEqual(['2026-03-01', '2026-03-07'])
  expect(told('2026-03-10')).toEqual(['2026-03-10', '2026-03-16'])
  at('2026-03-10')
  await run()
  expect(told('2026-03-10')).toEqual(['2026-03-12', '2026-03-16'])
})

it.each(['unknown', 'open'] as const)(
  'asks about a charge that was left %s by a crash, before it charges or ends anything',
  async (left) => {
    const { at, run, liveUntil, act, store, iamport, charges, kinds, subscription } = await shop()
    await liveUntil('2026-02-27')
    act('consent')
    // it was charged, and the answer was lost
    const order = { merchantUid: 'm1-2', name: '2월 이용권', amount: 9900 }
    store.openOrder('m1', order, '2026-02-28')
    await iamport.again({ ...order, customerUid: 'card-1' })
    store.markOpen('m1-2', left)
    await act('cancel')
    at('2026-02-28')
    await run()
    expect(charges()).toHaveLength(1)
    expect(store.orders('m1')).toMatchObject([{ status: 'paid' }])
    expect(subscription()).toMatchObject({ months: 2, ended: null, cancelled: true })
    expect(kinds().slice(0, 2)).toEqual(['2026-02-28 paid', '2026-02-27 cancelled'])
    await liveUntil('2026-03-31')
    expect(subscription()).toMatchObject({ ended: 'cancelled' })
    expect(charges()).toHaveLength(1)
  },
)

it('ends what was cancelled before its charge was sent, without one', async () => {
  const { run, liveUntil, act, store, charges, kinds, subscription } = await shop()
  await liveUntil('2026-02-27')
  act('consent')
  store.openOrder('m1', { merchantUid: 'm1-2', name: '2월 이용권', amount: 9900 }, '2026-02-28')
  await act('cancel')
  await liveUntil('2026-02-28')
  await run()
  expect(charges()).toEqual([])
  expect(subscription()).toMatchObject({ months: 1, ended: 'cancelled' })
  expect(kinds().slice(0, 2)).toEqual(['2026-02-28 ended-cancelled', '2026-02-27 cancelled'])
})

it.each([true, false])(
  'asks what became of a charge that was on its way when its customer cancelled, also days later: paid %s',
  async (isPaid) => {
    const { at, run, liveUntil, act, store, sandbox, iamport, charges, subscription } = await shop('9410-0000-0000-0004')
    await liveUntil('2026-02-27')
    act('consent')
    await liveUntil('2026-02-28')
    expect(subscription()).toMatchObject({ tries: 1, ended: null })
    await act('cancel')
    expect(subscription()).toMatchObject({ ended: 'cancelled' })
    // the answer to a button that was pressed before, with another card
    store.keepCard('m1', { customerUid: 'card-2', name: null, number: null })
    await sandbox.register({ customerUid: 'card-2', merchantUid: 'm1-other', card: '9410-0000-0000-0001' })
    if (isPaid) await iamport.again({ customerUid: 'card-2', merchantUid: 'm1-2', name: '2월 이용권', amount: 9900 })
    store.markOpen('m1-2', 'unknown')
    at('2026-03-05')
    await run()
    expect(store.orders('m1').map(({ status }) => status)).toEqual(isPaid ? ['paid'] : [])
    expect(subscription()).toMatchObject(isPaid ? { months: 2, cancelled: true, ended: null } : { months: 1, ended: 'cancelled' })
    await liveUntil('2026-04-05')
    expect(subscription()).toMatchObject({ ended: 'cancelled' })
    expect(charges().filter(({ status }) => status === 'paid')).toHaveLength(isPaid ? 1 : 0)
  },
)

it('does not end at once what was paid since it was declined, though a crash kept that from the books', async () => {
  const { liveUntil, act, store, sandbox, iamport, charges, subscription } = await shop('9410-0000-0000-0004')
  await liveUntil('2026-02-20')
  act('consent')
  await liveUntil('2026-02-28')
  expect(subscription()).toMatchObject({ tries: 1 })
  await sandbox.register({ customerUid: 'card-2', merchantUid: 'm1-1-card' })
  store.keepCard('m1', { customerUid: 'card-2', name: null, number: null })
  await iamport.again({ merchantUid: 'm1-2', name: '2월 이용권', amount: 9900, customerUid: 'card-2' })
  await act('cancel')
  expect(subscription()).toMatchObject({ months: 2, ended: null, cancelled: true })
  await liveUntil('2026-03-31')
  expect(charges().filter(({ status }) => status === 'paid')).toHaveLength(1)
})

it('gives the days that are left back, once, and charges nothing more', async () => {
  const { liveUntil, act, charges, subscription, store } = await shop()
  await liveUntil('2026-02-20')
  act('consent')
  await liveUntil('2026-03-10')
  await act('refund')
  // 21 of the 31 days from 28 February to 31 March
  expect(charges()).toMatchObject([{ cancel_amount: Math.floor((9900 * 21) / 31) }])
  expect(subscription()).toMatchObject({ ended: 'cancelled', cancelled: true })
  expect(store.orders('m1')).toMatchObject([{ refunded: 6706 }])
  await act('refund')
  await liveUntil('2026-05-31')
  expect(charges()).toMatchObject([{ cancel_amount: 6706 }])
})

it('counts no refusal against a card that came while the old one was asked', async () => {
  const { at, run, liveUntil, act, store, sandbox, iamport, charges, subscription } = await shop('9410-0000-0000-0004')
  await liveUntil('2026-02-20')
  act('consent')
  await liveUntil('2026-03-06')
  await sandbox.register({ customerUid: 'card-2', merchantUid: 'm1-1-card' })
  store.keepCard('m1', { customerUid: 'card-2', name: null, number: null })
  at('2026-03-07')
  const again = iamport.again.bind(iamport)
  vi.spyOn(iamport, 'again').mockImplementationOnce((...call) => {
    store.changeCard(subscription(), { customerUid: 'card-2', name: '현대카드', number: null })
    return again(...call)
  })
  await run()
  expect(charges().at(-1)).toMatchObject({ status: 'failed', customer_uid: 'card-1' })
  expect(subscription()).toMatchObject({ ended: null, tries: 3 })
  await run()
  expect(charges().at(-1)).toMatchObject({ status: 'paid', customer_uid: 'card-2' })
  expect(subscription()).toMatchObject({ ended: null, months: 2 })
})

it('charges an order with the price it was written down with, and says so, though its plan has another since', async () => {
  const { db, sandbox, browser, pass } = openDemoShop()
  const tab = browser()
  await tab.signIn('미나')
  await tab.register({ plan: 'now' }, '9410-0000-0000-0004')
  await pass(28)
  db.exec('update subscriptions set amount = 12900')
  expect(await tab.current()).toMatchObject({ amount: 9900, next: { day: '2027-03-01', amount: 9900 }, pastDue: {} })
  await tab.register({ change: true })
  await pass(1)
  expect(sandbox.payments.at(-1)).toMatchObject({ status: 'paid', amount: 9900 })
  expect(await tab.current()).toMatchObject({ state: 'active', next: { day: '2027-03-31', amount: 12900 } })
})

it('charges every month what was paid in the window, though the plan has another price by the time it is told of', async () => {
  const { browser } = openDemoShop()
  const tab = browser()
  await tab.signIn('미나')
  const issued = await tab.inWindow({ plan: 'now' })
  const dearer = vi.spyOn(plans, 'find').mockReturnValue({ id: 'now', amount: 12900, free: 0 } as never)
  await tab.post('/billing/confirm', issued)
  dearer.mockRestore()
  expect(await tab.current()).toMatchObject({ amount: 9900, next: { amount: 9900 } })
})

it('takes no consent to an amount that the page did not name', async () => {
  const { db, sandbox, browser, pass } = openDemoShop()
  const tab = browser()
  await tab.signIn('미나')
  await tab.register({ plan: 'trial' })
  await pass(22)
  const shown = await tab.current()
  db.exec('update subscriptions set amount = 12900')
  await tab.act('consent', shown)
  expect(await tab.current()).toMatchObject({ amount: 12900, consent: { isNeeded: true, given: null } })
  await tab.act('consent')
  await pass(6)
  expect(sandbox.payments.at(-1)).toMatchObject({ status: 'paid', amount: 12900 })
})

/** The shop and its one member, whose first payment after the free month was declined today. */
async function inDunning(options: Parameters<typeof openDemoShop>[1] = {}) {
  const shop = openDemoShop('2027-01-31T03:00:00Z', options)
  const tab = shop.browser()
  await tab.signIn('미나')
  await tab.register({ plan: 'trial' }, '9410-0000-0000-0004')
  await shop.pass(22)
  await tab.act('consent')
  await shop.pass(6)
  return { ...shop, tab }
}

it('asks again for the consent that was withdrawn and taken back between two tries, before it tries again', async () => {
  let isDown = false
  const { tab, sandbox, pass } = await inDunning({ fault: () => (isDown ? { kind: 'refused' } : undefined) })
  expect(await tab.current()).toMatchObject({ state: 'past-due', consent: null })
  isDown = true
  await pass(1).catch(() => {})
  for (const name of ['cancel', 'resume']) await tab.act(name)
  isDown = false
  expect(await tab.current()).toMatchObject({ consent: { isNeeded: true, isOpen: true }, pastDue: null })
  await tab.act('consent')
  await tab.register({ change: true })
  await pass(1)
  expect(await tab.current()).toMatchObject({ state: 'active' })
  expect(sandbox.payments.at(-1)).toMatchObject({ status: 'paid', amount: 9900 })
})

it('takes the consent that is asked for anew in dunning, to the amount that was written down and is shown', async () => {
  const { tab, db, sandbox, pass } = await inDunning()
  db.exec('update subscriptions set amount = 12900, consentedOn = null')
  expect(await tab.current()).toMatchObject({ amount: 9900, consent: { isNeeded: true, isOpen: true } })
  await tab.act('consent')
  expect((await tab.view()).history[0]).toMatchObject({ kind: 'consented', amount: 9900 })
  await tab.register({ change: true })
  await pass(1)
  expect(sandbox.payments.at(-1)).toMatchObject({ status: 'paid', amount: 9900 })
  // to that much every month, says the box
  expect(await tab.current()).toMatchObject({ state: 'active', amount: 9900 })
  await pass(31)
  expect(sandbox.payments.filter(({ status, amount }) => status === 'paid' && amount > 0)).toMatchObject([
    { amount: 9900 },
    { amount: 9900 },
  ])
})

it('charges nobody who cancels while others of the same job are charged', async () => {
  const { sandbox, shop, browser } = openDemoShop()
  const tabs = Array.from({ length: 12 }, () => browser())
  for (const tab of tabs) {
    await tab.signIn('미나')
    await tab.register({ plan: 'now' })
  }
  const last = tabs.at(-1)
  const { iamport } = shop.portone
  const again = iamport.again.bind(iamport)
  vi.spyOn(iamport, 'again').mockImplementationOnce(async (...call) => {
    await last?.act('cancel')
    return again(...call)
  })
  sandbox.advance(28 * 86_400)
  await runDay(shop)
  expect(sandbox.payments.filter(({ merchant_uid }) => String(merchant_uid).endsWith('-2'))).toHaveLength(11)
  expect((await last?.view())?.subscription?.state).toBe('ended')
})

it('names no past day as the last one, though the job was off', async () => {
  const { sandbox, browser, pass } = openDemoShop()
  const tab = browser()
  await tab.signIn('미나')
  await tab.register({ plan: 'now' })
  expect(await tab.current()).toMatchObject({ until: '2027-02-27' })
  sandbox.advance(63 * 86_400)
  expect(await tab.current()).toMatchObject({ until: '2027-04-04', next: { day: '2027-04-04' } })
  await tab.act('cancel')
  await pass(1)
  expect(await tab.current().catch(() => null)).toMatchObject({ ended: 'cancelled' })
})

it('keeps the registrations nobody came back for, though a payment that came too late cannot be given back', async () => {
  vi.spyOn(console, 'error').mockReturnValue()
  const { sandbox, shop, browser, pass } = openDemoShop()
  const { store, portone } = shop
  const [late, gone] = [browser(), browser()]
  for (const tab of [late, gone]) await tab.signIn('미나')
  await late.register({ plan: 'now' }, '9410-0000-0000-0004')
  await pass(28)
  const merchantUid = (await late.current()).pastDue?.order ?? ''
  await late.act('cancel')
  await late.register({ plan: 'now' })
  await sandbox.register({ customerUid: 'card-2', merchantUid: 'another' })
  store.keepCard((await late.view()).member?.id ?? '', { customerUid: 'card-2', name: null, number: null })
  await portone.iamport.again({ merchantUid, name: '2월 이용권', amount: 9900, customerUid: 'card-2' })
  store.markOpen(merchantUid, 'unknown')
  await gone.inWindow({ plan: 'now' })
  const refused = vi.spyOn(portone.iamport, 'cancelPayment').mockRejectedValue(new Error('the PG cancels nothing'))
  await expect(runDay(shop)).rejects.toThrow()
  expect(await gone.current()).toMatchObject({ state: 'active' })
  // given back once the PG does
  refused.mockRestore()
  await runDay(shop)
  expect(sandbox.payments.find((payment) => payment.merchant_uid === merchantUid && payment.status === 'cancelled')).toBeDefined()
})
