'use client'
import type { UseMutationResult } from '@tanstack/react-query'
import { BillingKeyError } from '../billing/errors.ts'
import { BillingApiError, callApi } from './api.ts'
import { billingKeysKey } from './billingKeysOptions.ts'
import { useBillingApi } from './useBillingKeys.ts'
import { useMembersMutation } from './useMembersMutation.ts'

/** Which card pays which order. The price is the server's: what else the body names is read by its `price`. */
export interface ChargeRequest {
  readonly customerUid: string
  readonly [field: string]: unknown
}

/** How a charge ended. `unknown`: it may have been paid; the same order can be charged again without paying twice. */
export type ChargeAnswer =
  | { readonly status: 'paid'; readonly merchantUid: string; readonly amount: number }
  | { readonly status: 'declined'; readonly merchantUid: string; readonly code: string; readonly message: string }
  | { readonly status: 'unknown'; readonly merchantUid: string | null }

/**
 * Charges one of the customer's cards over `POST {api}/charges`. An answer that was lost is `unknown`, never an error:
 * an error means that the server refused, or that the order is no JSON, and nothing was charged. It is sent at once or
 * not at all, never repeated by itself, and leaves nothing in the cache, whatever the app's defaults are.
 *
 * @throws {BillingKeyError} `provider-missing`, and `invalid-request` without `api`
 * @example
 * const charge = useCharge()
 * <button onClick={() => charge.mutate({ customerUid: key.customerUid, order: order.id })}>이번 달 요금 결제</button>
 */
export function useCharge(): UseMutationResult<ChargeAnswer, BillingApiError, ChargeRequest> {
  const { api, customerKey } = useBillingApi()
  return useMembersMutation<ChargeAnswer, BillingApiError, ChargeRequest>({
    // each member's own: what was charged for one is not shown to the next
    mutationKey: ['charge', ...billingKeysKey(api, customerKey)],
    mutationFn: async (body) => {
      throwUnlessJson(body)
      try {
        return readAnswer(await callApi(api, '/charges', { body }))
      } catch (error) {
        if (error instanceof BillingApiError && isRefusal(error)) throw error
        return { status: 'unknown', merchantUid: null }
      }
    },
  })
}

/** Only the handler's own no is one: a proxy's 408 or 502 says nothing of the charge. */
const isRefusal = ({ status, code }: BillingApiError) => status >= 400 && status < 500 && code !== null

/** What is no JSON is never sent: the charge is not `unknown`. */
function throwUnlessJson(body: ChargeRequest): void {
  try {
    JSON.stringify(body)
  } catch (error) {
    const { code, message } = new BillingKeyError('invalid-request', 'no-json')
    throw new BillingApiError(0, code, message, error)
  }
}

function readAnswer(answer: unknown): ChargeAnswer {
  const { status, merchantUid, amount, code, message } = (answer ?? {}) as Readonly<Record<string, unknown>>
  if (typeof merchantUid === 'string') {
    if (status === 'paid' && typeof amount === 'number') return { status, merchantUid, amount }
    if (status === 'declined') return { status, merchantUid, code: String(code ?? ''), message: String(message ?? '') }
    return { status: 'unknown', merchantUid }
  }
  return { status: 'unknown', merchantUid: null }
}
