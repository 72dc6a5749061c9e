import { expect, it, vi } from 'vitest'
import { runDay } from '../../examples/membership/src/server/dailyJob.ts'
import { openStore } from '../../examples/membership/src/server/store.ts'
import { words } from '../../examples/membership/src/words.ts'
import { addDays } from '../../examples/subscriptions/rule.ts'
import { openDemoShop } from './demoShop.ts'

const trial = { plan: 'trial' }
const now = { plan: 'now' }
const declinesLater = '9410-0000-0000-0004'
const kindsOf = (history: readonly { kind: string }[]) => history.map(({ kind }) => kind)
const charged = ({ payments }: ReturnType<typeof openDemoShop>['sandbox']) =>
  payments.filter(({ amount, status }) => amount > 0 && status === 'paid')

it('does nothing to the member who is signed in for a tab that still shows another', async () => {
  const { browser, sandbox } = openDemoShop()
  const shared = browser()
  await shared.signIn('미나')
  await shared.register(now)
  const { member, subscription, orders } = await shared.view()
  expect(member).toEqual({ id: expect.stringMatching(/^m\w{16}$/), name: '미나' })
  expect(Object.keys(subscription?.card ?? {})).toEqual(['customerUid', 'name', 'number'])
  await shared.signIn('하나')
  await shared.register(now)
  for (const action of ['cancel', 'refund', 'consent', 'resume'])
    expect(await shared.post(`/subscriptions/${subscription?.id}/${action}`)).toMatchObject({ status: 404 })
  const intent = await shared.post('/billing/intents', { member: member?.id, change: true })
  expect(intent).toMatchObject({ status: 409, body: { error: { code: 'other-member' } } })
  const { customerUid } = (await shared.inWindow({ change: true })) as { customerUid: string }
  expect(await shared.post('/billing/charges', { customerUid, order: orders[0]?.merchantUid })).toMatchObject({ status: 404 })
  expect(await shared.current()).toMatchObject({ state: 'active' })
  expect(charged(sandbox)).toHaveLength(2)
})

it('takes no plan, amount, consent or action that was written by hand', async () => {
  const { browser, sandbox } = openDemoShop()
  const customer = browser()
  await customer.signIn('미나')
  const { member, today: agreed } = await customer.view()
  const intent = async (order: object) =>
    (await customer.post('/billing/intents', { member: member?.id, agreed, price: 9900, ...order })).body.error?.code
  expect(await intent({ plan: '__proto__', agreed: '2027-01-31' })).toBe('unknown-plan')
  expect(await intent({ plan: 'now', agreed: true })).toBe('not-agreed')
  expect(await intent({ plan: 'now', agreed: '2027-01-30' })).toBe('terms')
  expect(await intent({ plan: 'now', price: 8900 })).toBe('terms')
  expect(await intent({ ...now, member: undefined })).toBe('other-member')
  expect(await intent({ change: true })).toBe('no-subscription')
  expect((await customer.post('/billing/intents', { member: member?.id, ...now, agreed, price: 9900, amount: 1 })).body.amount).toBe(9900)
  await customer.register(now)
  expect(await intent(now)).toBe('subscribed')
  for (const action of ['constructor', '__proto__', 'end', '..%2Fclock']) expect(await customer.act(action)).toBe(404)
  for (const days of [-1, 400, '1', null]) expect(await customer.post('/clock', { days })).toMatchObject({ status: 404 })
  for (const name of [null, 7, '', '<b>', 'x'.repeat(17)]) expect(await browser().post('/session', { name })).toMatchObject({ status: 400 })
  expect(charged(sandbox)).toHaveLength(1)
})

it('gives the free month once, and starts again with a paid one; the receipts stay', async () => {
  const { browser, pass } = openDemoShop()
  const customer = browser()
  await customer.signIn('미나')
  await customer.register(trial)
  await pass(31)
  expect(await customer.current()).toMatchObject({ ended: 'no-consent' })
  const { member, today: agreed } = await customer.view()
  const again = await customer.post('/billing/intents', { member: member?.id, ...trial, agreed, price: 9900 })
  expect(again).toMatchObject({ status: 409, body: { error: { code: 'free-once' } } })
  await customer.register(now)
  await customer.act('refund')
  await customer.register(now)
  const { orders, subscription } = await customer.view()
  expect(subscription).toMatchObject({ state: 'active', ended: null })
  expect(orders.map(({ status, refunded }) => [status, refunded])).toEqual([
    ['paid', 0],
    ['paid', 9900],
  ])
})

