import { checkedCustomer, checkedCustomerUids } from './answers.ts'
import { readJson } from './body.ts'
import { checkOptions, signingKeysOf } from './checkOptions.ts'
import { corsHeaders, crossSiteAdvice, isSameSite } from './crossSite.ts'
import { IamportApiError } from './iamportApiError.ts'
import type { BillingHandlerOptions, Customer } from './options.ts'
import { BillingRefusal, isRefusalStatus, refusal, wordsOf } from './refusal.ts'
import { removeAllKeys } from './removeKey.ts'
import { reportTo } from './report.ts'
import type { Call, Shop } from './routes/route.ts'
import { findRoute } from './routes/table.ts'
import { type SweepResult, type SweptTime, sweepRegistrations } from './sweep.ts'
import { createWebhookQueue } from './webhookQueue.ts'

/** The handler, and what a shop calls itself. */
export interface BillingHandler<Id extends string | number = string> {
  (request: Request): Promise<Response>
  /**
   * Settles what nobody came back for: lists what PortOne was paid since then, keeps the keys, and tells of money that
   * does not fit. Webhooks come once (sdk-facts 36), so a daily job calls this, with a day or two of overlap. `until` is
   * now by this machine's clock when left out.
   */
  sweepRegistrations(when: SweptTime): Promise<SweepResult>
  /**
   * Removes every key of a customer whose account is closed.
   *
   * @throws {AggregateError} when some could not be removed; call it again
   */
  removeAllKeys(customer: Customer<Id>): Promise<readonly string[]>
}

type AnyOptions = BillingHandlerOptions<string | number>

/**
 * The merchant's side of the hooks, as one `(request: Request) => Promise<Response>`: `POST /intents`, `POST /confirm`,
 * `GET /keys`, `DELETE /keys/:customerUid`, `POST /charges` and PortOne's `POST /webhook`, under `basePath`. The contract
 * is in docs/openapi.json.
 *
 * @throws {TypeError} when an option is wrong, by its name; a missing `signingKey` fails at the first use
 * @example
 * const billing = createBillingHandler({ iamport, signingKey, authenticate, firstOrder, onIssued, customerUids, price })
 * app.all('/api/billing/*', (c) => billing(c.req.raw))
 */
export function createBillingHandler<Id extends string | number = string>(options: BillingHandlerOptions<Id>): BillingHandler<Id> {
  const origins = checkOptions(options)
  const shop = shopOf(options)
  const basePath = options.basePath ?? '/api/billing'

  const handle = async (request: Request): Promise<Response> => {
    const cors = corsHeaders(request, origins)
    if (request.method === 'OPTIONS' && cors) return new Response(null, { status: 204, headers: cors })
    const { pathname } = new URL(request.url)
    const found = findRoute(request.method, pathname, basePath)
    const route = found?.name ?? `${request.method} (no route)`
    try {
      if (!found) throw refusal('no-such-route')
      const answer = await run({ shop, request, route }, found, origins)
      return json(200, answer, cors)
    } catch (error) {
      const refused = await refusalOf(error, shop, route)
      const advice = refused.code === 'cross-origin' ? crossSiteAdvice(request, origins) : null
      return json(refused.status, { error: { code: refused.code, message: advice ?? wordsOf(refused, request) } }, cors)
    }
  }
  return Object.assign(handle, {
    sweepRegistrations: (when: SweptTime) => sweepRegistrations(shop, when),
    removeAllKeys: (customer: Customer<Id>) => removeAllKeys(shop, customer),
  })
}

/** Asks a row, once everything it needs holds. */
async function run(call: Call, { row, id }: NonNullable<ReturnType<typeof findRoute>>, origins: readonly string[]): Promise<unknown> {
  const { shop, request } = call
  if (row.needs === 'nothing') return row.answer(call)
  if (!isSameSite(request, origins)) throw refusal('cross-origin')
  const body = request.method === 'POST' ? await readJson(request) : {}
  const customer = checkedCustomer(await shop.options.authenticate(request))
  if (!customer) throw refusal('not-signed-in')
  if (row.needs === 'customer') return row.answer({ ...call, customer, body })
  const customerUid = row.names(body, id)
  if (typeof customerUid !== 'string' || !(await shop.keysOf(customer)).includes(customerUid)) throw refusal('unknown-key')
  return row.answer({ ...call, customer, body, customerUid })
}

function shopOf(options: AnyOptions): Shop {
  return {
    options,
    signingKeys: () => signingKeysOf(options),
    keysOf: async (customer) => checkedCustomerUids(await options.customerUids(customer)),
    report: (error, route) => reportTo(options.onError && ((failure) => options.onError?.(failure, { route })), route, error),
    webhooks: createWebhookQueue(),
  }
}

/** What is no refusal went wrong on this side: the operator is told, the browser is not. */
async function refusalOf(error: unknown, shop: Shop, route: string): Promise<BillingRefusal> {
  // a shop's own class may have given itself another status
  if (error instanceof BillingRefusal && isRefusalStatus(error.status)) return error
  await shop.report(error, route)
  return refusal(error instanceof IamportApiError ? 'portone-unreachable' : 'internal')
}

const json = (status: number, body: unknown, headers: Readonly<Record<string, string>> | null) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...headers },
  })
