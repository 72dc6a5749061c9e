import { describe, expect, it, vi } from 'vitest'
import type { Fault } from '../../src/sandbox/index.ts'
import { type ChargeResult, charge, reconcileCharge } from '../../src/server/index.ts'
import { memoryLock } from './memoryLock.ts'
import { newOrder } from './scriptedClient.ts'
import { startSandbox } from './startSandbox.ts'

const { sandbox, exchanges, faults, client, pay, paidFor } = await startSandbox({ inFlightMs: 20 })
const iamport = client()
const impatient = { patienceMs: 300 }
const card = 'card-1'
await pay({ customer_uid: card, merchant_uid: 'issue-1' })
await pay({ customer_uid: 'card-4', merchant_uid: 'issue-4' }, '9410-0000-0000-0004')
const urlOf = (input: RequestInfo | URL) => (input instanceof Request ? input.url : String(input))
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

  it('takes a buyer that is null for none', async () => {
    expect(await charge(iamport, newOrder({ buyer: null }))).toMatchObject({ status: 'paid' })
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
    let looked = 0
    let all = () => {}
    const gate = new Promise<void>((resolve) => {
      all = resolve
    })
    /** Sends when all have looked, as it may come about between processes. */
    const together = () => {
      const made = client()
      const paymentByMerchantUid: typeof made.paymentByMerchantUid = async (...asked) => {
        const found = await made.paymentByMerchantUid(...asked)
        looked += 1
        if (looked === 8) all()
        await gate
        return found
      }
      return { ...made, paymentByMerchantUid }
    }
    await Promise.all(Array.from({ length: 8 }, () => charge(together(), open, impatient)))
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
    expect(await charge(iamport, order, { lock: { acquire: down, held: down, release: down }, onError() {} })).toMatchObject({
      status: 'declined',
      code: 'not-sent',
    })
    expect(sends(order.merchantUid)).toBe(0)
    const half = { ...memoryLock().lock, release: down }
    expect(await charge(iamport, newOrder({ customerUid: 'card-4' }), { lock: half, onError() {} })).toMatchObject({
      code: 'card-declined',
    })
    expect(await reconcileCharge(iamport, newOrder(), { lock: { ...half, held: down } })).toMatchObject({ status: 'unknown' })
    const unasked = { ...memoryLock().lock, held: down }
    expect(await charge(iamport, order, { lock: unasked })).toMatchObject({ status: 'declined', code: 'not-sent' })
    expect(sends(order.merchantUid)).toBe(0)
  })
})
