import { describe, expect, it, vi } from 'vitest'
import type { Fault } from '../../src/sandbox/index.ts'
import {
  type AgainRequest,
  type ChargeClient,
  type ChargedItem,
  type ChargeResult,
  charge,
  chargeMany,
  IamportApiError,
  type Payment,
  reconcileCharge,
} from '../../src/server/index.ts'
import { memoryLock } from './memoryLock.ts'
import { startSandbox } from './startSandbox.ts'

const { sandbox, exchanges, faults, client, pay, paidFor } = await startSandbox({ inFlightMs: 20 })
const iamport = client()
const impatient = { patienceMs: 300 }
const card = 'card-1'
await pay({ customer_uid: card, merchant_uid: 'issue-1' })
await pay({ customer_uid: 'card-4', merchant_uid: 'issue-4' }, '9410-0000-0000-0004')
const urlOf = (input: RequestInfo | URL) => (input instanceof Request ? input.url : String(input))
let number = 0
const newOrder = (change = {}) => {
  number += 1
  return { customerUid: card, merchantUid: `order-${number}`, amount: 9900, name: '월간', ...change }
}
const sends = (merchantUid: string) => sandbox.payments.filter((payment) => payment.merchant_uid === merchantUid).length
const posts = () => exchanges.filter(({ path }) => path.endsWith('/again')).length

