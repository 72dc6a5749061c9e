import { expect, it } from 'vitest'
import { openStore } from '../../examples/membership/src/server/store.ts'

const paid = { merchantUid: 'order', amount: 9900, currency: 'KRW', customerUid: 'card-mina', status: 'paid' as const }

function shop() {
  const store = openStore(':memory:')
  store.signIn('session-1', 'member-1', '미나')
  store.signIn('session-2', 'member-2', '미나')
  store.keepCard('member-1', 'card-mina', null, null)
  store.keepCard('member-2', 'card-other', null, null)
  store.addOrder('member-1', 'order', '월간 이용권', 9900, 'open')
  return store
}

it.each([
  ['a window for 1 won', { amount: 1 }],
  ['9,900 of another currency', { currency: 'JPY' }],
  ['another customer’s card', { customerUid: 'card-other' }],
  ['a payment without a card', { customerUid: null }],
  ['a payment that was refunded', { status: 'cancelled' as const }],
])('leaves an order open for %s', (_, change) => {
  const store = shop()
  expect(store.markPaid({ ...paid, ...change })).toBe(false)
  expect(store.orders('member-1')).toMatchObject([{ status: 'open' }])
})

it('takes an order’s own money, also by a card that was removed since', () => {
  const store = shop()
  store.dropCard('member-1', 'card-mina')
  expect(store.cards('member-1')).toEqual([])
  expect(store.markPaid(paid)).toBe(true)
  expect(store.orders('member-1')).toMatchObject([{ status: 'paid' }])
})

it('shows nothing of one browser’s member to another that enters the same name', () => {
  const store = shop()
  expect(store.memberOf('session-2')).toMatchObject({ id: 'member-2', name: '미나' })
  expect(store.cards('member-2')).toMatchObject([{ customer_uid: 'card-other' }])
})
