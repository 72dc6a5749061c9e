import { closeButtonSelector, overlaySelector } from './sdkFamilies.ts'

/** How long the callback may follow the overlay's closing, in ms. */
const graceMs = 300

/** The SDK's overlays in the page. */
export const overlays = () => [...document.querySelectorAll<HTMLElement>(overlaySelector)]
const isShown = (overlay: HTMLElement) => getComputedStyle(overlay).display !== 'none'

/** The overlay of a window that is on the screen. */
export const shownOverlay = () => overlays().find(isShown)

/** Takes the SDK's overlays off the screen, as its own closing should have. */
export function hideOverlays(): void {
  for (const overlay of overlays()) overlay.style.display = 'none'
  document.body.classList.remove('imp-payment-progress')
}

/** Watches for one way in which a window ends without a callback; gives back how to stop. */
type WayToEnd = (end: () => void, saw: () => void) => () => void

/** sdk-facts 7: the overlay is hidden or taken away. Only `body`'s own children and the overlays are observed. */
const overlayGone: WayToEnd = (end, saw) => {
  let seen = false
  let timer: ReturnType<typeof setTimeout> | undefined
  const look = () => {
    // watched again and again: the observer knows each of them once
    for (const overlay of overlays()) observer.observe(overlay, { attributes: true, attributeFilter: ['style', 'class', 'hidden'] })
    if (shownOverlay()) {
      if (!seen) saw()
      seen = true
      clearTimeout(timer)
      timer = undefined
    } else if (seen) timer ??= setTimeout(end, graceMs)
  }
  const observer = new MutationObserver(look)
  observer.observe(document.body, { childList: true })
  look()
  return () => {
    observer.disconnect()
    clearTimeout(timer)
  }
}

/** sdk-facts 24, 35: a press on the overlay's X means "close", also where the SDK throws over it and the overlay stays. */
const closeButtonPressed: WayToEnd = (end) => {
  let timer: ReturnType<typeof setTimeout> | undefined
  const onClick = ({ target }: Event) => {
    if (target instanceof Element && target.closest(closeButtonSelector)) timer ??= setTimeout(end, graceMs)
  }
  document.addEventListener('click', onClick, true)
  return () => {
    document.removeEventListener('click', onClick, true)
    clearTimeout(timer)
  }
}

/** sdk-facts 23: back from the PG's page, out of the back/forward cache. */
const pageRestored: WayToEnd = (end) => {
  const onPageShow = ({ persisted }: PageTransitionEvent) => {
    if (persisted) end()
  }
  window.addEventListener('pageshow', onPageShow)
  return () => window.removeEventListener('pageshow', onPageShow)
}

const waysToEnd: readonly WayToEnd[] = [overlayGone, closeButtonPressed, pageRestored]

/**
 * Watches for everything that ends a window without a word of the SDK's.
 *
 * @param end called once or more when it has ended
 * @param saw called when the overlay is first on the screen
 * @returns stops watching
 */
export function watchForClosing(end: () => void, saw: () => void): () => void {
  const stops = waysToEnd.map((way) => way(end, saw))
  return () => {
    for (const stop of stops) stop()
  }
}
