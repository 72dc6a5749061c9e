'use client'
import type { ReactNode } from 'react'
import type { BillingKeyError } from '../billing/errors.ts'
import { fill, formatAmount, type Messages } from '../billing/messages.ts'
import type { BillingKeyOutcome } from '../billing/outcome.ts'
import { useBillingKeyContext } from '../hooks/useBillingKeyContext.ts'

export interface BillingKeyOutcomeViewProps {
  readonly outcome: BillingKeyOutcome | null
  readonly error?: BillingKeyError | null
  readonly isPending?: boolean
  /** Offered after `cancelled` and `failed`. */
  readonly onRetry?: (() => void) | undefined
  /** The way on: a link to the shop's next page. */
  readonly children?: ReactNode
}

/**
 * Tells the customer what happened, in their words: `role="status"`, or `role="alert"` when something went wrong.
 *
 * @example
 * <BillingKeyOutcomeView outcome={outcome} onRetry={reset}><a href="/members">이용 시작하기</a></BillingKeyOutcomeView>
 */
export function BillingKeyOutcomeView({ outcome, error = null, isPending = false, onRetry, children }: BillingKeyOutcomeViewProps) {
  const { messages, locale } = useBillingKeyContext()
  const bad = error !== null || outcome?.status === 'failed' || outcome?.status === 'unconfirmed'
  const reason = outcome && readableReason(outcome)
  const card = outcome?.status === 'issued' && outcome.card ? [outcome.card.name, outcome.card.number].filter(Boolean).join(' ') : ''
  const text = isPending
    ? messages.confirming
    : error
      ? messages[error.code === 'window-busy' ? 'busy' : error.code.startsWith('sdk-load') ? 'loadFailed' : 'error']
      : outcome &&
        fill(messages[sentence(outcome)], { amount: outcome.status === 'issued' ? formatAmount(outcome.charged ?? 0, locale) : '' })
  return (
    <div
      className="rbk-outcome"
      role={bad ? 'alert' : 'status'}
      aria-busy={isPending}
      data-status={isPending ? 'pending' : error ? 'error' : (outcome?.status ?? 'none')}
    >
      {text && <p className="rbk-outcome-text">{text}</p>}
      {!isPending && card && <p>{fill(messages.card, { card })}</p>}
      {!isPending && reason && <p>{fill(messages.reason, { reason })}</p>}
      {!isPending && outcome?.status === 'unconfirmed' && (
        <button type="button" className="rbk-button" onClick={() => void outcome.retry()}>
          {messages.recheck}
        </button>
      )}
      {!isPending &&
        onRetry &&
        (error || outcome?.status === 'cancelled' || (outcome?.status === 'failed' && outcome.stage !== 'confirm')) && (
          <button type="button" className="rbk-button" onClick={onRetry}>
            {messages.retry}
          </button>
        )}
      {!isPending && children}
    </div>
  )
}

function sentence(outcome: BillingKeyOutcome): keyof Messages {
  if (outcome.status === 'issued') return !outcome.verified ? 'reported' : outcome.charged ? 'issuedAndCharged' : 'issued'
  if (outcome.status === 'cancelled') return outcome.by === 'customer' ? 'cancelled' : 'left'
  if (outcome.status === 'failed') return outcome.stage === 'confirm' ? 'refused' : 'failed'
  return 'unconfirmed'
}

/**
 * The PG's words, if they can be believed: an address with a message in it can be typed by anyone (sdk-facts 17), so what
 * came by redirect is shown only for an attempt of this tab.
 */
function readableReason(outcome: BillingKeyOutcome): string {
  if (outcome.status !== 'failed' || (outcome.via === 'redirect' && outcome.customerUid === null && outcome.stage !== 'confirm')) return ''
  return outcome.message
}
