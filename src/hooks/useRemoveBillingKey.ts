'use client'
import { type UseMutationResult, useQueryClient } from '@tanstack/react-query'
import { callApi } from './api.ts'
import { type BillingKeySummary, type BillingKeysData, billingKeysKey } from './billingKeysOptions.ts'
import { useBillingApi } from './useBillingKeys.ts'
import { useMembersMutation } from './useMembersMutation.ts'

interface Removed {
  readonly key: BillingKeySummary
  readonly at: number
}

/**
 * Removes one of the customer's cards, by its `customerUid`: it leaves the list at once, and comes back when the server
 * said no. Never put off until the browser is online again, and never repeated by itself.
 *
 * @throws {BillingKeyError} `provider-missing`, and `invalid-request` without `api`. A refusal is the mutation's `error`
 * @example
 * const remove = useRemoveBillingKey()
 * <button onClick={() => remove.mutate(key.customerUid)}>삭제</button>
 */
export function useRemoveBillingKey(): UseMutationResult<void, Error, string, Removed | null> {
  const { api, customerKey } = useBillingApi()
  const client = useQueryClient()
  const queryKey = billingKeysKey(api, customerKey)
  // each member's own: a removal that is under way when another signs in brings nothing into the other's list
  const mutationKey = ['remove', ...queryKey]
  const change = (keysOf: (keys: readonly BillingKeySummary[]) => readonly BillingKeySummary[]) =>
    client.setQueryData<BillingKeysData>(queryKey, (data) => data && { ...data, keys: keysOf(data.keys) }, {
      updatedAt: client.getQueryState(queryKey)?.dataUpdatedAt ?? 0,
    })
  return useMembersMutation<void, Error, string, Removed | null>({
    mutationKey,
    mutationFn: async (customerUid) => {
      await callApi(api, `/keys/${encodeURIComponent(customerUid)}`, { method: 'DELETE' })
    },
    onMutate: async (customerUid) => {
      await client.cancelQueries({ queryKey, exact: true })
      const keys = client.getQueryData<BillingKeysData>(queryKey)?.keys ?? []
      const at = keys.findIndex((key) => key.customerUid === customerUid)
      const key = keys[at]
      change((known) => known.filter((one) => one.customerUid !== customerUid))
      return key ? { key, at } : null
    },
    onError: (_error, customerUid, removed) => {
      // only this one comes back: another may have been removed meanwhile
      if (removed)
        change((known) =>
          known.some((one) => one.customerUid === customerUid)
            ? known
            : [...known.slice(0, removed.at), removed.key, ...known.slice(removed.at)],
        )
    },
    // the last one under way asks again: before, the server would still name the card of another
    onSettled: () => {
      if (client.isMutating({ mutationKey, exact: true }) === 1) void client.invalidateQueries({ queryKey, exact: true })
    },
  })
}
