import ky, { HTTPError } from 'ky'
import { IamportApiError } from './iamportApiError.ts'
import { createTokens, type TokenStore } from './token.ts'
import { type BillingKey, isWire, type Payment, reader, type Schedule, toBillingKey, toPayment, toSchedule } from './wire.ts'

/** What `createIamportClient` needs. The secret stays in this object. */
export interface IamportClientOptions {
  /** REST API key of PortOne's console. */
  readonly impKey: string
  /** REST API secret. Never in a browser, a log or an error. */
  readonly impSecret: string
  /** `https://api.iamport.kr` when left out. */
  readonly baseUrl?: string | undefined
  /** Milliseconds one call may take, its retries and its token included. 30,000 when left out. */
  readonly timeoutMs?: number | undefined
  /** Sub-merchant, sent as the `Tier` header. */
  readonly tierCode?: string | undefined
  /** Whether payments of test channels are found by their `imp_uid`. `true` when left out. */
  readonly includeSandbox?: boolean | undefined
  /** Where several machines share one token. */
  readonly tokenStore?: TokenStore | undefined
  readonly fetch?: typeof fetch | undefined
}

/** What every call takes as its last argument. */
export interface CallOptions {
  /** Gives up waiting. What was sent may have been done all the same. */
  readonly signal?: AbortSignal | undefined
}

/** What a payment can carry besides what is charged. */
export interface PaymentDetails {
  readonly buyer?: {
    readonly name?: string
    readonly email?: string
    readonly tel?: string
    readonly addr?: string
    readonly postcode?: string
  }
  /** JSON text that PortOne keeps with the payment. */
  readonly customData?: string
  /** Where PortOne posts the webhook, in place of the address in its console. */
  readonly noticeUrl?: string
  /** ISO 4217, KRW when left out. */
  readonly currency?: string
  /** Part of the amount that is free of tax. */
  readonly taxFree?: number
  readonly vatAmount?: number
  /** Months of instalment, 0 for none. */
  readonly cardQuota?: number
}

/** What a key is charged with (`POST /subscribe/payments/again`). */
export interface AgainRequest extends PaymentDetails {
  readonly customerUid: string
  /** The idempotency key: one order, one number. At most 40 characters. */
  readonly merchantUid: string
  /** In the currency's unit; KRW has no fraction. */
  readonly amount: number
  /** At most 40 characters. */
  readonly name: string
}

/** A charge for later (`POST /subscribe/payments/schedule`). */
export interface ScheduleRequest extends PaymentDetails {
  readonly merchantUid: string
  /** Unix seconds. */
  readonly scheduleAt: number
  readonly amount: number
  readonly name: string
}

/** A refund (`POST /payments/cancel`), by one of the two numbers. */
export type CancelRequest = ({ readonly impUid: string } | { readonly merchantUid: string }) & {
  /** All that is left when it is left out. */
  readonly amount?: number
  /** What can still be refunded by the shop's own books: PortOne refuses when it differs, so nothing is refunded twice. */
  readonly checksum?: number
  readonly reason?: string
  readonly taxFree?: number
}

