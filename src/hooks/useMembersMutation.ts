'use client'
import {
  hashKey,
  MutationObserver,
  type MutationObserverOptions,
  notifyManager,
  type UseMutationResult,
  useQueryClient,
} from '@tanstack/react-query'
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react'

/** Whatever the app's defaults are: nothing waits for a network, is repeated, queued, kept or thrown into a render. */
const movesAtOnce = { networkMode: 'always', retry: false, throwOnError: false, scope: undefined as never, gcTime: 0 } as const

/**
 * A mutation of one member's, who is in its key. TanStack's own hook lets go of another key's state in an effect, so that
 * the next member would see it for one commit; here each has an observer of their own.
 */
export function useMembersMutation<Data, Failure, Variables, Context = unknown>(
  own: MutationObserverOptions<Data, Failure, Variables, Context>,
): UseMutationResult<Data, Failure, Variables, Context> {
  const client = useQueryClient()
  const options = { ...own, ...movesAtOnce }
  const whose = hashKey(options.mutationKey ?? [])
  const observe = () => ({ client, whose, observer: new MutationObserver(client, options) })
  const [observed, setObserved] = useState(observe)
  const current = observed.client === client && observed.whose === whose ? observed : observe()
  if (current !== observed) setObserved(current)
  const { observer } = current
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
