import type { ConfirmAnswer } from '../billing/confirm.ts'
import type { Card } from '../billing/outcome.ts'
import { charge } from './charge.ts'
import type { ChargeLock } from './chargeLock.ts'
import type { IamportClient } from './client.ts'
import { IamportApiError } from './iamportApiError.ts'
import { type Intent, intentOf, type SigningKeys, signIntent, verifyIntent } from './intent.ts'
import { BillingRefusal, type RefusalCode, refusal } from './refusal.ts'
import { impUidOf, type PaymentEvent, paymentEvent } from './webhook.ts'
import type { Payment } from './wire.ts'

/** Who is signed in, as the shop's own session says. */
export interface Customer {
  readonly id: string
}

/** What only the shop knows. */
export interface BillingHandlerOptions {
  readonly iamport: IamportClient
  /**
   * Signs intents: at least 32 characters, secret, the same on every machine. Several to change it: the first signs, all
   * of them verify; drop the old one after two hours.
   */
  readonly signingKey: string | SigningKeys
  /** Who sent the request, or `null`. */
  readonly authenticate: (request: Request) => Promise<Customer | null> | Customer | null
  /** What the window shows and charges: `amount: 0` only issues the key. `body` is the client's and not to be trusted. */
  readonly firstOrder: (order: { customer: Customer; body: unknown }) => Promise<FirstOrder> | FirstOrder
  /** Keeps a confirmed key. May be called again for the same key: make it idempotent. */
  readonly onIssued: (issued: { customer: Customer; customerUid: string; card: Card | null; payment: Payment }) => Promise<void> | void
  /** The keys this customer owns. */
  readonly customerUids: (customer: Customer) => Promise<readonly string[]> | readonly string[]
  /** What is to be paid, by the shop's own records; the same order has to give the same `merchantUid`. */
  readonly price: (order: { customer: Customer; body: unknown }) => Promise<Price> | Price
  /** Told when a charge was paid. May be called again for the same order. */
  readonly onCharged?: (charged: { customer: Customer; payment: Payment }) => Promise<void> | void
  /** Told when the customer has removed a key. */
  readonly onDeleted?: (deleted: { customer: Customer; customerUid: string }) => Promise<void> | void
  /**
   * What PortOne says of a payment now, by webhook: at least once for each change. Make it exactly once by the event's
   * `id`. `onIssued` has been called before it when the payment registered a card.
   */
  readonly onPayment?: (event: PaymentEvent) => Promise<void> | void
  /** Keeps an order from being charged by two requests at the same moment. */
  readonly lock?: ChargeLock
  /**
   * Origins other than the request's own that may call, e.g. `https://shop.example`: the shop's public one behind a
   * proxy, or the shop's pages when this runs on another host. Those are let in by CORS, with cookies.
   */
  readonly origins?: readonly string[]
}

export interface FirstOrder {
  readonly name: string
  /** KRW, whole. */
  readonly amount: number
}

export interface Price {
  readonly merchantUid: string
  readonly name: string
  /** KRW, whole, above 0. */
  readonly amount: number
}

const bodyLimit = 16_384
const json = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...headers },
  })
const newId = (prefix: string) => `${prefix}-${crypto.randomUUID().replaceAll('-', '').slice(0, 28)}`
const cardOf = ({ cardName, cardNumber }: { cardName: string | null; cardNumber: string | null }): Card | null =>
  cardName || cardNumber ? { name: cardName, number: cardNumber } : null

const routes = ['POST /intents', 'POST /confirm', 'GET /keys', 'DELETE /keys/:id', 'POST /charges', 'POST /webhook']

/**
 * The merchant's side of the hooks, as one `(request: Request) => Promise<Response>`: `POST /intents`, `POST /confirm`,
 * `GET /keys`, `DELETE /keys/:customerUid`, `POST /charges` and PortOne's `POST /webhook`, under whatever path it is
 * mounted. The contract is in docs/openapi.json.
 *
 * @example
 * const billing = createBillingHandler({ iamport, signingKey, authenticate, firstOrder, onIssued, customerUids, price })
 * app.all('/api/billing/*', (c) => billing(c.req.raw))
 */
