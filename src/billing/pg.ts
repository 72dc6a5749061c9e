/** How a payment is made in the window. JTNet issues billing keys for `'card'` only. */
export type PayMethod = 'card' | 'phone' | 'trans' | 'tosspay' | 'naverpay_card' | 'naverpay_point' | 'kakaopay'

/**
 * What an amount above zero means to a PG while a billing key is issued (PortOne V1 docs: billing keys by PG).
 *
 * - `optional-charge`: `0` only issues the key, more is approved at once
 * - `display-only`: the window shows it and approves nothing
 * - `charge-required`: it has to be above zero and is approved
 * - `not-sent`: the window takes no amount
 * - `unknown`: the documentation does not say, or the PG is not known here
 */
export type AmountRule = 'optional-charge' | 'display-only' | 'charge-required' | 'not-sent' | 'unknown'

/** One row of {@link pgRules}. */
export interface PgRule {
  /** Allowed methods, the default first. Empty: the PG takes none. */
  readonly payMethods: readonly PayMethod[]
  /** One rule, or one for each method. */
  readonly amount: AmountRule | { readonly [method in PayMethod]?: AmountRule }
  /** Where the result arrives on a PC and on a phone. */
  readonly pc: 'callback' | 'redirect'
  readonly mobile: 'callback' | 'redirect'
  /** `minimal`: the callback carries `imp_uid`, `merchant_uid`, `error_code` and `error_msg`, nothing else. `null`: not documented. */
  readonly callback: 'full' | 'minimal' | null
  /** Whether the window on a PC is a popup, which needs a fresh click (sdk-facts 37). `null`: not known, so it may be. */
  readonly popup: boolean | null
  /** Fields this PG needs beyond `customerUid`, `merchantUid` and `name`. */
  readonly requires: readonly ('customerId' | 'redirectUrl' | 'buyer.email')[]
  /** Longest `customerId` in characters, where the PG has a limit of its own. */
  readonly customerIdLimit?: number
  /** Allows letters and digits only in `merchantUid`. */
  readonly plainMerchantUid?: true
}

const rule = (amount: PgRule['amount'], rest: Partial<PgRule> = {}): PgRule => ({
  payMethods: ['card'],
  amount,
  pc: 'callback',
  mobile: 'redirect',
  callback: 'full',
  popup: null,
  requires: [],
  ...rest,
})

/**
 * What every PG allows that issues billing keys in PortOne's window, by the code that goes into `pg`.
 * Source: PortOne V1 documentation and its older manual; JTNet is in the manual only.
 *
 * @example
 * pgRules.jtnet.amount // 'optional-charge'
 */
export const pgRules = {
  jtnet: rule('optional-charge', { popup: false }),
  html5_inicis: rule('display-only'),
  kcp_billing: rule('display-only'),
  tosspayments: rule('display-only', { callback: 'minimal' }),
  danal_tpay: rule('optional-charge'),
  danal: rule('charge-required', { payMethods: ['phone'] }),
  kicc: rule('display-only'),
  mobilians: rule('charge-required', { payMethods: ['phone'] }),
  welcome: rule({ card: 'display-only', phone: 'charge-required' }, { payMethods: ['card', 'phone'], callback: 'minimal', popup: false }),
  smartro_v2: rule('display-only', {
    callback: 'minimal',
    popup: false,
    requires: ['customerId', 'redirectUrl'],
    customerIdLimit: 20,
    plainMerchantUid: true,
  }),
  settle_acc: rule('optional-charge', { payMethods: ['trans'], popup: true }),
  kakaopay: rule('optional-charge'),
  naverpay: rule('display-only', { payMethods: [], popup: true }),
  payco: rule('display-only', { mobile: 'callback', popup: true }),
  smilepay: rule('unknown', { payMethods: [] }),
  tosspay_v2: rule('not-sent', {
    payMethods: ['tosspay'],
    requires: ['customerId', 'redirectUrl'],
    customerIdLimit: 50,
  }),
  paymentwall: rule('charge-required', { requires: ['buyer.email'] }),
  chai: rule('display-only', { payMethods: ['trans'], pc: 'redirect', requires: ['redirectUrl'] }),
  galaxia: rule(
    { card: 'display-only', phone: 'charge-required' },
    { payMethods: ['card', 'phone'], callback: 'minimal', popup: false, requires: ['customerId', 'redirectUrl'] },
  ),
  mobilians_v2: rule({ phone: 'charge-required', card: 'optional-charge' }, { payMethods: ['phone', 'card'], callback: null, popup: true }),
  nice_v2: rule('unknown', {
    payMethods: ['naverpay_card', 'naverpay_point', 'kakaopay'],
    callback: null,
    popup: false,
    requires: ['customerId'],
  }),
  payletter_global: rule('charge-required', {
    payMethods: [],
    callback: 'minimal',
    requires: ['buyer.email'],
    plainMerchantUid: true,
  }),
} satisfies Record<string, PgRule>

/** The codes of the PGs in {@link pgRules}. */
export type PgCode = keyof typeof pgRules

/** `pg` as PortOne takes it: a PG, or a PG with a MID. One that the table does not know goes into `extra`. */
export type Pg = PgCode | `${PgCode}.${string}`

/** The code of a `pg` value, without its MID. */
export const pgCode = (pg: unknown): string => (typeof pg === 'string' ? (pg.split('.')[0] ?? '') : '')

/**
 * The rule for a `pg` value; its MID does not matter. A missing or unknown PG gets the loosest one, since PortOne adds PGs.
 *
 * @example
 * pgRule('jtnet.general').amount // 'optional-charge'
 */
export function pgRule(pg: unknown): PgRule {
  const code = pgCode(pg)
  const known: Readonly<Record<string, PgRule>> = pgRules
  const row = Object.keys(known).includes(code) ? known[code] : undefined // no Object.hasOwn: Chrome 87
  return row ?? rule('unknown', { payMethods: [] })
}

/** The way to pay that a request comes to: its own, else the PG's first, else `'card'`. */
export function payMethodOf(request: { readonly pg?: unknown; readonly payMethod?: unknown }): string {
  return typeof request.payMethod === 'string' ? request.payMethod : (pgRule(request.pg).payMethods[0] ?? 'card')
}

/** The amount rule of a PG for one way to pay. */
export function amountRule(pg: PgRule, payMethod: string): AmountRule {
  return typeof pg.amount === 'string' ? pg.amount : (pg.amount[payMethod as PayMethod] ?? 'unknown')
}
