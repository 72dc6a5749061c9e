import type { Body } from '../body.ts'
import type { SigningKeys } from '../intent.ts'
import type { BillingHandlerOptions, Customer } from '../options.ts'
import type { WebhookQueue } from '../webhookQueue.ts'

/** What every route works with. */
export interface Shop {
  readonly options: BillingHandlerOptions<string | number>
  /** @throws {TypeError} when the shop has given no signing key */
  readonly signingKeys: () => SigningKeys
  /** The customer's own keys, checked. */
  readonly keysOf: (customer: Customer) => Promise<readonly string[]>
  /** Tells the operator. Never throws. */
  readonly report: (error: unknown, route: string) => Promise<void>
  readonly webhooks: WebhookQueue
}

/** A request that anyone may send. */
export interface Call {
  readonly shop: Shop
  readonly request: Request
  /** The route, for reports. */
  readonly route: string
}

/** A request of a customer who is signed in, from one of the shop's pages. */
export interface CustomerCall extends Call {
  readonly customer: Customer
  readonly body: Body
}

/** A request about a key that is this customer's. */
export interface OwnerCall extends CustomerCall {
  readonly customerUid: string
}

/**
 * One route, and what has to hold before it is asked. `customer`: sent from the shop's own pages, and signed in. `owner`:
 * as well, the key it names is one of the customer's. What it gives is the answer's JSON; it refuses by throwing.
 */
export type Route =
  | { readonly needs: 'nothing'; readonly answer: (call: Call) => Promise<unknown> }
  | { readonly needs: 'customer'; readonly answer: (call: CustomerCall) => Promise<unknown> }
  | {
      readonly needs: 'owner'
      /** The key that is named: by the body, or by the address. */
      readonly names: (body: Body, id: string | null) => unknown
      readonly answer: (call: OwnerCall) => Promise<unknown>
    }
