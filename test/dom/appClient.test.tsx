import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { memo, Profiler, useEffect, useState } from 'react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { loadIamport } from '../../src/iamport/loadIamport.ts'
import {
  BillingKeyButton,
  BillingKeyProvider,
  BillingKeyRedirect,
  type BillingKeyRequest,
  type ConfirmAnswer,
  useBillingKeyRedirect,
} from '../../src/index.ts'
import { installFakeIamport, resetPage } from './fakeIamport.ts'

const userCode = 'imp00000000'
const request = { customerUid: 'card-1', merchantUid: 'issue-1', name: '월간', amount: 0, buyer: { name: '홍길동' } }
const issued: ConfirmAnswer = { status: 'issued', customerUid: 'card-1', impUid: 'imp_1', charged: 0, currency: 'KRW', card: null }
let fake: ReturnType<typeof installFakeIamport>

beforeEach(() => {
  resetPage()
  fake = installFakeIamport()
})
afterEach(() => {
  vi.unstubAllGlobals()
  cleanup()
})
const answerWindow = () => act(async () => fake.calls[0]?.answer({ success: true, imp_uid: 'imp_1', merchant_uid: 'issue-1' }))

describe('the app’s own QueryClient', () => {
  const ofApp = () =>
    new QueryClient({
      defaultOptions: {
        mutations: { throwOnError: true, scope: { id: 'app' }, retry: 5, gcTime: Number.POSITIVE_INFINITY },
        queries: { throwOnError: true, retry: 5, gcTime: Number.POSITIVE_INFINITY, staleTime: Number.POSITIVE_INFINITY },
      },
    })
  const show = (client: QueryClient, inside: React.ReactNode, confirm = async (): Promise<ConfirmAnswer> => issued, scriptUrl?: string) =>
    render(
      <QueryClientProvider client={client}>
        <BillingKeyProvider userCode={userCode} pg="jtnet" redirectUrl="/done" confirm={confirm} scriptUrl={scriptUrl}>
          {inside}
        </BillingKeyProvider>
      </QueryClientProvider>,
    )
  const cached = (client: QueryClient) => [...client.getQueryCache().getAll(), ...client.getMutationCache().getAll()]

  it('holds nothing of a registration and its landing, and delays neither', async () => {
    const client = ofApp()
    // one of the app's own is under way in the scope, and never ends
    const mine = client.getMutationCache().build(client, { mutationFn: () => new Promise(() => {}) })
    void mine.execute(undefined)
    const told: string[] = []
    const page = show(client, <BillingKeyButton request={request} onOutcome={({ status }) => told.push(status)} />)
    fireEvent.click(screen.getByRole('button'))
    await answerWindow()
    await waitFor(() => expect(told).toEqual(['issued']))
    page.unmount()
    history.replaceState(null, '', '/done?imp_uid=imp_2&merchant_uid=issue-2')
    show(client, <BillingKeyRedirect onOutcome={({ status }) => told.push(status)} />)
    await waitFor(() => expect(told).toEqual(['issued', 'issued']))
    expect(cached(client)).toEqual([mine])
  })

  it('does not throw into the app when the SDK is blocked or the server is away, and asks once', async () => {
    const client = ofApp()
    const confirm = vi.fn((): Promise<ConfirmAnswer> => Promise.reject(new Error('offline')))
    const told: string[] = []
    const page = show(client, <BillingKeyButton request={request} onOutcome={({ status }) => told.push(status)} />, confirm)
    fireEvent.click(screen.getByRole('button'))
    await answerWindow()
    await waitFor(() => expect(told).toEqual(['unconfirmed']))
    expect(confirm).toHaveBeenCalledOnce()
    page.unmount()
    resetPage()
    const onError = vi.fn()
    show(client, <BillingKeyButton request={request} onError={onError} />, confirm, '/blocked.js')
    fireEvent.click(screen.getByRole('button'))
    await waitFor(() => expect(document.querySelector('script')).not.toBeNull())
    act(() => void document.querySelector('script')?.dispatchEvent(new Event('error')))
    await waitFor(() => expect(onError).toHaveBeenCalledWith(expect.objectContaining({ code: 'sdk-load-failed' })))
    expect(cached(client)).toEqual([])
  })
})

