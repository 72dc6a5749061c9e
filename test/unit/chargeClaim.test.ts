import { describe, expect, it, vi } from 'vitest'
import { type AgainRequest, charge, chargeMany, reconcileCharge } from '../../src/server/index.ts'
import { memoryLock } from './memoryLock.ts'
import { newOrder, paymentOf, rejecting, scripted } from './scriptedClient.ts'

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

describe('a lock that does not answer', () => {
  const never = () => new Promise<never>(() => {})
  const hurried = (change = {}) => scripted({ timeoutMs: 100, ...change })

  it('keeps nobody waiting, and nothing was sent', async () => {
    const { iamport, calls } = hurried()
    const { lock } = memoryLock()
    const words = { status: 'declined', code: 'not-sent', message: expect.stringContaining('no answer for 100 ms') }
    const mute = { acquire: never, held: never, release: never }
    expect(await charge(iamport, newOrder(), { lock: mute })).toMatchObject(words)
    expect(await charge(iamport, newOrder(), { lock: { ...lock, held: never } })).toMatchObject(words)
    expect(await reconcileCharge(iamport, newOrder(), { lock: mute })).toMatchObject({ status: 'unknown' })
    expect(calls.again).toBe(0)
    // what is known already is told without it
    const { iamport: failing } = hurried({ again: async (request: AgainRequest) => ({ ...paymentOf(request), status: 'failed' }) })
    expect(await charge(failing, newOrder(), { lock: { ...lock, release: never } })).toMatchObject({ code: 'card-declined' })
    const old = { acquire: () => false, held: () => ({ claim: 'old', ms: 400_000 }), release: never }
    expect(await reconcileCharge(iamport, newOrder(), { lock: old })).toMatchObject({ status: 'unknown' })
  })

  it('ends with the caller’s signal', async () => {
    const { iamport, calls } = scripted({ timeoutMs: 60_000 })
    const { lock } = memoryLock()
    const given = () => ({ signal: AbortSignal.timeout(50) })
    const aborted = { code: 'not-sent', message: expect.stringContaining('aborted') }
    expect(await charge(iamport, newOrder(), { lock: { ...lock, acquire: never }, ...given() })).toMatchObject(aborted)
    expect(await charge(iamport, newOrder(), { lock: { ...lock, held: never }, ...given() })).toMatchObject(aborted)
    expect(await reconcileCharge(iamport, newOrder(), { lock: { ...lock, held: never }, ...given() })).toMatchObject({ status: 'unknown' })
    expect(calls.again).toBe(0)
  })

  it('is asked once for a claim, also when its answer asks anew each time somebody waits for it', async () => {
    const { iamport } = hurried()
    const { lock } = memoryLock()
    // biome-ignore lint/suspicious/noThenProperty: query builders have one
    const builder = { then: vi.fn() }
    await charge(iamport, newOrder(), { lock: { ...lock, acquire: () => builder as never } })
    expect(builder.then).toHaveBeenCalledTimes(1)
  })

  it('is asked to forget a claim that it makes too late', async () => {
    const { lock, sent } = memoryLock()
    const { iamport } = hurried()
    let made = false
    const acquire = async (order: string, claim: string) => {
      await new Promise((resolve) => setTimeout(resolve, 300))
      made = lock.acquire(order, claim) as boolean
      return made
    }
    expect(await charge(iamport, newOrder(), { lock: { ...lock, acquire } })).toMatchObject({ code: 'not-sent' })
    await vi.waitFor(() => expect(made).toBe(true), { timeout: 10_000 })
    await vi.waitFor(() => expect(sent.size).toBe(0), { timeout: 10_000 })
  })
})

describe('options that are wrong', () => {
  it.each<[RegExp, object]>([
    [/no option locks/, { locks: memoryLock().lock }],
    [/lock has to be a ChargeLock/, { lock: null }],
    [/lock has to be a ChargeLock/, { lock: { acquire: () => true, release: () => true } }],
    [/patienceMs has to be 0 to 2147483647/, { patienceMs: 2 ** 31 }],
    [/patienceMs/, { patienceMs: -1 }],
    [/patienceMs/, { patienceMs: Number.NaN }],
    [/inFlightMs/, { inFlightMs: Number.POSITIVE_INFINITY }],
  ])('are refused before anything is asked: %s', async (sentence, options) => {
    const { iamport, calls } = scripted()
    await expect(charge(iamport, newOrder(), options)).rejects.toThrow(sentence)
    await expect(reconcileCharge(iamport, newOrder(), options)).rejects.toThrow(sentence)
    await expect(chargeMany(iamport, [newOrder()], options)).rejects.toThrow(sentence)
    expect(calls).toEqual({ again: 0, look: 0 })
  })

  it.each([undefined, Number.NaN, 0, 2 ** 31])('as is a client whose timeoutMs is %s', async (timeoutMs) => {
    const { iamport, calls } = scripted({ timeoutMs: timeoutMs as number })
    await expect(charge(iamport, newOrder(), { inFlightMs: 2 ** 40 })).rejects.toThrow(/timeoutMs has to be above 0/)
    expect(calls).toEqual({ again: 0, look: 0 })
  })
})
