import type { ConfirmAnswer } from '../billing/confirm.ts'
import type { Card } from '../billing/outcome.ts'
import { charge } from './charge.ts'
import { IamportApiError, type IamportClient, type Payment } from './client.ts'
import { intentOf, signIntent, verifyIntent } from './intent.ts'

/** Who is signed in, as the shop's own session says. */
export interface Customer {
  readonly id: string
}

/** What only the shop knows. */
export interface BillingHandlerOptions {
  readonly iamport: IamportClient
  /** Signs intents: at least 32 characters, secret, the same on every machine. */
  readonly signingKey: string
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
  /** Origins other than the request's own that may call. Behind a proxy: the shop's public origin. */
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

/** A refusal with a code the client can show. Throw it from `firstOrder` or `price` to refuse an order. */
export class BillingRefusal extends Error {
  override readonly name = 'BillingRefusal'
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

const bodyLimit = 16_384
const json = (status: number, body: unknown) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
  })
const newId = (prefix: string) => `${prefix}-${crypto.randomUUID().replaceAll('-', '').slice(0, 28)}`
const cardOf = ({ cardName, cardNumber }: { cardName: string | null; cardNumber: string | null }): Card | null =>
  cardName || cardNumber ? { name: cardName, number: cardNumber } : null

/**
 * The merchant's side of the hooks, as one `(request: Request) => Promise<Response>`: `POST /intents`, `POST /confirm`,
 * `GET /keys`, `DELETE /keys/:customerUid`, `POST /charges`, under whatever path it is mounted. The contract is in
 * docs/http-api.md.
 *
 * @example
 * const billing = createBillingHandler({ iamport, signingKey, authenticate, firstOrder, onIssued, customerUids, price })
 * app.all('/api/billing/*', (c) => billing(c.req.raw))
 */
