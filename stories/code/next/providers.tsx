'use client'
// app/providers.tsx
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { BillingKeyProvider } from 'react-billing-key'

export function Providers({ memberId, children }: { memberId?: string; children: ReactNode }) {
  const [client] = useState(() => new QueryClient())
  return (
    <QueryClientProvider client={client}>
      <BillingKeyProvider userCode="imp00000000" pg="jtnet" redirectUrl="/billing/complete" api="/api/billing" customerKey={memberId}>
        {children}
      </BillingKeyProvider>
    </QueryClientProvider>
  )
}
