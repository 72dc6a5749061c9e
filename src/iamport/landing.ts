import type { Confirm } from '../billing/confirm.ts'
import type { BillingKeyOutcome } from '../billing/outcome.ts'
import { parseRedirect, stripRedirectResult } from '../billing/redirect.ts'
import { pendingAttempt } from './attempt.ts'
import { settle } from './issueBillingKey.ts'

const stateKey = 'reactBillingKey'
const recordKey = 'react-billing-key.outcome'
const lifetime = 3_600_000

/** What PortOne said in the address. */
export type Landed = Readonly<Record<string, unknown>>

/**
 * Takes PortOne's result out of the page's address: the keys go, the shop's stay, and the history entry remembers them,
 * so that a refresh, or coming back to it, sees the same result. `null` when the page was opened without one.
 */
export function takeLanding(): Landed | null {
  const state: unknown = history.state
  const held = typeof state === 'object' && state !== null ? (state as Record<string, unknown>) : {}
  const outcome = parseRedirect(location.href)
  if (outcome) {
    const said = outcome.raw as Landed
    const attempt = pendingAttempt()
    const own = attempt?.redirectUrl && attempt.merchantUid === outcome.merchantUid ? new URL(attempt.redirectUrl, location.href) : null
    // sdk-facts 14: the legacy SDK encodes the shop's parameters again, so the address it was given is put back
    const here = own && own.origin === location.origin && own.pathname === location.pathname ? own.href : stripRedirectResult(location.href)
    history.replaceState({ ...held, [stateKey]: said }, '', here)
    return said
  }
  const kept = held[stateKey]
  return typeof kept === 'object' && kept !== null ? (kept as Landed) : null
}

/**
 * What the attempt behind a landing came to. The merchant's server is asked once, however many tabs, refreshes and
 * renders there are; `fresh` tells the one that asked.
 */
export async function settleLanding(
  said: Landed,
  confirm: Confirm | undefined,
): Promise<{ outcome: BillingKeyOutcome | null; fresh: boolean }> {
  const reported = parseRedirect(said, pendingAttempt())
  if (!reported) return { outcome: null, fresh: false }
  const once = async () => {
    const known = readRecord(reported)
    if (known) return { outcome: known, fresh: false }
    const attempt = pendingAttempt()
    const mine = attempt?.merchantUid === reported.merchantUid ? attempt : null
    const outcome = await settle(reported, mine, { confirm, onPhase: () => {} })
    if (outcome.status !== 'unconfirmed') writeRecord(outcome)
    return { outcome, fresh: true }
  }
  return navigator.locks ? navigator.locks.request(`${recordKey}.${reported.merchantUid}`, once) : once()
}

/** Remembers a definite outcome for the other tabs and the next refresh: no card, nothing of the customer's. */
export function writeRecord(outcome: BillingKeyOutcome): void {
  const { raw: _, ...rest } = outcome
  try {
    localStorage.setItem(recordKey, JSON.stringify({ ...rest, card: undefined, at: Date.now() }))
  } catch {
    // blocked: the server is asked again, which is safe
  }
}

function readRecord(reported: BillingKeyOutcome): BillingKeyOutcome | null {
  try {
    const held: unknown = JSON.parse(localStorage.getItem(recordKey) ?? 'null')
    if (typeof held !== 'object' || held === null) return null
    const { at, status, merchantUid, impUid, customerUid, charged, verified, by, code, message, stage } = held as Record<string, unknown>
    if (typeof at !== 'number' || Date.now() - at > lifetime) return null
    if (merchantUid !== reported.merchantUid || (impUid !== reported.impUid && reported.impUid !== null)) return null
    const common = {
      merchantUid: reported.merchantUid,
      customerUid: typeof customerUid === 'string' ? customerUid : null,
      via: 'redirect' as const,
      raw: reported.raw,
    }
    if (status === 'issued' && typeof impUid === 'string')
      return { ...common, status, impUid, verified: verified === true, charged: typeof charged === 'number' ? charged : null, card: null }
    if (status === 'cancelled' && (by === 'customer' || by === 'closed')) return { ...common, status, by, impUid: reported.impUid }
    if (status === 'failed' && (stage === 'before-window' || stage === 'in-window' || stage === 'confirm'))
      return { ...common, status, stage, code: String(code), message: String(message), impUid: reported.impUid }
  } catch {
    // blocked or not ours
  }
  return null
}
