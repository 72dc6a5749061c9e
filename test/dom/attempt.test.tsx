import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { StrictMode, useState } from 'react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { pageChanged } from '../../src/attempt/page.ts'
import { pendingAttempt, pendingAttempts, remember } from '../../src/attempt/pending.ts'
import {
  BillingKeyButton,
  type BillingKeyOutcome,
  BillingKeyProvider,
  BillingKeyRedirect,
  type BillingKeyRequest,
  type Claim,
  type ConfirmAnswer,
  useBillingKey,
  useIamport,
} from '../../src/index.ts'
import { installFakeIamport, resetPage } from './fakeIamport.ts'

let number = 0
const newRequest = (change: Partial<BillingKeyRequest> = {}): BillingKeyRequest => {
  number += 1
  return { customerUid: `card-${number}`, merchantUid: `order-${number}`, name: '월간', amount: 0, ...change }
}
const issuedOf = ({ merchantUid }: Claim, charged = 0): ConfirmAnswer => ({
  status: 'issued',
  customerUid: `key-of-${merchantUid}`,
  impUid: 'imp_1',
  charged,
  currency: 'KRW',
  card: null,
})
const leftOver = (change: object = {}) => ({
  merchantUid: 'left-1',
  customerUid: 'card-left',
  amount: 0,
  token: 'signed',
  order: { plan: 'old' },
  impUid: null,
  startedAt: Date.now(),
  failedAsks: 0,
  cameToNothing: false,
  ...change,
})
let fake: ReturnType<typeof installFakeIamport>

beforeEach(() => {
  resetPage()
  fake = installFakeIamport()
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  cleanup()
})

type Confirm = (claim: Claim, signal: AbortSignal) => Promise<ConfirmAnswer>

async function show(buttonProps: object = {}, confirm?: Confirm, providerProps: object = {}) {
  const onOutcome = vi.fn<(outcome: BillingKeyOutcome) => void>()
  const onError = vi.fn()
  const page = render(
    <StrictMode>
      <BillingKeyProvider userCode="imp00000000" pg="jtnet" redirectUrl="/done" {...(confirm ? { confirm } : {})} {...providerProps}>
        <BillingKeyButton request={() => newRequest()} onOutcome={onOutcome} onError={onError} quiet {...buttonProps} />
      </BillingKeyProvider>
    </StrictMode>,
  )
  const button = screen.getAllByRole('button')[0] as HTMLButtonElement
  await act(async () => {})
  const told = () => onOutcome.mock.calls.map(([outcome]) => outcome.status)
  return { ...page, onOutcome, onError, button, told }
}
const click = (button: HTMLElement) => act(async () => void fireEvent.click(button))
const answer = (at: number, change: object = {}) =>
  act(async () => {
    const call = fake.calls[at]
    call?.answer({ success: true, imp_uid: `imp_${at}`, merchant_uid: call.params.merchant_uid, ...change })
  })
const wayOut = () => screen.getByRole('button', { name: '결제창 닫기' })
/** Two buttons side by side, that tell the same. */
async function showTwo(first: object, second: object, confirm: Confirm) {
  const onOutcome = vi.fn<(outcome: BillingKeyOutcome) => void>()
  const settings = { userCode: 'imp00000000', pg: 'jtnet', redirectUrl: '/done', confirm } as const
  const common = { request: () => newRequest(), onOutcome: (outcome: BillingKeyOutcome) => onOutcome(outcome), quiet: true }
  render(
    <BillingKeyProvider {...settings}>
      <BillingKeyButton {...common} {...first} />
      <BillingKeyButton {...common} {...second}>
        다른 이용권
      </BillingKeyButton>
    </BillingKeyProvider>,
  )
  await act(async () => {})
  const [one, two] = screen.getAllByRole('button') as [HTMLElement, HTMLElement]
  return { one, two, told: () => onOutcome.mock.calls.map(([{ status, merchantUid }]) => `${status} ${merchantUid}`) }
}