describe('commits', () => {
  /** One cycle, SDK ready, nothing left over; how often React committed from the click to the outcome. */
  async function cycle(props: { api?: string }, source: { request: BillingKeyRequest } | { order: object }) {
    await loadIamport({ userCode })
    let commits = 0
    render(
      <Profiler id="page" onRender={() => (commits += 1)}>
        <BillingKeyProvider userCode={userCode} pg="jtnet" redirectUrl="/done" {...props}>
          <BillingKeyButton {...source} />
        </BillingKeyProvider>
      </Profiler>,
    )
    const button = screen.getByRole('button')
    await act(async () => {})
    commits = 0
    fireEvent.click(button)
    await waitFor(() => expect(fake.calls).toHaveLength(1))
    await waitFor(() => expect(button.dataset.phase).toBe('window-open'))
    await answerWindow()
    await waitFor(() => expect(button.dataset.phase).toBe('settled'))
    return commits
  }

  it('are at most two for a cycle without a server', async () => {
    expect(await cycle({}, { request })).toBeLessThanOrEqual(2)
  })

  it('are at most four with an intent and a confirm', async () => {
    const paths: string[] = []
    vi.stubGlobal('fetch', async (url: string) => {
      paths.push(url)
      await new Promise((resolve) => setTimeout(resolve, 20))
      return Response.json(url.endsWith('/intents') ? request : issued)
    })
    expect(await cycle({ api: '/api/billing' }, { order: { plan: 'monthly' } })).toBeLessThanOrEqual(4)
    expect(paths).toEqual(['/api/billing/intents', '/api/billing/confirm'])
  })

  it('are for mounted, asking and settled where two hooks share a landing', async () => {
    const seen = new Map<number, string[]>()
    function Landing({ at }: { at: number }) {
      const { outcome, isPending } = useBillingKeyRedirect()
      useEffect(() => {
        // a slow page: the timers of the two hooks are not due together
        const until = performance.now() + 5
        while (performance.now() < until);
        seen.set(at, [...(seen.get(at) ?? []), isPending ? 'pending' : (outcome?.status ?? 'nothing')])
      })
      return null
    }
    history.replaceState(null, '', '/done?imp_uid=imp_1&merchant_uid=issue-1')
    let commits = 0
    let answer: (said: ConfirmAnswer) => void = () => {}
    const confirm = vi.fn(
      () =>
        new Promise<ConfirmAnswer>((resolve) => {
          answer = resolve
        }),
    )
    render(
      <BillingKeyProvider userCode={userCode} confirm={confirm}>
        <Profiler id="landing" onRender={() => (commits += 1)}>
          <Landing at={1} />
          <Landing at={2} />
        </Profiler>
      </BillingKeyProvider>,
    )
    await waitFor(() => expect(confirm).toHaveBeenCalledOnce())
    await act(async () => answer(issued))
    await waitFor(() => expect([...seen.values()].map((states) => states.slice(-1))).toEqual([['issued'], ['issued']]))
    expect(confirm).toHaveBeenCalledOnce()
    expect([...seen.values()].flat()).not.toContain('nothing')
    expect(commits).toBeLessThanOrEqual(3)
  })

  it('are none for a hundred buttons when the provider’s parent renders again', async () => {
    let rendered = 0
    const Buttons = memo(() => (
      <>
        {Array.from({ length: 100 }, (_, at) => (
          <Profiler key={at} id={String(at)} onRender={() => (rendered += 1)}>
            <BillingKeyButton request={request} />
          </Profiler>
        ))}
      </>
    ))
    let again = () => {}
    function Parent() {
      const [count, setCount] = useState(0)
      again = () => setCount(count + 1)
      return (
        <BillingKeyProvider
          userCode={userCode}
          redirectUrl="/done"
          noticeUrl={['/a', '/b']}
          confirm={async () => issued}
          replaceUrl={() => {}}
        >
          <Buttons />
        </BillingKeyProvider>
      )
    }
    render(<Parent />)
    await act(async () => {})
    expect(rendered).toBeGreaterThanOrEqual(100)
    rendered = 0
    for (let time = 0; time < 3; time += 1) act(() => again())
    expect(rendered).toBe(0)
  })
})

it('opens the window in the click’s own task', async () => {
  await loadIamport({ userCode })
  render(
    <BillingKeyProvider userCode={userCode} pg="jtnet" redirectUrl="/done" confirm={async () => issued}>
      <BillingKeyButton request={request} />
    </BillingKeyProvider>,
  )
  await act(async () => {})
  screen.getByRole('button').click()
  expect(fake.calls).toHaveLength(1)
  await answerWindow()
})
