import { pgRule } from '../../billing/pg.ts'
import { lastMoment } from '../state.ts'
import type { Body } from './body.ts'

/** Why a call is refused, as PortOne says it: HTTP 200 with a `code` that is not 0, unless there is a status of its own. */
export class Refusal extends Error {
  constructor(
    message: string,
    readonly status: 200 | 400 | 401 | 404 = 200,
  ) {
    super(message)
  }
}

export interface Field {
  readonly type: 'text' | 'number' | 'integer' | 'moment' | 'boolean' | 'texts' | 'rows' | 'any'
  readonly max?: number
  /** What its text looks like, when not any will do. */
  readonly pattern?: RegExp
  readonly required?: true
}
export type Fields = Readonly<Record<string, Field>>

export const text = (max: number): Field => ({ type: 'text', max })
export const required = (field: Field): Field => ({ ...field, required: true })
export const orderNumber = required(text(40))
export const customerUid = required(text(80))
export const won = required({ type: 'number' })
export const unixTime = required({ type: 'moment' })
export const anyText: Field = { type: 'text' }
export const currency: Field = { type: 'text', pattern: /^[A-Z]{3}$/ }

/** What every order may say, whichever call it comes by. */
const orderFields = {
  merchant_uid: orderNumber,
  amount: won,
  name: required(text(40)),
  currency,
  tax_free: { type: 'number' },
  vat_amount: { type: 'number' },
  vat: { type: 'number' },
  buyer_name: text(16),
  buyer_email: text(64),
  buyer_tel: text(16),
  buyer_addr: text(128),
  buyer_postcode: text(8),
  card_quota: { type: 'integer' },
  interest_free_by_merchant: { type: 'boolean' },
  use_card_point: { type: 'boolean' },
  product_type: { type: 'text', pattern: /^(?:real|digital)$/ },
  product_count: { type: 'integer' },
  cash_receipt_type: { type: 'text', pattern: /^(?:person|company|anonymous)$/ },
  channel_key: text(55),
  custom_data: anyText,
  notice_url: anyText,
} satisfies Fields

/** What some PGs need to be told, by what is asked of them. */
const needs = {
  charge: {
    smartro_v2: ['buyer_name', 'buyer_email', 'buyer_tel'],
    ksnet: ['buyer_name', 'product_type'],
    welcome: ['buyer_name'],
    paymentwall: ['buyer_email'],
  },
  onetime: { html5_inicis: ['name', 'buyer_name', 'buyer_email', 'buyer_tel'] },
  card: { paymentwall: ['cvc'] },
  customer: { ksnet: ['birth', 'pwd_2digit'], welcome: ['customer_name'] },
  cancel: { naverpay: ['reason'] },
} satisfies Record<string, Record<string, readonly string[]>>

/** Holds that a PG is told what it needs; throws a {@link Refusal}. */
export function checkNeeds(what: keyof typeof needs, pg: string, values: Readonly<Record<string, unknown>>) {
  const rows: Readonly<Record<string, readonly string[]>> = needs[what]
  const missing = (Object.hasOwn(rows, pg) ? rows[pg] : [])?.find((name) => values[name] === undefined || values[name] === null)
  if (missing) throw new Refusal(`필수 파라미터가 누락되었습니다. (${missing})`)
}

/** The card as it is typed at a shop. */
export const cardFields = {
  card_number: required(text(25)),
  expiry: required(text(7)),
  birth: text(10),
  pwd_2digit: text(2),
  cvc: text(4),
} satisfies Fields

/** What only PortOne says of a payment: whoever sends it mistakes an answer for a request. */
const answerFields = new Set(
  'cancel_amount status paid_at failed_at started_at cancelled_at fail_reason receipt_url apply_num pg_tid cancel_history customer_uid_usage sandbox pg_provider pg_id'.split(
    ' ',
  ),
)

/** Holds a time to seconds: milliseconds are tens of thousands of years away. */
export function checkMoment(name: string, value: number) {
  if (value > lastMoment) throw new Refusal(`${name} 값은 초 단위 UNIX timestamp여야 합니다.`, 400)
}

