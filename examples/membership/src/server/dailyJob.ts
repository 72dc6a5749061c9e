import { type AgainRequest, type ChargedItem, chargeMany } from 'react-billing-key/server'
import { type Day, dueDay, noticeDay, orderOf, outcomeOf, stepOn } from '../../../subscriptions/rule.ts'
import type { Shop } from './shop.ts'
import type { SubscriptionRow } from './store.ts'

/** A day of the shop. Run again on the same day it does nothing more. */
export async function runDay(shop: Shop): Promise<void> {
  await chargeDue(shop, shop.today())
  // webhooks come once, and browsers may never come back
  const until = shop.portone.now()
  await shop.billing.sweepRegistrations({ since: new Date(until.getTime() - 2 * 86_400_000), until })
}

/** Tells what is coming, ends what is over, charges what is due. */
async function chargeDue({ portone, store, lock }: Shop, today: Day): Promise<void> {
  const { iamport } = portone
  const due = new Map<string, SubscriptionRow>()
  const requests: AgainRequest[] = []
  const results: ChargedItem[] = []
  for (const row of store.allLive()) {
    const notice = noticeDay(row)
    if (notice !== null && today >= notice && today < dueDay(row)) store.notice(row)
    const step = stepOn(row, today)
    const order = orderOf(row)
    // whoever cancels while nobody knows the end of a charge: it is asked about first
    const isUnknown = store.order(row.member, order.merchantUid)?.status === 'unknown'
    if (step.do === 'end' && !isUnknown) store.end(row, step.why)
    if (step.do !== 'charge' && !isUnknown) continue
    // written down before anything is sent: what a crash leaves open is asked about by the next run
    store.openOrder(row.id, order, dueDay(row))
    if (row.customerUid === null && !isUnknown) {
      store.markDeclined(row, order.merchantUid, 'no-card')
      continue
    }
    const request = { ...order, customerUid: row.customerUid ?? 'removed' }
    due.set(order.merchantUid, row)
    requests.push(request)
    if (isUnknown) results.push({ request, result: { status: 'unknown', reconcile: order.merchantUid, cause: earlier } })
  }
  const charged = await chargeMany(iamport, requests, { lock, results })
  for (const { request, result } of charged) {
    const { merchantUid, customerUid } = request
    const row = due.get(merchantUid)
    const outcome = outcomeOf(result)
    // another card came meanwhile: what the old one was refused is no try of this one's
    const isSameCard = row !== undefined && store.subscription(row.id)?.customerUid === customerUid
    if (result.status === 'paid') store.markPaid(result.payment)
    else if (isSameCard && outcome === 'declined' && result.status === 'declined') store.markDeclined(row, merchantUid, result.message)
    else store.markOpen(merchantUid, outcome === 'unknown' ? 'unknown' : 'open')
    if (outcome !== 'look') continue
    // paid by another card of the member's, it is paid all the same
    const payment = await iamport.paymentByMerchantUid(merchantUid, 'paid')
    if (!payment || !store.markPaid(payment)) console.error(`${merchantUid} needs a person to look at it.`)
  }
}

const earlier = { message: 'an earlier run', httpStatus: null, code: null }
