import { adviseOfUnconfirmed } from '#describe-error'
import { type Claim, type Confirm, type ConfirmAnswer, parseConfirmAnswer } from '../billing/confirm.ts'
import { visibleTimeout } from './visibleTimeout.ts'

/** The server's answer, or why there is none. */
export type Answer = { readonly answer: ConfirmAnswer } | { readonly reason: 'sign-in' | 'unreachable' | 'timeout' }

const isSignIn = (error: unknown) => (error as { readonly status?: unknown } | null | undefined)?.status === 401

/**
 * Asks the merchant's server once, within a deadline, and never throws.
 *
 * @param timeoutMs milliseconds of visible time
 * @param signal ends the question early: whoever aborts it does not wait for the answer any more
 */
export function askServer(confirm: Confirm, claim: Claim, timeoutMs: number, signal?: AbortSignal): Promise<Answer> {
  return new Promise((resolve) => {
    const controller = new AbortController()
    const end = (answer: Answer) => {
      stopTimer()
      signal?.removeEventListener('abort', giveUp)
      resolve(answer)
      controller.abort()
    }
    const giveUp = () => end({ reason: 'timeout' })
    const stopTimer = visibleTimeout(giveUp, timeoutMs)
    signal?.addEventListener('abort', giveUp)
    const asked = new Promise<ConfirmAnswer>((settle) => settle(confirm(claim, controller.signal)))
    asked.then(
      (said) => {
        const answer = parseConfirmAnswer(said)
        end(answer ? { answer } : { reason: 'unreachable' })
      },
      (error: unknown) => {
        if (controller.signal.aborted) return
        const reason = isSignIn(error) ? 'sign-in' : 'unreachable'
        if (reason === 'unreachable') {
          console.error(error) // the customer only reads that nobody could say
          adviseOfUnconfirmed(error)
        }
        end({ reason })
      },
    )
  })
}