describe('charge', () => {
  it('charges a key once per order number, however often it is asked', async () => {
    const order = newOrder()
    expect(await charge(iamport, order)).toMatchObject({ status: 'paid', payment: { amount: 9900 } })
    expect(await charge(iamport, order)).toMatchObject({ status: 'paid' })
    expect(paidFor(order.merchantUid)).toHaveLength(1)
    expect(sends(order.merchantUid)).toBe(1)
  })

  it('says declined for a declined card and for a key that is not there', async () => {
    expect(await charge(iamport, newOrder({ customerUid: 'card-4' }))).toMatchObject({
      status: 'declined',
      code: 'card-declined',
      message: '잔액이 부족합니다.',
    })
    expect(await charge(iamport, newOrder({ customerUid: 'none' }))).toMatchObject({ status: 'declined', code: 'portone--1' })
  })

  it('does not take another card’s or another amount’s payment for its own', async () => {
    const order = newOrder()
    await charge(iamport, order)
    expect(await charge(iamport, { ...order, amount: 1 })).toMatchObject({ status: 'declined', code: 'order-paid-otherwise' })
    expect(await charge(iamport, { ...order, customerUid: 'card-4' })).toMatchObject({ code: 'order-paid-otherwise' })
    expect(sends(order.merchantUid)).toBe(1)
  })

  it('does not charge an order again that was paid and refunded', async () => {
    const order = newOrder()
    await charge(iamport, order)
    await iamport.cancelPayment({ merchantUid: order.merchantUid })
    expect(await charge(iamport, order)).toMatchObject({ status: 'declined', code: 'order-cancelled' })
    expect(await reconcileCharge(iamport, order)).toMatchObject({ status: 'declined', code: 'order-cancelled' })
    expect(sends(order.merchantUid)).toBe(1)
  })

  it.each([Number.NaN, -1, 0, 10.5, '9900'])('refuses the amount %s before anything is sent', async (amount) => {
    await expect(charge(iamport, newOrder({ amount }))).rejects.toThrow(/amount/)
  })

  // docs/charge.md, row by row: what goes wrong, what is said, and what PortOne holds
  const rows: [Fault, ChargeResult['status'], code: string | null, paid: number][] = [
    [{ kind: 'reset', done: false }, 'unknown', null, 0],
    [{ kind: 'reset', done: true }, 'paid', null, 1],
    [{ kind: 'timeout', done: false, ms: 1_500 }, 'unknown', null, 0],
    [{ kind: 'timeout', done: true, ms: 1_500 }, 'paid', null, 1],
    [{ kind: 'server-error', done: false }, 'unknown', null, 0],
    [{ kind: 'server-error', done: true }, 'paid', null, 1],
    [{ kind: 'too-many-requests' }, 'declined', 'http-429', 0],
    [{ kind: 'html', done: false }, 'unknown', null, 0],
    [{ kind: 'html', done: true }, 'paid', null, 1],
    [{ kind: 'truncated', done: false }, 'unknown', null, 0],
    [{ kind: 'truncated', done: true }, 'paid', null, 1],
    [{ kind: 'refused' }, 'declined', 'portone--1', 0],
    [{ kind: 'declined' }, 'declined', 'card-declined', 0],
    [{ kind: 'ready', ms: 100 }, 'paid', null, 1],
    [{ kind: 'ready', ms: 60_000 }, 'unknown', null, 0],
  ]
  it.each(rows)('under %o it is %s', async (fault, status, code, paid) => {
    const order = newOrder()
    faults.push(fault)
    const before = posts()
    const { lock, age } = memoryLock()
    const result = await charge(client({ timeoutMs: fault.kind === 'timeout' ? 1_000 : 10_000 }), order, { patienceMs: 1_200, lock })
    expect(result.status).toBe(status)
    if (code) expect(result).toMatchObject({ code })
    expect(posts() - before).toBe(1)
    expect(paidFor(order.merchantUid)).toHaveLength(paid)
    // and nothing is claimed afterwards that is not so
    age()
    const later = await reconcileCharge(iamport, order, { lock })
    if (fault.kind !== 'ready') expect(later.status).toBe(paid ? 'paid' : 'declined')
  })

  it('replaces a refused token, once, and says so when it is refused again', async () => {
    const order = newOrder()
    faults.push({ kind: 'unauthorized' })
    expect(await charge(iamport, order, impatient)).toMatchObject({ status: 'paid' })
    faults.push({ kind: 'unauthorized' }, { kind: 'unauthorized' })
    expect(await charge(iamport, newOrder(), impatient)).toMatchObject({ status: 'declined', code: 'http-401' })
    expect(paidFor(order.merchantUid)).toHaveLength(1)
  })

  it('says not-sent where nothing can have left: no connection, no token, no look', async () => {
    const order = newOrder()
    expect(await charge(client({ baseUrl: 'http://127.0.0.1:2' }), order)).toMatchObject({ status: 'declined', code: 'not-sent' })
    faults.push(...[1, 2, 3].map(() => ({ kind: 'server-error' as const, path: /find/ })))
    expect(await charge(iamport, order)).toMatchObject({ status: 'declined', code: 'not-sent' })
    let looked = false
    const gone = client({
      fetch: (input, init) => {
        if (!urlOf(input).endsWith('/again')) return fetch(input, init)
        looked = true
        return fetch('http://127.0.0.1:2/', { method: 'POST' })
      },
    })
    expect(await charge(gone, order)).toMatchObject({ status: 'declined', code: 'not-sent' })
    expect(looked).toBe(true)
    expect(sends(order.merchantUid)).toBe(0)
  })

  it('does not take an older failure for the answer to this attempt', async () => {
    const order = newOrder()
    faults.push({ kind: 'declined' })
    expect(await charge(iamport, order)).toMatchObject({ status: 'declined', code: 'card-declined' })
    // on its way for longer than anybody waits
    faults.push({ kind: 'late', ms: 2_500 })
    expect(await charge(client({ timeoutMs: 1_000 }), order, impatient)).toMatchObject({ status: 'unknown' })
    await vi.waitFor(() => expect(paidFor(order.merchantUid)).toHaveLength(1), { timeout: 20_000 })
    expect(await reconcileCharge(iamport, order)).toMatchObject({ status: 'paid' })
  })

  it('sends nothing while a payment of the order is under way', async () => {
    const order = newOrder()
    faults.push({ kind: 'ready', ms: 60_000 })
    expect(await charge(iamport, order, impatient)).toMatchObject({ status: 'unknown' })
    expect(await charge(iamport, order, impatient)).toMatchObject({ status: 'unknown' })
    expect(await reconcileCharge(iamport, order)).toMatchObject({ status: 'unknown' })
    expect(sends(order.merchantUid)).toBe(1)
  })
})

