export { charge, reconcileCharge } from './charge.ts'
export type { ChargeLock, HeldClaim } from './chargeLock.ts'
export { type ChargedItem, type ChargeManyOptions, chargeMany } from './chargeMany.ts'
export type { ChargeClient, ChargeOptions } from './chargeOptions.ts'
export type { ChargeCause, ChargeResult } from './chargeResult.ts'
export {
  type AgainRequest,
  type CallOptions,
  type CancelRequest,
  createIamportClient,
  type IamportClient,
  type IamportClientOptions,
  type PaymentDetails,
  type PaymentsPage,
  type PaymentsQuery,
  type ScheduleRequest,
} from './client.ts'
export { type BillingHandlerOptions, type Customer, createBillingHandler, type FirstOrder, type Price } from './createBillingHandler.ts'
export { IamportApiError } from './iamportApiError.ts'
export type { Intent, SigningKeys } from './intent.ts'
export { BillingRefusal } from './refusal.ts'
export type { AccessToken, TokenStore } from './token.ts'
export type { PaymentEvent } from './webhook.ts'
export type { BillingKey, Payment, Schedule } from './wire.ts'
