import { StrictMode } from 'react'
import { BillingKeyButton, BillingKeyProvider, BillingKeyRedirect } from 'react-billing-key'
import { createRoot } from 'react-dom/client'
import { createBrowserRouter, Link, Outlet, RouterProvider, useNavigate } from 'react-router'
import { settings, tell } from './outcomes.tsx'

function Shop() {
  const navigate = useNavigate()
  return (
    <BillingKeyProvider {...settings} replaceUrl={(url) => void navigate(url, { replace: true })}>
      <Link to="/cards">내 카드</Link>
      <Outlet />
    </BillingKeyProvider>
  )
}

const router = createBrowserRouter([
  {
    element: <Shop />,
    children: [
      { path: '/', element: <BillingKeyButton order={{ plan: 'monthly' }} onOutcome={tell} /> },
      { path: '/done', element: <BillingKeyRedirect onOutcome={tell} /> },
      { path: '/cards', element: <h1>카드</h1> },
    ],
  },
])
createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <RouterProvider router={router} />
  </StrictMode>,
)
