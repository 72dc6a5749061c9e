import {
  type BillingKeyOutcome,
  type Card,
  closedWithoutWord,
  factsOf,
  hasReportedSuccess,
  isSilent,
  maskCardNumber,
  type UnconfirmedReason,
  type WindowReport,
} from './outcome.ts'

/** What the merchant's server is asked: is there a billing key for this attempt? */
export interface Claim {
  /** `null` when the address of the landing did not say. */
  readonly merchantUid: string | null
  /** `null` when the customer came back in another browser. */
  readonly customerUid: string | null
  /** `null` when the window closed without an answer: the server looks by order number then. */
  readonly impUid: string | null
  /** The signed intent the request carried. */
  readonly token?: string | undefined
}

/**
 * What the merchant's server answers. `pending`: the PG has not decided yet (sdk-facts 34). `none`: PortOne knows of no
 * payment and no key for this attempt.
 */
export type ConfirmAnswer =
  | {
      readonly status: 'issued'
      readonly customerUid: string
      readonly impUid: string
      /** In the currency's unit; `0`: the key only. */
      readonly charged: number
      /** ISO 4217; KRW when left out. */
      readonly currency?: string | undefined
      readonly card: Card | null
    }
  | { readonly status: 'failed'; readonly code: string; readonly message: string }
  | { readonly status: 'pending' }
  | { readonly status: 'none' }

/**
 * Asks the merchant's server. Must be safe to call again with the same claim. Reject when nothing is known; an error whose
 * `status` is 401 says that the customer has to sign in first.
 *
 * @param signal aborted when nobody waits for the answer any more
 */
export type Confirm = (claim: Claim, signal: AbortSignal) => Promise<ConfirmAnswer>

/** Whether it has fields that can be read. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null
/** What is text, and nothing else. */
export const textOrNull = (part: unknown) => (typeof part === 'string' ? part : null)

/** Reads what a server, or a shop's own `confirm`, answered. `null` when it is not a {@link ConfirmAnswer}. */
export function parseConfirmAnswer(value: unknown): ConfirmAnswer | null {
  if (!isRecord(value)) return null
  const { status, code, message, customerUid, impUid, charged, currency, card } = value
  if (status === 'none' || status === 'pending') return { status }
  if (status === 'failed' && typeof code === 'string') return { status, code, message: textOrNull(message) ?? '' }
  if (status !== 'issued' || typeof customerUid !== 'string' || typeof impUid !== 'string') return null
  if (typeof charged !== 'number' || !Number.isFinite(charged) || charged < 0) return null
  const { name, number } = isRecord(card) ? card : {}
  return {
    status,
    customerUid,
    impUid,
    charged,
    currency: textOrNull(currency) ?? 'KRW',
    card: card ? { name: textOrNull(name), number: maskCardNumber(textOrNull(number)) } : null,
  }
}

/** Says that nobody knows yet, and why. */
export function unconfirmed(
  report: WindowReport,
  reason: UnconfirmedReason,
  amount: number | null,
  mayStartAnew: boolean,
): BillingKeyOutcome {
  return { ...factsOf(report), status: 'unconfirmed', reason, amount, mayStartAnew }
}

/**
 * What an attempt came to, by the merchant's server. `null`: `none`, after a success was reported. PortOne may be behind
 * its own window, so that is no refusal.
 *
 * @param report what the window said
 */
export function decideOutcome(report: WindowReport, answer: Exclude<ConfirmAnswer, { status: 'pending' }>): BillingKeyOutcome | null {
  const facts = factsOf(report)
  // PortOne and the window agree that there is no payment: the window knows best why
  if (answer.status === 'failed' && answer.code === 'declined' && (report.status === 'failed' || report.status === 'cancelled'))
    return report.status === 'cancelled' ? { ...report, asked: true } : report
  if (answer.status === 'failed') return { ...facts, status: 'failed', code: answer.code, message: answer.message, stage: 'confirm' }
  if (answer.status === 'issued') {
    const card = answer.card ?? (report.status === 'reported' ? report.card : null)
    return { ...facts, ...answer, merchantUid: facts.merchantUid ?? '', currency: answer.currency ?? 'KRW', card }
  }
  if (hasReportedSuccess(report)) return null
  if (report.status === 'cancelled') return { ...report, asked: true }
  return isSilent(report) ? { ...closedWithoutWord(facts), asked: true } : report
}
