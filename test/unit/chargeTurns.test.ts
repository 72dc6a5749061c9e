import { afterEach, describe, expect, it, vi } from 'vitest'
import { type ChargeClient, charge, reconcileCharge } from '../../src/server/index.ts'
import { memoryLock } from './memoryLock.ts'
import { newOrder, rejecting, scripted } from './scriptedClient.ts'

afterEach(() => {
  vi.useRealTimers()
})

describe('turns', () => {
  it('let reconcileCharge wait for a charge that is running', async () => {
    const order = newOrder()
    const { iamport } = scripted()
    const slow: ChargeClient = {
      ...iamport,
      async again(request) {
        await new Promise((resolve) => setTimeout(resolve, 200))
        return iamport.again(request)
      },
    }
    const { lock } = memoryLock()
    const running = charge(slow, order, { lock })
    expect(await reconcileCharge(slow, order, { lock })).toMatchObject({ status: 'paid' })
    expect(await running).toMatchObject({ status: 'paid' })
  })

  it('end at once when they are aborted while the charge is on its way, and claim nothing', async () => {
    const controller = new AbortController()
    const again: ChargeClient['again'] = (_, options) =>
      new Promise((_, reject) => {
        options?.signal?.addEventListener('abort', () => reject(options.signal?.reason))
        controller.abort(new Error('the job was stopped'))
      })
    const { lock, sent } = memoryLock()
    const order = newOrder()
    const result = await charge(scripted({ again }).iamport, order, { lock, signal: controller.signal })
    expect(result).toMatchObject({ status: 'unknown', cause: expect.anything() })
    expect([...sent.keys()]).toEqual([order.merchantUid])
  })

  it('end at once when they are aborted: in the queue, and during patience', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    const { iamport: lossy } = scripted({ again: rejecting(new Error('lost')) })
    const order = newOrder()
    const first = new AbortController()
    const second = new AbortController()
    const { lock } = memoryLock()
    const acquire = vi.fn(lock.acquire)
    const patient = { patienceMs: 30_000, lock: { ...lock, acquire } }
    const ended: string[] = []
    const running = charge(lossy, order, { ...patient, signal: first.signal }).finally(() => ended.push('running'))
    const waiting = charge(lossy, order, { ...patient, signal: second.signal }).finally(() => ended.push('waiting'))
    const asking = reconcileCharge(lossy, order, { ...patient, signal: second.signal }).finally(() => ended.push('asking'))
    await vi.advanceTimersByTimeAsync(1_000)
    second.abort()
    await vi.advanceTimersByTimeAsync(0)
    expect(ended).toEqual(['waiting', 'asking'])
    first.abort()
    await vi.advanceTimersByTimeAsync(0)
    expect(ended).toEqual(['waiting', 'asking', 'running'])
    const gaveUp = { status: 'unknown', cause: { message: expect.stringContaining('Aborted') } }
    expect([await waiting, await asking, await running]).toMatchObject([gaveUp, gaveUp, { status: 'unknown' }])
    await vi.advanceTimersByTimeAsync(60_000)
    // the one that gave up in the queue never begins
    expect(acquire).toHaveBeenCalledTimes(1)
    expect(await charge(lossy, newOrder(), { signal: AbortSignal.abort() })).toMatchObject({ code: 'not-sent' })
  })
})
