'use client'
import { type ButtonHTMLAttributes, forwardRef, type MouseEvent, type ReactElement, type ReactNode, type Ref } from 'react'
import type { Messages } from '../billing/messages.ts'
import { type UseBillingKeyOptions, type UseBillingKeyResult, useBillingKey } from '../hooks/useBillingKey.ts'
import { useBillingKeyContext } from '../hooks/useBillingKeyContext.ts'
import { useIamport } from '../hooks/useIamport.ts'
import type { Phase, RequestSource } from '../iamport/issueBillingKey.ts'

/** What `render` puts on an element of the shop's own. */
export type BillingKeyButtonElementProps = ButtonHTMLAttributes<HTMLButtonElement> & { ref?: Ref<HTMLButtonElement>; 'data-phase': Phase }

export interface BillingKeyButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'children' | 'onError'> {
  /** The request, or a function that asks the shop's server for one at the click. */
  readonly request: RequestSource
  readonly onOutcome?: UseBillingKeyOptions['onOutcome']
  readonly onError?: UseBillingKeyOptions['onError']
  /** The label while nothing is under way. */
  readonly children?: ReactNode
  /** Renders an element of the shop's own with the button's props. */
  readonly render?: (props: BillingKeyButtonElementProps, state: UseBillingKeyResult) => ReactElement
}

const labels: { readonly [phase in Phase]?: keyof Messages } = {
  'loading-sdk': 'loading',
  preparing: 'preparing',
  'window-open': 'open',
  confirming: 'confirming',
}

/**
 * A button that registers a card. A real `<button type="button">` with `data-phase` and `aria-busy`; while an attempt is
 * under way it keeps the focus and ignores clicks, and below it stands a way out of the payment window.
 *
 * @example
 * <BillingKeyButton request={{ customerUid, merchantUid, name: '월간 이용권', amount: 0 }} onOutcome={(outcome) => …} />
 */
export const BillingKeyButton = forwardRef<HTMLButtonElement, BillingKeyButtonProps>(function BillingKeyButton(props, ref) {
  const { request, onOutcome, onError, children, render, onClick, onPointerEnter, onFocus, className = '', ...rest } = props
  const { messages } = useBillingKeyContext()
  const { preload } = useIamport()
  const state = useBillingKey({ onOutcome, onError })
  const { phase, isPending } = state
  const label = labels[phase]
  const element: BillingKeyButtonElementProps = {
    type: 'button',
    ...rest,
    ref,
    className: `rbk-button ${className}`.trim(),
    'data-phase': phase,
    'aria-busy': isPending,
    'aria-disabled': isPending || undefined,
    onClick: (event: MouseEvent<HTMLButtonElement>) => {
      onClick?.(event)
      if (!event.defaultPrevented && !isPending) state.issue(request)
    },
    onPointerEnter: (event) => {
      onPointerEnter?.(event)
      preload()
    },
    onFocus: (event) => {
      onFocus?.(event)
      preload()
    },
    children: isPending && label ? messages[label] : (children ?? messages.button),
  }
  if (render) return render(element, state)
  return (
    <>
      <button {...element} />
      {phase === 'window-open' && (
        <button type="button" className="rbk-abandon" onClick={state.abandon}>
          {messages.abandon}
        </button>
      )}
    </>
  )
})
