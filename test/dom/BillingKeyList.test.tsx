import { focusManager, onlineManager, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { hydrateRoot } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { BillingKeyList, type BillingKeyListProps, BillingKeyProvider, billingKeysOptions, ko } from '../../src/index.ts'
import { resetPage } from './fakeIamport.ts'

let keys: { customerUid: string; card: { name: string; number: string } | null; registeredAt?: number }[]
let refuse: 'GET' | 'DELETE' | null
/** Removals that the server has not answered yet, where a test answers them itself. */
let held: Map<string, (status: number) => void> | null
beforeEach(() => {
  resetPage()
  refuse = null
  held = null
  keys = [
    { customerUid: 'a', card: { name: '현대카드', number: '9410-****-****-0001' } },
    { customerUid: 'b', card: { name: '신한카드', number: '9410-****-****-0002' } },
  ]
  vi.stubGlobal('fetch', async (address: string, { method }: RequestInit) => {
    const uid = address.split('/').at(-1) ?? ''
    const status = method === 'DELETE' && held ? await new Promise<number>((answer) => held?.set(uid, answer)) : 200
    if (status !== 200) return new Response('{}', { status })
    if (method === refuse) return new Response('{}', { status: 500 })
    if (method === 'DELETE') keys = keys.filter(({ customerUid }) => customerUid !== uid)
    return new Response(JSON.stringify({ keys }))
  })
})
afterEach(() => {
  cleanup()
  focusManager.setFocused(undefined)
  onlineManager.setOnline(true)
  vi.unstubAllGlobals()
  vi.unstubAllEnvs()
})

const clientOf = (queries = {}) => new QueryClient({ defaultOptions: { queries: { retry: false, ...queries } } })
const page = (client: QueryClient, props: BillingKeyListProps, customerKey?: string) => (
  <QueryClientProvider client={client}>
    <BillingKeyProvider userCode="imp00000000" redirectUrl="/done" api="/api/billing" customerKey={customerKey}>
      <BillingKeyList {...props} />
    </BillingKeyProvider>
  </QueryClientProvider>
)
function show(props: BillingKeyListProps = {}) {
  const client = clientOf()
  const { rerender } = render(page(client, props))
  return { signIn: (customerKey: string) => rerender(page(client, props, customerKey)) }
}
/** The page is looked at again, and the list asks. */
function comeBack(): void {
  act(() => focusManager.setFocused(false))
  act(() => focusManager.setFocused(true))
}
const named = (name: string) => screen.findByRole('button', { name })
async function remove(card: string): Promise<void> {
  fireEvent.click(await named(`${card} ${ko.list.remove}`))
  fireEvent.click(await named(ko.list.remove))
}
async function answer(customerUid: string, status: number): Promise<void> {
  await waitFor(() => expect(held?.has(customerUid)).toBe(true))
  await act(async () => held?.get(customerUid)?.(status))
}

describe('<BillingKeyList>', () => {
  it('shows a skeleton, the cards, their last charge and the shop’s own action', async () => {
    show({
      action: ({ customerUid }) => <button type="button">pay {customerUid}</button>,
      lastCharge: ({ customerUid }) => (customerUid === 'a' ? { amount: 9900, at: 1_790_000_000 } : null),
    })
    expect(screen.getByText(ko.list.loading)).toBeDefined()
    await named('pay b')
    expect(screen.getByText('9410-****-****-0001')).toBeDefined()
    expect(screen.getByText(/^최근 결제: 9,900원 · 2026년 9월 \d+일$/)).toBeDefined()
  })

  it('says that there is none, and tries again after an error', async () => {
    refuse = 'GET'
    keys = []
    show()
    fireEvent.click(await named(ko.retry))
    expect((await screen.findByRole('alert')).textContent).toContain(ko.list.failed)
    refuse = null
    fireEvent.click(await named(ko.retry))
    await screen.findByText(ko.list.empty)
  })

  it('removes by keyboard alone, asks before, and never loses the focus', async () => {
    const onRemoved = vi.fn()
    show({ onRemoved })
    const user = userEvent.setup()
    const opener = await named('현대카드 0001 삭제')
    opener.focus()
    await user.keyboard('{Enter}')
    const dialog = screen.getByRole('alertdialog')
    expect(dialog.textContent).toContain('현대카드 0001을 삭제할까요? 다음 정기결제가 진행되지 않아요.')
    expect(document.activeElement?.textContent).toBe(ko.list.keep)
    await user.keyboard('{Escape}')
    expect(document.activeElement).toBe(opener)
    expect(keys).toHaveLength(2)
    await user.keyboard('{Enter}{Tab}{Enter}')
    await waitFor(() => expect(onRemoved).toHaveBeenCalledExactlyOnceWith('a'))
    await screen.findByText(ko.list.removed)
    expect(screen.queryByText('9410-****-****-0001')).toBeNull()
    expect(document.activeElement).toBe(screen.getByRole('region', { name: ko.list.title }))
  })

  it('says no more of a removal once a new card has come', async () => {
    show()
    fireEvent.click(await named('현대카드 0001 삭제'))
    fireEvent.click(await named(ko.list.remove))
    await screen.findByText(ko.list.removed)
    keys.push({ customerUid: 'c', card: { name: '국민카드', number: '9410-****-****-0003' } })
    comeBack()
    await named('국민카드 0003 삭제')
    await waitFor(() => expect(screen.queryByText(ko.list.removed)).toBeNull())
  })

  it('brings the card back, and says so, when the server says no', async () => {
    refuse = 'DELETE'
    show()
    fireEvent.click(await named('현대카드 0001 삭제'))
    fireEvent.click(await named(ko.list.remove))
    await screen.findByText(ko.list.notRemoved)
    await screen.findByText('9410-****-****-0001')
  })

  it.each([
    ['signed out', 401, ko.signInFirst],
    ['offline', 0, ko.offline],
  ])('says what to do when %s, for the list and for a removal', async (_why, status, what) => {
    const answers = vi.fn(async () => {
      if (status === 0) throw new TypeError('Failed to fetch')
      return new Response('{"error":{"code":"not-signed-in","message":"로그인해 주세요."}}', { status })
    })
    const works = fetch
    vi.stubGlobal('fetch', answers)
    show()
    expect((await screen.findByRole('alert')).textContent).toContain(`${ko.list.failed} ${what}`)
    vi.stubGlobal('fetch', (address: string, init: RequestInit) => (init.method === 'DELETE' ? answers() : works(address, init)))
    fireEvent.click(await named(ko.retry))
    await remove('현대카드 0001')
    expect((await screen.findByRole('alert')).textContent).toBe(what)
  })

  it('tells of each of two removals at once, and says at its card which one failed', async () => {
    held = new Map()
    const onRemoved = vi.fn()
    show({ onRemoved })
    await remove('현대카드 0001')
    await remove('신한카드 0002')
    await answer('a', 200)
    await answer('b', 500)
    const refused = await screen.findByRole('alert')
    expect(refused.textContent).toBe(ko.list.notRemoved)
    expect(refused.closest('li')?.textContent).toContain('신한카드')
    expect(onRemoved).toHaveBeenCalledExactlyOnceWith('a')
    await remove('신한카드 0002')
    expect(screen.queryByRole('alert')).toBeNull()
    await answer('b', 200)
    await screen.findByText(ko.list.empty)
    expect(onRemoved).toHaveBeenCalledWith('b')
  })

  it('does not show a card again that is being removed when another’s removal has ended', async () => {
    held = new Map()
    show()
    await remove('현대카드 0001')
    await remove('신한카드 0002')
    await answer('a', 200)
    await screen.findByText(ko.list.removed)
    expect(screen.queryByText('9410-****-****-0002')).toBeNull()
    await answer('b', 200)
    await screen.findByText(ko.list.empty)
  })

  it('says nothing of one member’s removal to the next', async () => {
    const { signIn } = show()
    await remove('현대카드 0001')
    await screen.findByText(ko.list.removed)
    keys = []
    signIn('lee')
    await screen.findByText(ko.list.empty)
    expect(screen.queryByText(ko.list.removed)).toBeNull()
  })

  it('tells cards without a number apart by the day', async () => {
    keys = [
      { customerUid: 'a', card: null, registeredAt: Date.UTC(2026, 2, 2, 3) / 1000 },
      { customerUid: 'b', card: null, registeredAt: Date.UTC(2026, 3, 9, 3) / 1000 },
    ]
    show()
    expect(await screen.findByRole('button', { name: '2026년 3월 2일에 등록한 카드 삭제' })).toBeDefined()
    fireEvent.click(screen.getByRole('button', { name: '2026년 4월 9일에 등록한 카드 삭제' }))
    expect(screen.getByRole('alertdialog').textContent).toContain('2026년 4월 9일에 등록한 카드를 삭제할까요?')
  })

  it('says that it is offline, and shows the cards when it is no longer', async () => {
    onlineManager.setOnline(false)
    show()
    await screen.findByText(`${ko.list.failed} ${ko.offline}`)
    act(() => onlineManager.setOnline(true))
    await screen.findByText('9410-****-****-0001')
  })

  it('shows the cards though the shop’s record of a charge names no day', async () => {
    show({ lastCharge: () => ({ amount: 9900, at: Number.NaN }) })
    await screen.findByText('9410-****-****-0001')
    expect(screen.queryByText(/최근 결제/)).toBeNull()
  })

  it('names the day in Korea, on a server and wherever the customer is, so that what was rendered is hydrated', async () => {
    const client = clientOf({ staleTime: 60_000 })
    await client.prefetchQuery(billingKeysOptions({ api: '/api/billing' }))
    const ui = page(client, { lastCharge: () => ({ amount: 9900, at: Date.UTC(2026, 10, 26, 16) / 1000 }) })
    vi.stubEnv('TZ', 'UTC')
    const root = document.body.appendChild(document.createElement('div'))
    root.innerHTML = renderToString(ui)
    vi.stubEnv('TZ', 'America/Los_Angeles')
    expect(new Date(Date.UTC(2026, 10, 26)).getDate()).toBe(25)
    const onRecoverableError = vi.fn()
    const app = await act(async () => hydrateRoot(root, ui, { onRecoverableError }))
    expect(root.textContent).toContain('최근 결제: 9,900원 · 2026년 11월 27일')
    expect(onRecoverableError).not.toHaveBeenCalled()
    act(() => app.unmount())
    root.remove()
  })

  it('tells one card that was registered twice apart by the day', async () => {
    const card = { name: '현대카드', number: '9410-****-****-0001' }
    keys = [
      { customerUid: 'a', card, registeredAt: Date.UTC(2026, 2, 2, 3) / 1000 },
      { customerUid: 'b', card, registeredAt: Date.UTC(2026, 3, 9, 3) / 1000 },
    ]
    show()
    expect(await screen.findByText('2026년 3월 2일에 등록한 현대카드 0001')).toBeDefined()
    fireEvent.click(await named('2026년 4월 9일에 등록한 현대카드 0001 삭제'))
    expect(screen.getByRole('alertdialog').textContent).toContain('2026년 4월 9일에 등록한 현대카드 0001을 삭제할까요?')
  })

  it('takes the question back with a card that was removed elsewhere, keeps the focus, and asks no more when it returns', async () => {
    show()
    fireEvent.click(await named('현대카드 0001 삭제'))
    const both = keys
    keys = keys.slice(1)
    comeBack()
    await waitFor(() => expect(screen.queryByText('9410-****-****-0001')).toBeNull())
    expect(document.activeElement).toBe(screen.getByRole('region', { name: ko.list.title }))
    keys = both
    comeBack()
    await named('현대카드 0001 삭제')
    expect(screen.queryByRole('alertdialog')).toBeNull()
  })

  it('shows a key once that a server names twice, and not when it has gone', async () => {
    keys = [...keys.slice(0, 1), ...keys]
    show()
    await named('신한카드 0002 삭제')
    expect(screen.getAllByText('9410-****-****-0001')).toHaveLength(1)
    keys = keys.slice(2)
    comeBack()
    await waitFor(() => expect(screen.queryByText('9410-****-****-0001')).toBeNull())
  })

  it.each([1.79e12, 1.79e15, 1.79e18])('names no day for a time that is not in seconds: %s', async (registeredAt) => {
    keys = [{ customerUid: 'a', card: null, registeredAt }]
    show()
    await named('카드 삭제')
  })
})
