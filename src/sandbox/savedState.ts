import type { SandboxDump } from './state.ts'

type Check = (value: unknown) => boolean
const isText: Check = (value) => typeof value === 'string'
const isNumber: Check = (value) => Number.isFinite(value)
const isRow = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value)
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check)
const rowOf =
  (parts: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isRow(value) && Object.entries(parts).every(([name, fits]) => fits(value[name]))
const pairOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.length === 2 && isText(value[0]) && check(value[1])

/** What a saved state holds, as far as a sandbox would stumble over something else. */
const parts = {
  at: isNumber,
  wall: isNumber,
  moved: isNumber,
  count: isNumber,
  pending: listOf(rowOf({ imp_uid: isText, at: isNumber })),
  payments: listOf(rowOf({ imp_uid: isText, merchant_uid: isText, amount: isNumber, cancel_amount: isNumber, status: isText })),
  schedules: listOf(rowOf({ merchant_uid: isText, customer_uid: isText, schedule_at: isNumber, schedule_status: isText })),
  webhooks: listOf(rowOf({ id: isNumber, address: isText, notice: isRow, due: orNull(isNumber), attempts: listOf(isRow) })),
  token: orNull(rowOf({ value: isText, until: isNumber })),
  noticeUrl: orNull(isText),
  billingKeys: listOf(pairOf(rowOf({ card: isRow, pg: isText, inserted: isNumber }))),
  prepared: listOf(pairOf(rowOf({ amount: isNumber, currency: orNull(isText) }))),
  noticeUrls: listOf(pairOf(isText)),
  usedUp: listOf(isText),
}
const fits = rowOf(parts)
/** Whether it is that, and nothing besides that would be lost. */
const isState: Check = (value) => fits(value) && Object.keys(value as object).every((name) => Object.hasOwn(parts, name))

/** Reads what `save` was given; `null` for anything else, another version's state too. */
export function readState(text: string): SandboxDump | null {
  try {
    const state: unknown = JSON.parse(text)
    return isState(state) ? (state as SandboxDump) : null
  } catch {
    return null
  }
}