it('takes a consent back with the cancellation: who stays after all is asked again', async () => {
  const { browser, pass, sandbox } = openDemoShop()
  const customer = browser()
  await customer.signIn('미나')
  await customer.register(trial)
  await Promise.all([customer.act('consent'), customer.act('consent')])
  expect((await customer.current()).consent).toMatchObject({ isNeeded: false })
  await Promise.all([customer.act('cancel'), customer.act('cancel')])
  await Promise.all([customer.act('resume'), customer.act('resume')])
  expect((await customer.current()).consent).toMatchObject({ isNeeded: true })
  expect(kindsOf((await customer.view()).history)).toEqual(['resumed', 'cancelled', 'consented', 'started'])
  await pass(31)
  expect(await customer.current()).toMatchObject({ ended: 'no-consent' })
  expect(charged(sandbox)).toEqual([])
})

it('ends what is cancelled while its payment fails today, since nothing paid is left', async () => {
  const { browser, pass, sandbox } = openDemoShop()
  const customer = browser()
  await customer.signIn('미나')
  await customer.register(now, declinesLater)
  await pass(29)
  expect(await customer.current()).toMatchObject({ state: 'past-due' })
  const order = (await customer.current()).pastDue?.order
  expect(await customer.act('cancel')).toBe(200)
  expect(await customer.current()).toMatchObject({ ended: 'cancelled', until: '2027-03-01' })
  const customerUid = sandbox.payments.at(-1)?.customer_uid
  expect(await customer.post('/billing/charges', { customerUid, order })).toMatchObject({ status: 409, body: { error: { code: 'ended' } } })
  await pass(40)
  expect(charged(sandbox)).toHaveLength(1)
})

it('takes no payment of a month from a tab that was left open before its customer cancelled, or has not consented again', async () => {
  const { browser, pass, sandbox, shop } = openDemoShop()
  const customer = browser()
  await customer.signIn('미나')
  await customer.register(trial)
  await customer.act('consent')
  await pass(27)
  const { id } = await customer.current()
  const order = `${id}-2`
  shop.store.openOrder(id, { merchantUid: order, name: '2월 이용권', amount: 9900 }, '2027-02-28')
  const customerUid = (await customer.current()).card?.customerUid
  for (const action of ['cancel', 'resume']) {
    await customer.act(action)
    expect(await customer.post('/billing/charges', { customerUid, order })).toMatchObject({
      status: 409,
      body: { error: { code: 'ended' } },
    })
  }
  expect(charged(sandbox)).toEqual([])
})

it('names the day of the month that is charged in the consent to it, also from a month with fewer days', () => {
  expect(words.ko.agree('2027-01-31', '9,900원')).toContain('매달 31일(없는 달은 마지막 날)')
  expect(words.en.agree('2027-01-31', '₩9,900')).toContain('on day 31 of every month, or on its last day')
  expect(words.ko.agree('2027-02-28', '9,900원')).toContain('매달 28일,')
})

it('gives back what a second tab paid for another plan', async () => {
  const { browser, sandbox } = openDemoShop()
  const customer = browser()
  await customer.signIn('미나')
  const [free, paid] = [await customer.inWindow(trial), await customer.inWindow(now)]
  await customer.post('/billing/confirm', free)
  await customer.post('/billing/confirm', paid)
  expect(await customer.current()).toMatchObject({ plan: 'trial', state: 'free' })
  expect(sandbox.payments.find(({ amount }) => amount > 0)).toMatchObject({ status: 'cancelled', cancel_amount: 9900 })
})

it('refunds once, however often it is pressed, and charges nothing more', async () => {
  const { browser, sandbox, pass } = openDemoShop()
  const customer = browser()
  await customer.signIn('미나')
  await customer.register(now)
  await pass(7)
  expect(await Promise.all([customer.act('refund'), customer.act('refund'), customer.act('cancel')])).toEqual([200, 404, 404])
  expect(await customer.act('cancel')).toBe(404)
  await pass(60)
  expect(sandbox.payments.filter(({ amount }) => amount > 0)).toMatchObject([{ cancel_amount: 7425 }])
  expect(kindsOf((await customer.view()).history).sort()).toEqual(['cancelled', 'ended-cancelled', 'paid', 'refunded', 'started'])
})

