import { BillingKeyError, type RequestIssue } from './errors.ts'
import { type FieldName, type FieldRow, fields, personalField } from './fields.ts'
import { amountRule, type PayMethod, type Pg, type PgRule, payMethodOf, pgRule } from './pg.ts'
import { redirectKeys, safeRedirectUrl } from './redirect.ts'

/** Who pays. Sent to the PG, never kept or logged here. */
export interface Buyer {
  /** At most 16 characters. */
  readonly name?: string | undefined
  /** At most 64 characters. */
  readonly email?: string | undefined
  /** At most 16 characters. */
  readonly tel?: string | undefined
  /** At most 128 characters. */
  readonly addr?: string | undefined
  /** At most 8 characters. */
  readonly postcode?: string | undefined
}

/** What a provider can set once for every request. */
export interface RequestDefaults {
  /** Left out when the shop has registered only one PG. */
  readonly pg?: Pg | undefined
  /**
   * The channel by its key (new SDK only). Beside `pg` the key is what is sent, and the PG's rules hold; alone, the loosest
   * rules hold, since a key does not say which PG it is (sdk-facts 31).
   */
  readonly channelKey?: string | undefined
  /** Where a phone comes back to: http(s), relative to the page or absolute, without PortOne's own keys in its query. */
  readonly redirectUrl?: string | undefined
  /** URL scheme of the app round a WebView, so that a bank's app finds the way back. */
  readonly appScheme?: string | undefined
  /** Where PortOne posts webhooks, in place of the address set in its console. */
  readonly noticeUrl?: string | readonly string[] | undefined
  /** Language of the window, where the PG has several. */
  readonly language?: string | undefined
}

/**
 * One attempt to register a card (PortOne V1 docs: `IMP.request_pay` with `customer_uid`).
 *
 * @example
 * const request: BillingKeyRequest = {
 *   customerUid: 'card-8f2c', merchantUid: 'issue-20261124-0001', name: '월간 이용권', amount: 0,
 * }
 */
export interface BillingKeyRequest extends RequestDefaults {
  /** The name the key is kept under, 1:1 with a card, at most 80 characters. Used again it replaces the key (sdk-facts 19). */
  readonly customerUid: string
  /** Order number, unique for each attempt, at most 40 characters. */
  readonly merchantUid: string
  /** What the window shows as bought, at most 40 characters. */
  readonly name: string
  /** What is **charged in this window**, in the currency's unit (KRW: won). `0` only issues the key. */
  readonly amount: number
  /** What a display-only PG shows without charging it. Refused for a PG that would charge it. */
  readonly displayAmount?: number | undefined
  /** Defaults to the PG's own, `'card'` for JTNet. */
  readonly payMethod?: PayMethod | undefined
  readonly buyer?: Buyer | undefined
  /** The member's id at the PG, where it keeps one. */
  readonly customerId?: string | undefined
  /** ISO 4217, KRW when left out. */
  readonly currency?: string | undefined
  /** Part of `amount` that is free of tax. */
  readonly taxFree?: number | undefined
  /** VAT within `amount`. */
  readonly vatAmount?: number | undefined
  /** Service period shown in the window: `YYYY-MM-DD` or `YYYYMMDD` by PG, `interval` as `'1m'`, `'1y'` or `'1d'` (sdk-facts 32). */
  readonly period?: { readonly from?: string; readonly to?: string; readonly interval?: string } | undefined
  readonly display?: Readonly<Record<string, unknown>> | undefined
  readonly card?: Readonly<Record<string, unknown>> | undefined
  readonly products?: readonly Readonly<Record<string, unknown>>[] | undefined
  readonly customData?: unknown
  readonly confirmUrl?: string | undefined
  /** Opens a popup instead of an iframe, where the PG can. */
  readonly popup?: boolean | undefined
  readonly bypass?: Readonly<Record<string, unknown>> | undefined
  readonly naverPopupMode?: boolean | undefined
  /** Parameters this type does not know, in the SDK's own spelling. They never replace the ones above. */
  readonly extra?: Readonly<Record<string, unknown>> | undefined
  /** The signed intent of the merchant's server. Goes back to it with `confirm`; not sent to the window (`createBillingHandler` adds it as `customData` as well, for PortOne to keep). */
  readonly token?: string | undefined
}

/** What `IMP.request_pay` is called with, in the SDK's own spelling. */
export interface RequestPayParams {
  readonly customer_uid: string
  readonly merchant_uid: string
  readonly name: string
  readonly pg?: string
  readonly pay_method?: string
  readonly amount?: number
  readonly m_redirect_url?: string
  readonly [parameter: string]: unknown
}

