import { isRecord } from '../billing/confirm.ts'
import { type AttemptFacts, type BillingKeyOutcome, sameOrderNumber } from '../billing/outcome.ts'
import { attemptsOfPage, pageChangedSoon } from './page.ts'

/**
 * What has to survive the page: the order, and nothing of the customer's. `token` is the merchant's signed intent,
 * `redirectUrl` the landing address as the shop wrote it.
 */
export interface PendingAttempt extends AttemptFacts {
  /** The merchant whose window it was: another one's server knows nothing of it. */
  readonly userCode?: string | undefined
  readonly token?: string | undefined
  readonly redirectUrl?: string | undefined
  /** PortOne's number, once the window or the landing has said it. */
  readonly impUid: string | null
  /** Milliseconds since 1970. */
  readonly startedAt: number
  /** Asks that the customer began since nobody could say, and that failed. */
  readonly failedAsks: number
  /** The server knows of no payment: kept for its landing, and no click waits for it. */
  readonly cameToNothing: boolean
  /** A window of this order had been open before. */
  readonly isAgain?: boolean | undefined
}

/** What this tab keeps. */
interface Kept {
  /** Whose: the provider's `customerKey`. */
  readonly customerKey: string | null
  readonly pending: readonly PendingAttempt[]
  /** What was told, the newest last, for a reload. Cards are masked. */
  readonly told: readonly BillingKeyOutcome[]
  /** The landing's page and the order it is about, for a reload. */
  readonly landing: { readonly path: string; readonly merchantUid: string | null } | null
  /** When the last verified issue was told, in milliseconds since 1970. */
  readonly issuedAt: number
}

const storageKey = 'react-billing-key'
/** Told orders that are remembered: one forgotten while its window can still answer would be told twice. */
const mostTold = 50
const nothing: Kept = { customerKey: null, pending: [], told: [], landing: null, issuedAt: 0 }

const textOr = <T>(value: unknown, other: T) => (typeof value === 'string' ? value : other)

/** An order as this tab kept it, maybe by another version of this package: what the rules stand on is checked. */
function parsePending(value: unknown): PendingAttempt[] {
  if (!isRecord(value)) return []
  const { merchantUid, customerUid, amount, startedAt, impUid, failedAsks } = value
  if (typeof merchantUid !== 'string' || typeof customerUid !== 'string') return []
  if (typeof amount !== 'number' || typeof startedAt !== 'number') return []
  // a clock that has gone back since has not begun it later than now
  const began = Math.min(startedAt, Date.now())
  return [{ ...(value as unknown as PendingAttempt), startedAt: began, impUid: textOr(impUid, null), failedAsks: Number(failedAsks) || 0 }]
}

const statuses = ['issued', 'reported', 'cancelled', 'failed', 'unconfirmed']

function load(): Kept {
  let text = attemptsOfPage().memory
  try {
    text ??= sessionStorage.getItem(storageKey)
  } catch {
    // blocked: memory serves as long as the page lives
  }
  try {
    const kept: unknown = JSON.parse(text ?? 'null')
    if (!isRecord(kept)) return nothing
    const list = (value: unknown) => (Array.isArray(value) ? (value as unknown[]) : [])
    const { path, merchantUid } = isRecord(kept.landing) ? kept.landing : {}
    return {
      customerKey: textOr(kept.customerKey, null),
      pending: list(kept.pending).flatMap(parsePending),
      // this origin's own record: it shows what was told before, and decides nothing
      told: list(kept.told).filter((one): one is BillingKeyOutcome => isRecord(one) && statuses.includes(String(one.status))),
      landing: typeof path === 'string' && typeof merchantUid === 'string' ? { path, merchantUid } : null,
      issuedAt: Number(kept.issuedAt) || 0,
    }
  } catch {
    return nothing
  }
}

function save(kept: Kept): void {
  const page = attemptsOfPage()
  const text = JSON.stringify(kept)
  try {
    sessionStorage.setItem(storageKey, text)
    page.memory = null
  } catch {
    page.memory = text
  }
}

/** Drops what another member left in this tab (logout, another sign-in). */
export function keepOnlyFor(customerKey: string | undefined): void {
  const kept = load()
  const page = attemptsOfPage()
  // another page of this tab may have written it since this one went to the back/forward cache
  const before = kept.customerKey ?? page.customerKey
  page.customerKey = customerKey ?? before
  // nobody signed in is nobody else: a phone often comes back where the session has gone
  if (customerKey === undefined) return
  if (before === null || before === customerKey) {
    if (kept.customerKey !== customerKey) save({ ...kept, customerKey })
    return
  }
  save({ ...nothing, customerKey })
  page.told.clear()
  page.drops += 1
}

/** Whether anything is kept beyond this page. */
export const isStorageUsable = () => attemptsOfPage().memory === null

/** This tab's attempts whose end is not known, the oldest first. */
export const pendingAttempts = (): readonly PendingAttempt[] => load().pending

/** The attempt of this tab with that order number; none without a number. */
export function pendingAttempt(merchantUid: string | null): PendingAttempt | null {
  return load().pending.find((one) => merchantUid !== null && sameOrderNumber(one.merchantUid, merchantUid)) ?? null
}

/** Remembers an attempt, or what became known of it. */
export function remember(attempt: PendingAttempt): void {
  const kept = load()
  const others = kept.pending.filter(({ merchantUid }) => merchantUid !== attempt.merchantUid)
  save({ ...kept, pending: [...others, attempt] })
}

/** Forgets an attempt whose end is definite. */
export function forget(merchantUid: string): void {
  const kept = load()
  save({ ...kept, pending: kept.pending.filter((one) => one.merchantUid !== merchantUid) })
}

/** What was last told of an order, on this page or before a reload; nothing without a number. */
export function lastTold(merchantUid: string | null): BillingKeyOutcome | null {
  const told = attemptsOfPage().told.get(merchantUid ?? '') ?? load().told.find((one) => one.merchantUid === merchantUid)
  return told ?? null
}

/** Marks an outcome as told, before the callback runs. */
export function markTold(outcome: BillingKeyOutcome): void {
  if (!outcome.merchantUid) return // nor '', of a landing that did not say
  attemptsOfPage().told.set(outcome.merchantUid, outcome)
  const kept = load()
  const told = [...kept.told.filter(({ merchantUid }) => merchantUid !== outcome.merchantUid), outcome].slice(-mostTold)
  save({ ...kept, told, issuedAt: outcome.status === 'issued' ? Date.now() : kept.issuedAt })
  pageChangedSoon()
}

/** When this tab was last told of a verified issue, in milliseconds since 1970; `0`: never. A list of cards from before it is out of date. */
export const lastIssuedAt = (): number => (typeof window === 'undefined' ? 0 : load().issuedAt)

/** A new window for an order: what was told of an earlier attempt at it is no news of this one. */
export function forgetTold(merchantUid: string): void {
  attemptsOfPage().told.delete(merchantUid)
  const kept = load()
  save({ ...kept, told: kept.told.filter((one) => one.merchantUid !== merchantUid) })
}

/** Remembers which page a result landed on, so that its reload finds it; one without an order number is not found. */
export function rememberLanding(path: string, merchantUid: string | null): void {
  save({ ...load(), landing: { path, merchantUid } })
}

/** The order whose result landed on this page earlier in this tab. */
export function landedOrder(path: string): string | null {
  const { landing } = load()
  return landing?.path === path ? landing.merchantUid : null
}
