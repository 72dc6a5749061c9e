'use client'
import type { QueryClient } from '@tanstack/react-query'
import { createContext, useContext } from 'react'
import type { Confirm } from '../billing/confirm.ts'
import { BillingKeyError } from '../billing/errors.ts'
import type { Locale, Messages } from '../billing/messages.ts'
import type { RequestDefaults } from '../billing/request.ts'
import type { SdkConfig } from '../iamport/loadIamport.ts'

/** What `<BillingKeyProvider>` hands down. */
export interface BillingKeyContextValue {
  readonly sdk: SdkConfig
  readonly preload: 'mount' | 'intent'
  readonly defaults: RequestDefaults
  readonly api: string | undefined
  readonly confirm: Confirm | undefined
  readonly locale: Locale
  readonly messages: Messages
  readonly queryClient: QueryClient
}

export const BillingKeyContext = createContext<BillingKeyContextValue | null>(null)

/**
 * The provider's settings.
 *
 * @throws {BillingKeyError} `provider-missing`
 */
export function useBillingKeyContext(): BillingKeyContextValue {
  const value = useContext(BillingKeyContext)
  if (!value)
    throw new BillingKeyError(
      'provider-missing',
      'Put <BillingKeyProvider userCode="imp…"> round every hook and component of react-billing-key.',
    )
  return value
}
