import {
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
  useRouterState,
  useNavigate as useTanStackNavigate,
} from '@tanstack/react-router'
import { act, cleanup, render, screen, waitFor } from '@testing-library/react'
import { type ReactNode, StrictMode } from 'react'
import { createBrowserRouter, RouterProvider as ReactRouterProvider, useNavigate, useSearchParams } from 'react-router'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { BillingKeyProvider, BillingKeyRedirect, type ConfirmAnswer } from '../../src/index.ts'
import { freshPage } from './freshPage.ts'

const before = location.href
const landedAt = '/done?plan=monthly&imp_uid=imp_1&merchant_uid=issue-1&imp_success=true&error_msg=x'
const issued: ConfirmAnswer = { status: 'issued', customerUid: 'card-1', impUid: 'imp_1', charged: 0, currency: 'KRW', card: null }
const onOutcome = vi.fn()

beforeEach(() => {
  freshPage()
  onOutcome.mockClear()
  history.pushState(null, '', '/done?before')
  history.pushState(null, '', landedAt)
})
afterEach(cleanup)
afterAll(() => history.replaceState(null, '', before))

interface Moves {
  readonly replaceUrl: ((url: string) => void) | undefined
  /** The query as the router knows it. */
  readonly search: string
  readonly setTab: () => void
  readonly setHash: () => void
}
let moves: Moves

function Landing({ replaceUrl, search, setTab, setHash, children }: Moves & { children?: ReactNode }) {
  moves = { replaceUrl, search, setTab, setHash }
  return (
    <BillingKeyProvider userCode="imp00000000" confirm={async () => issued} replaceUrl={replaceUrl}>
      <BillingKeyRedirect onOutcome={onOutcome}>{() => <p>등록 끝</p>}</BillingKeyRedirect>
      {children}
    </BillingKeyProvider>
  )
}

function reactRouter(given: boolean) {
  function Page() {
    const navigate = useNavigate()
    const [search, setSearch] = useSearchParams()
    return (
      <Landing
        search={search.toString()}
        replaceUrl={given ? (url) => void navigate(url, { replace: true }) : undefined}
        setTab={() =>
          setSearch((old) => {
            old.set('tab', '2')
            return old
          })
        }
        setHash={() => void navigate({ search: search.toString(), hash: 'cards' })}
      />
    )
  }
  const router = createBrowserRouter([{ path: '/done', element: <Page /> }])
  return { element: <ReactRouterProvider router={router} />, dispose: () => router.dispose() }
}

function tanStackRouter(given: boolean) {
  function Page() {
    const navigate = useTanStackNavigate() as (options: object) => Promise<void>
    return (
      <Landing
        search={JSON.stringify(useRouterState().location.search)}
        replaceUrl={given ? (url) => void router.history.replace(url) : undefined}
        setTab={() => void navigate({ to: '.', search: (old: object) => ({ ...old, tab: 2 }) })}
        setHash={() => void navigate({ to: '.', search: true, hash: 'cards' })}
      />
    )
  }
  const root = createRootRoute()
  const done = createRoute({ getParentRoute: () => root, path: '/done', component: Page })
  const router = createRouter({ routeTree: root.addChildren([done]) })
  return { element: <RouterProvider router={router as never} />, dispose: () => router.history.destroy() }
}

const noKeys = () => expect(location.href).not.toMatch(/imp_uid|merchant_uid|imp_success|error_msg/)

describe.each([
  ['React Router', reactRouter],
  ['TanStack Router', tanStackRouter],
])('a landing inside %s', (_, app) => {
  it.each([
    ['without replaceUrl', false],
    ['with the router’s own replaceUrl', true],
  ])('takes PortOne’s keys out of the address for good, %s', async (__, given) => {
    const { element, dispose } = app(given)
    render(<StrictMode>{element}</StrictMode>)
    await screen.findByText('등록 끝')
    await waitFor(noKeys)
    expect(new URLSearchParams(location.search).get('plan')).toBe('monthly')
    // React Router keeps its own copy of the address, and needs replaceUrl for this
    const follows = given || app === tanStackRouter
    if (follows) await waitFor(() => expect(moves.search).not.toContain('imp_uid'))
    if (follows) await act(async () => moves.setTab())
    await waitFor(() => expect(location.search.includes('tab=2')).toBe(follows))
    noKeys()
    expect(location.search).toContain('plan=monthly')
    if (follows) await act(async () => moves.setHash())
    await waitFor(() => expect(location.hash).toBe(follows ? '#cards' : ''))
    noKeys()
    location.hash = 'end'
    await waitFor(() => expect(location.hash).toBe('#end'))
    noKeys()
    for (const after of follows ? ['#end', '#cards', '?tab'] : ['#end']) {
      const left = location.href
      await act(async () => history.back())
      await waitFor(() => expect(location.href, after).not.toBe(left))
      noKeys()
    }
    expect(location.search).toBe('?plan=monthly')
    expect(onOutcome).toHaveBeenCalledOnce()
    dispose()
  })
})
