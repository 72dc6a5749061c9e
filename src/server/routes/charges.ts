import { checkedPrice } from '../answers.ts'
import { charge } from '../charge.ts'
import type { ChargeCause, ChargeResult } from '../chargeResult.ts'
import { declinedWords, isOperators } from '../declinedWords.ts'
import type { AgainRequest } from '../iamportClient.ts'
import { paymentOf } from '../look.ts'
import { notify } from '../notify.ts'
import { reconcileCharge } from '../reconcileCharge.ts'
import { tellRefused } from '../tellRefused.ts'
import { isPaid, type Payment } from '../wire.ts'
import type { OwnerCall } from './route.ts'

/** `POST /charges`: charges one of the customer's cards for an order of the shop's. */
export async function createCharge(call: OwnerCall): Promise<unknown> {
  const { shop, customer, body, customerUid } = call
  const request: AgainRequest = { ...checkedPrice(await shop.options.price({ customer, body })), customerUid }
  const { merchantUid } = request
  const result = await chargeOrReconcile(call, request)
  if (result.status === 'unknown') {
    await tellUnknown(call, request, result.cause)
    return { status: 'unknown', merchantUid }
  }
  const payment =
    result.status === 'paid' ? result.payment : result.code === 'order-paid-otherwise' ? await paidOtherwise(call, request) : null
  if (payment) {
    await notify(shop.options, 'onCharged', { customer, payment })
    return { status: 'paid', merchantUid, amount: payment.amount }
  }
  if (result.status !== 'declined') return null
  if (isOperators(result.code))
    await shop.report(new Error(`Order ${merchantUid} was not charged (${result.code}): ${result.message}`), call.route)
  return { status: 'declined', merchantUid, code: result.code, message: declinedWords(result, call.request) }
}

/**
 * An order that an earlier press left open is asked about: when PortOne knows of no payment, and none can be on its way
 * any more, it is charged now.
 */
async function chargeOrReconcile({ shop, request: { signal }, route }: OwnerCall, request: AgainRequest): Promise<ChargeResult> {
  const { iamport, lock, patienceMs, inFlightMs } = shop.options
  const options = { lock, patienceMs, inFlightMs, onError: (error: unknown) => shop.report(error, route) }
  const first = await charge(iamport, request, options)
  if (first.status !== 'unknown' || signal.aborted) return first
  const known = await reconcileCharge(iamport, request, options)
  return known.status === 'declined' && known.code === 'not-found' ? charge(iamport, request, options) : known
}

/** The payment of an order that another card has paid: the same order, in full. Any other money is told as such. */
async function paidOtherwise({ shop, route }: OwnerCall, { merchantUid, amount, currency = 'KRW' }: AgainRequest): Promise<Payment | null> {
  const payment = await paymentOf(shop.options.iamport, merchantUid)
  if (!payment || !isPaid(payment)) return null
  if (payment.amount === amount && payment.currency === currency) return payment
  await tellRefused(shop, { payment, intent: null, code: 'other-amount' }, route)
  return null
}

/** The answer is `unknown` whether or not the shop could be told. */
async function tellUnknown({ shop, customer, route }: OwnerCall, request: AgainRequest, cause: ChargeCause) {
  const { customerUid, merchantUid, name, amount, currency = 'KRW' } = request
  const { onUnknown } = shop.options
  try {
    if (!onUnknown) throw new Error(`Nobody knows whether order ${merchantUid} was charged: ${cause.message}`)
    await onUnknown({ order: { customer, customerUid, merchantUid, name, amount, currency }, cause })
  } catch (error) {
    await shop.report(error, route)
  }
}