describe('what is left over from an earlier attempt', () => {
  it('is told as its own outcome, and the click that waited for it opens nothing', async () => {
    remember(leftOver())
    let answerLeft: (answer: ConfirmAnswer) => void = () => {}
    const confirm = vi.fn<Confirm>(() => new Promise((resolve) => (answerLeft = resolve)))
    const { button, onOutcome } = await show({}, confirm)
    await click(button)
    expect(button.dataset.phase).toBe('preparing')
    await act(async () => answerLeft(issuedOf({ merchantUid: 'left-1', customerUid: null, impUid: null })))
    expect(fake.calls).toHaveLength(0)
    expect(onOutcome).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ status: 'issued', merchantUid: 'left-1', recovered: true, order: { plan: 'old' } }),
    )
    expect(pendingAttempts()).toEqual([])
    await click(button)
    expect(fake.calls).toHaveLength(1)
  })

  it('is asked about once on mount, and told to the first that listens, without a click', async () => {
    remember(leftOver())
    const confirm = vi.fn<Confirm>(async (claim) => issuedOf(claim))
    const { told } = await show({}, confirm)
    await waitFor(() => expect(told()).toEqual(['issued']))
    expect(confirm).toHaveBeenCalledTimes(1)
  })

  it.each([
    ['of another merchant, whose server knows nothing of it', 'imp11111111', async (): Promise<ConfirmAnswer> => ({ status: 'none' })],
    ['with no server', 'imp00000000', undefined],
  ])('is asked about again where it was asked first, also by a button %s', async (_which, userCode, other) => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    remember(leftOver({ amount: 9900, userCode: 'imp00000000' }))
    const asked = vi.fn<(claim: Claim) => void>()
    const confirm = (claim: Claim) => {
      asked(claim)
      return Promise.reject(new Error('offline'))
    }
    const common = { pg: 'jtnet', redirectUrl: '/done' } as const
    render(
      <>
        <BillingKeyProvider {...common} userCode={userCode} {...(other ? { confirm: other } : {})}>
          <BillingKeyButton request={newRequest()} onOutcome={() => {}} quiet />
        </BillingKeyProvider>
        <BillingKeyProvider {...common} userCode="imp00000000" confirm={confirm}>
          <BillingKeyButton request={newRequest()} onOutcome={() => {}} quiet />
        </BillingKeyProvider>
      </>,
    )
    await waitFor(() => expect(screen.getAllByRole('button')[0]?.textContent).toBe('결과 다시 확인'))
    await click(screen.getAllByRole('button')[0] as HTMLElement)
    expect(screen.getAllByRole('button')[0]?.dataset.phase).toBe('settled')
    expect(asked).toHaveBeenCalledTimes(2)
    expect(pendingAttempt('left-1')?.cameToNothing).toBe(false)
  })

  it('is asked about on a page whose address still holds a result of another browser that nobody could say', async () => {
    history.replaceState(null, '', '/done?imp_uid=imp_1&merchant_uid=landed-1')
    const confirm = vi.fn<Confirm>(async (claim) => {
      if (claim.merchantUid === 'landed-1') throw Object.assign(new Error('signed out'), { status: 401 })
      return issuedOf(claim)
    })
    const onOutcome = vi.fn<(outcome: BillingKeyOutcome) => void>()
    const shown = (hasButton: boolean) => (
      <BillingKeyProvider userCode="imp00000000" pg="jtnet" redirectUrl="/done" confirm={confirm}>
        <BillingKeyRedirect />
        {hasButton && <BillingKeyButton request={newRequest()} onOutcome={onOutcome} quiet />}
      </BillingKeyProvider>
    )
    const { rerender } = render(shown(false))
    await screen.findByText(/로그인/)
    remember(leftOver())
    rerender(shown(true))
    await waitFor(() => expect(onOutcome).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ merchantUid: 'left-1' })))
    expect(location.search).toBe('?imp_uid=imp_1&merchant_uid=landed-1')
  })

  it('blocks for an hour at most while the PG has not decided, also when the clock has gone back since', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    remember(leftOver({ amount: 9900 }))
    vi.setSystemTime(Date.now() - 365 * 86_400_000)
    const confirm = vi.fn<Confirm>(async () => ({ status: 'pending' }))
    const first = await show({}, confirm)
    expect(first.button.textContent).toBe('결과 다시 확인')
    first.unmount()
    vi.setSystemTime(Date.now() + 3_590_000)
    const second = await show({}, confirm)
    expect(second.button.textContent).toBe('결과 다시 확인')
    second.unmount()
    vi.setSystemTime(Date.now() + 20_000)
    const { button } = await show({}, confirm)
    await click(button)
    expect(fake.calls).toHaveLength(1)
  })

  it('blocks the next window until two asks of the customer’s have failed, and then no longer', async () => {
    remember(leftOver({ amount: 9900 }))
    const confirm = vi.fn<Confirm>(() => Promise.reject(new Error('offline')))
    const { button, told } = await show({}, confirm)
    await waitFor(() => expect(button.textContent).toBe('결과 다시 확인'))
    await click(button)
    expect(button.textContent).toBe('결과 다시 확인')
    await click(button)
    expect(button.textContent).toBe('그래도 새로 등록하기')
    expect(fake.calls).toHaveLength(0)
    await click(button)
    expect(fake.calls).toHaveLength(1)
    expect(told()).toEqual(['unconfirmed'])
    expect(pendingAttempt('left-1')).not.toBeNull()
  })

  it('that came to nothing is no news, and no click waits for it', async () => {
    remember(leftOver())
    const confirm = vi.fn<Confirm>(async () => ({ status: 'none' }))
    const { button, told } = await show({}, confirm)
    await click(button)
    expect(fake.calls).toHaveLength(1)
    expect(told()).toEqual([])
    expect(pendingAttempt('left-1')).toMatchObject({ cameToNothing: true })
  })

  it('ends the click that waits for it also where it is the open question of another button', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    remember(leftOver())
    let isOnline = false
    const confirm: Confirm = async (claim) => (isOnline ? issuedOf(claim) : Promise.reject(new Error('offline')))
    const { one, two, told } = await showTwo({}, {}, confirm)
    expect(one.textContent).toBe('결과 다시 확인')
    isOnline = true
    await click(two)
    expect(fake.calls).toHaveLength(0)
    expect([one, two].map((button) => button.dataset.phase)).toEqual(['settled', 'settled'])
    expect(told()).toEqual(['unconfirmed left-1', 'issued left-1'])
  })

  it('is told to the button whose open question it is, and not to one before it that ends with it and listens to nothing', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    remember(leftOver())
    let isOnline = false
    const confirm: Confirm = async (claim) => (isOnline ? issuedOf(claim) : Promise.reject(new Error('offline')))
    const { one, two, told } = await showTwo({ onOutcome: undefined }, {}, confirm)
    expect(two.textContent).toBe('결과 다시 확인')
    isOnline = true
    await click(one)
    expect(fake.calls).toHaveLength(0)
    expect(told()).toEqual(['unconfirmed left-1', 'issued left-1'])
  })

  it('ends a click that is still loading the SDK', async () => {
    const imp = Reflect.get(window, 'IMP') as object
    Reflect.deleteProperty(window, 'IMP')
    remember(leftOver())
    let say = () => {}
    const confirm: Confirm = (claim) => new Promise((resolve) => (say = () => resolve(issuedOf(claim))))
    const { button, told } = await show({}, confirm)
    await click(button)
    expect(button.dataset.phase).toBe('loading-sdk')
    await act(async () => say())
    Reflect.set(window, 'IMP', imp)
    await act(async () => void fireEvent.load(document.scripts[0] as HTMLScriptElement))
    expect(fake.calls).toHaveLength(0)
    expect(button.dataset.phase).toBe('settled')
    expect(told()).toEqual(['issued'])
  })

  it('is asked about no more when another member signs in between two questions', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    remember(leftOver({ amount: 9900 }))
    const confirm = vi.fn<Confirm>(async () => ({ status: 'none' }))
    const shop = (customerKey: string) => (
      <BillingKeyProvider userCode="imp00000000" pg="jtnet" redirectUrl="/done" confirm={confirm} customerKey={customerKey}>
        <BillingKeyButton request={() => newRequest()} />
      </BillingKeyProvider>
    )
    const { rerender } = render(shop('member-1'))
    await act(() => vi.advanceTimersByTimeAsync(500))
    rerender(shop('member-2'))
    await act(() => vi.advanceTimersByTimeAsync(20_000))
    expect(confirm).toHaveBeenCalledTimes(1)
  })

  it('a pending approval blocks, and is no failed ask (sdk-facts 34)', async () => {
    remember(leftOver({ amount: 9900 }))
    const { button, onOutcome } = await show({}, async () => ({ status: 'pending' }))
    for (let ask = 0; ask < 4; ask += 1) await click(button)
    expect(button.textContent).toBe('결과 다시 확인')
    expect(onOutcome).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ status: 'unconfirmed', reason: 'pending' }))
    expect(fake.calls).toHaveLength(0)
  })

  it('is asked about hours later too, when the laptop was closed over the window or the clock was put right', async () => {
    remember(leftOver({ amount: 9900, startedAt: Date.now() - 7_200_000 }))
    const answers: ((answer: ConfirmAnswer) => void)[] = []
    const { button, told } = await show({}, () => new Promise((resolve) => answers.push(resolve)))
    await click(button)
    await act(async () => answers[0]?.(issuedOf({ merchantUid: 'left-1', customerUid: null, impUid: null }, 9900)))
    expect(told()).toEqual(['issued'])
    expect(fake.calls).toHaveLength(0)
  })

  it('a PG that has not decided after an hour does not block any longer', async () => {
    remember(leftOver({ amount: 9900, startedAt: Date.now() - 3_600_001 }))
    const { button, told } = await show({}, async () => ({ status: 'pending' }))
    await click(button)
    expect(told()).toEqual([])
    expect(fake.calls).toHaveLength(1)
    expect(pendingAttempt('left-1')).toMatchObject({ cameToNothing: true })
  })
})