export function createBillingHandler(options: BillingHandlerOptions): (request: Request) => Promise<Response> {
  const { iamport, signingKey } = options
  if (typeof signingKey !== 'string' || signingKey.length < 32)
    throw new TypeError('createBillingHandler: signingKey needs at least 32 characters.')

  const intents = async (customer: Customer, body: unknown) => {
    const { name, amount } = await options.firstOrder({ customer, body })
    if (!Number.isSafeInteger(amount) || amount < 0) throw new TypeError('firstOrder has to give an amount that is whole and 0 or more')
    const customerUid = newId('card')
    const merchantUid = newId('issue')
    // PortOne then refuses a window that was opened with another amount
    if (amount > 0) await iamport.preparePayment(merchantUid, amount)
    const token = await signIntent({ customerId: customer.id, customerUid, merchantUid, amount }, signingKey)
    // PortOne keeps custom_data with the payment, so the intent is not lost with the browser that began it
    return { customerUid, merchantUid, name, amount, token, customData: { intent: token } }
  }

  const confirm = async (customer: Customer, body: Readonly<Record<string, unknown>>): Promise<ConfirmAnswer> => {
    const byUid = typeof body.impUid === 'string' && body.impUid !== '' ? await iamport.payment(body.impUid) : null
    const intent =
      body.token === undefined || body.token === null
        ? await intentOf(byUid?.customData ?? null, signingKey)
        : await verifyIntent(body.token, signingKey)
    if (!intent) throw new BillingRefusal(400, 'invalid-token', '등록 요청을 확인할 수 없습니다.')
    if (intent.customerId !== customer.id) throw new BillingRefusal(403, 'not-yours', '다른 회원의 등록 요청입니다.')
    if (typeof body.impUid === 'string' && body.impUid !== '' && !byUid)
      throw new BillingRefusal(404, 'unknown-payment', '결제 내역을 찾을 수 없습니다.')
    const payment =
      byUid ?? (await iamport.paymentByMerchantUid(intent.merchantUid, 'paid')) ?? (await iamport.paymentByMerchantUid(intent.merchantUid))
    if (!payment) return { status: 'none' }
    if (payment.merchantUid !== intent.merchantUid) throw new BillingRefusal(422, 'other-order', '다른 주문의 결제입니다.')
    if (payment.status === 'failed')
      return body.impUid ? { status: 'failed', code: 'declined', message: payment.failReason ?? '' } : { status: 'none' }
    if (payment.status === 'ready') throw new BillingRefusal(409, 'not-paid-yet', '아직 처리 중입니다.')
    if (payment.status !== 'paid') throw new BillingRefusal(422, 'cancelled', '취소된 결제입니다.')
    if (payment.amount !== intent.amount) throw new BillingRefusal(422, 'other-amount', '결제 금액이 주문과 다릅니다.')
    if (payment.customerUid !== intent.customerUid) throw new BillingRefusal(422, 'other-key', '다른 빌링키의 결제입니다.')
    const key = await iamport.billingKey(intent.customerUid)
    if (!key) throw new BillingRefusal(422, 'no-key', '등록된 카드가 없습니다.')
    const card = cardOf(key)
    await options.onIssued({ customer, customerUid: intent.customerUid, card, payment })
    return { status: 'issued', customerUid: intent.customerUid, impUid: payment.impUid, charged: payment.amount, card }
  }

  const owned = async (customer: Customer, customerUid: unknown): Promise<string> => {
    if (typeof customerUid !== 'string' || !(await options.customerUids(customer)).includes(customerUid))
      throw new BillingRefusal(404, 'unknown-key', '등록된 카드가 아닙니다.')
    return customerUid
  }

  const route = async (request: Request): Promise<Response> => {
    const { pathname, origin } = new URL(request.url)
    const [, resource, id] = /\/(intents|confirm|keys|charges)(?:\/([^/]+))?\/?$/.exec(pathname) ?? []
    const called = `${request.method} /${resource}${id === undefined ? '' : '/:id'}`
    if (!['POST /intents', 'POST /confirm', 'GET /keys', 'DELETE /keys/:id', 'POST /charges'].includes(called))
      throw new BillingRefusal(404, 'no-such-route', `There is no ${request.method} ${pathname}.`)
    sameOrigin(request, [origin, ...(options.origins ?? [])])
    const body = request.method === 'POST' ? await readJson(request) : {}
    const customer = await options.authenticate(request)
    if (!customer) throw new BillingRefusal(401, 'not-signed-in', '로그인이 필요합니다.')
    if (resource === 'intents') return json(200, await intents(customer, body))
    if (resource === 'confirm') return json(200, await confirm(customer, body))
    if (resource === 'charges') {
      const customerUid = await owned(customer, body.customerUid)
      const price = await options.price({ customer, body })
      const result = await charge(iamport, { ...price, customerUid })
      if (result.status === 'paid') {
        await options.onCharged?.({ customer, payment: result.payment })
        return json(200, { status: 'paid', merchantUid: price.merchantUid, amount: result.payment.amount })
      }
      if (result.status === 'declined')
        return json(200, { status: 'declined', merchantUid: price.merchantUid, code: result.code, message: result.message })
      return json(200, { status: 'unknown', merchantUid: price.merchantUid })
    }
    if (request.method === 'DELETE') {
      const customerUid = await owned(customer, decodeURIComponent(id ?? ''))
      if (await iamport.billingKey(customerUid)) await iamport.deleteBillingKey(customerUid)
      await options.onDeleted?.({ customer, customerUid })
      return json(200, { customerUid })
    }
    const keys = await iamport.billingKeys(await options.customerUids(customer))
    return json(200, { keys: keys.map((key) => ({ customerUid: key.customerUid, card: cardOf(key), registeredAt: key.inserted })) })
  }

  return async (request) => {
    try {
      return await route(request)
    } catch (error) {
      if (error instanceof BillingRefusal) return json(error.status, { error: { code: error.code, message: error.message } })
      const [status, code] = error instanceof IamportApiError ? [502, 'portone-unreachable'] : [500, 'internal']
      return json(status, { error: { code, message: '잠시 후 다시 시도해 주세요.' } })
    }
  }
}

/** Browsers say where a request comes from; what comes from elsewhere is refused before anything is read. */
function sameOrigin(request: Request, origins: readonly string[]): void {
  const origin = request.headers.get('origin')
  const site = request.headers.get('sec-fetch-site')
  if ((origin !== null && !origins.includes(origin)) || (origin === null && site !== null && site !== 'same-origin' && site !== 'none'))
    throw new BillingRefusal(403, 'cross-origin', 'Requests from other sites are refused.')
}

async function readJson(request: Request): Promise<Readonly<Record<string, unknown>>> {
  if (!/^application\/json\b/i.test(request.headers.get('content-type') ?? ''))
    throw new BillingRefusal(415, 'not-json', 'Send application/json.')
  if (Number(request.headers.get('content-length') ?? 0) > bodyLimit) throw new BillingRefusal(413, 'too-large', 'The body is too large.')
  const text = await request.text()
  if (text.length > bodyLimit) throw new BillingRefusal(413, 'too-large', 'The body is too large.')
  try {
    const body: unknown = JSON.parse(text)
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Record<string, unknown>
  } catch {
    // said below
  }
  throw new BillingRefusal(400, 'not-json', 'The body is not a JSON object.')
}