const noFraction = /^(KRW|JPY|VND)$/i

/** A value for an error message; a customer's data only by its length. */
function shown(value: unknown, secret: boolean): string {
  if (typeof value !== 'string') return value !== null && /object|function/.test(typeof value) ? 'an object' : String(value)
  return secret || value.length > 90 ? `${[...value].length} characters` : JSON.stringify(value)
}

/**
 * Turns a request into the parameters of `IMP.request_pay`, or says everything that is wrong with it.
 *
 * @param request what the shop asks for
 * @param defaults what holds for every request; the request wins
 * @param baseUrl what a relative `redirectUrl` is relative to: the page's address
 * @throws {BillingKeyError} `invalid-request`, with all its `issues`
 * @example
 * toRequestPayParams({ pg: 'jtnet', customerUid: 'card-1', merchantUid: 'issue-1', name: '월간 이용권', amount: 0,
 *   redirectUrl: 'https://shop.example/billing/complete' })
 * // { pg: 'jtnet', pay_method: 'card', merchant_uid: 'issue-1', customer_uid: 'card-1', name: …, amount: 0, m_redirect_url: … }
 */
export function toRequestPayParams(request: BillingKeyRequest, defaults: RequestDefaults = {}, baseUrl?: string): RequestPayParams {
  const given = mergeDefaults(request, defaults)
  const pg = pgRule(given.pg)
  const rule = amountRule(pg, payMethodOf(given))
  const redirectUrl = typeof given.redirectUrl === 'string' ? safeRedirectUrl(given.redirectUrl, baseUrl) : undefined
  const issues = [...fieldIssues(given, pg), ...amountIssues(given, pg, rule), ...redirectIssues(given, pg, redirectUrl)]
  if (issues.length > 0) {
    const list = issues.map(({ field, rule: must, value }) => `${field} ${must} (it is ${value})`).join('; ')
    throw new BillingKeyError('invalid-request', `The billing key request is not valid: ${list}.`, { issues })
  }
  const params: Record<string, unknown> = { ...given.extra }
  for (const [name, { wire }] of rows) {
    const value = fieldValue(given, name)
    if (wire !== null && value !== undefined) params[wire] = value
  }
  if (given.channelKey !== undefined) delete params.pg // the two are never both sent (sdk-facts 31)
  const amount = rule === 'display-only' ? (given.displayAmount ?? 0) : rule === 'not-sent' ? undefined : given.amount
  if (amount === undefined) delete params.amount
  else params.amount = amount
  if (pg.payMethods.length > 0 || given.payMethod || !given.pg) params.pay_method = payMethodOf(given)
  if (redirectUrl !== undefined) params.m_redirect_url = redirectUrl
  return { ...params, customer_uid: given.customerUid, merchant_uid: given.merchantUid, name: given.name }
}

const rows = Object.entries(fields) as [FieldName, FieldRow][]

/** A field's value by its name in the table; `buyer.name` lies one deeper. */
function fieldValue(given: BillingKeyRequest, name: FieldName): unknown {
  const [own, part] = name.split('.') as [keyof BillingKeyRequest, string | undefined]
  const value: unknown = given[own]
  if (part === undefined) return value
  return typeof value === 'object' && value !== null ? Reflect.get(value, part) : undefined
}

const issue = (field: FieldName, rule: string, value: unknown): RequestIssue => ({ field, rule, value: shown(value, personalField(field)) })
const missing = (required: string) => `is missing: it has to be ${required}`

/** What is wrong with each field by itself. */
function fieldIssues(given: BillingKeyRequest, pg: PgRule): RequestIssue[] {
  const whole = typeof given.currency !== 'string' || noFraction.test(given.currency)
  const needed: readonly string[] = pg.requires
  const found = rows.flatMap(([name, row]) => {
    const value = fieldValue(given, name)
    const required = row.required === true || (needed.includes(name) && name !== 'redirectUrl')
    const limit = name === 'customerId' ? (pg.customerIdLimit ?? row.limit) : row.limit
    const rule = checks[row.kind](value, { required, limit: limit ?? 0, whole })
    return rule === null ? [] : [issue(name, rule, value)]
  })
  if (pg.plainMerchantUid && typeof given.merchantUid === 'string' && /[^\dA-Za-z]/.test(given.merchantUid))
    found.push(issue('merchantUid', `has to be letters and digits only for ${pg.label.en}`, given.merchantUid))
  const payMethod: unknown = given.payMethod
  if (typeof payMethod === 'string' && pg.payMethods.length > 0 && !pg.payMethods.some((one) => one === payMethod))
    found.push(issue('payMethod', `has to be ${pg.payMethods.join(' or ')} for ${pg.label.en}`, payMethod))
  return found
}

