import { type AgainRequest, type ChargedItem, chargeMany } from 'react-billing-key/server'
import { type Day, dueDay, orderOf, outcomeOf, stepOn } from '../../../subscriptions/rule.ts'
import type { Shop } from './shop.ts'
import type { Store, SubscriptionRow } from './store.ts'
import { payBack, takePayment } from './subscriptions.ts'

/** A day of the shop. Run again on the same day it does nothing more. What one part cannot settle keeps nobody from the others. */
export async function runDay(shop: Shop): Promise<void> {
  const failures: unknown[] = []
  const keep = (error: unknown) => void failures.push(error)
  await chargeDue(shop, shop.today(), keep).catch(keep)
  await payBack(shop).catch(keep)
  // webhooks come once, and browsers may never come back: two days again, and all the time that no sweep has read
  const now = shop.portone.now().getTime()
  const since = Math.min(shop.store.sweptUntil(), now) - 2 * 86_400_000
  const swept = shop.billing.sweepRegistrations({ since: new Date(since), until: new Date(now) })
  await swept.then(({ failed }) => failed === 0 && shop.store.keepSwept(now)).catch(keep)
  if (failures.length > 0) throw new AggregateError(failures, 'What could not be settled is asked for by the next run.')
}

/** Tells what is coming, ends what is over, charges what is due. What cannot be kept goes to `failed`. */
async function chargeDue({ portone, store, lock }: Shop, today: Day, failed: (error: unknown) => void): Promise<void> {
  const asked = new Map<string, ChargedItem>()
  for (const row of store.allOpen()) if (isAsked(store, row, today)) asked.set(orderOf(row).merchantUid, unknownOf(store, row))
  const due = new Map<string, SubscriptionRow>()
  // read one by one as they are charged: who cancels while others are charged is not charged any more
  function* requests(): Generator<AgainRequest> {
    for (const { id } of store.allOpen()) {
      const row = store.subscription(id)
      const request = row && (asked.get(orderOf(row).merchantUid)?.request ?? requestFor(store, row, today))
      if (!request) continue
      due.set(request.merchantUid, row)
      yield request
    }
  }
  // kept as it comes: a crash loses no more than what is on its way, which is asked about by the next run
  const onResult = async ({ request: { merchantUid, customerUid }, result }: ChargedItem) => {
    const row = due.get(merchantUid)
    const now = row && store.subscription(row.id)
    const step = now && stepOn(now, today)
    const outcome = outcomeOf(result)
    if (result.status === 'paid') await takePayment({ store, portone }, result.payment)
    else if (now && step?.do === 'end' && result.status === 'declined' && outcome !== 'look') store.end(now, step.why)
    // another card came meanwhile: what the old one was refused is no try of this one's
    else if (row && now?.customerUid === customerUid && !now.ended && outcome === 'declined' && result.status === 'declined')
      store.markDeclined(row, merchantUid, result.message)
    else store.markOpen(merchantUid, outcome === 'unknown' ? 'unknown' : 'open')
    if (outcome !== 'look') return
    // paid by another card of the member's, it is paid all the same
    const payment = await portone.iamport.paymentByMerchantUid(merchantUid, 'paid')
    if (!payment || !(await takePayment({ store, portone }, payment))) console.error(`${merchantUid} needs a person to look at it.`)
  }
  await chargeMany(portone.iamport, requests(), { lock, results: asked.values(), onResult: (item) => onResult(item).catch(failed) })
}

/** Whether money may have come that nobody has written down: that is asked before anything is charged again, or ends. */
function isAsked(store: Store, row: SubscriptionRow, today: Day): boolean {
  const order = store.order(row.member, orderOf(row).merchantUid)
  return order !== null && (order.status === 'unknown' || stepOn(row, today).do === 'end')
}

/** Asked about by its number, also when its card was removed since. */
function unknownOf(store: Store, row: SubscriptionRow): ChargedItem {
  const request = { ...store.monthOf(row), customerUid: row.customerUid ?? 'removed' }
  const cause = { message: 'an earlier run', httpStatus: null, code: null }
  return { request, result: { status: 'unknown', reconcile: request.merchantUid, cause } }
}

/** What is due of a subscription, written down before anything is sent; `null` when nothing is. */
function requestFor(store: Store, row: SubscriptionRow, today: Day): AgainRequest | null {
  const step = stepOn(row, today)
  if (step.do === 'notice') store.notice(row)
  const order = store.monthOf(row)
  // since this run began: the next one asks
  if (isAsked(store, row, today)) return null
  if (step.do === 'end') store.end(row, step.why)
  if (step.do !== 'charge') return null
  store.openOrder(row.id, order, dueDay(row))
  if (row.customerUid === null) store.markDeclined(row, order.merchantUid, 'no-card')
  return row.customerUid === null ? null : { ...order, customerUid: row.customerUid }
}
