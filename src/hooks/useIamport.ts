'use client'
import { useCallback, useEffect, useSyncExternalStore } from 'react'
import { pageChangedSoon, subscribeToPage } from '../attempt/page.ts'
import type { BillingKeyError } from '../billing/errors.ts'
import { isIamportReady, loadIamport } from '../iamport/loadIamport.ts'
import { pageState } from '../iamport/sdk.ts'
import { useBillingKeyContext } from './useBillingKeyContext.ts'

export interface UseIamportResult {
  readonly status: 'idle' | 'loading' | 'ready' | 'error'
  readonly error: BillingKeyError | null
  /** Loads now, again after a failure; does nothing when it is ready. */
  readonly load: () => void
}

/**
 * The state of PortOne's SDK, as it is at this moment. It is loaded and initialised once for the page: on mount, or at
 * `load()` when the provider says `preload="interaction"`.
 *
 * @throws {BillingKeyError} `provider-missing`
 * @example
 * const { status, load } = useIamport()
 * if (status === 'error') return <button onClick={load}>다시 시도</button>
 */
export function useIamport(): UseIamportResult {
  const { settings, preload } = useBillingKeyContext()
  const { sdk } = settings
  const state = useSyncExternalStore(
    subscribeToPage,
    () => {
      const { load } = pageState()
      return isIamportReady(sdk) ? 'ready' : load?.status === 'loading' ? 'loading' : (load?.error ?? 'idle')
    },
    () => 'idle' as const,
  )
  const load = useCallback(() => {
    loadIamport(sdk).then(pageChangedSoon, pageChangedSoon)
    pageChangedSoon()
  }, [sdk])
  useEffect(() => {
    if (preload === 'mount') load()
  }, [preload, load])
  return typeof state === 'string' ? { status: state, error: null, load } : { status: 'error', error: state, load }
}
