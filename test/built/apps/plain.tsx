import { StrictMode } from 'react'
import { BillingKeyButton, BillingKeyProvider, BillingKeyRedirect } from 'react-billing-key'
import { createRoot } from 'react-dom/client'
import { settings, tell } from './outcomes.tsx'

const isLanding = location.pathname === '/done'
createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <BillingKeyProvider {...settings}>
      {isLanding ? (
        <BillingKeyRedirect onOutcome={tell}>{(outcome) => !outcome && <p>결과 없음</p>}</BillingKeyRedirect>
      ) : (
        <BillingKeyButton order={{ plan: 'monthly' }} onOutcome={tell} />
      )}
    </BillingKeyProvider>
  </StrictMode>,
)
