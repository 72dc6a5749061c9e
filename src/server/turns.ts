import { longestMs } from './deadline.ts'

const running = new WeakMap<object, Map<string, Promise<unknown>>>()

/**
 * Runs one thing of an order at a time, in the order they came, for each client. One that is aborted while it waits
 * does not run: `gaveUp` answers for it.
 */
export function inTurn<Result>(
  client: object,
  order: string,
  signal: AbortSignal | undefined,
  run: () => Promise<Result>,
  gaveUp: () => Result,
): Promise<Result> {
  const orders = running.get(client) ?? new Map<string, Promise<unknown>>()
  running.set(client, orders)
  const before = orders.get(order)
  if (!before) return follow(orders, order, run())
  const begin = () => (signal?.aborted ? gaveUp() : run())
  const mine = follow(orders, order, before.then(begin, begin))
  if (!signal) return mine
  return new Promise((resolve, reject) => {
    const stop = () => resolve(gaveUp())
    if (signal.aborted) stop()
    let begun = false
    const settle = () => {
      begun = true
      signal.removeEventListener('abort', stop)
    }
    signal.addEventListener('abort', stop, { once: true })
    before.then(settle, settle)
    mine.then(resolve, reject).finally(() => begun || settle())
  })
}

function follow<Result>(orders: Map<string, Promise<unknown>>, order: string, mine: Promise<Result>): Promise<Result> {
  orders.set(order, mine)
  const done = () => {
    if (orders.get(order) === mine) orders.delete(order)
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
    signal?.addEventListener('abort', done, { once: true })
  })
}
