import type { ChargeLock } from '../../src/server/index.ts'

/** A table with the order number as its key, as a shop's database would have it; `age` makes its claims older. */
export function memoryLock() {
  const sent = new Map<string, { claim: string; at: number }>()
  const lock: ChargeLock = {
    acquire: (order, claim) => !sent.has(order) && Boolean(sent.set(order, { claim, at: performance.now() })),
    held: (order) => {
      const found = sent.get(order)
      return found ? { claim: found.claim, ms: performance.now() - found.at } : null
    },
    release: (order, claim) => sent.get(order)?.claim === claim && sent.delete(order),
  }
  const age = (ms = 400_000) => {
    for (const held of sent.values()) held.at -= ms
  }
  return { lock, sent, age }
}
