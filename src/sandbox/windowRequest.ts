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
  return { rule, shown, approved: rule === 'display-only' ? 0 : shown }
}

/** Why no window opens, as a sentence of PortOne's; `null` when it does (docs/sdk-facts.md, 18). */
export function requestProblem(params: Asked['params']): string | null {
  const { amount, customer_id, merchant_uid } = params
  const rule = pgRule(params.pg)
  if (amount !== undefined && (typeof amount !== 'number' || !Number.isSafeInteger(amount) || amount < 0))
    return 'amount는 0 이상의 정수여야 합니다.'
  if (amountsOf(params).rule === 'charge-required' && !(Number(amount) > 0)) return '결제금액이 0보다 커야 합니다.'
  for (const [name, row] of Object.entries(fields) as [FieldName, FieldRow][]) {
    const wire = row.wire === undefined ? wireName(name) : row.wire
    const value = wire === null ? undefined : params[wire]
    if (row.limit && typeof value === 'string' && [...value].length > row.limit) return `${wire} 값은 ${row.limit}자 이하여야 합니다.`
    if ((rule.requires as readonly string[]).includes(name) && wire && !value) return `${wire} 값이 필요합니다.`
  }
  if (rule.customerIdLimit && [...String(customer_id ?? '')].length > rule.customerIdLimit)
    return `customer_id 값은 ${rule.customerIdLimit}자 이하여야 합니다.`
  if (rule.plainMerchantUid && !/^[A-Za-z0-9]*$/.test(String(merchant_uid ?? ''))) return 'merchant_uid는 영문과 숫자만 쓸 수 있습니다.'
  return null
}
