import type { RequestPayParams } from '../billing/request.ts'

/** `window.IMP` as far as it is used here (PortOne V1 SDK 1.1 to 1.3). */
export interface Iamport {
  init(userCode: string): void
  agency?(userCode: string, tierCode: string): void
  /** Returns nothing, and does not always call back (sdk-facts 5, 7). */
  request_pay(params: RequestPayParams, callback: (answer: unknown) => void): void
  /** Hides the overlay without calling back; not in every version (sdk-facts 24). */
  close?(): void
}

/** A Trusted Types policy as far as a script's address needs one. */
export interface ScriptUrlPolicy {
  createScriptURL(url: string): string
}

/** What one page shares, however many copies of this package and providers it holds. */
export interface PageState {
  load: { readonly url: string; readonly promise: Promise<Iamport> } | null
  /** The SDK object that was initialised, and for which merchant. */
  ready: { readonly imp: Iamport; readonly merchant: string } | null
  /** The attempt whose window may still be open. */
  open: object | null
  /** Made once: a page can forbid a second policy of one name. */
  policy: ScriptUrlPolicy | null
}

const key = Symbol.for('react-billing-key.page')

declare global {
  interface Window {
    IMP?: unknown
    [key: symbol]: unknown
    trustedTypes?: { createPolicy(name: string, rules: ScriptUrlPolicy): ScriptUrlPolicy }
  }
}

/** The page's state; made at the first call, never at import. */
export function pageState(): PageState {
  const held = window[key] as PageState | undefined
  if (held) return held
  const made: PageState = { load: null, ready: null, open: null, policy: null }
  window[key] = made
  return made
}

/** `window.IMP` when it is an SDK. */
export function currentIamport(): Iamport | null {
  if (typeof window === 'undefined') return null
  const imp = window.IMP as Iamport | undefined
  return typeof imp?.request_pay === 'function' && typeof imp.init === 'function' ? imp : null
}

/** Whether the page runs an `iamport.payment-1.x.y.js`: it knows no `channelKey`, and would open its first PG instead (sdk-facts 21). */
export const isLegacySdk = () => [...document.scripts].some(({ src }) => /\/iamport\.payment-\d/.test(src))
