import { attemptsOfPage } from '../attempt/page.ts'
import type { BillingKeyErrorCode, ErrorReason, RequestIssue, RequestRule } from './errors.ts'
import type { WindowReport } from './outcome.ts'
import { pgNames } from './pgNames.ts'
import { parseRedirect } from './redirect.ts'

const currentSdk = 'https://cdn.iamport.kr/v1/iamport.js'

/** What happened and what to do. */
const sentences: { readonly [reason in ErrorReason]: (about: string) => string } = {
  fields: () => 'The billing key request is not valid',
  userCode: () => 'The userCode of <BillingKeyProvider> is empty: give it 가맹점 식별코드 of PortOne’s console, like imp00000000.',
  'no-api': () => 'An order needs the merchant’s server: give <BillingKeyProvider> its api.',
  'no-json': () => 'An order goes to the merchant’s server as JSON: it can hold no BigInt, and not itself.',
  'no-request': (what) => `The request function gave ${what}: it has to return a request.`,
  threw: (cause) => `The request could not be prepared: ${cause} Where the shop’s server was asked, its log says more.`,
  late: (ms) => `The request did not come within ${ms} ms.`,
  gone: () => 'The SDK was loaded and window.IMP has gone since.',
  'channel-key': () => `A legacy SDK knows no channelKey and would open another PG: name the pg, or use ${currentSdk}.`,
  init: (cause) =>
    `The PortOne SDK could not be initialised (${cause}). ${/jquery/i.test(cause) ? `This is a legacy SDK, which needs jQuery: load jQuery first, or use ${currentSdk}.` : `Use ${currentSdk}.`}`,
  agency: () => `This SDK has no IMP.agency, which a tierCode needs. Use ${currentSdk}.`,
  'no-document': () => 'The PortOne SDK can only be loaded in a browser: call this in an effect or an event handler.',
  timeout: (url) => `${url} did not answer in time. Check the connection and try again.`,
  'not-an-sdk': (url) => `${url} was loaded and defines no window.IMP: it is not PortOne's SDK, or a proxy answered in its place.`,
  network: (url) =>
    /^https?:\/\/(localhost|127\.|\[::1\])/.test(url)
      ? `${url} could not be loaded. Is the sandbox running there (npx billing-sandbox)? If it is, check ad blockers and the Content-Security-Policy (script-src).`
      : `${url} could not be loaded. Check the connection, ad blockers and the Content-Security-Policy (script-src).`,
  'trusted-types': () => 'The Content-Security-Policy does not allow our Trusted Types policy: add react-billing-key to its trusted-types.',
  busy: () => 'Another attempt is under way on this page: wait for its outcome or abandon() it.',
  'no-provider': () => 'Put <BillingKeyProvider userCode="imp…"> round every hook and component of react-billing-key.',
}

const pgName = (code: string) => {
  const names: { readonly [pg: string]: { readonly en: string } } = pgNames
  return names[code]?.en ?? code
}

const rules: { readonly [rule in RequestRule]: (limit: string) => string } = {
  text: (limit) => `text of 1 to ${limit} characters`,
  length: (limit) => `at most ${limit} characters`,
  whole: () => 'a number, whole, 0 or more',
  number: () => 'a number, 0 or more',
  currency: () => 'a code of three letters, like KRW',
  period: () => '{ from, to, interval }, each of them optional',
  dates: () => 'with dates as YYYY-MM-DD or YYYYMMDD',
  interval: () => "with an interval like '1m', '1y' or '1d'",
  plain: (pg) => `letters and digits only for ${pgName(pg)}`,
  'pay-method': (methods) => `one of ${methods}`,
  'not-sent': (pg) => `0: the window of ${pgName(pg)} takes no amount. Charge the key afterwards`,
  'display-only': (pg) =>
    `0: ${pgName(pg)} shows an amount in the window and does not charge it. Charge the key afterwards, and pass displayAmount to show it`,
  'charge-required': (pg) => `more than 0: ${pgName(pg)} issues a key only with a payment`,
  'no-display': () => 'left out: only a PG that charges nothing in its window shows one',
  redirect: () => 'there: phones come back to it, and without it their result is lost',
  address: () => 'an http(s) address',
  reserved: (keys) => `without the parameter ${keys}: PortOne adds it`,
}

