import { describe, expect, it, vi } from 'vitest'
import { type AgainRequest, BillingRefusal, IamportApiError, reconcileCharge } from '../../src/server/index.ts'
import { tooLong } from '../../src/server/transport.ts'
import { startShop } from './billingShop.ts'
import { memoryLock } from './memoryLock.ts'

const { open, pay, client, sandbox, faults, iamport, paidFor } = await startShop()
const anyIntent = expect.objectContaining({ customerId: 'mina' })

describe('money that does not fit its intent', () => {
  const free = { firstOrder: () => ({ name: '카드 등록', amount: 0 }) }

  it.each([
    ['500,000 won where nothing was to be charged', 'other-amount', { amount: 500_000 }],
    ['another currency', 'other-amount', { amount: 0, currency: 'USD' }],
    ['another card', 'other-key', { amount: 0, customer_uid: 'somebody-elses' }],
  ])('tells the shop of %s, by confirm and by webhook', async (_, code, window) => {
    const shop = await open(free)
    const { intent, impUid } = await shop.register(window)
    if ('currency' in window) Object.assign(sandbox.payments.find((payment) => payment.imp_uid === impUid) ?? {}, window)
    expect(await shop.confirm({ intent, impUid })).toMatchObject({ status: 422, code })
    expect(await shop.call('POST /webhook', { imp_uid: impUid })).toMatchObject({ status: 200 })
    const news = { code, intent: anyIntent, payment: expect.objectContaining({ impUid }) }
    expect(shop.told.refused).toEqual([news, news])
    expect(shop.told.issued).toEqual([])
  })

  it('tells the shop of money without a key', async () => {
    const shop = await open()
    const { intent, impUid } = await shop.register()
    await iamport.deleteBillingKey(intent.customerUid)
    expect(await shop.confirm({ intent, impUid })).toMatchObject({ status: 422, code: 'no-key' })
    expect(shop.told.refused).toMatchObject([{ code: 'no-key', payment: { impUid } }])
  })

  it('tells the shop of money under a number that its intent does not name, by webhook and by the sweep', async () => {
    const shop = await open()
    const { intent, impUid } = await shop.register({ merchant_uid: 'a-window-of-my-own' })
    expect(await shop.confirm({ intent, impUid })).toMatchObject({ status: 422, code: 'other-order' })
    expect(shop.told.refused).toEqual([])
    expect(await shop.call('POST /webhook', { imp_uid: impUid })).toMatchObject({ status: 200 })
    const since = new Date(Date.now() - 60_000)
    const { issued, refused, seen } = await shop.billing.sweepRegistrations({ since })
    expect(refused).toBeGreaterThanOrEqual(1)
    expect(issued + refused).toBeLessThanOrEqual(seen)
    const news = { code: 'other-order', intent: anyIntent, payment: expect.objectContaining({ impUid, merchantUid: 'a-window-of-my-own' }) }
    expect(shop.told.refused?.filter((told) => (told as typeof news).code === 'other-order')).toEqual([news, news])
  })

  it('takes what another window of the same order was paid for none: it fits its own intent', async () => {
    const shop = await open({ firstOrder: () => ({ name: '월간', amount: 9900, merchantUid: 'two-windows' }) })
    const { body: second } = await shop.call('POST /intents', {})
    const first = await shop.register()
    for (const question of [{ token: second.token }, { token: second.token, impUid: first.impUid }])
      expect(await shop.call('POST /confirm', question)).toMatchObject({ status: 422, code: 'other-key' })
    expect(shop.told.refused).toEqual([])
    expect(shop.told.issued).toMatchObject(
      [first, first].map(({ intent, impUid }) => ({ customerUid: intent.customerUid, payment: { impUid } })),
    )
  })

  it('says none of a window while only another window of the same order has failed', async () => {
    const shop = await open({ firstOrder: () => ({ name: '월간', amount: 9900, merchantUid: 'one-failed' }) })
    const { body: second } = await shop.call('POST /intents', {})
    const { impUid } = await shop.register()
    Object.assign(sandbox.payments.find(({ imp_uid }) => imp_uid === impUid) ?? {}, { status: 'failed' })
    expect(await shop.call('POST /confirm', { token: second.token })).toMatchObject({ status: 200, body: { status: 'none' } })
  })

  it('issues what fits the token that asks, also when the page sent an intent of another order along', async () => {
    const shop = await open()
    const { body: other } = await shop.call('POST /intents', {})
    expect(await shop.confirm(await shop.register({ custom_data: other.customData }))).toMatchObject({ code: 'issued' })
    expect(shop.told.refused).toEqual([])
  })

  it('tells of another card for an order although the page names another of its intents', async () => {
    const shop = await open({ firstOrder: () => ({ name: '월간', amount: 9900, merchantUid: 'two-intents' }) })
    const { body: second } = await shop.call('POST /intents', {})
    const { impUid } = await shop.register({ customer_uid: 'of-neither' })
    expect(await shop.call('POST /confirm', { token: second.token, impUid })).toMatchObject({ status: 422, code: 'other-key' })
    expect(shop.told.refused).toMatchObject([{ code: 'other-key', payment: { impUid } }])
    expect(shop.told.issued).toEqual([])
  })

  it('takes a PG’s own test approval for none, and 10 won of another PG for money', async () => {
    const ofDanal = Object.assign(Object.create(iamport), {
      billingKey: async (uid: string) => ({ ...(await iamport.billingKey(uid)), pgProvider: 'danal_tpay' }),
    })
    const danal = await open({ ...free, iamport: ofDanal })
    expect(await danal.confirm(await danal.register({ amount: 10 }))).toMatchObject({ code: 'issued', body: { charged: 10 } })
    const jtnet = await open(free)
    expect(await jtnet.confirm(await jtnet.register({ amount: 10 }))).toMatchObject({ code: 'other-amount' })
  })

  it('says pending while the PG has not decided, and issued once it has', async () => {
    const shop = await open()
    const registration = await shop.register()
    const payment = sandbox.payments.find(({ imp_uid }) => imp_uid === registration.impUid)
    Object.assign(payment ?? {}, { status: 'ready' })
    expect(await shop.confirm(registration)).toMatchObject({ status: 200, body: { status: 'pending' } })
    Object.assign(payment ?? {}, { status: 'paid' })
    expect(await shop.confirm(registration)).toMatchObject({ status: 200, body: { status: 'issued', currency: 'KRW', charged: 9900 } })
  })
})

