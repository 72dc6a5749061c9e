import { type Claim, type Confirm, type ConfirmAnswer, parseConfirmAnswer } from '../billing/confirm.ts'
import { visibleTimeout } from './visibleTimeout.ts'

/** The server's answer, or why there is none. */
export type Answer =
  | { readonly answer: ConfirmAnswer }
  | { readonly reason: 'sign-in' | 'unreachable' | 'timeout' }
  /** Nobody waits any more. */
  | { readonly reason: 'stopped' }

const isSignIn = (error: unknown) => (error as { readonly status?: unknown } | null | undefined)?.status === 401

/**
 * Asks the merchant's server once, within a deadline, and never throws.
 *
 * @param timeoutMs milliseconds of visible time
 */
export function askServer(confirm: Confirm, claim: Claim, timeoutMs: number, signal?: AbortSignal): Promise<Answer> {
  return new Promise((resolve) => {
    const controller = new AbortController()
    const end = (answer: Answer) => {
      stopTimer()
      signal?.removeEventListener('abort', onAbort)
      resolve(answer)
      controller.abort()
    }
    const onAbort = () => end({ reason: 'stopped' })
    const stopTimer = visibleTimeout(() => end({ reason: 'timeout' }), timeoutMs)
    if (signal?.aborted) return onAbort()
    signal?.addEventListener('abort', onAbort)
    const asked = new Promise<ConfirmAnswer>((settle) => settle(confirm(claim, controller.signal)))
    asked.then(
      (said) => {
        const answer = parseConfirmAnswer(said)
        end(answer ? { answer } : { reason: 'unreachable' })
      },
      (error: unknown) => {
        if (controller.signal.aborted) return
        const reason = isSignIn(error) ? 'sign-in' : 'unreachable'
        if (reason === 'unreachable') console.error(error) // the customer only reads that nobody could say
        end({ reason })
      },
    )
  })
}