describe('charge in one process', () => {
  it('charges an order once that is asked for eight times at once, and tells all of them', async () => {
    const order = newOrder()
    const results = await Promise.all(Array.from({ length: 8 }, () => charge(iamport, order, impatient)))
    expect(results.map(({ status }) => status)).toEqual(Array(8).fill('paid'))
    expect(sends(order.merchantUid)).toBe(1)
  })

  it('sends nothing again after a lost answer, until none can be on its way', async () => {
    const order = newOrder()
    faults.push({ kind: 'reset' })
    const before = posts()
    const alone = { ...iamport, timeoutMs: 5 }
    expect(await charge(alone, order, impatient)).toMatchObject({ status: 'unknown' })
    expect(await charge(alone, order, impatient)).toMatchObject({ status: 'unknown' })
    expect(await reconcileCharge(alone, order)).toMatchObject({ status: 'unknown' })
    expect(posts() - before).toBe(1)
    expect(await reconcileCharge(alone, order, { inFlightMs: 10 })).toMatchObject({ status: 'declined', code: 'not-found' })
    expect(await charge(alone, order, impatient)).toMatchObject({ status: 'paid' })
  })
})

describe('charge with a lock', () => {
  it('makes at most one payment of an order that eight charge at once', async () => {
    const { lock } = memoryLock()
    const order = newOrder()
    const results = await Promise.all(Array.from({ length: 8 }, () => charge(client(), order, { lock, ...impatient })))
    expect(paidFor(order.merchantUid)).toHaveLength(1)
    expect(results.filter(({ status }) => status === 'paid').length).toBeGreaterThan(0)
    expect(results.some(({ status }) => status === 'declined')).toBe(false)
    // without it, PortOne's own check leaves a gap between processes
    const open = newOrder()
    await Promise.all(Array.from({ length: 8 }, () => charge(client(), open, impatient)))
    expect(paidFor(open.merchantUid).length).toBeGreaterThan(1)
  })

  it('does not take another process’s failure for this attempt’s, however late that came', async () => {
    const order = newOrder()
    const { lock } = memoryLock()
    const acquire = async (merchantUid: string, claim: string) => {
      faults.push({ kind: 'declined' })
      await iamport.again(order)
      faults.push({ kind: 'late', ms: 2_500 })
      return lock.acquire(merchantUid, claim)
    }
    expect(await charge(client({ timeoutMs: 1_000 }), order, { lock: { ...lock, acquire }, ...impatient })).toMatchObject({
      status: 'unknown',
    })
    await vi.waitFor(() => expect(paidFor(order.merchantUid)).toHaveLength(1), { timeout: 20_000 })
  })

  it('frees an order that came to nothing, and keeps one that was paid or may have been', async () => {
    const { lock, sent, age } = memoryLock()
    const declined = newOrder({ customerUid: 'card-4' })
    await charge(iamport, declined, { lock })
    expect(sent.has(declined.merchantUid)).toBe(false)
    const paid = newOrder()
    await charge(iamport, paid, { lock })
    expect(sent.has(paid.merchantUid)).toBe(true)
    const lost = newOrder()
    faults.push({ kind: 'reset' })
    expect(await charge(iamport, lost, { lock, ...impatient })).toMatchObject({ status: 'unknown' })
    expect(await charge(iamport, lost, { lock, ...impatient })).toMatchObject({ status: 'unknown' })
    // too early to tell
    expect(await reconcileCharge(iamport, lost, { lock })).toMatchObject({ status: 'unknown' })
    age()
    expect(await reconcileCharge(iamport, lost, { lock })).toMatchObject({ status: 'declined', code: 'not-found' })
    expect(await charge(iamport, lost, { lock })).toMatchObject({ status: 'paid' })
    expect(paidFor(lost.merchantUid)).toHaveLength(1)
  })

  it('sends nothing when the lock is down, and forgets no result when it goes down later', async () => {
    const down = () => {
      throw new Error('database is gone')
    }
    const order = newOrder()
    expect(await charge(iamport, order, { lock: { acquire: down, held: down, release: down } })).toMatchObject({
      status: 'declined',
      code: 'not-sent',
    })
    expect(sends(order.merchantUid)).toBe(0)
    const half = { ...memoryLock().lock, release: down }
    expect(await charge(iamport, newOrder({ customerUid: 'card-4' }), { lock: half })).toMatchObject({ code: 'card-declined' })
    expect(await reconcileCharge(iamport, newOrder(), { lock: { ...half, held: down } })).toMatchObject({ status: 'unknown' })
    const unasked = { ...memoryLock().lock, held: down }
    expect(await charge(iamport, order, { lock: unasked })).toMatchObject({ status: 'declined', code: 'not-sent' })
    expect(sends(order.merchantUid)).toBe(0)
  })
})

