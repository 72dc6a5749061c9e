'use client'
import type { ReactNode } from 'react'
import type { BillingKeyOutcome } from '../billing/outcome.ts'
import { type UseBillingKeyRedirectOptions, useBillingKeyRedirect } from '../hooks/useBillingKeyRedirect.ts'
import { BillingKeyOutcomeView } from './BillingKeyOutcomeView.tsx'

export interface BillingKeyRedirectProps extends UseBillingKeyRedirectOptions {
  /** Offered after `cancelled` and `failed`: lead back to the page with the button. */
  readonly onRetry?: () => void
  /** What stands below the result: an element only after a success, or a function of the outcome; `null` when the page was opened without one. */
  readonly children?: ReactNode | ((outcome: BillingKeyOutcome | null) => ReactNode)
}

/**
 * The landing route behind `redirectUrl`: reads the result, has it confirmed and tells the customer.
 *
 * @example
 * <Route path="/billing/complete" element={<BillingKeyRedirect onRetry={() => navigate('/plans')} />} />
 */
export function BillingKeyRedirect({ onRetry, children, ...options }: BillingKeyRedirectProps) {
  const { outcome, isPending, recheck } = useBillingKeyRedirect(options)
  const isSuccess = outcome?.status === 'issued' || outcome?.status === 'reported'
  return (
    <BillingKeyOutcomeView outcome={outcome} isPending={isPending} onRetry={onRetry} onRecheck={recheck} takesFocus>
      {typeof children === 'function' ? children(outcome) : isSuccess && children}
    </BillingKeyOutcomeView>
  )
}
