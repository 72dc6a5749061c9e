import { amountRule, payMethodOf, pgRule } from './pg.ts'

/** How the window's report reached the page: the callback (PC) or the query of `m_redirect_url` (phones). */
export type Via = 'callback' | 'redirect'

/** A registered card as far as it may be shown. */
export interface Card {
  /** The card company, e.g. `현대카드`. */
  readonly name: string | null
  /** Masked: never more than the first four and the last four digits. */
  readonly number: string | null
}

/** What every outcome carries. Plain data. */
export interface OutcomeFacts {
  /** The order number of this attempt, `null` before there was one. */
  readonly merchantUid: string | null
  /** The name of the key, `null` before there was one, and when the customer came back in another browser. */
  readonly customerUid: string | null
  /** PortOne's number of the payment, `null` when there is none. */
  readonly impUid: string | null
  readonly via: Via
  /** What `issue({ order })` was called with, `null` for other requests and in another browser. */
  readonly order: unknown
  /** Whether it belongs to an earlier attempt of this tab that had been left behind. */
  readonly recovered: boolean
}

/** An attempt before there is an order number. */
export const noFacts: OutcomeFacts = { merchantUid: null, customerUid: null, impUid: null, via: 'callback', order: null, recovered: false }

/** The facts of a report or an outcome, without what it says. */
export const factsOf = ({ merchantUid, customerUid, impUid, via, order, recovered }: OutcomeFacts): OutcomeFacts => ({
  merchantUid,
  customerUid,
  impUid,
  via,
  order,
  recovered,
})

/** The merchant's server confirmed it with PortOne. Never said without the server. */
export interface Issued extends OutcomeFacts {
  readonly status: 'issued'
  readonly merchantUid: string
  readonly customerUid: string
  readonly impUid: string
  /** What was approved in the window, in the currency's unit (KRW: won). `0`: nothing. */
  readonly charged: number
  /** ISO 4217. */
  readonly currency: string
  readonly card: Card | null
}

/** The window's word alone: no `api` and no `confirm` was there to ask. Ship nothing on it. */
export interface Reported extends OutcomeFacts {
  readonly status: 'reported'
  readonly impUid: string
  /** As for `issued`; `null` when the window did not say. */
  readonly charged: number | null
  readonly currency: string
  readonly card: Card | null
}

/** The customer gave up: pressed cancel, or closed the window (or left it). */
export interface Cancelled extends OutcomeFacts {
  readonly status: 'cancelled'
  readonly by: 'customer' | 'closed'
  /** Whether the merchant's server said that there is no payment. */
  readonly asked: boolean
}

/** The PG, PortOne or the merchant's server refused. */
export interface Failed extends OutcomeFacts {
  readonly status: 'failed'
  /** The PG's or the server's own code, or one of ours: `unreadable-answer`, `other-attempt`, `no-imp-uid`, `contradictory-answer`, `sdk-alert`, `sdk-threw`. */
  readonly code: string
  /** The PG's or the server's own words; empty where nobody said any, as with most codes of ours. */
  readonly message: string
  readonly stage: 'before-window' | 'in-window' | 'confirm'
}

/**
 * Why nobody could say: signed out, no answer, too slow, the customer did not wait, PortOne does not know the payment
 * yet, or the PG has not decided (sdk-facts 34).
 */
export type UnconfirmedReason = 'sign-in' | 'unreachable' | 'timeout' | 'abandoned' | 'not-yet' | 'pending'

/** There may be a key, and a payment, and the merchant's server could not say. The hook's `recheck()` asks again. */
export interface Unconfirmed extends OutcomeFacts {
  readonly status: 'unconfirmed'
  readonly reason: UnconfirmedReason
  /** What the window may have charged, `null` when not known here. */
  readonly amount: number | null
  /** Whether the next click may open a new window all the same: two asks of the customer's have failed. */
  readonly mayStartAnew: boolean
}

/**
 * How an attempt to register a card ended. A value, never thrown; narrow on `status`.
 *
 * @example
 * if (outcome.status === 'issued') navigate('/members')
 */
export type BillingKeyOutcome = Issued | Reported | Cancelled | Failed | Unconfirmed

/** What a window can say by itself. */
export type WindowReport = Reported | Cancelled | Failed

/** What was asked for, as far as it is needed to read the answer. */
export interface AttemptFacts {
  readonly merchantUid: string
  readonly customerUid: string
  readonly amount: number
  readonly currency?: string | undefined
  readonly pg?: string | undefined
  readonly payMethod?: string | undefined
  readonly order?: unknown
}

/** A window that closed without a word. */
export const closedWithoutWord = (facts: OutcomeFacts): Cancelled => ({ ...facts, status: 'cancelled', by: 'closed', asked: false })

