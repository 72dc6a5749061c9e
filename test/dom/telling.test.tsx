import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { StrictMode, useState } from 'react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { pendingAttempt, pendingAttempts } from '../../src/attempt/pending.ts'
import {
  BillingKeyButton,
  type BillingKeyOutcome,
  BillingKeyProvider,
  BillingKeyRedirect,
  type BillingKeyRequest,
  type Claim,
  type ConfirmAnswer,
} from '../../src/index.ts'
import { installFakeIamport, resetPage } from './fakeIamport.ts'

type Confirm = (claim: Claim) => Promise<ConfirmAnswer>
const issuedOf = ({ merchantUid, impUid }: Claim, change: object = {}): ConfirmAnswer => ({
  status: 'issued',
  customerUid: `key-of-${merchantUid}`,
  impUid: impUid ?? 'imp_1',
  charged: 0,
  currency: 'KRW',
  card: null,
  ...change,
})
let fake: ReturnType<typeof installFakeIamport>
let number = 0
const newRequest = (): BillingKeyRequest => {
  number += 1
  return { customerUid: `card-${number}`, merchantUid: `order-${number}`, name: '월간', amount: 9900 }
}

beforeEach(() => {
  number = 0
  resetPage()
  fake = installFakeIamport()
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
  vi.useRealTimers()
  cleanup()
})

const told: string[] = []
const tell = ({ status, merchantUid }: BillingKeyOutcome) => void told.push(`${status} ${merchantUid}`)
const click = (element: HTMLElement) => act(async () => void fireEvent.click(element))
const answer = (at: number) =>
  act(async () => fake.calls[at]?.answer({ success: true, imp_uid: `imp_${at}`, merchant_uid: fake.calls[at]?.params.merchant_uid }))
const close = () => click(screen.getByRole('button', { name: '결제창 닫기' }))
const offline = () => Promise.reject(new Error('offline'))

async function show(confirm: Confirm, props: object = {}) {
  told.length = 0
  const page = render(
    <StrictMode>
      <BillingKeyProvider userCode="imp00000000" pg="jtnet" redirectUrl="/done" confirm={confirm}>
        <BillingKeyButton request={newRequest} onOutcome={tell} {...props} />
      </BillingKeyProvider>
    </StrictMode>,
  )
  await act(async () => {})
  return { ...page, button: screen.getAllByRole('button')[0] as HTMLButtonElement }
}

/** The landing, as a page of its own in the same tab. */
async function land(query: string, confirm: Confirm, onOutcome = tell) {
  cleanup()
  resetPage({ keepStorage: true })
  history.replaceState(null, '', `/done${query}`)
  told.length = 0
  render(
    <StrictMode>
      <BillingKeyProvider userCode="imp00000000" confirm={confirm}>
        <BillingKeyRedirect onOutcome={onOutcome} />
      </BillingKeyProvider>
    </StrictMode>,
  )
  await waitFor(() => expect(document.querySelector('[data-status=pending]')).toBeNull())
}

