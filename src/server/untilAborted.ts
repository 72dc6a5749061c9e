/** Reads until the signal: what has still to come may never. */
export function untilAborted<Item>(iterator: AsyncIterator<Item>, signal: AbortSignal): Pick<AsyncIterator<Item>, 'next'> {
  return {
    next: () =>
      new Promise((resolve, reject) => {
        const stop = () => {
          resolve({ done: true, value: undefined })
          // not waited for: a generator closes once what it waits for has come
          ;(async () => iterator.return?.())().catch(() => undefined)
        }
        if (signal.aborted) return stop()
        signal.addEventListener('abort', stop, { once: true })
        const step = (async () => iterator.next())()
        step.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
      }),
  }
}