/** What a client answers, by hand: for what no fault of the sandbox does. */
function scripted(change: Partial<ChargeClient> = {}) {
  const paid: Payment[] = []
  const calls = { again: 0, look: 0 }
  const iamport: ChargeClient = {
    timeoutMs: 1_000,
    async paymentByMerchantUid(merchantUid) {
      calls.look += 1
      return paid.find((payment) => payment.merchantUid === merchantUid) ?? null
    },
    async again(request) {
      calls.again += 1
      const payment = paymentOf(request)
      paid.push(payment)
      return payment
    },
    ...change,
  }
  return { iamport, paid, calls }
}
const paymentOf = ({ merchantUid, customerUid, amount, name }: AgainRequest): Payment => ({
  impUid: `imp_${merchantUid}`,
  merchantUid,
  status: 'paid',
  amount,
  cancelAmount: 0,
  currency: 'KRW',
  customerUid,
  name,
  cardName: null,
  cardNumber: null,
  failReason: null,
  customData: null,
  paidAt: 1,
})
const rejecting = (error: unknown) => () => Promise.reject(error)

describe('an owned claim', () => {
  it('is asked for once more before sending: a process that slept sends nothing', async () => {
    const { lock, age, sent } = memoryLock()
    const order = newOrder()
    const { iamport: sleeping, calls, paid } = scripted()
    // it sleeps during its look; meanwhile the order is reconciled and charged by another process
    let slept = false
    const look = async () => {
      if (slept) return null
      slept = true
      age(400_000)
      const awake = scripted({ again: sleeping.again }).iamport
      expect(await reconcileCharge(awake, order, { lock })).toMatchObject({ code: 'not-found' })
      expect(await charge(awake, order, { lock })).toMatchObject({ status: 'paid' })
      return null
    }
    expect(await charge({ ...sleeping, paymentByMerchantUid: look }, order, { lock })).toMatchObject({ status: 'unknown' })
    expect(calls.again).toBe(1)
    expect(paid).toHaveLength(1)
    // and the other's claim is not freed by it
    expect(sent.has(order.merchantUid)).toBe(true)
  })

  it('has to be younger than half of inFlightMs, the time to ask for it included', async () => {
    const { lock, age } = memoryLock()
    const { iamport: late, calls } = scripted({
      paymentByMerchantUid: async () => {
        age(160_000)
        return null
      },
    })
    expect(await charge(late, newOrder(), { lock })).toMatchObject({ code: 'not-sent' })
    const slow = memoryLock().lock
    const held = async (order: string) => {
      const answer = await slow.held(order)
      await new Promise((resolve) => setTimeout(resolve, 150))
      return answer
    }
    const quick = { ...scripted().iamport, timeoutMs: 100, again: late.again }
    expect(await charge(quick, newOrder(), { lock: { ...slow, held }, inFlightMs: 200 })).toMatchObject({ code: 'not-sent' })
    expect(await charge(quick, newOrder(), { lock: { ...slow, held: () => null } })).toMatchObject({ code: 'not-sent' })
    expect(calls.again).toBe(0)
  })

  it('that was made by a statement that failed is taken back', async () => {
    const { lock, sent } = memoryLock()
    const order = newOrder()
    const acquire = (merchantUid: string, claim: string) => {
      lock.acquire(merchantUid, claim)
      throw new Error('connection lost after the commit')
    }
    expect(await charge(scripted().iamport, order, { lock: { ...lock, acquire } })).toMatchObject({ code: 'not-sent' })
    expect(sent.size).toBe(0)
    expect(await charge(scripted().iamport, order, { lock })).toMatchObject({ status: 'paid' })
  })

  it('is freed by nobody who looked before it was made', async () => {
    const { lock, age, sent } = memoryLock()
    const order = newOrder()
    lock.acquire(order.merchantUid, 'old')
    age()
    const { iamport: other } = scripted({
      paymentByMerchantUid: async () => {
        lock.release(order.merchantUid, 'old')
        lock.acquire(order.merchantUid, 'new')
        return null
      },
    })
    expect(await reconcileCharge(other, order, { lock })).toMatchObject({ status: 'unknown' })
    expect(sent.get(order.merchantUid)?.claim).toBe('new')
  })

  it('does not become old by a wall clock that jumps', async () => {
    const { iamport: lossy } = scripted({ again: rejecting(new Error('lost')) })
    const order = newOrder()
    expect(await charge(lossy, order, { patienceMs: 0 })).toMatchObject({ status: 'unknown' })
    vi.useFakeTimers({ now: Date.now() + 360_000, toFake: ['Date'] })
    const later = await reconcileCharge(lossy, order)
    vi.setSystemTime(Date.now() - 7_200_000)
    const began = performance.now()
    const patient = await charge(lossy, newOrder(), { patienceMs: 1_000 })
    vi.useRealTimers()
    expect(later).toMatchObject({ status: 'unknown' })
    expect(patient).toMatchObject({ status: 'unknown' })
    expect(performance.now() - began).toBeLessThan(1_500)
  })

  it('needs an inFlightMs of twice the client’s timeoutMs', async () => {
    const { iamport: any } = scripted({ timeoutMs: 200_000 })
    await expect(charge(any, newOrder())).rejects.toThrow(/inFlightMs/)
    await expect(reconcileCharge(any, newOrder(), { inFlightMs: 399_999 })).rejects.toThrow(/inFlightMs/)
    await expect(charge(any, newOrder(), { inFlightMs: Number.NaN })).rejects.toThrow(/inFlightMs/)
    await expect(chargeMany(any, [])).rejects.toThrow(/inFlightMs/)
    expect(await charge(any, newOrder(), { inFlightMs: 400_000 })).toMatchObject({ status: 'paid' })
  })
})

