'use client'
import { type CSSProperties, useEffect, useRef } from 'react'
import { useLatest } from '../hooks/useLatest.ts'
import { keepBehindOverlay } from '../iamport/behindOverlay.ts'
import { shownOverlay } from '../iamport/closing.ts'

export interface WayOutProps {
  readonly label: string
  readonly onPress: () => void
}

/** What keeps the customer safe does not depend on the stylesheet: at the bottom, above any overlay of the SDK's. */
const above: CSSProperties = {
  position: 'fixed',
  top: 'auto',
  left: 0,
  right: 0,
  bottom: 12,
  margin: '0 auto',
  marginBottom: 'env(safe-area-inset-bottom)',
  width: 'fit-content',
  minHeight: 44,
  zIndex: 2147483647,
}

/**
 * The customer's way out of an attempt. It lies in `body`, so that no ancestor of the button hides or clips it, nor the
 * SDK, which hides everything that is not its own on phones (sdk-facts 7). Beside an overlay it is the only thing of the
 * page that can be reached, and Esc does the same.
 */
export function WayOut({ label, onPress }: WayOutProps) {
  const ref = useRef<HTMLButtonElement>(null)
  const press = useLatest(onPress)
  useEffect(() => {
    const button = ref.current
    // sdk-facts 7: `body.imp-payment-progress > *` is hidden by the SDK's stylesheet on phones
    button?.style.setProperty('display', 'block', 'important')
    button?.style.setProperty('visibility', 'visible', 'important')
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !event.defaultPrevented && !event.isComposing && shownOverlay()) press.current()
    }
    document.addEventListener('keydown', onKeyDown)
    const release = button ? keepBehindOverlay(button) : undefined
    return () => {
      document.removeEventListener('keydown', onKeyDown)
      release?.()
    }
  }, [press])
  return (
    <button ref={ref} type="button" className="rbk-abandon" style={above} onClick={onPress}>
      {label}
    </button>
  )
}
