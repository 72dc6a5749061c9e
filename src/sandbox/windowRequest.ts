import { type FieldName, type FieldRow, fields, wireName } from '../billing/fields.ts'
import { amountRule, payMethodOf, pgRule } from '../billing/pg.ts'
import type { Dialect } from './redirectBack.ts'

/** What an SDK asks for. */
export interface Asked {
  readonly userCode: string
  readonly params: Readonly<Record<string, unknown>>
  readonly origin: string
  readonly mobile: boolean
  readonly dialect?: Dialect
  /** The legacy SDK's own number of the call. */
  readonly request_id?: string
}

const isRow = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
/** The texts that name an order: a number is taken as PortOne takes one in JSON. */
const named = ['merchant_uid', 'customer_uid', 'name'] as const

/** Reads what an SDK sent; `null` for anything else. */
export function readAsked(given: unknown): Asked | null {
  if (!isRow(given) || !isRow(given.params) || typeof given.origin !== 'string') return null
  const { userCode, origin, mobile, dialect, request_id } = given
  const params = { ...given.params }
  for (const name of named) if (typeof params[name] === 'number') params[name] = String(params[name])
  return {
    userCode: String(userCode),
    params,
    origin,
    mobile: mobile === true,
    ...(dialect === 'legacy' ? { dialect } : {}),
    ...(typeof request_id === 'string' ? { request_id } : {}),
  }
}

/** Over the shop's page, beside it, or in its place. */
export type Place = 'overlay' | 'popup' | 'page'

/** Where the window of a PG opens. */
export function placeOf(params: Asked['params'], mobile: boolean): Place {
  const rule = pgRule(params.pg)
  if (rule[mobile ? 'mobile' : 'pc'] === 'redirect') return 'page'
  const popup = rule.popup === true || (rule.popup === null && params.popup === true)
  return popup && !mobile ? 'popup' : 'overlay'
}

/** What the amount of a request comes to: what the window shows, and what it approves. */
export function amountsOf(params: Asked['params']) {
  const { amount } = params
  const rule = amountRule(pgRule(params.pg), payMethodOf({ pg: params.pg, payMethod: params.pay_method }))
  const shown = rule === 'not-sent' || typeof amount !== 'number' ? 0 : amount
  return { rule, shown, approved: rule === 'display-only' && params.customer_uid ? 0 : shown }
}

/** Why no window opens, as a sentence of PortOne's; `null` when it does (docs/sdk-facts.md, 18). */
export function requestProblem(params: Asked['params']): string | null {
  const { amount, currency, customer_id, customer_uid, merchant_uid, name: product } = params
  if (!merchant_uid || !product) return '필수 파라미터가 누락되었습니다.'
  const rule = pgRule(params.pg)
  if (currency !== undefined && currency !== null && !(typeof currency === 'string' && /^[A-Z]{3}$/.test(currency)))
    return 'currency 값이 올바르지 않습니다.'
  if (amount !== undefined && (typeof amount !== 'number' || !Number.isSafeInteger(amount) || amount < 0))
    return 'amount는 0 이상의 정수여야 합니다.'
  // without a name for the key it is a payment like any other
  if ((amountsOf(params).rule === 'charge-required' || !customer_uid) && !(Number(amount) > 0)) return '결제금액이 0보다 커야 합니다.'
  for (const [name, row] of Object.entries(fields) as [FieldName, FieldRow][]) {
    const wire = row.wire === undefined ? wireName(name) : row.wire
    const value = wire === null ? undefined : params[wire]
    if (row.limit && value !== undefined && value !== null) {
      if (typeof value !== 'string') return `${wire} 값이 올바르지 않습니다.`
      if ([...value].length > row.limit) return `${wire} 값은 ${row.limit}자 이하여야 합니다.`
    }
    if ((rule.requires as readonly string[]).includes(name) && wire && !value) return `${wire} 값이 필요합니다.`
  }
  if (rule.customerIdLimit && [...String(customer_id ?? '')].length > rule.customerIdLimit)
    return `customer_id 값은 ${rule.customerIdLimit}자 이하여야 합니다.`
  if (rule.plainMerchantUid && !/^[A-Za-z0-9]*$/.test(String(merchant_uid ?? ''))) return 'merchant_uid는 영문과 숫자만 쓸 수 있습니다.'
  return null
}
