export { type ChargeResult, charge, reconcileCharge } from './charge.ts'
export {
  type AgainRequest,
  type BillingKey,
  createIamportClient,
  IamportApiError,
  type IamportClient,
  type IamportClientOptions,
  type Payment,
} from './client.ts'
export {
  type BillingHandlerOptions,
  BillingRefusal,
  type Customer,
  createBillingHandler,
  type FirstOrder,
  type Price,
} from './createBillingHandler.ts'
