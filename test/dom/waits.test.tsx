import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { visibleTimeout } from '../../src/attempt/visibleTimeout.ts'
import { loadIamport } from '../../src/iamport/loadIamport.ts'
import { BillingKeyButton, type BillingKeyOutcome, BillingKeyProvider, type Claim, type ConfirmAnswer } from '../../src/index.ts'
import { installFakeIamport, resetPage } from './fakeIamport.ts'

beforeEach(() => resetPage())
afterEach(() => cleanup())

const moment = () => new Promise((resolve) => setTimeout(resolve, 200))
const request = { customerUid: 'card-1', merchantUid: 'order-1', name: '월간', amount: 0 }
const issuedOf = ({ merchantUid }: Claim): ConfirmAnswer => ({
  status: 'issued',
  customerUid: `key-of-${merchantUid}`,
  impUid: 'imp_1',
  charged: 0,
  currency: 'KRW',
  card: null,
})

// a timer runs out at once when it is asked for one of these
describe.each([2 ** 31, Number.POSITIVE_INFINITY, Number.NaN, -1, 0])('a time of %s ms', (ms) => {
  it('is long enough for a server to answer', async () => {
    const fake = installFakeIamport()
    const confirm = async (claim: Claim) => {
      await moment()
      return issuedOf(claim)
    }
    const onOutcome = vi.fn<(outcome: BillingKeyOutcome) => void>()
    render(
      <BillingKeyProvider userCode="imp00000000" pg="jtnet" redirectUrl="/done" confirm={confirm} confirmTimeoutMs={ms}>
        <BillingKeyButton request={request} onOutcome={onOutcome} quiet />
      </BillingKeyProvider>,
    )
    await act(async () => void fireEvent.click(screen.getByRole('button')))
    await act(async () => fake.calls[0]?.answer({ success: true, imp_uid: 'imp_1', merchant_uid: 'order-1' }))
    await waitFor(() => expect(onOutcome).toHaveBeenCalledTimes(1))
    expect(onOutcome).toHaveBeenCalledWith(expect.objectContaining({ status: 'issued' }))
  })

  it('is long enough for a script to load', async () => {
    const loading = loadIamport({ userCode: 'imp00000000', scriptUrl: 'https://shop.example/sdk.js', loadTimeoutMs: ms })
    const failed = vi.fn()
    loading.catch(failed)
    await moment()
    expect(failed).not.toHaveBeenCalled()
    installFakeIamport()
    document.querySelector('script')?.dispatchEvent(new Event('load'))
    expect(await loading).toHaveProperty('request_pay')
  })
})

it('writes nothing to the console of a question that was given up', async () => {
  const fake = installFakeIamport()
  const written = vi.spyOn(console, 'error').mockImplementation(() => {})
  const stopped = vi.fn()
  const confirm = (_claim: Claim, signal: AbortSignal) =>
    new Promise<ConfirmAnswer>((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        stopped()
        reject(signal.reason)
      })
    })
  const onOutcome = vi.fn<(outcome: BillingKeyOutcome) => void>()
  render(
    <BillingKeyProvider userCode="imp00000000" pg="jtnet" redirectUrl="/done" confirm={confirm}>
      <BillingKeyButton request={request} onOutcome={onOutcome} quiet />
    </BillingKeyProvider>,
  )
  await act(async () => void fireEvent.click(screen.getByRole('button')))
  await act(async () => fake.calls[0]?.answer({ success: true, imp_uid: 'imp_1', merchant_uid: 'order-1' }))
  await act(async () => void fireEvent.click(screen.getByText('나중에 확인하기')))
  await waitFor(() => expect(stopped).toHaveBeenCalledTimes(1))
  await moment()
  expect(onOutcome).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ status: 'unconfirmed', reason: 'abandoned' }))
  expect(written).not.toHaveBeenCalled()
  written.mockRestore()
})

describe('a deadline', () => {
  const visibility = vi.spyOn(document, 'visibilityState', 'get')
  const show = (state: DocumentVisibilityState) => {
    visibility.mockReturnValue(state)
    document.dispatchEvent(new Event('visibilitychange'))
  }
  const late = vi.fn<() => void>()
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    late.mockClear()
    show('visible')
  })
  afterEach(() => vi.useRealTimers())
  afterAll(() => visibility.mockRestore())

  it('counts the time that the page was seen, over every pause, and runs out once', () => {
    vi.advanceTimersByTime(5_000)
    visibleTimeout(late, 1_000)
    vi.advanceTimersByTime(600)
    show('hidden')
    show('hidden')
    vi.advanceTimersByTime(60_000)
    show('visible')
    show('visible')
    vi.advanceTimersByTime(300)
    show('hidden')
    vi.advanceTimersByTime(60_000)
    show('visible')
    vi.advanceTimersByTime(99)
    expect(late).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(late).toHaveBeenCalledTimes(1)
    show('hidden')
    show('visible')
    vi.advanceTimersByTime(60_000)
    expect(late).toHaveBeenCalledTimes(1)
  })

  it('does not begin before the page is seen', () => {
    show('hidden')
    visibleTimeout(late, 1_000)
    vi.advanceTimersByTime(60_000)
    expect(late).not.toHaveBeenCalled()
    show('visible')
    vi.advanceTimersByTime(1_000)
    expect(late).toHaveBeenCalledTimes(1)
  })

  it('runs out for nobody who has stopped it, whether the page is seen or not', () => {
    visibleTimeout(late, 1_000)()
    show('hidden')
    const stop = visibleTimeout(late, 1_000)
    stop()
    show('visible')
    vi.advanceTimersByTime(60_000)
    expect(late).not.toHaveBeenCalled()
  })
})
