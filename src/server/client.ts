import { bare, createCaller } from './caller.ts'
import { unlessOver } from './deadline.ts'
import { fetchTransport } from './fetchTransport.ts'
import { IamportApiError } from './iamportApiError.ts'
import { inChunks, segment } from './ids.ts'
import { nodeTransport } from './nodeTransport.ts'
import { type AgainRequest, type CancelRequest, detailsOf, type ScheduleRequest } from './requests.ts'
import { createTokens, type TokenStore } from './token.ts'
import { TransportError } from './transport.ts'
import { type BillingKey, isWire, type Payment, reader, type Schedule, toBillingKey, toPayment, toSchedule } from './wire.ts'

export type { AgainRequest, CancelRequest, PaymentDetails, ScheduleRequest } from './requests.ts'

/** What `createIamportClient` needs. The secret stays in this object. */
export interface IamportClientOptions {
  /** REST API key of PortOne's console. Missing, as in a build without secrets, it fails at the first call. */
  readonly impKey: string | undefined
  /** REST API secret. Never in a browser, a log or an error. */
  readonly impSecret: string | undefined
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
  /** Fixes the amount of an order number before the window opens. */
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

/** The list an answer holds; `null` is an empty one. */
function list(value: unknown, path: string): unknown[] {
  if (value === null || value === undefined) return []
  if (!Array.isArray(value)) throw new IamportApiError(path, 200, 0, 'the answer is not a list')
  return value.filter(isWire)
}

/** The options that can be wrong, checked. @throws {TypeError} */
function checked({ baseUrl = 'https://api.iamport.kr', timeoutMs = 30_000, impKey, impSecret }: IamportClientOptions) {
  if (typeof window !== 'undefined' && typeof document !== 'undefined')
    throw new TypeError('createIamportClient must not run in a browser: it holds the REST secret. Call it on your server.')
  for (const [name, value] of Object.entries({ impKey, impSecret }))
    if (value !== undefined && (typeof value !== 'string' || value === ''))
      throw new TypeError(`createIamportClient: ${name} is no text (PortOne console, REST API).`)
  if (!/^https?:\/\/[^/]/.test(baseUrl)) throw new TypeError('createIamportClient: baseUrl has to be an http or https address.')
  if (!Number.isFinite(timeoutMs) || timeoutMs <= 0)
    throw new TypeError(`createIamportClient: timeoutMs has to be above 0, not ${timeoutMs}.`)
  return { baseUrl: baseUrl.replace(/\/$/, ''), timeoutMs }
}

/** Calls with a token. */
function createSender(options: IamportClientOptions, baseUrl: string, timeoutMs: number) {
  const { impKey, impSecret, tierCode } = options
  const transport =
    (options.fetch ? null : nodeTransport(baseUrl)) ?? fetchTransport(baseUrl, options.fetch ?? ((input, init) => fetch(input, init)))
  const { call, within } = createCaller({ transport, timeoutMs, tierCode })
  const ask = async () => {
    if (impKey === undefined || impSecret === undefined)
      throw new TypeError('createIamportClient needs impKey and impSecret (PortOne console, REST API).')
    const body = { imp_key: impKey, imp_secret: impSecret }
    return within(undefined, (deadline) => call({ method: 'POST', path: '/users/getToken', repeatable: true, body }, null, deadline))
  }
  const tokens = createTokens(ask, options.tokenStore)

  /** A refused token is replaced once, which is safe: PortOne did nothing for it. */
  function send(method: 'GET' | 'POST' | 'DELETE', path: string, callOptions?: CallOptions, body?: unknown): Promise<unknown> {
    return within(callOptions, async (deadline) => {
      const token = (refused: string | null) => unlessOver(deadline, tokens.get(refused)).catch(withoutToken)
      const once = (bearer: string) => call({ method, path, body, repeatable: method === 'GET' }, bearer, deadline)
      const used = await token(null)
      try {
        return await once(used)
      } catch (error) {
        if (!(error instanceof IamportApiError) || error.httpStatus !== 401) throw error
        return once(await token(used))
      }
    })
  }

  return { tokens, send }
}

function withoutToken(error: unknown): never {
  if (!(error instanceof TransportError)) throw error
  throw new IamportApiError('/users/getToken', 0, null, `no answer (${error.code})`, { sent: false })
}

/**
 * A client of PortOne's V1 REST API. Reads and the token are tried again when PortOne is busy; what moves money never is.
 * Under Node it uses Node's HTTP client, elsewhere `fetch`.
 *
 * @throws {TypeError} in a browser, where the secret must not be, and when an option is malformed
 * @example
 * const iamport = createIamportClient({ impKey: process.env.IAMPORT_KEY, impSecret: process.env.IAMPORT_SECRET })
 */
export function createIamportClient(options: IamportClientOptions): IamportClient {
  const { baseUrl, timeoutMs } = checked(options)
  const { includeSandbox = true } = options
  const { tokens, send } = createSender(options, baseUrl, timeoutMs)

  /** `absent` when PortOne itself says that there is none: a proxy's 404 is no such word. */
  async function find<Found, Absent>(
    path: string,
    absent: Absent,
    parse: (wire: unknown, path: string) => Found,
    callOptions?: CallOptions,
  ) {
    try {
      return parse(await send('GET', path, callOptions), bare(path))
    } catch (error) {
      if (error instanceof IamportApiError && error.httpStatus === 404 && error.code) return absent
      throw error
    }
  }
  const listOf =
    <Item>(parse: (wire: unknown, path: string) => Item) =>
    (wires: unknown, path: string) =>
      list(wires, path).map((wire) => parse(wire, path))
  const schedulePath = '/subscribe/payments/schedule'
  const customersPath = '/subscribe/customers'

  return {
    timeoutMs,
    getToken: () => tokens.get(),
    async again({ customerUid, merchantUid, amount, name, ...details }, options) {
      const path = '/subscribe/payments/again'
      const body = { customer_uid: customerUid, merchant_uid: merchantUid, amount, name, ...detailsOf(details) }
      return toPayment(await send('POST', path, options, body), path)
    },
    payment: async (impUid, options) =>
      find(`/payments/${segment(impUid)}${includeSandbox ? '?include_sandbox=true' : ''}`, null, toPayment, options),
    async paymentsByStatus(status, { from, to, page, limit } = {}, options) {
      const asked = Object.entries({ page, limit, from, to }).flatMap(([key, value]) => (value === undefined ? [] : `${key}=${value}`))
      const path = `/payments/status/${segment(status)}`
      const wire = await send('GET', `${path}${asked.length > 0 ? '?' : ''}${asked.join('&')}`, options)
      const { number } = reader(wire, path)
      return { total: number('total'), next: number('next'), payments: listOf(toPayment)(isWire(wire) ? wire.list : null, path) }
    },
    paymentByMerchantUid: async (merchantUid, status, options) =>
      find(`/payments/find/${segment(merchantUid)}${status ? `/${status}` : ''}`, null, toPayment, options),
    async preparePayment(merchantUid, amount, options) {
      await send('POST', '/payments/prepare', options, { merchant_uid: merchantUid, amount })
    },
    async cancelPayment(request, options) {
      const { amount, checksum, reason, taxFree } = request
      const which = 'impUid' in request ? { imp_uid: request.impUid } : { merchant_uid: request.merchantUid }
      const path = '/payments/cancel'
      return toPayment(await send('POST', path, options, { ...which, amount, checksum, reason, tax_free: taxFree }), path)
    },
    billingKey: async (customerUid, options) => find(`${customersPath}/${segment(customerUid)}`, null, toBillingKey, options),
    async billingKeys(customerUids, options) {
      const keys: BillingKey[] = []
      for (const query of inChunks(customerUids.map((uid) => `customer_uid[]=${segment(uid)}`)))
        keys.push(...(await find(`${customersPath}?${query}`, [], listOf(toBillingKey), options)))
      return keys
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
      return listOf(toSchedule)(await send('POST', schedulePath, options, body), schedulePath)
    },
    async unschedule(customerUid, merchantUids, options) {
      const path = '/subscribe/payments/unschedule'
      const wires = await send('POST', path, options, { customer_uid: customerUid, merchant_uid: merchantUids })
      return listOf(toSchedule)(wires, path)
    },
    scheduled: async (merchantUid, options) => find(`${schedulePath}/${segment(merchantUid)}`, null, toSchedule, options),
    async schedules(customerUid, { from, to, page = 1 }, options) {
      const path = `${schedulePath}/customers/${segment(customerUid)}?page=${page}&from=${from}&to=${to}`
      return find(path, [], listOf(toSchedule), options)
    },
  }
}
