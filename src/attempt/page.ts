import type { BillingKeyOutcome } from '../billing/outcome.ts'
import { pageState } from '../iamport/sdk.ts'
import type { Attempt } from './runAttempt.ts'

/** What one page holds of attempts, however many copies of this package and providers it runs. */
export interface AttemptsOfPage {
  /** Every mounted hook's attempt, the oldest first, and those whose hook went while their window was open. */
  readonly attempts: Set<Attempt>
  /** The shared attempt behind the landing's consumers. */
  landing: Attempt | null
  /** Who is told of it. */
  readonly landingConsumers: Set<(outcome: BillingKeyOutcome) => void>
  /** What was told on this page, by order number. */
  readonly told: Map<string, BillingKeyOutcome>
  /** Questions about leftovers that are under way, by order number. */
  readonly leftovers: Map<string, Promise<void>>
  /** Who was last signed in on this page: storage may have been cleared at the logout. */
  customerKey: string | null
  /** How often another member's things have been dropped. */
  drops: number
  /** What would be in sessionStorage, where that cannot be written. */
  memory: string | null
  readonly listeners: Set<() => void>
}

/** The page's attempts; made at the first call, never at import. */
export function attemptsOfPage(): AttemptsOfPage {
  const page = pageState()
  page.attempts ??= {
    attempts: new Set(),
    landing: null,
    landingConsumers: new Set(),
    told: new Map(),
    leftovers: new Map(),
    customerKey: null,
    drops: 0,
    memory: null,
    listeners: new Set(),
  } satisfies AttemptsOfPage
  return page.attempts as AttemptsOfPage
}

/** Calls back whenever an attempt of this page, or the SDK, has changed. */
export function subscribeToPage(listener: () => void): () => void {
  const { listeners } = attemptsOfPage()
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Says that something has changed. */
export function pageChanged(): void {
  for (const listener of [...attemptsOfPage().listeners]) listener()
}

let isPlanned = false

/** Says it in the next microtask, once for everybody who asks until then: a thousand buttons mount in one commit. */
export function pageChangedSoon(): void {
  if (!isPlanned)
    queueMicrotask(() => {
      isPlanned = false
      pageChanged()
    })
  isPlanned = true
}

/** Every attempt under way: the hooks' and the landing's. */
export function attemptsUnderWay(): readonly Attempt[] {
  const { attempts, landing } = attemptsOfPage()
  return [...attempts, landing].filter((attempt): attempt is Attempt => attempt?.isUnderWay() === true)
}

/** Asks again about everything of this page that nobody could say, and drops what is another member's. */
export function recheckPage(): void {
  const { attempts, landing } = attemptsOfPage()
  for (const attempt of [...attempts, landing]) attempt?.recheck(false)
}
