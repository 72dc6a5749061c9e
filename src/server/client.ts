/** What `createIamportClient` needs. The secret stays in this object. */
export interface IamportClientOptions {
  /** REST API key of PortOne's console. */
  readonly impKey: string
  /** REST API secret. Never in a browser, a log or an error. */
  readonly impSecret: string
  /** `https://api.iamport.kr` when left out. */
  readonly baseUrl?: string | undefined
  /** Milliseconds one call may take, 30,000 when left out. */
  readonly timeoutMs?: number | undefined
  /** Sub-merchant, sent as the `Tier` header. */
  readonly tierCode?: string | undefined
  /** Also find payments of test channels. */
  readonly includeSandbox?: boolean | undefined
  readonly fetch?: typeof fetch | undefined
}

/** PortOne refused, or could not be reached. Holds neither secret nor token. */
export class IamportApiError extends Error {
  override readonly name = 'IamportApiError'
  /** `0` when no answer came. */
  readonly httpStatus: number
  /** PortOne's `code`, `null` when no readable answer came. */
  readonly code: number | null
  readonly path: string

  constructor(path: string, httpStatus: number, code: number | null, message: string, cause?: unknown) {
    super(`PortOne ${path}: ${message}`, { cause })
    this.path = path
    this.httpStatus = httpStatus
    this.code = code
  }
}

/** A payment as PortOne holds it. Amounts in the currency's unit, times in Unix seconds, 0 for "not yet". */
export interface Payment {
  readonly impUid: string
  readonly merchantUid: string
  readonly status: 'ready' | 'paid' | 'cancelled' | 'failed'
  readonly amount: number
  readonly cancelAmount: number
  readonly currency: string
  readonly customerUid: string | null
  readonly name: string | null
  readonly cardName: string | null
  readonly cardNumber: string | null
  readonly failReason: string | null
  /** What the shop sent along, as PortOne keeps it: JSON text. */
  readonly customData: string | null
  readonly paidAt: number
}

/** A billing key as PortOne holds it. */
export interface BillingKey {
  readonly customerUid: string
  readonly pgProvider: string
  readonly cardName: string | null
  readonly cardNumber: string | null
  /** Unix seconds. */
  readonly inserted: number
}

/** What a key is charged with (`POST /subscribe/payments/again`). */
export interface AgainRequest {
  readonly customerUid: string
  /** The idempotency key: one order, one number. At most 40 characters. */
  readonly merchantUid: string
  /** In the currency's unit; KRW has no fraction. */
  readonly amount: number
  /** At most 40 characters. */
  readonly name: string
}

type Wire = Readonly<Record<string, unknown>>
const isWire = (value: unknown): value is Wire => typeof value === 'object' && value !== null && !Array.isArray(value)
const textOrNull = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null)

function text(wire: Wire, key: string, path: string): string {
  const value = wire[key]
  if (typeof value !== 'string') throw new IamportApiError(path, 200, 0, `the answer has no ${key}`)
  return value
}

function number(wire: Wire, key: string, path: string): number {
  const value = wire[key]
  if (typeof value !== 'number') throw new IamportApiError(path, 200, 0, `the answer has no number ${key}`)
  return value
}

function toPayment(wire: Wire, path: string): Payment {
  const status = text(wire, 'status', path)
  if (status !== 'ready' && status !== 'paid' && status !== 'cancelled' && status !== 'failed')
    throw new IamportApiError(path, 200, 0, `the answer has an unknown status`)
  return {
    impUid: text(wire, 'imp_uid', path),
    merchantUid: text(wire, 'merchant_uid', path),
    status,
    amount: number(wire, 'amount', path),
    cancelAmount: number(wire, 'cancel_amount', path),
    currency: text(wire, 'currency', path),
    customerUid: textOrNull(wire.customer_uid),
    name: textOrNull(wire.name),
    cardName: textOrNull(wire.card_name),
    cardNumber: textOrNull(wire.card_number),
    failReason: textOrNull(wire.fail_reason),
    customData: textOrNull(wire.custom_data),
    paidAt: typeof wire.paid_at === 'number' ? wire.paid_at : 0,
  }
}

function toBillingKey(wire: Wire, path: string): BillingKey {
  return {
    customerUid: text(wire, 'customer_uid', path),
    pgProvider: text(wire, 'pg_provider', path),
    cardName: textOrNull(wire.card_name),
    cardNumber: textOrNull(wire.card_number),
    inserted: number(wire, 'inserted', path),
  }
}

/** The calls of PortOne's V1 REST API that billing keys need. Each rejects with {@link IamportApiError}. */
export interface IamportClient {
  /** A token that lasts at least another minute by PortOne's clock; one request however many callers wait. */
  getToken(): Promise<string>
  /** Charges a key. A declined card is a payment with `status: 'failed'`; only `'paid'` is money. */
  again(request: AgainRequest): Promise<Payment>
  /** `null` when PortOne knows of none. */
  payment(impUid: string): Promise<Payment | null>
  /** The newest payment of an order number, `null` when there is none. */
  paymentByMerchantUid(merchantUid: string, status?: Payment['status']): Promise<Payment | null>
  /** Fixes the amount of an order number before the window opens. */
  preparePayment(merchantUid: string, amount: number): Promise<void>
  billingKey(customerUid: string): Promise<BillingKey | null>
  billingKeys(customerUids: readonly string[]): Promise<BillingKey[]>
  deleteBillingKey(customerUid: string): Promise<void>
}

