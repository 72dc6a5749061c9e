import pLimit from 'p-limit'
import type { AgainRequest, CallOptions, IamportClient } from './client.ts'
import { IamportApiError } from './iamportApiError.ts'
import type { Payment } from './wire.ts'

/**
 * What a charge came to. `unknown`: it may have been made, and PortOne could not, or not yet, say so. Call
 * {@link reconcileCharge} with the same request some minutes later, never `charge` with another `merchantUid`.
 *
 * Codes of `declined`: `card-declined`, `not-sent` (nothing left this machine: try again), `order-paid-otherwise`,
 * `order-cancelled`, `not-found` (by `reconcileCharge`), `http-401` and the like, `portone-…` with PortOne's own code,
 * `invalid-request` (by `chargeMany`).
 */
export type ChargeResult =
  | { readonly status: 'paid'; readonly payment: Payment }
  | { readonly status: 'declined'; readonly code: string; readonly message: string }
  | { readonly status: 'unknown'; readonly reconcile: string; readonly cause: unknown }

/**
 * Remembers which orders have been sent, for all processes: a row with the order number as its unique key and the time.
 * It is what keeps two processes from charging one order at the same moment, which PortOne does not promise to refuse.
 * Has to survive a crash of the process.
 *
 * @example
 * const lock: ChargeLock = {
 *   acquire: (order) => db.run('insert into sent values (?, ?) on conflict do nothing', order, Date.now()).changes === 1,
 *   release: (order, heldMs) => {
 *     db.run('delete from sent where merchant_uid = ? and at <= ?', order, Date.now() - heldMs)
 *     return !db.get('select 1 from sent where merchant_uid = ?', order)
 *   },
 * }
 */
export interface ChargeLock {
  /** `true` for exactly one caller until it is released. */
  acquire(merchantUid: string): Promise<boolean> | boolean
  /**
   * Frees an order of which it is certain that nothing was charged, if it was acquired at least `heldMs` ago. Answers
   * whether it is free now. An order that was paid, or may have been, is never released.
   */
  release(merchantUid: string, heldMs: number): Promise<boolean> | boolean
}

export interface ChargeOptions extends CallOptions {
  /** Needed as soon as two processes can charge one order at the same moment. One that this process remembers when left out. */
  readonly lock?: ChargeLock | undefined
  /** How long to go on asking what became of a charge whose answer was lost, in ms. 10,000 when left out. */
  readonly patienceMs?: number | undefined
  /** How long a charge can be on its way at PortOne, in ms: before that, `reconcileCharge` frees no locked order. 300,000 when left out. */
  readonly inFlightMs?: number | undefined
}

/**
 * Charges a billing key exactly once. `merchantUid` is the idempotency key: an order that was already paid answers with
 * that payment. The order is looked up before anything is sent, and after an answer that was lost it is looked up until
 * `patienceMs` is over; nothing is ever sent twice by one call. The whole table of failures is in docs/charge.md.
 *
 * @throws {TypeError} when the request is not valid; nothing was sent then
 * @example
 * const result = await charge(iamport, { customerUid, merchantUid: 'order-2026-12', amount: 9900, name: '12월 이용권' })
 * if (result.status === 'paid') ship()
 */
export async function charge(iamport: IamportClient, request: AgainRequest, options: ChargeOptions = {}): Promise<ChargeResult> {
  assertValid(request)
  // a double click: the second one waits, and finds the payment of the first
  return inTurn(iamport, request.merchantUid, async () => {
    const own = ownLock(iamport)
    const { lock = own } = options
    try {
      // claimed before it is looked up: a failure of another process in between would be taken for this attempt's
      if (!(await lock.acquire(request.merchantUid))) return await sentElsewhere(iamport, request, options)
    } catch (cause) {
      return notSent(`The order could not be locked: ${message(cause)}`)
    }
    const result = await lookAndSend(iamport, request, options)
    try {
      if (result.status === 'declined' || (result.status === 'paid' && lock === own)) await lock.release(request.merchantUid, 0)
    } catch {
      // it stays locked, and reconcileCharge frees it
    }
    return result
  })
}

async function lookAndSend(iamport: IamportClient, request: AgainRequest, options: ChargeOptions): Promise<ChargeResult> {
  const before = await look(iamport, request, options)
  // without the look nothing may be sent
  if (before instanceof Error) return notSent(`The order could not be looked up: ${before.message}`)
  if (before?.status === 'paid') return compare(before, request)
  if (before?.status === 'cancelled') return cancelled
  if (before?.status === 'ready') return unknown(request, new Error('A payment of this order is under way.'))
  return sendOnce(iamport, request, before, options)
}

