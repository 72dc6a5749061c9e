'use client'
import { useQuery } from '@tanstack/react-query'
import { useCallback } from 'react'
import { type BillingKeyError, isBillingKeyError } from '../billing/errors.ts'
import { loadIamport } from '../iamport/loadIamport.ts'
import { useBillingKeyContext } from './useBillingKeyContext.ts'

export interface UseIamportResult {
  readonly status: 'idle' | 'loading' | 'ready' | 'error'
  readonly error: BillingKeyError | null
  /** Loads again after a failure, with a fresh script tag. */
  readonly retry: () => void
  /** Loads now, if that has not begun; does nothing otherwise. */
  readonly preload: () => void
}

/**
 * The state of PortOne's SDK. It is loaded and initialised once for the page: on mount, or at `preload()` when the
 * provider says `preload="intent"`.
 *
 * @throws {BillingKeyError} `provider-missing`
 * @example
 * const { status, retry } = useIamport()
 * if (status === 'error') return <button onClick={retry}>다시 시도</button>
 */
export function useIamport(): UseIamportResult {
  const { sdk, preload, queryClient } = useBillingKeyContext()
  const { data, error, fetchStatus, refetch } = useQuery(
    {
      queryKey: ['react-billing-key', 'sdk', sdk.userCode, sdk.tierCode ?? null, sdk.scriptUrl ?? null],
      queryFn: () => loadIamport(sdk).then(() => true),
      enabled: preload === 'mount',
      networkMode: 'always',
      retry: false,
      retryOnMount: false,
      staleTime: Number.POSITIVE_INFINITY,
      gcTime: Number.POSITIVE_INFINITY,
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
    },
    queryClient,
  )
  const loading = fetchStatus === 'fetching'
  const retry = useCallback(() => void refetch({ cancelRefetch: false }), [refetch])
  const idle = !data && !error && !loading
  const load = useCallback(() => {
    if (idle) retry()
  }, [idle, retry])
  return {
    status: loading ? 'loading' : data ? 'ready' : error ? 'error' : 'idle',
    error: isBillingKeyError(error) ? error : null,
    retry,
    preload: load,
  }
}
