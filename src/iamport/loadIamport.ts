import { BillingKeyError } from '../billing/errors.ts'
import { currentIamport, type Iamport, pageState } from './sdk.ts'

/** Which SDK, and whose. */
export interface SdkConfig {
  /** 가맹점 식별코드 from PortOne's console, `imp00000000`. */
  readonly userCode: string
  /** Sub-merchant, three characters A-Z and 0-9; then `IMP.agency` is used. */
  readonly tierCode?: string | undefined
  /** PortOne's current SDK when left out. */
  readonly scriptUrl?: string | undefined
  /** CSP nonce of the script tag. */
  readonly nonce?: string | undefined
  /** `crossorigin` of the script tag; PortOne's CDN needs none. */
  readonly crossOrigin?: 'anonymous' | 'use-credentials' | undefined
  /** Milliseconds until a script that does not answer counts as failed. 15,000 when left out. */
  readonly loadTimeoutMs?: number | undefined
}

/** PortOne V1's current SDK. It changes in place, so it cannot be pinned by a hash. */
export const defaultScriptUrl = 'https://cdn.iamport.kr/v1/iamport.js'

/**
 * The SDK if it can be used now, initialised for this merchant; otherwise `null`. Synchronous, so that the window can be
 * opened inside a click. One merchant is active at a time: asking for another one initialises the SDK again.
 *
 * @throws {BillingKeyError} `window-busy` when another merchant's window is open (sdk-facts 3), `sdk-incompatible`
 */
export function readyIamport(config: SdkConfig): Iamport | null {
  const imp = currentIamport()
  const page = imp && pageState()
  if (!imp || !page) return null
  const merchant = `${config.userCode}/${config.tierCode ?? ''}`
  if (page.ready?.imp === imp && page.ready.merchant === merchant) return imp
  if (page.open)
    throw new BillingKeyError('window-busy', 'A payment window of another merchant is open: wait for its outcome or abandon() it.')
  try {
    if (config.tierCode === undefined) imp.init(config.userCode)
    else if (imp.agency) imp.agency(config.userCode, config.tierCode)
    else throw new Error('IMP.agency is missing')
  } catch (cause) {
    const hint = /jquery/i.test(String(cause))
      ? `This is a legacy SDK, which needs jQuery: load jQuery first, or use ${defaultScriptUrl}.`
      : `Use ${defaultScriptUrl}.`
    throw new BillingKeyError('sdk-incompatible', `The PortOne SDK could not be initialised (${String(cause)}). ${hint}`, { cause })
  }
  page.ready = { imp, merchant }
  return imp
}

/**
 * Loads the SDK once for the page and initialises it for the merchant. Adopts a script tag or an SDK that is already
 * there. A failure is not remembered: the next call tries again with a fresh tag (sdk-facts 27).
 *
 * @throws {BillingKeyError} `sdk-load-failed`, `sdk-load-timeout`, `sdk-incompatible`, `window-busy`, `not-in-browser`
 * @example
 * const imp = await loadIamport({ userCode: 'imp00000000' })
 */
export async function loadIamport(config: SdkConfig): Promise<Iamport> {
  if (typeof document === 'undefined')
    throw new BillingKeyError(
      'not-in-browser',
      'The PortOne SDK can only be loaded in a browser: call this in an effect or an event handler.',
    )
  const page = pageState()
  const url = new URL(config.scriptUrl ?? defaultScriptUrl, document.baseURI).href
  if (!currentIamport()) {
    if (page.load?.url !== url) {
      const load = { url, promise: loadScript(url, config) }
      page.load = load
      load.promise.catch(() => {
        if (page.load === load) page.load = null
      })
    }
    await page.load?.promise
  }
  const imp = readyIamport(config)
  if (!imp) throw new BillingKeyError('sdk-load-failed', `${url} was loaded and window.IMP has gone since.`)
  return imp
}

async function loadScript(url: string, config: SdkConfig): Promise<Iamport> {
  const timeout = config.loadTimeoutMs ?? 15_000
  const there = [...document.scripts].find((script) => script.src === url)
  if (there) {
    // somebody else's tag: pending, or dead since long. It gets a third of the time, then a fresh one replaces it.
    const found = await settle(there, timeout / 3)
    if (found === 'loaded' && currentIamport()) return currentIamport() as Iamport
    there.remove()
  }
  const script = document.createElement('script')
  script.async = true
  if (config.nonce) script.nonce = config.nonce
  if (config.crossOrigin) script.crossOrigin = config.crossOrigin
  script.dataset.billingKey = 'sdk'
  script.src = trusted(url)
  const settled = settle(script, timeout)
  document.head.append(script)
  const result = await settled
  const imp = currentIamport()
  if (imp) return imp
  script.remove()
  if (result === 'timeout')
    throw new BillingKeyError('sdk-load-timeout', `${url} did not answer within ${timeout} ms. Check the connection and try again.`)
  throw new BillingKeyError(
    'sdk-load-failed',
    result === 'loaded'
      ? `${url} was loaded and defines no window.IMP: it is not PortOne's SDK, or a proxy answered in its place.`
      : `${url} could not be loaded. Check the connection, ad blockers and the Content-Security-Policy (script-src).`,
  )
}

function settle(script: HTMLScriptElement, ms: number): Promise<'loaded' | 'error' | 'timeout'> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms, 'timeout')
    const end = (result: 'loaded' | 'error') => () => {
      clearTimeout(timer)
      resolve(result)
    }
    script.addEventListener('load', end('loaded'))
    script.addEventListener('error', end('error'))
  })
}

/** Under `require-trusted-types-for 'script'` an address has to come out of a policy. */
function trusted(url: string): string {
  const page = pageState()
  page.policy ??= window.trustedTypes?.createPolicy('react-billing-key', { createScriptURL: (address) => address }) ?? null
  return page.policy?.createScriptURL(url) ?? url
}