function readField(name: string, { type, pattern, max = Number.POSITIVE_INFINITY }: Field, value: unknown, isForm: boolean): unknown {
  const wrong = new Refusal(`${name} 값이 올바르지 않습니다.`, 400)
  switch (type) {
    case 'any':
      return value
    case 'text':
      if (typeof value !== 'string' || pattern?.test(value) === false) throw wrong
      if ([...value].length > max) throw new Refusal(`${name} 값은 ${max}자 이하여야 합니다.`, 400)
      return value
    case 'number':
    case 'integer':
    case 'moment': {
      const number = isForm && typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value) ? Number(value) : value
      if (typeof number !== 'number' || !Number.isFinite(number) || Math.abs(number) > Number.MAX_SAFE_INTEGER) throw wrong
      if (type !== 'number' && !Number.isInteger(number)) throw wrong
      if (type === 'moment') checkMoment(name, number)
      return number
    }
    case 'boolean':
      if (isForm && (value === 'true' || value === 'false')) return value === 'true'
      if (typeof value !== 'boolean') throw wrong
      return value
    case 'texts': {
      const list = typeof value === 'string' ? [value] : value
      if (!Array.isArray(list) || list.some((item) => typeof item !== 'string')) throw wrong
      return list
    }
    case 'rows':
      if (!Array.isArray(value) || value.some((item) => typeof item !== 'object' || item === null)) throw wrong
      return value
  }
}

/** The known fields of a body, held to their types and lengths; throws a {@link Refusal}. Nothing else gets through. */
export function readFields({ values, isForm }: Body, fields: Fields): Record<string, unknown> {
  for (const name of Object.keys(values))
    if ((answerFields.has(name) || name === 'imp_uid') && !Object.hasOwn(fields, name))
      throw new Refusal(`${name}: 요청할 수 없는 항목입니다.`, 400)
  const read: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(fields)) {
    const value = Object.hasOwn(values, name) ? values[name] : undefined
    if (value === undefined || value === null || value === '') {
      if (field.required) throw new Refusal(`필수 파라미터가 누락되었습니다. (${name})`, 400)
    } else read[name] = readField(name, field, value, isForm)
  }
  return read
}

/** Whether a currency's smallest coin is one; a hundredth otherwise. */
const isWhole = (currency: unknown) => /^(?:KRW|JPY|VND)$/.test(String(currency))

/** Money to the nearest coin, which sums and differences of fractions miss. */
export function toCoins(amount: number, currency: unknown = 'KRW') {
  if (Number.isInteger(amount)) return amount
  return isWhole(currency) ? Math.round(amount) : Math.round(amount * 100) / 100
}

/** Holds money to whole coins. */
export function checkCoins(amount: unknown, currency: unknown = 'KRW') {
  if (toCoins(Number(amount), currency) === amount) return
  const most = isWhole(currency) ? '금액에는 소수점을 쓸 수 없습니다.' : '금액은 소수점 아래 두 자리까지 쓸 수 있습니다.'
  throw new Refusal(`${currency} ${most}`)
}

/** Money that can be asked for: more than nothing, in whole coins. */
export function checkAmount(amount: unknown, currency: unknown) {
  if (!(Number(amount) > 0)) throw new Refusal('결제금액은 0보다 커야 합니다.')
  checkCoins(amount, currency)
}

/** Numbers that go from 0 up to so much. */
export function checkParts(values: Readonly<Record<string, unknown>>, names: readonly string[], most: number) {
  for (const name of names)
    if (values[name] !== undefined && !(Number(values[name]) >= 0 && Number(values[name]) <= most))
      throw new Refusal(`${name} 값이 올바르지 않습니다.`, 400)
}

/** Whether the PG of a key takes an order. */
export function checkForPg(pg: string, order: Readonly<Record<string, unknown>>) {
  if (pgRule(pg).plainMerchantUid && !/^[A-Za-z0-9]*$/.test(String(order.merchant_uid)))
    throw new Refusal('merchant_uid는 영문과 숫자만 쓸 수 있습니다.')
  checkNeeds('charge', pg, order)
}

/** An order's fields with its money checked. */
export function readOrder(body: Body, more: Fields = {}) {
  const order = readFields(body, { ...orderFields, ...more })
  checkAmount(order.amount, order.currency)
  checkParts(order, ['tax_free', 'vat_amount', 'vat'], Number(order.amount))
  checkParts(order, ['product_count'], Number.MAX_SAFE_INTEGER)
  // instalments begin at 50,000 won
  checkParts(order, ['card_quota'], Number(order.amount) < 50_000 ? 1 : 60)
  if (order.notice_url !== undefined && !/^https?:\/\//.test(String(order.notice_url)))
    throw new Refusal('notice_url 값이 올바르지 않습니다.', 400)
  return order as typeof order & { merchant_uid: string; amount: number; name: string }
}
