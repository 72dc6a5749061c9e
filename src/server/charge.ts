import type { Attempt } from './attempt.ts'
import { assertCharge, type ChargeClient, type ChargeOptions, settingsOf } from './chargeOptions.ts'
import { type ChargeResult, declined, notSent, unknown } from './chargeResult.ts'
import { acquire, lostClaim, release } from './claim.ts'
import { IamportApiError } from './iamportApiError.ts'
import type { AgainRequest } from './iamportClient.ts'
import { look, lookFor, settledBy } from './look.ts'
import { inTurn } from './turns.ts'
import type { Payment } from './wire.ts'

/**
 * Charges a billing key exactly once. `merchantUid` is the idempotency key: an order that was already paid answers with
 * that payment. The order is claimed and looked up before anything is sent, and after an answer that was lost it is
 * looked up until `patienceMs` is over; nothing is ever sent twice by one call. The whole table of failures, and what no
 * lock can close, is in docs/charge.md.
 *
 * @throws {TypeError} when the request or an option is not valid; nothing was sent then
 * @example
 * const result = await charge(iamport, { customerUid, merchantUid: 'order-2026-12', amount: 9900, name: '12월 이용권' })
 * if (result.status === 'paid') ship()
 */
export async function charge(iamport: ChargeClient, order: AgainRequest, options: ChargeOptions = {}): Promise<ChargeResult> {
  // what the caller writes into it later must not be sent under this order's claim
  const request = { ...order }
  assertCharge(request)
  const attempt: Attempt = { iamport, request, claim: crypto.randomUUID(), ...settingsOf(iamport, options) }
  if (attempt.signal?.aborted) return notSent('The charge was aborted.')
  const gaveUp = () => unknown(request, new Error('Aborted while another charge of this order was running.'))
  // a double click: the second one waits, and finds the payment of the first
  return inTurn(iamport, request.merchantUid, attempt, () => claimAndCharge(attempt), gaveUp)
}

async function claimAndCharge(attempt: Attempt): Promise<ChargeResult> {
  // claimed before it is looked up: a failure of another process in between would be taken for this attempt's
  const claimed = await acquire(attempt)
  if (typeof claimed === 'object') return claimed
  if (!claimed) return sentElsewhere(attempt)
  const before = await look(attempt)
  // without the look nothing may be sent
  if (before instanceof Error) return settled(attempt, notSent(`The order could not be looked up: ${before.message}`))
  const unsent = settledBy(before, attempt) ?? underWay(before, attempt) ?? (await lostClaim(attempt))
  if (unsent) return settled(attempt, unsent)
  const result = await sendOnce(attempt, before)
  return result.status === 'unknown' ? result : settled(attempt, result)
}

const underWay = (found: Payment | null, { request }: Attempt) =>
  found?.status === 'ready' ? unknown(request, new Error('A payment of this order is under way.')) : null

/** Nothing is on its way under this claim: it is given back, but for one that keeps others from a paid order. */
async function settled(attempt: Attempt, result: ChargeResult): Promise<ChargeResult> {
  if (result.status !== 'paid' || !attempt.shared) await release(attempt)
  return result
}

async function sendOnce(attempt: Attempt, before: Payment | null): Promise<ChargeResult> {
  const { iamport, request, signal } = attempt
  try {
    const payment = await iamport.again(request, { signal })
    const ours = payment.merchantUid === request.merchantUid
    // PortOne's word on our own request: what it leaves out, or says differently, does not undo the payment
    if (ours && payment.status === 'paid') return { status: 'paid', payment }
    if (ours && payment.status === 'failed') return declined('card-declined', payment.failReason ?? '')
    return await lookFor(attempt, { before, refused: null, cause: new Error(`PortOne answered with status ${payment.status}.`) })
  } catch (cause) {
    const error = cause instanceof IamportApiError ? cause : null
    if (error && (!error.sent || error.path === '/users/getToken')) return notSent(error.message)
    return lookFor(attempt, { before, refused: error && refusal(error), cause })
  }
}

/** PortOne spoke for itself: a gateway may say the same after PortOne has charged. It may also refuse *because* it is paid. */
function refusal({ code, httpStatus, message }: IamportApiError): ChargeResult | null {
  if (!code || httpStatus >= 500) return null
  return declined(httpStatus === 401 || httpStatus === 429 ? `http-${httpStatus}` : `portone-${code}`, message)
}

/** Another process has sent this order, or an earlier try of it was lost. */
async function sentElsewhere(attempt: Attempt): Promise<ChargeResult> {
  const elsewhere = new Error('This order has been sent by another process, or its answer was lost.')
  return settledBy(await look(attempt), attempt) ?? unknown(attempt.request, elsewhere)
}