describe('what PortOne said', () => {
  it('of our own request is paid, also without a customer_uid', async () => {
    const order = newOrder()
    const answer = { ...paymentOf(order), customerUid: null }
    const { iamport: terse } = scripted({ again: async () => answer })
    expect(await charge(terse, order)).toEqual({ status: 'paid', payment: answer })
    // money has moved, whatever else it says
    const odd = scripted({ again: async (request) => ({ ...paymentOf(request), amount: 1 }) })
    expect(await charge(odd.iamport, newOrder())).toMatchObject({ status: 'paid', payment: { amount: 1 } })
    // and so is what is found of it
    const { iamport: found } = scripted({ paymentByMerchantUid: async () => answer })
    expect(await charge(found, order)).toMatchObject({ status: 'paid' })
  })

  it('of another order is not taken for this one’s', async () => {
    const { iamport: mixed } = scripted({ again: async () => paymentOf(newOrder()) })
    expect(await charge(mixed, newOrder(), { patienceMs: 0 })).toMatchObject({ status: 'unknown' })
  })

  it('in another currency is another payment', async () => {
    const order = newOrder()
    const { iamport: dollars } = scripted({ paymentByMerchantUid: async () => ({ ...paymentOf(order), currency: 'USD' }) })
    expect(await charge(dollars, order)).toMatchObject({ code: 'order-paid-otherwise' })
    expect(await charge(dollars, { ...order, currency: 'usd' })).toMatchObject({ status: 'paid' })
  })

  it.each(['KRW', 'krw', undefined])('never holds a part of a won (%s)', async (currency) => {
    await expect(charge(scripted().iamport, newOrder({ amount: 99.5, currency }))).rejects.toThrow(/whole for KRW/)
  })
})

