import { afterEach, describe, expect, it, vi } from 'vitest'
import { type ChargeClient, charge, IamportApiError, type Payment, reconcileCharge } from '../../src/server/index.ts'
import { memoryLock } from './memoryLock.ts'
import { newOrder, paymentOf, rejecting, scripted } from './scriptedClient.ts'

type Order = ReturnType<typeof newOrder>
const failedOf = (order: Order, impUid: string): Payment => ({ ...paymentOf(order), impUid, status: 'failed', failReason: '한도 초과' })
/** PortOne's looks, one after the other; the last goes on. */
const looks = (...answers: readonly (Payment | Error | null)[]): ChargeClient['paymentByMerchantUid'] => {
  let at = 0
  return async (_, status) => {
    if (status !== undefined) return null
    const answer = answers[Math.min(at++, answers.length - 1)] ?? null
    if (answer instanceof Error) throw answer
    return answer
  }
}
const lost = rejecting(new Error('reset'))
const refusedBy = (httpStatus: number) => rejecting(new IamportApiError('/subscribe/payments/again', httpStatus, -1, '거절'))
const once = { patienceMs: 0 }

afterEach(() => {
  vi.useRealTimers()
})

describe('an order of which a part was given back', () => {
  it.each(['paid', 'cancelled'] as const)(
    'is paid, when PortOne calls it %s: nothing is sent, and nobody says that it is free',
    async (status) => {
      const order = newOrder()
      const payment: Payment = { ...paymentOf(order), status, cancelAmount: 3_000 }
      const found: ChargeClient['paymentByMerchantUid'] = async (_, asked) => (asked === undefined || asked === status ? payment : null)
      const { iamport, calls } = scripted({ paymentByMerchantUid: found })
      const { lock, sent } = memoryLock()
      expect(await charge(iamport, order, { ...once, lock })).toEqual({ status: 'paid', payment })
      expect(await reconcileCharge(iamport, order, { lock })).toEqual({ status: 'paid', payment })
      expect(await charge(iamport, { ...order, amount: 6_900 }, { ...once, lock })).toMatchObject({ code: 'order-paid-otherwise' })
      expect([calls.again, sent.size]).toEqual([0, 1])
    },
  )
})

describe('an order that was given back', () => {
  it('stays so when a window failed under its number afterwards: nothing is sent, and nobody says that it is free again', async () => {
    const order = newOrder()
    const given: Payment = { ...paymentOf(order), status: 'cancelled', cancelAmount: order.amount }
    const { iamport, calls } = scripted({
      paymentByMerchantUid: async (_, status) =>
        status === 'cancelled' ? given : status === undefined ? failedOf(order, 'imp_since') : null,
    })
    const cancelled = { status: 'declined', code: 'order-cancelled' }
    expect(await charge(iamport, order, once)).toMatchObject(cancelled)
    expect(await reconcileCharge(iamport, order)).toMatchObject(cancelled)
    expect(calls.again).toBe(0)
  })
})

describe('a payment that is under way', () => {
  it('is not hidden by one that was given back before it', async () => {
    const order = newOrder()
    const given: Payment = { ...paymentOf(order), status: 'cancelled', cancelAmount: order.amount }
    const ready: Payment = { ...paymentOf(order), impUid: 'imp_now', status: 'ready' }
    const { iamport, calls } = scripted({
      paymentByMerchantUid: async (_, status) => (status === 'cancelled' ? given : status === undefined ? ready : null),
    })
    expect(await charge(iamport, order, once)).toMatchObject({ status: 'unknown' })
    expect(await reconcileCharge(iamport, order)).toMatchObject({ status: 'unknown' })
    expect(calls.again).toBe(0)
  })
})

