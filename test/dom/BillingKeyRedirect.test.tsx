import { act, cleanup, render, screen, waitFor } from '@testing-library/react'
import { type ReactNode, StrictMode, useEffect } from 'react'
import { hydrateRoot } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { keepOnlyFor, remember } from '../../src/attempt/pending.ts'
import { BillingKeyButton, BillingKeyProvider, BillingKeyRedirect, type Claim, type ConfirmAnswer } from '../../src/index.ts'
import { installFakeIamport, resetPage } from './fakeIamport.ts'

const issued: ConfirmAnswer = { status: 'issued', customerUid: 'card-1', impUid: 'imp_1', charged: 9900, currency: 'KRW', card: null }

beforeEach(() => {
  resetPage()
  installFakeIamport()
})
afterEach(cleanup)

const attempt = {
  merchantUid: 'issue-1',
  customerUid: 'card-1',
  amount: 9900,
  pg: 'jtnet',
  token: 'signed',
  startedAt: Date.now(),
  impUid: null,
  failedAsks: 0,
  cameToNothing: false,
}
const leave = () => remember(attempt)
const land = (query: string, confirm = vi.fn(async (): Promise<ConfirmAnswer> => issued), onOutcome = vi.fn()) => {
  history.replaceState({ router: 1 }, '', `/done${query}`)
  const page = render(
    <StrictMode>
      <BillingKeyProvider userCode="imp00000000" confirm={confirm}>
        <BillingKeyRedirect onOutcome={onOutcome}>{(outcome) => !outcome && <p>없음</p>}</BillingKeyRedirect>
      </BillingKeyProvider>
    </StrictMode>,
  )
  return { ...page, confirm, onOutcome }
}