it('of one member is not asked about for another who has signed in since', async () => {
  remember(leftOver({ amount: 9900 }))
  const confirm = vi.fn<Confirm>(() => Promise.reject(new Error('offline')))
  const settings = (customerKey: string) => ({ userCode: 'imp00000000', pg: 'jtnet' as const, redirectUrl: '/done', confirm, customerKey })
  const shop = (customerKey: string) => (
    <BillingKeyProvider {...settings(customerKey)}>
      <BillingKeyButton request={() => newRequest()} onOutcome={() => {}} />
    </BillingKeyProvider>
  )
  const { rerender } = render(shop('member-1'))
  await waitFor(() => expect(screen.getAllByRole('button')[0]?.textContent).toBe('결과 다시 확인'))
  rerender(shop('member-2'))
  await act(async () => void document.dispatchEvent(new Event('visibilitychange')))
  expect(confirm).toHaveBeenCalledTimes(1)
  expect(screen.getAllByRole('button')[0]?.textContent).toBe('카드 등록하기')
})

it('what nobody could say is asked about when the page is seen again, also where one of two providers has gone', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  const confirm = vi.fn<Confirm>(() => Promise.reject(new Error('offline')))
  const settings = { userCode: 'imp00000000', pg: 'jtnet', redirectUrl: '/done', confirm } as const
  const shop = (hasSecond: boolean) => (
    <>
      <BillingKeyProvider {...settings}>
        <BillingKeyButton request={() => newRequest()} />
      </BillingKeyProvider>
      {hasSecond && <BillingKeyProvider {...settings} />}
    </>
  )
  const { rerender } = render(shop(true))
  await act(async () => {})
  await click(screen.getByRole('button'))
  await answer(0)
  const seeAgain = () => act(async () => void document.dispatchEvent(new Event('visibilitychange')))
  await seeAgain()
  expect(confirm).toHaveBeenCalledTimes(2)
  rerender(shop(false))
  await seeAgain()
  expect(confirm).toHaveBeenCalledTimes(3)
})

