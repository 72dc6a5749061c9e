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
export { type BillingHandlerOptions, type Customer, createBillingHandler, type FirstOrder, type Price } from './createBillingHandler.ts'
export { IamportApiError } from './iamportApiError.ts'
export type { Intent, SigningKeys } from './intent.ts'
export { BillingRefusal } from './refusal.ts'
export type { AccessToken, TokenStore } from './token.ts'
export type { PaymentEvent } from './webhook.ts'
export type { BillingKey, Payment, Schedule } from './wire.ts'
