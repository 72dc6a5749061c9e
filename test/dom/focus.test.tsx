import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { BillingKeyButton, BillingKeyError, BillingKeyOutcomeView, BillingKeyProvider, en, type Failed, ko } from '../../src/index.ts'
import { fill } from '../../src/locales/format.ts'
import { installFakeIamport, resetPage } from './fakeIamport.ts'

const request = { customerUid: 'card-1', merchantUid: 'issue-1', name: '월간', amount: 0 } as const
let fake: ReturnType<typeof installFakeIamport>
let overlay: HTMLElement
let aside: HTMLElement
let gone: HTMLElement

beforeEach(() => {
  resetPage()
  fake = installFakeIamport()
  const { request_pay } = fake.imp
  fake.imp.request_pay = (params, callback) => {
    request_pay(params, callback)
    overlay = document.createElement('div')
    overlay.id = 'imp-iframe-wrapper'
    overlay.innerHTML = '<iframe title="window"></iframe>'
    document.body.append(overlay)
  }
  aside = document.body.appendChild(document.createElement('aside'))
  gone = document.body.appendChild(document.createElement('div'))
  gone.setAttribute('inert', '')
})
afterEach(() => {
  cleanup()
  overlay?.remove()
  aside.remove()
  gone.remove()
})

async function open(quiet = false) {
  const page = render(
    <BillingKeyProvider userCode="imp00000000" pg="jtnet" redirectUrl="/done">
      <BillingKeyButton request={request} quiet={quiet} />
    </BillingKeyProvider>,
  )
  await waitFor(() => expect(fake.merchants.length).toBeGreaterThan(0))
  const button = screen.getByRole('button')
  button.focus()
  fireEvent.click(button)
  await waitFor(() => expect(document.activeElement?.tagName).toBe('IFRAME'))
  return { ...page, button }
}
const isInert = (element: Element | null) => element?.hasAttribute('inert')
const refuse = () =>
  act(async () => {
    overlay.remove()
    fake.calls[0]?.answer({ imp_uid: 'imp_1', error_code: 'J202', error_msg: '이용한도를 초과했습니다.' })
  })

describe('while the window is open', () => {
  it('has the focus, and nothing of the page but the way out can be reached', async () => {
    const { container } = await open()
    expect(isInert(container)).toBe(true)
    expect(isInert(aside)).toBe(true)
    expect(isInert(overlay)).toBe(false)
    expect(isInert(screen.getByRole('button', { name: ko.abandon }))).toBe(false)
    // the PG's own, that comes later
    const later = document.body.appendChild(document.createElement('div'))
    await act(async () => {})
    expect(isInert(later)).toBe(false)
    later.remove()
  })

  it('leaves every way out within reach when the button has gone and others lead out', async () => {
    const shop = (isThere: boolean) => (
      <BillingKeyProvider userCode="imp00000000" pg="jtnet" redirectUrl="/done">
        {isThere && <BillingKeyButton request={request} />}
        <BillingKeyButton request={request}>월간</BillingKeyButton>
        <BillingKeyButton request={request}>연간</BillingKeyButton>
      </BillingKeyProvider>
    )
    const { container, rerender } = render(shop(true))
    await act(async () => void fireEvent.click(screen.getByRole('button', { name: ko.button })))
    await act(async () => rerender(shop(false)))
    expect(isInert(container)).toBe(true)
    const ways = screen.getAllByRole('button', { name: ko.abandon })
    expect(ways.filter(isInert)).toEqual([])
    await act(async () => void fireEvent.click(ways[0] as HTMLElement))
    expect(screen.queryByRole('button', { name: ko.abandon })).toBeNull()
    expect(isInert(container)).toBe(false)
  })

  it('gives the page back when it ends, and what was inert before stays so', async () => {
    const { container } = await open()
    await refuse()
    expect(isInert(container)).toBe(false)
    expect(isInert(aside)).toBe(false)
    expect(isInert(gone)).toBe(true)
  })

  it('gives the page back when the overlay is hidden and when the component goes', async () => {
    await open()
    overlay.style.display = 'none'
    await waitFor(() => expect(isInert(aside)).toBe(false))
    cleanup()
    expect(isInert(aside)).toBe(false)
  })

  it('is watched in the children of body and in the SDK’s overlays alone, and not in the whole page', async () => {
    const observe = vi.spyOn(MutationObserver.prototype, 'observe')
    await open()
    await act(async () => {})
    const watched = observe.mock.calls.filter(([node]) => node !== document) // Testing Library’s own
    observe.mockRestore()
    expect(new Set(watched.map(([node]) => node))).toEqual(new Set([document.body, overlay]))
    expect(watched.filter(([node]) => node === document.body).map(([, what]) => what)).toEqual([{ childList: true }, { childList: true }])
    expect(watched.filter(([, what]) => what?.subtree)).toEqual([])
  })

  it('is left by Esc in the host page', async () => {
    const { button } = await open()
    fireEvent.keyDown(document.body, { key: 'Escape' })
    await waitFor(() => expect(button.dataset.phase).toBe('settled'))
    expect(isInert(aside)).toBe(false)
  })
})