async function sendOnce(
  iamport: IamportClient,
  request: AgainRequest,
  before: Payment | null,
  options: ChargeOptions,
): Promise<ChargeResult> {
  let lost: unknown
  try {
    const payment = await iamport.again(request, { signal: options.signal })
    if (payment.status === 'paid') return compare(payment, request)
    if (payment.status === 'failed') return declined('card-declined', payment.failReason ?? '')
    lost = new Error(`PortOne answered with status ${payment.status}.`)
  } catch (cause) {
    lost = cause
  }
  const error = lost instanceof IamportApiError ? lost : null
  if (error && (!error.sent || error.path === '/users/getToken')) return notSent(error.message)
  // PortOne spoke for itself, or turned the call away at the door. It may have done so because the order is paid.
  const refused = error && ((error.code && error.httpStatus < 500) || error.httpStatus === 401 || error.httpStatus === 429) ? error : null
  const patience = refused ? 0 : (options.patienceMs ?? 10_000)
  const until = Date.now() + patience
  for (let wait = 250; ; wait *= 2) {
    const found = await look(iamport, request, options)
    if (found instanceof Error) lost = found
    else if (found?.status === 'paid') return compare(found, request)
    else if (found?.status === 'cancelled') return cancelled
    // an older failure says nothing about this attempt
    else if (found?.status === 'failed' && found.impUid !== before?.impUid) return declined('card-declined', found.failReason ?? '')
    else if (refused && !(found?.status === 'ready'))
      return declined(refused.code ? `portone-${refused.code}` : `http-${refused.httpStatus}`, refused.message)
    if (Date.now() + wait > until || options.signal?.aborted) return unknown(request, lost)
    await new Promise((resolve) => setTimeout(resolve, wait))
  }
}

/**
 * Asks PortOne what became of a charge whose answer was lost. Sends nothing. `declined` with code `not-found` means that
 * PortOne knows of no payment, and that none can be on its way any more: the order can be charged again under the same
 * number. It stays `unknown` for `inFlightMs` after the charge, as far as the `lock` remembers it; another process
 * without a lock of all of them has to wait that long itself.
 */
export async function reconcileCharge(iamport: IamportClient, request: AgainRequest, options: ChargeOptions = {}): Promise<ChargeResult> {
  const found = await look(iamport, request, options)
  if (found instanceof Error) return unknown(request, found)
  if (found?.status === 'paid') return compare(found, request)
  if (found?.status === 'ready') return unknown(request, new Error('The payment is under way.'))
  if (found?.status === 'cancelled') return cancelled
  try {
    const { lock = ownLock(iamport), inFlightMs = 300_000 } = options
    if (!(await lock.release(request.merchantUid, inFlightMs))) return unknown(request, new Error('The charge may still be on its way.'))
  } catch (cause) {
    return unknown(request, cause)
  }
  if (found) return declined('card-declined', found.failReason ?? '')
  return declined('not-found', 'PortOne knows of no payment of this order.')
}

/** One item of {@link chargeMany}. */
export interface ChargedItem {
  readonly request: AgainRequest
  readonly result: ChargeResult
}

/**
 * Charges many keys, a few at a time: one result for each request, in their order. A failure stops nothing. Given the
 * results of an earlier run, it goes on from there: what was paid or declined is taken over, what is unknown is
 * reconciled, the rest is charged.
 *
 * @param options `concurrency`: how many at a time, 5 when left out; `results`: of an earlier run; `onResult`: each as it comes, to keep it
 * @example
 * const results = await chargeMany(iamport, due, { lock, onResult: ({ request, result }) => save(request.merchantUid, result) })
 */
export async function chargeMany(
  iamport: IamportClient,
  requests: readonly AgainRequest[],
  options: ChargeOptions & {
    readonly concurrency?: number
    readonly results?: readonly ChargedItem[]
    readonly onResult?: (item: ChargedItem) => Promise<void> | void
  } = {},
): Promise<ChargedItem[]> {
  const { concurrency = 5, results = [], onResult, ...rest } = options
  const known = new Map(results.map((item) => [item.request.merchantUid, item.result]))
  const limit = pLimit(concurrency)
  const one = async (request: AgainRequest): Promise<ChargedItem> => {
    const item = { request, result: await settle(iamport, request, known.get(request.merchantUid), rest) }
    try {
      await onResult?.(item)
    } catch {
      // the result is returned all the same
    }
    return item
  }
  return Promise.all(requests.map((request) => limit(() => one(request))))
}