export function createBillingHandler(options: BillingHandlerOptions): (request: Request) => Promise<Response> {
  const { iamport } = options
  const keys: SigningKeys = typeof options.signingKey === 'string' ? [options.signingKey] : options.signingKey
  if (keys.length === 0 || !keys.every((key) => typeof key === 'string' && key.length >= 32))
    throw new TypeError('createBillingHandler: signingKey needs at least 32 characters.')

  const intents = async (customer: Customer, body: unknown) => {
    const { name, amount } = await options.firstOrder({ customer, body })
    if (!Number.isSafeInteger(amount) || amount < 0) throw new TypeError('firstOrder has to give an amount that is whole and 0 or more')
    // never one that was used: it would take the old key's place without revoking it (sdk-facts 19)
    const customerUid = newId('card')
    const merchantUid = newId('issue')
    // PortOne then refuses a window that was opened with another amount
    if (amount > 0) await iamport.preparePayment(merchantUid, amount)
    const token = await signIntent({ customerId: customer.id, customerUid, merchantUid, amount }, keys)
    // PortOne keeps custom_data with the payment, so the intent is not lost with the browser that began it
    return { customerUid, merchantUid, name, amount, token, customData: { intent: token } }
  }

  /** Keeps the key of a paid registration, or says what does not fit. */
  const issue = async (intent: Intent, payment: Payment): Promise<ConfirmAnswer | RefusalCode> => {
    if (payment.merchantUid !== intent.merchantUid) return 'other-order'
    if (payment.status === 'ready') return 'not-paid-yet'
    if (payment.status !== 'paid') return 'cancelled'
    if (payment.amount !== intent.amount) return 'other-amount'
    if (payment.customerUid !== intent.customerUid) return 'other-key'
    const key = await iamport.billingKey(intent.customerUid)
    if (!key) return 'no-key'
    const card = cardOf(key)
    await options.onIssued({ customer: { id: intent.customerId }, customerUid: intent.customerUid, card, payment })
    return { status: 'issued', customerUid: intent.customerUid, impUid: payment.impUid, charged: payment.amount, card }
  }

  const confirm = async (customer: Customer, body: Body): Promise<ConfirmAnswer | RefusalCode> => {
    const impUid = typeof body.impUid === 'string' && body.impUid !== '' ? body.impUid : null
    const byUid = impUid === null ? null : await iamport.payment(impUid)
    // a token that has gone, or has expired since, is also with the payment
    const intent = (await verifyIntent(body.token, keys)) ?? (byUid && (await intentOf(byUid, keys)))
    if (!intent) return 'invalid-token'
    if (intent.customerId !== customer.id) return 'not-yours'
    if (impUid !== null && !byUid) return 'unknown-payment'
    const payment =
      byUid ?? (await iamport.paymentByMerchantUid(intent.merchantUid, 'paid')) ?? (await iamport.paymentByMerchantUid(intent.merchantUid))
    if (!payment) return { status: 'none' }
    if (payment.status === 'failed' && payment.merchantUid === intent.merchantUid)
      return impUid === null ? { status: 'none' } : { status: 'failed', code: 'declined', message: payment.failReason ?? '' }
    return issue(intent, payment)
  }

  const chargeOrder = async (customer: Customer, body: Body, customerUid: string) => {
    const price = await options.price({ customer, body })
    const { merchantUid } = price
    const result = await charge(iamport, { ...price, customerUid }, { lock: options.lock })
    if (result.status === 'declined') return { status: 'declined', merchantUid, code: result.code, message: result.message }
    if (result.status === 'unknown') return { status: 'unknown', merchantUid }
    await options.onCharged?.({ customer, payment: result.payment })
    return { status: 'paid', merchantUid, amount: result.payment.amount }
  }

  const webhook = async (request: Request): Promise<Response> => {
    const impUid = impUidOf(request.headers.get('content-type') ?? '', await readText(request))
    if (impUid === null) throw refusal('not-json', request)
    const event = await paymentEvent(iamport, impUid, keys)
    if (!event) throw refusal('unknown-payment', request)
    // a customer who never came back has a key all the same
    if (event.intent && event.payment.status === 'paid') await issue(event.intent, event.payment)
    await options.onPayment?.(event)
    return json(200, { status: event.payment.status })
  }

  const route = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url)
    const [, resource, id] = /\/(intents|confirm|keys|charges|webhook)(?:\/([^/]+))?\/?$/.exec(pathname) ?? []
    if (!routes.includes(`${request.method} /${resource}${id === undefined ? '' : '/:id'}`)) throw refusal('no-such-route', request)
    if (resource === 'webhook') return webhook(request)
    if (!allowed(request, options.origins)) throw refusal('cross-origin', request)
    const body = request.method === 'POST' ? await readJson(request) : {}
    const customer = await options.authenticate(request)
    if (!customer) throw refusal('not-signed-in', request)
    const owned = async (customerUid: unknown): Promise<string> => {
      if (typeof customerUid === 'string' && (await options.customerUids(customer)).includes(customerUid)) return customerUid
      throw refusal('unknown-key', request)
    }
    if (resource === 'intents') return json(200, await intents(customer, body))
    if (resource === 'confirm') {
      const answer = await confirm(customer, body)
      if (typeof answer === 'string') throw refusal(answer, request)
      return json(200, answer)
    }
    if (resource === 'charges') return json(200, await chargeOrder(customer, body, await owned(body.customerUid)))
    if (request.method === 'DELETE') {
      const customerUid = await owned(decoded(id ?? ''))
      if (await iamport.billingKey(customerUid)) await iamport.deleteBillingKey(customerUid)
      await options.onDeleted?.({ customer, customerUid })
      return json(200, { customerUid })
    }
    const found = await iamport.billingKeys(await options.customerUids(customer))
    return json(200, { keys: found.map((key) => ({ customerUid: key.customerUid, card: cardOf(key), registeredAt: key.inserted })) })
  }

  return async (request) => {
    let response: Response
    if (request.method === 'OPTIONS' && cors(request, options.origins)) response = new Response(null, { status: 204 })
    else
      try {
        response = await route(request)
      } catch (error) {
        const { status, code, message } =
          error instanceof BillingRefusal ? error : refusal(error instanceof IamportApiError ? 'portone-unreachable' : 'internal', request)
        response = json(status, { error: { code, message } })
      }
    for (const [name, value] of Object.entries(cors(request, options.origins) ?? {})) response.headers.set(name, value)
    return response
  }
}

