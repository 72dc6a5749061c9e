import { IamportApiError } from './iamportApiError.ts'
import type { AgainRequest } from './iamportClient.ts'
import type { Payment } from './wire.ts'

/** Why a charge is unknown, as plain data: results are kept as JSON between runs. */
export interface ChargeCause {
  readonly message: string
  /** `0` when no answer came, `null` when it was not PortOne that was asked. */
  readonly httpStatus: number | null
  /** PortOne's own code, if it gave one. */
  readonly code: number | null
}

/**
 * What a charge came to. `unknown`: it may have been made, and PortOne could not, or not yet, say so. Call
 * {@link reconcileCharge} with the same request some minutes later, never `charge` with another `merchantUid`. Plain
 * data: it survives `JSON.stringify`.
 *
 * Codes of `declined`: `card-declined`, `not-sent` (nothing left this machine: try again), `order-paid-otherwise`,
 * `order-cancelled`, `not-found` (by `reconcileCharge`), `http-401` and `http-429` (turned away at the door),
 * `portone-…` with PortOne's own code, `invalid-request` (by `chargeMany`).
 */
export type ChargeResult =
  | { readonly status: 'paid'; readonly payment: Payment }
  | { readonly status: 'declined'; readonly code: string; readonly message: string }
  | { readonly status: 'unknown'; readonly reconcile: string; readonly cause: ChargeCause }

export const message = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause))
export const declined = (code: string, words: string): ChargeResult => ({ status: 'declined', code, message: words })
export const notSent = (words: string) => declined('not-sent', `Nothing was charged. ${words}`)
export const cancelled = declined('order-cancelled', 'This order was paid and refunded: charge it under a new merchantUid.')
export const unknown = ({ merchantUid }: AgainRequest, cause: unknown): ChargeResult => ({
  status: 'unknown',
  reconcile: `Call reconcileCharge with merchantUid ${merchantUid} in some minutes; do not charge under another one.`,
  cause: {
    message: message(cause),
    httpStatus: cause instanceof IamportApiError ? cause.httpStatus : null,
    code: cause instanceof IamportApiError ? cause.code : null,
  },
})

/** A paid order counts as this charge only if nothing that PortOne says of it contradicts the request. */
export function compare(payment: Payment, { customerUid, amount, merchantUid, currency = 'KRW' }: AgainRequest): ChargeResult {
  const same =
    payment.merchantUid === merchantUid &&
    payment.amount === amount &&
    payment.currency.toUpperCase() === currency.toUpperCase() &&
    // it is not said of every payment
    (payment.customerUid === null || payment.customerUid === customerUid)
  return same
    ? { status: 'paid', payment }
    : declined('order-paid-otherwise', 'This order number was already paid with another card, amount or currency.')
}
