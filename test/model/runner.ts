/** The one place where the model touches the system under test: what the hooks do, without React. */
import { takeLanding } from '../../src/attempt/landing.ts'
import { attemptsOfPage, recheckPage } from '../../src/attempt/page.ts'
import { keepOnlyFor } from '../../src/attempt/pending.ts'
import type { RequestSource } from '../../src/attempt/requestSource.ts'
import { Attempt, type AttemptSettings } from '../../src/attempt/runAttempt.ts'
import type { BillingKeyError } from '../../src/billing/errors.ts'
import type { BillingKeyOutcome } from '../../src/billing/outcome.ts'

export type Tell = (outcome: BillingKeyOutcome) => void
export type { BillingKeyOutcome, RequestSource }

/** One hook of the page. */
export class Hook {
  readonly #attempt: Attempt
  /** Clicks whose promise has not ended. */
  waiting = 0
  constructor(settings: () => AttemptSettings, onOutcome: Tell, onError: (error: BillingKeyError) => void) {
    this.#attempt = new Attempt({ settings, onOutcome: () => onOutcome, onError: () => onError })
  }
  mount(): void {
    this.#attempt.mount()
    this.#attempt.lookAfterLeftovers()
    window.addEventListener('pageshow', this.#attempt.lookAfterLeftovers)
    document.addEventListener('visibilitychange', this.#onVisible)
  }
  unmount(): void {
    this.#attempt.unmount()
    window.removeEventListener('pageshow', this.#attempt.lookAfterLeftovers)
    document.removeEventListener('visibilitychange', this.#onVisible)
  }
  readonly #onVisible = () => {
    if (document.visibilityState === 'visible') this.#attempt.recheck(false)
  }
  issue = (source: RequestSource) => {
    this.waiting += 1
    const ends = () => {
      this.waiting -= 1
    }
    this.#attempt.issue(source).then(ends, ends)
  }
  prepare = (source: RequestSource) => this.#attempt.prepare(source)
  recheck = () => this.#attempt.recheck()
  reset = () => this.#attempt.reset()
  snapshot = () => this.#attempt.getSnapshot()
}

/** One consumer of the landing. */
export function showLanding(settings: () => AttemptSettings, tellOwn: Tell): void {
  const { landingConsumers } = attemptsOfPage()
  let told: BillingKeyOutcome | null = null
  const tell: Tell = (outcome) => {
    if (told === outcome) return
    told = outcome
    tellOwn(outcome)
  }
  landingConsumers.add(tell)
  const tellAll: Tell = (outcome) => {
    for (const each of [...landingConsumers]) {
      try {
        each(outcome)
      } catch {
        reportError(null)
      }
    }
  }
  const consumer = { settings, onOutcome: () => tellAll, onError: () => undefined, replaceUrl: () => undefined }
  setTimeout(() => {
    const before = takeLanding(consumer)?.lastTold()
    if (before) tell(before)
  })
}

export const recheckLanding = () => attemptsOfPage().landing?.recheck()
export const landingOutcome = () => attemptsOfPage().landing?.getSnapshot() ?? null

/** The way out, as every button of the page has it. */
export function abandonPage(): void {
  const { attempts, landing } = attemptsOfPage()
  for (const attempt of [...attempts, landing]) attempt?.abandon()
}

/** The phases of everything under way. */
export function underWay(): string[] {
  const { attempts, landing } = attemptsOfPage()
  return [...attempts, landing].flatMap((one) => (one?.isUnderWay() ? [one.getSnapshot().phase] : []))
}

/** Whether a click of another button is refused. */
export const isBusy = () => [...attemptsOfPage().attempts].some((one) => one.isUnderWay())

/** What is kept where storage cannot be written. */
export const memory = () => attemptsOfPage().memory ?? ''

/** What the provider does when its `customerKey` changes. */
export function memberChanged(member: string | undefined): void {
  keepOnlyFor(member)
  recheckPage()
}