describe('<BillingKeyRedirect>', () => {
  it('confirms once, cleans the address and keeps the router’s state', async () => {
    leave()
    const { confirm, onOutcome } = land('?plan=a&imp_uid=imp_1&merchant_uid=issue-1')
    expect(await screen.findByText('카드를 등록하고 9,900원을 결제했어요.')).toBeDefined()
    expect(confirm).toHaveBeenCalledExactlyOnceWith(
      { merchantUid: 'issue-1', customerUid: 'card-1', impUid: 'imp_1', token: 'signed' },
      expect.any(AbortSignal),
    )
    expect(onOutcome).toHaveBeenCalledTimes(1)
    expect(location.search).toBe('?plan=a')
    expect(history.state).toMatchObject({ router: 1 })
  })

  it('takes the keys of this tab’s own result out of the address before the server has answered', async () => {
    leave()
    const { confirm } = land(
      '?plan=a&imp_uid=imp_1&merchant_uid=issue-1',
      vi.fn(() => new Promise<ConfirmAnswer>(() => {})),
    )
    await waitFor(() => expect(confirm).toHaveBeenCalled())
    expect(location.search).toBe('?plan=a')
  })

  it.each([
    [{ router: 1, __NA: true, __N: true, __PRIVATE_NEXTJS_INTERNALS_TREE: [] }, { router: 1 }],
    [
      { my__NA: 1, __NAME: 2, __Next: 3 },
      { my__NA: 1, __NAME: 2, __Next: 3 },
    ],
    [{ __NA: true }, null],
    [{}, null],
    ['text', null],
    [null, null],
  ])('leaves of the history’s state %j what is not Next.js’s own', async (before, after) => {
    leave()
    history.replaceState(before, '', '/done?imp_uid=imp_1&merchant_uid=issue-1')
    render(
      <BillingKeyProvider userCode="imp00000000" confirm={async () => issued}>
        <BillingKeyRedirect />
      </BillingKeyProvider>,
    )
    await screen.findByText(/등록하고 9,900원을/)
    expect(location.search).toBe('')
    expect(history.state).toEqual(after)
  })

  it('tells a framework of the clean address that patches the history in an effect, after those below it (Next.js)', async () => {
    leave()
    history.replaceState(null, '', '/done?plan=a&imp_uid=imp_1&merchant_uid=issue-1')
    const heard: unknown[] = []
    const Framework = ({ children }: { children: ReactNode }) => {
      useEffect(() => {
        const patched = vi.spyOn(history, 'replaceState').mockImplementation((...of) => {
          heard.push(of[2])
          History.prototype.replaceState.apply(history, of)
        })
        return () => patched.mockRestore()
      }, [])
      return children
    }
    render(
      <Framework>
        <BillingKeyProvider userCode="imp00000000" confirm={async () => issued}>
          <BillingKeyRedirect />
        </BillingKeyProvider>
      </Framework>,
    )
    await screen.findByText(/등록하고 9,900원을/)
    expect(heard).toEqual(['/done?plan=a'])
    expect(location.search).toBe('?plan=a')
  })

  it('gives the shop back the parameters that a legacy SDK encoded twice (sdk-facts 14)', async () => {
    remember({ ...attempt, redirectUrl: '/done?q=100%25&b=2' })
    land('?q=100%2525&b=2&imp_uid=imp_1&merchant_uid=issue-1&imp_success=true')
    await screen.findByText(/등록하고 9,900원을/)
    expect(location.search).toBe('?q=100%25&b=2')
  })

  it.each(['/paid?q=1', 'https://shop.example/done?q=1'])(
    'keeps the address that it landed on, when it was sent to %s',
    async (redirectUrl) => {
      remember({ ...attempt, redirectUrl })
      land('?q=2&imp_uid=imp_1&merchant_uid=issue-1')
      await screen.findByText(/등록하고 9,900원을/)
      expect(location.pathname + location.search).toBe('/done?q=2')
    },
  )

  it('knows the outcome after a refresh without asking again', async () => {
    leave()
    const first = land('?imp_uid=imp_1&merchant_uid=issue-1')
    await screen.findByText(/등록하고 9,900원을/)
    first.unmount()
    resetPage({ keepStorage: true })
    history.replaceState(null, '', '/done')
    vi.spyOn(performance, 'getEntriesByType').mockReturnValue([{ type: 'reload' } as unknown as PerformanceEntry])
    const again = vi.fn(async () => issued)
    render(
      <BillingKeyProvider userCode="imp00000000" confirm={again}>
        <BillingKeyRedirect />
      </BillingKeyProvider>,
    )
    expect(await screen.findByText(/등록하고 9,900원을/)).toBeDefined()
    expect(again).not.toHaveBeenCalled()
  })

  it.each([
    ['back_forward', true],
    ['navigate', false],
  ])('shows what landed here to who comes back to it, and to nobody who opens it anew (%s)', async (type, shown) => {
    leave()
    const { unmount } = land('?imp_uid=imp_1&merchant_uid=issue-1')
    await screen.findByText(/등록하고 9,900원을/)
    unmount()
    resetPage({ keepStorage: true })
    vi.spyOn(performance, 'getEntriesByType').mockReturnValue([{ type } as unknown as PerformanceEntry])
    const { onOutcome } = land('')
    expect(await screen.findByText(shown ? /등록하고 9,900원을/ : '없음')).toBeDefined()
    expect(onOutcome).not.toHaveBeenCalled()
    vi.restoreAllMocks()
  })

  it('has nothing to show of a landing that was forgotten', async () => {
    leave()
    const { unmount } = land('?imp_uid=imp_1&merchant_uid=issue-1')
    await screen.findByText(/등록하고 9,900원을/)
    unmount()
    resetPage({ keepStorage: true })
    const kept = JSON.parse(sessionStorage.getItem('react-billing-key') ?? '')
    sessionStorage.setItem('react-billing-key', JSON.stringify({ ...kept, pending: [], told: [] }))
    vi.spyOn(performance, 'getEntriesByType').mockReturnValue([{ type: 'reload' } as unknown as PerformanceEntry])
    land('')
    expect(await screen.findByText('없음')).toBeDefined()
    vi.restoreAllMocks()
  })

  it('does not show again that nobody could say, once the server has said that there is nothing', async () => {
    leave()
    const { unmount, onOutcome } = land(
      '?imp_uid=imp_1&merchant_uid=issue-1',
      vi.fn(async (): Promise<ConfirmAnswer> => ({ status: 'pending' })),
    )
    await waitFor(() => expect(onOutcome).toHaveBeenCalledWith(expect.objectContaining({ status: 'unconfirmed' })))
    unmount()
    remember({ ...attempt, cameToNothing: true }) // by a later click's question
    resetPage({ keepStorage: true })
    vi.spyOn(performance, 'getEntriesByType').mockReturnValue([{ type: 'reload' } as unknown as PerformanceEntry])
    land('')
    expect(await screen.findByText('없음')).toBeDefined()
    vi.restoreAllMocks()
  })

  it('has cleaned the address when it tells, and takes nothing of another member’s along', async () => {
    leave()
    keepOnlyFor('member-1')
    history.replaceState(null, '', '/done?plan=a&imp_uid=imp_1&merchant_uid=issue-1')
    const searches: string[] = []
    const shown = (customerKey: string, confirm?: typeof ask) => (
      <BillingKeyProvider userCode="imp00000000" customerKey={customerKey} confirm={confirm}>
        <BillingKeyRedirect onOutcome={() => searches.push(location.search)} />
      </BillingKeyProvider>
    )
    const ask = vi.fn(async (): Promise<ConfirmAnswer> => issued)
    const { unmount } = render(shown('member-1'))
    await waitFor(() => expect(searches).toEqual(['?plan=a']))
    unmount()
    resetPage({ keepStorage: true })
    history.replaceState(null, '', '/done?imp_uid=imp_1&merchant_uid=issue-1')
    render(shown('member-2', ask))
    await waitFor(() => expect(ask).toHaveBeenCalled())
    expect(ask).toHaveBeenCalledWith(
      { merchantUid: 'issue-1', customerUid: null, impUid: 'imp_1', token: undefined },
      expect.any(AbortSignal),
    )
  })

  it('asks without customer and token in another browser (sdk-facts 17)', async () => {
    const { confirm } = land('?imp_uid=imp_1&merchant_uid=issue-1')
    await waitFor(() =>
      expect(confirm).toHaveBeenCalledWith(
        { merchantUid: 'issue-1', customerUid: null, impUid: 'imp_1', token: undefined },
        expect.any(AbortSignal),
      ),
    )
  })

  it.each(['imp_uid=imp_1&merchant_uid=issue-1', 'imp_uid=imp_1'])(
    'is found by a refresh in another browser until its end: %s',
    async (keys) => {
      const unanswered = land(
        `?plan=a&${keys}`,
        vi.fn(() => new Promise<ConfirmAnswer>(() => {})),
      )
      await waitFor(() => expect(unanswered.confirm).toHaveBeenCalled())
      unanswered.unmount()
      const { href } = location
      resetPage({ keepStorage: true })
      history.replaceState(null, '', href)
      const onOutcome = vi.fn()
      const confirm = vi.fn(async () => issued)
      render(
        <BillingKeyProvider userCode="imp00000000" confirm={confirm}>
          <BillingKeyRedirect onOutcome={onOutcome} />
          <BillingKeyRedirect />
        </BillingKeyProvider>,
      )
      await waitFor(() => expect(screen.getAllByText(/등록하고 9,900원을/)).toHaveLength(2))
      expect(confirm).toHaveBeenCalledTimes(1)
      expect(onOutcome).toHaveBeenCalledTimes(1)
      expect(location.search).toBe('?plan=a')
    },
  )

  it('is asked about again after a refresh, also when its window had been taken for closed', async () => {
    remember({ ...attempt, cameToNothing: true })
    const keys = '?imp_uid=imp_1&merchant_uid=issue-1'
    const unanswered = land(
      keys,
      vi.fn(() => new Promise<ConfirmAnswer>(() => {})),
    )
    await waitFor(() => expect(unanswered.confirm).toHaveBeenCalled())
    unanswered.unmount()
    resetPage({ keepStorage: true })
    vi.spyOn(performance, 'getEntriesByType').mockReturnValue([{ type: 'reload' } as unknown as PerformanceEntry])
    const { confirm, onOutcome } = land('')
    expect(await screen.findByText(/등록하고 9,900원을/)).toBeDefined()
    expect(confirm).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ impUid: 'imp_1' }), expect.any(AbortSignal))
    expect(onOutcome).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ status: 'issued', recovered: false }))
    vi.restoreAllMocks()
  })

  it('cleans its own address alone, when its page has been left before the end, and cleans it when Back comes to it', async () => {
    const keys = '/done?plan=a&imp_uid=imp_1&merchant_uid=issue-1'
    let answer: (said: ConfirmAnswer) => void = () => {}
    const confirm = vi.fn(() => new Promise<ConfirmAnswer>((resolve) => (answer = resolve)))
    const replaceUrl = vi.fn((url: string) => history.replaceState(null, '', url))
    const shown = (isLanding: boolean) => (
      <BillingKeyProvider userCode="imp00000000" confirm={confirm} replaceUrl={replaceUrl}>
        {isLanding && <BillingKeyRedirect />}
      </BillingKeyProvider>
    )
    history.replaceState(null, '', keys)
    const { rerender } = render(shown(true))
    await waitFor(() => expect(confirm).toHaveBeenCalled())
    rerender(shown(false))
    history.replaceState(null, '', '/plans?step=2')
    await act(() => new Promise<void>((resolve) => setTimeout(resolve)))
    await act(async () => answer(issued))
    expect(replaceUrl).not.toHaveBeenCalled()
    history.replaceState(null, '', keys)
    rerender(shown(true))
    expect(await screen.findByText(/등록하고 9,900원을/)).toBeDefined()
    expect(replaceUrl).toHaveBeenCalledExactlyOnceWith('/done?plan=a')
    expect(confirm).toHaveBeenCalledTimes(1)
  })

  it('takes the result of another order in the address for another landing, also while the first is asked about', async () => {
    const confirm = vi.fn(({ merchantUid }: Claim) =>
      merchantUid === 'issue-1' ? new Promise<ConfirmAnswer>(() => {}) : Promise.resolve(issued),
    )
    const shown = (isLanding: boolean) => (
      <BillingKeyProvider userCode="imp00000000" confirm={confirm}>
        {isLanding && <BillingKeyRedirect />}
      </BillingKeyProvider>
    )
    history.replaceState(null, '', '/done?imp_uid=imp_1&merchant_uid=issue-1')
    const { rerender } = render(shown(true))
    await waitFor(() => expect(confirm).toHaveBeenCalledTimes(1))
    rerender(shown(false))
    await act(() => new Promise<void>((resolve) => setTimeout(resolve)))
    history.replaceState(null, '', '/done?imp_uid=imp_2&merchant_uid=issue-2')
    rerender(shown(true))
    expect(await screen.findByText(/등록하고 9,900원을/)).toBeDefined()
    expect(confirm).toHaveBeenLastCalledWith(expect.objectContaining({ merchantUid: 'issue-2', impUid: 'imp_2' }), expect.any(AbortSignal))
    expect(location.search).toBe('')
  })

  it.each([
    ['of this tab', leave],
    ['of another browser', () => {}],
  ])('asks and tells though the shop’s replaceUrl throws, which goes to reportError: an attempt %s', async (_, before) => {
    before()
    const broken = new Error('no router here')
    const reported = vi.fn()
    vi.stubGlobal('reportError', reported)
    history.replaceState(null, '', '/done?imp_uid=imp_1&merchant_uid=issue-1')
    const onOutcome = vi.fn()
    const replaceUrl = () => {
      throw broken
    }
    render(
      <BillingKeyProvider userCode="imp00000000" confirm={async () => issued} replaceUrl={replaceUrl}>
        <BillingKeyRedirect onOutcome={onOutcome} />
      </BillingKeyProvider>,
    )
    await waitFor(() => expect(reported).toHaveBeenCalledExactlyOnceWith(broken))
    expect(await screen.findByText(/등록하고 9,900원을/)).toBeDefined()
    expect(onOutcome).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ status: 'issued' }))
    vi.unstubAllGlobals()
  })

  it('does not repeat words that anyone could have typed', async () => {
    land(
      '?imp_uid=imp_1&merchant_uid=x&error_msg=call-me',
      vi.fn(async () => ({ status: 'none' as const })),
    )
    expect(await screen.findByText('카드를 등록하지 못했어요.')).toBeDefined()
    expect(screen.queryByText(/call-me/)).toBeNull()
  })

  it('has nothing to say on a page opened without a result', async () => {
    const { confirm } = land('')
    expect(await screen.findByText('없음')).toBeDefined()
    expect(confirm).not.toHaveBeenCalled()
  })
})

