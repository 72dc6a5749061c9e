import { act, cleanup, render, screen, waitFor } from '@testing-library/react'
import { StrictMode, version } from 'react'
import { hydrateRoot } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  BillingKeyButton,
  BillingKeyProvider,
  type BillingKeyProviderProps,
  BillingKeyRedirect,
  type ConfirmAnswer,
} from '../../src/index.ts'
import { installFakeIamport, resetPage } from './fakeIamport.ts'

const issued: ConfirmAnswer = { status: 'issued', customerUid: 'card-1', impUid: 'imp_1', charged: 9900, card: null }

beforeEach(() => {
  resetPage()
  installFakeIamport()
})
afterEach(cleanup)

const attempt = { merchantUid: 'issue-1', customerUid: 'card-1', amount: 9900, pg: 'jtnet', token: 'signed', startedAt: Date.now() }
const leave = () => sessionStorage.setItem('react-billing-key.attempt', JSON.stringify(attempt))
const land = (query: string, confirm = vi.fn(async () => issued), onOutcome = vi.fn()) => {
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
    expect(await screen.findByText('카드가 등록되고 9,900원이 결제되었습니다.')).toBeDefined()
    expect(confirm).toHaveBeenCalledExactlyOnceWith({ merchantUid: 'issue-1', customerUid: 'card-1', impUid: 'imp_1', token: 'signed' })
    expect(onOutcome).toHaveBeenCalledTimes(1)
    expect(location.search).toBe('?plan=a')
    expect(history.state).toMatchObject({ router: 1 })
  })

  it('gives the shop back the parameters that a legacy SDK encoded twice (sdk-facts 14)', async () => {
    sessionStorage.setItem('react-billing-key.attempt', JSON.stringify({ ...attempt, redirectUrl: '/done?q=100%25&b=2' }))
    land('?q=100%2525&b=2&imp_uid=imp_1&merchant_uid=issue-1&imp_success=true')
    await screen.findByText(/등록되고/)
    expect(location.search).toBe('?q=100%25&b=2')
  })

  it('knows the outcome after a refresh without asking again', async () => {
    leave()
    const first = land('?imp_uid=imp_1&merchant_uid=issue-1')
    await screen.findByText(/등록되고/)
    first.unmount()
    const again = vi.fn(async () => issued)
    render(
      <BillingKeyProvider userCode="imp00000000" confirm={again}>
        <BillingKeyRedirect />
      </BillingKeyProvider>,
    )
    expect(await screen.findByText(/등록되고/)).toBeDefined()
    expect(again).not.toHaveBeenCalled()
  })

  it('asks without customer and token in another browser (sdk-facts 17)', async () => {
    const { confirm } = land('?imp_uid=imp_1&merchant_uid=issue-1')
    await waitFor(() =>
      expect(confirm).toHaveBeenCalledWith({ merchantUid: 'issue-1', customerUid: null, impUid: 'imp_1', token: undefined }),
    )
  })

  it('does not repeat words that anyone could have typed', async () => {
    land('?imp_uid=imp_1&merchant_uid=x&error_msg=call-me')
    expect(await screen.findByText('카드를 등록하지 못했습니다.')).toBeDefined()
    expect(screen.queryByText(/call-me/)).toBeNull()
  })

  it('has nothing to say on a page opened without a result', async () => {
    const { confirm } = land('')
    expect(await screen.findByText('없음')).toBeDefined()
    expect(confirm).not.toHaveBeenCalled()
  })
})

describe('on a server', () => {
  it.runIf(Number.parseInt(version, 10) >= 19)('has the browser fetch the SDK before any script runs, or connect to its host', () => {
    const html = (props: Partial<BillingKeyProviderProps>) =>
      renderToString(
        <html lang="ko">
          <body>
            <BillingKeyProvider userCode="imp00000000" {...(props as object)} />
          </body>
        </html>,
      )
    expect(html({ nonce: 'n1' })).toContain('<link rel="preload" href="https://cdn.iamport.kr/v1/iamport.js" as="script" nonce="n1"/>')
    expect(html({ preload: 'intent' })).toContain('<link rel="preconnect" href="https://cdn.iamport.kr"/>')
    expect(html({ scriptUrl: 'blob:https://shop.example/1' })).not.toContain('<link')
  })

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
})
