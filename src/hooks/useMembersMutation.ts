'use client'
import {
  hashKey,
  MutationObserver,
  type MutationObserverOptions,
  notifyManager,
  type UseMutationResult,
  useQueryClient,
} from '@tanstack/react-query'
import { useCallback, useEffect, useSyncExternalStore } from 'react'
import { useBoundToClient } from './useBoundToClient.ts'

/** Whatever the app's defaults are: nothing waits for a network, is repeated, queued, kept or thrown into a render. */
const movesAtOnce = { networkMode: 'always', retry: false, throwOnError: false, scope: undefined as never, gcTime: 0 } as const

/** A mutation of one member's, who is in its key. */
export function useMembersMutation<Data, Failure, Variables, Context = unknown>(
  own: MutationObserverOptions<Data, Failure, Variables, Context>,
): UseMutationResult<Data, Failure, Variables, Context> {
  const client = useQueryClient()
  const options = { ...own, ...movesAtOnce }
  const observer = useBoundToClient(client, hashKey(options.mutationKey ?? []), () => new MutationObserver(client, options))
  useEffect(() => observer.setOptions(options))
  const result = useSyncExternalStore(
    useCallback((onChange) => observer.subscribe(notifyManager.batchCalls(onChange)), [observer]),
    () => observer.getCurrentResult(),
    () => observer.getCurrentResult(),
  )
  const mutate = useCallback<UseMutationResult<Data, Failure, Variables, Context>['mutate']>(
    (...[variables, callbacks]) => void observer.mutate(variables as Variables, callbacks).catch(() => undefined),
    [observer],
  )
  return { ...result, mutate, mutateAsync: result.mutate }
}
