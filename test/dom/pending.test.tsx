import { beforeEach, describe, expect, it, vi } from 'vitest'
import { attemptsOfPage } from '../../src/attempt/page.ts'
import {
  forget,
  forgetTold,
  isStorageUsable,
  keepOnlyFor,
  landedOrder,
  lastIssuedAt,
  lastTold,
  markTold,
  pendingAttempt,
  pendingAttempts,
  remember,
  rememberLanding,
} from '../../src/attempt/pending.ts'
import { noFacts } from '../../src/billing/outcome.ts'
import type { BillingKeyOutcome } from '../../src/index.ts'
import { resetPage } from './fakeIamport.ts'

const attempt = {
  merchantUid: 'issue-1',
  customerUid: 'card-1',
  amount: 9900,
  pg: 'jtnet',
  token: 'signed',
  order: { plan: 'monthly' },
  impUid: null,
  startedAt: Date.now(),
  failedAsks: 0,
  cameToNothing: false,
}

beforeEach(() => resetPage())

describe('what survives the page', () => {
  it('is read from this tab’s storage, one for each order', () => {
    remember(attempt)
    remember({ ...attempt, merchantUid: 'issue-2' })
    remember({ ...attempt, failedAsks: 1 })
    expect(localStorage.length).toBe(0)
    expect(pendingAttempts()).toHaveLength(2)
    expect(pendingAttempt('issue-1')).toMatchObject({ ...attempt, failedAsks: 1 })
    forget('issue-1')
    expect(pendingAttempts()).toMatchObject([{ merchantUid: 'issue-2' }])
  })

  it('has begun by now, whatever the clock says since', () => {
    remember({ ...attempt, startedAt: Date.now() + 86_400_000 })
    expect(pendingAttempt('issue-1')?.startedAt).toBeLessThanOrEqual(Date.now())
    remember({ ...attempt, startedAt: 1 })
    expect(pendingAttempt('issue-1')).toMatchObject({ startedAt: 1 })
  })

  it('is kept as long as the tab: money that was paid hours ago was paid all the same', () => {
    remember({ ...attempt, startedAt: Date.now() - 86_400_000 })
    expect(pendingAttempt('issue-1')).toMatchObject({ order: attempt.order })
  })

  it.each(['getItem', 'setItem'] as const)('serves for the life of the page where %s throws', (method) => {
    const blocked = vi.spyOn(Storage.prototype, method).mockImplementation(() => {
      throw new DOMException('blocked', 'SecurityError')
    })
    if (method === 'getItem')
      vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
        throw new DOMException('blocked', 'SecurityError')
      })
    remember(attempt)
    expect(pendingAttempt('issue-1')).toMatchObject({ merchantUid: 'issue-1' })
    expect(isStorageUsable()).toBe(false)
    blocked.mockRestore()
    vi.restoreAllMocks()
  })

  it('goes with the member it belongs to, and stays when the session has only gone', () => {
    keepOnlyFor('member-1')
    remember(attempt)
    keepOnlyFor(undefined)
    keepOnlyFor('member-1')
    expect(pendingAttempts()).toHaveLength(1)
    keepOnlyFor('member-2')
    expect(pendingAttempts()).toHaveLength(0)
  })

  it('is a guest’s until the guest signs in, and that member’s after a reload', () => {
    remember(attempt)
    keepOnlyFor('member-1')
    expect(pendingAttempts()).toHaveLength(1)
    resetPage({ keepStorage: true })
    keepOnlyFor('member-1')
    expect(pendingAttempts()).toHaveLength(1)
    resetPage({ keepStorage: true })
    const { drops } = attemptsOfPage()
    keepOnlyFor('member-2')
    expect(pendingAttempts()).toHaveLength(0)
    expect(attemptsOfPage().drops).not.toBe(drops)
    remember(attempt)
    resetPage({ keepStorage: true })
    keepOnlyFor('member-1')
    expect(pendingAttempts()).toHaveLength(0)
  })

  it('is not taken over by the page of the member before, out of the back/forward cache', () => {
    keepOnlyFor('member-1')
    sessionStorage.setItem('react-billing-key', JSON.stringify({ customerKey: 'member-2', pending: [attempt] })) // by a later page
    keepOnlyFor('member-1')
    expect(pendingAttempts()).toHaveLength(0)
  })

  it('has no copy left after storage.clear() at logout', () => {
    remember(attempt)
    sessionStorage.clear()
    expect(pendingAttempts()).toHaveLength(0)
  })

  it.each([
    ['cleared', () => sessionStorage.clear()],
    ['kept', () => keepOnlyFor(undefined)],
    [
      'cleared, and then seen nobody in,',
      () => {
        sessionStorage.clear()
        keepOnlyFor(undefined)
      },
    ],
  ])('tells the next member nothing of what the one before was told, where the logout has %s the storage', (_, logOut) => {
    keepOnlyFor('member-1')
    markTold({ ...noFacts, merchantUid: 'issue-1', status: 'cancelled', by: 'closed', asked: true })
    expect(lastTold('issue-1')).not.toBeNull()
    logOut()
    keepOnlyFor('member-2')
    expect(lastTold('issue-1')).toBeNull()
  })

  it.each([
    '{',
    '[]',
    'null',
    '1',
    '{"pending":{}}',
    '{"pending":[{"merchantUid":1},null,{"merchantUid":"m","customerUid":"c","amount":"0"}]}',
  ])('is nothing when the storage holds %s', (text) => {
    sessionStorage.setItem('react-billing-key', text)
    expect(pendingAttempts()).toEqual([])
  })

  it.each([
    null,
    'issue-0',
    { customerUid: 'c', amount: 0, startedAt: 0 },
    { merchantUid: 'm', amount: 0, startedAt: 0 },
    { ...attempt, startedAt: '0' },
    { ...attempt, amount: '0' },
  ])('is not lost beside one that is broken (%j)', (broken) => {
    sessionStorage.setItem('react-billing-key', JSON.stringify({ pending: [broken, { ...attempt, merchantUid: 'issue-2' }] }))
    expect(pendingAttempts()).toMatchObject([{ merchantUid: 'issue-2' }])
  })

  it('is read with what another version of this package left out or called otherwise', () => {
    const order = { merchantUid: 'm', customerUid: 'c', amount: 0, startedAt: Date.now(), impUid: 1, failedAsks: 'two' }
    const told = [{ merchantUid: 'm', status: 'pending' }]
    sessionStorage.setItem('react-billing-key', JSON.stringify({ pending: [order], told }))
    expect(pendingAttempts()).toMatchObject([{ merchantUid: 'm', impUid: null, failedAsks: 0 }])
    expect(lastTold('m')).toBeNull()
  })
})

