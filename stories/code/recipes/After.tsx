import { BillingKeyButton, BillingKeyProvider } from 'react-billing-key'

export const RegisterCard = ({ userCode }: { userCode: string }) => (
  <BillingKeyProvider userCode={userCode} pg="jtnet" redirectUrl="/billing/complete" api="/api/billing">
    <BillingKeyButton order={{ plan: 'monthly' }} />
  </BillingKeyProvider>
)
