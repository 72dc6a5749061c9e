import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { StrictMode } from 'react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { subscribeToPage } from '../../src/attempt/page.ts'
import { pendingAttempt } from '../../src/attempt/pending.ts'
import {
  BillingKeyButton,
  type BillingKeyButtonElementProps,
  type BillingKeyOutcome,
  BillingKeyProvider,
  type BillingKeyProviderProps,
  type BillingKeyRequest,
  type ConfirmAnswer,
  useBillingKey,
} from '../../src/index.ts'
import { installFakeIamport, resetPage } from './fakeIamport.ts'

const request: BillingKeyRequest = { customerUid: 'card-1', merchantUid: 'issue-1', name: '월간', amount: 0 }
const success = { imp_uid: 'imp_1', merchant_uid: 'issue-1' }
const issued: ConfirmAnswer = { status: 'issued', customerUid: 'card-1', impUid: 'imp_1', charged: 0, card: null }
let fake: ReturnType<typeof installFakeIamport>

beforeEach(() => {
  resetPage()
  fake = installFakeIamport()
})
afterEach(() => {
  vi.useRealTimers()
  cleanup()
})

async function show(props: object = {}, provider: Partial<BillingKeyProviderProps> = {}) {
  const onOutcome = vi.fn<(outcome: BillingKeyOutcome) => void>()
  const onError = vi.fn()
  const page = render(
    <StrictMode>
      <BillingKeyProvider userCode="imp00000000" pg="jtnet" redirectUrl="/done" {...(provider as object)}>
        <BillingKeyButton request={request} onOutcome={onOutcome} onError={onError} quiet {...props} />
      </BillingKeyProvider>
    </StrictMode>,
  )
  await waitFor(() => expect(fake.merchants.length).toBeGreaterThan(0))
  const button = screen.getAllByRole('button')[0] as HTMLButtonElement
  return { ...page, onOutcome, onError, button }
}
const answer = (value: unknown, at = 0) => act(async () => fake.calls[at]?.answer(value))