describe('a button', () => {
  it('keeps the window of a second order, and its outcome, when the first order’s late success cannot be asked about', async () => {
    const confirm: Confirm = async (claim) => {
      if (claim.impUid === 'imp_1') return issuedOf(claim)
      return claim.impUid === null ? { status: 'none' } : offline()
    }
    const { button } = await show(confirm, { request: () => ({ ...newRequest(), amount: 0 }) })
    await click(button)
    await close()
    await click(button)
    await answer(0) // the first, while the second is open
    expect(button.dataset.phase).toBe('window-open')
    await answer(1)
    await answer(0)
    expect(told).toEqual(['cancelled order-1', 'issued order-2'])
    expect(screen.getByText('카드를 등록했어요.')).toBeDefined()
    expect(pendingAttempt('order-1')).toMatchObject({ impUid: 'imp_0' }) // and it is not lost
  })

  it('asks once for a double click on "ask again", is told once, and leaves nothing that the next window tells again', async () => {
    let decide: () => void = () => {}
    const confirm = vi
      .fn<Confirm>()
      .mockRejectedValueOnce(new Error('offline'))
      .mockImplementation((claim) => new Promise((resolve) => (decide = () => resolve(issuedOf(claim)))))
    const { button } = await show(confirm)
    await click(button)
    await answer(0)
    expect(button.textContent).toBe('결과 다시 확인')
    await act(async () => {
      button.click()
      button.click()
    })
    expect(confirm).toHaveBeenCalledTimes(2)
    await act(async () => decide())
    expect(told).toEqual(['unconfirmed order-1', 'issued order-1'])
    expect(pendingAttempts()).toEqual([])
    await click(button)
    expect(fake.calls).toHaveLength(2)
    expect(confirm).toHaveBeenCalledTimes(2)
    expect(told).toHaveLength(2)
  })

  it('asks again in place of opening another window, also where the shop has cleared the storage since', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const confirm = vi
      .fn<Confirm>()
      .mockRejectedValueOnce(new Error('offline'))
      .mockImplementation(async (claim) => issuedOf(claim))
    const { button } = await show(confirm)
    await click(button)
    await answer(0)
    sessionStorage.clear()
    await click(button)
    expect(fake.calls).toHaveLength(1)
    expect(told).toEqual(['unconfirmed order-1', 'issued order-1'])
  })

  it('does not count as the customer’s asks those that it makes itself when the page is seen again', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const confirm = vi.fn<Confirm>(offline)
    const { button } = await show(confirm)
    await click(button)
    await answer(0)
    for (let i = 0; i < 3; i += 1) await act(async () => void document.dispatchEvent(new Event('visibilitychange')))
    expect(confirm).toHaveBeenCalledTimes(4)
    expect(pendingAttempt('order-1')).toMatchObject({ failedAsks: 0 })
    await click(button) // and so it asks, and opens no window over a payment that may be there
    expect(fake.calls).toHaveLength(1)
    expect(pendingAttempt('order-1')).toMatchObject({ failedAsks: 1 })
  })

  it('works after it was unmounted and mounted again over a window that says nothing', async () => {
    function Shop() {
      const [isThere, setThere] = useState(true)
      return (
        <BillingKeyProvider userCode="imp00000000" pg="jtnet" redirectUrl="/done">
          {isThere && <BillingKeyButton request={newRequest} onOutcome={tell} quiet />}
          <button type="button" onClick={() => setThere(!isThere)}>
            열고 닫기
          </button>
        </BillingKeyProvider>
      )
    }
    told.length = 0
    render(<Shop />)
    await act(async () => {})
    await click(screen.getByRole('button', { name: '카드 등록하기' }))
    for (let time = 0; time < 2; time += 1) await click(screen.getByRole('button', { name: '열고 닫기' }))
    await close()
    expect(told).toEqual(['cancelled order-1'])
    await click(screen.getByRole('button', { name: '카드 등록하기' }))
    expect(fake.calls).toHaveLength(2)
  })

  it('gives a request thirty seconds', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    const onError = vi.fn()
    const { button } = await show(offline, { request: () => new Promise(() => {}), onError })
    await click(button)
    await act(() => vi.advanceTimersByTimeAsync(29_000))
    expect(onError).not.toHaveBeenCalled()
    await act(() => vi.advanceTimersByTimeAsync(1_100))
    expect(onError).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 'request-failed' }))
    expect(button.getAttribute('aria-busy')).toBe('false')
  })

  it('says dollars and cents where they were charged', async () => {
    const { button } = await show(async (claim) => issuedOf(claim, { charged: 9.99, currency: 'USD' }), {
      request: () => ({ ...newRequest(), amount: 9.99, currency: 'USD', pg: 'paypal_v2' }),
    })
    await click(button)
    await answer(0)
    expect(screen.getByText(/9\.99/).textContent).toMatch(/(US\$|\$|USD|달러)/)
    expect(document.body.textContent).not.toMatch(/₩|10원/)
  })
})

