import type { BillingKeyOutcome } from '../billing/outcome.ts'
import { isFinal, isNews, type OpenedAttempt } from './machine.ts'
import { forget, lastTold, markTold, pendingAttempt, remember } from './pending.ts'

/** Calls a function of the shop's. What it throws is reported, and breaks nothing here. */
export function callSafely(callback: () => void): void {
  try {
    callback()
  } catch (error) {
    if (typeof reportError === 'function') reportError(error)
    else void Promise.reject(error) // Safari before 15.4
  }
}

/** Whether an outcome is news of its order; then it is marked as told, before a callback runs. */
export function isNewsToTell(outcome: BillingKeyOutcome): boolean {
  const before = lastTold(outcome.merchantUid)
  if (before && !isNews(before, outcome)) return false
  markTold(outcome)
  return true
}

/** Keeps of an attempt what its outcome leaves open, and forgets the rest. */
export function keepWhatIsOpen(outcome: BillingKeyOutcome, attempt: OpenedAttempt | null): void {
  const pending = pendingAttempt(outcome.merchantUid)
  if (!pending) return
  const isOpen = outcome.status === 'unconfirmed'
  // a window that was only closed may be come back to (Forward, or the PG's app), and one that landed as well (Back): what
  // lands then needs the attempt
  const mayEndAgain = isOpen || attempt?.isAgain || outcome.via === 'redirect' || ('by' in outcome && outcome.by === 'closed')
  if (mayEndAgain && !isFinal(outcome)) remember({ ...pending, failedAsks: attempt?.failedAsks ?? 0, cameToNothing: !isOpen })
  else forget(pending.merchantUid)
}
