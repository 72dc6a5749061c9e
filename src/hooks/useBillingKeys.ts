'use client'
import {
  notifyManager,
  QueryObserver,
  type QueryObserverOptions,
  type UseQueryResult,
  useIsRestoring,
  useQueryClient,
} from '@tanstack/react-query'
import { useCallback, useEffect, useSyncExternalStore } from 'react'
import { subscribeToPage } from '../attempt/page.ts'
import { lastIssuedAt } from '../attempt/pending.ts'
import { BillingKeyError } from '../billing/errors.ts'
import {
  type BillingKeySummary,
  type BillingKeysData,
  billingKeysKey,
  billingKeysOptions,
  isOutdated,
  membersKey,
} from './billingKeysOptions.ts'
import { useBillingKeyContext } from './useBillingKeyContext.ts'
import { useBoundToClient } from './useBoundToClient.ts'

const selectKeys = ({ keys }: BillingKeysData) => keys
const never = () => 0

/** The provider's `api` and member, for hooks that cannot do without. They drop the cards of every member before. */
export function useBillingApi(): { readonly api: string; readonly customerKey: string | null } {
  const { api, settings } = useBillingKeyContext()
  if (api === undefined) throw new BillingKeyError('invalid-request', 'no-api')
  const { customerKey = null } = settings
  const client = useQueryClient()
  const isRestoring = useIsRestoring()
  useEffect(() => {
    if (isRestoring) return
    const isOthers = ({ queryKey }: { readonly queryKey: readonly unknown[] }) => queryKey[3] !== customerKey
    // after the commit: an app's persister, which listens from then on, forgets them as well. What is on the page, under
    // another provider or again by now, would wait for ever for an answer
    queueMicrotask(() => client.removeQueries({ queryKey: membersKey(api), type: 'inactive', predicate: isOthers }))
  }, [client, api, customerKey, isRestoring])
  return { api, customerKey }
}

/** `useQuery`, that goes with the client: an app may take a new one for the next member under a mounted list. */
function useQueryOfClient<Data, Selected, Key extends readonly unknown[]>(
  options: QueryObserverOptions<Data, Error, Selected, Data, Key>,
): UseQueryResult<Selected> {
  const client = useQueryClient()
  const isRestoring = useIsRestoring()
  const defaulted = client.defaultQueryOptions(options)
  defaulted._optimisticResults = isRestoring ? 'isRestoring' : 'optimistic'
  const observer = useBoundToClient(client, '', () => new QueryObserver(client, defaulted))
  const result = observer.getOptimisticResult(defaulted)
  useEffect(() => observer.setOptions(defaulted))
  useSyncExternalStore(
    useCallback(
      (onChange) => {
        if (isRestoring) return () => {}
        const unsubscribe = observer.subscribe(notifyManager.batchCalls(onChange))
        observer.updateResult() // what came between the render and now
        return unsubscribe
      },
      [observer, isRestoring],
    ),
    () => observer.getCurrentResult(),
    () => observer.getCurrentResult(),
  )
  return observer.trackResult(result)
}

/**
 * The customer's registered cards, from `GET {api}/keys`, in the app's own query client. Asked for again after every
 * verified issue. When the provider's `customerKey` changes, the other member's are dropped.
 *
 * @throws {BillingKeyError} `provider-missing`, and `invalid-request` without `api`. A failed answer is the query's `error`
 * @example
 * const { data: keys = [], isPending, error } = useBillingKeys()
 */
export function useBillingKeys(): UseQueryResult<readonly BillingKeySummary[]> {
  const { api, customerKey } = useBillingApi()
  const client = useQueryClient()
  const { staleTime } = client.getDefaultOptions().queries ?? {}
  const options = billingKeysOptions({
    api,
    customerKey: customerKey ?? undefined,
    staleTime: typeof staleTime === 'number' ? staleTime : undefined,
  })
  const query = useQueryOfClient({ ...options, select: selectKeys, throwOnError: false })
  const issuedAt = useSyncExternalStore(subscribeToPage, lastIssuedAt, never)
  const { isFetching, errorUpdatedAt, dataUpdatedAt } = query
  useEffect(() => {
    const queryKey = billingKeysKey(api, customerKey)
    // also after an answer that had been asked for before the issue; a question that failed since is the customer's to repeat
    if (dataUpdatedAt > 0 && !isFetching && errorUpdatedAt <= issuedAt && isOutdated(client.getQueryData<BillingKeysData>(queryKey)))
      void client.refetchQueries({ queryKey, exact: true }, { cancelRefetch: false })
  }, [client, api, customerKey, issuedAt, isFetching, errorUpdatedAt, dataUpdatedAt])
  return query
}
