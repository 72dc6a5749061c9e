import { createSyncStoragePersister } from '@tanstack/query-sync-storage-persister'
import { dehydrate, hydrate, onlineManager, QueryClient, type QueryClientConfig, QueryClientProvider } from '@tanstack/react-query'
import { PersistQueryClientProvider } from '@tanstack/react-query-persist-client'
import { act, cleanup, render, screen, waitFor } from '@testing-library/react'
import { type ReactNode, StrictMode } from 'react'
import { flushSync } from 'react-dom'
import { hydrateRoot } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { markTold } from '../../src/attempt/pending.ts'
import { BillingKeyProvider, billingKeysOptions, type Issued, useBillingKeys, useCharge, useRemoveBillingKey } from '../../src/index.ts'
import { resetPage } from './fakeIamport.ts'

const api = '/api/billing'
const cards: Record<string, object[]> = {}
let session = 'kim'
let fail = false
let gate: Promise<void> | undefined
const asked = vi.fn<(address: string, init?: RequestInit) => void>()
const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status })

beforeEach(() => {
  resetPage()
  asked.mockReset()
  fail = false
  session = 'kim'
  cards.kim = [
    {
      customerUid: 'kim-1',
      card: { name: '현대카드', number: '9410123412340001' },
      registeredAt: 1_790_000_000,
      buyerEmail: 'kim@shop.example',
    },
    { customerUid: 'kim-2', card: { name: '신한카드', number: '9410-****-****-0002' }, registeredAt: 0 },
  ]
  cards.lee = [{ customerUid: 'lee-1', card: null }]
  vi.stubGlobal('fetch', async (address: string, init: RequestInit) => {
    asked(`${init.method} ${address}`, init)
    if (fail) throw new TypeError('Failed to fetch')
    if (init.method === 'GET') return json({ keys: cards[session] })
    if (init.method === 'DELETE') await gate
    if (init.method === 'DELETE') return json({ error: { code: 'busy', message: '아직 지울 수 없어요.' } }, 409)
    return json({ status: 'paid', merchantUid: 'order-1', amount: 9900 })
  })
})
afterEach(() => {
  cleanup()
  onlineManager.setOnline(true)
  vi.unstubAllGlobals()
})

const clientOf = (config: QueryClientConfig['defaultOptions'] = {}) =>
  new QueryClient({ defaultOptions: { ...config, queries: { retry: false, ...config.queries } } })
const issuedNow = () =>
  markTold({
    status: 'issued',
    merchantUid: 'm',
    customerUid: 'kim-3',
    impUid: 'imp',
    charged: 0,
    currency: 'KRW',
    card: null,
    via: 'callback',
    order: null,
    recovered: false,
  } satisfies Issued)

function Cards() {
  const { data, error, isPending } = useBillingKeys()
  const remove = useRemoveBillingKey()
  const charge = useCharge()
  return (
    <>
      <p>
        {isPending ? 'pending' : error ? 'error' : data.map(({ customerUid, card }) => `${customerUid} ${card?.number ?? ''}`).join(', ')}
      </p>
      <button type="button" onClick={() => remove.mutate('kim-1')}>
        remove {remove.error?.message}
      </button>
      <button type="button" onClick={() => charge.mutate({ customerUid: 'kim-1', order: 'order-1' })}>
        charge {charge.data?.status} {charge.error?.message}
      </button>
    </>
  )
}
const page = (client: QueryClient, customerKey: string | undefined, children: ReactNode = <Cards />) => (
  <QueryClientProvider client={client}>
    <BillingKeyProvider userCode="imp00000000" redirectUrl="/done" api={api} customerKey={customerKey}>
      {children}
    </BillingKeyProvider>
  </QueryClientProvider>
)
const twoCards = 'kim-1 9410********0001, kim-2 9410-****-****-0002'
const gets = () => asked.mock.calls.filter(([call]) => call.startsWith('GET')).length