interface CheckOptions {
  readonly required: boolean
  readonly limit: number
  /** Whether the currency has no fraction. */
  readonly whole: boolean
}

/** One check a kind of field: what the value has to be, or `null` when it is that. */
const checks: { readonly [kind in FieldRow['kind']]: (value: unknown, options: CheckOptions) => string | null } = {
  any: () => null,
  address: () => null, // looked at by redirectIssues
  text: (value, { required, limit }) => {
    if (value === undefined) return required ? missing(`text of 1 to ${limit} characters`) : null
    if (typeof value !== 'string' || (required && value.trim() === '')) return `has to be text of 1 to ${limit} characters`
    const { length } = [...value]
    return length > limit ? `has to be at most ${limit} characters, not ${length}` : null
  },
  money: (value, { required, whole }) => {
    const must = `a number, ${whole ? 'whole, ' : ''}0 or more`
    if (value === undefined) return required ? missing(must) : null
    const fine = typeof value === 'number' && value >= 0 && (whole ? Number.isSafeInteger(value) : Number.isFinite(value))
    return fine ? null : `has to be ${must}`
  },
  currency: (value) =>
    value === undefined || (typeof value === 'string' && /^[A-Za-z]{3}$/.test(value))
      ? null
      : 'has to be a code of three letters, like KRW',
  period: (value) => {
    if (value === undefined) return null
    if (typeof value !== 'object' || value === null) return 'has to be { from, to, interval }, each of them optional'
    const { from, to, interval } = value as Readonly<Record<string, unknown>>
    const isDate = (date: unknown) => date === undefined || (typeof date === 'string' && /^\d{4}(-?)\d{2}\1\d{2}$/.test(date))
    if (!isDate(from) || !isDate(to)) return 'has to have dates as YYYY-MM-DD or YYYYMMDD'
    return interval === undefined || (typeof interval === 'string' && /^\d+[dmy]$/.test(interval))
      ? null
      : "has to have an interval like '1m', '1y' or '1d'"
  },
}

/** What does not fit what the PG does with an amount. */
function amountIssues(given: BillingKeyRequest, pg: PgRule, rule: ReturnType<typeof amountRule>): RequestIssue[] {
  const { amount, displayAmount } = given as { amount: unknown; displayAmount?: unknown }
  const found: RequestIssue[] = []
  if (typeof amount === 'number' && amount > 0 && rule === 'not-sent')
    found.push(issue('amount', `has to be 0: the window of ${pg.label.en} takes no amount. Charge the key afterwards`, amount))
  if (typeof amount === 'number' && amount > 0 && rule === 'display-only')
    found.push(
      issue(
        'amount',
        `has to be 0: ${pg.label.en} shows an amount in the window and does not charge it. Charge the key afterwards, and pass displayAmount to show it`,
        amount,
      ),
    )
  if (amount === 0 && rule === 'charge-required')
    found.push(issue('amount', `has to be more than 0: ${pg.label.en} issues a key only with a payment`, amount))
  if (displayAmount !== undefined && rule !== 'display-only')
    found.push(issue('displayAmount', 'has to be left out: only a PG that charges nothing in its window shows one', displayAmount))
  return found
}

function redirectIssues(given: BillingKeyRequest, pg: PgRule, redirectUrl: string | undefined): RequestIssue[] {
  if (given.redirectUrl === undefined) {
    const redirects = pg.mobile === 'redirect' || pg.pc === 'redirect'
    return redirects ? [issue('redirectUrl', 'is needed: phones come back to it, and without it their result is lost', undefined)] : []
  }
  if (redirectUrl === undefined) return [issue('redirectUrl', 'has to be an http(s) address', given.redirectUrl)]
  const taken = redirectKeys.filter((key) => new URL(redirectUrl).searchParams.has(key))
  return taken.length === 0
    ? []
    : [issue('redirectUrl', `must not hold the parameter ${taken.join(', ')}: PortOne adds it`, given.redirectUrl)]
}

/** The request with the provider's defaults behind it. A request that names its PG puts the default PG out, whichever way. */
export function mergeDefaults(request: BillingKeyRequest, defaults: RequestDefaults): BillingKeyRequest {
  const { pg, channelKey, ...rest } = defaults
  const own = request?.pg !== undefined || request?.channelKey !== undefined
  const set = Object.fromEntries(Object.entries(request ?? {}).filter(([, value]) => value !== undefined))
  return { ...rest, ...(own ? {} : { pg, channelKey }), ...set } as BillingKeyRequest
}