/** The calls of PortOne's V1 REST API that billing keys need. Each rejects with {@link IamportApiError}. */
export interface IamportClient {
  /** A token that lasts at least another minute by PortOne's clock; one request however many callers wait. */
  getToken(): Promise<string>
  /** Charges a key. A declined card is a payment with `status: 'failed'`; only `'paid'` is money. Never retried: see `charge`. */
  again(request: AgainRequest, options?: CallOptions): Promise<Payment>
  /** `null` when PortOne knows of none. */
  payment(impUid: string, options?: CallOptions): Promise<Payment | null>
  /** The newest payment of an order number, `null` when there is none. */
  paymentByMerchantUid(merchantUid: string, status?: Payment['status'], options?: CallOptions): Promise<Payment | null>
  /** One page of the payments in a status, from 1, with `from` and `to` in Unix seconds, 90 days apart at most. `next` is 0 after the last. */
  paymentsByStatus(
    status: Payment['status'],
    which: { from: number; to: number; page?: number; limit?: number },
    options?: CallOptions,
  ): Promise<{ total: number; next: number; payments: Payment[] }>
  /** Fixes the amount of an order number before the window opens. */
  preparePayment(merchantUid: string, amount: number, options?: CallOptions): Promise<void>
  cancelPayment(request: CancelRequest, options?: CallOptions): Promise<Payment>
  billingKey(customerUid: string, options?: CallOptions): Promise<BillingKey | null>
  /** Those of them that exist. */
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

/** Failures in which no connection was made, by Node's codes. */
const neverSent = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT']
/** What is tried again where that is safe. */
const retry = { limit: 2, statusCodes: [408, 429, 500, 502, 503, 504], afterStatusCodes: [429, 503], backoffLimit: 2_000, jitter: true }

/** Our names and PortOne's. */
const detailsOf = ({ buyer = {}, customData, noticeUrl, currency, taxFree, vatAmount, cardQuota }: PaymentDetails) => ({
  ...Object.fromEntries(Object.entries(buyer).map(([key, value]) => [`buyer_${key}`, value])),
  custom_data: customData,
  notice_url: noticeUrl,
  currency,
  tax_free: taxFree,
  vat_amount: vatAmount,
  card_quota: cardQuota,
})
const list = (value: unknown) => (Array.isArray(value) ? value.filter(isWire) : [])

/**
 * A client of PortOne's V1 REST API. Reads and the token are tried again when PortOne is busy; what moves money never is.
 *
 * @throws {TypeError} in a browser: the secret must not be there
 * @example
 * const iamport = createIamportClient({ impKey: process.env.IAMPORT_KEY!, impSecret: process.env.IAMPORT_SECRET! })
 */
export function createIamportClient(options: IamportClientOptions): IamportClient {
  if (typeof window !== 'undefined' && typeof document !== 'undefined')
    throw new TypeError('createIamportClient must not run in a browser: it holds the REST secret. Call it on your server.')
  const { impKey, impSecret, baseUrl = 'https://api.iamport.kr', timeoutMs = 30_000, tierCode, includeSandbox = true } = options
  if (!impKey || !impSecret) throw new TypeError('createIamportClient needs impKey and impSecret (PortOne console, REST API).')

  async function call(method: string, path: string, repeatable: boolean, body: unknown, bearer: string | null, signal: AbortSignal) {
    let httpStatus = 0
    let answer: unknown
    try {
      const response = await ky(`${baseUrl}${path}`, {
        method,
        headers: {
          ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
          ...(tierCode === undefined ? {} : { tier: tierCode }),
        },
        ...(body === undefined ? {} : { json: body }),
        ...(options.fetch ? { fetch: options.fetch } : {}),
        retry: repeatable ? { ...retry, methods: [method.toLowerCase()] } : 0,
        timeout: false,
        signal,
        redirect: 'error',
      }).catch((error: unknown) => {
        if (error instanceof HTTPError) return error.response
        throw error
      })
      httpStatus = response.status
      answer = await response.json()
    } catch (error) {
      // what JSON.parse complains of quotes the answer, a token in it included
      if (httpStatus) throw new IamportApiError(bare(path), httpStatus, null, 'the answer is not JSON')
      // the error itself may hold the request, and with it the token
      const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) }
      const code = error instanceof Error && isWire(error.cause) ? error.cause.code : undefined
      const cause = Object.assign(new Error(message), { name, code })
      const sent = !neverSent.includes(String(code))
      throw new IamportApiError(bare(path), 0, null, `no answer (${String(code ?? name)})`, { cause, sent })
    }
    if (!isWire(answer) || typeof answer.code !== 'number')
      throw new IamportApiError(bare(path), httpStatus, null, 'the answer is not of the known form')
    // `code` decides, also under HTTP 200
    if (answer.code !== 0 || httpStatus >= 400)
      throw new IamportApiError(bare(path), httpStatus, answer.code, String(answer.message ?? `HTTP ${httpStatus}`))
    return answer.response
  }

  const tokens = createTokens(
    () => call('POST', '/users/getToken', true, { imp_key: impKey, imp_secret: impSecret }, null, AbortSignal.timeout(timeoutMs)),
    options.tokenStore,
  )

  /** A call with a token; a refused token is replaced once, which is safe: PortOne did nothing for it. */
  async function send(method: string, path: string, { signal }: CallOptions = {}, body?: unknown): Promise<unknown> {
    const deadline = AbortSignal.timeout(timeoutMs)
    const within = signal ? AbortSignal.any([signal, deadline]) : deadline
    const used = await unlessAborted(within, tokens.get())
    const once = (bearer: string) => call(method, path, method === 'GET', body, bearer, within)
    try {
      return await once(used)
    } catch (error) {
      if (!(error instanceof IamportApiError) || error.httpStatus !== 401) throw error
      return once(await unlessAborted(within, tokens.get(used)))
    }
  }

  async function find(path: string, options?: CallOptions): Promise<unknown> {
    try {
      return (await send('GET', path, options)) ?? null
    } catch (error) {
      if (error instanceof IamportApiError && error.httpStatus === 404) return null
      throw error
    }
  }
  async function findOne<Found>(path: string, parse: (wire: unknown, path: string) => Found, options?: CallOptions): Promise<Found | null> {
    const wire = await find(path, options)
    return wire === null ? null : parse(wire, bare(path))
  }
  const segment = encodeURIComponent
  const schedulePath = '/subscribe/payments/schedule'
  const customersPath = '/subscribe/customers'

  return {
    getToken: () => tokens.get(),
    async again({ customerUid, merchantUid, amount, name, ...details }, options) {
      const path = '/subscribe/payments/again'
      const body = { customer_uid: customerUid, merchant_uid: merchantUid, amount, name, ...detailsOf(details) }
      return toPayment(await send('POST', path, options, body), path)
    },
    payment: (impUid, options) =>
      findOne(`/payments/${segment(impUid)}${includeSandbox ? '?include_sandbox=true' : ''}`, toPayment, options),
    paymentByMerchantUid: (merchantUid, status, options) =>
      findOne(`/payments/find/${segment(merchantUid)}${status ? `/${status}` : ''}`, toPayment, options),
    async paymentsByStatus(status, { from, to, page = 1, limit = 20 }, options) {
      const path = `/payments/status/${status}`
      const answer = await send('GET', `${path}?page=${page}&limit=${limit}&from=${from}&to=${to}`, options)
      const { number } = reader(answer, path)
      const payments = isWire(answer) ? list(answer.list).map((wire) => toPayment(wire, path)) : []
      return { total: number('total', 0), next: number('next', 0), payments }
    },
    async preparePayment(merchantUid, amount, options) {
      await send('POST', '/payments/prepare', options, { merchant_uid: merchantUid, amount })
    },
    async cancelPayment(request, options) {
      const { amount, checksum, reason, taxFree } = request
      const which = 'impUid' in request ? { imp_uid: request.impUid } : { merchant_uid: request.merchantUid }
      const path = '/payments/cancel'
      return toPayment(await send('POST', path, options, { ...which, amount, checksum, reason, tax_free: taxFree }), path)
    },
    billingKey: (customerUid, options) => findOne(`${customersPath}/${segment(customerUid)}`, toBillingKey, options),
    async billingKeys(customerUids, options) {
      if (customerUids.length === 0) return []
      const query = customerUids.map((uid) => `customer_uid[]=${segment(uid)}`).join('&')
      return list(await find(`${customersPath}?${query}`, options)).map((wire) => toBillingKey(wire, customersPath))
    },
    async deleteBillingKey(customerUid, { reason, requester } = {}, options) {
      const query = [reason && `reason=${segment(reason)}`, requester && `extra[requester]=${segment(requester)}`].filter(Boolean).join('&')
      await send('DELETE', `${customersPath}/${segment(customerUid)}${query && `?${query}`}`, options)
    },
    async schedule(customerUid, schedules, options) {
      const body = {
        customer_uid: customerUid,
        schedules: schedules.map(({ merchantUid, scheduleAt, amount, name, currency = 'KRW', ...details }) => ({
          merchant_uid: merchantUid,
          schedule_at: scheduleAt,
          amount,
          name,
          ...detailsOf({ ...details, currency }),
        })),
      }
      return list(await send('POST', schedulePath, options, body)).map((wire) => toSchedule(wire, schedulePath))
    },
    async unschedule(customerUid, merchantUids, options) {
      const path = '/subscribe/payments/unschedule'
      const wires = await send('POST', path, options, { customer_uid: customerUid, merchant_uid: merchantUids })
      return list(wires).map((wire) => toSchedule(wire, path))
    },
    scheduled: (merchantUid, options) => findOne(`${schedulePath}/${segment(merchantUid)}`, toSchedule, options),
    async schedules(customerUid, { from, to, page = 1 }, options) {
      const wires = await find(`${schedulePath}/customers/${segment(customerUid)}?page=${page}&from=${from}&to=${to}`, options)
      return list(wires).map((wire) => toSchedule(wire, schedulePath))
    },
  }
}

/** Waits for a token that others may wait for too, as long as this call may; nothing was sent when that is over. */
function unlessAborted(signal: AbortSignal, token: Promise<string>): Promise<string> {
  return new Promise((resolve, reject) => {
    const stop = () =>
      reject(new IamportApiError('/users/getToken', 0, null, `no answer (${String(signal.reason?.name)})`, { sent: false }))
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    token.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}

/** A path without ids, for errors. */
const bare = (path: string) =>
  path
    .replace(/\?.*/s, '')
    .replace(
      /^(\/payments(?:\/find)?|\/subscribe\/customers|\/subscribe\/payments\/schedule(?:\/customers)?)\/(?!prepare$|cancel$).*/s,
      '$1',
    )
