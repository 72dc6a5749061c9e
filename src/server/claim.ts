import type { Attempt, Question } from './attempt.ts'
import type { HeldClaim } from './chargeLock.ts'
import { type ChargeResult, message, notSent, unknown } from './chargeResult.ts'
import { inTime } from './deadline.ts'

/**
 * Claims the order, `false` when it is another's. A refusal when the lock failed or did not answer: the claim may have
 * been made all the same, or be made later, and is taken back either way.
 */
export async function acquire(attempt: Attempt): Promise<boolean | ChargeResult> {
  const { lock, request, claim, iamport, signal } = attempt
  // while the lock has not answered
  let late: Promise<boolean> | undefined
  try {
    const answer = lock.acquire(request.merchantUid, claim)
    // one promise of it: some query builders ask the database again at each `then`
    if (typeof answer !== 'boolean') {
      late = Promise.resolve(answer)
      const settled = () => {
        late = undefined
      }
      late.then(settled, settled)
    }
    const acquired: unknown = await inTime(late ?? answer, iamport.timeoutMs, signal)
    // what a driver gives for no row may be as true as a row
    if (typeof acquired !== 'boolean') throw new TypeError('acquire has to answer true or false')
    return acquired
  } catch (cause) {
    const takeBack = () => release(attempt)
    late?.then(takeBack, takeBack)
    await takeBack()
    return notSent(`The order could not be locked: ${message(cause)}`)
  }
}

/** Frees the order when nothing was charged under this claim. One that cannot be freed is reported: it stays locked. */
export async function release(attempt: Attempt): Promise<void> {
  const { merchantUid } = attempt.request
  try {
    await freed(attempt, attempt.claim)
  } catch (cause) {
    const words = `The claim on order ${merchantUid} could not be given back: it stays locked until reconcileCharge. ${message(cause)}`
    await attempt.report(new Error(words, { cause }), merchantUid)
  }
}

/** @throws when the lock did, or did not answer in time */
export const freed = ({ lock, request, iamport }: Question, claim: string) =>
  inTime(lock.release(request.merchantUid, claim), iamport.timeoutMs, undefined)

/** @throws when the lock did, did not answer in time, or answered something else */
export async function holder({ lock, request, iamport, signal }: Question): Promise<HeldClaim | null> {
  const held = await inTime(lock.held(request.merchantUid), iamport.timeoutMs, signal)
  if (held === null) return null
  // a number of PostgreSQL's comes as text, no row as undefined
  if (typeof held?.claim !== 'string' || typeof held.ms !== 'number' || Number.isNaN(held.ms))
    throw new TypeError('held has to answer null or { claim, ms }, with ms as a number')
  return held
}

/** Asked immediately before sending: this process may have slept, and another freed its claim. `null` when it still holds. */
export async function lostClaim(attempt: Attempt): Promise<ChargeResult | null> {
  const { request, claim, inFlightMs, signal } = attempt
  const asked = performance.now()
  let held: HeldClaim | null
  try {
    held = await holder(attempt)
  } catch (cause) {
    return notSent(`The lock could not be asked: ${message(cause)}`)
  }
  if (held && held.claim !== claim) return unknown(request, new Error('Another process charges this order now.'))
  if (!held || held.ms + (performance.now() - asked) >= inFlightMs / 2) return notSent('The claim on the order became too old.')
  return signal?.aborted ? notSent('The charge was aborted.') : null
}
