'use client'
import { useMutation } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { Confirm } from '../billing/confirm.ts'
import { BillingKeyError, isBillingKeyError } from '../billing/errors.ts'
import type { BillingKeyOutcome } from '../billing/outcome.ts'
import { type BillingKeyRequest, mergeDefaults, type RequestDefaults } from '../billing/request.ts'
import { type Issuing, issueBillingKey, type Phase, type RequestSource } from '../iamport/issueBillingKey.ts'
import { apiConfirm } from './api.ts'
import { useBillingKeyContext } from './useBillingKeyContext.ts'
import { useIamport } from './useIamport.ts'
import { useLatest } from './useLatest.ts'

export type UseBillingKeyOptions = RequestDefaults & {
  /** Every outcome, also after the component is gone, and a late success after a `cancelled`. */
  readonly onOutcome?: ((outcome: BillingKeyOutcome) => void) | undefined
  /** What the developer or the environment did wrong. */
  readonly onError?: ((error: BillingKeyError) => void) | undefined
  /** In place of the provider's `confirm` or `api`. */
  readonly confirm?: Confirm | undefined
}

export interface UseBillingKeyResult {
  /** Starts an attempt. Call it in a click handler; errors go to `onError` and `error`. */
  readonly issue: (request: RequestSource) => void
  /** Like `issue`, and resolves with the outcome or rejects with a `BillingKeyError`. */
  readonly issueAsync: (request: RequestSource) => Promise<BillingKeyOutcome>
  readonly phase: Phase
  readonly outcome: BillingKeyOutcome | null
  readonly error: BillingKeyError | null
  readonly isPending: boolean
  /** Whether a click would open the window in its own task. */
  readonly isReady: boolean
  /** Forgets outcome and error. Does nothing while an attempt is under way. */
  readonly reset: () => void
  /** The customer's way out: ends the attempt, and takes a stuck overlay off the page. */
  readonly abandon: () => void
}

/**
 * Registers a customer's card: loads the SDK, opens PortOne's window, reads the answer and lets the merchant's server
 * confirm it. If the component unmounts while the window is open, the outcome still reaches `onOutcome`; if it unmounts
 * before, the window does not open.
 *
 * @example
 * const { issue, phase, outcome } = useBillingKey({ onOutcome: (outcome) => console.log(outcome.status) })
 * <button onClick={() => issue({ customerUid, merchantUid, name: '월간 이용권', amount: 0 })}>카드 등록하기</button>
 */
export function useBillingKey(options: UseBillingKeyOptions = {}): UseBillingKeyResult {
  const context = useBillingKeyContext()
  const { status } = useIamport()
  const latest = useLatest({ options, context })
  const running = useRef<Issuing | null>(null)
  const [phase, setPhase] = useState<Phase>('idle')
  const [late, setLate] = useState<BillingKeyOutcome | null>(null)
  // The window opens in the click; react-query is only given its promise (sdk-facts 28), so no buyer's data is cached.
  // Not gcTime 0: a mutation that is pending when its component goes would be looked after by setTimeout(0), over and over.
  const { mutate, data, error, isPending, reset } = useMutation<BillingKeyOutcome, unknown, Promise<BillingKeyOutcome>>(
    { mutationFn: (attempt) => attempt, networkMode: 'always', retry: false, gcTime: 1_000 },
    context.queryClient,
  )

  const issueAsync = useCallback(
    (source: RequestSource): Promise<BillingKeyOutcome> => {
      const busy = new BillingKeyError('window-busy', 'An attempt is already under way here: wait for its outcome or abandon() it.')
      const { options: own, context: held } = latest.current
      /** Tells the shop; what asking again brings is told as well. */
      const tell = (outcome: BillingKeyOutcome): BillingKeyOutcome => {
        const told: BillingKeyOutcome =
          outcome.status !== 'unconfirmed'
            ? outcome
            : {
                ...outcome,
                retry: async () => {
                  const again = tell(await outcome.retry())
                  setLate(again)
                  return again
                },
              }
        latest.current.options.onOutcome?.(told)
        return told
      }
      if (running.current) {
        latest.current.options.onError?.(busy)
        return Promise.reject(busy)
      }
      setLate(null)
      const { onOutcome: _o, onError: _e, confirm, ...defaults } = own
      const attempt = issueBillingKey(source, {
        sdk: held.sdk,
        defaults: mergeDefaults(defaults as BillingKeyRequest, held.defaults),
        confirm: confirm ?? held.confirm ?? (held.api === undefined ? undefined : apiConfirm(held.api)),
        onPhase: setPhase,
        onLate: (outcome) => setLate(tell(outcome)),
        onLeftBehind: tell,
      })
      running.current = attempt
      const promise = attempt.outcome.then(
        (outcome) => {
          running.current = null
          setPhase('settled')
          return tell(outcome)
        },
        (cause: unknown) => {
          running.current = null
          setPhase('settled')
          const problem = isBillingKeyError(cause)
            ? cause
            : new BillingKeyError(
                'invalid-request',
                `The request could not be prepared: ${String(cause instanceof Error ? cause.message : cause)}`,
                { cause },
              )
          latest.current.options.onError?.(problem)
          throw problem
        },
      )
      promise.catch(() => {})
      mutate(promise)
      return promise
    },
    [latest, mutate],
  )
  const issue = useCallback((source: RequestSource) => void issueAsync(source).catch(() => {}), [issueAsync])
  const abandon = useCallback(() => running.current?.abandon(), [])
  const resetAll = useCallback(() => {
    if (running.current) return
    reset()
    setLate(null)
    setPhase('idle')
  }, [reset])

  const opened = useLatest(phase === 'window-open' || phase === 'confirming')
  useEffect(
    () => () => {
      if (!opened.current) running.current?.abandon()
    },
    [opened],
  )

  return {
    issue,
    issueAsync,
    phase,
    outcome: isPending ? null : (late ?? data ?? null),
    error: isBillingKeyError(error) ? error : null,
    isPending,
    isReady: status === 'ready',
    reset: resetAll,
    abandon,
  }
}
