import {
  type AgainRequest,
  type ChargedItem,
  type ChargeLock,
  chargeMany,
  type IamportClient,
  type Payment,
} from 'react-billing-key/server'
import { type Day, dueDay, noticeDay, orderOf, outcomeOf, stepOn } from '../../../subscriptions/rule.ts'
import type { Store, SubscriptionRow } from './store.ts'

interface Run {
  readonly store: Store
  readonly iamport: IamportClient
  readonly lock: ChargeLock
  readonly today: Day
}

/** A day of the shop: tells what is coming, ends what is over, charges what is due. Run again on the same day it does nothing more. */
export async function runDay({ store, iamport, lock, today }: Run): Promise<void> {
  const due = new Map<string, SubscriptionRow>()
  const requests: AgainRequest[] = []
  const results: ChargedItem[] = []
  for (const row of store.live()) {
    const notice = noticeDay(row)
    if (notice !== null && today >= notice && today < dueDay(row)) store.notice(row)
    const step = stepOn(row, today)
    const order = orderOf(row)
    // whoever cancels while nobody knows the end of a charge: it is asked about first
    const isUnknown = store.order(row.member, order.merchantUid)?.status === 'unknown'
    if (step.do === 'end' && !isUnknown) store.end(row, step.why)
    if (step.do !== 'charge' && !isUnknown) continue
    store.openOrder(row.id, order, dueDay(row))
    if (row.customerUid === null && !isUnknown) {
      store.markDeclined(row, order.merchantUid, 'no-card')
      continue
    }
    const request = { ...order, customerUid: row.customerUid ?? 'removed' }
    due.set(order.merchantUid, row)
    requests.push(request)
    if (isUnknown) results.push({ request, result: unknownBefore(order.merchantUid) })
  }
  const settle = ({ request: { merchantUid, customerUid }, result }: ChargedItem) => {
    const row = due.get(merchantUid)
    // another card came meanwhile: what the old one was refused is no try of this one's
    const isSameCard = row !== undefined && store.subscription(row.id)?.customerUid === customerUid
    const outcome = outcomeOf(result)
    if (result.status === 'paid') keep(result.payment)
    else if (isSameCard && outcome === 'declined' && result.status === 'declined') store.markDeclined(row, merchantUid, result.message)
    else store.markOpen(merchantUid, outcome === 'unknown' ? 'unknown' : 'open')
    if (outcome === 'look') look.push(merchantUid)
  }
  const keep = (payment: Payment) => {
    if (!store.markPaid(payment)) console.error(`A payment does not fit its order: ${payment.impUid}`)
  }
  const look: string[] = []
  const lost: unknown[] = []
  const onResult = (item: ChargedItem) => {
    try {
      settle(item)
    } catch (error) {
      lost.push(error)
    }
  }
  await chargeMany(iamport, requests, { lock, results, onResult })
  // paid by another card of the member's, it is paid all the same
  for (const merchantUid of look) {
    const payment = await iamport.paymentByMerchantUid(merchantUid, 'paid')
    if (payment) keep(payment)
    else console.error(`${merchantUid} needs a person to look at it.`)
  }
  if (lost.length > 0) throw new AggregateError(lost, 'Some results were not kept: the next run asks for them again.')
}

const unknownBefore = (merchantUid: string) => ({
  status: 'unknown' as const,
  reconcile: merchantUid,
  cause: { message: 'an earlier run', httpStatus: null, code: null },
})

/** Runs one day after the other, never two at a time: the clock's, the strip's, one's own. */
export function createDailyJob(run: () => Promise<void>) {
  let last: Promise<void> = Promise.resolve()
  return () => {
    last = last.catch(() => {}).then(run)
    return last
  }
}
