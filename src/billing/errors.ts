/** Why a {@link BillingKeyError} was thrown. */
export type BillingKeyErrorCode =
  | 'invalid-request'
  | 'sdk-load-failed'
  | 'sdk-load-timeout'
  | 'sdk-incompatible'
  | 'window-busy'
  | 'provider-missing'
  | 'not-in-browser'
  | 'request-failed'

/** One thing that is wrong with a request. */
export interface RequestIssue {
  /** The field by its name in `BillingKeyRequest`, e.g. `buyer.name`. */
  readonly field: string
  /** What the field has to be. */
  readonly rule: string
  /** What it was. A customer's data is described by its length, never repeated. */
  readonly value: string
}

const brand = 'BillingKeyError'

/**
 * What the developer or the environment did wrong. What a customer, a PG or the merchant's server did is never thrown:
 * that is a `BillingKeyOutcome`. The message says what to do; `issues` lists every wrong field of an `invalid-request`.
 *
 * @example
 * if (isBillingKeyError(error) && error.code === 'sdk-load-failed') showRetry()
 */
export class BillingKeyError extends Error {
  override readonly name = brand
  readonly code: BillingKeyErrorCode
  readonly issues: readonly RequestIssue[]

  constructor(code: BillingKeyErrorCode, message: string, options: { cause?: unknown; issues?: readonly RequestIssue[] } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.code = code
    this.issues = options.issues ?? []
  }
}

/** Whether a caught value is a {@link BillingKeyError}, also one from a second copy of this package on the page. */
export function isBillingKeyError(value: unknown): value is BillingKeyError {
  return value instanceof Error && value.name === brand
}
