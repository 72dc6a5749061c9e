'use client'
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { takeLanding } from '../attempt/landing.ts'
import { attemptsOfPage, subscribeToPage } from '../attempt/page.ts'
import type { Attempt } from '../attempt/runAttempt.ts'
import { callSafely } from '../attempt/telling.ts'
import type { Confirm } from '../billing/confirm.ts'
import type { BillingKeyError } from '../billing/errors.ts'
import type { BillingKeyOutcome } from '../billing/outcome.ts'
import { useBillingKeyContext } from './useBillingKeyContext.ts'
import { useLatest, useNewestConfirm } from './useLatest.ts'

export interface UseBillingKeyRedirectOptions {
  /** The outcome, once for each attempt: a refresh does not tell it again. */
  readonly onOutcome?: ((outcome: BillingKeyOutcome) => void) | undefined
  /** In place of the provider's `confirm` or `api`. */
  readonly confirm?: Confirm | undefined
}

export interface UseBillingKeyRedirectResult {
  /** `null` while pending, and when the page was opened without a result. */
  readonly outcome: BillingKeyOutcome | null
  readonly isPending: boolean
  readonly error: BillingKeyError | null
  /** Asks the merchant's server again after `unconfirmed`. */
  readonly recheck: () => void
}

/**
 * For the page behind `redirectUrl`, where phones land after the window: reads PortOne's query, pairs it with this tab's
 * attempt, has it confirmed, and takes only PortOne's keys out of the address. Any number of them on a page share one.
 *
 * @example
 * const { outcome, isPending } = useBillingKeyRedirect()
 */
export function useBillingKeyRedirect(options: UseBillingKeyRedirectOptions = {}): UseBillingKeyRedirectResult {
  const { settings, replaceUrl } = useBillingKeyContext()
  const confirm = useNewestConfirm(options.confirm)
  const latest = useLatest({ options: { ...options, confirm }, settings, replaceUrl })
  const [landing, setLanding] = useState<Attempt | null | undefined>(undefined)
  const told = useRef<BillingKeyOutcome | null>(null)
  useEffect(() => {
    const consumer = {
      settings: () => ({ ...latest.current.settings, confirm: latest.current.options.confirm ?? latest.current.settings.confirm }),
      onOutcome: () => tellConsumers,
      onError: () => undefined,
      replaceUrl: () => latest.current.replaceUrl,
    }
    const tell = (outcome: BillingKeyOutcome) => {
      if (told.current === outcome) return
      told.current = outcome
      latest.current.options.onOutcome?.(outcome)
    }
    consumers().add(tell)
    const take = () => {
      const taken = takeLanding(consumer)
      setLanding(taken)
      const before = taken?.lastTold()
      if (before) tell(before)
    }
    afterMount.add(take)
    // after the routers' own effects, which is when they have patched the history; the first timer takes all, so that React commits once
    setTimeout(takeAll)
    return () => {
      afterMount.delete(take)
      consumers().delete(tell)
      if (consumers().size === 0) forgetLanding()
    }
  }, [latest])
  const snapshot = useSyncExternalStore(
    subscribeToPage,
    () => landing?.getSnapshot() ?? null,
    () => null,
  )
  const recheck = useCallback(() => landing?.recheck(), [landing])
  return {
    outcome: snapshot?.outcome ?? null,
    isPending: landing === undefined || snapshot?.isPending === true,
    error: snapshot?.error ?? null,
    recheck,
  }
}

const afterMount = new Set<() => void>()

function takeAll(): void {
  afterMount.forEach(callSafely)
  afterMount.clear()
}

const consumers = () => attemptsOfPage().landingConsumers

/** Each of them is told, also when one before it throws. */
function tellConsumers(outcome: BillingKeyOutcome): void {
  for (const tell of [...consumers()]) callSafely(() => tell(outcome))
}

/** The last consumer has gone: the page's next visit is another one. Not at once, since React may only be remounting it. */
function forgetLanding(): void {
  setTimeout(() => {
    const page = attemptsOfPage()
    if (page.landingConsumers.size === 0 && !page.landing?.isUnderWay()) page.landing = null
  })
}
