import { isRecord } from './confirm.ts'
import { BillingKeyError, type RequestIssue, type RequestRule } from './errors.ts'
import { type FieldName, type FieldRow, fields, personalField, wireName } from './fields.ts'
import { type AmountRule, amountRule, type PayMethod, type Pg, type PgRule, payMethodOf, pgCode, pgRule } from './pg.ts'
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
  const issues = [...fieldIssues(given, pg), ...amountIssues(given, rule), ...redirectIssues(given, pg, redirectUrl)]
  if (issues.length > 0) throw new BillingKeyError('invalid-request', 'fields', '', issues)
  const params: Record<string, unknown> = { ...given.extra }
  for (const [name, { wire = wireName(name) }] of rows) {
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

const issue = (field: FieldName, rule: RequestRule, value: unknown, limit: unknown = ''): RequestIssue => ({
  field,
  rule,
  limit: String(limit),
  value: shown(value, personalField(field)),
})

/** What is wrong with each field by itself. */
function fieldIssues(given: BillingKeyRequest, pg: PgRule): RequestIssue[] {
  const whole = typeof given.currency !== 'string' || noFraction.test(given.currency)
  const needed: readonly string[] = pg.requires
  const found = rows.flatMap(([name, row]) => {
    const value = fieldValue(given, name)
    const required = row.required === true || (needed.includes(name) && name !== 'redirectUrl')
    const limit = (name === 'customerId' && pg.customerIdLimit) || (row.limit ?? 0)
    if (value === undefined && !required) return []
    const rule = checks[row.kind ?? 'text'](value, { required, limit, whole })
    return rule ? [issue(name, rule, value, limit)] : []
  })
  const { merchantUid, payMethod } = given
  const code = pgCode(given.pg)
  if (pg.plainMerchantUid && typeof merchantUid === 'string' && /[^\dA-Za-z]/.test(merchantUid))
    found.push(issue('merchantUid', 'plain', merchantUid, code))
  if (typeof payMethod === 'string' && pg.payMethods.length > 0 && !pg.payMethods.includes(payMethod))
    found.push(issue('payMethod', 'pay-method', payMethod, pg.payMethods.join(', ')))
  return found
}

interface CheckOptions {
  readonly required: boolean
  readonly limit: number
  /** Whether the currency has no fraction. */
  readonly whole: boolean
}

const matches = (value: unknown, pattern: RegExp) => value === undefined || (typeof value === 'string' && pattern.test(value))

/** One check a kind of field, for a value that is there or required: what it has to be, or `null` when it is that. */
const checks: { readonly [kind in NonNullable<FieldRow['kind']>]: (value: unknown, options: CheckOptions) => RequestRule | null } = {
  any: () => null, // an address is looked at by redirectIssues
  text: (value, { required, limit }) => {
    if (typeof value !== 'string' || (required && value.trim() === '')) return 'text'
    return [...value].length > limit ? 'length' : null
  },
  money: (value, { whole }) => {
    const fine = typeof value === 'number' && value >= 0 && (whole ? Number.isSafeInteger(value) : Number.isFinite(value))
    return fine ? null : whole ? 'whole' : 'number'
  },
  currency: (value) => (matches(value, /^[A-Za-z]{3}$/) ? null : 'currency'),
  period: (value) => {
    if (!isRecord(value)) return 'period'
    const { from, to, interval } = value
    const date = /^\d{4}(-?)\d{2}\1\d{2}$/
    if (!matches(from, date) || !matches(to, date)) return 'dates'
    return matches(interval, /^\d+[dmy]$/) ? null : 'interval'
  },
}

/** What does not fit what the PG does with an amount. */
function amountIssues({ pg, amount, displayAmount }: BillingKeyRequest, rule: AmountRule): RequestIssue[] {
  const code = pgCode(pg)
  const charges = typeof amount === 'number' && amount > 0
  const found: RequestIssue[] = []
  if ((rule === 'not-sent' || rule === 'display-only') && charges) found.push(issue('amount', rule, amount, code))
  if (rule === 'charge-required' && amount === 0) found.push(issue('amount', rule, amount, code))
  if (rule !== 'display-only' && displayAmount !== undefined) found.push(issue('displayAmount', 'no-display', displayAmount))
  return found
}

function redirectIssues(given: BillingKeyRequest, pg: PgRule, redirectUrl: string | undefined): RequestIssue[] {
  const value = given.redirectUrl
  if (value === undefined) return pg.mobile === 'redirect' || pg.pc === 'redirect' ? [issue('redirectUrl', 'redirect', value)] : []
  if (redirectUrl === undefined) return [issue('redirectUrl', 'address', value)]
  const taken = redirectKeys.filter((key) => new URL(redirectUrl).searchParams.has(key))
  return taken.length === 0 ? [] : [issue('redirectUrl', 'reserved', value, taken.join(', '))]
}

/** The request with the provider's defaults behind it. A request that names its PG puts the default PG out, whichever way. */
export function mergeDefaults(request: BillingKeyRequest, defaults: RequestDefaults): BillingKeyRequest {
  const { pg, channelKey, ...rest } = defaults
  const own = request?.pg !== undefined || request?.channelKey !== undefined
  const set = Object.fromEntries(Object.entries(request ?? {}).filter(([, value]) => value !== undefined))
  return { ...rest, ...(own ? {} : { pg, channelKey }), ...set } as BillingKeyRequest
}