/**
 * A client of PortOne's V1 REST API.
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
  const send = options.fetch ?? fetch
  let token: { readonly value: string; readonly until: number } | null = null
  let renewing: Promise<string> | null = null

  async function call(method: string, path: string, body?: unknown, bearer?: string): Promise<unknown> {
    let status = 0
    let answer: unknown
    try {
      const response = await send(`${baseUrl}${path}`, {
        method,
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
          ...(tierCode === undefined ? {} : { tier: tierCode }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(timeoutMs),
        redirect: 'error',
      })
      status = response.status
      answer = await response.json()
    } catch (cause) {
      throw new IamportApiError(bare(path), status, null, status ? 'the answer is not JSON' : 'no answer', cause)
    }
    if (!isWire(answer) || typeof answer.code !== 'number')
      throw new IamportApiError(bare(path), status, null, 'the answer is not of the known form')
    // `code` decides, also under HTTP 200
    if (answer.code !== 0 || status >= 400)
      throw new IamportApiError(bare(path), status, answer.code, String(answer.message ?? `HTTP ${status}`))
    return answer.response
  }

  async function renew(): Promise<string> {
    const wire = await call('POST', '/users/getToken', { imp_key: impKey, imp_secret: impSecret })
    if (!isWire(wire)) throw new IamportApiError('/users/getToken', 200, 0, 'the answer has no token')
    // by PortOne's own clock: ours may be wrong
    const seconds = number(wire, 'expired_at', '/users/getToken') - number(wire, 'now', '/users/getToken')
    token = { value: text(wire, 'access_token', '/users/getToken'), until: performance.now() + (seconds - 60) * 1000 }
    return token.value
  }

  function getToken(): Promise<string> {
    if (token && performance.now() < token.until) return Promise.resolve(token.value)
    renewing ??= renew().finally(() => {
      renewing = null
    })
    return renewing
  }

  /** A call with a token; a refused token is replaced once. */
  async function authorised(method: string, path: string, body?: unknown): Promise<unknown> {
    const used = await getToken()
    try {
      return await call(method, path, body, used)
    } catch (error) {
      if (!(error instanceof IamportApiError) || error.httpStatus !== 401) throw error
      if (token?.value === used) token = null
      return call(method, path, body, await getToken())
    }
  }

  async function find(path: string): Promise<Wire | null> {
    try {
      const wire = await authorised('GET', path)
      return isWire(wire) ? wire : null
    } catch (error) {
      if (error instanceof IamportApiError && error.httpStatus === 404) return null
      throw error
    }
  }

  const sandbox = includeSandbox ? '?include_sandbox=true' : ''
  const segment = encodeURIComponent
  return {
    getToken,
    async again({ customerUid, merchantUid, amount, name }) {
      const path = '/subscribe/payments/again'
      const wire = await authorised('POST', path, { customer_uid: customerUid, merchant_uid: merchantUid, amount, name })
      if (!isWire(wire)) throw new IamportApiError(path, 200, 0, 'the answer has no payment')
      return toPayment(wire, path)
    },
    async payment(impUid) {
      const wire = await find(`/payments/${segment(impUid)}${sandbox}`)
      return wire && toPayment(wire, '/payments/{imp_uid}')
    },
    async paymentByMerchantUid(merchantUid, status) {
      const wire = await find(`/payments/find/${segment(merchantUid)}${status ? `/${status}` : ''}${sandbox}`)
      return wire && toPayment(wire, '/payments/find')
    },
    async preparePayment(merchantUid, amount) {
      await authorised('POST', '/payments/prepare', { merchant_uid: merchantUid, amount })
    },
    async billingKey(customerUid) {
      const wire = await find(`/subscribe/customers/${segment(customerUid)}`)
      return wire && toBillingKey(wire, '/subscribe/customers')
    },
    async billingKeys(customerUids) {
      if (customerUids.length === 0) return []
      const query = customerUids.map((uid) => `customer_uid[]=${segment(uid)}`).join('&')
      const wires = await authorised('GET', `/subscribe/customers?${query}`)
      return (Array.isArray(wires) ? wires : []).filter(isWire).map((wire) => toBillingKey(wire, '/subscribe/customers'))
    },
    async deleteBillingKey(customerUid) {
      await authorised('DELETE', `/subscribe/customers/${segment(customerUid)}`)
    },
  }
}

/** A path without ids, for errors. */
const bare = (path: string) => path.replace(/\?.*/, '').replace(/^(\/payments(?:\/find)?|\/subscribe\/customers)\/.*/, '$1')
