import { type AgainRequest, IamportApiError, type IamportClient, type Payment } from './client.ts'

/**
 * What a charge came to. `unknown`: the answer was lost and PortOne could not be asked; the money may have moved. Call
 * {@link reconcileCharge} with the same request, never `charge` with a new `merchantUid`.
 */
export type ChargeResult =
  | { readonly status: 'paid'; readonly payment: Payment }
  | { readonly status: 'declined'; readonly code: string; readonly message: string }
  | { readonly status: 'unknown'; readonly reconcile: string; readonly cause: unknown }

/**
 * Charges a billing key exactly once. `merchantUid` is the idempotency key: an order that was already paid answers with
 * that payment. The order is looked up before anything is sent, and after an answer that was lost it is looked up again;
 * nothing is ever sent twice by one call.
 *
 * Two processes that charge one `merchantUid` at the same moment both look before either sends. PortOne refuses a paid
 * order, but does not promise it for one in flight: serialise those by a lock of the shop's (a unique row per order).
 *
 * @example
 * const result = await charge(iamport, { customerUid, merchantUid: 'order-2026-12', amount: 9900, name: '12월 이용권' })
 * if (result.status === 'paid') ship()
 */
export async function charge(iamport: IamportClient, request: AgainRequest): Promise<ChargeResult> {
  if (!Number.isSafeInteger(request.amount) || request.amount <= 0)
    throw new TypeError(`charge: amount has to be a whole number above 0, not ${String(request.amount)}`)
  for (const [field, limit] of [
    ['customerUid', 80],
    ['merchantUid', 40],
    ['name', 40],
  ] as const) {
    if (typeof request[field] !== 'string' || request[field] === '' || [...request[field]].length > limit)
      throw new TypeError(`charge: ${field} has to be text of 1 to ${limit} characters`)
  }
  try {
    const before = await iamport.paymentByMerchantUid(request.merchantUid, 'paid')
    if (before) return compare(before, request)
  } catch (cause) {
    // nothing was sent, and without the look nothing may be
    return { status: 'declined', code: 'not-sent', message: `The order could not be looked up, so nothing was charged: ${message(cause)}` }
  }
  try {
    const payment = await iamport.again(request)
    if (payment.status === 'paid') return compare(payment, request)
    if (payment.status === 'failed') return { status: 'declined', code: 'card-declined', message: payment.failReason ?? '' }
    return unknown(request, new Error(`PortOne answered with status ${payment.status}`))
  } catch (cause) {
    const looked = await reconcileCharge(iamport, request)
    if (looked.status === 'paid') return looked
    // PortOne spoke for itself: it refused, and holds no payment
    if (looked.status === 'declined' && cause instanceof IamportApiError && cause.httpStatus < 500 && cause.code)
      return { status: 'declined', code: `portone-${cause.code}`, message: cause.message }
    return unknown(request, cause)
  }
}

/**
 * Asks PortOne what became of a charge whose answer was lost. Sends nothing. `declined` with code `not-found` means that
 * PortOne knows of no payment now; one still on its way can appear later.
 */
export async function reconcileCharge(iamport: IamportClient, request: AgainRequest): Promise<ChargeResult> {
  try {
    const paid = await iamport.paymentByMerchantUid(request.merchantUid, 'paid')
    if (paid) return compare(paid, request)
    const latest = await iamport.paymentByMerchantUid(request.merchantUid)
    if (latest?.status === 'failed') return { status: 'declined', code: 'card-declined', message: latest.failReason ?? '' }
    if (latest) return unknown(request, new Error(`The payment is ${latest.status}`))
    return { status: 'declined', code: 'not-found', message: 'PortOne knows of no payment of this order.' }
  } catch (cause) {
    return unknown(request, cause)
  }
}

const message = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause))
const unknown = ({ merchantUid }: AgainRequest, cause: unknown): ChargeResult => ({
  status: 'unknown',
  reconcile: `Call reconcileCharge with merchantUid ${merchantUid}; do not charge under another one.`,
  cause,
})

/** A paid order counts as this charge only if customer and amount are the same. */
function compare(payment: Payment, { customerUid, amount, merchantUid }: AgainRequest): ChargeResult {
  if (payment.merchantUid === merchantUid && payment.amount === amount && payment.customerUid === customerUid)
    return { status: 'paid', payment }
  return { status: 'declined', code: 'order-paid-otherwise', message: 'This order number was already paid with another card or amount.' }
}
