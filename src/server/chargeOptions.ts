import { type ChargeLock, createProcessLock } from './chargeLock.ts'
import { isMs, longestMs } from './deadline.ts'
import type { AgainRequest, CallOptions, IamportClient } from './iamportClient.ts'
import { isSegment } from './ids.ts'
import { reportTo } from './report.ts'

/** What a charge needs of a client: a test or a shop can put another behind it. */
export type ChargeClient = Pick<IamportClient, 'paymentByMerchantUid' | 'again' | 'timeoutMs'>

export interface ChargeOptions extends CallOptions {
  /** Needed as soon as two processes can charge one order at the same moment. One that this process remembers when left out. */
  readonly lock?: ChargeLock | undefined
  /** How long to go on asking what became of a charge whose answer was lost, in ms. 10,000 when left out. */
  readonly patienceMs?: number | undefined
  /**
   * How old a claim can be whose charge may still be on its way, in ms: nothing is sent under a claim older than half of
   * it, and `reconcileCharge` frees no younger one. At least twice the client's `timeoutMs`; 300,000 when left out. The
   * same for all that share a lock.
   */
  readonly inFlightMs?: number | undefined
  /**
   * Told of what went wrong beside the result: a claim that could not be given back, so that its order stays locked until
   * `reconcileCharge`, or what `onResult` of `chargeMany` throws. `console.error` when left out.
   */
  onError?(error: unknown, where: { merchantUid: string }): unknown
}

const processLocks = new WeakMap<ChargeClient, ChargeLock>()

function processLock(iamport: ChargeClient): ChargeLock {
  const known = processLocks.get(iamport) ?? createProcessLock()
  processLocks.set(iamport, known)
  return known
}

const known: readonly string[] = ['signal', 'patienceMs', 'inFlightMs', 'lock', 'onError'] satisfies (keyof ChargeOptions)[]

/** Whether it can be asked what a lock is asked. */
export const isLock = (lock: unknown): lock is ChargeLock =>
  typeof lock === 'object' && lock !== null && ['acquire', 'held', 'release'].every((name) => typeof Reflect.get(lock, name) === 'function')

/** `inFlightMs` when left out. */
export const usualInFlightMs = 300_000

/** @throws {TypeError} when a claim could become too old while its charge is on its way */
export function assertInFlight(inFlightMs: number, { timeoutMs }: Pick<ChargeClient, 'timeoutMs'>): void {
  if (!Number.isFinite(inFlightMs) || !(inFlightMs >= 2 * timeoutMs))
    throw new TypeError(`charge: inFlightMs (${inFlightMs}) has to be at least twice the client's timeoutMs (${timeoutMs})`)
}

/** The options with what they are when left out, checked. `shared`: whether other processes know the lock. */
export function settingsOf(iamport: ChargeClient, options: ChargeOptions) {
  const { signal, patienceMs = 10_000, inFlightMs = usualInFlightMs, lock = processLock(iamport), onError } = options
  const unknown = Object.keys(options).find((name) => !known.includes(name))
  // a lock under another name would be none
  if (unknown !== undefined) throw new TypeError(`charge: there is no option ${unknown}`)
  if (!isLock(lock)) throw new TypeError('charge: lock has to be a ChargeLock, with acquire, held and release')
  if (!isMs(patienceMs, 0)) throw new TypeError(`charge: patienceMs has to be 0 to ${longestMs} (24 days), not ${patienceMs}`)
  if (!isMs(iamport.timeoutMs, Number.MIN_VALUE))
    throw new TypeError(`charge: the client's timeoutMs has to be above 0, and at most ${longestMs} (24 days), not ${iamport.timeoutMs}`)
  assertInFlight(inFlightMs, iamport)
  if (signal && typeof signal.addEventListener !== 'function') throw new TypeError('charge: signal has to be an AbortSignal')
  if (onError !== undefined && typeof onError !== 'function') throw new TypeError('charge: onError has to be a function')
  const report = (error: unknown, merchantUid: string) =>
    reportTo(onError && ((failure) => onError(failure, { merchantUid })), `charge of ${merchantUid}`, error)
  return { signal, patienceMs, inFlightMs, lock, shared: options.lock !== undefined, report }
}

export type ChargeSettings = ReturnType<typeof settingsOf>

const limits = [
  ['customerUid', 80],
  ['merchantUid', 40],
  ['name', 40],
] as const

/** @throws {TypeError} when PortOne would not take the request, or would take it for something else */
export function assertCharge(request: AgainRequest): void {
  const { amount, currency = 'KRW' } = request
  if (typeof currency !== 'string' || !/^[a-z]{3}$/i.test(currency))
    throw new TypeError('charge: currency has to be text of three letters like KRW')
  if (!Number.isFinite(amount) || amount <= 0 || (currency.toUpperCase() === 'KRW' && !Number.isSafeInteger(amount)))
    throw new TypeError(`charge: amount has to be a number above 0, whole for KRW, not ${String(amount)}`)
  for (const [field, limit] of limits)
    if (typeof request[field] !== 'string' || request[field] === '' || [...request[field]].length > limit)
      throw new TypeError(`charge: ${field} has to be text of 1 to ${limit} characters`)
  // an order that cannot be looked up must not be sent
  if (!isSegment(request.merchantUid)) throw new TypeError('charge: merchantUid cannot stand in an address')
}