describe('a success that comes after its window was given up', () => {
  const none: Confirm = async () => ({ status: 'none' })

  it('stops the next window while its request is fetched', async () => {
    let deliver: (request: BillingKeyRequest) => void = () => {}
    let confirmFirst: () => void = () => {}
    const source = vi
      .fn<() => Promise<BillingKeyRequest>>()
      .mockResolvedValueOnce(newRequest())
      .mockImplementation(() => new Promise((resolve) => (deliver = resolve)))
    const confirm = vi.fn<Confirm>((claim) =>
      claim.impUid ? new Promise((resolve) => (confirmFirst = () => resolve(issuedOf(claim)))) : Promise.resolve({ status: 'none' }),
    )
    const { button, told } = await show({ request: source }, confirm)
    await click(button)
    await click(wayOut())
    await click(button)
    await answer(0)
    await act(async () => deliver(newRequest()))
    expect(fake.calls).toHaveLength(1)
    await act(async () => confirmFirst())
    expect(told()).toEqual(['cancelled', 'issued'])
    expect(fake.calls).toHaveLength(1)
  })

  it('is found after reset()', async () => {
    let state: ReturnType<typeof useBillingKey> | undefined
    const onOutcome = vi.fn()
    const Own = () => {
      state = useBillingKey({ onOutcome })
      return null
    }
    const confirm: Confirm = async (claim) => (claim.impUid ? issuedOf(claim) : { status: 'none' })
    render(
      <BillingKeyProvider userCode="imp00000000" pg="jtnet" redirectUrl="/done" confirm={confirm}>
        <Own />
      </BillingKeyProvider>,
    )
    await act(async () => {})
    await act(async () => state?.issue(newRequest()))
    await act(async () => state?.abandon())
    await act(async () => state?.reset())
    await answer(0)
    expect(onOutcome.mock.calls.map(([outcome]) => outcome.status)).toEqual(['cancelled', 'issued'])
  })

  it('closes a second window of the same order, which it has paid', async () => {
    const request = newRequest()
    const confirm: Confirm = async (claim) => (claim.impUid ? issuedOf(claim) : { status: 'none' })
    const { button, told } = await show({ request }, confirm)
    await click(button)
    await click(wayOut())
    await click(button)
    expect(fake.calls).toHaveLength(2)
    await answer(0)
    expect(button.dataset.phase).toBe('settled')
    await answer(1, { success: false, imp_uid: null, error_msg: '사용자가 결제를 취소하셨습니다' })
    expect(told()).toEqual(['cancelled', 'issued'])
    expect(pendingAttempts()).toEqual([])
  })

  it('closes a window of the same order that another button opened', async () => {
    const confirm: Confirm = async (claim) => (claim.impUid ? issuedOf(claim) : { status: 'none' })
    const request = newRequest()
    const { one, two, told } = await showTwo({ request }, { request }, confirm)
    await click(one)
    await click(wayOut())
    await click(two)
    expect(fake.calls).toHaveLength(2)
    await answer(0)
    expect(two.dataset.phase).toBe('settled')
    expect(told()).toEqual([`cancelled ${request.merchantUid}`, `issued ${request.merchantUid}`])
  })

  it('ends a click that is fetching its request', async () => {
    const confirm: Confirm = async (claim) => (claim.impUid ? issuedOf(claim) : { status: 'none' })
    const request = newRequest()
    let come = (_: BillingKeyRequest) => {}
    const fetched = () => new Promise<BillingKeyRequest>((resolve) => (come = resolve))
    const { one, two, told } = await showTwo({ request }, { request: fetched }, confirm)
    await click(one)
    await click(wayOut())
    await click(two)
    expect(two.dataset.phase).toBe('preparing')
    await answer(0)
    await act(async () => come(newRequest()))
    expect(fake.calls).toHaveLength(1)
    expect([one, two].map((button) => button.dataset.phase)).toEqual(['settled', 'settled'])
    expect(told()).toEqual([`cancelled ${request.merchantUid}`, `issued ${request.merchantUid}`])
  })

  it('is not lost to the refusal of a window of the same order that another button opened', async () => {
    const confirm: Confirm = async (claim) => (claim.impUid ? issuedOf(claim) : { status: 'none' })
    const [request, other] = [newRequest(), newRequest()]
    const source = vi.fn<() => BillingKeyRequest>().mockReturnValueOnce(request).mockReturnValueOnce(other)
    const { one, two, told } = await showTwo({ request: source }, { request }, confirm)
    for (const _ of ['the order', 'another']) {
      await click(one)
      await click(wayOut())
    }
    await click(two)
    expect(fake.calls).toHaveLength(3)
    await answer(0)
    await answer(2, { success: false, imp_uid: null, error_msg: '이미 결제된 주문번호입니다.' })
    expect(told().at(-1)).toBe(`issued ${request.merchantUid}`)
  })

  it('is told without a server too, while the next window is open', async () => {
    const { button, told } = await show()
    await click(button)
    await click(wayOut())
    await click(button)
    await answer(0)
    expect(told()).toEqual(['cancelled', 'reported'])
  })

  it('leaves nothing behind when the SDK says it twice', async () => {
    const { button, told } = await show({}, async (claim) => issuedOf(claim))
    await click(button)
    await answer(0)
    await answer(0)
    expect(pendingAttempts()).toEqual([])
    await click(button)
    expect(fake.calls).toHaveLength(2)
    expect(told()).toEqual(['issued'])
  })

  it('is never asked about under the order of another attempt', async () => {
    const confirm = vi.fn<Confirm>(none)
    const { button } = await show({}, confirm)
    await click(button)
    await click(wayOut())
    await click(button)
    await click(wayOut())
    await answer(0)
    const wrong = confirm.mock.calls.filter(
      ([claim]) => claim.impUid === 'imp_0' && claim.merchantUid !== fake.calls[0]?.params.merchant_uid,
    )
    expect(wrong).toEqual([])
  })
})