describe('POST /charges', () => {
  it('tells the shop of an order that ended unknown, and charges it once it is certain that nothing was', async () => {
    const { lock, age } = memoryLock()
    const shop = await open({
      lock,
      price: () => ({ merchantUid: 'order-lost', name: '월간', amount: 9900 }),
    })
    const customerUid = await shop.addCard()
    faults.push({ kind: 'server-error' })
    expect(await shop.call('POST /charges', { customerUid })).toMatchObject({ code: 'unknown' })
    expect(shop.told.unknown).toMatchObject([{ order: { customerUid, merchantUid: 'order-lost', amount: 9900, customer: { id: 'mina' } } }])
    expect(await shop.call('POST /charges', { customerUid })).toMatchObject({ code: 'unknown' })
    age()
    expect(await shop.call('POST /charges', { customerUid })).toMatchObject({ code: 'paid' })
    expect(paidFor('order-lost')).toHaveLength(1)
    expect(shop.told.charged).toHaveLength(1)
  })

  it('tells of an unknown order all that reconcileCharge asks for, its currency included', async () => {
    const shop = await open({ price: () => ({ merchantUid: 'order-dollars', name: '월간', amount: 9.5, currency: 'USD' }) })
    const customerUid = await shop.addCard()
    faults.push({ kind: 'server-error' })
    expect(await shop.call('POST /charges', { customerUid })).toMatchObject({ code: 'unknown' })
    const [{ order }] = shop.told.unknown as [{ order: AgainRequest }]
    await iamport.again({ ...order, currency: 'USD' })
    expect(await reconcileCharge(iamport, order)).toMatchObject({ status: 'paid', payment: { amount: 9.5, currency: 'USD' } })
  })

  it('tells that an order is paid whose answer was lost, when another card is pressed', async () => {
    let gone = false
    const unreachable = () => Promise.reject(new Error('PortOne is gone'))
    const lost = Object.assign(Object.create(iamport), {
      again: async (request: AgainRequest) => {
        await iamport.again(request)
        gone = true
        return unreachable()
      },
      paymentByMerchantUid: (...which: Parameters<typeof iamport.paymentByMerchantUid>) =>
        gone ? unreachable() : iamport.paymentByMerchantUid(...which),
    })
    const price = () => ({ merchantUid: 'order-a-b', name: '월간', amount: 9900 })
    const shop = await open({ iamport: lost, lock: memoryLock().lock, price })
    const [first, second] = [await shop.addCard(), await shop.addCard()]
    expect(await shop.call('POST /charges', { customerUid: first })).toMatchObject({ code: 'unknown' })
    gone = false
    expect(await shop.call('POST /charges', { customerUid: second })).toMatchObject({ code: 'paid' })
    expect(shop.told.charged).toMatchObject([{ payment: { customerUid: first, merchantUid: 'order-a-b' } }])
    expect(paidFor('order-a-b')).toHaveLength(1)
  })

  it('charges another card only once no charge of the first can be on its way', async () => {
    const { lock, age } = memoryLock()
    const shop = await open({ lock, price: () => ({ merchantUid: 'order-b-late', name: '월간', amount: 9900 }) })
    const [first, second] = [await shop.addCard(), await shop.addCard()]
    faults.push({ kind: 'server-error' })
    expect(await shop.call('POST /charges', { customerUid: first })).toMatchObject({ code: 'unknown' })
    expect(await shop.call('POST /charges', { customerUid: second })).toMatchObject({ code: 'unknown' })
    expect(paidFor('order-b-late')).toHaveLength(0)
    age()
    expect(await shop.call('POST /charges', { customerUid: second })).toMatchObject({ code: 'paid' })
    expect(paidFor('order-b-late')).toMatchObject([{ customer_uid: second }])
  })

  it('answers unknown also when the shop could not be told, and reports that', async () => {
    const shop = await open({
      price: () => ({ merchantUid: 'order-untold', name: '월간', amount: 9900 }),
      onUnknown: () => Promise.reject(new Error('mail is down')),
    })
    const customerUid = await shop.addCard()
    faults.push({ kind: 'server-error' })
    expect(await shop.call('POST /charges', { customerUid })).toMatchObject({ code: 'unknown' })
    expect(shop.told.errors).toEqual([['POST /charges', 'Error: mail is down']])
  })

  it('tells onError of an unknown order and of money that does not fit, where the shop has nothing else to be told by', async () => {
    const price = () => ({ merchantUid: 'order-unheard', name: '월간', amount: 9900 })
    const unheard: object = { onUnknown: undefined, onRefused: undefined }
    const shop = await open({ price, ...unheard })
    const customerUid = await shop.addCard()
    faults.push({ kind: 'server-error' })
    expect(await shop.call('POST /charges', { customerUid })).toMatchObject({ code: 'unknown' })
    const misfit = await shop.register({ customer_uid: 'unheard-elsewhere' })
    expect(await shop.confirm(misfit)).toMatchObject({ code: 'other-key' })
    expect(shop.told.errors).toEqual([
      ['POST /charges', expect.stringMatching(/Nobody knows whether order order-unheard was charged: .+/)],
      ['POST /confirm', expect.stringContaining(`Money that does not fit (other-key): ${misfit.impUid}`)],
    ])
  })

  it.each([
    ['was declined after all', 'declined', false],
    ['is asked about by a customer who has left', 'unknown', true],
  ])('sends nothing more for an order that %s', async (_, status, left) => {
    const { lock, age } = memoryLock()
    lock.acquire('order-open', 'old')
    age()
    const again = vi.fn()
    const customerUid = 'card-open'
    const failed = {
      ...(await iamport.paymentsByStatus('all')).payments[0],
      merchantUid: 'order-open',
      customerUid,
      status: 'failed',
      failReason: '한도 초과',
    }
    const found = { again, paymentByMerchantUid: async (__: string, which?: string) => (left || which ? null : failed) }
    const shop = await open({
      lock,
      iamport: Object.assign(Object.create(iamport), found),
      customerUids: () => [customerUid],
      price: () => ({ merchantUid: 'order-open', name: '월간', amount: 9900 }),
    })
    const controller = new AbortController()
    const request = new Request('http://shop.example/api/billing/charges', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ customerUid }),
      signal: controller.signal,
    })
    const answer = shop.billing(request)
    if (left) controller.abort()
    expect(await (await answer).json()).toMatchObject({ status })
    expect(again).not.toHaveBeenCalled()
  })

  it('tells the shop why an order is unknown', async () => {
    const shop = await open({ price: () => ({ merchantUid: 'order-why', name: '월간', amount: 9900 }) })
    const customerUid = await shop.addCard()
    faults.push({ kind: 'server-error' })
    await shop.call('POST /charges', { customerUid })
    expect(shop.told.unknown).toMatchObject([{ cause: { message: expect.any(String), httpStatus: null } }])
  })

  it('takes a refusal that onCharged throws for a failure: what was paid cannot be refused', async () => {
    const price = () => ({ merchantUid: 'order-refused-late', name: '월간', amount: 9900 })
    const refuse = () => Promise.reject(new BillingRefusal(404, 'unknown-order', '없는 주문이에요.'))
    const shop = await open({ price, onCharged: refuse, onPayment: refuse })
    const customerUid = await shop.addCard()
    expect(await shop.call('POST /charges', { customerUid })).toMatchObject({ status: 500, code: 'internal' })
    const [payment] = paidFor('order-refused-late')
    expect(await shop.call('POST /webhook', { imp_uid: payment?.imp_uid })).toMatchObject({ status: 500, code: 'internal' })
    expect(shop.told.errors).toEqual([
      ['POST /charges', 'Error: onCharged threw a BillingRefusal: 없는 주문이에요.'],
      ['POST /webhook', 'Error: onPayment threw a BillingRefusal: 없는 주문이에요.'],
    ])
  })

  describe('that is declined tells the customer nothing of this side, and the operator everything', () => {
    const price = () => ({ merchantUid: 'order-operators', name: '월간', amount: 9900 })
    const tryAgain = '결제하지 못했어요. 청구된 금액은 없어요. 잠시 후 다시 시도해 주세요.'
    const otherCard = '결제하지 못했어요. 청구된 금액은 없어요. 다른 카드로 시도하거나 고객센터에 문의해 주세요.'

    it.each([
      ['a lock that is down', () => ({ lock: broken }), 'not-sent', tryAgain, 'no role shop_admin at 10.0.0.5'],
      ['a wrong secret', () => ({ iamport: client({ impSecret: 'wrong' }) }), 'not-sent', tryAgain, '/users/getToken'],
      ['a key that PortOne does not know', () => ({}), 'portone--1', otherCard, '등록되지 않은 구매자입니다.'],
    ])('%s', async (_, change, code, message, reason) => {
      const shop = await open({ price, customerUids: () => ['gone-at-portone'], ...change() })
      const answer = await shop.call('POST /charges', { customerUid: 'gone-at-portone' })
      expect(answer.body).toEqual({ status: 'declined', merchantUid: 'order-operators', code, message })
      const english = await shop.call('POST /charges', { customerUid: 'gone-at-portone' }, { 'accept-language': 'en-GB' })
      expect(english.body.message).toMatch(/Nothing was charged/)
      expect(shop.told.errors).toContainEqual(['POST /charges', expect.stringContaining(reason)])
      const news = expect.stringContaining(`Order order-operators was not charged (${code})`)
      expect(shop.told.errors).toContainEqual(['POST /charges', news])
    })

    it('and a claim that could not be given back goes to onError as well', async () => {
      const shop = await open({ price, lock: { ...broken, acquire: () => true }, customerUids: () => ['gone-at-portone'] })
      await shop.call('POST /charges', { customerUid: 'gone-at-portone' })
      expect(shop.told.errors).toContainEqual(['POST /charges', expect.stringContaining('could not be given back')])
    })

    const down = () => Promise.reject(new Error('no role shop_admin at 10.0.0.5'))
    const broken = { acquire: down, held: down, release: () => Promise.reject(new Error('gone')) }
  })

  it('tells that an order is paid when another card has paid it, and of money that is not the order’s', async () => {
    let amount = 9900
    const shop = await open({ price: () => ({ merchantUid: 'order-two-cards', name: '월간', amount }) })
    const [first, second] = [await shop.addCard(), await shop.addCard()]
    expect(await iamport.again({ customerUid: first, merchantUid: 'order-two-cards', name: '월간', amount })).toMatchObject({
      status: 'paid',
    })
    expect(await shop.call('POST /charges', { customerUid: second })).toMatchObject({ code: 'paid' })
    expect(shop.told.charged).toMatchObject([{ payment: { customerUid: first, merchantUid: 'order-two-cards' } }])
    amount = 12_000
    expect(await shop.call('POST /charges', { customerUid: second })).toMatchObject({ code: 'declined' })
    expect(shop.told.refused).toMatchObject([{ code: 'other-amount', intent: null, payment: { amount: 9900 } }])
    expect(shop.told.charged).toHaveLength(1)
  })

  it('tells that an order is paid when another card has paid it and a part was given back, whatever PortOne calls it', async () => {
    const order = { merchantUid: 'order-partly', name: '월간', amount: 9900 }
    let amount = order.amount
    const shop = await open({ price: () => ({ ...order, amount }) })
    const [first, second] = [await shop.addCard(), await shop.addCard()]
    await iamport.again({ customerUid: first, ...order })
    await iamport.cancelPayment({ merchantUid: order.merchantUid, amount: 3_000 })
    Object.assign(paidFor(order.merchantUid)[0] ?? {}, { status: 'cancelled' })
    expect(await shop.call('POST /charges', { customerUid: second })).toMatchObject({ code: 'paid' })
    expect(shop.told.charged).toMatchObject([{ payment: { customerUid: first, cancelAmount: 3_000 } }])
    amount = 12_000
    expect(await shop.call('POST /charges', { customerUid: second })).toMatchObject({ code: 'declined' })
    expect(shop.told.refused).toMatchObject([{ code: 'other-amount', payment: { amount: 9900 } }])
  })

  it('takes another card’s payment in another currency for none of the order', async () => {
    const order = { merchantUid: 'order-in-dollars', name: '월간', amount: 9900 }
    const shop = await open({ price: () => order })
    const [first, second] = [await shop.addCard(), await shop.addCard()]
    await iamport.again({ customerUid: first, ...order })
    Object.assign(paidFor(order.merchantUid)[0] ?? {}, { currency: 'USD' })
    expect(await shop.call('POST /charges', { customerUid: second })).toMatchObject({ code: 'declined' })
    expect(shop.told.charged).toEqual([])
    expect(shop.told.refused).toMatchObject([{ code: 'other-amount', payment: { currency: 'USD' } }])
  })

  it('tells nobody of another card’s payment that was taken back before it could be told', async () => {
    const order = { merchantUid: 'order-taken-back', name: '월간', amount: 9900 }
    let looks = 0
    const once = Object.assign(Object.create(iamport), {
      // paid when the charge looks, and gone when the handler does
      paymentByMerchantUid: async (...which: Parameters<typeof iamport.paymentByMerchantUid>) => {
        looks += 1
        return looks === 1 ? iamport.paymentByMerchantUid(...which) : null
      },
    })
    const shop = await open({ price: () => order, iamport: once })
    const [first, second] = [await shop.addCard(), await shop.addCard()]
    await iamport.again({ customerUid: first, ...order })
    looks = 0
    expect(await shop.call('POST /charges', { customerUid: second })).toMatchObject({ status: 200, code: 'declined' })
    expect([shop.told.charged, shop.told.refused, shop.told.errors]).toEqual([[], [], []])
  })

  it('waits as long as its own inFlightMs for a charge that was lost', async () => {
    const { lock, age } = memoryLock()
    const order = { merchantUid: 'order-long-in-flight', name: '월간', amount: 9900 }
    const shop = await open({ lock, inFlightMs: 900_000, price: () => order })
    const customerUid = await shop.addCard()
    faults.push({ kind: 'server-error' })
    expect(await shop.call('POST /charges', { customerUid })).toMatchObject({ code: 'unknown' })
    age(400_000)
    expect(await shop.call('POST /charges', { customerUid })).toMatchObject({ code: 'unknown' })
    expect(paidFor(order.merchantUid)).toHaveLength(0)
    age(600_000)
    expect(await shop.call('POST /charges', { customerUid })).toMatchObject({ code: 'paid' })
  })
})

