import { act, cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import * as first from '../../src/index.ts'
import { installFakeIamport, resetPage } from './fakeIamport.ts'

const requestOf = (merchantUid: string) => ({ customerUid: 'card-1', merchantUid, name: '월간', amount: 9900 })
let fake: ReturnType<typeof installFakeIamport>

beforeEach(() => {
  resetPage()
  fake = installFakeIamport()
})
afterEach(cleanup)

it('the click of one copy of the package waits for the landing of another, and its key is what the click comes to', async () => {
  vi.resetModules()
  const second: typeof first = await import('../../src/index.ts')
  expect(second.BillingKeyButton).not.toBe(first.BillingKeyButton)
  let answer: (said: first.ConfirmAnswer) => void = () => {}
  const confirm = vi.fn(() => new Promise<first.ConfirmAnswer>((resolve) => (answer = resolve)))
  const settings = { userCode: 'imp00000000', pg: 'jtnet', redirectUrl: '/done', confirm } as const
  const onOutcome = vi.fn()
  history.replaceState(null, '', '/done?imp_uid=imp_1&merchant_uid=order-1')
  render(
    <>
      <first.BillingKeyProvider {...settings}>
        <first.BillingKeyRedirect />
      </first.BillingKeyProvider>
      <second.BillingKeyProvider {...settings}>
        <second.BillingKeyButton request={requestOf('order-2')} onOutcome={onOutcome} data-testid="button" />
      </second.BillingKeyProvider>
    </>,
  )
  await vi.waitFor(() => expect(confirm).toHaveBeenCalled())
  const button = screen.getByTestId('button')
  await act(async () => void fireEvent.click(button))
  expect(button.dataset.phase).toBe('preparing')
  await act(async () => answer({ status: 'issued', customerUid: 'card-1', impUid: 'imp_1', charged: 9900, card: null }))
  expect(button.dataset.phase).toBe('settled')
  expect(fake.calls).toHaveLength(0)
})