/** A part of a path; `null` when it cannot be decoded. */
function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part)
  } catch {
    return null
  }
}

type Body = Readonly<Record<string, unknown>>

/** Browsers say where a request comes from; what comes from elsewhere is refused before anything is read. */
function allowed(request: Request, origins: readonly string[] = []): boolean {
  const origin = request.headers.get('origin')
  if (origin !== null) return origin === new URL(request.url).origin || origins.includes(origin)
  const site = request.headers.get('sec-fetch-site')
  return site === null || site === 'same-origin' || site === 'none'
}

/** CORS, for the origins the shop named and no other. */
function cors(request: Request, origins: readonly string[] = []): Record<string, string> | null {
  const origin = request.headers.get('origin')
  if (origin === null || !origins.includes(origin)) return null
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-allow-methods': 'GET, POST, DELETE',
    'access-control-allow-headers': 'content-type, x-billing-key',
    vary: 'Origin',
  }
}

/** The body as text, of which no more than the limit is ever read. */
async function readText(request: Request): Promise<string> {
  if (Number(request.headers.get('content-length') ?? 0) > bodyLimit) throw refusal('too-large', request)
  const decoder = new TextDecoder()
  let text = ''
  let size = 0
  const stream = request.body?.getReader()
  for (let part = await stream?.read(); stream && part?.value; part = await stream.read()) {
    size += part.value.length
    if (size > bodyLimit) {
      await stream.cancel()
      throw refusal('too-large', request)
    }
    text += decoder.decode(part.value, { stream: true })
  }
  return text + decoder.decode()
}

async function readJson(request: Request): Promise<Body> {
  if (!/^application\/json\b/i.test(request.headers.get('content-type') ?? '')) throw refusal('wrong-type', request)
  const text = await readText(request)
  try {
    const body: unknown = JSON.parse(text)
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Record<string, unknown>
  } catch {
    // said below
  }
  throw refusal('not-json', request)
}
