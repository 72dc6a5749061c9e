import { type ConfirmAnswer, decideOutcome, unconfirmed } from '../billing/confirm.ts'
import type { BillingKeyError } from '../billing/errors.ts'
import { type BillingKeyOutcome, isSilent, needsServer, noFacts, type UnconfirmedReason, type WindowReport } from '../billing/outcome.ts'

/** Where an attempt is, as a component shows it. */
export type Phase = 'idle' | 'loading-sdk' | 'preparing' | 'ready' | 'window-open' | 'confirming' | 'settled'

/** The attempt a window was opened for, as far as its end depends on it. */
export interface OpenedAttempt {
  readonly merchantUid: string | null
  /** What the window may charge, in the currency's unit; `null` when the landing does not know. */
  readonly amount: number | null
  /** Whether there is a server to ask. */
  readonly canAsk: boolean
  /** Asks that the customer began since nobody could say, and that failed. */
  readonly failedAsks: number
  /** The order has ended before, by another window or landing: it may have been paid then, whatever this end says of itself. */
  readonly isAgain?: boolean | undefined
}

/**
 * One registration, from the click to its end:
 *
 *     idle → loading-sdk → preparing → (ready) → window-open → confirming → settled | error
 */
export type AttemptState =
  | { readonly phase: 'idle' }
  | { readonly phase: 'loading-sdk' }
  /** First what is left over from before is asked about, then the request is fetched. */
  | { readonly phase: 'preparing'; readonly step: 'leftovers' | 'request' }
  | { readonly phase: 'ready' }
  | { readonly phase: 'window-open'; readonly attempt: OpenedAttempt }
  | {
      readonly phase: 'confirming'
      readonly attempt: OpenedAttempt
      readonly report: WindowReport
      /** How often a window that said nothing has been asked about. */
      readonly asks: number
      readonly byCustomer: boolean
    }
  | {
      readonly phase: 'settled'
      readonly outcome: BillingKeyOutcome
      readonly attempt: OpenedAttempt | null
      readonly report: WindowReport | null
    }
  | { readonly phase: 'error'; readonly error: BillingKeyError }

export type AttemptEvent =
  | { readonly type: 'click' }
  | { readonly type: 'sdk-ready' }
  /** The request at hand is not to be opened: an earlier attempt turned out to be open and is asked about first, or something else was chosen. */
  | { readonly type: 'start-over' }
  /** Nothing of an earlier attempt stands in the way. */
  | { readonly type: 'nothing-left-over' }
  /** An earlier attempt ended, or nobody could say: this click opens nothing. Also the answer to this very question, asked by another. */
  | { readonly type: 'left-over'; readonly outcome: BillingKeyOutcome; readonly attempt: OpenedAttempt; readonly report: WindowReport }
  /** Somebody of this page was told of a key: a click that has no window yet opens none. */
  | { readonly type: 'key-found'; readonly outcome: BillingKeyOutcome }
  /** `clickIsSpent`: a browser would block a popup now (sdk-facts 37). */
  | { readonly type: 'request-ready'; readonly clickIsSpent: boolean }
  /** The merchant's server said no before the window. */
  | { readonly type: 'refused'; readonly outcome: BillingKeyOutcome }
  | { readonly type: 'broke'; readonly error: BillingKeyError }
  | { readonly type: 'opened'; readonly attempt: OpenedAttempt }
  | { readonly type: 'window-ended'; readonly report: WindowReport }
  /** The SDK called back after its window had been given up. */
  | { readonly type: 'late-report'; readonly report: WindowReport }
  /** The customer came back by `m_redirect_url`. */
  | { readonly type: 'landed'; readonly report: WindowReport; readonly attempt: OpenedAttempt }
  | { readonly type: 'answered'; readonly answer: ConfirmAnswer }
  | { readonly type: 'ask-failed'; readonly reason: Extract<UnconfirmedReason, 'sign-in' | 'unreachable' | 'timeout'> }
  | { readonly type: 'recheck'; readonly byCustomer: boolean }
  | { readonly type: 'abandon' }
  /** The component went before there was a window: nobody gave up, and nothing is told. */
  | { readonly type: 'unmounted' }
  | { readonly type: 'reset' }