/** An error's message in development: what is wrong with what, and what to do. */
export function describeError(code: BillingKeyErrorCode, reason: ErrorReason, about: string, issues: readonly RequestIssue[]): string {
  const list = issues.map(({ field, rule, limit, value }) =>
    value === 'undefined'
      ? `${field} is missing: it has to be ${rules[rule](limit)}`
      : `${field} has to be ${rules[rule](limit)} (it is ${value})`,
  )
  return `${sentences[reason](about)}${list.length > 0 ? `: ${list.join('; ')}.` : ''} See docs/errors/${code}.md.`
}

/** What came of a call to the merchant's handler that was not the handler's own answer. */
export const describeAnswer = (call: string, status: number): string =>
  status === 0
    ? `${call} was not answered. Does the shop's server run, and may this page reach it (CORS, connect-src)?`
    : `${call} was answered with HTTP ${status} and not by createBillingHandler. Is it mounted where api of <BillingKeyProvider> says, and does the shop's server run behind its proxy?`

/** What createBillingHandler refuses with when the shop is not yet put together. A shop's own codes are none of them. */
const mistakes: { readonly [code: string]: string } = {
  'no-such-route':
    'The handler was reached and knows no such path: api of <BillingKeyProvider> and basePath of createBillingHandler (/api/billing when left out) have to be the same.',
  'not-signed-in': 'authenticate of createBillingHandler gave null: it has to find who is signed in by the cookies of the request.',
}

const advise = (code: string, message: string, advice: string) => console.error(`No window was opened (${code}: ${message}). ${advice}`)

/** Written to the console in development, beside the words that the customer reads: what the shop's handler refused. */
export function adviseOfRefusal({ code, message }: { readonly code: string; readonly message: string }): void {
  const advice = mistakes[code]
  if (advice) advise(code, message, advice)
}

/** The same of PortOne, when its SDK opened no window. */
export function adviseOfReport(report: WindowReport): void {
  if (report.status === 'failed' && report.stage === 'before-window')
    advise(
      report.code,
      report.message,
      'By what it says: userCode, pg and channelKey of <BillingKeyProvider> have to be those of PortOne’s console, and each attempt needs a merchantUid of its own, as an order that was paid takes no other payment.',
    )
}

/** The same where the handler cannot confirm an attempt that it did not prepare: the customer only reads that nobody could say. */
export function adviseOfUnconfirmed(error: unknown): void {
  if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'invalid-token')
    console.error(
      'createBillingHandler refused to confirm this attempt (invalid-token): it confirms only what its own /intents made, under the same signingKey. Give an order instead of a request, or confirm instead of api to <BillingKeyProvider>.',
    )
}

/** A landing page may come in a chunk of its own, over a slow connection. */
const landingLoadsMs = 5_000
/** The address of which it was said: each of a page's providers waits for its landing. */
let saidOf = ''

/** The same where a phone has come back and nothing on the page takes the result. An effect: gives what ends the wait. */
export function adviseOfLanding(): (() => void) | undefined {
  if (!parseRedirect(location.href)) return
  const timer = setTimeout(() => {
    const { href } = location
    if (attemptsOfPage().landingConsumers.size > 0 || !parseRedirect(href) || saidOf === href) return
    saidOf = href
    console.error(
      'This page was opened with PortOne’s result in its address, and nothing takes it: the customer is shown no outcome. Render <BillingKeyRedirect>, or call useBillingKeyRedirect(), on the page that redirectUrl of <BillingKeyProvider> names.',
    )
  }, landingLoadsMs)
  return () => clearTimeout(timer)
}

/** The same where a window opens behind a dialog of the shop's that nothing of `body` can be above: `<dialog>` with `showModal()`. */
export function adviseOfDialog(): void {
  if (hasModalDialog())
    console.error(
      'The payment window was opened behind a <dialog> of this page: showModal() makes everything else inert, so that the customer cannot reach it. Close the dialog in the click, or open it with show().',
    )
}

function hasModalDialog(): boolean {
  try {
    return document.querySelector('dialog:modal') !== null
  } catch {
    return false // a browser that does not know :modal
  }
}
