/** A claim as the lock's store holds it, and its age in ms by the store's own clock. */
export interface HeldClaim {
  readonly claim: string
  readonly ms: number
}

/**
 * Remembers which orders have been sent, for all processes: a row with the order number as its unique key, whose claim
 * it is, and when it was made by the store's clock. It is what keeps two processes from charging one order at the same
 * moment, which PortOne does not promise to refuse. Has to survive a crash of the process, and each answer must be the
 * store's newest: no replicas, no caches. It is waited for as long
 * as a call to PortOne (`timeoutMs`); then nothing is sent. For SQLite and PostgreSQL it is in `examples/locks`.
 */
export interface ChargeLock {
  /** `true` for exactly one claim until that is released. */
  acquire(merchantUid: string, claim: string): Promise<boolean> | boolean
  /** The claim there is, `null` when there is none. */
  held(merchantUid: string): Promise<HeldClaim | null> | HeldClaim | null
  /** Deletes the order's claim if it is this one; another's stays. */
  release(merchantUid: string, claim: string): Promise<unknown> | unknown
}

/** A lock for a process that is alone: it remembers what is on its way, or was lost, as long as the process lives. */
export function createProcessLock(): ChargeLock {
  const sent = new Map<string, { readonly claim: string; readonly at: number }>()
  return {
    acquire: (order, claim) => !sent.has(order) && Boolean(sent.set(order, { claim, at: performance.now() })),
    held(order) {
      const found = sent.get(order)
      return found ? { claim: found.claim, ms: performance.now() - found.at } : null
    },
    release: (order, claim) => sent.get(order)?.claim === claim && sent.delete(order),
  }
}
