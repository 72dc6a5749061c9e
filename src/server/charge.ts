import { assertCharge, type ChargeClient, type ChargeOptions, type ChargeSettings, settingsOf } from './chargeOptions.ts'
import { type ChargeResult, cancelled, compare, declined, message, notSent, unknown } from './chargeResult.ts'
import { IamportApiError } from './iamportApiError.ts'
import type { AgainRequest } from './iamportClient.ts'
import { inTurn, pause } from './turns.ts'
import type { Payment } from './wire.ts'

/** One charge of one order, under one claim. */
interface Attempt extends ChargeSettings {
  readonly iamport: ChargeClient
  readonly request: AgainRequest
  readonly claim: string
}

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
  return inTurn(iamport, request.merchantUid, attempt.signal, () => claimAndCharge(attempt), gaveUp)
}

async function claimAndCharge(attempt: Attempt): Promise<ChargeResult> {
  const { lock, request, claim } = attempt
  try {
    // claimed before it is looked up: a failure of another process in between would be taken for this attempt's
    if (!(await lock.acquire(request.merchantUid, claim))) return await sentElsewhere(attempt)
  } catch (cause) {
    // it may have been made all the same
    await release(attempt)
    return notSent(`The order could not be locked: ${message(cause)}`)
  }
  const result = await lookAndSend(attempt)
  if (result.status === 'declined' || (result.status === 'paid' && !attempt.shared)) await release(attempt)
  return result
}

async function release({ lock, request, claim }: Attempt): Promise<void> {
  try {
    await lock.release(request.merchantUid, claim)
  } catch {
    // it stays locked, and reconcileCharge frees it
  }
}

async function lookAndSend(attempt: Attempt): Promise<ChargeResult> {
  const { request } = attempt
  const before = await look(attempt)
  // without the look nothing may be sent
  if (before instanceof Error) return notSent(`The order could not be looked up: ${before.message}`)
  if (before?.status === 'paid') return compare(before, request)
  if (before?.status === 'cancelled') return cancelled
  if (before?.status === 'ready') return unknown(request, new Error('A payment of this order is under way.'))
  return (await lostClaim(attempt)) ?? sendOnce(attempt, before)
}

/** Asked immediately before sending: this process may have slept, and another freed its claim. `null` when it still holds. */
async function lostClaim({ lock, request, claim, inFlightMs, signal }: Attempt): Promise<ChargeResult | null> {
  const asked = performance.now()
  let held: Awaited<ReturnType<typeof lock.held>>
  try {
    held = await lock.held(request.merchantUid)
  } catch (cause) {
    return notSent(`The lock could not be asked: ${message(cause)}`)
  }
  if (held && held.claim !== claim) return unknown(request, new Error('Another process charges this order now.'))
  // written so that an age that is no number refuses too
  if (!held || !(held.ms + (performance.now() - asked) < inFlightMs / 2)) return notSent('The claim on the order became too old.')
  return signal?.aborted ? notSent('The charge was aborted.') : null
}

async function sendOnce(attempt: Attempt, before: Payment | null): Promise<ChargeResult> {
  const { iamport, request, signal } = attempt
  try {
    const payment = await iamport.again(request, { signal })
    const ours = payment.merchantUid === request.merchantUid
    // PortOne's word on our own request: what it leaves out, or says differently, does not undo the payment
    if (ours && payment.status === 'paid') return { status: 'paid', payment }
    if (ours && payment.status === 'failed') return declined('card-declined', payment.failReason ?? '')
    return await lookFor(attempt, before, null, new Error(`PortOne answered with status ${payment.status}.`))
  } catch (cause) {
    const error = cause instanceof IamportApiError ? cause : null
    if (error && (!error.sent || error.path === '/users/getToken')) return notSent(error.message)
    return lookFor(attempt, before, error && refusal(error), cause)
  }
}

/** PortOne spoke for itself, or turned the call away at the door. It may have done so because the order is paid. */
function refusal(error: IamportApiError): ChargeResult | null {
  if (error.httpStatus === 401 || error.httpStatus === 429) return declined(`http-${error.httpStatus}`, error.message)
  return error.code && error.httpStatus < 500 ? declined(`portone-${error.code}`, error.message) : null
}

