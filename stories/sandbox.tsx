import type { ReactNode } from 'react'
import { BillingKeyProvider, type BillingKeyProviderProps, type BillingKeyRequest } from '../src/index.ts'
import { createSandbox, startInPage } from '../src/sandbox/index.ts'

const sandbox = createSandbox()
const scriptUrl = startInPage(sandbox)

let number = 0
/** A request with an order number of its own, as every attempt needs. */
export function newRequest(change: Partial<BillingKeyRequest> = {}): BillingKeyRequest {
  number += 1
  const id = `${Date.now()}-${number}`
  return { customerUid: `card-${id}`, merchantUid: `issue-${id}`, name: '월간 이용권', amount: 0, ...change } as BillingKeyRequest
}

/** Asks the in-page sandbox what a merchant's server would ask PortOne. */
const confirm: BillingKeyProviderProps['confirm'] = async ({ merchantUid }) => {
  const payment = sandbox.payments.findLast((known) => known.merchant_uid === merchantUid && known.status === 'paid')
  if (!payment) return { status: 'none' }
  const { imp_uid, customer_uid, amount } = payment
  return { status: 'issued', impUid: imp_uid, customerUid: customer_uid ?? '', charged: amount, currency: 'KRW', card: null }
}

/** A provider on the sandbox that runs in this page. */
export function Sandboxed({ children, ...props }: Partial<BillingKeyProviderProps> & { children: ReactNode }) {
  return (
    <BillingKeyProvider
      userCode={sandbox.userCode}
      scriptUrl={scriptUrl}
      pg="jtnet"
      redirectUrl="/billing/complete"
      confirm={confirm}
      {...(props as object)}
    >
      {children}
    </BillingKeyProvider>
  )
}