describe('turns', () => {
  it('let reconcileCharge wait for a charge that is running', async () => {
    const order = newOrder()
    const { iamport: slow, paid } = scripted({
      again: async (request) => {
        await new Promise((resolve) => setTimeout(resolve, 200))
        paid.push(paymentOf(request))
        return paymentOf(request)
      },
    })
    const { lock } = memoryLock()
    const running = charge(slow, order, { lock })
    expect(await reconcileCharge(slow, order, { lock })).toMatchObject({ status: 'paid' })
    expect(await running).toMatchObject({ status: 'paid' })
  })

  it('end at once when they are aborted: in the queue, and during patience', async () => {
    const { iamport: lossy } = scripted({ again: rejecting(new Error('lost')) })
    const order = newOrder()
    const first = new AbortController()
    const second = new AbortController()
    const began = performance.now()
    const { lock } = memoryLock()
    const acquire = vi.fn(lock.acquire)
    const patient = { patienceMs: 30_000, lock: { ...lock, acquire } }
    const running = charge(lossy, order, { ...patient, signal: first.signal })
    const waiting = charge(lossy, order, { ...patient, signal: second.signal })
    setTimeout(() => second.abort(), 50)
    expect(await waiting).toMatchObject({ status: 'unknown' })
    setTimeout(() => first.abort(), 1_000)
    expect(await running).toMatchObject({ status: 'unknown' })
    expect(performance.now() - began).toBeLessThan(1_400)
    await new Promise((resolve) => setTimeout(resolve, 100))
    // the one that gave up in the queue never begins
    expect(acquire).toHaveBeenCalledTimes(1)
    expect(await charge(lossy, newOrder(), { signal: AbortSignal.abort() })).toMatchObject({ code: 'not-sent' })
  })
})

/** As a job keeps its results between runs. */
const throughJson = (results: readonly ChargedItem[]) => JSON.parse(JSON.stringify(results)) as ChargedItem[]