describe('what became of a charge that was sent', () => {
  it('is not what failed before it, also when PortOne answers with a status that says nothing', async () => {
    const order = newOrder()
    const before = failedOf(order, 'imp_before')
    const odd = scripted({ paymentByMerchantUid: looks(before), again: async () => ({ ...paymentOf(order), status: 'ready' }) })
    expect(await charge(odd.iamport, order, once)).toMatchObject({
      status: 'unknown',
      cause: { message: expect.stringContaining('status ready') },
    })
    const silent = scripted({ paymentByMerchantUid: looks(before), again: lost })
    expect(await charge(silent.iamport, order, once)).toMatchObject({ status: 'unknown', cause: { message: 'reset' } })
  })

  it('is what failed since, with the reason', async () => {
    const order = newOrder()
    const since = looks(failedOf(order, 'imp_before'), failedOf(order, 'imp_since'))
    const { iamport } = scripted({ paymentByMerchantUid: since, again: lost })
    const declined = { status: 'declined', code: 'card-declined', message: '한도 초과' }
    expect(await charge(iamport, order, once)).toEqual(declined)
    const first = scripted({ paymentByMerchantUid: looks(null, failedOf(order, 'imp_since')), again: lost })
    expect(await charge(first.iamport, order, once)).toEqual(declined)
  })

  it('is asked for less and less often until patience is over, and the newest reason is told', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    const began = performance.now()
    const asked: number[] = []
    const answers = looks(null, null, new Error('first'), new Error('second'))
    const { iamport } = scripted({
      again: lost,
      paymentByMerchantUid(...question) {
        asked.push(performance.now() - began)
        return answers(...question)
      },
    })
    const ended = charge(iamport, newOrder(), { patienceMs: 3_750 })
    await vi.advanceTimersByTimeAsync(10_000)
    expect(await ended).toMatchObject({ status: 'unknown', cause: { message: 'second' } })
    expect(asked).toEqual([0, 0, 250, 750, 1_750, 3_750])
  })

  it('is asked for once after a refusal, however long patience is: the refusal stands, unless a payment is under way', async () => {
    const order = newOrder()
    const patient = { patienceMs: 60_000 }
    const before = failedOf(order, 'imp_before')
    const stands = { status: 'declined', code: 'portone--1' }
    const none = scripted({ paymentByMerchantUid: looks(null), again: refusedBy(400) })
    expect(await charge(none.iamport, order, patient)).toMatchObject(stands)
    const old = scripted({ paymentByMerchantUid: looks(before), again: refusedBy(400) })
    expect(await charge(old.iamport, order, patient)).toMatchObject(stands)
    const ready: Payment = { ...paymentOf(order), status: 'ready' }
    const underWay = scripted({ paymentByMerchantUid: looks(null, ready), again: refusedBy(400) })
    expect(await charge(underWay.iamport, order, patient)).toMatchObject({ status: 'unknown' })
    const unasked = scripted({ paymentByMerchantUid: looks(null, new Error('down')), again: refusedBy(400) })
    expect(await charge(unasked.iamport, order, patient)).toMatchObject({ status: 'unknown', cause: { message: 'down' } })
    const paid = scripted({ paymentByMerchantUid: looks(null, paymentOf(order)), again: refusedBy(400) })
    expect(await charge(paid.iamport, order, patient)).toMatchObject({ status: 'paid' })
  })

  it('is under way when PortOne says so before anything is sent: then nothing is, and the order is free', async () => {
    const order = newOrder()
    const { lock, sent } = memoryLock()
    let found: Payment = { ...paymentOf(order), status: 'ready' }
    const { iamport, calls } = scripted({ paymentByMerchantUid: async (_, status) => (status && status !== found.status ? null : found) })
    expect(await charge(iamport, order, { ...once, lock })).toMatchObject({
      status: 'unknown',
      cause: { message: 'A payment of this order is under way.' },
    })
    expect([calls.again, sent.size]).toEqual([0, 0])
    found = failedOf(order, 'imp_window')
    expect(await charge(iamport, order, { ...once, lock })).toMatchObject({ status: 'paid' })
    expect([calls.again, sent.size]).toEqual([1, 1])
  })

  it('is a paid one, whatever came after it; that is asked for only where something else came', async () => {
    const order = newOrder()
    const found = { newest: failedOf(order, 'imp_newest') as Payment | null, paid: paymentOf(order) as Payment | null }
    const look = vi.fn<ChargeClient['paymentByMerchantUid']>(async (_, status) => (status === 'paid' ? found.paid : found.newest))
    const { iamport, calls } = scripted({ paymentByMerchantUid: look })
    const { signal } = new AbortController()
    expect(await charge(iamport, order, { signal })).toMatchObject({ status: 'paid' })
    expect(await reconcileCharge(iamport, order, { signal })).toMatchObject({ status: 'paid' })
    const two = [undefined, 'paid'].map((status) => [order.merchantUid, status, { signal }])
    expect(look.mock.calls).toEqual([...two, ...two])
    Object.assign(found, { newest: { ...paymentOf(order), status: 'cancelled' }, paid: null })
    expect(await reconcileCharge(iamport, order)).toMatchObject({ status: 'declined', code: 'order-cancelled' })
    expect(calls.again).toBe(0)
    for (const newest of [paymentOf(order), null]) {
      look.mockClear()
      found.newest = newest
      await reconcileCharge(iamport, order)
      expect(look).toHaveBeenCalledTimes(1)
    }
  })
})

