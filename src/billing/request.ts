import { BillingKeyError, type RequestIssue } from './errors.ts'
import { amountRule, type PayMethod, type Pg, pgRule } from './pg.ts'
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

/** Which PG: by `pg`, by `channelKey` (new SDK only), or by neither when the shop has registered only one. */
export type PgChoice =
  | { readonly pg?: Pg | undefined; readonly channelKey?: never }
  | { readonly pg?: never; readonly channelKey: `channel-key-${string}` }

/** What a provider can set once for every request. */
export type RequestDefaults = PgChoice & {
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
export type BillingKeyRequest = RequestDefaults & {
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
  /** Service period shown in the window, `YYYYMMDD` each. */
  readonly period?: { readonly from: string; readonly to: string } | undefined
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

/** Our names and the SDK's. A field that is not here is not sent. */
const wireNames = {
  pg: 'pg',
  channelKey: 'channelKey',
  merchantUid: 'merchant_uid',
  name: 'name',
  customerUid: 'customer_uid',
  customerId: 'customer_id',
  currency: 'currency',
  language: 'language',
  taxFree: 'tax_free',
  vatAmount: 'vat_amount',
  period: 'period',
  display: 'display',
  card: 'card',
  products: 'products',
  customData: 'custom_data',
  noticeUrl: 'notice_url',
  confirmUrl: 'confirm_url',
  appScheme: 'app_scheme',
  popup: 'popup',
  bypass: 'bypass',
  naverPopupMode: 'naverPopupMode',
} as const
const buyerLimits = { name: 16, email: 64, tel: 16, addr: 128, postcode: 8 } as const
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
  const issues: RequestIssue[] = []
  const given = mergeDefaults(request, defaults)
  const pg = pgRule(given.pg)
  const payMethod = given.payMethod ?? pg.payMethods[0] ?? 'card'
  const refuse = (field: string, rule: string, value: unknown, secret = field.startsWith('buyer')) => {
    issues.push({ field, rule, value: shown(value, secret) })
  }
  const text = (field: string, value: unknown, limit: number, required: boolean) => {
    if (value === undefined && !required) return
    if (typeof value !== 'string' || (required && value.trim() === '')) refuse(field, `has to be text of 1 to ${limit} characters`, value)
    else if ([...value].length > limit) refuse(field, `has to be at most ${limit} characters, not ${[...value].length}`, value)
  }
  const money = (field: string, value: unknown) => {
    const whole = typeof given.currency !== 'string' || noFraction.test(given.currency)
    const fine = typeof value === 'number' && value >= 0 && (whole ? Number.isSafeInteger(value) : Number.isFinite(value))
    if (!fine) refuse(field, `has to be a number, ${whole ? 'whole, ' : ''}0 or more`, value)
    return fine
  }

  text('pg', given.pg, 80, false)
  text('customerUid', given.customerUid, 80, true)
  text('merchantUid', given.merchantUid, 40, true)
  text('name', given.name, 40, true)
  const { pg: byPg, channelKey } = given as { pg?: unknown; channelKey?: unknown }
  if (channelKey !== undefined && byPg !== undefined) refuse('channelKey', 'stands instead of pg, not beside it', channelKey)
  if (pg.plainMerchantUid && typeof given.merchantUid === 'string' && /[^\dA-Za-z]/.test(given.merchantUid))
    refuse('merchantUid', `has to be letters and digits only for ${pg.label.en}`, given.merchantUid)
  text('currency', given.currency, 3, false)
  text('payMethod', given.payMethod, 20, false)
  if (typeof payMethod === 'string' && pg.payMethods.length > 0 && !pg.payMethods.includes(payMethod))
    refuse('payMethod', `has to be ${pg.payMethods.join(' or ')} for ${pg.label.en}`, payMethod)
  for (const [key, limit] of Object.entries(buyerLimits)) {
    text(`buyer.${key}`, given.buyer?.[key as keyof Buyer], limit, key === 'email' && pg.requires.includes('buyer.email'))
  }
  text('customerId', given.customerId, pg.customerIdLimit ?? 80, pg.requires.includes('customerId'))
  for (const field of ['taxFree', 'vatAmount'] as const) if (given[field] !== undefined) money(field, given[field])

  const rule = amountRule(pg, typeof payMethod === 'string' ? payMethod : 'card')
  const display = given.displayAmount
  const amountIsMoney = money('amount', given.amount)
  const displayIsMoney = display === undefined || money('displayAmount', display)
  if (amountIsMoney && displayIsMoney) {
    if (given.amount > 0 && (rule === 'display-only' || rule === 'not-sent'))
      refuse(
        'amount',
        rule === 'not-sent'
          ? `has to be 0: the window of ${pg.label.en} takes no amount. Charge the key afterwards`
          : `has to be 0: ${pg.label.en} shows an amount in the window and does not charge it. Charge the key afterwards, and pass displayAmount to show it`,
        given.amount,
      )
    if (given.amount === 0 && rule === 'charge-required')
      refuse('amount', `has to be more than 0: ${pg.label.en} issues a key only with a payment`, given.amount)
    if (display !== undefined && rule !== 'display-only')
      refuse('displayAmount', `has to be left out: only a PG that charges nothing in its window shows one`, display)
  }

  const redirects = pg.mobile === 'redirect' || pg.pc === 'redirect'
  const redirectUrl = typeof given.redirectUrl === 'string' ? safeRedirectUrl(given.redirectUrl, baseUrl) : undefined
  if (given.redirectUrl === undefined) {
    if (redirects) refuse('redirectUrl', 'is needed: phones come back to it, and without it their result is lost', undefined)
  } else if (redirectUrl === undefined) refuse('redirectUrl', 'has to be an http(s) address', given.redirectUrl)
  else {
    const taken = redirectKeys.filter((key) => new URL(redirectUrl).searchParams.has(key))
    if (taken.length > 0) refuse('redirectUrl', `must not hold the parameter ${taken.join(', ')}: PortOne adds it`, given.redirectUrl)
  }

  if (issues.length > 0) {
    const list = issues.map(({ field, rule: must, value }) => `${field} ${must} (it is ${value})`).join('; ')
    throw new BillingKeyError('invalid-request', `The billing key request is not valid: ${list}.`, { issues })
  }

  const params: Record<string, unknown> = { ...given.extra }
  for (const [ours, theirs] of Object.entries(wireNames)) {
    const value = given[ours as keyof typeof wireNames]
    if (value !== undefined) params[theirs] = value
  }
  for (const key of Object.keys(buyerLimits)) {
    const value = given.buyer?.[key as keyof Buyer]
    if (value !== undefined) params[`buyer_${key}`] = value
  }
  const amount = rule === 'display-only' ? (display ?? 0) : rule === 'not-sent' ? undefined : given.amount
  return {
    ...params,
    customer_uid: given.customerUid,
    merchant_uid: given.merchantUid,
    name: given.name,
    ...(pg.payMethods.length > 0 || given.payMethod || !given.pg ? { pay_method: payMethod } : {}),
    ...(amount === undefined ? {} : { amount }),
    ...(redirectUrl === undefined ? {} : { m_redirect_url: redirectUrl }),
  }
}

/** The request with the provider's defaults behind it. A request that names its PG puts the default PG out, whichever way. */
export function mergeDefaults(request: BillingKeyRequest, defaults: RequestDefaults): BillingKeyRequest {
  const { pg, channelKey, ...rest } = defaults
  const own = request?.pg !== undefined || request?.channelKey !== undefined
  const set = Object.fromEntries(Object.entries(request ?? {}).filter(([, value]) => value !== undefined))
  return { ...rest, ...(own ? {} : pg !== undefined ? { pg } : channelKey ? { channelKey } : {}), ...set } as BillingKeyRequest
}
