import { BillingKeyError } from '../billing/errors.ts'
import type { RequestPayParams } from '../billing/request.ts'
import { hideOverlays, watchForClosing } from './closing.ts'
import { type Iamport, pageState } from './sdk.ts'
import { isSdkStack } from './sdkFamilies.ts'

/** How a window ended. */
export type WindowEnd =
  | { readonly kind: 'answer'; readonly answer: unknown }
  /** The overlay went away, its X was pressed, the customer pressed Back, or `abandon()` was called (sdk-facts 7, 23, 26). */
  | { readonly kind: 'closed' }
  /** The SDK complained with `alert()` and will not call back (sdk-facts 5), or threw. */
  | { readonly kind: 'sdk-alert' | 'sdk-threw'; readonly message: string }

/** An attempt whose window is open. */
export interface OpenWindow {
  /** The customer's way out of an overlay that stays: removes it and ends as `closed`. */
  abandon(): void
}

export interface WindowListener {
  /** Called once, in every case but one: the page is left for a redirect. */
  readonly onEnd: (end: WindowEnd) => void
  /** An answer that came after the window had been given up: a success then is a success (money first). */
  readonly onLate: (answer: unknown) => void
}

/**
 * sdk-facts 5: an alert during the call, or later from the SDK's own script before its overlay shows, stands for the
 * callback. `alert` is patched where it can be, and given back unless somebody replaced it since.
 */
function listenForAlert(isFromSdk: () => boolean, onAlert: (message: string) => void): () => void {
  const original = window.alert
  const patched = (message?: unknown) => {
    if (isFromSdk()) onAlert(String(message))
    else original.call(window, message)
  }
  const set = (alert: typeof window.alert) => {
    try {
      window.alert = alert
    } catch {
      // not writable: the SDK's complaint is then seen by the customer, and the way out is the button's
    }
  }
  set(patched)
  return () => {
    if (window.alert === patched) set(original)
  }
}

/**
 * Calls `IMP.request_pay` in this very task (popups need the click) and watches over it until it ends. Everything that
 * was set up is taken down again when the call throws.
 *
 * @throws {BillingKeyError} `window-busy` while another window is open on this page
 */
export function requestPay(imp: Iamport, params: RequestPayParams, { onEnd, onLate }: WindowListener): OpenWindow {
  const page = pageState()
  if (page.open) throw new BillingKeyError('window-busy', 'busy')
  let stage: 'calling' | 'open' | 'seen' | 'ended' = 'calling'
  const undo: (() => void)[] = []
  const finish = (end: WindowEnd) => {
    if (stage === 'ended') return
    stage = 'ended'
    for (const step of undo) step()
    page.open = false
    onEnd(end)
  }
  const abandon = () => {
    if (stage === 'ended') return
    try {
      imp.close?.()
    } catch {
      // sdk-facts 24: the SDK's own closing can throw; the overlay is taken away below
    }
    hideOverlays()
    finish({ kind: 'closed' })
  }
  const isFromSdk = () => stage === 'calling' || (stage === 'open' && isSdkStack(new Error().stack ?? ''))

  page.open = true
  try {
    undo.push(listenForAlert(isFromSdk, (message) => finish({ kind: 'sdk-alert', message })))
    undo.push(
      watchForClosing(abandon, () => {
        if (stage !== 'ended') stage = 'seen'
      }),
    )
    imp.request_pay(params, (answer) => {
      if (stage === 'ended') onLate(answer)
      else finish({ kind: 'answer', answer })
    })
    if (stage === 'calling') stage = 'open'
  } catch (cause) {
    finish({ kind: 'sdk-threw', message: String(cause) })
  }
  return { abandon }
}