describe('what was told', () => {
  const outcomeOf = (merchantUid: string, status: 'issued' | 'unconfirmed' = 'unconfirmed') =>
    ({ merchantUid, status }) as unknown as BillingKeyOutcome
  const reload = () => resetPage({ keepStorage: true })

  it('is known after a reload: the last word of each of the fifty newest orders', () => {
    expect(isStorageUsable()).toBe(true)
    for (let index = 0; index < 51; index += 1) markTold(outcomeOf(`order-${index}`))
    markTold(outcomeOf('order-1', 'issued'))
    reload()
    expect(lastTold('order-0')).toBeNull()
    expect(lastTold('order-1')).toEqual(outcomeOf('order-1', 'issued'))
    expect(lastTold('order-2')).toEqual(outcomeOf('order-2'))
    markTold(outcomeOf('order-51'))
    markTold(outcomeOf('order-51', 'issued'))
    reload()
    expect(lastTold('order-2')).toBeNull()
    expect(lastTold('order-3')).toEqual(outcomeOf('order-3'))
  })

  it('is forgotten of the order that has a new window, and of no other', () => {
    markTold(outcomeOf('order-1'))
    markTold(outcomeOf('order-2'))
    forgetTold('order-1')
    for (const when of ['before', 'after']) {
      if (when === 'after') reload()
      expect(lastTold('order-1')).toBeNull()
      expect(lastTold('order-2')).toEqual(outcomeOf('order-2'))
    }
  })

  it('says when a key was issued last, and nothing else does', () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_000 })
    expect(lastIssuedAt()).toBe(0)
    markTold(outcomeOf('order-1', 'issued'))
    vi.setSystemTime(2_000)
    markTold(outcomeOf('order-2'))
    markTold({ ...outcomeOf('order-3', 'issued'), merchantUid: null } as BillingKeyOutcome)
    reload()
    expect(lastIssuedAt()).toBe(1_000)
    vi.useRealTimers()
  })

  it('is nothing where another script wrote something else', () => {
    const told = [null, 'issued', 1, { merchantUid: 'order-1' }, { merchantUid: 'order-1', status: 'paid' }, outcomeOf('order-2')]
    sessionStorage.setItem('react-billing-key', JSON.stringify({ told, issuedAt: 'now', landing: { path: '/done', merchantUid: 1 } }))
    expect(lastTold('order-1')).toBeNull()
    expect(lastTold('order-2')).toEqual(outcomeOf('order-2'))
    expect(lastIssuedAt()).toBe(0)
    expect(landedOrder('/done')).toBeNull()
  })

  it('is about the order that landed on this page', () => {
    expect(landedOrder('/done')).toBeNull()
    rememberLanding('/done', 'order-1')
    reload()
    expect(landedOrder('/done')).toBe('order-1')
    expect(landedOrder('/')).toBeNull()
  })
})
