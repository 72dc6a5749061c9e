import type { CancelRequest, Payment } from 'react-billing-key/server'
import { addDays, chargeDay, consentFrom, dueDay, lastTry, needsConsent, orderOf, refundOf, stateOf } from '../../../subscriptions/rule.ts'
import type { Shop } from './shop.ts'
import type { SubscriptionRow } from './store.ts'

type Books = Pick<Shop, 'store' | 'today'>

/** What leaving today gives back, and of which order. */
function refundFor({ store, today }: Books, row: SubscriptionRow) {
  const paid = store.orders(row.member).find(({ subscription, status }) => subscription === row.id && status === 'paid')
  if (!paid?.impUid || row.ended || paid.refunded > 0) return null
  const amount = refundOf(row, paid, today())
  return amount > 0 ? { merchantUid: paid.merchantUid, amount } : null
}

/** A subscription as its page shows it. */
export function viewOf({ store, today }: Books, row: SubscriptionRow) {
  const { id, plan, ended, customerUid } = row
  const [due, from, state, { merchantUid, amount }] = [dueDay(row), consentFrom(row), stateOf(row), store.monthOf(row)]
  // what was missed is made up for today, and used until then
  const notPast = (day: string) => (day > today() ? day : today())
  const order = store.order(row.member, merchantUid)
  return {
    ...{ id, plan, amount, ended, state },
    card: store.card(customerUid),
    /** The last day of what is settled, today where the next month is not yet; or the day it ended. */
    until: row.endedOn ?? notPast(addDays(due, -1)),
    next: ended || row.cancelled ? null : { day: notPast(chargeDay(row)), amount, isUnknown: order?.status === 'unknown' },
    consent: state === 'free' ? { isNeeded: needsConsent(row), isOpen: today() >= from, from, given: row.consentedOn } : null,
    pastDue: state === 'past-due' ? { order: merchantUid, reason: order?.reason ?? '', last: lastTry(row, today()) } : null,
    refund: refundFor({ store, today }, row)?.amount ?? null,
  }
}

/** PortOne refuses when less than the checksum is left, so nothing is given back twice. Answers the payment as it is then. */
export async function giveBack({ iamport }: Shop['portone'], refund: CancelRequest & { readonly impUid: string }): Promise<Payment> {
  try {
    return await iamport.cancelPayment(refund)
  } catch (error) {
    const payment = await iamport.payment(refund.impUid)
    if (!payment?.cancelAmount) throw error
    return payment
  }
}

/** Gives back what is owed, of one subscription or of all. What fails stays owed, and the next run gives it back. */
export async function payBack({ store, portone }: Pick<Shop, 'store' | 'portone'>, of?: string): Promise<void> {
  for (const { subscription, impUid, owed, amount } of store.owed()) {
    const refund = { impUid, amount: owed, checksum: amount, reason: '고객 해지' }
    if ((of ?? subscription) === subscription) await giveBack(portone, refund).then(store.markRefunded, console.error)
  }
}

/**
 * Takes a payment for its order, and answers whether it is one. What came too late is given back before it is in the books:
 * until that is done the next run asks about it.
 */
export async function takePayment({ store, portone }: Pick<Shop, 'store' | 'portone'>, payment: Payment): Promise<boolean> {
  if (!store.isTooLate(payment)) return store.markPaid(payment)
  const { impUid, merchantUid, amount } = payment
  store.markOpen(merchantUid, 'unknown')
  const givenBack = await giveBack(portone, { impUid, checksum: amount, reason: '중복 결제' })
  store.markPaid(payment)
  store.markRefunded(givenBack)
  return true
}

/** `shown`: the amount a month that the page named. */
type Action = (shop: Pick<Shop, 'store' | 'today' | 'portone'>, row: SubscriptionRow, shown: unknown) => unknown

/** What a customer does to a subscription. */
export const actions: Readonly<Record<string, Action>> = {
  consent: ({ store, today }, row, shown) =>
    needsConsent(row) && !row.cancelled && today() >= consentFrom(row) && shown === store.monthOf(row).amount && store.consent(row, shown),
  async cancel({ store, portone }, row) {
    store.setCancelled(row, true)
    const { merchantUid } = orderOf(row)
    if (row.tries === 0 || store.order(row.member, merchantUid)?.status !== 'declined') return
    // nothing that is paid is left to use, unless it was paid since and a crash kept that from the books
    const payment = await portone.iamport.paymentByMerchantUid(merchantUid, 'paid')
    if (!payment || !(await takePayment({ store, portone }, payment))) store.end(row, 'cancelled')
  },
  resume: ({ store }, row) => store.setCancelled(row, false),
  async refund({ store, portone, today }, row) {
    const refund = refundFor({ store, today }, row)
    if (!refund) return
    // written down first: whatever becomes of it, nothing more is charged, and what is owed is given back
    store.leave(row, refund.merchantUid, refund.amount)
    await payBack({ store, portone }, row.id)
  },
}
