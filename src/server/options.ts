import type { Card } from '../billing/outcome.ts'
import type { ChargeLock } from './chargeLock.ts'
import type { ChargeCause } from './chargeResult.ts'
import type { AgainRequest, IamportClient } from './iamportClient.ts'
import type { Intent, SigningKeys } from './intent.ts'
import type { RefusalCode } from './refusal.ts'
import type { PaymentEvent } from './webhook.ts'
import type { Payment } from './wire.ts'

/** Who is signed in, as the shop's own session says. A number stays one: callbacks get back what `authenticate` gave. */
export interface Customer<Id extends string | number = string | number> {
  readonly id: Id
}

/** What the window of one registration shows and charges. Every field but the last two goes to the page as it is. */
export interface FirstOrder {
  /** 1 to 40 characters. */
  readonly name: string
  /** What is charged in the window: whole for KRW; `0` only issues the key. */
  readonly amount: number
  /** What a display-only PG shows without charging it; `amount` is `0` then. */
  readonly displayAmount?: number | undefined
  /** ISO 4217, KRW when left out. */
  readonly currency?: string | undefined
  readonly taxFree?: number | undefined
  readonly vatAmount?: number | undefined
  readonly pg?: string | undefined
  readonly channelKey?: string | undefined
  readonly payMethod?: string | undefined
  /** The member's id at the PG, where it keeps one (smartro, Toss Pay). */
  readonly customerId?: string | undefined
  readonly buyer?: Readonly<Record<string, string | undefined>> | undefined
  readonly period?: { readonly from?: string; readonly to?: string; readonly interval?: string } | undefined
  readonly language?: string | undefined
  readonly noticeUrl?: string | readonly string[] | undefined
  readonly confirmUrl?: string | undefined
  readonly products?: readonly Readonly<Record<string, unknown>>[] | undefined
  readonly display?: Readonly<Record<string, unknown>> | undefined
  readonly card?: Readonly<Record<string, unknown>> | undefined
  readonly bypass?: Readonly<Record<string, unknown>> | undefined
  readonly extra?: Readonly<Record<string, unknown>> | undefined
  /** The shop's own number of this order: it can be paid once, from whichever tab. Made anew when left out. */
  readonly merchantUid?: string | undefined
  /** One of the customer's keys, which the new one takes the place of: it is deleted after `onIssued`. */
  readonly replaces?: string | undefined
}

/** What is to be paid: a charge without its card. */
export type Price = Omit<AgainRequest, 'customerUid'>

/** An order whose charge could not be told: what `reconcileCharge` takes, and whose it is. */
export interface UnknownOrder {
  readonly customer: Customer
  readonly customerUid: string
  readonly merchantUid: string
  readonly name: string
  readonly amount: number
  /** ISO 4217. */
  readonly currency: string
}

/** Money that does not fit what it was for. `intent` is `null` when it was paid for an order of `POST /charges`. */
export interface RefusedPayment {
  readonly payment: Payment
  readonly intent: Intent | null
  readonly code: RefusalCode
}

type Awaitable<Value> = Promise<Value> | Value

/** What only the shop knows. What a callback returns is awaited and not read; what it throws goes to `onError`. */
export interface BillingHandlerOptions<Id extends string | number = string> {
  readonly iamport: IamportClient
  /**
   * Signs intents: at least 32 characters, secret, the same on every machine. Several to change it: the first signs, all
   * of them verify; keep the old one as long as payments made under it may still be confirmed or swept. When it is
   * missing the first use fails, not the build.
   */
  readonly signingKey: string | SigningKeys | undefined
  /** Who sent the request, or `null`. */
  authenticate(request: Request): Awaitable<Customer<Id> | null>
  /** What the window shows and charges. `body` is the client's and not to be trusted. */
  firstOrder(order: { customer: Customer<Id>; body: unknown }): Awaitable<FirstOrder>
  /** Keeps a confirmed key. May be called again for the same key: make it idempotent. */
  onIssued(issued: { customer: Customer<Id>; customerUid: string; card: Card | null; payment: Payment }): unknown
  /** The keys this customer owns. */
  customerUids(customer: Customer<Id>): Awaitable<readonly string[]>
  /** What is to be paid, by the shop's own records; the same order has to give the same `merchantUid`. */
  price(order: { customer: Customer<Id>; body: unknown }): Awaitable<Price>
  /** Told when an order was paid, by whichever card: compare what is in `payment`. May be called again for the same order. */
  onCharged?(charged: { customer: Customer<Id>; payment: Payment }): unknown
  /**
   * Told when a charge ended without an answer, and why: nobody knows whether it was made. The next `POST /charges` asks
   * again. When left out, `onError` is told.
   */
  onUnknown?(unknown: { order: UnknownOrder; cause: ChargeCause }): unknown
  /**
   * Told of money that does not fit its intent or its order: another amount or currency, another card, another order than
   * its intent names, or (`no-key`) an approval without a key, which is also what one looks like whose card was removed
   * since. May be told again. When left out, `onError` is told.
   */
  onRefused?(refused: RefusedPayment): unknown
  /** Told when a key was removed: by its customer, for a new one, or by `removeAllKeys`. May be told again. */
  onDeleted?(deleted: { customer: Customer<Id>; customerUid: string }): unknown
  /**
   * What PortOne says of a payment now, by webhook: at least once for each change. Make it exactly once by the event's
   * `id`. `onIssued` has been called before it when the payment registered a card.
   */
  onPayment?(event: PaymentEvent): unknown
  /** Told of everything that went wrong on this side, and waited for no longer than 5 seconds. `console.error` when left out. */
  onError?(error: unknown, where: { route: string }): unknown
  /** Keeps an order from being charged by two requests at the same moment. */
  readonly lock?: ChargeLock | undefined
  /** See `charge`. */
  readonly patienceMs?: number | undefined
  /** See `charge`. */
  readonly inFlightMs?: number | undefined
  /** Where the handler is mounted: `/api/billing` when left out. */
  readonly basePath?: string | undefined
  /**
   * Origins other than the request's own that may call, e.g. `https://shop.example`: the shop's public one behind a
   * proxy that changes `Host`, or the shop's pages when this runs on another host. Those are let in by CORS, with cookies.
   */
  readonly origins?: readonly string[] | undefined
}
