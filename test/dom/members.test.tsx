import { act, cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { pendingAttempt, remember } from '../../src/attempt/pending.ts'
import {
  BillingKeyButton,
  type BillingKeyButtonProps,
  type BillingKeyOutcome,
  BillingKeyProvider,
  type BillingKeyProviderProps,
  BillingKeyRedirect,
  type BillingKeyRequest,
  type Confirm,
  type ConfirmAnswer,
  useBillingKey,
} from '../../src/index.ts'
import { installFakeIamport, resetPage } from './fakeIamport.ts'

const requestOf = (merchantUid: string): BillingKeyRequest => ({ customerUid: `card-${merchantUid}`, merchantUid, name: '월간', amount: 0 })
const issued: Confirm = async ({ merchantUid }): Promise<ConfirmAnswer> => ({
  status: 'issued',
  customerUid: `card-${merchantUid}`,
  impUid: 'imp_1',
  charged: 0,
  card: { name: '현대카드', number: '4***********1111' },
})
const answerLate = () => {
  let resolve: (request: BillingKeyRequest) => void = () => {}
  let reject: (error: unknown) => void = () => {}
  const promise = new Promise<BillingKeyRequest>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}
let fake: ReturnType<typeof installFakeIamport>
const onOutcome = vi.fn<(outcome: BillingKeyOutcome) => void>()
const onError = vi.fn()

beforeEach(() => {
  resetPage()
  fake = installFakeIamport()
})
afterEach(() => {
  vi.clearAllMocks()
  cleanup()
})

async function shop(button: Partial<BillingKeyButtonProps>, provider: Partial<BillingKeyProviderProps> = {}) {
  const tree = (change: Partial<BillingKeyProviderProps>) => (
    <BillingKeyProvider userCode="imp00000000" pg="jtnet" redirectUrl="/done" confirm={issued} {...provider} {...change}>
      <BillingKeyButton {...({ request: requestOf('order-1'), onOutcome, onError, ...button } as BillingKeyButtonProps)} />
    </BillingKeyProvider>
  )
  const { rerender } = render(tree({}))
  await act(async () => {})
  return (change: Partial<BillingKeyProviderProps>) => act(async () => rerender(tree(change)))
}
const button = () => screen.getAllByRole('button')[0] as HTMLButtonElement
const click = () => act(async () => void fireEvent.click(button()))
const pay = (at: number) =>
  act(async () => {
    const call = fake.calls[at]
    call?.answer({ success: true, imp_uid: `imp_${at}`, merchant_uid: call.params.merchant_uid })
  })

describe('a request of a click that was given up', () => {
  it.each(['fails', 'is refused'])('and %s later ends no later click', async (how) => {
    const asked: ReturnType<typeof answerLate>[] = []
    const request = () => {
      const one = answerLate()
      asked.push(one)
      return one.promise
    }
    await shop({ request })
    await click()
    await act(async () => void fireEvent.click(screen.getByRole('button', { name: '결제창 닫기' })))
    await click()
    await act(async () => asked[0]?.reject(Object.assign(new Error('no'), how === 'is refused' && { status: 403, code: 'no' })))
    expect(button().dataset.phase).toBe('preparing')
    await act(async () => asked[1]?.resolve(requestOf('order-2')))
    await pay(0)
    expect(onOutcome.mock.lastCall?.[0]).toMatchObject({ status: 'issued', merchantUid: 'order-2' })
    expect(onError).not.toHaveBeenCalled()
  })

  it('and fails while the window of a later one is open takes nothing from it', async () => {
    const first = answerLate()
    let asks = 0
    await shop({
      request: () => {
        asks += 1
        return asks === 1 ? first.promise : requestOf('order-2')
      },
    })
    await click()
    await act(async () => void fireEvent.click(screen.getByRole('button', { name: '결제창 닫기' })))
    await click()
    await act(async () => first.reject(new Error('offline')))
    expect(button().dataset.phase).toBe('window-open')
    await pay(0)
    expect(onOutcome.mock.lastCall?.[0]).toMatchObject({ status: 'issued', merchantUid: 'order-2' })
    expect(onError).not.toHaveBeenCalled()
  })
})

describe('with another customerKey', () => {
  it('an order that was prepared for one member is never opened for the next', async () => {
    const api = vi.fn(async () => requestOf(`order-of-${member}`))
    let member = 'member-1'
    const change = await shop({ request: api }, { customerKey: member })
    await act(async () => void fireEvent.pointerDown(button()))
    member = 'member-2'
    await change({ customerKey: member })
    await click()
    expect(fake.calls.map(({ params }) => params.merchant_uid)).toEqual(['order-of-member-2'])
  })

  it('what a guest began, and a member went on with, is not shown to the next', async () => {
    const change = await shop({})
    await click()
    await change({ customerKey: 'member-1' })
    await pay(0)
    expect(document.body.textContent).toContain('1111')
    await change({ customerKey: undefined })
    await change({ customerKey: 'member-2' })
    expect(document.body.textContent).not.toContain('1111')
  })

  it('what is left of the member before is not shown to the next, also where the logout has cleared the storage', async () => {
    const change = await shop({}, { customerKey: 'member-1' })
    await click()
    await pay(0)
    expect(document.body.textContent).toContain('1111')
    sessionStorage.clear()
    await change({ customerKey: undefined })
    await change({ customerKey: 'member-2' })
    expect(document.body.textContent).not.toContain('1111')
  })

  it('a number for a member, where no types look, is the same one after a reload and another’s is not', async () => {
    const members = [42, 42, 43] as unknown as string[]
    const left: boolean[] = []
    for (const customerKey of members) {
      const before = sessionStorage.getItem('react-billing-key')
      resetPage()
      if (before) sessionStorage.setItem('react-billing-key', before)
      const { unmount } = render(<BillingKeyProvider userCode="imp00000000" customerKey={customerKey} />)
      if (!before) remember({ ...requestOf('order-1'), impUid: null, startedAt: Date.now(), failedAsks: 0, cameToNothing: false })
      left.push(pendingAttempt('order-1') !== null)
      unmount()
    }
    expect(left).toEqual([true, true, false])
  })

  it('the landing that a phone came back to without a session is not shown to another who signs in', async () => {
    const confirm = vi.fn<Confirm>(() => Promise.reject(Object.assign(new Error('sign in'), { status: 401 })))
    const tree = (customerKey: string | undefined) => (
      <BillingKeyProvider userCode="imp00000000" pg="jtnet" confirm={confirm} customerKey={customerKey}>
        <BillingKeyRedirect onOutcome={onOutcome} />
      </BillingKeyProvider>
    )
    sessionStorage.setItem('react-billing-key', JSON.stringify({ customerKey: 'member-1' }))
    remember({ ...requestOf('order-1'), impUid: null, startedAt: Date.now(), failedAsks: 0, cameToNothing: false })
    history.replaceState(null, '', '/done?imp_uid=imp_1&merchant_uid=order-1')
    const { rerender } = render(tree(undefined))
    await vi.waitFor(() => expect(onOutcome).toHaveBeenCalledTimes(1))
    expect(confirm).toHaveBeenCalledTimes(1)
    await act(async () => rerender(tree('member-2')))
    expect(confirm).toHaveBeenCalledTimes(1)
    expect(pendingAttempt('order-1')).toBeNull()
  })

  it('the window of the member before leaves the page, and the next can open theirs', async () => {
    const change = await shop({ request: () => requestOf(`order-${fake.calls.length}`) }, { customerKey: 'member-1' })
    await click()
    await change({ customerKey: 'member-2' })
    await click()
    expect(onError).not.toHaveBeenCalled()
    expect(fake.calls).toHaveLength(2)
    await pay(0)
    expect(onOutcome).not.toHaveBeenCalled()
    await pay(1)
    expect(onOutcome).toHaveBeenCalledTimes(1)
  })
})

it('a server that is asked no longer leaves the outcome open', async () => {
  const change = await shop({})
  await click()
  await change({ confirm: undefined })
  await pay(0)
  expect(onOutcome).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ status: 'unconfirmed', reason: 'unreachable' }))
})

