'use client'
import { useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useState } from 'react'
import type { Confirm } from '../billing/confirm.ts'
import type { BillingKeyOutcome } from '../billing/outcome.ts'
import { type Landed, settleLanding, takeLanding } from '../iamport/landing.ts'
import { apiConfirm } from './api.ts'
import { useBillingKeyContext } from './useBillingKeyContext.ts'
import { useLatest } from './useLatest.ts'

export interface UseBillingKeyRedirectOptions {
  /** The outcome, once for each attempt: a refresh or a second tab does not tell it again. */
  readonly onOutcome?: ((outcome: BillingKeyOutcome) => void) | undefined
  /** In place of the provider's `confirm` or `api`. */
  readonly confirm?: Confirm | undefined
}

export interface UseBillingKeyRedirectResult {
  /** `null` while pending, and when the page was opened without a result. */
  readonly outcome: BillingKeyOutcome | null
  readonly isPending: boolean
  readonly error: Error | null
  /** Asks the merchant's server again after `unconfirmed`. */
  readonly retry: () => void
}

/**
 * For the page behind `redirectUrl`, where phones land after the window: reads PortOne's query, pairs it with this tab's
 * attempt, has it confirmed once, and takes only PortOne's keys out of the address.
 *
 * @example
 * const { outcome, isPending } = useBillingKeyRedirect()
 */
export function useBillingKeyRedirect(options: UseBillingKeyRedirectOptions = {}): UseBillingKeyRedirectResult {
  const context = useBillingKeyContext()
  const latest = useLatest({ options, context })
  const [said, setSaid] = useState<Landed | null | undefined>(undefined)
  useEffect(() => setSaid(takeLanding()), [])
  const { data, error, isFetching, refetch } = useQuery(
    {
      queryKey: ['react-billing-key', 'redirect', said ?? null],
      queryFn: async () => {
        const { options: own, context: held } = latest.current
        const confirm = own.confirm ?? held.confirm ?? (held.api === undefined ? undefined : apiConfirm(held.api))
        const { outcome, fresh } = await settleLanding(said ?? {}, confirm)
        if (outcome && fresh) latest.current.options.onOutcome?.(outcome)
        return outcome
      },
      enabled: Boolean(said),
      networkMode: 'always',
      retry: false,
      staleTime: Number.POSITIVE_INFINITY,
      structuralSharing: false,
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
    },
    context.queryClient,
  )
  const retry = useCallback(() => void refetch({ cancelRefetch: false }), [refetch])
  const isPending = said === undefined || (said !== null && isFetching)
  const settled = isPending ? null : (data ?? null)
  const outcome =
    settled?.status === 'unconfirmed'
      ? { ...settled, retry: async () => (await refetch({ cancelRefetch: false })).data ?? settled }
      : settled
  return { outcome, isPending, error, retry }
}
