import { overlays, shownOverlay } from './closing.ts'
import { overlaySelector } from './sdkFamilies.ts'

/**
 * Keeps the bottom of the screen free of the window: a border of the overlay's, as high as the way out needs, so that
 * neither hides the other's buttons. The overlay's shade lies under a border as well. A dialog of the shop's may have
 * taken the pointer from `body` and all that inherits it; the window takes it back.
 *
 * @returns undoes it
 */
function leaveRoom(overlay: HTMLElement, wayOut: HTMLElement): () => void {
  const { boxSizing, borderBottom, pointerEvents } = overlay.style
  const room = wayOut.offsetHeight + 2 * Number.parseInt(wayOut.style.bottom, 10)
  overlay.style.boxSizing = 'border-box'
  overlay.style.pointerEvents = 'auto'
  overlay.style.borderBottom = `calc(${room}px + env(safe-area-inset-bottom)) solid transparent`
  return () => Object.assign(overlay.style, { boxSizing, borderBottom, pointerEvents })
}

/**
 * While an overlay of the SDK's is on the screen, makes what lay in `body` before it inert, moves the focus into the
 * window, and leaves room for the way out below it. What was inert before stays so, and what comes later is left alone: it
 * may be the PG's.
 *
 * @param wayOut stays usable, and all of its class; fixed at its `style.bottom`
 * @returns undoes it
 */
export function keepBehindOverlay(wayOut: HTMLElement): () => void {
  // an attempt whose button has gone has a way out of every button's
  const before = [...document.body.children].filter(
    (child) => !child.matches(`.${wayOut.className}, script, style, iframe, ${overlaySelector}`),
  )
  const held = new Set<Element>()
  let takeBack: (() => void) | null = null
  const release = () => {
    for (const child of held) child.removeAttribute('inert')
    held.clear()
    takeBack?.()
    takeBack = null
  }
  const look = () => {
    // watched again and again: the observer knows each of them once
    for (const one of overlays()) observer.observe(one, { childList: true, attributes: true, attributeFilter: ['style', 'class'] })
    const overlay = shownOverlay()
    if (!overlay) return release()
    if (takeBack) return
    takeBack = leaveRoom(overlay, wayOut)
    for (const child of before) {
      if (child.hasAttribute('inert')) continue
      child.setAttribute('inert', '')
      held.add(child)
    }
    if (!overlay.contains(document.activeElement)) overlay.querySelector('iframe')?.focus()
  }
  const observer = new MutationObserver(look)
  // the overlays are children of body; no other attribute of the page is of interest
  observer.observe(document.body, { childList: true })
  look()
  return () => {
    observer.disconnect()
    release()
  }
}