/** Looks what became of a charge: once after a refusal, else until patience is over. */
async function lookFor(attempt: Attempt, before: Payment | null, refused: ChargeResult | null, cause: unknown): Promise<ChargeResult> {
  const { request, signal, patienceMs } = attempt
  const began = performance.now()
  let lost = cause
  for (let wait = 250; ; wait *= 2) {
    const found = await look(attempt)
    if (found instanceof Error) lost = found
    else if (found?.status === 'paid') return compare(found, request)
    else if (found?.status === 'cancelled') return cancelled
    // an older failure says nothing about this attempt
    else if (found?.status === 'failed' && found.impUid !== before?.impUid) return declined('card-declined', found.failReason ?? '')
    else if (refused && found?.status !== 'ready') return refused
    const left = (refused ? 0 : patienceMs) - (performance.now() - began)
    if (wait > left || signal?.aborted) return unknown(request, lost)
    await pause(wait, signal)
  }
}

/** Another process has sent this order, or an earlier try of it was lost. */
async function sentElsewhere(attempt: Attempt): Promise<ChargeResult> {
  const found = await look(attempt)
  if (!(found instanceof Error) && found?.status === 'paid') return compare(found, attempt.request)
  if (!(found instanceof Error) && found?.status === 'cancelled') return cancelled
  return unknown(attempt.request, new Error('This order has been sent by another process, or its answer was lost.'))
}

/**
 * Asks PortOne what became of a charge whose answer was lost. Sends nothing, and waits for a `charge` of this process
 * that is still running. `declined` with code `not-found` means that PortOne knows of no payment, and that none can be
 * on its way any more: the order can be charged again under the same number. It stays `unknown` for `inFlightMs` after
 * the claim, as far as the `lock` remembers it; another process without a lock of all of them has to wait that long itself.
 *
 * @throws {TypeError} when the request or an option is not valid
 */
export async function reconcileCharge(iamport: ChargeClient, order: AgainRequest, options: ChargeOptions = {}): Promise<ChargeResult> {
  const request = { ...order }
  assertCharge(request)
  const settings = settingsOf(iamport, options)
  const gaveUp = () => unknown(request, new Error('Aborted while a charge of this order was running.'))
  return inTurn(iamport, request.merchantUid, settings.signal, () => settleClaim({ iamport, request, ...settings }), gaveUp)
}

async function settleClaim(attempt: Omit<Attempt, 'claim'>): Promise<ChargeResult> {
  const { lock, request, inFlightMs, shared } = attempt
  const order = request.merchantUid
  try {
    // before the look: what is claimed after it is not what was looked for
    const held = await lock.held(order)
    const found = await look(attempt)
    if (found instanceof Error) return unknown(request, found)
    if (found?.status === 'ready') return unknown(request, new Error('The payment is under way.'))
    const paid = found?.status === 'paid' || found?.status === 'cancelled'
    if (held && paid && !shared) await lock.release(order, held.claim)
    if (found?.status === 'paid') return compare(found, request)
    if (found?.status === 'cancelled') return cancelled
    if (held && !(held.ms >= inFlightMs)) return unknown(request, new Error('The charge may still be on its way.'))
    if (held) await lock.release(order, held.claim)
    if (await lock.held(order)) return unknown(request, new Error('Another charge of this order has begun.'))
    if (found) return declined('card-declined', found.failReason ?? '')
    return declined('not-found', 'PortOne knows of no payment of this order.')
  } catch (cause) {
    return unknown(request, cause)
  }
}

/** The payment that counts: a paid one if there is any, else the newest. An `Error` when PortOne could not be asked. */
async function look({ iamport, request, signal }: Omit<Attempt, 'claim'>): Promise<Payment | Error | null> {
  const { merchantUid } = request
  try {
    const newest = await iamport.paymentByMerchantUid(merchantUid, undefined, { signal })
    if (!newest || newest.status === 'paid') return newest
    return (await iamport.paymentByMerchantUid(merchantUid, 'paid', { signal })) ?? newest
  } catch (cause) {
    return cause instanceof Error ? cause : new Error(String(cause))
  }
}
