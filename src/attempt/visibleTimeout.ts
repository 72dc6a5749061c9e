/**
 * `setTimeout` that counts only while the page can be seen: a phone that lies in a pocket has not waited.
 *
 * @param ms milliseconds of visible time
 * @returns stops it
 */
export function visibleTimeout(callback: () => void, ms: number): () => void {
  let leftMs = ms
  let since = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  const pause = () => {
    if (timer === undefined) return
    clearTimeout(timer)
    timer = undefined
    leftMs -= performance.now() - since
  }
  const run = () => {
    if (timer !== undefined || document.visibilityState === 'hidden') return
    since = performance.now()
    timer = setTimeout(
      () => {
        stop()
        callback()
      },
      Math.max(0, leftMs),
    )
  }
  const onChange = () => (document.visibilityState === 'hidden' ? pause() : run())
  const stop = () => {
    clearTimeout(timer)
    document.removeEventListener('visibilitychange', onChange)
  }
  document.addEventListener('visibilitychange', onChange)
  run()
  return stop
}

/** Rejects with `makeError()` when `promise` has not settled after that much visible time. */
export function withDeadline<T>(promise: Promise<T>, ms: number, makeError: () => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = visibleTimeout(() => reject(makeError()), ms)
    Promise.resolve(promise).then(resolve, reject).finally(stop)
  })
}
