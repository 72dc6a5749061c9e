import { BillingKeyError } from '../billing/errors.ts'
import type { BillingKeyRequest } from '../billing/request.ts'
import type { AttemptSettings } from './runAttempt.ts'
import { withDeadline } from './visibleTimeout.ts'

/**
 * A request; a function that gives one, or a promise of one, at the click; or `{ order }`, for which the merchant's
 * server is asked by `POST {api}/intents`.
 */
export type RequestSource =
  | BillingKeyRequest
  | (() => BillingKeyRequest | Promise<BillingKeyRequest>)
  | { readonly order: unknown; readonly customerUid?: never; readonly merchantUid?: never }

type Fetched = BillingKeyRequest | Promise<BillingKeyRequest>

interface Prepared {
  readonly source: unknown
  /** Who was signed in: the order is theirs. */
  readonly customerKey: string | undefined
  readonly at: number
  request: Fetched
}

const requestTimeoutMs = 30_000
/** A prepared request serves one click, for ten minutes. */
const preparedForMs = 600_000

const isOrder = (source: RequestSource) => typeof source !== 'function' && 'order' in source

/** Whether there is nothing to fetch: the request itself was handed over. */
export const isRequest = (source: RequestSource): source is BillingKeyRequest => typeof source !== 'function' && !isOrder(source)

/** What `{ order }` holds, `null` for other sources. */
export const orderOf = (source: RequestSource): unknown => ('order' in source ? source.order : null)

/** What makes two sources the same: a function itself, an order by its value. `null`: an order that is no JSON. */
function keyOf(source: RequestSource): unknown {
  try {
    return isOrder(source) ? JSON.stringify(orderOf(source)) : source
  } catch {
    return null
  }
}

/** Whether something else is asked for. Two functions may be one that was made anew with a render, so that they are the same. */
export const isOtherChoice = (before: RequestSource, now: RequestSource): boolean =>
  typeof now === 'function' ? typeof before !== 'function' : keyOf(before) !== keyOf(now)

/** Whether something has to be waited for. */
export const isThenable = <T>(value: T | Promise<T>): value is Promise<T> =>
  typeof (value as { readonly then?: unknown } | null | undefined)?.then === 'function'

function fetchRequest(source: RequestSource, { fetchIntent }: AttemptSettings): Fetched {
  const controller = new AbortController()
  try {
    if (isRequest(source)) return source
    if (typeof source !== 'function' && !fetchIntent) throw new BillingKeyError('invalid-request', 'no-api')
    if (keyOf(source) === null) throw new BillingKeyError('invalid-request', 'no-json')
    const answer = typeof source === 'function' ? source() : fetchIntent?.(source.order, controller.signal)
    if (!isThenable(answer)) return answer as BillingKeyRequest // looked at when it is used
    const late = () => new BillingKeyError('request-failed', 'late', requestTimeoutMs)
    return withDeadline(answer as Promise<BillingKeyRequest>, requestTimeoutMs, late).finally(() => controller.abort())
  } catch (error) {
    return Promise.reject(error)
  }
}

/** Fetches requests, ahead of the click or at it. A function that answers at once keeps the click. */
export class RequestFetcher {
  #prepared: Prepared | null = null
  readonly #settings: () => AttemptSettings

  constructor(settings: () => AttemptSettings) {
    this.#settings = settings
  }

  /** Fetches ahead. A failure is forgotten: the click tries again. */
  prepare(source: RequestSource): void {
    if (isRequest(source) || this.find(source)) return
    this.keep(source, fetchRequest(source, this.#settings()))
  }

  /** Keeps a request for the next click. */
  keep(source: RequestSource, request: Fetched): void {
    const prepared: Prepared = { source: keyOf(source), customerKey: this.#settings().customerKey, at: performance.now(), request }
    this.#prepared = prepared
    if (isThenable(request))
      request.then(
        (fetched) => {
          prepared.request = fetched
        },
        () => {
          if (this.#prepared === prepared) this.#prepared = null
        },
      )
  }

  /** The request for a click, or a promise of it. */
  take(source: RequestSource): Fetched {
    const found = this.find(source)
    this.#prepared = null
    return found ? found.request : fetchRequest(source, this.#settings())
  }

  private find(source: RequestSource): Prepared | null {
    const prepared = this.#prepared
    if (!prepared || prepared.customerKey !== this.#settings().customerKey) return null
    return prepared.source === keyOf(source) && performance.now() - prepared.at < preparedForMs ? prepared : null
  }
}