describe('what is told', () => {
  it('is an error when the request function gives nothing', async () => {
    const { button, onError } = await show({ request: async () => undefined })
    await click(button)
    expect(onError).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 'invalid-request' }))
    expect(button.getAttribute('aria-busy')).toBe('false')
  })

  it('is told once after a close, the server’s word and a late callback', async () => {
    const { button, told } = await show({}, async (claim) => issuedOf(claim))
    await click(button)
    await click(wayOut())
    await answer(0)
    await answer(0)
    expect(told()).toEqual(['issued'])
  })

  it('is told before a callback can throw, whose exception goes to reportError', async () => {
    const reported = vi.fn()
    vi.stubGlobal('reportError', reported)
    const onOutcome = vi.fn(() => {
      throw new Error('the shop’s')
    })
    const { button } = await show({ onOutcome, quiet: false }, async (claim) => issuedOf(claim))
    await click(button)
    await answer(0)
    expect(onOutcome).toHaveBeenCalledTimes(1)
    expect(reported).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ message: 'the shop’s' }))
    expect(screen.getByText('카드를 등록했어요.')).toBeDefined()
    vi.unstubAllGlobals()
  })

  it('is unconfirmed, and no refusal, when the server does not know yet what the window reported', async () => {
    const { button, onOutcome } = await show({}, async () => ({ status: 'none' }))
    await click(button)
    await answer(0)
    expect(onOutcome).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ status: 'unconfirmed', reason: 'not-yet' }))
  })

  it('asks the server about any imp_uid, also one that came with an error', async () => {
    const { button, told } = await show({}, async (claim) => issuedOf(claim))
    await click(button)
    await answer(0, { success: false, error_code: 'F500', error_msg: '오류' })
    expect(told()).toEqual(['issued'])
  })

  it('says sign-in for a 401, and forgets nothing', async () => {
    const { button, onOutcome } = await show({}, () => Promise.reject(Object.assign(new Error('no'), { status: 401 })))
    await click(button)
    await answer(0)
    expect(onOutcome).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ status: 'unconfirmed', reason: 'sign-in' }))
    expect(pendingAttempts()).toHaveLength(1)
  })

  it('keeps asking for ten seconds after a close that may have been paid', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const confirm = vi.fn<Confirm>(async () => ({ status: 'none' }))
    const { button, told } = await show({ request: () => newRequest({ amount: 9900 }) }, confirm)
    await click(button)
    await click(wayOut())
    await act(() => vi.advanceTimersByTimeAsync(9_900))
    expect(told()).toEqual([])
    expect(button.dataset.phase).toBe('confirming')
    await act(() => vi.advanceTimersByTimeAsync(200))
    expect(confirm).toHaveBeenCalledTimes(5)
    expect(told()).toEqual(['cancelled'])
  })

  it('shows no card number that the shop’s server forgot to mask', async () => {
    const card = { name: '현대카드', number: '9410123412340001' }
    const { button, onOutcome } = await show({}, async (claim) => ({ ...issuedOf(claim), card }) as ConfirmAnswer)
    await click(button)
    await answer(0)
    expect(onOutcome.mock.calls[0]?.[0]).toMatchObject({ card: { number: '9410********0001' } })
    expect(JSON.stringify({ ...sessionStorage })).not.toContain('12341234')
  })

  it('keeps nothing of the buyer', async () => {
    const { button } = await show({ request: () => newRequest({ buyer: { name: '김민아', email: 'mina@example.com' } }) })
    await click(button)
    expect(JSON.stringify({ ...sessionStorage, ...localStorage })).not.toMatch(/김민아|mina@/)
  })
})

