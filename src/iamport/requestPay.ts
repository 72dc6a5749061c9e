import { BillingKeyError } from '../billing/errors.ts'
import type { RequestPayParams } from '../billing/request.ts'
import { type Iamport, pageState } from './sdk.ts'

/** How a window ended. */
export type WindowEnd =
  | { readonly kind: 'answer'; readonly answer: unknown }
  /** The overlay went away, the customer pressed Back, or `abandon()` was called: no answer (sdk-facts 7, 23, 26). */
  | { readonly kind: 'closed' }
  /** The SDK complained with `alert()` and will not call back (sdk-facts 5), or threw. */
  | { readonly kind: 'sdk-alert' | 'sdk-threw'; readonly message: string }

/** An attempt whose window is open. */
export interface OpenWindow {
  /** Settles once, in every case but one: the page is left for a redirect. */
  readonly end: Promise<WindowEnd>
  /** The customer's way out of an overlay that stays: removes it and settles as `closed`. */
  abandon(): void
}

/** The SDK's overlays: 1.x and the newer family (sdk-facts 7, 26). */
const overlays = '.imp-dialog, #imp-iframe-wrapper'
/** How long the callback may follow the overlay's closing, in ms. */
const grace = 300

const overlayIsOpen = () =>
  [...document.querySelectorAll<HTMLElement>(overlays)].some((overlay) => getComputedStyle(overlay).display !== 'none')

/**
 * Calls `IMP.request_pay` in this very task (popups need the click) and watches over it until it ends.
 *
 * @param onLate an answer that came after the window had been given up: a success then is a success (money first)
 * @param beforeCall runs when nothing stands in the way any more, and before the page can be left
 * @throws {BillingKeyError} `window-busy` while another window is open on this page
 */
export function requestPay(
  imp: Iamport,
  params: RequestPayParams,
  onLate: (answer: unknown) => void,
  beforeCall: () => void = () => {},
): OpenWindow {
  const page = pageState()
  if (page.open) throw new BillingKeyError('window-busy', 'A payment window is already open: wait for its outcome or abandon() it.')
  const me = {}
  page.open = me
  let settle: (end: WindowEnd) => void = () => {}
  let ended = false
  let wasOpen = false
  let closing: ReturnType<typeof setTimeout> | undefined
  const end = new Promise<WindowEnd>((resolve) => {
    settle = resolve
  })

  const finish = (result: WindowEnd) => {
    if (ended) return
    ended = true
    if (page.open === me) page.open = null
    clearTimeout(closing)
    observer.disconnect()
    window.removeEventListener('pageshow', onPageShow)
    if (window.alert === onAlert) window.alert = alert
    settle(result)
  }
  // sdk-facts 7: closing the overlay hides it and never calls back
  const observer = new MutationObserver(() => {
    const open = overlayIsOpen()
    if (open) {
      wasOpen = true
      clearTimeout(closing)
      closing = undefined
    } else if (wasOpen) closing ??= setTimeout(() => finish({ kind: 'closed' }), grace)
  })
  // sdk-facts 23: back from the PG's page, out of the back/forward cache
  const onPageShow = (event: PageTransitionEvent) => {
    if (event.persisted) abandon()
  }
  // sdk-facts 5: an alert during the call, or later from the SDK's own script, stands for the callback
  const alert = window.alert
  let calling = true
  const onAlert = (message?: unknown) => {
    const fromSdk = calling || (!wasOpen && /\/iamport(\.payment-[\w.-]+|\.esm)?\.js/.test(new Error().stack ?? ''))
    if (!fromSdk) alert.call(window, message)
    else finish({ kind: 'sdk-alert', message: String(message) })
  }
  const abandon = () => {
    if (ended) return
    try {
      imp.close?.()
    } catch {
      // sdk-facts 24: the SDK's own closing can throw; the overlay is taken away below
    }
    for (const overlay of document.querySelectorAll<HTMLElement>(overlays)) overlay.style.display = 'none'
    document.body.classList.remove('imp-payment-progress')
    finish({ kind: 'closed' })
  }

  window.addEventListener('pageshow', onPageShow)
  observer.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ['style', 'class'] })
  window.alert = onAlert
  beforeCall()
  try {
    imp.request_pay(params, (answer) => {
      if (ended) onLate(answer)
      else finish({ kind: 'answer', answer })
    })
  } catch (cause) {
    finish({ kind: 'sdk-threw', message: String(cause) })
  }
  calling = false
  return { end, abandon }
}
