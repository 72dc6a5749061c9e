import { BillingKeyButton, BillingKeyProvider, BillingKeyRedirect } from 'react-billing-key'
import 'react-billing-key/styles.css'

export function App() {
  return (
    <BillingKeyProvider
      userCode="imp00000000"
      pg="jtnet"
      redirectUrl="/billing/complete"
      api="/api/billing"
      scriptUrl="http://127.0.0.1:4010/v1/iamport.js" // sandbox
    >
      {location.pathname === '/billing/complete' ? (
        <BillingKeyRedirect onRetry={() => location.assign('/')}>
          <a href="/members">이용 시작하기</a>
        </BillingKeyRedirect>
      ) : (
        <BillingKeyButton order={{ plan: 'monthly' }} />
      )}
    </BillingKeyProvider>
  )
}
