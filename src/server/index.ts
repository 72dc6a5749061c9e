export {
  type ChargedItem,
  type ChargeLock,
  type ChargeOptions,
  type ChargeResult,
  charge,
  chargeMany,
  reconcileCharge,
} from './charge.ts'
export {
  type AgainRequest,
  type CallOptions,
  type CancelRequest,
  createIamportClient,
  type IamportClient,
  type IamportClientOptions,
  type PaymentDetails,
  type ScheduleRequest,
} from './client.ts'
export type { ConfirmAnswer } from './confirmAnswer.ts'
export { type BillingHandler, createBillingHandler } from './createBillingHandler.ts'
export { IamportApiError } from './iamportApiError.ts'
export type { Intent, SigningKeys } from './intent.ts'
export type { BillingHandlerOptions, Customer, FirstOrder, Price, RefusedPayment, UnknownOrder } from './options.ts'
export { BillingRefusal, type RefusalCode } from './refusal.ts'
export type { SweepResult } from './sweep.ts'
export type { AccessToken, TokenStore } from './token.ts'
export type { PaymentEvent } from './webhook.ts'
export type { BillingKey, Payment, Schedule } from './wire.ts'
