import type { BillingKeyError } from '../billing/errors.ts'
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

/** The load of the SDK's script; a failed one is kept only to be told, never to be waited for. */
export interface SdkLoad {
  readonly url: string
  readonly promise: Promise<void>
  status: 'loading' | 'done' | 'failed'
  error: BillingKeyError | null
}

/** What one page shares of the SDK, however many copies of this package and providers it holds. */
export interface PageState {
  load: SdkLoad | null
  /** The SDK object whose `init` and `agency` are watched, and whom it was last initialised for, by whomever. */
  merchant: { readonly imp: Iamport; readonly id: string | null } | null
  /** Whether a window may still be open. */
  open: boolean
  /** Made once: a page can forbid a second policy of one name. */
  policy: ScriptUrlPolicy | null
  /** What `attempt/page.ts` keeps here. */
  attempts?: unknown
}

const key = Symbol.for('react-billing-key.page')

/** The page's state; made at the first call, never at import. */
export function pageState(): PageState {
  const found: unknown = Reflect.get(window, key)
  if (found) return found as PageState // ours alone: the key is this package's
  const made: PageState = { load: null, merchant: null, open: false, policy: null }
  Reflect.set(window, key, made)
  return made
}

/** `window.IMP` when it is an SDK. */
export function currentIamport(): Iamport | null {
  if (typeof window === 'undefined') return null
  const imp = Reflect.get(window, 'IMP') as Partial<Iamport> | null | undefined
  return typeof imp?.request_pay === 'function' && typeof imp.init === 'function' ? (imp as Iamport) : null
}
