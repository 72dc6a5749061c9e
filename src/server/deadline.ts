import { aborted } from './transport.ts'

/** The longest time a timer can wait, 24 days: a longer one runs out at once. */
export const longestMs = 2 ** 31 - 1

/** Whether a timer can wait so long: text from the environment is no number, and would be added as text. */
export const isMs = (ms: unknown, least: number): ms is number => typeof ms === 'number' && ms >= least && ms <= longestMs

/** Until when something has to be done. Where `AbortSignal.any` is missing it works as well. */
export interface Deadline {
  readonly signal: AbortSignal
  /** @throws {TransportError} when it is over, also for a process that slept and whose timers have not run yet */
  check(): void
  /** Has to be called in the end: it lets go of the caller's signal and of the timer. */
  clear(): void
}

/** The caller's signal, and no longer than this. */
export function deadlineOf(ms: number, outer: AbortSignal | undefined): Deadline {
  const controller = new AbortController()
  const until = performance.now() + ms
  const timeOut = () => controller.abort(new DOMException('The time for the call is over.', 'TimeoutError'))
  const timer = setTimeout(timeOut, ms)
  const stop = () => controller.abort(outer?.reason)
  if (outer?.aborted) stop()
  else outer?.addEventListener('abort', stop, { once: true })
  return {
    signal: controller.signal,
    check() {
      if (performance.now() > until) timeOut()
      if (controller.signal.aborted) throw aborted(controller.signal, false)
    },
    clear() {
      clearTimeout(timer)
      outer?.removeEventListener('abort', stop)
    },
  }
}

/** Waits for somebody else's answer, but no longer than this, nor than the signal. */
export async function inTime<Answer>(answer: PromiseLike<Answer> | Answer, ms: number, outer: AbortSignal | undefined): Promise<Answer> {
  if (typeof answer !== 'object' || answer === null || !('then' in answer)) return answer
  const deadline = deadlineOf(ms, outer)
  try {
    return await unlessOver(deadline, Promise.resolve(answer))
  } catch (error) {
    throw deadline.signal.aborted ? new Error(outer?.aborted ? 'it was aborted' : `no answer for ${ms} ms`) : error
  } finally {
    deadline.clear()
  }
}

/** Waits for what others may wait for too, as long as this call may. Rejects with {@link TransportError}, as never sent. */
export function unlessOver<Result>({ signal }: Deadline, wanted: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(aborted(signal, false))
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    wanted.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}

/** Waits for somebody else's answer, `null` when it takes longer than this. */
export async function noLonger<Value>(answer: PromiseLike<Value> | Value, ms: number): Promise<Value | null> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, ms, null)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}
