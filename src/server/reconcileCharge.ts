import type { Question } from './attempt.ts'
import { assertCharge, type ChargeClient, type ChargeOptions, settingsOf } from './chargeOptions.ts'
import { type ChargeResult, declined, unknown } from './chargeResult.ts'
import { freed, holder } from './claim.ts'
import type { AgainRequest } from './iamportClient.ts'
import { isOfKey, look, settledBy } from './look.ts'
import { inTurn } from './turns.ts'

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
  return inTurn(iamport, request.merchantUid, settings, () => settleClaim({ iamport, request, ...settings }), gaveUp)
}

async function settleClaim(question: Question): Promise<ChargeResult> {
  const { request, inFlightMs, shared } = question
  try {
    // before the look: what is claimed after it is not what was looked for
    const held = await holder(question)
    const found = await look(question)
    if (found instanceof Error) return unknown(request, found)
    if (found?.status === 'ready') return unknown(request, new Error('The payment is under way.'))
    const settled = settledBy(found, question)
    // the claim on a paid order stays, but for the lock of a process alone, which would grow
    if (held && settled && !shared) await freed(question, held.claim)
    if (settled) return settled
    if (held && held.ms < inFlightMs) return unknown(request, new Error('The charge may still be on its way.'))
    if (held) await freed(question, held.claim)
    if (await holder(question)) return unknown(request, new Error('Another charge of this order has begun.'))
    if (found && isOfKey(found, question)) return declined('card-declined', found.failReason ?? '')
    return declined('not-found', 'PortOne knows of no payment of this order.')
  } catch (cause) {
    return unknown(request, cause)
  }
}
