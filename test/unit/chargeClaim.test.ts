import { afterEach, describe, expect, it, vi } from 'vitest'
import { expectCharged } from '../../src/sandbox/index.ts'
import { type AgainRequest, charge, reconcileCharge } from '../../src/server/index.ts'
import { memoryLock } from './memoryLock.ts'
import { newOrder, paymentOf, rejecting, scripted } from './scriptedClient.ts'

afterEach(() => {
  vi.useRealTimers()
})

describe('an owned claim', () => {
  it.each([undefined, {}, [], 'claim', { claim: 'old', ms: '400000' }, { claim: 'old', ms: Number.NaN }, { claim: 1, ms: 400_000 }])(
    'that the lock holds is told in its own form, or nothing is sent and nothing freed (%j)',
    async (answer) => {
      const { lock, sent } = memoryLock()
      const { iamport, calls } = scripted()
      const odd = { ...lock, held: () => answer as never }
      const words = expect.stringContaining('held has to answer null or { claim, ms }')
      expect(await charge(iamport, newOrder(), { lock: odd })).toMatchObject({ code: 'not-sent', message: words })
      const order = newOrder()
      lock.acquire(order.merchantUid, 'old')
      expect(await reconcileCharge(iamport, order, { lock: odd })).toMatchObject({ status: 'unknown', cause: { message: words } })
      expect([...sent.keys()]).toEqual([order.merchantUid])
      expect(calls.again).toBe(0)
    },
  )

  it('of another is an answer: the order may be on its way, whatever the lock says next', async () => {
    const { lock } = memoryLock()
    const order = newOrder()
    lock.acquire(order.merchantUid, 'another')
    const down = { ...lock, held: rejecting(new Error('the store is down')) }
    expect(await charge(scripted().iamport, order, { lock: down })).toMatchObject({ status: 'unknown' })
  })

  it('is asked for once more before sending: a process that slept sends nothing', async () => {
    const { lock, age, sent } = memoryLock()
    const order = newOrder()
    const { iamport: sleeping, calls, sandbox } = scripted()
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
    expect(expectCharged(sandbox, order.merchantUid, 9900).status).toBe('paid')
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
    // 50 ms before it is too old by the store, and the store's answer takes longer
    const slow = memoryLock().lock
    const held = async (order: string) => {
      const answer = await slow.held(order)
      await new Promise((resolve) => setTimeout(resolve, 100))
      return answer && { ...answer, ms: 59_950 }
    }
    const patient = { ...scripted().iamport, timeoutMs: 60_000, again: late.again }
    const tooOld = { code: 'not-sent', message: expect.stringContaining('too old') }
    expect(await charge(patient, newOrder(), { lock: { ...slow, held }, inFlightMs: 120_000 })).toMatchObject(tooOld)
    expect(await charge(patient, newOrder(), { lock: { ...slow, held: () => null } })).toMatchObject(tooOld)
    // a store that does not tell an age tells no young one
    const ageless = async (order: string) => ({ claim: (await slow.held(order))?.claim ?? '', ms: Number.NaN })
    const told = { code: 'not-sent', message: expect.stringContaining('ms as a number') }
    expect(await charge(patient, newOrder(), { lock: { ...slow, held: ageless } })).toMatchObject(told)
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

  it('does not become old by a wall clock that jumps, and nobody waits longer for one', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout'] })
    const { iamport: lossy } = scripted({ again: rejecting(new Error('lost')) })
    const order = newOrder()
    expect(await charge(lossy, order, { patienceMs: 0 })).toMatchObject({ status: 'unknown' })
    vi.setSystemTime(Date.now() + 360_000)
    expect(await reconcileCharge(lossy, order)).toMatchObject({ status: 'unknown' })
    const back = async () => {
      vi.setSystemTime(Date.now() - 3_600_000)
      return null
    }
    let result: unknown
    charge({ ...lossy, paymentByMerchantUid: back }, newOrder(), { patienceMs: 1_000 }).then((ended) => {
      result = ended
    })
    await vi.advanceTimersByTimeAsync(1_000)
    expect(result).toMatchObject({ status: 'unknown' })
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
    expect(await charge(iamport, newOrder(), { lock: mute, onError() {} })).toMatchObject(words)
    expect(await charge(iamport, newOrder(), { lock: { ...lock, held: never } })).toMatchObject(words)
    expect(await reconcileCharge(iamport, newOrder(), { lock: mute })).toMatchObject({ status: 'unknown' })
    expect(calls.again).toBe(0)
    // what is known already is told without it
    const { iamport: failing } = hurried({ again: async (request: AgainRequest) => ({ ...paymentOf(request), status: 'failed' }) })
    const onError = vi.fn()
    expect(await charge(failing, newOrder(), { lock: { ...lock, release: never }, onError })).toMatchObject({ code: 'card-declined' })
    expect(onError).toHaveBeenCalledTimes(1)
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

  it('sends nothing when it was aborted while the lock answered', async () => {
    const { iamport, calls } = scripted()
    const { lock, sent } = memoryLock()
    const controller = new AbortController()
    const held = (order: string) => {
      controller.abort()
      return lock.held(order)
    }
    const aborted = { code: 'not-sent', message: expect.stringContaining('aborted') }
    expect(await charge(iamport, newOrder(), { lock: { ...lock, held }, signal: controller.signal })).toMatchObject(aborted)
    expect(calls.again).toBe(0)
    expect(sent.size).toBe(0)
  })

  it('is asked once for a claim, also when its answer asks anew each time somebody waits for it', async () => {
    const { iamport } = hurried()
    const { lock } = memoryLock()
    // biome-ignore lint/suspicious/noThenProperty: query builders have one
    const builder = { then: vi.fn() }
    await charge(iamport, newOrder(), { lock: { ...lock, acquire: () => builder as never } })
    expect(builder.then).toHaveBeenCalledTimes(1)
  })

  it.each([1, 'yes', undefined, null, { rows: [] }])('sends nothing for an answer that is neither true nor false (%j)', async (answer) => {
    const { lock, sent } = memoryLock()
    const { iamport, calls } = hurried()
    for (const given of [answer, Promise.resolve(answer)]) {
      const acquire = (order: string, claim: string) => {
        lock.acquire(order, claim)
        return given as never
      }
      const words = { code: 'not-sent', message: expect.stringContaining('true or false') }
      expect(await charge(iamport, newOrder(), { lock: { ...lock, acquire } })).toMatchObject(words)
    }
    expect(calls.again).toBe(0)
    expect(sent.size).toBe(0)
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

  it('is asked to forget one that it makes too late and then fails over', async () => {
    const { lock, sent } = memoryLock()
    const { iamport } = hurried()
    const order = newOrder()
    let fail = () => {}
    const acquire = (merchantUid: string, claim: string) =>
      new Promise<boolean>((_, reject) => {
        fail = () => {
          lock.acquire(merchantUid, claim)
          reject(new Error('connection lost after the commit'))
        }
      })
    expect(await charge(iamport, order, { lock: { ...lock, acquire } })).toMatchObject({ code: 'not-sent' })
    fail()
    expect(sent.size).toBe(1)
    await vi.waitFor(() => expect(sent.size).toBe(0), { timeout: 10_000 })
  })
})

describe('a claim that cannot be given back', () => {
  const down = new Error('the table is locked')
  const stuck = () => ({ ...memoryLock().lock, release: rejecting(down) })
  const declining = () => scripted({ again: async (request: AgainRequest) => ({ ...paymentOf(request), status: 'failed' }) }).iamport

  it('is told to the operator, with its order and its reason', async () => {
    const order = newOrder()
    const onError = vi.fn()
    expect(await charge(declining(), order, { lock: stuck(), onError })).toMatchObject({ code: 'card-declined' })
    expect(onError.mock.calls).toEqual([[expect.any(Error), { merchantUid: order.merchantUid }]])
    expect(onError.mock.calls[0]?.[0]).toMatchObject({
      message: `The claim on order ${order.merchantUid} could not be given back: it stays locked until reconcileCharge. the table is locked`,
      cause: down,
    })
  })

  it('is told once when the whole lock is down', async () => {
    const onError = vi.fn()
    const lock = { ...stuck(), acquire: rejecting(down) }
    expect(await charge(scripted().iamport, newOrder(), { lock, onError })).toMatchObject({ code: 'not-sent' })
    expect(onError).toHaveBeenCalledTimes(1)
  })

  it('is written to the console when there is no onError, and when that fails or never ends', async () => {
    const log = vi.spyOn(console, 'error').mockReturnValue(undefined)
    const order = newOrder()
    await charge(declining(), order, { lock: stuck() })
    expect(log.mock.lastCall).toEqual([`react-billing-key charge of ${order.merchantUid}:`, expect.objectContaining({ cause: down })])
    const mail = new Error('mail is down')
    await charge(declining(), newOrder(), { lock: stuck(), onError: rejecting(mail) })
    expect(log.mock.lastCall).toEqual([expect.any(String), mail, 'over', expect.objectContaining({ cause: down })])
    log.mockRestore()
    vi.useFakeTimers()
    let ended: unknown
    const never = () => new Promise<never>(() => {})
    charge(declining(), newOrder(), { lock: stuck(), onError: never }).then((result) => {
      ended = result
    })
    await vi.advanceTimersByTimeAsync(5_000)
    expect(ended).toMatchObject({ code: 'card-declined' })
  })
})
