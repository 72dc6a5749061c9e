import { expect, it } from 'vitest'
import { openDatabase, openStore } from '../../examples/membership/src/server/store.ts'

const paid = {
  impUid: 'imp_1',
  merchantUid: 'one-2',
  amount: 9900,
  currency: 'KRW',
  customerUid: 'card-mina',
  status: 'paid',
  cancelAmount: 0,
} as const

function shop({ failing = false } = {}) {
  const db = openDatabase(':memory:')
  const store = openStore(db, () => '2026-03-31')
  store.signIn('session-1', 'member-1', '미나')
  store.signIn('session-2', 'member-2', '미나')
  store.keepCard('member-1', { customerUid: 'card-mina', name: null, number: null })
  store.keepCard('member-2', { customerUid: 'card-other', name: null, number: null })
  store.subscribe({
    id: 'one',
    member: 'member-1',
    plan: 'trial',
    amount: 9900,
    customerUid: 'card-mina',
    freeMonths: 1,
    startedOn: '2026-03-31',
  })
  store.openOrder('one', { merchantUid: 'one-2', name: '4월 이용권', amount: 9900 }, '2026-04-30')
  // told last of all
  if (failing) db.exec("create trigger full before insert on history begin select raise(abort, 'the disk is full'); end")
  return store
}

it.each([
  ['a window for 1 won', { amount: 1 }],
  ['9,900 of another currency', { currency: 'JPY' }],
  ['another customer’s card', { customerUid: 'card-other' }],
  ['a payment without a card', { customerUid: null }],
  ['a payment that was refunded', { status: 'cancelled' as const, cancelAmount: 9900 }],
])('leaves an order open for %s', (_, change) => {
  const store = shop()
  expect(store.markPaid({ ...paid, ...change })).toBe(false)
  expect(store.orders('member-1')).toMatchObject([{ status: 'open' }])
  expect(store.subscription('one')).toMatchObject({ months: 1 })
})

it('takes an order’s own money of which a part was given back, whatever PortOne calls it', () => {
  const store = shop()
  expect(store.markPaid({ ...paid, status: 'cancelled', cancelAmount: 3_000 })).toBe(true)
  expect(store.orders('member-1')).toMatchObject([{ status: 'paid' }])
})

it('takes an order’s own money, also by a card that was removed since, and settles its month once', () => {
  const store = shop()
  store.dropCard('member-1', 'card-mina')
  expect(store.cards('member-1')).toEqual([])
  expect(store.markPaid(paid)).toBe(true)
  expect(store.markPaid(paid)).toBe(true)
  expect(store.orders('member-1')).toMatchObject([{ status: 'paid' }])
  expect(store.subscription('one')).toMatchObject({ months: 2, customerUid: null })
  expect(store.history('member-1').filter(({ kind }) => kind === 'paid')).toHaveLength(1)
})

it('takes all of a payment or nothing', () => {
  const store = shop({ failing: true })
  expect(() => store.markPaid(paid)).toThrow('the disk is full')
  expect(store.orders('member-1')).toMatchObject([{ status: 'open' }])
})

it('goes on with a subscription that was given up, once its month is paid after all', () => {
  const store = shop()
  const row = store.subscription('one')
  if (row) store.end(row, 'unpaid')
  expect(store.allOpen()).toEqual([])
  store.markPaid(paid)
  expect(store.allOpen()).toMatchObject([{ id: 'one', months: 2 }])
})

it('lets nobody have two subscriptions: one that was given up stays so when another has begun', () => {
  const store = shop()
  const row = store.subscription('one')
  if (row) store.end(row, 'unpaid')
  store.subscribe({
    id: 'two',
    member: 'member-1',
    plan: 'now',
    amount: 9900,
    customerUid: 'card-mina',
    freeMonths: 0,
    startedOn: '2026-03-31',
  })
  expect(store.markPaid(paid)).toBe(true)
  expect(store.allOpen()).toMatchObject([{ id: 'two' }])
})

it('shows nothing of one browser’s member to another that enters the same name', () => {
  const store = shop()
  expect(store.memberOf('session-2')).toMatchObject({ id: 'member-2', name: '미나' })
  expect(store.cards('member-2')).toMatchObject([{ customerUid: 'card-other' }])
  expect(store.order('member-2', 'one-2')).toBe(null)
})