describe('useBillingKeys', () => {
  it('holds masked cards and nothing else, whatever the handler sends', async () => {
    const client = clientOf()
    render(page(client, 'kim'))
    await screen.findByText(twoCards)
    expect(JSON.stringify(dehydrate(client))).not.toMatch(/kim@shop|12341234/)
  })

  it('asks once after an issue, also when the clock has gone back since', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    issuedNow()
    vi.setSystemTime(Date.now() - 3_600_000)
    render(page(clientOf({ queries: { staleTime: 60_000 } }), 'kim'))
    await screen.findByText(twoCards)
    await act(() => new Promise<void>((resolve) => setTimeout(resolve, 100)))
    vi.useRealTimers()
    expect(gets()).toBe(1)
  })

  it('is prefetched on a server, rendered to text and hydrated without another call', async () => {
    const server = clientOf({ queries: { staleTime: 60_000 } })
    await server.prefetchQuery(billingKeysOptions({ api, customerKey: 'kim', staleTime: 60_000 }))
    const html = renderToString(page(server, 'kim'))
    expect(html).toContain('kim-2')
    const client = clientOf({ queries: { staleTime: 60_000 } })
    hydrate(client, JSON.parse(JSON.stringify(dehydrate(server))))
    const onRecoverableError = vi.fn()
    const root = document.body.appendChild(document.createElement('div'))
    root.innerHTML = html
    const app = await act(async () => hydrateRoot(root, page(client, 'kim'), { onRecoverableError }))
    expect(root.textContent).toContain(twoCards)
    expect(onRecoverableError).not.toHaveBeenCalled()
    expect(gets()).toBe(1)
    act(() => app.unmount())
    root.remove()
  })

  it('asks again after a verified issue, mounted or not, however long an answer is fresh', async () => {
    const client = clientOf({ queries: { staleTime: Number.POSITIVE_INFINITY } })
    const { unmount } = render(page(client, 'kim'))
    await screen.findByText(twoCards)
    await act(async () => issuedNow())
    await waitFor(() => expect(gets()).toBe(2))
    unmount()
    await new Promise((resolve) => setTimeout(resolve, 5))
    render(page(client, 'kim')).unmount()
    expect(gets()).toBe(2)
    issuedNow()
    render(page(client, 'kim'))
    await waitFor(() => expect(gets()).toBe(3))
  })

  it('shows no member another’s cards, and drops them, also where the app keeps the last data', async () => {
    const client = clientOf({ queries: { placeholderData: (before: unknown) => before } })
    const { rerender } = render(page(client, 'kim'))
    await screen.findByText(twoCards)
    session = 'lee'
    rerender(page(client, 'lee'))
    expect(screen.queryByText(/kim/)).toBeNull()
    await screen.findByText('lee-1')
    expect(JSON.stringify(dehydrate(client))).not.toContain('kim')
  })

  const Numbers = () => (
    <p>
      {useBillingKeys()
        .data?.map(({ customerUid }) => customerUid)
        .join() ?? 'pending'}
    </p>
  )

  it('answers two members’ lists on one page, under a provider each', async () => {
    const client = clientOf()
    render(
      <>
        {page(client, 'kim', <Numbers />)}
        {page(client, undefined, <Numbers />)}
      </>,
    )
    await waitFor(() => expect(screen.getAllByText('kim-1,kim-2')).toHaveLength(2))
  })

  it('still holds the cards of a member who was away for less than a task', async () => {
    const client = clientOf()
    const { rerender } = render(page(client, 'kim', <Numbers />))
    await screen.findByText('kim-1,kim-2')
    await act(async () => {
      flushSync(() => rerender(page(client, 'lee', <Numbers />)))
      flushSync(() => rerender(page(client, 'kim', <Numbers />)))
    })
    expect(client.getQueryData(billingKeysOptions({ api, customerKey: 'kim' }).queryKey)?.keys).toHaveLength(2)
  })

  it('shows what the client at hand holds where an app takes another under a mounted list, and removes there', async () => {
    const { rerender } = render(page(clientOf(), undefined))
    await screen.findByText(twoCards)
    await act(async () => screen.getByRole('button', { name: 'charge' }).click())
    await screen.findByRole('button', { name: 'charge paid' })
    session = 'lee'
    cards.lee = [{ customerUid: 'kim-1', card: { name: '현대카드', number: '9999-****-****-9999' } }]
    rerender(page(clientOf(), undefined))
    expect(screen.queryByText(twoCards)).toBeNull()
    expect(screen.queryByText('charge paid')).toBeNull()
    await screen.findByText('kim-1 9999-****-****-9999')
    gate = new Promise(() => {})
    screen.getByRole('button', { name: /remove/ }).click()
    await waitFor(() => expect(screen.queryByText(/9999/)).toBeNull())
  })

  it('shows a failed answer as such, also where the app throws errors into the render', async () => {
    fail = true
    render(page(clientOf({ queries: { throwOnError: true } }), 'kim'))
    await screen.findByText('error')
  })
})