describe('the way out', () => {
  it('is there while the server does not answer, and leads to unconfirmed', async () => {
    const { button, onOutcome } = await show({}, () => new Promise(() => {}))
    await click(button)
    await answer(0)
    await click(screen.getByRole('button', { name: '나중에 확인하기' }))
    expect(onOutcome).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ status: 'unconfirmed', reason: 'abandoned' }))
    expect(button.textContent).toBe('결과 다시 확인')
  })

  it('is there while a request never comes, and opens nothing afterwards', async () => {
    let deliver: (request: BillingKeyRequest) => void = () => {}
    const { button, told } = await show({ request: () => new Promise((resolve) => (deliver = resolve)) })
    await click(button)
    await click(wayOut())
    await act(async () => deliver(newRequest()))
    expect(told()).toEqual(['cancelled'])
    expect(fake.calls).toHaveLength(0)
  })

  it('lies at the bottom of the screen and no higher than a button, with no stylesheet', async () => {
    const { button } = await show()
    await click(button)
    const { position, top, bottom, zIndex } = wayOut().style
    expect([position, top, zIndex]).toEqual(['fixed', 'auto', '2147483647'])
    expect(bottom).toContain('12px')
    expect(wayOut().parentElement).toBe(document.body)
  })

  it('is there with an element of the shop’s own', async () => {
    const { button } = await show({ render: (props: object) => <button {...props} /> })
    await click(button)
    expect(wayOut()).toBeDefined()
  })

  it('is there when the next attempt begins with the end of the last', async () => {
    let state: ReturnType<typeof useBillingKey> | undefined
    await show({
      onOutcome: () => state?.issue(() => newRequest()),
      render: (props: object, now: typeof state) => {
        state = now
        return <button {...props} />
      },
    })
    await click(screen.getByRole('button'))
    await answer(0, { success: false, imp_uid: null, error_msg: '한도 초과' })
    expect(fake.calls).toHaveLength(2)
    expect(wayOut()).toBeDefined()
  })

  it('ends, from any button, an attempt whose component has gone', async () => {
    const onOutcome = vi.fn()
    function Shop() {
      const [first, setFirst] = useState(true)
      return (
        <BillingKeyProvider userCode="imp00000000" pg="jtnet" redirectUrl="/done">
          {first && <BillingKeyButton request={() => newRequest()} onOutcome={onOutcome} quiet />}
          <BillingKeyButton request={() => newRequest()} quiet>
            다른 이용권
          </BillingKeyButton>
          <button type="button" onClick={() => setFirst(false)}>
            닫기
          </button>
        </BillingKeyProvider>
      )
    }
    render(<Shop />)
    await act(async () => {})
    await click(screen.getByRole('button', { name: '카드 등록하기' }))
    await click(screen.getByRole('button', { name: '닫기' }))
    await click(wayOut())
    expect(onOutcome).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ status: 'cancelled', by: 'closed' }))
    await click(screen.getByRole('button', { name: '다른 이용권' }))
    expect(fake.calls).toHaveLength(2)
  })

  it('comes by itself after fifteen seconds without an answer of the server', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    const { button, onOutcome } = await show({}, () => new Promise(() => {}))
    await click(button)
    await answer(0)
    await act(() => vi.advanceTimersByTimeAsync(15_000))
    expect(onOutcome).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ status: 'unconfirmed', reason: 'timeout' }))
  })
})

describe('the click', () => {
  it('is asked for once more when it is spent and the PG may open a popup (sdk-facts 37)', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    let deliver: (request: BillingKeyRequest) => void = () => {}
    const { button, told } = await show({ request: () => new Promise((resolve) => (deliver = resolve)) }, undefined, { pg: 'payco' })
    await click(button)
    vi.advanceTimersByTime(1_100)
    await act(async () => deliver(newRequest()))
    expect(fake.calls).toHaveLength(0)
    expect(button.textContent).toBe('한 번 더 눌러 결제창 열기')
    expect(button.getAttribute('aria-busy')).toBe('false')
    await click(button)
    expect(fake.calls).toHaveLength(1)
    await answer(0)
    expect(told()).toEqual(['reported'])
  })

  it('opens in its own task with an intent that was fetched on pointerdown, which serves one click', async () => {
    const request = vi.fn(async () => newRequest())
    const { button } = await show({ request })
    await act(async () => void fireEvent.pointerDown(button))
    act(() => {
      button.click()
      expect(fake.calls).toHaveLength(1)
    })
    await answer(0)
    await click(button)
    expect(request).toHaveBeenCalledTimes(2)
    expect(fake.calls[1]?.params.merchant_uid).not.toBe(fake.calls[0]?.params.merchant_uid)
  })
})

describe('an unmount', () => {
  it('before the window ends the attempt in silence', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    let deliver: (request: BillingKeyRequest) => void = () => {}
    const { button, told, unmount } = await show({ request: () => new Promise((resolve) => (deliver = resolve)) })
    await click(button)
    vi.advanceTimersByTime(1_500)
    unmount()
    await act(async () => deliver(newRequest()))
    expect(fake.calls).toHaveLength(0)
    expect(told()).toEqual([])
  })

  it('by the click itself does not: the page owns the attempt', async () => {
    let deliver: (request: BillingKeyRequest) => void = () => {}
    const { button, told, unmount } = await show({ request: () => new Promise((resolve) => (deliver = resolve)) })
    await click(button)
    unmount()
    await act(async () => deliver(newRequest()))
    expect(fake.calls).toHaveLength(1)
    await answer(0)
    expect(told()).toEqual(['reported'])
  })

  it('by the click itself leaves nobody to click again: a popup’s window opens at once', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    let deliver: (request: BillingKeyRequest) => void = () => {}
    const { button, told, unmount } = await show({ request: () => new Promise((resolve) => (deliver = resolve)) }, undefined, {
      pg: 'payco',
    })
    await click(button)
    await act(async () => unmount())
    vi.advanceTimersByTime(1_100)
    await act(async () => deliver(newRequest()))
    expect(fake.calls).toHaveLength(1)
    await answer(0)
    expect(told()).toEqual(['reported'])
  })
  it('by the click itself opens what already waited for a second one', async () => {
    vi.stubGlobal('navigator', Object.assign(Object.create(navigator), { userActivation: { isActive: false } }))
    const { button, told, unmount } = await show({}, undefined, { pg: 'payco' })
    await click(button)
    expect(button.dataset.phase).toBe('ready')
    await act(async () => unmount())
    vi.unstubAllGlobals()
    expect(fake.calls).toHaveLength(1)
    await answer(0)
    expect(told()).toEqual(['reported'])
  })
})