it('gives back once what was given back while nobody heard of it, though as much is left of the payment', async () => {
  let isLost = false
  const { browser, sandbox, pass } = openDemoShop(undefined, {
    fault: (_, path) => (isLost && /\/payments\//.test(path) ? { kind: 'reset', done: true } : undefined),
  })
  const customer = browser()
  await customer.signIn('미나')
  await customer.register(now)
  await pass(21)
  isLost = true
  await customer.act('refund')
  isLost = false
  const given = sandbox.payments.map(({ cancel_amount }) => cancel_amount)
  expect(given).toEqual([2475])
  expect((await customer.view()).orders).toMatchObject([{ owed: 2475, refunded: 0 }])
  await pass(2)
  expect(sandbox.payments.map(({ cancel_amount }) => cancel_amount)).toEqual(given)
  expect((await customer.view()).orders).toMatchObject([{ refunded: 2475 }])
})

it('takes no payment by an old tab’s button of who cancelled while PortOne was away, and shows the card that is charged', async () => {
  let isDown = false
  const { sandbox, browser, pass } = openDemoShop(undefined, { fault: () => (isDown ? { kind: 'reset' } : undefined) })
  const customer = browser()
  await customer.signIn('미나')
  await customer.register(now, declinesLater)
  await pass(28)
  const [first, order] = [(await customer.current()).card?.customerUid, (await customer.current()).pastDue?.order]
  const another = await customer.inWindow({ change: true })
  await customer.post('/billing/confirm', another)
  expect((await customer.current()).card?.customerUid).toBe(another.customerUid)
  expect(another.customerUid).not.toBe(first)
  vi.spyOn(console, 'error').mockReturnValue()
  isDown = true
  await customer.act('cancel')
  isDown = false
  expect((await customer.post('/billing/charges', { customerUid: another.customerUid, order })).status).toBe(409)
  expect(charged(sandbox)).toHaveLength(1)
})

it('keeps the card of a window nobody came back from, also months ahead of the machine’s clock', async () => {
  const { browser, pass } = openDemoShop(new Date(Date.now() + 90 * 86_400_000).toISOString())
  const customer = browser()
  await customer.signIn('미나')
  await customer.inWindow(trial)
  expect((await customer.view()).subscription).toBe(null)
  await pass(1)
  expect(await customer.current()).toMatchObject({ state: 'free' })
})

it('charges a month once while its card is changed, the job runs and two tabs press, all at the same moment', async () => {
  const { browser, pass, sandbox } = openDemoShop()
  const customer = browser()
  await customer.signIn('미나')
  await customer.register(now, declinesLater)
  const [first] = sandbox.payments
  await pass(28)
  const order = (await customer.current()).pastDue?.order
  const change = await customer.inWindow({ change: true })
  const press = (customerUid: unknown) => customer.post('/billing/charges', { customerUid, order })
  await Promise.all([press(first?.customer_uid), customer.post('/billing/confirm', change), pass(1), press(change.customerUid)])
  await pass(6)
  expect(charged(sandbox).filter(({ merchant_uid }) => merchant_uid === order)).toHaveLength(1)
  expect(await customer.current()).toMatchObject({ state: 'active', card: { number: '9410-****-****-0001' } })
})

/** More members than are charged at a time. */
async function subscribers(browser: ReturnType<typeof openDemoShop>['browser']) {
  const customers = Array.from('가나다라마바사', (name) => ({ name, ...browser() }))
  for (const { name, signIn, register } of customers) {
    await signIn(name)
    await register(now)
  }
  return customers
}

it('charges nobody who cancelled while others were charged', async () => {
  const { browser, pass, sandbox, shop } = openDemoShop()
  const customers = await subscribers(browser)
  await pass(27)
  const { iamport } = shop.portone
  const again = iamport.again.bind(iamport)
  let sent = 0
  vi.spyOn(iamport, 'again').mockImplementation(async (request, options) => {
    sent += 1
    if (sent === 1) for (const customer of customers) await customer.act('cancel')
    return again(request, options)
  })
  await pass(1)
  expect(sent).toBeLessThan(customers.length)
  // the first months, and what was on its way
  expect(charged(sandbox)).toHaveLength(customers.length + sent)
  for (const customer of customers) expect((await customer.view()).orders.every(({ status }) => status === 'paid')).toBe(true)
  await pass(31)
  expect(charged(sandbox)).toHaveLength(customers.length + sent)
  for (const customer of customers) expect((await customer.view()).subscription).toMatchObject({ state: 'ended', ended: 'cancelled' })
})

it('keeps each result of a run as it comes, so that a crash loses none', async () => {
  const { browser, pass, shop } = openDemoShop()
  const customers = await subscribers(browser)
  await pass(27)
  const { iamport } = shop.portone
  const again = iamport.again.bind(iamport)
  const paidAt: number[] = []
  vi.spyOn(iamport, 'again').mockImplementation(async (request, options) => {
    const views = await Promise.all(customers.map(({ view }) => view()))
    paidAt.push(views.filter(({ orders }) => orders.filter(({ status }) => status === 'paid').length === 2).length)
    return again(request, options)
  })
  await pass(1)
  expect(paidAt).toHaveLength(customers.length)
  expect(paidAt.at(-1)).toBeGreaterThan(0)
})

it('charges on the day of the month that was agreed to, though the window was through after midnight', async () => {
  // five minutes before midnight in Korea
  const { browser, sandbox, shop } = openDemoShop('2027-01-25T14:55:00Z')
  const customer = browser()
  await customer.signIn('미나')
  const issued = await customer.inWindow(now)
  sandbox.advance(600)
  expect(shop.today()).toBe('2027-01-26')
  expect(await customer.post('/billing/confirm', issued)).toMatchObject({ status: 200 })
  expect(await customer.current()).toMatchObject({ next: { day: '2027-02-25' } })
})

it('keeps the day of the consent that was given last, and not of one to a window that was closed', async () => {
  const { browser, pass, shop } = openDemoShop('2027-01-25T03:00:00Z')
  const customer = browser()
  await customer.signIn('미나')
  const { member, today } = await customer.view()
  await customer.post('/billing/intents', { member: member?.id, ...now, agreed: today })
  await pass(1)
  const issued = await customer.inWindow(now)
  await pass(1)
  await customer.post('/billing/confirm', issued)
  expect(shop.today()).toBe('2027-01-27')
  expect(await customer.current()).toMatchObject({ next: { day: '2027-02-26' } })
})

it.each(['browser', 'webhook'])('gives back a month that was paid when the member had begun anew, told of by the %s', async (by) => {
  const { browser, pass, sandbox, shop } = openDemoShop()
  const customer = browser()
  await customer.signIn('미나')
  await customer.register(now, declinesLater)
  await pass(28)
  const { pastDue } = await customer.current()
  await customer.register({ change: true })
  const { card } = await customer.current()
  const { iamport } = shop.portone
  const again = iamport.again.bind(iamport)
  // the card company takes its time: meanwhile another tab cancels, and begins anew
  vi.spyOn(iamport, 'again').mockImplementationOnce(async (...call) => {
    await customer.act('cancel')
    await customer.register(now)
    const payment = await again(...call)
    if (by === 'webhook') await customer.post('/billing/webhook', { imp_uid: payment.impUid })
    return payment
  })
  await customer.post('/billing/charges', { customerUid: card?.customerUid, order: pastDue?.order })
  await pass(2)
  expect(charged(sandbox)).toHaveLength(2)
  const late = sandbox.payments.filter(({ merchant_uid }) => merchant_uid === pastDue?.order).at(-1)
  expect(late).toMatchObject({ status: 'cancelled', cancel_amount: 9900 })
  const { orders, history } = await customer.view()
  expect(orders.find(({ merchantUid }) => merchantUid === pastDue?.order)).toMatchObject({ status: 'paid', refunded: 9900 })
  expect(kindsOf(history).filter((kind) => kind === 'refunded')).toHaveLength(1)
  expect(await customer.current()).toMatchObject({ state: 'active' })
})

it('keeps a paid window that nobody came back from, also when the shop was off for a month', async () => {
  const { browser, pass, sandbox } = openDemoShop()
  await pass(1)
  const customer = browser()
  await customer.signIn('미나')
  await customer.inWindow(now)
  sandbox.advance(26 * 86_400)
  await pass(1)
  expect(await customer.current()).toMatchObject({ state: 'active' })
  expect((await customer.view()).orders).toMatchObject([{ status: 'paid', amount: 9900 }])
})

it('keeps a paid window that nobody came back from, also when no sweep has worked since the shop opened', async () => {
  let isDown = true
  const { db, shop, sandbox, browser, pass } = openDemoShop(undefined, {
    fault: (_, path) => (isDown && /payments\/status/.test(path) ? { kind: 'reset' } : undefined),
  })
  const customer = browser()
  await customer.signIn('미나')
  await customer.inWindow(now)
  await expect(pass(10)).rejects.toThrow()
  sandbox.advance(10 * 86_400)
  // started again meanwhile
  openStore(db, shop.today)
  isDown = false
  await pass(1)
  expect(await customer.current()).toMatchObject({ state: 'active' })
  expect((await customer.view()).orders).toMatchObject([{ status: 'paid' }])
})

it('takes no consent before its thirty days, nor of who has cancelled', async () => {
  const { browser, pass } = openDemoShop('2027-02-28T03:00:00Z')
  const customer = browser()
  await customer.signIn('미나')
  // its thirty days have begun with it
  await customer.register(trial)
  await customer.act('cancel')
  await customer.act('consent')
  await customer.act('resume')
  expect((await customer.current()).consent).toMatchObject({ isNeeded: true, given: null })
  await pass(28)
  expect(kindsOf((await customer.view()).history)).not.toContain('consented')
  const other = browser()
  await other.signIn('하나')
  // on 28 March, whose month has 31 days: the first is too early
  await other.register(trial)
  await other.act('consent')
  expect((await other.current()).consent).toMatchObject({ isOpen: false, given: null })
  await pass(1)
  await other.act('consent')
  expect((await other.current()).consent).toMatchObject({ isNeeded: false, given: '2027-03-29' })
})

it('offers no refund of what PortOne’s console has given a part of back', async () => {
  const { browser, sandbox, shop } = openDemoShop()
  const customer = browser()
  await customer.signIn('미나')
  await customer.register(now)
  const paid = sandbox.payments.find(({ amount }) => amount > 0)
  shop.store.markRefunded(await shop.portone.iamport.cancelPayment({ impUid: String(paid?.imp_uid), amount: 1_000, reason: '부분 환불' }))
  expect((await customer.current()).refund).toBeNull()
  await customer.act('refund')
  expect(sandbox.payments).toMatchObject([{ cancel_amount: 1_000 }])
})

it('gives back the days that are left of the month, and not of the days since it was paid late', async () => {
  const { browser, pass, sandbox } = openDemoShop('2027-02-01T03:00:00Z')
  const customer = browser()
  await customer.signIn('미나')
  await customer.register(now)
  // due on 1 March, when no job runs
  sandbox.advance(30 * 86_400)
  await pass(1)
  expect(await customer.current()).toMatchObject({ state: 'active', refund: Math.floor((9_900 * 28) / 31) })
  await customer.act('refund')
  expect(sandbox.payments.at(-1)).toMatchObject({ cancel_amount: 8_941 })
})

it('ends in its days of dunning what has no card any more', async () => {
  const { browser, pass } = openDemoShop('2027-02-01T03:00:00Z')
  const customer = browser()
  await customer.signIn('미나')
  await customer.register(now)
  await customer.remove(`/billing/keys/${(await customer.current()).card?.customerUid}`)
  await pass(28)
  expect(await customer.current()).toMatchObject({ state: 'past-due', pastDue: { reason: 'no-card' } })
  await pass(7)
  expect(await customer.current()).toMatchObject({ state: 'ended', ended: 'unpaid' })
})

it('takes nothing but the whole amount for an order', async () => {
  const { browser, shop, pass } = openDemoShop('2027-02-01T03:00:00Z')
  const customer = browser()
  await customer.signIn('미나')
  await customer.register(now, declinesLater)
  await pass(28)
  const { pastDue, card } = await customer.current()
  const paid = {
    impUid: 'imp_1',
    merchantUid: String(pastDue?.order),
    currency: 'KRW',
    customerUid: card?.customerUid ?? null,
    cancelAmount: 0,
  }
  for (const amount of [1, 9_899, 9_901]) expect(shop.store.markPaid({ ...paid, amount, status: 'paid' })).toBe(false)
  expect((await customer.current()).state).toBe('past-due')
  expect(shop.store.markPaid({ ...paid, amount: 9_900, status: 'paid' })).toBe(true)
})

it('charges one of the months that were missed, however often the job runs, and the next a week later', async () => {
  const { shop, browser, sandbox, pass } = openDemoShop()
  const tab = browser()
  await tab.signIn('김하나')
  await tab.register(now)
  sandbox.advance(100 * 86_400)
  const paid = () => charged(sandbox).length
  for (let hour = 0; hour < 3; hour += 1) await runDay(shop)
  expect(paid()).toBe(2)
  expect((await tab.current()).next?.day).toBe(addDays(shop.today(), 7))
  await pass(6)
  expect(paid()).toBe(2)
  await pass(1)
  expect(paid()).toBe(3)
})
