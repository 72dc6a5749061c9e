'use client'
import { useEffect, useInsertionEffect, useMemo, useState, useSyncExternalStore } from 'react'
import type { Phase } from '../attempt/machine.ts'
import { attemptsOfPage, attemptsUnderWay, subscribeToPage } from '../attempt/page.ts'
import type { RequestSource } from '../attempt/requestSource.ts'
import { Attempt, type AttemptSettings } from '../attempt/runAttempt.ts'
import type { Confirm } from '../billing/confirm.ts'
import type { BillingKeyError } from '../billing/errors.ts'
import type { BillingKeyOutcome } from '../billing/outcome.ts'
import { type BillingKeyRequest, mergeDefaults, type RequestDefaults } from '../billing/request.ts'
import { useBillingKeyContext } from './useBillingKeyContext.ts'
import { useIamport } from './useIamport.ts'
import { useLatest, useNewestConfirm } from './useLatest.ts'

export interface UseBillingKeyOptions extends RequestDefaults {
  /**
   * Every outcome, once each, also after the component is gone. A better one may follow: a definite one after
   * `unconfirmed` or `reported`, `issued` after a close.
   */
  readonly onOutcome?: ((outcome: BillingKeyOutcome) => void) | undefined
  /** What the developer or the environment did wrong. Without it `issue` writes the error to the console. */
  readonly onError?: ((error: BillingKeyError) => void) | undefined
  /** In place of the provider's `confirm` or `api`. */
  readonly confirm?: Confirm | undefined
}

export interface UseBillingKeyResult {
  /** Starts an attempt. Call it in a click handler; errors go to `onError` and `error`. */
  readonly issue: (source: RequestSource) => void
  /**
   * Like `issue`, and resolves with the first outcome or rejects with a `BillingKeyError`. Of an attempt that ends in
   * silence it says `cancelled` when no window was opened, else `unconfirmed`, and names no order.
   */
  readonly issueAsync: (source: RequestSource) => Promise<BillingKeyOutcome>
  /** Loads the SDK ahead of the click, and fetches the request when a function or an order is given: it serves one click, for ten minutes. */
  readonly prepare: (source?: RequestSource) => void
  readonly phase: Phase
  readonly outcome: BillingKeyOutcome | null
  readonly error: BillingKeyError | null
  readonly isPending: boolean
  /** Whether the SDK is ready, so that a click with a request at hand opens the window in its own task. */
  readonly isReady: boolean
  /** Whether an attempt is under way whose component has gone: `abandon` leads out of it. */
  readonly isOrphaned: boolean
  /** After `unconfirmed`: asks the merchant's server again. */
  readonly recheck: () => void
  /** Forgets outcome and error. Does nothing while an attempt is under way. */
  readonly reset: () => void
  /** The customer's way out, from any hook of the page: ends the attempt under way, and takes a stuck overlay off the page. */
  readonly abandon: () => void
}

const never = () => false

/**
 * Registers a customer's card: loads the SDK, opens PortOne's window, reads the answer and lets the merchant's server
 * confirm it. If the component unmounts while the window is open, the outcome still reaches the last `onOutcome`; if it
 * unmounts before, and not by the click itself, the window does not open and nothing is told.
 *
 * @example
 * const { issue, phase, outcome } = useBillingKey({ onOutcome: (outcome) => console.log(outcome.status) })
 * <button onClick={() => issue({ order: { plan: 'monthly' } })}>카드 등록하기</button>
 */
export function useBillingKey(options: UseBillingKeyOptions = {}): UseBillingKeyResult {
  const { settings } = useBillingKeyContext()
  const { status } = useIamport()
  const confirm = useNewestConfirm(options.confirm)
  const latest = useLatest({ options: { ...options, confirm }, settings })
  const [attempt] = useState(
    () =>
      new Attempt({
        settings: () => attemptSettings(latest.current.settings, latest.current.options),
        onOutcome: () => latest.current.options.onOutcome,
        onError: () => latest.current.options.onError,
      }),
  )
  const snapshot = useSyncExternalStore(subscribeToPage, attempt.getSnapshot, attempt.getSnapshot)
  const isOrphaned = useSyncExternalStore(subscribeToPage, hasOrphan, never)

  // not an effect's cleanup: that also runs when <Activity> hides the component
  useInsertionEffect(() => {
    attempt.mount()
    return attempt.unmount
  }, [attempt])
  useEffect(() => {
    attempt.lookAfterLeftovers()
    window.addEventListener('pageshow', attempt.lookAfterLeftovers)
    return () => window.removeEventListener('pageshow', attempt.lookAfterLeftovers)
  }, [attempt])

  const actions = useMemo(
    () => ({
      issue: (source: RequestSource) =>
        void attempt.issue(source).catch((error) => {
          if (!latest.current.options.onError) console.error(error)
        }),
      issueAsync: attempt.issue,
      prepare: attempt.prepare,
      recheck: () => attempt.recheck(),
      reset: attempt.reset,
      abandon: abandonUnderWay,
    }),
    [attempt, latest],
  )
  return { ...actions, ...snapshot, isReady: status === 'ready', isOrphaned }
}

const hasOrphan = () => [...attemptsOfPage().attempts].some((attempt) => attempt.isOrphan())

function abandonUnderWay(): void {
  for (const attempt of attemptsUnderWay()) attempt.abandon()
}

/** The provider's settings with the hook's own in front. */
function attemptSettings(settings: AttemptSettings, options: UseBillingKeyOptions): AttemptSettings {
  const { onOutcome: _outcome, onError: _error, confirm, ...defaults } = options
  return {
    ...settings,
    confirm: confirm ?? settings.confirm,
    defaults: mergeDefaults(defaults as BillingKeyRequest, settings.defaults),
  }
}
