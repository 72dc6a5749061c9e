export type { ConfirmAnswer } from '../billing/confirm.ts'
export { charge } from './charge.ts'
export type { ChargeLock, HeldClaim } from './chargeLock.ts'
export { type ChargedItem, type ChargeManyOptions, chargeMany } from './chargeMany.ts'
export type { ChargeClient, ChargeOptions } from './chargeOptions.ts'
export type { ChargeCause, ChargeResult } from './chargeResult.ts'
export { createIamportClient } from './client.ts'
export { type BillingHandler, createBillingHandler } from './createBillingHandler.ts'
export { IamportApiError } from './iamportApiError.ts'
export type {
  AgainRequest,
  CallOptions,
  CancelRequest,
  IamportClient,
  IamportClientOptions,
  PaymentDetails,
  PaymentsPage,
  PaymentsQuery,
  ScheduleRequest,
} from './iamportClient.ts'
export type { Intent, SigningKeys } from './intent.ts'
export type { BillingHandlerOptions, Customer, FirstOrder, Price, RefusedPayment, UnknownOrder } from './options.ts'
export { reconcileCharge } from './reconcileCharge.ts'
export { BillingRefusal, type RefusalCode } from './refusal.ts'
export type { SweepResult, SweptTime } from './sweep.ts'
export type { AccessToken, TokenStore } from './token.ts'
export type { PaymentEvent } from './webhook.ts'
export type { BillingKey, Payment, Schedule } from './wire.ts'