describe('a lock that the process has for itself', () => {
  it('forgets an order that was paid or came to nothing, so that it does not grow', async () => {
    const { iamport, sandbox, calls } = scripted()
    const order = newOrder()
    expect(await charge(iamport, order)).toMatchObject({ status: 'paid' })
    // nothing but the claim could keep this one from being sent
    sandbox.reset()
    await sandbox.register({ customerUid: order.customerUid, merchantUid: 'issue' })
    expect(await charge(iamport, order)).toMatchObject({ status: 'paid' })
    expect(calls.again).toBe(2)
  })

  it('forgets one that reconcileCharge found paid', async () => {
    const order = newOrder()
    let found: Payment | null = null
    const { iamport } = scripted({ paymentByMerchantUid: async () => found, again: lost })
    expect(await charge(iamport, order, once)).toMatchObject({ status: 'unknown' })
    found = paymentOf(order)
    expect(await reconcileCharge(iamport, order)).toMatchObject({ status: 'paid' })
    found = null
    expect(await charge(iamport, order, once)).toMatchObject({ status: 'unknown', cause: { message: 'reset' } })
  })
})

describe('reconcileCharge', () => {
  it('keeps the claim on a paid order, in a lock that others share', async () => {
    const { lock, sent } = memoryLock()
    const order = newOrder()
    lock.acquire(order.merchantUid, 'old')
    const { iamport } = scripted({ paymentByMerchantUid: looks(paymentOf(order)) })
    expect(await reconcileCharge(iamport, order, { lock })).toMatchObject({ status: 'paid' })
    expect(sent.get(order.merchantUid)?.claim).toBe('old')
  })

  it('frees a claim when it is as old as inFlightMs, and tells what failed', async () => {
    const released: string[] = []
    const order = newOrder()
    const lockAt = (ms: number) => ({ acquire: () => false, held: () => ({ claim: 'old', ms }), release: () => released.push('old') })
    const { iamport } = scripted({ paymentByMerchantUid: looks(failedOf(order, 'imp_1')) })
    const inFlight = { status: 'unknown', cause: { message: expect.stringContaining('on its way') } }
    for (const ms of [0, 299_999]) expect(await reconcileCharge(iamport, order, { lock: lockAt(ms) })).toMatchObject(inFlight)
    expect(released).toEqual([])
    let held: { claim: string; ms: number } | null = { claim: 'old', ms: 300_000 }
    const lock = {
      acquire: () => false,
      held: () => held,
      release() {
        held = null
      },
    }
    expect(await reconcileCharge(iamport, order, { lock })).toEqual({ status: 'declined', code: 'card-declined', message: '한도 초과' })
    expect(held).toBeNull()
  })

  it.each(['another-card', null])('takes no window that failed with %s for the charge', async (customerUid) => {
    const order = newOrder()
    const { iamport } = scripted({ paymentByMerchantUid: looks({ ...failedOf(order, 'imp_1'), customerUid }) })
    expect(await reconcileCharge(iamport, order)).toMatchObject({ status: 'declined', code: 'not-found' })
  })

  it('frees nothing while a payment is under way, or PortOne cannot be asked', async () => {
    const { lock, sent, age } = memoryLock()
    const order = newOrder()
    lock.acquire(order.merchantUid, 'old')
    age()
    for (const answer of [{ ...paymentOf(order), status: 'ready' as const }, new Error('down')])
      expect(await reconcileCharge(scripted({ paymentByMerchantUid: looks(answer) }).iamport, order, { lock })).toMatchObject({
        status: 'unknown',
        cause: { message: expect.stringMatching(/under way|down/) },
      })
    expect(sent.size).toBe(1)
  })

  it('says not-found of an order that nobody has claimed, and waits for nobody', async () => {
    const { lock } = memoryLock()
    expect(await reconcileCharge(scripted().iamport, newOrder(), { lock })).toMatchObject({ status: 'declined', code: 'not-found' })
  })
})