describe('useRemoveBillingKey', () => {
  /** The card is gone from the list, and the server has not answered; gives how to let it. */
  async function removeTheFirst(): Promise<() => void> {
    let open = () => {}
    gate = new Promise((resolve) => {
      open = resolve
    })
    screen.getByRole('button', { name: /remove/ }).click()
    await screen.findByText('kim-2 9410-****-****-0002')
    return open
  }

  it('takes the card away at once, and brings it back to its place when the server says no', async () => {
    render(page(clientOf({ mutations: { throwOnError: true } }), 'kim'))
    await screen.findByText(twoCards)
    const open = await removeTheFirst()
    open()
    await screen.findByText(twoCards)
    await screen.findByRole('button', { name: /아직 지울 수 없어요/ })
  })

  it('brings a card back to its own member only, who may have gone meanwhile', async () => {
    const client = clientOf()
    const { rerender } = render(page(client, 'kim'))
    await screen.findByText(twoCards)
    const open = await removeTheFirst()
    session = 'lee'
    rerender(page(client, 'lee'))
    await screen.findByText('lee-1')
    const before = client.getMutationCache().getAll()[0]
    expect(before?.state.status).toBe('pending')
    const shown: string[] = []
    client.getQueryCache().subscribe(({ query }) => shown.push(JSON.stringify(query.state.data)))
    open()
    await waitFor(() => expect(before?.state.status).toBe('error'))
    expect(shown.join()).not.toContain('kim')
  })
})

describe('in an app that keeps its cache in localStorage', () => {
  const persister = createSyncStoragePersister({ storage: localStorage, throttleTime: 0 })
  const open = (client: QueryClient, customerKey: string | undefined) => (
    <PersistQueryClientProvider client={client} persistOptions={{ persister }}>
      {page(client, customerKey)}
    </PersistQueryClientProvider>
  )
  const stored = () => Object.values({ ...localStorage }).join()
  const isStored = (text: string) => waitFor(() => expect(stored()).toContain(text))
  const isGone = () => waitFor(() => expect(stored()).not.toMatch(/kim|9410/))
  afterEach(() => localStorage.clear())

  it('holds masked cards there and no charge, and drops them when another member signs in', async () => {
    const client = clientOf()
    const { rerender } = render(open(client, 'kim'))
    await screen.findByText(twoCards)
    await act(async () => screen.getByRole('button', { name: /charge/ }).click())
    await screen.findByRole('button', { name: 'charge paid' })
    await isStored('9410********0001')
    expect(stored()).not.toMatch(/12341234|kim@shop|order-1/)
    session = 'lee'
    rerender(open(client, 'lee'))
    await screen.findByText('lee-1')
    await isGone()
  })

  it('drops them also on a page that shows no list', async () => {
    const client = clientOf()
    const { rerender } = render(open(client, 'kim'))
    await screen.findByText(twoCards)
    await isStored('kim-2')
    const Pay = () => <p>{useCharge().status}</p>
    rerender(
      <PersistQueryClientProvider client={client} persistOptions={{ persister }}>
        {page(client, 'lee', <Pay />)}
      </PersistQueryClientProvider>,
    )
    await isGone()
  })

  it('shows what was kept at once to its member, and drops it when it is another’s', async () => {
    const first = render(open(clientOf(), 'kim'))
    await screen.findByText(twoCards)
    await isStored('kim-2')
    first.unmount()
    let answer = () => {}
    const slow = new Promise<void>((resolve) => {
      answer = resolve
    })
    vi.stubGlobal('fetch', () => slow.then(() => json({ keys: cards[session] })))
    const again = render(open(clientOf(), 'kim'))
    await screen.findByText(twoCards)
    again.unmount()
    session = 'lee'
    render(open(clientOf(), 'lee'))
    await isGone()
    expect(screen.queryByText(/kim/)).toBeNull()
    answer()
    await screen.findByText('lee-1')
  })
})