it('an order is asked about where it was begun, also when the provider has another address since', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  const asked: string[] = []
  vi.stubGlobal('fetch', async (address: string) => {
    asked.push(address)
    if (address === '/b/confirm') return new Response('{"error":{"code":"not-yours","message":""}}', { status: 403 })
    if (asked.length === 1) throw new Error('offline')
    return new Response(JSON.stringify(await issued({ merchantUid: 'order-1' } as never, new AbortController().signal)))
  })
  const change = await shop({}, { api: '/a', confirm: undefined })
  await click()
  await pay(0)
  await vi.waitFor(() => expect(button().textContent).toBe('결과 다시 확인'))
  await change({ api: '/b' })
  await click()
  await vi.waitFor(() => expect(onOutcome).toHaveBeenCalledTimes(2))
  expect(onOutcome.mock.calls.map(([{ status }]) => status)).toEqual(['unconfirmed', 'issued'])
  expect(asked).toEqual(['/a/confirm', '/a/confirm'])
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

it('the newest confirm of a hook is asked, also about an order that was begun with another', async () => {
  const early = vi.fn<Confirm>(issued)
  const late = vi.fn<Confirm>(issued)
  function Own({ confirm }: { confirm: Confirm }) {
    const { issue } = useBillingKey({ confirm, onOutcome })
    return (
      <button type="button" onClick={() => issue(requestOf('order-1'))}>
        등록
      </button>
    )
  }
  const tree = (confirm: Confirm) => (
    <BillingKeyProvider userCode="imp00000000" pg="jtnet" redirectUrl="/done">
      <Own confirm={confirm} />
    </BillingKeyProvider>
  )
  const { rerender } = render(tree(early))
  await click()
  rerender(tree(late))
  await pay(0)
  expect(early).not.toHaveBeenCalled()
  expect(late).toHaveBeenCalledTimes(1)
})

it('a second click is for what was chosen since the first', async () => {
  const first = answerLate()
  const orders: unknown[] = []
  const fetchOrder = vi.fn(async (_address: string, { body }: { body: string }) => {
    const order = JSON.parse(body)
    orders.push(order)
    if (orders.length === 1) await first.promise
    return new Response(JSON.stringify(requestOf(`order-${order.plan}`)))
  })
  vi.stubGlobal('fetch', fetchOrder)
  const settings = { userCode: 'imp00000000', pg: 'naverpay', redirectUrl: '/done', api: '/api' } as const
  const tree = (plan: string) => (
    <BillingKeyProvider {...settings}>
      <BillingKeyButton order={{ plan }} />
    </BillingKeyProvider>
  )
  const { rerender } = render(tree('monthly'))
  await act(async () => {})
  const now = vi.spyOn(performance, 'now').mockReturnValue(0)
  await click()
  now.mockReturnValue(2_000)
  await act(async () => first.resolve(requestOf('')))
  await vi.waitFor(() => expect(button().dataset.phase).toBe('ready'))
  await act(async () => rerender(tree('yearly')))
  await click()
  await vi.waitFor(() => expect(fake.calls).toHaveLength(1))
  expect(fake.calls[0]?.params.merchant_uid).toBe('order-yearly')
  now.mockRestore()
  vi.unstubAllGlobals()
})

it('what is left over of one shop is asked about at its own server, and not at that of another on the page', async () => {
  const other = vi.fn<Confirm>(async () => ({ status: 'failed', code: 'not-yours', message: '' }))
  const mine = vi.fn<Confirm>(issued)
  const left = { ...requestOf('order-1'), userCode: 'impMINE', impUid: null, startedAt: Date.now(), failedAsks: 0, cameToNothing: false }
  remember(left)
  const providers = { pg: 'jtnet', redirectUrl: '/done' } as const
  render(
    <>
      <BillingKeyProvider {...providers} userCode="impOTHER" confirm={other}>
        <BillingKeyButton request={requestOf('order-2')} />
      </BillingKeyProvider>
      <BillingKeyProvider {...providers} userCode="impMINE" confirm={mine}>
        <BillingKeyButton request={requestOf('order-3')} onOutcome={onOutcome} />
      </BillingKeyProvider>
    </>,
  )
  await vi.waitFor(() =>
    expect(onOutcome).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ status: 'issued', merchantUid: 'order-1' })),
  )
  expect(mine).toHaveBeenCalledTimes(1)
  expect(other).not.toHaveBeenCalled()
})
