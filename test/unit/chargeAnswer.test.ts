import { describe, expect, it } from 'vitest'
import { charge } from '../../src/server/index.ts'
import { newOrder, paymentOf, scripted } from './scriptedClient.ts'

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
