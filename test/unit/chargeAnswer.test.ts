import { describe, expect, it } from 'vitest'
import { charge, IamportApiError } from '../../src/server/index.ts'
import { memoryLock } from './memoryLock.ts'
import { newOrder, paymentOf, rejecting, scripted } from './scriptedClient.ts'

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

  it('under a status of 500 or more is a gateway’s: the order stays claimed', async () => {
    for (const httpStatus of [500, 502]) {
      const { lock, sent } = memoryLock()
      const { iamport: failing } = scripted({ again: rejecting(new IamportApiError('/subscribe/payments/again', httpStatus, -1, 'x')) })
      expect(await charge(failing, newOrder(), { lock, patienceMs: 0 })).toMatchObject({ status: 'unknown' })
      expect(sent.size).toBe(1)
    }
  })

  it('of no token is no word on the charge: nothing was sent, and nobody looks again', async () => {
    for (const [httpStatus, code] of [
      [401, -1],
      [502, null],
    ] as const) {
      const { lock, sent } = memoryLock()
      const { iamport: locked, calls } = scripted({ again: rejecting(new IamportApiError('/users/getToken', httpStatus, code, 'x')) })
      expect(await charge(locked, newOrder(), { lock })).toMatchObject({ code: 'not-sent' })
      expect(calls.look).toBe(1)
      expect(sent.size).toBe(0)
    }
  })

  it.each(['KRW', 'krw', undefined])('never holds a part of a won (%s)', async (currency) => {
    await expect(charge(scripted().iamport, newOrder({ amount: 99.5, currency }))).rejects.toThrow(/whole for KRW/)
  })
})