export type AttemptEffect =
  | { readonly do: 'load-sdk' }
  | { readonly do: 'ask-about-leftovers' }
  | { readonly do: 'get-request' }
  | { readonly do: 'open-window' }
  | { readonly do: 'close-window' }
  /** `afterMs`: how long to wait first. */
  | { readonly do: 'ask-server'; readonly afterMs: number }
  | { readonly do: 'stop-asking' }
  | { readonly do: 'tell-outcome'; readonly outcome: BillingKeyOutcome }
  | { readonly do: 'tell-error'; readonly error: BillingKeyError }

/** After a close without a word, and an end of a later window, where something may have been charged: asked at 0, 1, 3, 6 and 10 seconds. */
const waitsMs = [1_000, 2_000, 3_000, 4_000]
/** So many asks of the customer's have to fail before a new window may open over an open question. */
export const patience = 2

/** The outcome of an attempt that was given up before it had an order. */
export const givenUp: BillingKeyOutcome = { ...noFacts, status: 'cancelled', by: 'customer', asked: false }

type Step = readonly [AttemptState, readonly AttemptEffect[]]

/** What an attempt does next. Pure: no clock, no storage, no DOM. An event that a state does not know changes nothing. */
export function transition(state: AttemptState, event: AttemptEvent): Step {
  const stay: Step = [state, []]
  switch (event.type) {
    case 'click':
      if (state.phase === 'ready') return [state, [{ do: 'open-window' }]]
      return isPending(state) ? stay : [{ phase: 'loading-sdk' }, [{ do: 'load-sdk' }]]
    case 'sdk-ready':
      return state.phase === 'loading-sdk' ? [{ phase: 'preparing', step: 'leftovers' }, [{ do: 'ask-about-leftovers' }]] : stay
    case 'start-over':
      return isPreparing(state, 'request') || state.phase === 'ready'
        ? [{ phase: 'preparing', step: 'leftovers' }, [{ do: 'ask-about-leftovers' }]]
        : stay
    case 'nothing-left-over':
      return isPreparing(state, 'leftovers') ? [{ phase: 'preparing', step: 'request' }, [{ do: 'get-request' }]] : stay
    case 'left-over':
      if (state.phase !== 'idle' && !isPreparing(state, 'leftovers') && !asksAbout(state, event.attempt.merchantUid)) return stay
      return settle(event.outcome, event.attempt, event.report)
    case 'key-found':
      return isBeforeWindow(state) ? settle(event.outcome, null, null) : stay
    case 'request-ready':
      if (!isPreparing(state, 'request')) return stay
      return event.clickIsSpent ? [{ phase: 'ready' }, []] : [state, [{ do: 'open-window' }]]
    case 'refused':
      return isPreparing(state, 'request') ? settle(event.outcome, null, null) : stay
    case 'broke':
      // also a window that was about to open, and another one was in its way
      return (isBeforeWindow(state) && !isPreparing(state, 'leftovers')) || state.phase === 'window-open'
        ? [{ phase: 'error', error: event.error }, [{ do: 'tell-error', error: event.error }]]
        : stay
    case 'opened':
      return isPreparing(state, 'request') || state.phase === 'ready' ? [{ phase: 'window-open', attempt: event.attempt }, []] : stay
    case 'window-ended':
      return state.phase === 'window-open' ? reported(event.report, state.attempt) : stay
    case 'late-report':
      return lateReport(state, event.report)
    case 'landed':
      return state.phase === 'idle' ? reported(event.report, event.attempt) : stay
    case 'answered':
      return state.phase === 'confirming' ? answered(state, event.answer) : stay
    case 'ask-failed':
      return state.phase === 'confirming' ? leaveOpen(state, event.reason) : stay
    case 'recheck':
      if (state.phase !== 'settled' || state.outcome.status !== 'unconfirmed' || !state.attempt || !state.report) return stay
      return ask(state.report, state.attempt, event.byCustomer)
    case 'abandon':
      return abandon(state)
    case 'unmounted':
      return isBeforeWindow(state) ? [{ phase: 'idle' }, []] : stay
    case 'reset':
      return state.phase === 'settled' || state.phase === 'error' ? [{ phase: 'idle' }, []] : stay
  }
}

/** Whether it is, or was, about an order. */
export const isOf = (
  state: AttemptState,
  merchantUid: string | null,
): state is Extract<AttemptState, { readonly attempt: OpenedAttempt | null }> & { readonly attempt: OpenedAttempt } =>
  'attempt' in state && state.attempt?.merchantUid === merchantUid