describe('<BillingKeyButton>', () => {
  it('opens the window inside the click, with what the guide shows', async () => {
    const { button } = await show()
    expect(button.type).toBe('button')
    act(() => {
      button.click()
      expect(fake.calls).toHaveLength(1) // sdk-facts 28: no await before it
    })
    expect(fake.calls[0]?.params).toEqual({
      pg: 'jtnet',
      pay_method: 'card',
      merchant_uid: 'issue-1',
      customer_uid: 'card-1',
      name: '월간',
      amount: 0,
      m_redirect_url: `${location.origin}/done`,
    })
    expect(button.dataset.phase).toBe('window-open')
    expect(button.getAttribute('aria-busy')).toBe('true')
  })

  it('tells the page of a hundred that mount and go at once a few times, and not a hundred', async () => {
    const heard = vi.fn()
    const stop = subscribeToPage(heard)
    const page = (count: number) => (
      <BillingKeyProvider userCode="imp00000000" redirectUrl="/done">
        {Array.from({ length: count }, (_none, number) => String(number)).map((name) => (
          <BillingKeyButton key={name} request={request}>
            {name}
          </BillingKeyButton>
        ))}
      </BillingKeyProvider>
    )
    const { rerender } = render(page(100))
    await waitFor(() => expect(fake.merchants.length).toBeGreaterThan(0))
    await act(async () => rerender(page(1)))
    expect(heard.mock.calls.length).toBeLessThan(10)
    stop()
  })

  it('reports the window’s word as such when no server is asked', async () => {
    const { button, onOutcome } = await show()
    fireEvent.click(button)
    await answer(success)
    expect(onOutcome).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ status: 'reported', charged: 0 }))
    expect(button.dataset.phase).toBe('settled')
  })

  it('asks the server, and believes the server', async () => {
    const confirm = vi.fn(async () => issued)
    const { button, onOutcome } = await show({}, { confirm })
    fireEvent.click(button)
    await answer(success)
    expect(confirm).toHaveBeenCalledExactlyOnceWith(
      { merchantUid: 'issue-1', customerUid: 'card-1', impUid: 'imp_1', token: undefined },
      expect.any(AbortSignal),
    )
    expect(onOutcome).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ status: 'issued' }))
  })

  it('says unconfirmed when the server is gone, and can ask again', async () => {
    const confirm = vi.fn<() => Promise<ConfirmAnswer>>().mockRejectedValueOnce(new Error('offline')).mockResolvedValue(issued)
    const { button, onOutcome } = await show({}, { confirm })
    fireEvent.click(button)
    await answer(success)
    const outcome = onOutcome.mock.calls[0]?.[0]
    expect(outcome?.status).toBe('unconfirmed')
    expect(screen.getByRole('button', { name: '결과 다시 확인' })).toBe(button)
    fireEvent.click(button)
    await act(async () => {})
    expect(fake.calls).toHaveLength(1)
    expect(onOutcome).toHaveBeenLastCalledWith(expect.objectContaining({ status: 'issued' }))
  })

  it('is called by the shop’s aria-label in place of its own label only: what there is to do is heard as well', async () => {
    const confirm = vi.fn<() => Promise<ConfirmAnswer>>().mockRejectedValue(new Error('offline'))
    const { button } = await show({ 'aria-label': '카드 변경, 현대카드' }, { confirm })
    expect(screen.getByRole('button', { name: '카드 변경, 현대카드' })).toBe(button)
    fireEvent.click(button)
    expect(screen.getByRole('button', { name: '결제창에서 진행 중…' })).toBe(button)
    await answer(success)
    expect(screen.getByRole('button', { name: '결과 다시 확인' })).toBe(button)
  })

  it('is called by what the shop’s aria-labelledby points at in place of its own label only', async () => {
    const { button } = await show({ 'aria-labelledby': 'of-the-shop' })
    expect(button.getAttribute('aria-labelledby')).toBe('of-the-shop')
    fireEvent.click(button)
    expect(screen.getByRole('button', { name: '결제창에서 진행 중…' })).toBe(button)
    expect(button.hasAttribute('aria-labelledby')).toBe(false)
  })

  it('leaves an element of the shop’s own the name that it has', async () => {
    const { button } = await show({
      render: (props: BillingKeyButtonElementProps) => (
        <button aria-label="카드 등록" {...props}>
          +
        </button>
      ),
    })
    expect(screen.getByRole('button', { name: '카드 등록' })).toBe(button)
  })

  it('waits for a customer who takes half an hour, and always with a callback for the SDK (sdk-facts 9)', async () => {
    const { button, onOutcome } = await show()
    vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval'] })
    fireEvent.click(button)
    await act(() => vi.advanceTimersByTimeAsync(1_800_000))
    expect(onOutcome).not.toHaveBeenCalled()
    expect(button.dataset.phase).toBe('window-open')
    vi.useRealTimers()
    expect(fake.calls[0]?.answer).toBeTypeOf('function')
    await answer(success)
    expect(onOutcome).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ status: 'reported' }))
  })

  it('ignores a second click while a window is open', async () => {
    const { button, onError } = await show()
    fireEvent.click(button)
    fireEvent.click(button)
    fireEvent.click(button)
    expect(fake.calls).toHaveLength(1)
    expect(onError).not.toHaveBeenCalled()
  })

  it('works again after a failure', async () => {
    const { button, onOutcome } = await show()
    fireEvent.click(button)
    await answer({ success: false, imp_uid: null, error_code: 'J101', error_msg: '거절' })
    expect(onOutcome).toHaveBeenCalledWith(expect.objectContaining({ status: 'failed', code: 'J101' }))
    fireEvent.click(button)
    expect(fake.calls).toHaveLength(2)
  })

  it('refuses a bad request before the window opens', async () => {
    const { button, onError, onOutcome } = await show({ request: { ...request, amount: '1000' as unknown as number } })
    fireEvent.click(button)
    await waitFor(() => expect(onError).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 'invalid-request' })))
    expect(onError.mock.calls[0]?.[0].message).toMatch(/amount .*"1000"/)
    expect(fake.calls).toHaveLength(0)
    expect(onOutcome).not.toHaveBeenCalled()
  })

  it('turns a throwing SDK and one that alerts into failures (sdk-facts 5)', async () => {
    const shown = vi.fn()
    window.alert = shown
    fake.imp.request_pay = () => {
      throw new Error('inner')
    }
    const { button, onOutcome } = await show()
    fireEvent.click(button)
    await waitFor(() => expect(onOutcome).toHaveBeenLastCalledWith(expect.objectContaining({ status: 'failed', code: 'sdk-threw' })))
    fake.imp.request_pay = () => alert('파라미터 누락')
    fireEvent.click(button)
    await waitFor(() =>
      expect(onOutcome).toHaveBeenLastCalledWith(expect.objectContaining({ code: 'sdk-alert', message: '파라미터 누락' })),
    )
    expect(window.alert).toBe(shown)
    expect(shown).not.toHaveBeenCalled()
  })

  it('delivers a success that comes after the customer was let out (sdk-facts 24)', async () => {
    const { button, onOutcome } = await show()
    fireEvent.click(button)
    fireEvent.click(screen.getByRole('button', { name: '결제창 닫기' }))
    await waitFor(() => expect(onOutcome).toHaveBeenLastCalledWith(expect.objectContaining({ status: 'cancelled', by: 'closed' })))
    await answer(success)
    expect(onOutcome).toHaveBeenLastCalledWith(expect.objectContaining({ status: 'reported' }))
  })

  it('tells a success once, however often the SDK calls back', async () => {
    const { button, onOutcome } = await show()
    fireEvent.click(button)
    await answer({ success: false, imp_uid: 'imp_1', error_code: 'J1' })
    await answer(success)
    await answer(success)
    expect(onOutcome.mock.calls.map(([outcome]) => outcome.status)).toEqual(['failed', 'reported'])
  })

  it('has a late success confirmed too, and is settled after it', async () => {
    const confirm = vi.fn<() => Promise<ConfirmAnswer>>().mockResolvedValueOnce({ status: 'none' }).mockResolvedValue(issued)
    const { button, onOutcome } = await show({}, { confirm })
    fireEvent.click(button)
    fireEvent.click(screen.getByRole('button', { name: '결제창 닫기' }))
    await waitFor(() => expect(onOutcome).toHaveBeenLastCalledWith(expect.objectContaining({ status: 'cancelled', by: 'closed' })))
    expect(pendingAttempt('issue-1')).toMatchObject({ cameToNothing: true }) // Forward may lead back into the window
    await answer(success)
    await waitFor(() => expect(onOutcome).toHaveBeenLastCalledWith(expect.objectContaining({ status: 'issued' })))
    expect(button.dataset.phase).toBe('settled')
    expect(pendingAttempt('issue-1')).toBeNull()
  })

  it('asks the server before it says that a closed window came to nothing (sdk-facts 7)', async () => {
    const { button, onOutcome } = await show({}, { confirm: async () => issued })
    fireEvent.click(button)
    fireEvent.click(screen.getByRole('button', { name: '결제창 닫기' }))
    await waitFor(() => expect(onOutcome).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ status: 'issued' })))
  })

  it('settles when the page comes out of the back/forward cache (sdk-facts 23)', async () => {
    const { button, onOutcome } = await show({ request: { ...request, merchantUid: 'issue-cached' } })
    fireEvent.click(button)
    window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }))
    await waitFor(() => expect(onOutcome).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ status: 'cancelled', by: 'closed' })))
    expect(button.getAttribute('aria-busy')).toBe('false')
  })

  it.each([
    ['by the click itself', 0],
    ['later', 5_000],
  ])('leaves its window open, and still tells the outcome, when the button has gone %s', async (_, ms) => {
    const { button, onOutcome, unmount } = await show()
    vi.useFakeTimers({ toFake: ['performance'] })
    fireEvent.click(button)
    vi.advanceTimersByTime(ms)
    await act(async () => unmount())
    expect(onOutcome).not.toHaveBeenCalled()
    await answer(success)
    expect(onOutcome).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ status: 'reported' }))
  })

  it('leaves the page alone while the window is open and the button has gone', async () => {
    const { button, unmount } = await show()
    fireEvent.click(button)
    vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval'] })
    const timers = vi.spyOn(globalThis, 'setTimeout')
    unmount()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(timers.mock.calls.length).toBeLessThan(100)
    timers.mockRestore()
  })

  it('lets onClick have the first word', async () => {
    const { button } = await show({ onClick: (event: Event) => event.preventDefault() })
    fireEvent.click(button)
    expect(fake.calls).toHaveLength(0)
  })

  it('shows no member another’s outcome', async () => {
    const ui = (customerKey: string) => (
      <BillingKeyProvider userCode="imp00000000" pg="jtnet" redirectUrl="/done" confirm={async () => issued} customerKey={customerKey}>
        <BillingKeyButton request={request} />
      </BillingKeyProvider>
    )
    const { rerender } = render(ui('kim'))
    await waitFor(() => expect(fake.merchants.length).toBeGreaterThan(0))
    fireEvent.click(screen.getAllByRole('button')[0] as HTMLElement)
    await answer(success)
    await screen.findByText('카드를 등록했어요.')
    rerender(ui('lee'))
    await waitFor(() => expect(screen.queryByText('카드를 등록했어요.')).toBeNull())
  })

  it('opens nothing while the shop says aria-disabled', async () => {
    const source = vi.fn(() => request)
    const { button } = await show({ request: source, 'aria-disabled': true })
    fireEvent.pointerDown(button)
    fireEvent.click(button)
    expect(source).not.toHaveBeenCalled()
    expect(fake.calls).toHaveLength(0)
  })

  it('says what a legacy SDK without jQuery needs (sdk-facts 1)', async () => {
    fake.imp.init = () => {
      fake.merchants.push('')
      throw new ReferenceError('jQuery is not defined')
    }
    const { button, onError } = await show()
    fireEvent.click(button)
    await waitFor(() => expect(onError).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 'sdk-incompatible' })))
    expect(onError.mock.calls[0]?.[0].message).toContain('load jQuery first')
    expect(fake.calls).toHaveLength(0)
  })

  it('says what a Content-Security-Policy that does not allow our Trusted Types policy needs', async () => {
    Reflect.deleteProperty(window, 'IMP')
    vi.stubGlobal('trustedTypes', {
      createPolicy() {
        throw new TypeError('refused by the policy')
      },
    })
    const onError = vi.fn()
    render(
      <BillingKeyProvider userCode="imp00000000" pg="jtnet" redirectUrl="/done">
        <BillingKeyButton request={request} onError={onError} />
      </BillingKeyProvider>,
    )
    await act(async () => screen.getByRole('button').click())
    vi.unstubAllGlobals()
    expect(onError).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 'sdk-load-failed' }))
    expect(onError.mock.calls[0]?.[0].message).toMatch(/Content-Security-Policy.*react-billing-key.*trusted-types/)
  })

  it('initialises a sub-merchant with IMP.agency in place of init (sdk-facts 3)', async () => {
    const agency = vi.fn(() => {
      fake.merchants.push('A01')
    })
    const init = vi.fn()
    Object.assign(fake.imp, { agency, init })
    await show({}, { tierCode: 'A01' })
    expect(agency).toHaveBeenCalledExactlyOnceWith('imp00000000', 'A01')
    expect(init).not.toHaveBeenCalled()
  })

  it('keeps no customer’s data in the browser’s storage', async () => {
    const { button } = await show({ request: { ...request, buyer: { name: '김민아', email: 'mina@example.com' } } })
    fireEvent.click(button)
    expect(JSON.stringify({ ...sessionStorage, ...localStorage })).toContain('issue-1')
    expect(JSON.stringify({ ...sessionStorage, ...localStorage })).not.toMatch(/김민아|mina@/)
  })

  it('renders an element of the shop’s own', async () => {
    const { button } = await show({ render: (props: BillingKeyButtonElementProps) => <button {...props} className="mine" /> })
    expect(button.className).toBe('mine')
    fireEvent.click(button)
    expect(fake.calls).toHaveLength(1)
  })
})

