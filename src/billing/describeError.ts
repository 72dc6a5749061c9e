import type { BillingKeyErrorCode, ErrorReason, RequestIssue } from './errors.ts'
import type { WindowReport } from './outcome.ts'

/** An error's message in production: the code, what it is about, and the page that says what to do. */
export const describeError = (code: BillingKeyErrorCode, reason: ErrorReason, about: string, issues: readonly RequestIssue[]): string =>
  `${code} (${[reason, ...issues.map(({ field, rule }) => `${field}: ${rule}`)].join(', ')}) ${about && `${about} `}docs/errors/${code}.md`

export const describeAnswer = (call: string, status: number): string => `${call}: HTTP ${status}`

export const adviseOfRefusal = (_refusal: { readonly code: string; readonly message: string }): void => {}

export const adviseOfReport = (_report: WindowReport): void => {}

export const adviseOfUnconfirmed = (_error: unknown): void => {}

export const adviseOfLanding = (): void => {}

export const adviseOfDialog = (): void => {}
