import type { IamportClient } from 'react-billing-key/server'
import { addDays, chargeDay, consentDays, type Day, dueDay, dunningDays, needsConsent, orderOf } from '../../../subscriptions/rule.ts'
import type { OrderRow, Store, SubscriptionRow } from './store.ts'

const daysBetween = (from: Day, to: Day) => (Date.parse(to) - Date.parse(from)) / 86_400_000

/** What the last payment gives back on a day, by the days that are left of its month. */
function refundOf(row: SubscriptionRow, orders: readonly OrderRow[], today: Day) {
  const order = orders.find(({ status }) => status === 'paid')
  if (!order || row.ended || order.refunded > 0) return null
  const [left, days] = [daysBetween(today, dueDay(row)), daysBetween(order.day, dueDay(row))]
  const amount = Math.floor((order.amount * Math.min(left, days)) / days)
  return amount > 0 ? { order: order.merchantUid, amount } : null
}

const consentOf = (row: SubscriptionRow, today: Day) => {
  const from = addDays(dueDay(row), -consentDays)
  return { isNeeded: needsConsent(row), isOpen: today >= from, from, given: row.consentedOn }
}

/** A subscription as its page shows it. */
export function viewOf(store: Store, row: SubscriptionRow, today: Day) {
  const orders = store.orders(row.id)
  const due = dueDay(row)
  const order = orders.find(({ merchantUid }) => merchantUid === orderOf(row).merchantUid)
  const isFree = row.months <= row.freeMonths
  const state = row.ended ? 'ended' : row.cancelled ? 'cancelled' : row.tries > 0 ? 'past-due' : isFree ? 'free' : 'active'
  return {
    id: row.id,
    plan: row.plan,
    amount: row.amount,
    state: state as 'ended' | 'cancelled' | 'past-due' | 'free' | 'active',
    ended: row.ended,
    customerUid: row.customerUid,
    card: store.card(row.customerUid),
    /** The last day of what is settled, or the day it ended. */
    until: row.endedOn ?? addDays(due, -1),
    next: row.ended || row.cancelled ? null : { day: chargeDay(row), due, amount: row.amount, isUnknown: order?.status === 'unknown' },
    consent: state === 'free' ? consentOf(row, today) : null,
    pastDue:
      state === 'past-due' ? { order: orderOf(row).merchantUid, reason: order?.reason ?? '', last: addDays(due, dunningDays[2]) } : null,
    refund: refundOf(row, orders, today),
  }
}

interface Action {
  readonly store: Store
  readonly iamport: IamportClient
  readonly row: SubscriptionRow
  readonly today: Day
}

/** What a customer does to a subscription. */
export const actions: Record<string, (action: Action) => unknown> = {
  consent({ store, row, today }) {
    if (needsConsent(row) && !row.cancelled && today >= addDays(dueDay(row), -consentDays)) store.consent(row)
  },
  cancel: ({ store, row }) => store.setCancelled(row, true),
  resume: ({ store, row }) => store.setCancelled(row, false),
  async refund({ store, iamport, row, today }) {
    const orders = store.orders(row.id)
    const refund = refundOf(row, orders, today)
    const order = orders.find(({ merchantUid }) => merchantUid === refund?.order)
    if (!refund || !order?.impUid) return
    // cancelled first: whatever becomes of the refund, nothing more is charged
    store.setCancelled(row, true)
    const { impUid, amount: checksum } = order
    try {
      // PortOne refuses when less than the checksum is left, so nothing is refunded twice
      store.markRefunded(await iamport.cancelPayment({ impUid, amount: refund.amount, checksum, reason: '고객 해지' }))
    } catch (error) {
      const payment = await iamport.payment(impUid)
      if (!payment || payment.cancelAmount === 0) throw error
      store.markRefunded(payment)
    }
    store.end(row, 'cancelled')
  },
}