describe('useCharge', () => {
  it('shows no member what another was charged', async () => {
    const client = clientOf()
    const { rerender } = render(page(client, 'kim'))
    ;(await screen.findByRole('button', { name: /^charge/ })).click()
    await screen.findByRole('button', { name: 'charge paid' })
    session = 'lee'
    rerender(page(client, 'lee'))
    await screen.findByRole('button', { name: 'charge' })
  })

  it('holds nothing of the member before in any render, in StrictMode as well', async () => {
    const client = clientOf()
    const seen: string[] = []
    function Pay({ whose }: { whose: string }) {
      const charge = useCharge()
      const remove = useRemoveBillingKey()
      seen.push(JSON.stringify([whose, charge.data, charge.variables, charge.status, remove.variables, remove.error, remove.status]))
      return (
        <>
          <button type="button" onClick={() => charge.mutate({ customerUid: 'kim-1', order: 'order-1' })}>
            {charge.status}
          </button>
          <button type="button" onClick={() => remove.mutate('kim-1')}>
            {remove.status}
          </button>
        </>
      )
    }
    const of = (whose: string) => <StrictMode>{page(client, whose, <Pay whose={whose} />)}</StrictMode>
    const { rerender } = render(of('kim'))
    for (const button of screen.getAllByRole('button')) await act(async () => button.click())
    await screen.findByRole('button', { name: 'success' })
    await screen.findByRole('button', { name: 'error' })
    seen.length = 0
    rerender(of('lee'))
    await act(async () => {})
    expect(new Set(seen)).toEqual(new Set([JSON.stringify(['lee', undefined, undefined, 'idle', undefined, null, 'idle'])]))
    rerender(of('kim'))
    await act(async () => {})
    expect(screen.getAllByRole('button').map(({ textContent }) => textContent)).toEqual(['idle', 'idle'])
  })

  it('calls an order that is no JSON an error, and nothing is sent', async () => {
    function Pay() {
      const { mutate, status, error } = useCharge()
      return (
        <button type="button" onClick={() => mutate({ customerUid: 'kim-1', order: 10n })}>
          {status} {error?.code}
        </button>
      )
    }
    render(page(clientOf(), 'kim', <Pay />))
    await act(async () => screen.getByRole('button').click())
    await screen.findByRole('button', { name: 'error invalid-request' })
    expect(asked).not.toHaveBeenCalled()
  })

  const press = () => act(async () => screen.getByRole('button', { name: /charge/ }).click())

  it('is sent at once or not at all, once, and leaves nothing for a persister, whatever the app’s defaults are', async () => {
    const client = clientOf({
      mutations: { networkMode: 'online', retry: 3, throwOnError: true, scope: { id: 'all' }, gcTime: Number.POSITIVE_INFINITY },
    })
    const { unmount } = render(page(client, 'kim'))
    await screen.findByText(twoCards)
    act(() => onlineManager.setOnline(false))
    fail = true
    await press()
    await screen.findByRole('button', { name: 'charge unknown' })
    expect(asked.mock.calls.filter(([call]) => call === `POST ${api}/charges`)).toHaveLength(1)
    expect(dehydrate(client, { shouldDehydrateMutation: () => true }).mutations.map(({ scope }) => scope)).toEqual([undefined])
    unmount()
    await waitFor(() => expect(client.getMutationCache().getAll()).toEqual([]))
  })

  it('says paid, and calls a lost or unreadable answer unknown, and only the handler’s own no an error', async () => {
    render(page(clientOf(), 'kim'))
    await press()
    await screen.findByRole('button', { name: 'charge paid' })
    for (const [answer, said] of [
      [json({ error: { code: 'unknown-order', message: '없는 주문' } }, 404), 'charge 없는 주문'],
      [new Response('<html>', { status: 502 }), 'charge unknown'],
      [new Response('<html>', { status: 408 }), 'charge unknown'],
      [json({ status: 'paid' }), 'charge unknown'],
    ] as const) {
      vi.stubGlobal('fetch', async () => answer)
      await press()
      await screen.findByRole('button', { name: said })
    }
  })
})
