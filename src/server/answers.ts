import { isSegment } from './ids.ts'
import { isCustomerId } from './intent.ts'
import type { Customer, FirstOrder, Price } from './options.ts'

/** `null` when a value fits, else how it has to be. */
type Check = (value: unknown, all: Readonly<Record<string, unknown>>) => string | null

const text =
  (limit: number): Check =>
  (value) =>
    typeof value === 'string' && value.trim() !== '' && [...value].length <= limit ? null : `text of 1 to ${limit} characters`
const id =
  (limit: number): Check =>
  (value, all) =>
    text(limit)(value, all) ?? (isSegment(value) ? null : 'text that can stand in an address')
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const record: Check = (value) => (isRecord(value) ? null : 'an object')
const records: Check = (value) => (Array.isArray(value) && value.every(isRecord) ? null : 'a list of objects')
const texts: Check = (value) =>
  isRecord(value) && Object.values(value).every((part) => part === undefined || typeof part === 'string') ? null : 'an object of texts'
const addresses: Check = (value) =>
  [value].flat().every((part) => typeof part === 'string' && part !== '') ? null : 'an address or a list of them'
const whole: Check = (value) => (Number.isSafeInteger(value) && Number(value) >= 0 ? null : 'a whole number, 0 or more')
const noFraction = /^(KRW|JPY|VND)$/i
const money =
  (above0: boolean): Check =>
  (value, { currency = 'KRW' }) => {
    const isWhole = noFraction.test(String(currency))
    const fits = typeof value === 'number' && (isWhole ? Number.isSafeInteger(value) : Number.isFinite(value))
    if (fits && (above0 ? value > 0 : value >= 0)) return null
    return `a number, ${isWhole ? 'whole and ' : ''}${above0 ? 'above 0' : '0 or more'}`
  }
const currency: Check = (value) => (typeof value === 'string' && /^[A-Z]{3}$/.test(value) ? null : 'three letters like KRW')

const firstOrderFields = {
  name: text(40),
  amount: money(false),
  displayAmount: money(false),
  currency,
  taxFree: money(false),
  vatAmount: money(false),
  pg: text(80),
  channelKey: text(200),
  payMethod: text(20),
  customerId: text(80),
  buyer: texts,
  period: texts,
  language: text(10),
  noticeUrl: addresses,
  confirmUrl: text(2000),
  products: records,
  display: record,
  card: record,
  bypass: record,
  extra: record,
  merchantUid: id(40),
  replaces: id(80),
} satisfies Record<keyof FirstOrder, Check>

const priceFields = {
  merchantUid: id(40),
  name: text(40),
  amount: money(true),
  buyer: texts,
  customData: text(100_000),
  noticeUrl: text(2000),
  currency,
  taxFree: money(false),
  vatAmount: money(false),
  cardQuota: whole,
} satisfies Record<keyof Price, Check>

/** What one of the shop's callbacks gave, checked field by field: fields that are `undefined` are left out. */
function checked(
  callback: string,
  value: unknown,
  fields: Readonly<Record<string, Check>>,
  required: readonly string[],
): Record<string, unknown> {
  if (!isRecord(value)) throw new TypeError(`${callback} has to give an object, not ${kindOf(value)}`)
  const given = Object.entries(value).filter(([, part]) => part !== undefined)
  const wrong = [
    // what a class computes is none of the object's own fields, and would be left out
    ...required.filter((field) => !given.some(([name]) => name === field)).map((field) => `${field} is missing`),
    ...given.flatMap(([field, part]) => {
      const check = Object.hasOwn(fields, field) ? fields[field] : undefined
      if (!check) return [`${field} is not one of its fields`]
      const rule = check(part, value)
      return rule === null ? [] : [`${field} has to be ${rule}, not ${kindOf(part)}`]
    }),
  ]
  if (wrong.length > 0) throw new TypeError(`What ${callback} gave does not fit: ${wrong.join('; ')}`)
  return Object.fromEntries(given)
}

/** A value for the operator's log: a text by its length, since it may be a customer's. */
function kindOf(value: unknown): string {
  if (typeof value === 'string') return `text of ${[...value].length} characters`
  if (typeof value === 'number') return String(value)
  return Array.isArray(value) ? 'a list' : value === null ? 'null' : typeof value
}

/**
 * @throws {TypeError} a sentence for the operator; the browser gets a 500
 */
export function checkedFirstOrder(value: unknown): FirstOrder {
  return checked('firstOrder', value, firstOrderFields, ['name', 'amount']) as unknown as FirstOrder
}

/**
 * @throws {TypeError} a sentence for the operator; the browser gets a 500
 */
export function checkedPrice(value: unknown): Price {
  return checked('price', value, priceFields, ['merchantUid', 'name', 'amount']) as unknown as Price
}

/**
 * `null` for nobody, which `undefined` says as well.
 *
 * @throws {TypeError} a sentence for the operator; the browser gets a 500
 */
export function checkedCustomer(value: unknown): Customer | null {
  if (value === null || value === undefined) return null
  if (!isRecord(value) || !isCustomerId(value.id))
    throw new TypeError(
      `authenticate has to give null or an object whose id is text or a number (whole, and below 2^53: larger ones as text), not ${kindOf(value)}`,
    )
  return { ...value, id: value.id }
}

/**
 * @throws {TypeError} a sentence for the operator; the browser gets a 500
 */
export function checkedCustomerUids(value: unknown): readonly string[] {
  if (!Array.isArray(value)) throw new TypeError(`customerUids has to give a list, not ${kindOf(value)}`)
  value.forEach((uid, at) => {
    const rule = id(80)(uid, {})
    if (rule !== null)
      throw new TypeError(`customerUids has to give a list of keys: the one at ${at} has to be ${rule}, not ${kindOf(uid)}`)
  })
  return value
}
