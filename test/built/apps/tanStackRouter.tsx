import { createRootRoute, createRoute, createRouter, Link, Outlet, RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { BillingKeyButton, BillingKeyProvider, BillingKeyRedirect } from 'react-billing-key'
import { createRoot } from 'react-dom/client'
import { settings, tell } from './outcomes.tsx'

const root = createRootRoute({
  component: () => (
    <BillingKeyProvider {...settings} replaceUrl={(url) => void router.history.replace(url)}>
      <Link to={'/cards' as never}>내 카드</Link>
      <Outlet />
    </BillingKeyProvider>
  ),
})
const pages = {
  '/': () => <BillingKeyButton order={{ plan: 'monthly' }} onOutcome={tell} />,
  '/done': () => <BillingKeyRedirect onOutcome={tell} />,
  '/cards': () => <h1>카드</h1>,
}
const routes = Object.entries(pages).map(([path, component]) => createRoute({ getParentRoute: () => root, path, component }))
const router = createRouter({ routeTree: root.addChildren(routes) })
createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <RouterProvider router={router as never} />
  </StrictMode>,
)