describe('chargeMany', () => {
  it('gives one result for each, in order, a few at a time, and stops for nothing', async () => {
    const orders = [
      newOrder(),
      newOrder({ customerUid: 'card-4' }),
      newOrder({ amount: -1 }),
      newOrder(),
      newOrder({ customerUid: 'none' }),
    ]
    let running = 0
    let most = 0
    const counted = client({
      fetch: async (input, init) => {
        running += 1
        most = Math.max(most, running)
        const response = await fetch(input, init)
        running -= 1
        return response
      },
    })
    const told: string[] = []
    const items = await chargeMany(counted, orders, {
      concurrency: 2,
      onResult: ({ request }) => {
        told.push(request.merchantUid)
        throw new Error('the shop’s database is down')
      },
    })
    expect(items.map(({ request, result }) => [request, result.status])).toEqual(
      orders.map((order, at) => [order, ['paid', 'declined', 'declined', 'paid', 'declined'][at]]),
    )
    expect(items[2]?.result).toMatchObject({ code: 'invalid-request' })
    expect(told).toHaveLength(5)
    expect(most).toBeLessThanOrEqual(2)
  })

  it('claims nothing of a charge that broke off in a way nobody thought of', async () => {
    const broken = { ...client(), again: () => Promise.reject(new TypeError('a bug')) }
    expect(await chargeMany(broken, [newOrder()], impatient)).toMatchObject([{ result: { status: 'unknown' } }])
  })

  it('goes on from its own results, and charges an order that stands there twice once', async () => {
    const lost = newOrder()
    const first = newOrder()
    const orders = [first, lost, newOrder()]
    const { lock, age } = memoryLock()
    faults.push({ kind: 'reset' })
    const results = await chargeMany(iamport, [lost], { lock, ...impatient })
    expect(results).toMatchObject([{ result: { status: 'unknown' } }])
    age()
    const before = posts()
    const again: ChargedItem[] = await chargeMany(iamport, [...orders, first], { results: throughJson(results), lock, ...impatient })
    expect(again.map(({ result }) => result.status)).toEqual(['paid', 'declined', 'paid', 'paid'])
    expect(again[1]?.result).toMatchObject({ code: 'not-found' })
    expect(posts() - before).toBe(2)
    // what PortOne knows nothing of is charged the next time
    const once = await chargeMany(iamport, orders, { results: throughJson(again), lock })
    expect(once.map(({ result }) => result.status)).toEqual(['paid', 'paid', 'paid'])
    expect(posts() - before).toBe(3)
  })

  it('goes on after it was aborted, until all is charged', async () => {
    const { iamport: slow, paid } = scripted({
      again: async (request, { signal } = {}) => {
        await new Promise((resolve) => setTimeout(resolve, 10))
        if (signal?.aborted) throw new Error('aborted')
        paid.push(paymentOf(request))
        return paymentOf(request)
      },
    })
    const orders = Array.from({ length: 100 }, () => newOrder())
    const { lock, age } = memoryLock()
    const controller = new AbortController()
    setTimeout(() => controller.abort(), 60)
    let results = await chargeMany(slow, orders, { lock, signal: controller.signal })
    expect(results.some(({ result }) => result.status === 'declined')).toBe(true)
    for (let run = 0; run < 3; run += 1) {
      age()
      results = await chargeMany(slow, orders, { lock, results: throughJson(results), patienceMs: 0 })
    }
    expect(results.map(({ result }) => result.status)).toEqual(orders.map(() => 'paid'))
    expect(paid).toHaveLength(100)
  })

  it('listens once to its signal, however many it charges at a time', async () => {
    const controller = new AbortController()
    const listen = vi.spyOn(controller.signal, 'addEventListener')
    const forget = vi.spyOn(controller.signal, 'removeEventListener')
    const orders = Array.from({ length: 40 }, () => newOrder())
    await chargeMany(iamport, orders, { signal: controller.signal, concurrency: 20 })
    expect(listen).toHaveBeenCalledTimes(1)
    expect(forget).toHaveBeenCalledTimes(1)
  })

  it('charges again what a closed door turned away, and takes over what is definite', async () => {
    const codes = ['not-sent', 'not-found', 'http-401', 'http-429', 'card-declined', 'order-cancelled', 'portone--1']
    const orders = codes.map(() => newOrder())
    const results = orders.map((request, at): ChargedItem => {
      return { request, result: { status: 'declined', code: codes[at] ?? '', message: '' } }
    })
    const items = await chargeMany(scripted().iamport, orders, { results })
    expect(items.map(({ result }) => result.status)).toEqual([...Array(4).fill('paid'), ...Array(3).fill('declined')])
  })

  it('does not take over a payment of another amount, and lets nothing replace a payment', async () => {
    const order = newOrder({ amount: 100 })
    const item: ChargedItem = { request: order, result: { status: 'paid', payment: paymentOf(order) } }
    const lost: ChargedItem = { request: order, result: { status: 'declined', code: 'not-sent', message: '' } }
    const { iamport: any, calls } = scripted()
    expect(await chargeMany(any, [{ ...order, amount: 9900 }], { results: [item] })).toMatchObject([
      { result: { code: 'order-paid-otherwise' } },
    ])
    expect(await chargeMany(any, [order], { results: [item, lost] })).toMatchObject([{ result: { status: 'paid' } }])
    expect(calls.again).toBe(0)
  })

  it('keeps why something is unknown through JSON', async () => {
    const { iamport: lossy } = scripted({ again: rejecting(new IamportApiError('/again', 502, null, 'a gateway')) })
    const [item] = throughJson(await chargeMany(lossy, [newOrder()], { patienceMs: 0 }))
    expect(item?.result).toMatchObject({ cause: { httpStatus: 502, code: null, message: expect.stringContaining('a gateway') } })
  })

  it('reads its requests only as it charges them, also from an async iterable, and says when that breaks', async () => {
    let read = 0
    let most = 0
    const told: string[] = []
    async function* due() {
      for (; read < 50; read += 1) {
        most = Math.max(most, read - told.length)
        yield newOrder()
      }
      throw new Error('the database is gone')
    }
    const options = { concurrency: 3, onResult: ({ request }: ChargedItem) => void told.push(request.merchantUid) }
    await expect(chargeMany(scripted().iamport, due(), options)).rejects.toThrow('the database is gone')
    expect(told).toHaveLength(50)
    expect(most).toBeLessThanOrEqual(3)
    await expect(chargeMany(scripted().iamport, [], { concurrency: 0 })).rejects.toThrow(/concurrency/)
  })

  it('charges each order when one object is handed out for all of them, and when it is changed meanwhile', async () => {
    const sent: string[] = []
    const slow = {
      timeoutMs: 1_000,
      paymentByMerchantUid: () => new Promise<null>((resolve) => setTimeout(resolve, 5, null)),
      again: async ({ merchantUid }: AgainRequest) => {
        sent.push(merchantUid)
        return { impUid: merchantUid, merchantUid, status: 'paid', amount: 9900, currency: 'KRW' } as Payment
      },
    }
    const same = { customerUid: 'card', merchantUid: '', amount: 9900, name: '월간' }
    function* due() {
      for (const merchantUid of ['same-1', 'same-2', 'same-3']) yield Object.assign(same, { merchantUid })
    }
    const results = await chargeMany(slow, due())
    expect(results.map(({ request, result }) => [request.merchantUid, result.status])).toEqual(
      ['same-1', 'same-2', 'same-3'].map((merchantUid) => [merchantUid, 'paid']),
    )
    const one = charge(slow, Object.assign(same, { merchantUid: 'same-4' }))
    same.merchantUid = 'same-5'
    expect(await one).toMatchObject({ status: 'paid', payment: { merchantUid: 'same-4' } })
    expect(sent).toEqual(['same-1', 'same-2', 'same-3', 'same-4'])
  })

  it('stops for no request that is none, and takes no word of a payment that was not kept whole', async () => {
    const order = { customerUid: 'card', merchantUid: 'kept-1', amount: 9900, name: '월간' }
    const paid = { impUid: 'imp_1', merchantUid: 'kept-1', status: 'paid', amount: 9900, currency: 'KRW', customerUid: null } as Payment
    const asked = { timeoutMs: 1_000, paymentByMerchantUid: async () => paid, again: () => Promise.reject(new Error('never')) }
    const results = JSON.parse(JSON.stringify([{ request: order, result: { status: 'paid' } }]))
    const requests = [null as unknown as AgainRequest, order]
    expect((await chargeMany(asked, requests, { results })).map(({ result }) => result)).toMatchObject([
      { status: 'declined', code: 'invalid-request' },
      { status: 'paid', payment: { impUid: 'imp_1' } },
    ])
  })
})
