import { pgCode } from '../../billing/pg.ts'
import type { Fault } from '../faults.ts'
import type { State } from '../state.ts'
import type { Body } from './body.ts'
import { checkMoment, Refusal } from './fields.ts'

export interface RestContext {
  readonly state: State
  readonly impKey: string
  readonly impSecret: string
  /** The PGs of the merchant, the default first. */
  readonly pgs: readonly string[]
  /** How long `again` takes after it has looked whether the order is paid, in ms: two calls at once can then both pay. */
  readonly inFlightMs: number
}

export interface Call {
  /** The path's parts by name, decoded. */
  readonly path: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly body: Body
  readonly fault: Fault | undefined
}

/** What a call is answered with: the envelope's `response`, and a status when it is not 200. */
interface Answer {
  readonly response: unknown
  readonly status?: 200 | 207
}

/** One call of the REST API. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** As Hono writes paths. */
  readonly path: string
  /** Whether it is called without a token. */
  readonly open?: true
  readonly handle: (call: Call, context: RestContext) => Answer | Promise<Answer>
}

/** The PG that a call names, with or without its MID; the merchant's first when it names none of theirs. */
export function pgOf(named: unknown, { pgs }: RestContext): string {
  const code = pgCode(named)
  return pgs.includes(code) ? code : (pgs[0] ?? 'jtnet')
}

export const noPayment = () => new Refusal('존재하지 않는 결제정보입니다.', 404)
export const noCustomer = (status: 200 | 404) => new Refusal('등록되지 않은 구매자입니다.', status)
export const noSchedule = () => new Refusal('존재하지 않는 예약결제입니다.', 404)

/** A whole number of the query; `missing` when it was not given, which `undefined` forbids. */
function queryNumber(query: URLSearchParams, name: string, missing?: number): number {
  const value = query.get(name)
  if (value === null && missing !== undefined) return missing
  if (value === null || !/^\d{1,15}$/.test(value)) throw new Refusal(`${name} 값이 올바르지 않습니다.`, 400)
  return Number(value)
}

/** A time of the query, in seconds. */
export function queryMoment(query: URLSearchParams, name: string, missing?: number): number {
  const moment = queryNumber(query, name, missing)
  checkMoment(name, moment)
  return moment
}

/** One of the words a query takes. */
export function queryWord<Word extends string>(query: URLSearchParams, name: string, words: readonly Word[]): Word | null {
  const value = query.get(name)
  if (value !== null && !(words as readonly string[]).includes(value)) throw new Refusal(`${name} 값이 올바르지 않습니다.`, 400)
  return value as Word | null
}

/** How many rows a page has where a call lets that be said. */
export const limitOf = (query: URLSearchParams) => queryNumber(query, 'limit', 20)

/** A page of a list, as `{ total, previous, next, list }`. */
export function paged<Row>(rows: readonly Row[], query: URLSearchParams, limit = 20) {
  const page = queryNumber(query, 'page', 1)
  if (page < 1 || limit < 1 || limit > 1000) throw new Refusal('page와 limit이 올바르지 않습니다.', 400)
  const pages = Math.ceil(rows.length / limit)
  if (page > Math.max(pages, 1)) throw new Refusal('데이터 범위를 넘어선 page입니다.', 400)
  const list = rows.slice((page - 1) * limit, page * limit)
  return { total: rows.length, previous: page - 1, next: page < pages ? page + 1 : 0, list }
}
