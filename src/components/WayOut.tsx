'use client'
import { useEffect, useInsertionEffect, useState } from 'react'
import { attemptsUnderWay, subscribeToPage } from '../attempt/page.ts'
import { useLatest } from '../hooks/useLatest.ts'
import { keepBehindOverlay } from '../iamport/behindOverlay.ts'
import { shownOverlay } from '../iamport/closing.ts'

export interface WayOutProps {
  readonly label: string
  readonly onPress: () => void
}

/**
 * What keeps the customer safe does not depend on the stylesheet: at the bottom, above any overlay of the SDK's, and seen
 * on phones, where the SDK's own stylesheet hides `body.imp-payment-progress > *` (sdk-facts 7), and can be pressed where a
 * dialog of the shop's has taken the pointer from `body`.
 */
const above =
  'position:fixed;top:auto;left:0;right:0;bottom:12px;margin:0 auto;margin-bottom:env(safe-area-inset-bottom);width:fit-content;' +
  'min-height:44px;pointer-events:auto;z-index:2147483647;display:block!important;visibility:visible!important'

/**
 * The customer's way out of an attempt. It lies in `body`, so that no ancestor of the button hides or clips it, and is no
 * element of React's, which would hide it with the button when that is suspended or in a hidden `<Activity>`. Beside an
 * overlay it is the only thing of the page that can be reached, and Esc does the same.
 */
export function WayOut({ label, onPress }: WayOutProps) {
  const [button] = useState(() => document.createElement('button'))
  const press = useLatest(onPress)
  useInsertionEffect(() => {
    Object.assign(button, { type: 'button', className: 'rbk-abandon', onclick: () => press.current() })
    button.style.cssText = above
    // what is hidden is rendered no more when the attempt has ended, nor when the next one begins with the end of the last
    const look = () => {
      if (attemptsUnderWay().length === 0) button.remove()
      else if (!button.isConnected) document.body.append(button)
    }
    look()
    const stop = subscribeToPage(look)
    return () => {
      stop()
      button.remove()
    }
  }, [button, press])
  useInsertionEffect(() => {
    button.textContent = label
  }, [button, label])
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !event.defaultPrevented && !event.isComposing && shownOverlay()) press.current()
    }
    document.addEventListener('keydown', onKeyDown)
    const release = keepBehindOverlay(button)
    return () => {
      document.removeEventListener('keydown', onKeyDown)
      release()
    }
  }, [button, press])
  return null
}
