import { act, cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { BillingKeyButton, type BillingKeyOutcome, BillingKeyProvider, type RequestSource, useBillingKey } from '../../src/index.ts'
import { installFakeIamport, resetPage } from './fakeIamport.ts'

const request = { customerUid: 'card-1', merchantUid: 'order-1', name: '월간', amount: 9900 }
let fake: ReturnType<typeof installFakeIamport>
const onOutcome = vi.fn<(outcome: BillingKeyOutcome) => void>()

beforeEach(() => {
  resetPage()
  fake = installFakeIamport()
})
afterEach(() => {
  vi.restoreAllMocks()
  onOutcome.mockClear()
  cleanup()
})

let issueAsync: ReturnType<typeof useBillingKey>['issueAsync']
function Own() {
  issueAsync = useBillingKey({ onOutcome }).issueAsync
  return null
}

async function begin(source: RequestSource) {
  const shop = (customerKey: string, isThere = true) => (
    <BillingKeyProvider
      userCode="imp00000000"
      pg="jtnet"
      redirectUrl="/done"
      customerKey={customerKey}
      confirm={() => new Promise(() => {})}
    >
      {isThere && <Own />}
    </BillingKeyProvider>
  )
  const { rerender } = render(shop('member-1'))
  const ends: BillingKeyOutcome[] = []
  await act(async () => void issueAsync(source).then((outcome) => ends.push(outcome)))
  return { ends, turn: (customerKey: string, isThere?: boolean) => act(async () => rerender(shop(customerKey, isThere))) }
}
const ofNobody = { merchantUid: null, customerUid: null, impUid: null, order: null }

describe('issueAsync ends with an attempt that ends in silence', () => {
  it('as cancelled, when its component goes before the window', async () => {
    const { ends, turn } = await begin(() => new Promise(() => {}))
    const now = performance.now()
    vi.spyOn(performance, 'now').mockReturnValue(now + 5_000)
    await turn('member-1', false)
    expect(ends).toEqual([expect.objectContaining({ status: 'cancelled', by: 'customer', ...ofNobody })])
    expect(onOutcome).not.toHaveBeenCalled()
  })

  it('as cancelled, when another member signs in before the window', async () => {
    const { ends, turn } = await begin(() => new Promise(() => {}))
    await turn('member-2')
    expect(ends).toEqual([expect.objectContaining({ status: 'cancelled', by: 'customer', ...ofNobody })])
  })

  it.each(['in the window', 'at the server'])('as unconfirmed of no order, when another member signs in while it is %s', async (where) => {
    const { ends, turn } = await begin(request)
    expect(fake.calls).toHaveLength(1)
    if (where === 'at the server')
      await act(async () => fake.calls[0]?.answer({ success: true, imp_uid: 'imp_1', merchant_uid: 'order-1' }))
    expect(ends).toEqual([])
    await turn('member-2')
    expect(ends).toEqual([expect.objectContaining({ status: 'unconfirmed', reason: 'abandoned', mayStartAnew: false, ...ofNobody })])
    expect(onOutcome).not.toHaveBeenCalled()
  })
})

it.each([
  ['a BigInt', { amount: 1n }],
  [
    'itself',
    (() => {
      const order: { self?: object } = {}
      return Object.assign(order, { self: order })
    })(),
  ],
])('an order that holds %s is refused with a sentence at the click, and breaks nothing before it', async (_, order) => {
  const onError = vi.fn()
  const uncaught = vi.fn((event: ErrorEvent) => event.preventDefault())
  window.addEventListener('error', uncaught)
  render(
    <BillingKeyProvider userCode="imp00000000" pg="jtnet" redirectUrl="/done" api="/api">
      <BillingKeyButton order={order} onError={onError} />
    </BillingKeyProvider>,
  )
  await act(async () => void fireEvent.pointerDown(screen.getByRole('button')))
  await act(async () => void fireEvent.click(screen.getByRole('button')))
  window.removeEventListener('error', uncaught)
  expect(uncaught).not.toHaveBeenCalled()
  expect(onError).toHaveBeenCalledExactlyOnceWith(
    expect.objectContaining({ code: 'invalid-request', message: expect.stringContaining('BigInt') }),
  )
  expect(screen.getByRole('alert').textContent).not.toContain('인터넷')
})