describe('on a server', () => {
  it('renders, and hydrates without a warning', async () => {
    const app = (
      <BillingKeyProvider userCode="imp00000000">
        <BillingKeyButton request={{ customerUid: 'c', merchantUid: 'm', name: 'n', amount: 0 }} />
        <BillingKeyRedirect />
      </BillingKeyProvider>
    )
    const complaints = vi.spyOn(console, 'error')
    const html = renderToString(app)
    expect(html).toContain('카드 등록하기')
    const root = document.createElement('div')
    root.innerHTML = html
    document.body.append(root)
    await act(async () => hydrateRoot(root, app))
    expect(complaints).not.toHaveBeenCalled()
    complaints.mockRestore()
    root.remove()
  })

  describe('where nothing takes the result', () => {
    const query = '?imp_uid=imp_1&merchant_uid=issue-1&imp_success=true'
    const open = (children: ReactNode) => {
      vi.useFakeTimers()
      const said = vi.spyOn(console, 'error').mockImplementation(() => {})
      history.replaceState(null, '', `/done${query}`)
      const page = (shown: ReactNode) => (
        <StrictMode>
          <BillingKeyProvider userCode="imp00000000">{shown}</BillingKeyProvider>
        </StrictMode>
      )
      const { rerender } = render(page(children))
      return { said, show: (shown: ReactNode) => rerender(page(shown)) }
    }
    afterEach(() => {
      vi.useRealTimers()
      vi.restoreAllMocks()
    })

    it('tells the developer so, once, and none of it', () => {
      // also where a part of the page has a provider of its own
      const inner = (
        <BillingKeyProvider userCode="imp00000000">
          <BillingKeyButton order={{ plan: 'monthly' }} />
        </BillingKeyProvider>
      )
      const { said } = open(inner)
      act(() => vi.advanceTimersByTime(5_000))
      expect(said).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/<BillingKeyRedirect>.*redirectUrl/))
      expect(String(said.mock.calls)).not.toMatch(/imp_1|issue-1/)
    })

    it.each([
      ['a window that was closed and then paid in all the same', { cameToNothing: true }, issued, { status: 'issued', recovered: true }],
      ['a payment that PortOne does not know yet', {}, { status: 'none' }, { status: 'unconfirmed', reason: 'not-yet' }],
    ] as const)('opens no second window at a click: %s', async (_, left, answer, told) => {
      const { calls } = installFakeIamport()
      remember({ ...attempt, ...left })
      history.replaceState(null, '', `/done${query}`)
      const confirm = vi.fn(async (): Promise<ConfirmAnswer> => answer)
      const onOutcome = vi.fn()
      render(
        <BillingKeyProvider userCode="imp00000000" pg="jtnet" redirectUrl="/done" confirm={confirm}>
          <BillingKeyButton request={{ customerUid: 'card-2', merchantUid: 'issue-2', name: 'n', amount: 9900 }} onOutcome={onOutcome} />
        </BillingKeyProvider>,
      )
      await act(async () => screen.getByRole('button').click())
      await waitFor(() => expect(confirm.mock.calls.length + calls.length).toBeGreaterThan(0))
      expect(calls).toHaveLength(0)
      expect(confirm).toHaveBeenCalledExactlyOnceWith(
        expect.objectContaining({ merchantUid: 'issue-1', impUid: 'imp_1' }),
        expect.anything(),
      )
      await waitFor(() => expect(onOutcome).toHaveBeenCalled())
      expect(onOutcome).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ merchantUid: 'issue-1', impUid: 'imp_1', ...told }))
    })

    it('asks again, with the number, when that came while it was asked without', async () => {
      vi.useFakeTimers()
      const { calls } = installFakeIamport()
      remember(attempt)
      history.replaceState(null, '', '/plans')
      let first: (said: ConfirmAnswer) => void = () => {}
      const confirm = vi.fn((_: Claim) => new Promise<ConfirmAnswer>((resolve) => (first = resolve)))
      const onOutcome = vi.fn()
      render(
        <BillingKeyProvider userCode="imp00000000" pg="jtnet" redirectUrl="/done" confirm={confirm}>
          <BillingKeyButton request={{ customerUid: 'card-2', merchantUid: 'issue-2', name: 'n', amount: 9900 }} onOutcome={onOutcome} />
        </BillingKeyProvider>,
      )
      await act(() => vi.advanceTimersByTimeAsync(0))
      expect(confirm).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ impUid: null }), expect.anything())
      remember({ ...attempt, impUid: 'imp_1' })
      confirm.mockImplementation(async ({ impUid }) => (impUid === null ? { status: 'none' } : issued))
      await act(async () => first({ status: 'none' }))
      await act(() => vi.advanceTimersByTimeAsync(10_000)) // silence is asked about for as long
      expect(onOutcome).toHaveBeenCalledWith(expect.objectContaining({ status: 'issued', impUid: 'imp_1' }))
      expect(calls).toHaveLength(0)
    })

    it('tells nothing of a landing that comes in a chunk of its own', () => {
      const { said, show } = open(null)
      act(() => vi.advanceTimersByTime(4_000))
      show(<BillingKeyRedirect />)
      act(() => vi.advanceTimersByTime(60_000))
      expect(said).not.toHaveBeenCalled()
    })
  })
})
