import { BillingKeyError } from '../billing/errors.ts'
import { currentIamport, type Iamport, pageState, type ScriptUrlPolicy, type SdkLoad } from './sdk.ts'

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
  /** Milliseconds until a script that does not answer counts as failed: at most 23 days. 15,000 when left out, or not above 0. */
  readonly loadTimeoutMs?: number | undefined
}

/** PortOne V1's current SDK. It changes in place, so it cannot be pinned by a hash. */
const defaultScriptUrl = 'https://cdn.iamport.kr/v1/iamport.js'

/** How long a shop wants to wait: a timer that cannot wait so long runs out at once. */
export const waitable = (ms = 0) => Math.min(ms > 0 ? ms : 15_000, 2e9)

const merchantId = (userCode: string, tierCode?: string) => `${userCode}/${tierCode ?? ''}`

/** Notices whom the SDK is initialised for, also when another script does it. */
function watchMerchant(imp: Iamport): void {
  const page = pageState()
  if (page.merchant?.imp === imp) return
  page.merchant = { imp, id: null }
  const { init, agency } = imp
  try {
    imp.init = (userCode) => {
      page.merchant = { imp, id: merchantId(userCode) }
      init.call(imp, userCode)
    }
    if (agency)
      imp.agency = (userCode, tierCode) => {
        page.merchant = { imp, id: merchantId(userCode, tierCode) }
        agency.call(imp, userCode, tierCode)
      }
  } catch {
    // an SDK that is frozen: what others do to it cannot be seen
  }
}

/** Whether the SDK is here and initialised for this merchant, as things stand now. Changes nothing. */
export function isIamportReady({ userCode, tierCode }: SdkConfig): boolean {
  const imp = currentIamport()
  const merchant = imp && pageState().merchant
  return merchant?.imp === imp && merchant?.id === merchantId(userCode, tierCode)
}

/**
 * The SDK if it can be used now, initialised for this merchant; otherwise `null`. Synchronous, so that the window can be
 * opened inside a click. One merchant is active at a time: asking for another one, or after another script has
 * initialised it for somebody else, initialises the SDK again.
 *
 * @throws {BillingKeyError} `window-busy` when another merchant's window is open (sdk-facts 3), `sdk-incompatible`,
 * `invalid-request` without a `userCode`
 */
export function readyIamport(config: SdkConfig): Iamport | null {
  if (!config.userCode) throw new BillingKeyError('invalid-request', 'userCode')
  const imp = currentIamport()
  if (!imp) return null
  const page = pageState()
  watchMerchant(imp)
  const id = merchantId(config.userCode, config.tierCode)
  if (page.merchant?.id === id) return imp
  if (page.open) throw new BillingKeyError('window-busy', 'busy')
  if (config.tierCode !== undefined && !imp.agency) throw new BillingKeyError('sdk-incompatible', 'agency')
  try {
    if (config.tierCode === undefined) imp.init(config.userCode)
    else imp.agency?.(config.userCode, config.tierCode)
  } catch (cause) {
    page.merchant = { imp, id: null }
    throw new BillingKeyError('sdk-incompatible', 'init', cause)
  }
  page.merchant = { imp, id }
  return imp
}

/**
 * Loads the SDK once for the page and initialises it for the merchant. Adopts a script tag or an SDK that is already
 * there. A failure is not remembered: the next call tries again with a fresh tag (sdk-facts 27).
 *
 * @throws {BillingKeyError} `sdk-load-failed`, `sdk-load-timeout`, `sdk-incompatible`, `window-busy`, `not-in-browser`,
 * `invalid-request` without a `userCode`
 * @example
 * const imp = await loadIamport({ userCode: 'imp00000000' })
 */
export async function loadIamport(config: SdkConfig): Promise<Iamport> {
  if (typeof document === 'undefined') throw new BillingKeyError('not-in-browser', 'no-document')
  const page = pageState()
  const url = new URL(config.scriptUrl ?? defaultScriptUrl, document.baseURI).href
  if (!currentIamport()) {
    if (page.load?.url !== url || page.load.status !== 'loading') page.load = startLoad(url, config)
    await page.load.promise
  }
  const imp = initialised(config)
  if (!imp) throw new BillingKeyError('sdk-load-failed', 'gone')
  return imp
}

/** {@link readyIamport}, whose failure is then the page's state until the next try. */
function initialised(config: SdkConfig): Iamport | null {
  const page = pageState()
  try {
    return readyIamport(config)
  } catch (error) {
    page.load = { url: '', promise: Promise.resolve(), ...page.load, status: 'failed', error: error as BillingKeyError }
    throw error
  }
}

function startLoad(url: string, config: SdkConfig): SdkLoad {
  const load: SdkLoad = { url, promise: loadScript(url, config).then(() => {}), status: 'loading', error: null }
  load.promise.then(
    () => {
      load.status = 'done'
    },
    (error: BillingKeyError) => {
      load.status = 'failed'
      load.error = error
    },
  )
  return load
}

async function loadScript(url: string, config: SdkConfig): Promise<Iamport> {
  const timeout = waitable(config.loadTimeoutMs)
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
  if (result === 'timeout') throw new BillingKeyError('sdk-load-timeout', result, url)
  throw new BillingKeyError('sdk-load-failed', result === 'loaded' ? 'not-an-sdk' : 'network', url)
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
  const types = Reflect.get(window, 'trustedTypes') as { createPolicy(name: string, rules: ScriptUrlPolicy): ScriptUrlPolicy } | undefined
  try {
    page.policy ??= types?.createPolicy('react-billing-key', { createScriptURL: (address) => address }) ?? null
  } catch (cause) {
    throw new BillingKeyError('sdk-load-failed', 'trusted-types', cause)
  }
  return page.policy?.createScriptURL(url) ?? url
}