async function settle(iamport: IamportClient, request: AgainRequest, known: ChargeResult | undefined, options: ChargeOptions) {
  if (known?.status === 'paid' || known?.status === 'declined') return known
  try {
    assertValid(request)
  } catch (cause) {
    return declined('invalid-request', message(cause))
  }
  try {
    return await (known ? reconcileCharge(iamport, request, options) : charge(iamport, request, options))
  } catch (cause) {
    return unknown(request, cause)
  }
}

/** What this process charges now, by client and order. */
const running = new WeakMap<IamportClient, Map<string, Promise<unknown>>>()

/** One order is charged by one at a time. */
function inTurn<Result>(iamport: IamportClient, merchantUid: string, run: () => Promise<Result>): Promise<Result> {
  const orders = running.get(iamport) ?? new Map<string, Promise<unknown>>()
  running.set(iamport, orders)
  const mine = (orders.get(merchantUid) ?? Promise.resolve()).then(run, run)
  orders.set(merchantUid, mine)
  const done = () => {
    if (orders.get(merchantUid) === mine) orders.delete(merchantUid)
  }
  mine.then(done, done)
  return mine
}

const ownLocks = new WeakMap<IamportClient, ChargeLock>()

/** The lock of a process that is alone: it remembers what is on its way, or was lost, as long as it lives. */
function ownLock(iamport: IamportClient): ChargeLock {
  const known = ownLocks.get(iamport)
  if (known) return known
  const sent = new Map<string, number>()
  const lock: ChargeLock = {
    acquire: (order) => !sent.has(order) && Boolean(sent.set(order, Date.now())),
    release: (order, heldMs) => {
      if ((sent.get(order) ?? 0) <= Date.now() - heldMs) sent.delete(order)
      return !sent.has(order)
    },
  }
  ownLocks.set(iamport, lock)
  return lock
}

/** Another process has sent this order, or an earlier try of it was lost. */
async function sentElsewhere(iamport: IamportClient, request: AgainRequest, options: ChargeOptions): Promise<ChargeResult> {
  const found = await look(iamport, request, options)
  if (found && !(found instanceof Error) && found.status === 'paid') return compare(found, request)
  if (found && !(found instanceof Error) && found.status === 'cancelled') return cancelled
  return unknown(request, new Error('This order has been sent by another process, or its answer was lost.'))
}

/** The payment that counts: a paid one if there is any, else the newest. An `Error` when PortOne could not be asked. */
async function look(iamport: IamportClient, { merchantUid }: AgainRequest, { signal }: ChargeOptions): Promise<Payment | Error | null> {
  try {
    const newest = await iamport.paymentByMerchantUid(merchantUid, undefined, { signal })
    if (!newest || newest.status === 'paid') return newest
    return (await iamport.paymentByMerchantUid(merchantUid, 'paid', { signal })) ?? newest
  } catch (cause) {
    return cause instanceof Error ? cause : new Error(String(cause))
  }
}

function assertValid(request: AgainRequest): void {
  if (!Number.isFinite(request.amount) || request.amount <= 0 || (!request.currency && !Number.isSafeInteger(request.amount)))
    throw new TypeError(`charge: amount has to be a number above 0, whole for KRW, not ${String(request.amount)}`)
  for (const [field, limit] of [
    ['customerUid', 80],
    ['merchantUid', 40],
    ['name', 40],
  ] as const) {
    if (typeof request[field] !== 'string' || request[field] === '' || [...request[field]].length > limit)
      throw new TypeError(`charge: ${field} has to be text of 1 to ${limit} characters`)
  }
}

const message = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause))
const declined = (code: string, words: string): ChargeResult => ({ status: 'declined', code, message: words })
const notSent = (words: string) => declined('not-sent', `Nothing was charged. ${words}`)
const cancelled = declined('order-cancelled', 'This order was paid and refunded: charge it under a new merchantUid.')
const unknown = ({ merchantUid }: AgainRequest, cause: unknown): ChargeResult => ({
  status: 'unknown',
  reconcile: `Call reconcileCharge with merchantUid ${merchantUid} in some minutes; do not charge under another one.`,
  cause,
})

/** A paid order counts as this charge only if customer and amount are the same. */
function compare(payment: Payment, { customerUid, amount, merchantUid }: AgainRequest): ChargeResult {
  if (payment.merchantUid === merchantUid && payment.amount === amount && payment.customerUid === customerUid)
    return { status: 'paid', payment }
  return declined('order-paid-otherwise', 'This order number was already paid with another card or amount.')
}
