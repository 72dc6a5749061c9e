import { amountRule, pgRule } from './pg.ts'

/** How the window's report reached the page: the callback (PC) or the query of `m_redirect_url` (phones). */
export type Via = 'callback' | 'redirect'

/** A registered card as far as it may be shown. */
export interface Card {
  /** The card company, e.g. `현대카드`. */
  readonly name: string | null
  /** Masked by the PG. */
  readonly number: string | null
}

interface Common {
  /** The order number of this attempt. */
  readonly merchantUid: string
  /** The name of the key, `null` when the customer came back in another browser and nobody could tell. */
  readonly customerUid: string | null
  /** PortOne's number of the payment, `null` when there is none. */
  readonly impUid: string | null
  readonly via: Via
  /** What the SDK or the query said, unread. */
  readonly raw: unknown
}

/** The window reported success. Ship nothing on it unless `verified` is true. */
export interface Issued extends Common {
  readonly status: 'issued'
  readonly impUid: string
  /** Whether the merchant's server confirmed it with PortOne. */
  readonly verified: boolean
  /** What was approved in the window, in the currency's unit (KRW: won). `0`: nothing. `null`: not known without the server. */
  readonly charged: number | null
  readonly card: Card | null
}

/** The customer gave up: pressed cancel, or closed the window (or left it). */
export interface Cancelled extends Common {
  readonly status: 'cancelled'
  readonly by: 'customer' | 'closed'
}

/** The PG, PortOne or the merchant's server refused. */
export interface Failed extends Common {
  readonly status: 'failed'
  /** The PG's or the server's own code, or one of ours: `no-imp-uid`, `unreadable-answer`, `other-attempt`, `sdk-alert`, `sdk-threw`. */
  readonly code: string
  /** The PG's or the server's own words. */
  readonly message: string
  readonly stage: 'before-window' | 'in-window' | 'confirm'
}

/** There may be a key, and the merchant's server could not be asked. */
export interface Unconfirmed extends Common {
  readonly status: 'unconfirmed'
  readonly code: string
  readonly message: string
  /** Asks the server again. Safe to call any number of times. */
  readonly retry: () => Promise<BillingKeyOutcome>
}

/**
 * How an attempt to register a card ended. A value, never thrown; narrow on `status`.
 *
 * @example
 * if (outcome.status === 'issued' && outcome.verified) navigate('/members')
 */
export type BillingKeyOutcome = Issued | Cancelled | Failed | Unconfirmed

/** What was asked for, as far as it is needed to read the answer. */
export interface AttemptFacts {
  readonly merchantUid: string
  readonly customerUid: string
  readonly amount: number
  readonly pg?: string | undefined
  readonly payMethod?: string | undefined
}

/** Codes of ours for answers that do not say whether there is a key: the merchant's server has to be asked. */
export const unclearCodes: readonly string[] = ['no-imp-uid', 'unreadable-answer', 'other-attempt']

/**
 * How the PGs say that the customer cancelled. They share no code (sdk-facts 12), and a refusal can hold the same words
 * ("한도초과로 승인이 취소되었습니다"), so each row needs the customer, or the act of giving up, in it.
 */
const cancelMessages = [
  /결제\s*포기/,
  /(사용자|고객|구매자|이용자)\S*\s*(결제|인증|등록|요청|진행)?\S*\s*(취소|중단)/,
  /결제를?\s*취소(하셨|하였|했)/,
  /^\s*(\[\w*\]\s*)?(결제|등록)?\s*취소\s*$/,
  /\b(user|customer|buyer|payer)\b[\w\s]{0,20}\bcancel/i,
  /\bcancel(l?ed)?\s+by\s+(the\s+)?(user|customer|buyer|payer)\b/i,
]
const notCancelled = /(한도|잔액|오류|실패|불가|초과|거절|할 수 없)/
const cancelCodes = ['PAY_PROCESS_CANCELED', 'USER_CANCEL', 'PAYMENT_CANCELED_BY_USER']

const isCancel = (code: string | null, message: string | null) =>
  (code !== null && cancelCodes.includes(code)) ||
  (message !== null && !notCancelled.test(message) && cancelMessages.some((row) => row.test(message)))

/** A word from outside, or null: missing values also arrive as `''`, `'undefined'` and `'null'` (sdk-facts 14). */
function word(value: unknown): string | null {
  const text = typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : ''
  return text === '' || text === 'undefined' || text === 'null' ? null : text
}

const saysNo = (value: unknown) => value === false || (typeof value === 'string' && /^\s*false\s*$/i.test(value))

/** A card's number as it may be shown: never more than the PG's mask leaves, even if the PG forgets to mask. */
const masked = (number: string | null) => number?.replace(/\d(?=[\d\s-]*\d{4}$)/g, (digit, at: number) => (at < 4 ? digit : '*')) ?? null

/** What was approved in the window; see `Issued.charged`. */
function chargedAmount(attempt: AttemptFacts | null, paid: number | null): number | null {
  if (!attempt) return null
  const rule = amountRule(pgRule(attempt.pg), attempt.payMethod ?? 'card')
  if (attempt.amount === 0 || rule === 'display-only' || rule === 'not-sent') return 0
  return paid ?? (rule === 'unknown' ? null : attempt.amount)
}

/**
 * Reads what the window reported, from the callback or the query: both SDK generations, minimal PGs, words for booleans,
 * no object at all (sdk-facts 10 to 12, 25).
 */
export function toOutcome(answer: unknown, attempt: AttemptFacts | null, via: Via): BillingKeyOutcome {
  const said: Record<string, unknown> = typeof answer === 'object' && answer !== null ? { ...answer } : {}
  const impUid = word(said.imp_uid)
  const merchantUid = word(said.merchant_uid)
  const errorCode = word(said.error_code) ?? word(said.error_coe)
  const errorMessage = word(said.error_msg)
  const common = {
    merchantUid: attempt?.merchantUid ?? merchantUid ?? '',
    customerUid: attempt?.customerUid ?? null,
    impUid,
    via,
    raw: answer,
  }
  const failed = (code: string, message: string): Failed => ({
    ...common,
    status: 'failed',
    code,
    message,
    stage: impUid ? 'in-window' : 'before-window',
  })

  if (Object.keys(said).length === 0) return failed('unreadable-answer', 'The payment window answered nothing that can be read.')
  if (attempt && merchantUid !== null && merchantUid.replaceAll(' ', '+') !== attempt.merchantUid.replaceAll(' ', '+'))
    return failed('other-attempt', `The payment window answered for another order, ${merchantUid}.`)
  if (errorCode !== null || errorMessage !== null || saysNo(said.success) || saysNo(said.imp_success)) {
    if (isCancel(errorCode, errorMessage)) return { ...common, status: 'cancelled', by: 'customer' }
    return failed(errorCode ?? 'unknown', errorMessage ?? '')
  }
  if (impUid === null) return failed('no-imp-uid', 'The payment window reported success without an imp_uid.')

  const paid = word(said.paid_amount) === null ? Number.NaN : Number(said.paid_amount)
  const card = { name: word(said.card_name), number: masked(word(said.card_number)) }
  return {
    ...common,
    status: 'issued',
    impUid,
    verified: false,
    charged: chargedAmount(attempt, Number.isFinite(paid) && paid >= 0 ? paid : null),
    card: card.name || card.number ? card : null,
  }
}
