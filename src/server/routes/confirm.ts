import type { ConfirmAnswer } from '../../billing/confirm.ts'
import { intentOf, verifyIntent } from '../intent.ts'
import { paymentOf } from '../look.ts'
import { refusal } from '../refusal.ts'
import { settleRegistration } from '../registration.ts'
import { isImpUid } from '../webhook.ts'
import { isPaid } from '../wire.ts'
import type { CustomerCall } from './route.ts'

/** `POST /confirm`: what an attempt came to, by what PortOne holds. */
export async function confirm({ shop, customer, body, route }: CustomerCall): Promise<ConfirmAnswer> {
  const keys = shop.signingKeys()
  const impUid = typeof body.impUid === 'string' && body.impUid !== '' ? body.impUid : null
  const byUid = isImpUid(impUid) ? await shop.options.iamport.payment(impUid) : null
  // a token that has gone is also with the payment
  const intent = (await verifyIntent(body.token, keys)) ?? (byUid && (await intentOf(byUid, keys)))
  if (!intent) throw refusal('invalid-token')
  if (String(intent.customerId) !== String(customer.id)) throw refusal('not-yours')
  if (impUid !== null && !byUid) throw refusal('unknown-payment')
  const payment = byUid ?? (await paymentOf(shop.options.iamport, intent.merchantUid))
  if (!payment) return { status: 'none' }
  // a question about two attempts at once, and no money that does not fit
  if (payment.merchantUid !== intent.merchantUid) throw refusal('other-order')
  // another window's of the same order: the money fits what that one was opened for, or is told of as that one's
  const paidFor = isPaid(payment) ? await intentOf(payment, keys) : null
  if (paidFor?.merchantUid === intent.merchantUid && paidFor.customerUid !== intent.customerUid) {
    await settleRegistration(shop, paidFor, payment, route)
    throw refusal('other-key')
  }
  const settled = await settleRegistration(shop, intent, payment, route)
  if (settled.status === 'refused') throw refusal(settled.code)
  // a refusal that the window never reported says nothing about what the customer does in it now
  return settled.status === 'failed' && impUid === null ? { status: 'none' } : settled
}
