import type { ChargeSettings } from './chargeOptions.ts'
import { longestMs, noLonger } from './deadline.ts'

/** What runs or waits, and until when it is waited for, whichever it does by then. */
interface Turn {
  readonly ended: Promise<unknown>
  readonly until: number
}

const turns = new WeakMap<object, Map<string, Turn>>()
const nothing = () => null

/**
 * Runs one thing of an order at a time, in the order they came, for each client. One that is aborted while it waits
 * does not run: `gaveUp` answers for it. None is waited for longer than a claim can be under way: on workerd nothing of a
 * request goes on once it has gone. Two at once are kept from sending by the lock.
 */
export function inTurn<Result>(
  client: object,
  order: string,
  { signal, inFlightMs }: Pick<ChargeSettings, 'inFlightMs'> & { readonly signal?: AbortSignal | undefined },
  run: () => Promise<Result>,
  gaveUp: () => Result,
): Promise<Result> {
  const orders = turns.get(client) ?? new Map<string, Turn>()
  turns.set(client, orders)
  const before = orders.get(order)
  const until = performance.now() + inFlightMs
  if (!before) return follow(orders, order, run(), until)
  const over = noLonger(before.ended.then(nothing, nothing), Math.min(before.until - performance.now(), longestMs))
  const begin = () => (signal?.aborted ? gaveUp() : run())
  const mine = follow(orders, order, over.then(begin), until)
  if (!signal) return mine
  return new Promise((resolve, reject) => {
    const stop = () => resolve(gaveUp())
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop)
    // what it runs listens for itself, and is heard out
    over.then(() => signal.removeEventListener('abort', stop))
    mine.then(resolve, reject)
  })
}

function follow<Result>(orders: Map<string, Turn>, order: string, mine: Promise<Result>, until: number): Promise<Result> {
  const turn = { ended: mine, until }
  orders.set(order, turn)
  const done = () => {
    if (orders.get(order) === turn) orders.delete(order)
  }
  mine.then(done, done)
  return mine
}

/** Waits, but not longer than until the signal, or than a timer can. */
export function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve()
    const done = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, Math.min(ms, longestMs))
    signal?.addEventListener('abort', done)
  })
}
