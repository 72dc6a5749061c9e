'use client'
import { type ReactNode, useEffect, useRef } from 'react'
import type { BillingKeyError } from '../billing/errors.ts'
import type { BillingKeyOutcome } from '../billing/outcome.ts'
import { useBillingKeyContext } from '../hooks/useBillingKeyContext.ts'
import { adviceFor, firstStep } from '../locales/advice.ts'
import { fill, formatAmount } from '../locales/format.ts'
import { ko } from '../locales/ko.ts'
import type { Messages } from '../locales/messages.ts'

export interface BillingKeyOutcomeViewProps {
  readonly outcome: BillingKeyOutcome | null
  readonly error?: BillingKeyError | null
  readonly isPending?: boolean
  /** Offered after `cancelled` and `failed`. */
  readonly onRetry?: (() => void) | undefined
  /** Offered after `unconfirmed`: the hook's `recheck`. */
  readonly onRecheck?: (() => void) | undefined
  /** Whether the result is scrolled into view and takes the focus when it comes, unless the customer is typing. */
  readonly takesFocus?: boolean
  /** The way on: a link to the shop's next page. */
  readonly children?: ReactNode
}

/**
 * Tells the customer what happened, in their words: `role="status"`, or `role="alert"` when something went wrong.
 *
 * @example
 * <BillingKeyOutcomeView outcome={outcome} onRetry={reset}><a href="/members">이용 시작하기</a></BillingKeyOutcomeView>
 */
export function BillingKeyOutcomeView(props: BillingKeyOutcomeViewProps) {
  const { outcome, error = null, isPending = false, onRetry, onRecheck, takesFocus = false, children } = props
  const { locale: words = ko } = useBillingKeyContext()
  const isBad = error !== null || outcome?.status === 'failed' || outcome?.status === 'unconfirmed'
  const lines = isPending ? [words.confirming] : error ? [words[errorText(error)]] : outcome ? outcomeLines(outcome, words) : []
  const ref = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (takesFocus && !isPending && (outcome || error)) moveTo(ref.current)
  }, [takesFocus, isPending, outcome, error])
  /** The pressed button goes away: the focus stays here. */
  const pressed = (act: () => void) => () => {
    ref.current?.focus()
    act()
  }
  const canRetry = error !== null || outcome?.status === 'cancelled' || (outcome?.status === 'failed' && outcome.stage !== 'confirm')
  return (
    <div
      ref={ref}
      tabIndex={-1}
      lang={words.lang}
      className="rbk-outcome"
      role={isBad && !isPending ? 'alert' : 'status'}
      aria-busy={isPending}
      data-status={isPending ? 'pending' : error ? 'error' : (outcome?.status ?? 'none')}
    >
      {lines.map((line, at) => (
        <p key={line} className={at === 0 ? 'rbk-outcome-text' : undefined}>
          {numberKept(line)}
        </p>
      ))}
      {!isPending && outcome?.status === 'unconfirmed' && onRecheck && (
        <button type="button" className="rbk-button" onClick={pressed(onRecheck)}>
          {words.recheck}
        </button>
      )}
      {!isPending && onRetry && canRetry && (
        <button type="button" className="rbk-button" onClick={pressed(onRetry)}>
          {words.retry}
        </button>
      )}
      {!isPending && children}
    </div>
  )
}

/** Shows the result to who waits for it; somebody who types elsewhere is not torn away. */
function moveTo(result: HTMLElement | null): void {
  if (!result || document.activeElement?.matches('input, textarea, select, [contenteditable]')) return
  result.focus({ preventScroll: true })
  result.scrollIntoView?.({ block: 'nearest' })
}

/** A card's number is one word: it does not break in its middle. */
function numberKept(line: string): ReactNode[] {
  return line.split(/([\d*]{4}[-\d*]{4,})/).map((part, at) =>
    at % 2 ? (
      <span key={at} className="rbk-number">
        {part}
      </span>
    ) : (
      part
    ),
  )
}

type Text = { readonly [key in keyof Messages]: Messages[key] extends string ? key : never }[keyof Messages]

function errorText({ code, cause }: BillingKeyError): Text {
  if (code === 'window-busy') return 'busy'
  if (code === 'request-failed') return firstStep(cause) ?? 'error'
  return code.startsWith('sdk-load') ? 'loadFailed' : 'error'
}

function outcomeLines(outcome: BillingKeyOutcome, words: Messages): string[] {
  switch (outcome.status) {
    case 'issued': {
      const { charged, currency, card } = outcome
      const amount = formatAmount(charged, words.lang, currency)
      const shown = [card?.name, card?.number].filter(Boolean).join(' ')
      return [fill(words[charged > 0 ? 'issuedAndCharged' : 'issued'], { amount }), ...(shown ? [fill(words.card, { card: shown })] : [])]
    }
    case 'reported':
      return [words.reported]
    case 'cancelled':
      return [words[outcome.by === 'customer' ? 'cancelled' : outcome.asked ? 'closed' : 'closedUnasked']]
    case 'unconfirmed':
      return [
        words[outcome.reason === 'sign-in' ? 'signIn' : 'unconfirmed'],
        ...(outcome.amount ? [words.maybeCharged] : []),
        ...(outcome.mayStartAnew ? [words.anew] : []),
      ]
    case 'failed': {
      const reason = readableReason(outcome)
      const first = words[outcome.stage === 'confirm' ? 'refused' : 'failed']
      const certain = outcome.stage === 'before-window' && outcome.via === 'callback' && outcome.merchantUid === null
      return [
        first,
        ...(certain ? [words.nothingCharged] : []),
        ...(reason ? [fill(words.reason, { reason })] : []),
        ...(reason && outcome.stage === 'in-window' ? [words.advice[adviceFor(outcome)]] : []),
      ]
    }
  }
}

/**
 * The PG's words, if they can be believed: an address with a message in it can be typed by anyone (sdk-facts 17), so what
 * came by redirect is shown only for an attempt of this tab.
 */
function readableReason(outcome: Extract<BillingKeyOutcome, { status: 'failed' }>): string {
  const isTyped = outcome.via === 'redirect' && outcome.customerUid === null && outcome.stage !== 'confirm'
  return isTyped || outcome.code.startsWith('sdk-') ? '' : outcome.message
}
