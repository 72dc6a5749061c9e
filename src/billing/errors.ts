import { describeError } from '#describe-error'

/** Why a {@link BillingKeyError} was thrown. docs/errors has a page for each. */
export type BillingKeyErrorCode =
  | 'invalid-request'
  | 'sdk-load-failed'
  | 'sdk-load-timeout'
  | 'sdk-incompatible'
  | 'window-busy'
  | 'provider-missing'
  | 'not-in-browser'
  | 'request-failed'

/** What exactly happened; each has its sentence in development. */
export type ErrorReason =
  | 'fields'
  | 'userCode'
  | 'no-api'
  | 'no-json'
  | 'no-request'
  | 'threw'
  | 'late'
  | 'gone'
  | 'channel-key'
  | 'init'
  | 'agency'
  | 'no-document'
  | 'timeout'
  | 'not-an-sdk'
  | 'network'
  | 'trusted-types'
  | 'busy'
  | 'no-provider'

/** What a field of a request has to be. */
export type RequestRule =
  | 'text'
  | 'length'
  | 'whole'
  | 'number'
  | 'currency'
  | 'period'
  | 'dates'
  | 'interval'
  | 'plain'
  | 'pay-method'
  | 'not-sent'
  | 'display-only'
  | 'charge-required'
  | 'no-display'
  | 'redirect'
  | 'address'
  | 'reserved'

/** One thing that is wrong with a request. */
export interface RequestIssue {
  /** The field by its name in `BillingKeyRequest`, e.g. `buyer.name`. */
  readonly field: string
  /** What it has to be; the error's message says it in words where the package runs in development. */
  readonly rule: RequestRule
  /** What the rule is about: the longest text in characters, the PG, the parameter. */
  readonly limit: string
  /** What it was. A customer's data is described by its length, never repeated. */
  readonly value: string
}

const brand = 'BillingKeyError'

/**
 * What the developer or the environment did wrong. What a customer, a PG or the merchant's server did is never thrown:
 * that is a `BillingKeyOutcome`. In development the message says what to do, elsewhere it is short and names the page of
 * the documents; `issues` lists every wrong field of an `invalid-request`.
 *
 * @example
 * if (isBillingKeyError(error) && error.code === 'sdk-load-failed') showRetry()
 */
export class BillingKeyError extends Error {
  override readonly name = brand
  readonly code: BillingKeyErrorCode
  readonly issues: readonly RequestIssue[]

  /** @param about what the sentence is about (an address, a time in ms), or the error behind it, which becomes the `cause` */
  constructor(code: BillingKeyErrorCode, reason: ErrorReason, about: unknown = '', issues: readonly RequestIssue[] = []) {
    super(describeError(code, reason, about instanceof Error ? about.message : String(about), issues))
    if (about instanceof Error) Object.defineProperty(this, 'cause', { value: about })
    this.code = code
    this.issues = issues
  }
}

/** Whether a caught value is a {@link BillingKeyError}, also one from a second copy of this package on the page. */
export function isBillingKeyError(value: unknown): value is BillingKeyError {
  return value instanceof Error && value.name === brand
}
