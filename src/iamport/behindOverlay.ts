import { overlaySelector } from './sdkFamilies.ts'

const isShown = (overlay: Element) => getComputedStyle(overlay).display !== 'none'

/** The overlay of a window that is on the screen. */
export const shownOverlay = (): Element | undefined => [...document.querySelectorAll(overlaySelector)].find(isShown)

/**
 * While an overlay of the SDK's is on the screen, makes what lay in `body` before it inert, and moves the focus into the
 * window. What was inert before stays so, and what comes later is left alone: it may be the PG's.
 *
 * @param wayOut stays usable
 * @returns undoes it
 */
export function keepBehindOverlay(wayOut: Element): () => void {
  const before = [...document.body.children].filter(
    (child) => child !== wayOut && !child.matches(`script, style, iframe, ${overlaySelector}`),
  )
  const held = new Set<Element>()
  const release = () => {
    for (const child of held) child.removeAttribute('inert')
    held.clear()
  }
  const look = () => {
    const overlay = shownOverlay()
    if (!overlay) return release()
    if (held.size > 0) return
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
  const watch = () => {
    for (const overlay of document.querySelectorAll(overlaySelector))
      observer.observe(overlay, { childList: true, attributes: true, attributeFilter: ['style', 'class'] })
  }
  const added = new MutationObserver(watch)
  added.observe(document.body, { childList: true })
  watch()
  look()
  return () => {
    observer.disconnect()
    added.disconnect()
    release()
  }
}
