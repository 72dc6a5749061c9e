import type { AgainRequest, CancelRequest, ScheduleRequest } from './requests.ts'
import type { TokenStore } from './token.ts'
import type { BillingKey, Payment, Schedule } from './wire.ts'

export type { AgainRequest, CancelRequest, PaymentDetails, ScheduleRequest } from './requests.ts'

/** What `createIamportClient` needs. The secret stays in this object. */
export interface IamportClientOptions {
  /** REST API key of PortOne's console. Missing, as in a build without secrets, it fails at the first call. */
  readonly impKey: string | undefined
  /** REST API secret. Never in a browser, a log or an error. */
  readonly impSecret: string | undefined
  /** `https://api.iamport.kr` when left out. */
  readonly baseUrl?: string | undefined
  /** Milliseconds one call may take, its retries and its token included: above 0, at most 2,147,483,647 (24 days). 30,000 when left out. */
  readonly timeoutMs?: number | undefined
  /** Sub-merchant, sent as the `Tier` header. */
  readonly tierCode?: string | undefined
  /** Whether payments of test channels are found by their `imp_uid`. `true` when left out. */
  readonly includeSandbox?: boolean | undefined
  /** Where several machines share one token. */
  readonly tokenStore?: TokenStore | undefined
  /** In place of Node's own HTTP client, or of the runtime's `fetch` where there is none. */
  readonly fetch?: typeof fetch | undefined
}

/** What every call takes as its last argument. */
export interface CallOptions {
  /** Gives up waiting. What was sent may have been done all the same. */
  readonly signal?: AbortSignal | undefined
}

/** Which payments of a status. Times in Unix seconds. */
export interface PaymentsQuery {
  readonly from?: number | undefined
  readonly to?: number | undefined
  /** From 1. */
  readonly page?: number | undefined
  readonly limit?: number | undefined
}

/** One page of a list of payments. */
export interface PaymentsPage {
  readonly total: number
  /** 0 when this is the last. */
  readonly next: number
  readonly payments: Payment[]
}

/** The calls of PortOne's V1 REST API that billing keys need. Each rejects with {@link IamportApiError}. */
export interface IamportClient {
  /** Milliseconds one call may take. */
  readonly timeoutMs: number
  /** A token that PortOne takes; one request however many callers wait. */
  getToken(): Promise<string>
  /** Charges a key. A declined card is a payment with `status: 'failed'`; only `'paid'` is money. Never retried: see `charge`. */
  again(request: AgainRequest, options?: CallOptions): Promise<Payment>
  /** `null` when PortOne knows of none. */
  payment(impUid: string, options?: CallOptions): Promise<Payment | null>
  /**
   * Those of a time (Unix seconds, both ends included, by default the last 90 days), newest first. `next` is the next
   * page, 0 when there is none; `limit` at most 1,000, 20 when left out.
   */
  paymentsByStatus(status: Payment['status'] | 'all', when?: PaymentsQuery, options?: CallOptions): Promise<PaymentsPage>
  /** The newest payment of an order number, `null` when there is none. */
  paymentByMerchantUid(merchantUid: string, status?: Payment['status'], options?: CallOptions): Promise<Payment | null>
  /** Fixes the amount of an order number before the window opens, anew if it was fixed before. */
  preparePayment(merchantUid: string, amount: number, options?: CallOptions): Promise<void>
  cancelPayment(request: CancelRequest, options?: CallOptions): Promise<Payment>
  billingKey(customerUid: string, options?: CallOptions): Promise<BillingKey | null>
  /** Those of them that exist, asked for in groups. */
  billingKeys(customerUids: readonly string[], options?: CallOptions): Promise<BillingKey[]>
  /** `requester` is for naverpay. */
  deleteBillingKey(customerUid: string, why?: { reason?: string; requester?: string }, options?: CallOptions): Promise<void>
  /** Has PortOne charge the key at a time. The result comes by webhook. */
  schedule(customerUid: string, schedules: readonly ScheduleRequest[], options?: CallOptions): Promise<Schedule[]>
  /** Takes back scheduled charges: all of the key when no order numbers are given. */
  unschedule(customerUid: string, merchantUids?: readonly string[], options?: CallOptions): Promise<Schedule[]>
  /** `null` when there is none. */
  scheduled(merchantUid: string, options?: CallOptions): Promise<Schedule | null>
  /** Of one key, with `from <= scheduleAt < to` in Unix seconds, page by page from 1. */
  schedules(customerUid: string, when: { from: number; to: number; page?: number }, options?: CallOptions): Promise<Schedule[]>
}
