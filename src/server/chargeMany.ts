import { charge } from './charge.ts'
import { assertCharge, type ChargeClient, type ChargeOptions, settingsOf } from './chargeOptions.ts'
import { type ChargeResult, compare, declined, message, unknown } from './chargeResult.ts'
import type { AgainRequest } from './iamportClient.ts'
import { reconcileCharge } from './reconcileCharge.ts'
import { untilAborted } from './untilAborted.ts'
import { isWire, type Payment } from './wire.ts'

/** One item of {@link chargeMany}. */
export interface ChargedItem {
  readonly request: AgainRequest
  readonly result: ChargeResult
}

export interface ChargeManyOptions extends ChargeOptions {
  /** How many at a time, 5 when left out, at most 1,000. */
  readonly concurrency?: number | undefined
  /** Of an earlier run, in any order, from JSON too. */
  readonly results?: Iterable<ChargedItem> | undefined
  /** Each result as it comes, to keep it. What it throws goes to `onError`: the result is returned all the same. */
  readonly onResult?: ((item: ChargedItem) => Promise<void> | void) | undefined
}

/** More lanes than this are a mistake. */
const mostAtOnce = 1_000

/** What came to nothing for a reason that does not last. */
const chargedAgain: readonly string[] = ['not-sent', 'not-found', 'http-401', 'http-429', 'invalid-request']

/**
 * Charges many keys, a few at a time: one result for each request, in their order. A failure stops nothing, and requests
 * are read only as they are needed. Given the results of an earlier run, it goes on from there: what was paid (and fits
 * the request) or declined is taken over, what is unknown is reconciled, the rest is charged. Once `signal` is aborted, the
 * rest of a list is answered with `not-sent`, and nothing more is read from an async iterable.
 *
 * @throws what the iterable throws, once everything that was begun has ended and `onResult` has been told
 * @example
 * const results = await chargeMany(iamport, due, { lock, onResult: ({ request, result }) => save(request.merchantUid, result) })
 */
export async function chargeMany(
  iamport: ChargeClient,
  requests: Iterable<AgainRequest> | AsyncIterable<AgainRequest>,
  options: ChargeManyOptions = {},
): Promise<ChargedItem[]> {
  const { concurrency = 5, results = [], onResult, ...rest } = options
  if (!Number.isSafeInteger(concurrency) || concurrency < 1 || concurrency > mostAtOnce)
    throw new TypeError(`chargeMany: concurrency has to be 1 to ${mostAtOnce}, not ${concurrency}`)
  if (onResult !== undefined && typeof onResult !== 'function') throw new TypeError('chargeMany: onResult has to be a function')
  const { report } = settingsOf(iamport, rest)
  const known = knownResults(results)
  const { signals, clear } = signalsFor(concurrency + 1, rest.signal)
  const [untilStopped, ...lanes] = signals
  const next = reading(requests, untilStopped)
  const items: ChargedItem[] = []
  const lane = async (signal: AbortSignal | undefined) => {
    for (let read = await next(); read; read = await next()) {
      const { at, request } = read
      const item = { request, result: await settle(iamport, request, known.get(request.merchantUid), { ...rest, signal }) }
      items[at] = item
      try {
        await onResult?.(item)
      } catch (error) {
        await report(error, request.merchantUid)
      }
    }
  }
  const ends = await Promise.allSettled(lanes.map(lane))
  clear()
  for (const end of ends) if (end.status === 'rejected') throw end.reason
  return items
}

/** A signal for each, so that the caller's has one listener and not hundreds, which Node warns of. */
function signalsFor(count: number, outer: AbortSignal | undefined) {
  if (!outer) return { signals: Array.from({ length: count }, () => undefined), clear() {} }
  const controllers = Array.from({ length: count }, () => new AbortController())
  const stop = () => {
    for (const controller of controllers) controller.abort(outer.reason)
  }
  if (outer.aborted) stop()
  outer.addEventListener('abort', stop)
  return { signals: controllers.map(({ signal }) => signal), clear: () => outer.removeEventListener('abort', stop) }
}

/**
 * The newest result of each order; nothing comes after `paid`.
 *
 * @throws {TypeError} when one is no result: taken for none, its order would be charged anew
 */
function knownResults(results: Iterable<ChargedItem>): Map<string, ChargeResult> {
  if (!isIterable(results)) throw new TypeError('chargeMany: results has to be a list')
  const known = new Map<string, ChargeResult>()
  let at = 0
  for (const item of results) {
    if (!isChargedItem(item)) throw new TypeError(`chargeMany: results[${at}] has to be { request, result } as chargeMany gave it`)
    const { request, result } = item
    if (known.get(request.merchantUid)?.status !== 'paid') known.set(request.merchantUid, result)
    at += 1
  }
  return known
}

const isIterable = (value: unknown, by: symbol = Symbol.iterator) =>
  typeof value === 'object' && value !== null && typeof Reflect.get(value, by) === 'function'

function isChargedItem(item: unknown): item is ChargedItem {
  if (!isWire(item) || !isWire(item.request) || !isWire(item.result)) return false
  const { status, code } = item.result
  // one whose number was refused has none that could be looked for
  if (status === 'declined') return typeof code === 'string' && (typeof item.request.merchantUid === 'string' || code === 'invalid-request')
  return typeof item.request.merchantUid === 'string' && (status === 'paid' || status === 'unknown')
}

/** Hands out one request after the other, numbered; who asks while another is read waits for that. */
function reading(requests: Iterable<AgainRequest> | AsyncIterable<AgainRequest>, signal: AbortSignal | undefined) {
  if (!isIterable(requests) && !isIterable(requests, Symbol.asyncIterator)) throw new TypeError('chargeMany: requests has to be iterable')
  const iterator = Symbol.asyncIterator in requests ? fromAsync(requests, signal) : requests[Symbol.iterator]()
  let count = 0
  let over = false
  const read = async () => {
    if (over) return null
    try {
      const step = await iterator.next()
      over = step.done === true
      // an iterable may hand out one object again and again
      return step.done ? null : { at: count++, request: { ...step.value } }
    } catch (cause) {
      over = true
      throw cause
    }
  }
  let last: Promise<unknown> = Promise.resolve()
  return () => {
    const mine = last.then(read, read)
    last = mine
    return mine
  }
}

function fromAsync(requests: AsyncIterable<AgainRequest>, signal: AbortSignal | undefined) {
  const iterator = requests[Symbol.asyncIterator]()
  return signal ? untilAborted(iterator, signal) : iterator
}

const paymentFields = { impUid: 'string', merchantUid: 'string', amount: 'number', currency: 'string' } as const

function keptPayment(payment: Payment | null | undefined): Payment | null {
  if (!isWire(payment) || payment.status !== 'paid' || payment.customerUid === undefined) return null
  return Object.entries(paymentFields).every(([field, type]) => typeof Reflect.get(payment, field) === type) ? payment : null
}

async function settle(iamport: ChargeClient, request: AgainRequest, known: ChargeResult | undefined, options: ChargeOptions) {
  try {
    assertCharge(request)
  } catch (cause) {
    return declined('invalid-request', message(cause))
  }
  // one that was not kept whole proves nothing: PortOne is asked again
  const payment = known?.status === 'paid' ? keptPayment(known.payment) : null
  if (payment) return compare(payment, request)
  if (known?.status === 'declined' && !chargedAgain.includes(known.code)) return known
  try {
    return await (known?.status === 'unknown' ? reconcileCharge(iamport, request, options) : charge(iamport, request, options))
  } catch (cause) {
    return unknown(request, cause)
  }
}