it('shows no member the card of the one before, and keeps it while the session has only gone', async () => {
  const card = { name: '현대카드', number: '9410********0001' }
  const app = (customerKey: string | undefined) => (
    <BillingKeyProvider
      userCode="imp00000000"
      pg="jtnet"
      redirectUrl="/done"
      customerKey={customerKey}
      confirm={async (claim) => issuedOf(claim, { card })}
    >
      <BillingKeyButton request={newRequest} />
    </BillingKeyProvider>
  )
  const { rerender } = render(app(undefined))
  await act(async () => rerender(app('member-1')))
  await click(screen.getByRole('button'))
  await answer(0)
  for (const key of ['member-1', undefined, 'member-1']) {
    await act(async () => rerender(app(key)))
    expect(screen.getByText(/9410/)).toBeDefined()
  }
  await act(async () => rerender(app('member-2')))
  expect(screen.queryByText(/9410/)).toBeNull()
  expect(JSON.stringify({ ...sessionStorage })).not.toContain('9410')
})

describe('a landing', () => {
  it('is told before a callback can throw: the outcome stands, and the other consumer hears it', async () => {
    const reported = vi.fn()
    vi.stubGlobal('reportError', reported)
    const other = vi.fn()
    history.replaceState(null, '', '/done?imp_uid=imp_1&merchant_uid=order-1')
    // both are there when the answer comes
    const confirm: Confirm = async (claim) => {
      await new Promise((resolve) => setTimeout(resolve, 50))
      return issuedOf(claim)
    }
    render(
      <BillingKeyProvider userCode="imp00000000" confirm={confirm}>
        <BillingKeyRedirect
          onOutcome={() => {
            throw new Error('the shop’s')
          }}
        />
        <BillingKeyRedirect onOutcome={other} />
      </BillingKeyProvider>,
    )
    await waitFor(() => expect(screen.getAllByText('카드를 등록했어요.')).toHaveLength(2))
    expect(other).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ status: 'issued' }))
    expect(reported).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ message: 'the shop’s' }))
  })

  it('tells nothing again when another order landed between', async () => {
    const confirm: Confirm = async (claim) => issuedOf(claim)
    await land('?imp_uid=imp_1&merchant_uid=order-a', confirm)
    expect(told).toEqual(['issued order-a'])
    await land('?imp_uid=imp_2&merchant_uid=order-b', confirm)
    expect(told).toEqual(['issued order-b'])
    await land('?imp_uid=imp_1&merchant_uid=order-a', confirm)
    expect(told).toEqual([])
    expect(screen.getByText('카드를 등록했어요.')).toBeDefined()
  })

  it('takes a 401 for a session that has gone, and asks again after the sign-in', async () => {
    const confirm = vi.fn<Confirm>().mockRejectedValueOnce(Object.assign(new Error('who?'), { status: 401 }))
    confirm.mockImplementation(async (claim) => issuedOf(claim))
    await land('?imp_uid=imp_1&merchant_uid=order-1', confirm)
    expect(told).toEqual(['unconfirmed order-1'])
    expect(screen.getByRole('alert').textContent).toContain('로그인')
    await act(async () => void document.dispatchEvent(new Event('visibilitychange')))
    await waitFor(() => expect(told).toEqual(['unconfirmed order-1', 'issued order-1']))
  })
})