describe('useBillingKey', () => {
  it('refuses a second attempt while a window is open, and takes one when that is given up', async () => {
    const onError = vi.fn()
    const Own = () => {
      const { issue, abandon } = useBillingKey({ onError })
      const again = { ...request, merchantUid: `issue-${fake.calls.length + 1}` }
      return (
        <>
          <button type="button" onClick={() => issue(again)}>
            등록
          </button>
          <button type="button" onClick={abandon}>
            그만
          </button>
        </>
      )
    }
    render(
      <BillingKeyProvider userCode="imp00000000" pg="jtnet" redirectUrl="/done">
        <Own />
        <Own />
      </BillingKeyProvider>,
    )
    await waitFor(() => expect(fake.merchants).toHaveLength(1))
    const [issue, abandon, elsewhere] = screen.getAllByRole('button') as [HTMLElement, HTMLElement, HTMLElement]
    fireEvent.click(issue)
    fireEvent.click(issue) // its own attempt: nothing happens
    await act(async () => {})
    expect(onError).not.toHaveBeenCalled()
    fireEvent.click(elsewhere)
    await waitFor(() => expect(onError).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 'window-busy' })))
    expect(fake.calls).toHaveLength(1)
    fireEvent.click(abandon)
    await act(async () => {})
    fireEvent.click(elsewhere)
    await waitFor(() => expect(fake.calls).toHaveLength(2))
  })

  it('writes an error to the console when no onError is given, and only then', async () => {
    const written = vi.spyOn(console, 'error').mockImplementation(() => {})
    const wrong = { ...request, amount: -1 }
    const { onError, button, unmount } = await show({ request: wrong })
    fireEvent.click(button)
    await waitFor(() => expect(onError).toHaveBeenCalledOnce())
    expect(written).not.toHaveBeenCalled()
    unmount()
    fireEvent.click((await show({ request: wrong, onError: undefined })).button)
    await waitFor(() => expect(written).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 'invalid-request' })))
    written.mockRestore()
  })

  it.each(['', undefined])('opens no window for the userCode %j, and says that it is empty', async (userCode) => {
    const onError = vi.fn()
    render(
      <BillingKeyProvider userCode={userCode as string} pg="jtnet" redirectUrl="/done">
        <BillingKeyButton request={request} onError={onError} quiet />
      </BillingKeyProvider>,
    )
    const button = screen.getByRole('button')
    fireEvent.click(button)
    await waitFor(() => expect(onError).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 'invalid-request' })))
    expect(onError.mock.calls[0]?.[0].message).toMatch(/userCode .*is empty/)
    expect(fake.calls).toHaveLength(0)
  })

  it('says that the provider is missing', () => {
    const silent = vi.spyOn(console, 'error').mockImplementation(() => {})
    const Lost = () => <>{useBillingKey().phase}</>
    expect(() => render(<Lost />)).toThrow(/BillingKeyProvider/)
    silent.mockRestore()
  })
})