describe('sweepRegistrations', () => {
  it('keeps what nobody came back for, tells of misfits, and leaves charges and strangers alone (sdk-facts 36)', async () => {
    const shop = await open()
    const since = new Date(Date.now() - 1_000)
    const { intent, impUid } = await shop.register()
    const misfit = await shop.register({ customer_uid: 'swept-elsewhere' })
    await pay({ customer_uid: 'foreign', merchant_uid: 'foreign', amount: 0 })
    const result = await shop.billing.sweepRegistrations({ since })
    expect(shop.told.issued).toContainEqual(
      expect.objectContaining({ customerUid: intent.customerUid, payment: expect.objectContaining({ impUid }) }),
    )
    expect(shop.told.refused).toContainEqual(
      expect.objectContaining({ code: 'other-key', payment: expect.objectContaining({ impUid: misfit.impUid }) }),
    )
    expect(result.seen).toBeGreaterThanOrEqual(3)
    expect(result).toMatchObject({ issued: shop.told.issued?.length, refused: shop.told.refused?.length, failed: 0 })
    expect(await shop.billing.sweepRegistrations({ since: new Date(Date.now() + 60_000) })).toMatchObject({ seen: 0 })
    await expect(shop.billing.sweepRegistrations({ since: new Date('no date') })).rejects.toThrow(/since has to be a Date/)
    await expect(shop.billing.sweepRegistrations({ since, until: new Date('no date') })).rejects.toThrow(/until has to be a Date/)
    const before = new Date(since.getTime() - 1_000)
    await expect(shop.billing.sweepRegistrations({ since, until: before })).rejects.toThrow(/until has to come after since/)
  })

  it('reads every page, and goes on after one that failed', async () => {
    const listed: number[] = []
    const [failing, ...rest] = await Promise.all(Array.from({ length: 5 }, () => shopOf.register()))
    const paged = Object.assign(Object.create(iamport), {
      paymentsByStatus: (status: 'paid', which: { from: number; to: number; page: number }) => {
        listed.push(which.page)
        return iamport.paymentsByStatus(status, { ...which, limit: 2 })
      },
    })
    const shop = await open({
      iamport: paged,
      onIssued: ({ payment }) => {
        if (payment.impUid === failing?.impUid) throw new Error('database is gone')
        issued.push(payment.impUid)
      },
    })
    const issued: string[] = []
    const { failed } = await shop.billing.sweepRegistrations({ since: new Date(Date.now() - 60_000) })
    expect(listed.length).toBeGreaterThan(2)
    expect(issued).toEqual(expect.arrayContaining(rest.map(({ impUid }) => impUid)))
    expect(failed).toBe(1)
    expect(shop.told.errors).toEqual([['sweepRegistrations', 'Error: database is gone']])
  })

  it('gives up on a payment that is too long for one answer by itself', async () => {
    const limits: unknown[] = []
    const paymentsByStatus: typeof iamport.paymentsByStatus = async (_, which) => {
      limits.push(which?.limit)
      await new Promise((resolve) => setTimeout(resolve))
      throw new IamportApiError('/payments/status/paid', 0, null, 'too long', { cause: tooLong() })
    }
    const shop = await open({ iamport: Object.assign(Object.create(iamport), { paymentsByStatus }) })
    await expect(shop.billing.sweepRegistrations({ since: new Date() })).rejects.toThrow('too long')
    expect(limits).toEqual([128, 64, 32, 16, 8, 4, 2, 1])
  })

  it('reads pages that are too long for one answer in parts, each payment once', async () => {
    const shop = await open()
    const since = new Date(Date.now() - 1_000)
    const customerUid = await shop.addCard()
    const customData = JSON.stringify({ cart: 'x'.repeat(90_000) })
    for (let at = 0; at < 13; at += 1)
      await iamport.again({ customerUid, merchantUid: `order-long-${at}`, name: '월간', amount: 100, customData })
    const { impUid } = await shop.register()
    // what the tests before left in this second is among it, what was refunded in part as well
    const swept = sandbox.payments.filter(({ paid_at, status, amount, cancel_amount }) => {
      const isPartly = cancel_amount > 0 && cancel_amount < amount
      return Number(paid_at) >= Math.floor(since.getTime() / 1000) && (status === 'paid' || isPartly)
    })
    expect(await shop.billing.sweepRegistrations({ since })).toMatchObject({ seen: swept.length, failed: 0 })
    expect(shop.told.issued).toContainEqual(expect.objectContaining({ payment: expect.objectContaining({ impUid }) }))
  })

  it('keeps what nobody came back for also when a part was given back since, whatever PortOne calls it', async () => {
    const shop = await open()
    const since = new Date(Date.now() - 1_000)
    const [partly, wholly, before, timeless] = await Promise.all(Array.from({ length: 4 }, () => shop.register()))
    if (!partly || !wholly || !before || !timeless) throw new Error('no registrations')
    // PortOne sends no webhook for a refund that its API was asked for
    await iamport.cancelPayment({ impUid: partly.impUid, amount: 3_000 })
    await iamport.cancelPayment({ impUid: before.impUid, amount: 3_000 })
    await iamport.cancelPayment({ impUid: timeless.impUid, amount: 3_000 })
    await iamport.cancelPayment({ impUid: wholly.impUid })
    const change = ({ impUid }: { impUid: string }, to: object) =>
      Object.assign(sandbox.payments.find((payment) => payment.imp_uid === impUid) ?? {}, to)
    change(partly, { status: 'cancelled' })
    // PortOne says so of what is not paid
    change(timeless, { status: 'cancelled', paid_at: 0 })
    // its sweep was another, and its card may have been removed since
    change(before, { status: 'cancelled', paid_at: 1 })
    const { refused } = await shop.billing.sweepRegistrations({ since })
    expect(refused).toBe(shop.told.refused?.length)
    const about = ({ impUid }: { impUid: string }) => expect.objectContaining({ payment: expect.objectContaining({ impUid }) })
    for (const found of [partly, timeless]) expect(shop.told.issued).toContainEqual(about(found))
    for (const other of [wholly, before])
      expect([...(shop.told.issued ?? []), ...(shop.told.refused ?? [])]).not.toContainEqual(about(other))
    // paid in the first second that is swept, and refunded after the last
    const seconds = Math.floor(Date.now() / 1000)
    change(before, { paid_at: seconds - 2_000 })
    await shop.billing.sweepRegistrations({ since: new Date((seconds - 2_000) * 1000), until: new Date((seconds - 500) * 1000) })
    expect(shop.told.issued?.filter((told) => about(before).asymmetricMatch(told))).toHaveLength(1)
    expect(shop.told.issued?.filter((told) => about(partly).asymmetricMatch(told))).toHaveLength(1)
  })

  it('reads a list anew that a refund has made shorter, each payment once', async () => {
    const [payment] = (await iamport.paymentsByStatus('paid', { limit: 1 })).payments
    const page = (total: number, next: number, ...impUids: string[]) => ({
      total,
      next,
      payments: impUids.map((impUid) => ({ ...payment, impUid, customData: null })),
    })
    // the first of four is refunded after its page was read: the third is on it now
    const pages = [page(4, 2, '1', '2'), page(3, 0, '4'), page(3, 2, '2', '3'), page(3, 0, '4')]
    const paymentsByStatus = async (status: string) => (status === 'paid' ? pages.shift() : page(0, 0))
    const shop = await open({ iamport: Object.assign(Object.create(iamport), { paymentsByStatus }) })
    expect(await shop.billing.sweepRegistrations({ since: new Date() })).toMatchObject({ seen: 4, failed: 0 })
    expect(pages).toEqual([])
  })

  it('ends also when PortOne names a next page for ever, or its list never keeps still', async () => {
    const pages = vi.fn(async (_: string, { page }: { page: number }) => ({ total: 1, next: page + 1, payments: [] }))
    const empty = await open({ iamport: Object.assign(Object.create(iamport), { paymentsByStatus: pages }) })
    expect(await empty.billing.sweepRegistrations({ since: new Date() })).toMatchObject({ seen: 0 })
    expect(pages.mock.calls.map(([status]) => status)).toEqual(['paid', 'cancelled'])
    const [payment] = (await iamport.paymentsByStatus('paid', { limit: 1 })).payments
    const restless = vi.fn(async (_: string, { page }: { page: number }) => ({ total: 10 - page, next: 2, payments: [payment] }))
    const shop = await open({ iamport: Object.assign(Object.create(iamport), { paymentsByStatus: restless }) })
    await expect(shop.billing.sweepRegistrations({ since: new Date() })).rejects.toThrow('changed 20 times while it was read')
  })
  it('ends also when every page names itself the next', async () => {
    const pages = vi.fn(async (_: string) => ({ total: 1, next: 1, payments: [] }))
    const shop = await open({ iamport: Object.assign(Object.create(iamport), { paymentsByStatus: pages }) })
    expect(await shop.billing.sweepRegistrations({ since: new Date() })).toMatchObject({ seen: 0 })
    expect(pages.mock.calls.map(([status]) => status)).toEqual(['paid', 'cancelled'])
  })

  const shopOf = { register: async () => (await open()).register() }
})
