'use client'
import { createContext, useContext } from 'react'
import type { AttemptSettings } from '../attempt/runAttempt.ts'
import { BillingKeyError } from '../billing/errors.ts'
import type { Messages } from '../locales/messages.ts'

/** What `<BillingKeyProvider>` hands down. */
export interface BillingKeyContextValue {
  readonly settings: AttemptSettings
  /** Base address of the merchant's handler. */
  readonly api: string | undefined
  readonly preload: 'mount' | 'interaction'
  /** The shop's words; the components' own default when left out. */
  readonly locale: Messages | undefined
  readonly replaceUrl: ((url: string) => void) | undefined
}

export const BillingKeyContext = createContext<BillingKeyContextValue | null>(null)

/**
 * The provider's settings.
 *
 * @throws {BillingKeyError} `provider-missing`
 */
export function useBillingKeyContext(): BillingKeyContextValue {
  const value = useContext(BillingKeyContext)
  if (!value) throw new BillingKeyError('provider-missing', 'no-provider')
  return value
}
