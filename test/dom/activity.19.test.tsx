import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { Activity, Suspense, use } from 'react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { BillingKeyButton, BillingKeyProvider, type ConfirmAnswer, useBillingKey } from '../../src/index.ts'
import { installFakeIamport, resetPage } from './fakeIamport.ts'

const request = { customerUid: 'card-1', merchantUid: 'issue-1', name: '월간', amount: 0 }
const issued: ConfirmAnswer = { status: 'issued', customerUid: 'card-1', impUid: 'imp_1', charged: 0, currency: 'KRW', card: null }
let fake: ReturnType<typeof installFakeIamport>

beforeEach(() => {
  resetPage()
  fake = installFakeIamport()
})
afterEach(() => {
  vi.restoreAllMocks()
  cleanup()
})

type Source = () => Promise<typeof request> | typeof request

function Button({ source, onOutcome }: { source: Source; onOutcome: () => void }) {
  return <BillingKeyButton request={source} onOutcome={onOutcome} />
}
/** The hook alone: nothing of the button's keeps it alive. */
function Hook({ source, onOutcome }: { source: Source; onOutcome: () => void }) {
  const { issue, phase, outcome } = useBillingKey({ onOutcome })
  return (
    <button type="button" data-phase={phase} onClick={() => issue(source)}>
      {outcome?.status === 'issued' ? '카드를 등록했어요.' : '등록'}
    </button>
  )
}

/** What another button of the page would offer a way out of. */
const Elsewhere = () => (useBillingKey().isOrphaned ? <p>주인 없는 결제창</p> : null)

function page(Registering: typeof Button, source: Source) {
  const onOutcome = vi.fn()
  const app = (mode: 'visible' | 'hidden') => (
    <BillingKeyProvider userCode="imp00000000" pg="jtnet" redirectUrl="/done" confirm={async () => issued}>
      <Activity mode={mode}>
        <Registering source={source} onOutcome={onOutcome} />
      </Activity>
      <Elsewhere />
    </BillingKeyProvider>
  )
  const { rerender } = render(app('visible'))
  return { onOutcome, turn: (mode: 'visible' | 'hidden') => act(async () => rerender(app(mode))) }
}
/** Longer after the click than the second in which an unmount ends nothing. */
const later = () => {
  const now = performance.now()
  vi.spyOn(performance, 'now').mockReturnValue(now + 5_000)
}

describe.each([
  ['<BillingKeyButton>', Button],
  ['useBillingKey alone', Hook],
])('%s', (_, Registering) => {
  it('is told its outcome when <Activity> hides it while its window is open, and nothing of a customer’s cancelling', async () => {
    const { onOutcome, turn } = page(Registering, () => request)
    await act(async () => void fireEvent.click(screen.getByRole('button')))
    expect(fake.calls).toHaveLength(1)
    later()
    await turn('hidden')
    await act(async () => {})
    expect(onOutcome).not.toHaveBeenCalled()
    expect(screen.queryByText('주인 없는 결제창')).toBeNull()
    await act(async () => fake.calls[0]?.answer({ success: true, imp_uid: 'imp_1', merchant_uid: 'issue-1' }))
    await waitFor(() => expect(onOutcome).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ status: 'issued' })))
    await turn('visible')
    expect(screen.getByText('카드를 등록했어요.')).toBeDefined()
    expect(onOutcome).toHaveBeenCalledOnce()
  })

  it('goes on when it is hidden before its window: hiding is no unmount', async () => {
    let give: (value: typeof request) => void = () => {}
    const { onOutcome, turn } = page(Registering, () => new Promise((resolve) => (give = resolve)))
    await act(async () => void fireEvent.click(screen.getByRole('button')))
    later()
    await turn('hidden')
    vi.restoreAllMocks()
    await act(async () => give(request))
    expect(onOutcome).not.toHaveBeenCalled()
    expect(fake.calls).toHaveLength(1)
    await act(async () => fake.calls[0]?.answer({ success: true, imp_uid: 'imp_1', merchant_uid: 'issue-1' }))
    await waitFor(() => expect(onOutcome).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ status: 'issued' })))
  })
})

it('leaves the way out of an open window on the page when the button is hidden, and through a Suspense round it', async () => {
  let arrive: (words: string) => void = () => {}
  const words = new Promise<string>((resolve) => (arrive = resolve))
  const Late = ({ isLate }: { isLate: boolean }) => (isLate ? use(words) : null)
  const app = (mode: 'visible' | 'hidden', isLate: boolean) => (
    <BillingKeyProvider userCode="imp00000000" pg="jtnet" redirectUrl="/done">
      <Activity mode={mode}>
        <Suspense fallback="…">
          <BillingKeyButton request={request} />
          <Late isLate={isLate} />
        </Suspense>
      </Activity>
    </BillingKeyProvider>
  )
  const { rerender } = render(app('visible', false))
  const turn = (mode: 'visible' | 'hidden', isLate: boolean) => act(async () => rerender(app(mode, isLate)))
  await act(async () => void fireEvent.click(screen.getByRole('button')))
  const wayOut = () => screen.getByRole('button', { name: '결제창 닫기' })
  const display = () => `${wayOut().style.display} ${wayOut().style.getPropertyPriority('display')}`
  await turn('hidden', false)
  expect(display()).toBe('block important')
  await turn('visible', true)
  expect(screen.getByText('…')).toBeDefined()
  expect(display()).toBe('block important')
  await act(async () => arrive('여기 있어요'))
  expect(display()).toBe('block important')
  await turn('hidden', true)
  await act(async () => void fireEvent.click(wayOut()))
  await waitFor(() => expect(screen.queryByRole('button', { name: '결제창 닫기' })).toBeNull())
  await turn('visible', true)
  expect(screen.getByRole('button').dataset.phase).toBe('settled')
})
