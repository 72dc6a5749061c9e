import type { ConfirmAnswer } from '../billing/confirm.ts'
import { cardOf } from './card.ts'
import type { Intent } from './intent.ts'
import { notify } from './notify.ts'
import type { RefusalCode } from './refusal.ts'
import { removeKey } from './removeKey.ts'
import type { Shop } from './routes/route.ts'
import { tellRefused } from './tellRefused.ts'
import { type BillingKey, isPaid, type Payment } from './wire.ts'

/** What a payment came to for the intent it belongs to: an answer, or why it does not fit. */
export type Settled = ConfirmAnswer | { readonly status: 'refused'; readonly code: RefusalCode }

const refused = (code: RefusalCode): Settled => ({ status: 'refused', code })

/**
 * Keeps the key of a paid registration, and deletes the one it replaces; tells the shop of money that does not fit. Safe to
 * repeat: the browser, the webhook and the sweep all come here.
 */
export async function settleRegistration(shop: Shop, intent: Intent, payment: Payment, route: string): Promise<Settled> {
  if (payment.status === 'ready') return { status: 'pending' }
  if (payment.status === 'failed') return { status: 'failed', code: 'declined', message: payment.failReason ?? '' }
  if (!isPaid(payment)) return refused('cancelled')
  const key = payment.customerUid === intent.customerUid ? await shop.options.iamport.billingKey(intent.customerUid) : null
  const misfit = misfitOf(intent, payment, key)
  if (misfit !== null || key === null) {
    const code = misfit ?? 'no-key'
    await tellRefused(shop, { payment, intent, code }, route)
    return refused(code)
  }
  const customer = { id: intent.customerId }
  const card = cardOf(key)
  await notify(shop.options, 'onIssued', { customer, customerUid: intent.customerUid, card, payment })
  if (intent.replaces !== undefined) await replace(shop, customer, intent.replaces, route)
  const { impUid, amount, currency } = payment
  return { status: 'issued', customerUid: intent.customerUid, impUid, charged: amount, currency, card }
}

function misfitOf(intent: Intent, payment: Payment, key: BillingKey | null): RefusalCode | null {
  if (payment.merchantUid !== intent.merchantUid) return 'other-order'
  if (payment.customerUid !== intent.customerUid) return 'other-key'
  const fits = payment.amount === intent.amount && payment.currency === intent.currency
  if (!fits && !isTestApproval(intent, payment, key)) return 'other-amount'
  return key === null ? 'no-key' : null
}

/** Danal approves 10 won to try the card, and takes them back itself. */
const isTestApproval = (intent: Intent, payment: Payment, key: BillingKey | null) =>
  intent.amount === 0 && payment.amount === 10 && payment.currency === 'KRW' && (key?.pgProvider ?? '').startsWith('danal')

/** The new key is kept already: what goes wrong here is reported, and tried again whenever the registration is settled again. */
async function replace(shop: Shop, customer: { readonly id: string | number }, customerUid: string, route: string): Promise<void> {
  try {
    const there = await shop.options.iamport.billingKey(customerUid)
    if (there || (await shop.keysOf(customer)).includes(customerUid)) await removeKey(shop, customer, customerUid)
  } catch (error) {
    await shop.report(error, route)
  }
}
