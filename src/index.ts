export type { Phase } from './attempt/machine.ts'
export type { RequestSource } from './attempt/requestSource.ts'
export type { Claim, Confirm, ConfirmAnswer } from './billing/confirm.ts'
export {
  BillingKeyError,
  type BillingKeyErrorCode,
  type ErrorReason,
  isBillingKeyError,
  type RequestIssue,
  type RequestRule,
} from './billing/errors.ts'
export type {
  AttemptFacts,
  BillingKeyOutcome,
  Cancelled,
  Card,
  Failed,
  Issued,
  Reported,
  Unconfirmed,
  UnconfirmedReason,
  Via,
  WindowReport,
} from './billing/outcome.ts'
export { type AmountRule, type PayMethod, type Pg, type PgCode, type PgRule, pgRules } from './billing/pg.ts'
export { pgNames } from './billing/pgNames.ts'
export { hasRedirectResult, parseRedirect, type RedirectInput, stripRedirectResult } from './billing/redirect.ts'
export { type BillingKeyRequest, type Buyer, type RequestDefaults, type RequestPayParams, toRequestPayParams } from './billing/request.ts'
export {
  BillingKeyButton,
  type BillingKeyButtonElementProps,
  type BillingKeyButtonProps,
  type BillingKeyButtonSource,
} from './components/BillingKeyButton.tsx'
export { BillingKeyList, type BillingKeyListProps, type LastCharge } from './components/BillingKeyList.tsx'
export { BillingKeyOutcomeView, type BillingKeyOutcomeViewProps } from './components/BillingKeyOutcomeView.tsx'
export { BillingKeyProvider, type BillingKeyProviderProps } from './components/BillingKeyProvider.tsx'
export { BillingKeyRedirect, type BillingKeyRedirectProps } from './components/BillingKeyRedirect.tsx'
export { BillingApiError } from './hooks/api.ts'
export {
  type BillingKeySummary,
  type BillingKeysData,
  type BillingKeysOptions,
  billingKeysOptions,
} from './hooks/billingKeysOptions.ts'
export { type UseBillingKeyOptions, type UseBillingKeyResult, useBillingKey } from './hooks/useBillingKey.ts'
export {
  type UseBillingKeyRedirectOptions,
  type UseBillingKeyRedirectResult,
  useBillingKeyRedirect,
} from './hooks/useBillingKeyRedirect.ts'
export { useBillingKeys } from './hooks/useBillingKeys.ts'
export { type ChargeAnswer, type ChargeRequest, useCharge } from './hooks/useCharge.ts'
export { type UseIamportResult, useIamport } from './hooks/useIamport.ts'
export { useRemoveBillingKey } from './hooks/useRemoveBillingKey.ts'
export type { SdkConfig } from './iamport/loadIamport.ts'
export { en } from './locales/en.ts'
export { ko } from './locales/ko.ts'
export type { Advice, ListMessages, Messages } from './locales/messages.ts'