/** Codes of ours for answers that do not say whether there is a key: the merchant's server has to be asked. */
const unclearCodes: readonly string[] = ['no-imp-uid', 'unreadable-answer', 'other-attempt']

/** A window that said nothing of use: it was closed, or its answer cannot be read. */
export const isSilent = (report: WindowReport): boolean =>
  (report.status === 'cancelled' && report.by === 'closed') || (report.status === 'failed' && unclearCodes.includes(report.code))

/** Whether the window said, in one way or another, that it went well: `none` is no refusal then. */
export const hasReportedSuccess = (report: WindowReport): boolean =>
  report.status === 'reported' || (report.status === 'failed' && ['no-imp-uid', 'contradictory-answer'].includes(report.code))

/** Whether there can be a payment that only the merchant's server knows of: any `imp_uid`, and any end without a word. */
export const needsServer = (report: WindowReport): boolean => report.impUid !== null || isSilent(report)

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

const says = (value: unknown, what: boolean) => value === what || (typeof value === 'string' && value.trim().toLowerCase() === String(what))

/** A card's number as it may be shown, whoever sent it: at most its first four and last four digits. */
export function maskCardNumber(number: string | null): string | null {
  if (number === null) return null
  let seen = 0
  const digits = number.replace(/[^\d*]/g, '').length
  return number.replace(/[\d*]/g, (digit) => {
    seen += 1
    return seen > 4 && seen <= digits - 4 ? '*' : digit
  })
}

/** What was approved in the window; see {@link Reported}. */
function chargedAmount(attempt: AttemptFacts | null, paid: number | null): number | null {
  if (!attempt) return null
  const rule = amountRule(pgRule(attempt.pg), payMethodOf(attempt))
  if (rule === 'display-only' || rule === 'not-sent') return 0
  if (attempt.amount === 0) return rule === 'optional-charge' ? 0 : paid
  return paid ?? (rule === 'unknown' ? null : attempt.amount)
}

/** Order numbers compared: a `+` that was not escaped comes back as a space (sdk-facts 14). */
export const sameOrderNumber = (one: string, other: string) => one.replaceAll(' ', '+') === other.replaceAll(' ', '+')

/**
 * Reads what the window reported, from the callback or the query: both SDK generations, minimal PGs, words for booleans,
 * no object at all (sdk-facts 10 to 12, 25). Proves nothing.
 */
export function toReport(answer: unknown, attempt: AttemptFacts | null, via: Via): WindowReport {
  const said: Record<string, unknown> = typeof answer === 'object' ? { ...answer } : {}
  const impUid = word(said.imp_uid)
  const merchantUid = word(said.merchant_uid)
  const common: OutcomeFacts = {
    merchantUid: attempt?.merchantUid ?? merchantUid,
    customerUid: attempt?.customerUid ?? null,
    impUid,
    via,
    order: attempt?.order ?? null,
    recovered: false,
  }
  const failed = (code: string, message = ''): Failed => ({
    ...common,
    status: 'failed',
    code,
    message,
    stage: impUid ? 'in-window' : 'before-window',
  })

  if (Object.keys(said).length === 0) return failed('unreadable-answer')
  if (attempt && merchantUid !== null && !sameOrderNumber(merchantUid, attempt.merchantUid))
    // its imp_uid is that other order's too, and is not to be asked about under this one
    return { ...failed('other-attempt'), impUid: null }
  const yes = says(said.success, true) || says(said.imp_success, true)
  const no = says(said.success, false) || says(said.imp_success, false)
  const code = word(said.error_code) ?? word(said.error_coe)
  const isError = code !== null && !(yes && /^0+$/.test(code))
  const message = isError || !(yes && code !== null) ? word(said.error_msg) : null
  if (isError || message !== null || no) {
    // PortOne may be behind its own window, so that this word is no refusal until the server has spoken
    if (yes && impUid !== null) return failed('contradictory-answer', message ?? code ?? '')
    if (isCancel(code, message)) return { ...common, status: 'cancelled', by: 'customer', asked: false }
    return failed(code ?? 'unknown', message ?? '')
  }
  if (impUid === null) return failed('no-imp-uid')

  const paid = word(said.paid_amount) === null ? Number.NaN : Number(said.paid_amount)
  const card = { name: word(said.card_name), number: maskCardNumber(word(said.card_number)) }
  return {
    ...common,
    status: 'reported',
    impUid,
    charged: chargedAmount(attempt, Number.isFinite(paid) && paid >= 0 ? paid : null),
    currency: word(said.currency) ?? attempt?.currency ?? 'KRW',
    card: card.name || card.number ? card : null,
  }
}
