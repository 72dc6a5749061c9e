import { checkedPrice } from '../answers.ts'
import { charge } from '../charge.ts'
import type { ChargeResult } from '../chargeResult.ts'
import type { AgainRequest } from '../iamportClient.ts'
import { reconcileCharge } from '../reconcileCharge.ts'
import type { Payment } from '../wire.ts'
import type { OwnerCall } from './route.ts'

/** `POST /charges`: charges one of the customer's cards for an order of the shop's. */
export async function createCharge(call: OwnerCall): Promise<unknown> {
  const { shop, customer, body, customerUid } = call
  const request: AgainRequest = { ...checkedPrice(await shop.options.price({ customer, body })), customerUid }
  const { merchantUid } = request
  const result = await chargeOrReconcile(call, request)
  if (result.status === 'unknown') {
    await tellUnknown(call, request)
    return { status: 'unknown', merchantUid }
  }
  const payment =
    result.status === 'paid' ? result.payment : result.code === 'order-paid-otherwise' ? await paidOtherwise(call, request) : null
  if (payment) {
    await shop.options.onCharged?.({ customer, payment })
    return { status: 'paid', merchantUid, amount: payment.amount }
  }
  return result.status === 'declined' ? { status: 'declined', merchantUid, code: result.code, message: result.message } : null
}

/**
 * An order that an earlier press left open is asked about: when PortOne knows of no payment, and none can be on its way
 * any more, it is charged now.
 */
async function chargeOrReconcile({ shop, request: { signal } }: OwnerCall, request: AgainRequest): Promise<ChargeResult> {
  const { iamport, lock, patienceMs, inFlightMs } = shop.options
  const options = { lock, patienceMs, inFlightMs }
  const first = await charge(iamport, request, options)
  if (first.status !== 'unknown' || signal.aborted) return first
  const known = await reconcileCharge(iamport, request, options)
  return known.status === 'declined' && known.code === 'not-found' ? charge(iamport, request, options) : known
}

/** The payment of an order that another card has paid: the same order, in full. Any other money is told as such. */
async function paidOtherwise({ shop }: OwnerCall, { merchantUid, amount, currency = 'KRW' }: AgainRequest): Promise<Payment | null> {
  const payment = await shop.options.iamport.paymentByMerchantUid(merchantUid, 'paid')
  if (!payment) return null
  if (payment.amount === amount && payment.currency === currency) return payment
  await shop.options.onRefused?.({ payment, intent: null, code: 'other-amount' })
  return null
}

/** The answer is `unknown` whether or not the shop could be told. */
async function tellUnknown({ shop, customer, route }: OwnerCall, { customerUid, merchantUid, name, amount }: AgainRequest) {
  try {
    await shop.options.onUnknown?.({ order: { customer, customerUid, merchantUid, name, amount } })
  } catch (error) {
    await shop.report(error, route)
  }
}