describe('when it has ended', () => {
  it('has the focus on the result, which says why and what to do', async () => {
    await open()
    await refuse()
    const result = screen.getByRole('alert')
    await waitFor(() => expect(document.activeElement).toBe(result))
    expect(result.textContent).toContain(ko.advice.limit)
  })

  it('has the focus on the button where the page shows the result itself', async () => {
    const { button } = await open(true)
    await refuse()
    await waitFor(() => expect(document.activeElement).toBe(button))
  })

  it('does not tear away who types elsewhere', async () => {
    await open()
    const field = document.body.appendChild(document.createElement('input'))
    field.focus()
    await refuse()
    await screen.findByRole('alert')
    expect(document.activeElement).toBe(field)
    field.remove()
  })
})

describe('the words of a result', () => {
  const failed = (change: Partial<Failed>): Failed => ({
    status: 'failed',
    code: 'x',
    message: '거절',
    stage: 'in-window',
    merchantUid: 'm',
    customerUid: 'c',
    impUid: 'imp',
    via: 'callback',
    order: null,
    recovered: false,
    ...change,
  })
  const said = (props: Parameters<typeof BillingKeyOutcomeView>[0], locale = ko as typeof ko | typeof en) => {
    cleanup()
    render(
      <BillingKeyProvider userCode="imp00000000" redirectUrl="/done" locale={locale}>
        <BillingKeyOutcomeView {...props} />
      </BillingKeyProvider>,
    )
    return document.querySelector('.rbk-outcome')?.textContent ?? ''
  }

  it('say what the customer can do, by the PG’s code or its words', () => {
    for (const [code, message, advice] of [
      ['J202', '승인 불가', 'limit'],
      ['x', '한도초과로 승인이 취소되었습니다', 'limit'],
      ['x', '잔액이 부족합니다', 'balance'],
      ['INVALID_CARD_EXPIRATION', '거절', 'expired'],
      ['x', '유효기간 오류', 'expired'],
      ['x', '카드번호 오류', 'number'],
      ['x', '지원하지 않는 카드', 'unsupported'],
      ['INVALID_STOPPED_CARD', '정지된 카드입니다', 'suspended'],
      ['J101', '카드사에서 거절', 'other'],
    ] as const) {
      expect(said({ outcome: failed({ code, message }) })).toContain(ko.advice[advice])
      expect(said({ outcome: failed({ code, message }) }, en)).toContain(en.advice[advice])
    }
  })

  it('claim that nothing was charged only where no window opened', () => {
    const refused = failed({ stage: 'before-window', merchantUid: null, customerUid: null, impUid: null })
    expect(said({ outcome: refused })).toContain(ko.nothingCharged)
    expect(said({ outcome: failed({}) })).not.toContain(ko.nothingCharged)
    expect(said({ outcome: failed({ stage: 'confirm' }) })).not.toContain(ko.nothingCharged)
    expect(said({ outcome: { ...refused, via: 'redirect' } })).not.toContain(ko.nothingCharged)
  })

  it('tell the cause of a request that could not be had, and no English of the browser’s', () => {
    const error = (cause: unknown) => new BillingKeyError('request-failed', 'threw', cause)
    expect(said({ outcome: null, error: error(Object.assign(new Error('x'), { status: 401 })) })).toBe(ko.signInFirst)
    expect(said({ outcome: null, error: error(Object.assign(new Error('x'), { status: 0 })) })).toBe(ko.offline)
    for (const message of ['Failed to fetch', 'NetworkError when attempting to fetch resource.', 'Load failed'])
      expect(said({ outcome: null, error: error(new TypeError(message)) })).toBe(ko.offline)
    expect(said({ outcome: null, error: error(new TypeError('x is undefined')) })).toBe(ko.error)
    expect(said({ outcome: null, error: error(new Error('x')) })).toBe(ko.error)
  })

  it('keep a card’s number in one piece, and settle 을 and 를', () => {
    const card = { name: '현대카드', number: '9410-****-****-0001' }
    const facts = { merchantUid: 'm', customerUid: 'c', impUid: 'i', via: 'callback', order: null, recovered: false } as const
    expect(said({ outcome: { ...facts, status: 'issued', charged: 0, currency: 'KRW', card } })).toContain('등록한 카드: 현대카드 9410')
    expect(document.querySelector('.rbk-number')?.textContent).toBe(card.number)
    const message = '20261127001은 이미 있는 주문이에요. 20261127001을 문의해 주세요.'
    expect(said({ outcome: failed({ message }) })).toContain(message)
    const ask = (name: string) => fill('{card}을(를) 삭제', { card: name })
    expect(['현대카드 0001', '현대카드 0002', '카드', '법인'].map(ask)).toEqual([
      '현대카드 0001을 삭제',
      '현대카드 0002를 삭제',
      '카드를 삭제',
      '법인을 삭제',
    ])
  })
})