/** Whether the end of an order is this attempt's open question. */
export const asksAbout = (state: AttemptState, merchantUid: string | null): boolean =>
  (state.phase === 'confirming' || (state.phase === 'settled' && state.outcome.status === 'unconfirmed')) && isOf(state, merchantUid)

/** Whether an attempt is under way. */
export const isPending = ({ phase }: AttemptState): boolean => phase !== 'idle' && phase !== 'settled' && phase !== 'error'

/** Which of the two a click that waits is at. */
export const isPreparing = (state: AttemptState, step: 'leftovers' | 'request') => state.phase === 'preparing' && state.step === step
const isBeforeWindow = ({ phase }: AttemptState) => phase === 'loading-sdk' || phase === 'preparing' || phase === 'ready'

function settle(outcome: BillingKeyOutcome, attempt: OpenedAttempt | null, report: WindowReport | null): Step {
  return [{ phase: 'settled', outcome, attempt, report }, [{ do: 'tell-outcome', outcome }]]
}

function ask(report: WindowReport, attempt: OpenedAttempt, byCustomer: boolean): Step {
  return [{ phase: 'confirming', attempt, report, asks: 0, byCustomer }, [{ do: 'ask-server', afterMs: 0 }]]
}

function reported(report: WindowReport, attempt: OpenedAttempt): Step {
  return attempt.canAsk && (attempt.isAgain || needsServer(report)) ? ask(report, attempt, false) : settle(report, attempt, report)
}

type Confirming = Extract<AttemptState, { phase: 'confirming' }>

function answered(state: Confirming, answer: ConfirmAnswer): Step {
  const { report, attempt, asks } = state
  if (answer.status === 'pending') return leaveOpen(state, 'pending')
  const outcome = decideOutcome(report, answer)
  if (!outcome) return leaveOpen(state, 'not-yet')
  const waitMs = waitsMs[asks]
  if (answer.status === 'none' && (attempt.isAgain || isSilent(report)) && attempt.amount !== 0 && waitMs !== undefined)
    return [{ ...state, asks: asks + 1 }, [{ do: 'ask-server', afterMs: waitMs }]]
  return settle(outcome, attempt, report)
}

function leaveOpen({ report, attempt, byCustomer }: Confirming, reason: UnconfirmedReason): Step {
  const failedAsks = attempt.failedAsks + (byCustomer && reason !== 'pending' ? 1 : 0)
  return settle(unconfirmed(report, reason, attempt.amount, failedAsks >= patience), { ...attempt, failedAsks }, report)
}

/** A success, or a word that may be one: who hears of it lets nothing else through. */
function lateReport(state: AttemptState, report: WindowReport): Step {
  const stay: Step = [state, []]
  if (!isOf(state, report.merchantUid)) return stay
  if (state.phase === 'window-open') {
    // a second window of the same order: what it may charge has been paid in the first
    const [next, effects] = reported(report, state.attempt)
    return [next, [{ do: 'close-window' }, ...effects]]
  }
  // being asked about already: from now on with what the window said, and its imp_uid
  if (state.phase === 'confirming') return ask(report, state.attempt, state.byCustomer)
  return isFinal(state.outcome) ? stay : reported(report, state.attempt)
}

function abandon(state: AttemptState): Step {
  if (state.phase === 'window-open') return [state, [{ do: 'close-window' }]]
  if (state.phase === 'confirming') {
    const [settled, effects] = leaveOpen({ ...state, byCustomer: false }, 'abandoned')
    return [settled, [{ do: 'stop-asking' }, ...effects]]
  }
  if (!isBeforeWindow(state)) return [state, []]
  return settle(givenUp, null, null)
}

/** Whether nothing can follow: a key that is confirmed, or the word of the merchant's server against it. */
export const isFinal = (outcome: BillingKeyOutcome): boolean =>
  outcome.status === 'issued' || (outcome.status === 'failed' && outcome.stage === 'confirm')

/** Whether `after` is news to somebody who was told `before` of the same attempt. */
export function isNews(before: BillingKeyOutcome, after: BillingKeyOutcome): boolean {
  if (isFinal(before)) return false
  if (before.status === 'unconfirmed') return after.status !== 'unconfirmed'
  if (before.status === 'reported') return after.status !== 'unconfirmed' && after.status !== 'reported'
  return after.status === 'issued' || after.status === 'reported'
}
