import type { ReactNode } from 'react'
import { BillingKeyProvider } from 'react-billing-key'

export const InApp = ({ children }: { children: ReactNode }) => (
  <BillingKeyProvider userCode="imp00000000" pg="jtnet" api="/api/billing" redirectUrl="/billing/complete" appScheme="myshop">
    {children}
  </BillingKeyProvider>
)
