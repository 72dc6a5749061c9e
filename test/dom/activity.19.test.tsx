import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { Activity } from 'react'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { BillingKeyButton, BillingKeyProvider, type ConfirmAnswer } from '../../src/index.ts'
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

function page(source: () => Promise<typeof request> | typeof request) {
  const onOutcome = vi.fn()
  const app = (mode: 'visible' | 'hidden') => (
    <BillingKeyProvider userCode="imp00000000" pg="jtnet" redirectUrl="/done" confirm={async () => issued}>
      <Activity mode={mode}>
        <BillingKeyButton request={source} onOutcome={onOutcome} />
      </Activity>
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

it('a button that <Activity> hides while its window is open is told its outcome, and nothing of a customer’s cancelling', async () => {
  const { onOutcome, turn } = page(() => request)
  await act(async () => void fireEvent.click(screen.getByRole('button')))
  expect(fake.calls).toHaveLength(1)
  later()
  await turn('hidden')
  expect(onOutcome).not.toHaveBeenCalled()
  await act(async () => fake.calls[0]?.answer({ success: true, imp_uid: 'imp_1', merchant_uid: 'issue-1' }))
  await waitFor(() => expect(onOutcome).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ status: 'issued' })))
  await turn('visible')
  expect(screen.getByText('카드를 등록했어요.')).toBeDefined()
  expect(onOutcome).toHaveBeenCalledOnce()
})

it('one that is hidden before its window goes on as well: hiding is no unmount', async () => {
  let give: (value: typeof request) => void = () => {}
  const { onOutcome, turn } = page(() => new Promise((resolve) => (give = resolve)))
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
