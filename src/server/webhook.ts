import type { IamportClient } from './iamportClient.ts'
import { type Intent, intentOf, type SigningKeys } from './intent.ts'
import { isWire, type Payment } from './wire.ts'

/** What PortOne says of a payment now, on the occasion of a webhook. */
export interface PaymentEvent {
  /**
   * The same for every delivery of the same news: keep it under a unique key, in one transaction with what it changes,
   * and `onPayment` takes effect exactly once.
   */
  readonly id: string
  readonly payment: Payment
  /** The registration this payment belongs to, `null` for charges and for payments of elsewhere. */
  readonly intent: Intent | null
}

/** The body of a webhook, in whichever form it was sent (sdk-facts 22). Only the number is taken from it: anyone can post. */
export function impUidOf(contentType: string, text: string): string | null {
  let value: unknown
  if (/^application\/x-www-form-urlencoded\b/i.test(contentType)) value = new URLSearchParams(text).get('imp_uid')
  else
    try {
      const body: unknown = JSON.parse(text)
      value = isWire(body) ? body.imp_uid : null
    } catch {
      return null
    }
  return isImpUid(value) ? value : null
}

/** Whether it can be a payment's number at PortOne. */
export const isImpUid = (value: unknown): value is string => typeof value === 'string' && /^[\w-]{1,64}$/.test(value)

/** Asks PortOne what holds now: webhooks come twice, late and in any order. `null` when it knows of no such payment. */
export async function paymentEvent(iamport: IamportClient, impUid: string, signingKeys: SigningKeys): Promise<PaymentEvent | null> {
  const payment = await iamport.payment(impUid)
  if (!payment) return null
  const { status, cancelAmount } = payment
  return { id: [payment.impUid, status, cancelAmount].join(':'), payment, intent: await intentOf(payment, signingKeys) }
}
