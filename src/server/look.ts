import type { Question } from './attempt.ts'
import type { ChargeClient } from './chargeOptions.ts'
import { type ChargeResult, cancelled, compare, declined, unknown } from './chargeResult.ts'
import type { CallOptions } from './iamportClient.ts'
import { pause } from './turns.ts'
import { isPaid, type Payment } from './wire.ts'

/** The payment of the order that counts. An `Error` when PortOne could not be asked. */
export async function look({ iamport, request, signal }: Question): Promise<Payment | Error | null> {
  try {
    return await paymentOf(iamport, request.merchantUid, { signal })
  } catch (cause) {
    return cause instanceof Error ? cause : new Error(String(cause))
  }
}

/**
 * The payment of an order that counts: a paid one if there is any, else one that was given back, else the newest. Asked for
 * after the newest, so that one paid meanwhile is not hidden by what failed after it.
 */
export async function paymentOf(
  iamport: Pick<ChargeClient, 'paymentByMerchantUid'>,
  merchantUid: string,
  options?: CallOptions,
): Promise<Payment | null> {
  const newest = await iamport.paymentByMerchantUid(merchantUid, undefined, options)
  if (!newest || newest.status === 'paid') return newest
  const paid = await iamport.paymentByMerchantUid(merchantUid, 'paid', options)
  if (paid || newest.status !== 'failed') return paid ?? newest
  // a window that failed after a refund does not make the order one to pay again
  return (await iamport.paymentByMerchantUid(merchantUid, 'cancelled', options)) ?? newest
}

/** What a payment, found or not, means for the order once and for all; `null` when it means nothing yet. */
export function settledBy(found: Payment | Error | null, question: Question): ChargeResult | null {
  if (found instanceof Error || found === null) return null
  if (isPaid(found)) return compare(found, question.request)
  return found.status === 'cancelled' ? cancelled : null
}

/** What a charge that was sent is looked up with. */
export interface Sent {
  /** What PortOne held before it: an older failure says nothing about this attempt. */
  readonly before: Payment | null
  /** What PortOne refused it with. */
  readonly refused: ChargeResult | null
  /** Why nobody knows what became of it. */
  readonly cause: unknown
}

/** Looks what became of a charge: once after a refusal, else until patience is over. */
export async function lookFor(question: Question, { before, refused, cause }: Sent): Promise<ChargeResult> {
  const { request, signal, patienceMs } = question
  const began = performance.now()
  let lost = cause
  for (let wait = 250; ; wait *= 2) {
    const found = await look(question)
    const settled = settledBy(found, question)
    if (settled) return settled
    if (found instanceof Error) lost = found
    else if (found?.status === 'failed' && isOurs(found, question, before)) return declined('card-declined', found.failReason ?? '')
    else if (refused && found?.status !== 'ready') return refused
    const left = (refused ? 0 : patienceMs) - (performance.now() - began)
    if (wait > left || signal?.aborted) return unknown(request, lost)
    await pause(wait, signal)
  }
}

const isOurs = (failed: Payment, question: Question, before: Payment | null) =>
  failed.impUid !== before?.impUid && isOfKey(failed, question)

/** A window that failed under the order's number names another key, or none: it says nothing about a charge. */
export const isOfKey = (failed: Payment, { request }: Question) => failed.customerUid === request.customerUid
