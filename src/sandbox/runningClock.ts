/**
 * A clock that runs from `start`, or goes on from where a saved sandbox's has got to meanwhile when that is later: time that
 * was answered never comes back. `null` is the present, or nothing saved. Answers epoch seconds, without what the saved
 * clock was moved by, which the sandbox adds.
 */
export function runningClock(start: number | null, saved: string | null): () => number {
  const begun = Date.now()
  let looked = begun
  let ran = 0
  const from = saved === null ? { first: start ?? begun / 1000, moved: 0 } : goneOn(start, JSON.parse(saved), begun)
  return () => {
    const wall = Date.now()
    // the machine's clock may be put back
    ran += Math.max(0, wall - looked)
    looked = wall
    return from.first - from.moved + ran / 1000
  }
}

function goneOn(start: number | null, { at, wall, moved }: { at: number; wall: number; moved: number }, begun: number) {
  return { first: Math.max(start ?? 0, at + Math.max(0, begun - wall) / 1000), moved }
}
