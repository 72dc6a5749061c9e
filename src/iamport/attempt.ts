import type { AttemptFacts } from '../billing/outcome.ts'

/**
 * What has to survive a full-page redirect: the order, no customer's data. Kept for this tab in sessionStorage, in memory
 * where that is blocked. `token` is the merchant's signed intent, `redirectUrl` the landing address as the shop wrote it.
 */
export interface Attempt extends AttemptFacts {
  readonly token?: string | undefined
  readonly redirectUrl?: string | undefined
  /** Milliseconds since 1970. */
  readonly startedAt: number
}

const storageKey = 'react-billing-key.attempt'
/** An attempt is given up after an hour: PGs end their windows long before. */
const lifetime = 3_600_000
let memory: string | null = null

/** Remembers the attempt that is about to leave the page; replaces an earlier one. */
export function saveAttempt(attempt: Attempt): void {
  memory = JSON.stringify(attempt)
  try {
    sessionStorage.setItem(storageKey, memory)
  } catch {
    // private mode, blocked or full: memory serves as long as the page lives
  }
}

/** The pending attempt of this tab, or `null`: none, expired, or not readable. */
export function pendingAttempt(now = Date.now()): Attempt | null {
  let text = memory
  try {
    text = sessionStorage.getItem(storageKey) ?? memory
  } catch {
    // as above
  }
  try {
    const held: unknown = JSON.parse(text ?? 'null')
    if (typeof held !== 'object' || held === null) return null
    const { merchantUid, customerUid, amount, startedAt, ...rest } = held as Record<string, unknown>
    if (typeof merchantUid !== 'string' || typeof customerUid !== 'string') return null
    if (typeof amount !== 'number' || typeof startedAt !== 'number' || now - startedAt > lifetime) return null
    const optional = (value: unknown) => (typeof value === 'string' ? value : undefined)
    return {
      merchantUid,
      customerUid,
      amount,
      startedAt,
      pg: optional(rest.pg),
      payMethod: optional(rest.payMethod),
      token: optional(rest.token),
      redirectUrl: optional(rest.redirectUrl),
    }
  } catch {
    return null
  }
}

/** Forgets the attempt once its outcome is definite. */
export function clearAttempt(merchantUid: string): void {
  if (pendingAttempt()?.merchantUid !== merchantUid) return
  memory = null
  try {
    sessionStorage.removeItem(storageKey)
  } catch {
    // as above
  }
}