describe('the page', () => {
  it('calls init again when another script has initialised the SDK for somebody else', async () => {
    const { button } = await show()
    fake.imp.init('impOTHER')
    await click(button)
    expect(fake.merchants.slice(-2)).toEqual(['impOTHER', 'imp00000000'])
    expect(fake.calls).toHaveLength(1)
  })

  it('calls init again when another script has called agency for a sub-merchant', async () => {
    const called: string[][] = []
    const agency = (...of: string[]) => void called.push(of)
    const imp = Object.assign(fake.imp, { agency })
    const { button } = await show()
    imp.agency('imp00000000', 'A01')
    await click(button)
    expect(called).toEqual([['imp00000000', 'A01']])
    expect(fake.merchants).toEqual(['imp00000000', 'imp00000000'])
    expect(fake.calls).toHaveLength(1)
  })

  it('says of the SDK what holds at this moment, whatever it was before', async () => {
    let status = ''
    const Status = () => {
      status = useIamport().status
      return null
    }
    const look = () => {
      act(pageChanged)
      return status
    }
    const { imp } = fake
    Reflect.deleteProperty(window, 'IMP')
    render(
      <BillingKeyProvider userCode="imp00000000">
        <Status />
      </BillingKeyProvider>,
    )
    await act(async () => {})
    expect(status).toBe('loading')
    Reflect.set(window, 'IMP', imp)
    await act(async () => void fireEvent.load(document.scripts[0] as HTMLScriptElement))
    expect(status).toBe('ready')
    imp.init('impOTHER')
    expect(look()).toBe('idle')
    imp.init('imp00000000')
    expect(look()).toBe('ready')
    Reflect.deleteProperty(window, 'IMP')
    expect(look()).toBe('idle')
    installFakeIamport() // by another script, and nobody has called its init
    expect(look()).toBe('idle')
  })

  it('takes two clicks in one task for one (sdk-facts 28)', async () => {
    const { button, onError } = await show()
    await act(async () => {
      button.click()
      button.click()
    })
    expect(fake.calls).toHaveLength(1)
    expect(onError).not.toHaveBeenCalled()
  })

  it('opens the window also where alert cannot be replaced', async () => {
    const own = Object.getOwnPropertyDescriptor(window, 'alert')
    Object.defineProperty(window, 'alert', {
      configurable: true,
      get: () => () => {},
      set: () => {
        throw new TypeError('read only')
      },
    })
    const { button, told } = await show()
    await click(button)
    await answer(0)
    expect(told()).toEqual(['reported'])
    if (own) Object.defineProperty(window, 'alert', own)
  })

  it('commits twice a cycle without a server, and renders no button when the provider’s parent renders', async () => {
    let renders = 0
    const request = newRequest()
    const Counted = () => {
      renders += 1
      const { issue, phase } = useBillingKey()
      return (
        <button type="button" onClick={() => issue(request)}>
          {phase}
        </button>
      )
    }
    const child = <Counted />
    const Parent = ({ locale }: { locale: number }) => (
      <BillingKeyProvider
        key="one"
        userCode="imp00000000"
        pg="jtnet"
        redirectUrl="/done"
        noticeUrl={['https://a.example', `https://b.example`]}
        replaceUrl={() => locale}
      >
        {child}
      </BillingKeyProvider>
    )
    const { rerender } = render(<Parent locale={1} />)
    await act(async () => {})
    const before = renders
    rerender(<Parent locale={2} />)
    expect(renders).toBe(before)
    await click(screen.getByRole('button'))
    await answer(0)
    expect(renders - before).toBe(2)
  })
})

