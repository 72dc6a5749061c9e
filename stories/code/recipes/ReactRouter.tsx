import { BillingKeyButton, BillingKeyProvider, BillingKeyRedirect } from 'react-billing-key'
import { Link, Route, Routes, useNavigate } from 'react-router'

export function App() {
  const navigate = useNavigate()
  return (
    <BillingKeyProvider
      userCode="imp00000000"
      pg="jtnet"
      redirectUrl="/billing/complete"
      api="/api/billing"
      replaceUrl={(url) => navigate(url, { replace: true })} // the router keeps its own copy of the address
    >
      <Routes>
        <Route path="/plans" element={<BillingKeyButton order={{ plan: 'monthly' }} />} />
        <Route
          path="/billing/complete"
          element={
            <BillingKeyRedirect onRetry={() => navigate('/plans')}>
              <Link to="/members">이용 시작하기</Link>
            </BillingKeyRedirect>
          }
        />
      </Routes>
    </BillingKeyProvider>
  )
}
