'use client'
import {
  type ButtonHTMLAttributes,
  forwardRef,
  type MouseEvent,
  type ReactElement,
  type ReactNode,
  type Ref,
  useCallback,
  useEffect,
  useRef,
} from 'react'
import type { Phase } from '../attempt/machine.ts'
import type { RequestSource } from '../attempt/requestSource.ts'
import type { BillingKeyRequest } from '../billing/request.ts'
import { type UseBillingKeyOptions, type UseBillingKeyResult, useBillingKey } from '../hooks/useBillingKey.ts'
import { useBillingKeyContext } from '../hooks/useBillingKeyContext.ts'
import { ko } from '../locales/ko.ts'
import { BillingKeyOutcomeView } from './BillingKeyOutcomeView.tsx'
import { WayOut } from './WayOut.tsx'

/** What `render` puts on an element of the shop's own. */
export type BillingKeyButtonElementProps = ButtonHTMLAttributes<HTMLButtonElement> & { ref?: Ref<HTMLButtonElement>; 'data-phase': Phase }

/** What is registered: an order that the merchant's server turns into a request, or a request. Never both. */
export type BillingKeyButtonSource =
  | { readonly order: unknown; readonly request?: never }
  | { readonly order?: never; readonly request: BillingKeyRequest | (() => BillingKeyRequest | Promise<BillingKeyRequest>) }

export type BillingKeyButtonProps = Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'children' | 'onError'> &
  BillingKeyButtonSource & {
    readonly onOutcome?: UseBillingKeyOptions['onOutcome']
    readonly onError?: UseBillingKeyOptions['onError']
    /** Shows nothing below the button: the page shows the outcome itself. The way out of a window stays. */
    readonly quiet?: boolean
    /** The label while nothing is under way. */
    readonly children?: ReactNode
    /** Renders an element of the shop's own with the button's props. */
    readonly render?: (props: BillingKeyButtonElementProps, state: UseBillingKeyResult) => ReactElement
  }

type Label = 'loading' | 'preparing' | 'ready' | 'open' | 'confirming' | 'registerAnyway' | 'recheck'

const labels: { readonly [phase in Phase]: Label | null } = {
  idle: null,
  'loading-sdk': 'loading',
  preparing: 'preparing',
  ready: 'ready',
  'window-open': 'open',
  confirming: 'confirming',
  settled: null,
}

/** The label of a button whose last outcome leaves something to do. */
function labelAfter({ phase, outcome }: UseBillingKeyResult): Label | null {
  if (phase !== 'settled' || outcome?.status !== 'unconfirmed') return labels[phase]
  return outcome.mayStartAnew ? 'registerAnyway' : 'recheck'
}

/**
 * A button that registers a card. A real `<button type="button">` with `data-phase` and `aria-busy`; while an attempt is
 * under way, or the shop says `aria-disabled`, it keeps the focus and ignores clicks. Below it stand the outcome in the customer's words and, in every
 * phase, the way out.
 *
 * @example
 * <BillingKeyButton order={{ plan: 'monthly' }} onOutcome={(outcome) => outcome.status === 'issued' && navigate('/members')} />
 */
export const BillingKeyButton = forwardRef<HTMLButtonElement, BillingKeyButtonProps>(function BillingKeyButton(props, ref) {
  const { request, order, onOutcome, onError, quiet = false, children, render, className = '', ...rest } = props
  const { onClick, onPointerEnter, onPointerDown, onFocus, 'aria-disabled': ariaDisabled, ...attributes } = rest
  const { 'aria-label': _label, 'aria-labelledby': _labelledBy, ...unnamed } = attributes
  const { locale: words = ko } = useBillingKeyContext()
  const state = useBillingKey({ onOutcome, onError })
  const { phase, isPending, outcome, error } = state
  const source: RequestSource = request ?? { order }
  const label = labelAfter(state)
  const isBusy = isPending && phase !== 'ready'
  const isDisabled = isBusy || `${ariaDisabled}` === 'true'
  const own = useRef<HTMLButtonElement | null>(null)
  const wasPending = useRef(false)
  const isShown = !quiet && !isPending && (outcome !== null || error !== null)
  // what was under way is over: the focus goes to the result, or back to where it began
  const ended = wasPending.current && !isPending
  useEffect(() => {
    if (wasPending.current && !isPending && !isShown && document.activeElement === document.body) own.current?.focus()
    wasPending.current = isPending || (wasPending.current && isShown)
  }, [isPending, isShown])
  const setRef = useCallback(
    (node: HTMLButtonElement | null) => {
      own.current = node
      if (typeof ref === 'function') ref(node)
      else if (ref) ref.current = node
    },
    [ref],
  )
  const element: BillingKeyButtonElementProps = {
    type: 'button',
    // the shop's own name for it is that of its own label: what the phases say is heard as well as seen
    ...(label ? unnamed : attributes),
    ref: setRef,
    className: `rbk-button ${className}`.trim(),
    'data-phase': phase,
    'aria-busy': isBusy,
    'aria-disabled': isDisabled || undefined,
    onClick: (event: MouseEvent<HTMLButtonElement>) => {
      onClick?.(event)
      if (event.defaultPrevented || isDisabled) return
      if (label === 'recheck') state.recheck()
      else state.issue(source)
    },
    onPointerEnter: (event) => {
      onPointerEnter?.(event)
      state.prepare()
    },
    onFocus: (event) => {
      onFocus?.(event)
      state.prepare()
    },
    onPointerDown: (event) => {
      onPointerDown?.(event)
      if (!event.defaultPrevented && !isDisabled && label !== 'recheck') state.prepare(source)
    },
    children: label ? words[label] : (children ?? words.button),
  }
  return (
    <>
      {render ? render(element, state) : <button {...element} />}
      {(isPending || state.isOrphaned) && (
        <WayOut label={phase === 'confirming' ? words.checkLater : words.abandon} onPress={state.abandon} />
      )}
      {isShown && <BillingKeyOutcomeView outcome={outcome} error={error} takesFocus={ended} />}
    </>
  )
})