describe('the landing', () => {
  const land = async (confirm: Confirm, consumers = 1, onOutcome = vi.fn()) => {
    const page = render(
      <StrictMode>
        <BillingKeyProvider userCode="imp00000000" confirm={confirm}>
          {Array.from({ length: consumers }, (_, at) => (
            <BillingKeyRedirect key={at} onOutcome={onOutcome} />
          ))}
        </BillingKeyProvider>
      </StrictMode>,
    )
    await act(async () => void (await new Promise((resolve) => setTimeout(resolve, 20))))
    return { ...page, onOutcome }
  }

  it('tells each of two consumers once, and asks once', async () => {
    history.replaceState(null, '', '/done?imp_uid=imp_1&merchant_uid=m-two')
    const confirm = vi.fn<Confirm>(async (claim) => issuedOf(claim))
    const { onOutcome } = await land(confirm, 2)
    expect(onOutcome).toHaveBeenCalledTimes(2)
    expect(confirm).toHaveBeenCalledTimes(1)
    expect(screen.getAllByText('카드를 등록했어요.')).toHaveLength(2)
  })

  it('tells a consumer that comes after the end, once, and asks nobody again', async () => {
    history.replaceState(null, '', '/done?imp_uid=imp_1&merchant_uid=m-late')
    const confirm = vi.fn<Confirm>(async (claim) => issuedOf(claim))
    const [first, late] = [vi.fn(), vi.fn()]
    const page = (isLate: boolean) => (
      <BillingKeyProvider userCode="imp00000000" confirm={confirm}>
        <BillingKeyRedirect onOutcome={first} />
        {isLate && <BillingKeyRedirect onOutcome={late} />}
      </BillingKeyProvider>
    )
    const { rerender } = render(page(false))
    await waitFor(() => expect(first).toHaveBeenCalledTimes(1))
    rerender(page(true))
    await waitFor(() => expect(screen.getAllByText('카드를 등록했어요.')).toHaveLength(2))
    expect(late).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ status: 'issued', merchantUid: 'm-late' }))
    expect(first).toHaveBeenCalledTimes(1)
    expect(confirm).toHaveBeenCalledTimes(1)
  })

  it.each([
    ['of a page that has gone', () => {}],
    ['of this very page', () => remember(leftOver({ merchantUid: 'm-blocked' }))],
  ])('works with site data blocked, and keeps PortOne’s keys until the outcome is definite: an attempt %s', async (_, before) => {
    for (const method of ['getItem', 'setItem'] as const)
      vi.spyOn(Storage.prototype, method).mockImplementation(() => {
        throw new DOMException('blocked', 'SecurityError')
      })
    before()
    history.replaceState(null, '', '/done?plan=a&imp_uid=imp_1&merchant_uid=m-blocked')
    let decide: (answer: ConfirmAnswer) => void = () => {}
    const confirm = vi.fn<Confirm>(() => new Promise((resolve) => (decide = resolve)))
    const { onOutcome } = await land(confirm, 2)
    expect(location.search).toContain('imp_uid')
    await act(async () => decide(issuedOf({ merchantUid: 'm-blocked', customerUid: null, impUid: 'imp_1' })))
    expect(onOutcome).toHaveBeenCalledTimes(2)
    expect(confirm).toHaveBeenCalledTimes(1)
    expect(location.search).toBe('?plan=a')
  })

  it('is waited for by a click on a button of its page, and left by its way out', async () => {
    remember(leftOver({ amount: 9900 }))
    history.replaceState(null, '', '/done?imp_uid=imp_1&merchant_uid=left-1')
    render(
      <BillingKeyProvider userCode="imp00000000" pg="jtnet" redirectUrl="/done" confirm={() => new Promise(() => {})}>
        <BillingKeyRedirect />
        <BillingKeyButton request={() => newRequest()} quiet />
      </BillingKeyProvider>,
    )
    await act(async () => void (await new Promise((resolve) => setTimeout(resolve, 20))))
    await click(screen.getByRole('button', { name: '카드 등록하기' }))
    expect(fake.calls).toHaveLength(0)
    await click(wayOut())
    expect(fake.calls).toHaveLength(0)
    expect(screen.getByText(/등록됐는지 아직 확인하지 못했어요/)).toBeDefined()
  })

  it('of an attempt that had come to nothing is asked about again after its way out and a reload', async () => {
    remember(leftOver({ cameToNothing: true }))
    history.replaceState(null, '', '/done?imp_uid=imp_1&merchant_uid=left-1')
    render(
      <BillingKeyProvider userCode="imp00000000" pg="jtnet" redirectUrl="/done" confirm={() => new Promise(() => {})}>
        <BillingKeyRedirect />
        <BillingKeyButton request={() => newRequest()} quiet />
      </BillingKeyProvider>,
    )
    await act(async () => void (await new Promise((resolve) => setTimeout(resolve, 20))))
    expect(pendingAttempt('left-1')).toMatchObject({ impUid: 'imp_1', cameToNothing: false })
    remember(leftOver({ cameToNothing: true }))
    await click(screen.getByRole('button', { name: '카드 등록하기' }))
    await click(wayOut())
    expect(pendingAttempt('left-1')).toMatchObject({ cameToNothing: false })
  })

  it('is kept from the click of another page: a result in the address is no leftover', async () => {
    remember(leftOver())
    history.replaceState(null, '', '/done?imp_uid=imp_1&merchant_uid=left-1')
    const confirm = vi.fn<Confirm>(async (claim) => issuedOf(claim))
    const onOutcome = vi.fn()
    await land(confirm, 1, onOutcome)
    expect(confirm).toHaveBeenCalledExactlyOnceWith(
      { merchantUid: 'left-1', customerUid: 'card-left', impUid: 'imp_1', token: 'signed' },
      expect.any(AbortSignal),
    )
    expect(onOutcome).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ status: 'issued', recovered: false }))
  })
})
