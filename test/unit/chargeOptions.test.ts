import { describe, expect, it } from 'vitest'
import { charge, chargeMany, reconcileCharge } from '../../src/server/index.ts'
import { memoryLock } from './memoryLock.ts'
import { newOrder, scripted } from './scriptedClient.ts'

describe('options that are wrong', () => {
  it.each<[RegExp, object]>([
    [/no option locks/, { locks: memoryLock().lock }],
    [/lock has to be a ChargeLock/, { lock: null }],
    [/lock has to be a ChargeLock/, { lock: { acquire: () => true, release: () => true } }],
    [/patienceMs has to be 0 to 2147483647/, { patienceMs: 2 ** 31 }],
    [/patienceMs/, { patienceMs: -1 }],
    [/patienceMs/, { patienceMs: Number.NaN }],
    [/patienceMs/, { patienceMs: '1000' }],
    [/signal has to be an AbortSignal/, { signal: {} }],
    [/onError has to be a function/, { onError: 'mail' }],
    [/inFlightMs/, { inFlightMs: Number.POSITIVE_INFINITY }],
  ])('are refused before anything is asked: %s', async (sentence, options) => {
    const { iamport, calls } = scripted()
    await expect(charge(iamport, newOrder(), options)).rejects.toThrow(sentence)
    await expect(reconcileCharge(iamport, newOrder(), options)).rejects.toThrow(sentence)
    await expect(chargeMany(iamport, [newOrder()], options)).rejects.toThrow(sentence)
    expect(calls).toEqual({ again: 0, look: 0 })
  })

  it.each([undefined, Number.NaN, 0, 2 ** 31, '1000'])('as is a client whose timeoutMs is %s', async (timeoutMs) => {
    const { iamport, calls } = scripted({ timeoutMs: timeoutMs as number })
    await expect(charge(iamport, newOrder(), { inFlightMs: 2 ** 40 })).rejects.toThrow(/timeoutMs has to be above 0/)
    expect(calls).toEqual({ again: 0, look: 0 })
  })

  it.each([null, 5, {}, '', ' ', 'won '])('as is a currency of %j', async (currency) => {
    const { iamport, calls } = scripted()
    await expect(charge(iamport, newOrder({ currency }))).rejects.toThrow(/currency has to be text/)
    expect(calls).toEqual({ again: 0, look: 0 })
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