describe('the developer reads in the console what the customer cannot mend', () => {
  const printed = () => vi.spyOn(console, 'error').mockImplementation(() => {})

  it('what confirm threw, but not that the customer has to sign in', async () => {
    const print = printed()
    const failure = new TypeError('is not a function')
    await show(() => Promise.reject(failure))
    await click(screen.getByRole('button'))
    await answer(0)
    await waitFor(() => expect(told).toEqual(['unconfirmed order-1']))
    expect(print.mock.calls).toEqual([[failure]])
    cleanup()
    resetPage()
    fake = installFakeIamport()
    await show(() => Promise.reject(Object.assign(new Error('no session'), { status: 401 })))
    await click(screen.getByRole('button'))
    await answer(0)
    await waitFor(() => expect(told).toEqual(['unconfirmed order-2']))
    expect(print).toHaveBeenCalledOnce()
  })

  const order = (onError?: (error: Error) => void) => {
    render(
      <BillingKeyProvider userCode="imp00000000" pg="jtnet" redirectUrl="/done" api="/api/biling/">
        <BillingKeyButton order={{ plan: 'monthly' }} onError={onError} />
      </BillingKeyProvider>,
    )
    return click(screen.getByRole('button'))
  }

  it('where api leads when it is not the handler', async () => {
    const print = printed()
    vi.stubGlobal('fetch', async () => new Response('<!doctype html>', { status: 404 }))
    await order()
    await waitFor(() => expect(print).toHaveBeenCalled())
    expect(String(print.mock.calls[0]?.[0])).toMatch(
      /POST \/api\/biling\/intents was answered with HTTP 404 and not by createBillingHandler/,
    )
  })

  it.each([
    [404, 'no-such-route', /no-such-route.*basePath/],
    [401, 'not-signed-in', /not-signed-in.*authenticate/],
    [422, 'sold-out', /^$/], // the shop's own word is no mistake
  ])('what the shop’s server refused with %i %s, and nothing of PortOne’s console', async (status, code, said) => {
    const print = printed()
    vi.stubGlobal('fetch', async () => Response.json({ error: { code, message: '안 돼요.' } }, { status }))
    const onError = vi.fn()
    await order(onError)
    await waitFor(() => expect(screen.getByText(/안 돼요\./)).toBeDefined())
    expect(print.mock.calls.flat().join()).toMatch(said)
    expect(print.mock.calls.flat().join()).not.toContain('userCode')
    expect(onError).not.toHaveBeenCalled()
  })

  it('that the log of the shop’s server says why, where the server failed', async () => {
    vi.stubGlobal('fetch', async () => Response.json({ error: { code: 'internal', message: '처리하지 못했어요.' } }, { status: 500 }))
    const onError = vi.fn()
    await order(onError)
    await waitFor(() => expect(onError).toHaveBeenCalledOnce())
    expect(onError.mock.calls[0]?.[0]).toMatchObject({ code: 'request-failed', cause: { status: 500, code: 'internal' } })
    expect(onError.mock.calls[0]?.[0].message).toMatch(/처리하지 못했어요\..*shop’s server.*its log/)
  })

  it('that the handler confirms only what its own /intents made, when a request is given with api', async () => {
    const print = printed()
    const error = { code: 'invalid-token', message: '등록 결과를 확인하지 못했어요.' }
    vi.stubGlobal('fetch', async () => Response.json({ error }, { status: 400 }))
    render(
      <BillingKeyProvider userCode="imp00000000" pg="jtnet" redirectUrl="/done" api="/api/billing">
        <BillingKeyButton request={newRequest} />
      </BillingKeyProvider>,
    )
    await click(screen.getByRole('button'))
    await answer(0)
    await waitFor(() => expect(print).toHaveBeenCalledTimes(2))
    expect(String(print.mock.calls[0]?.[0])).toContain(error.message)
    expect(String(print.mock.calls[1]?.[0])).toMatch(/invalid-token.*an order instead of a request/)
  })

  it('that an attempt needs an order number of its own, when PortOne has that order paid', async () => {
    const print = printed()
    await show(async () => ({ status: 'none' }))
    await click(screen.getByRole('button'))
    const paid = { success: false, imp_uid: null, error_code: 'F0004', error_msg: '이미 결제된 주문번호입니다.' }
    await act(async () => fake.calls[0]?.answer(paid))
    await waitFor(() => expect(told).toEqual(['failed order-1']))
    expect(print.mock.calls.flat().join()).toMatch(/이미 결제된 주문번호.*merchantUid of its own/)
  })

  it('that userCode or pg may not be the console’s, when no window was opened', async () => {
    const print = printed()
    await show(async () => ({ status: 'none' }))
    await click(screen.getByRole('button'))
    await act(async () =>
      fake.calls[0]?.answer({ success: false, imp_uid: null, error_code: 'NOT_READY', error_msg: '등록된 PG가 없습니다.' }),
    )
    await waitFor(() => expect(told).toEqual(['failed order-1']))
    expect(print.mock.calls.flat().join()).toMatch(/NOT_READY: 등록된 PG가 없습니다\..*userCode, pg and channelKey/)
  })
})
