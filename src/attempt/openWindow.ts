import { BillingKeyError } from '../billing/errors.ts'
import { type AttemptFacts, closedWithoutWord, noFacts, toReport, type WindowReport } from '../billing/outcome.ts'
import { pgRule } from '../billing/pg.ts'
import { type BillingKeyRequest, mergeDefaults, type RequestPayParams, toRequestPayParams } from '../billing/request.ts'
import { readyIamport } from '../iamport/loadIamport.ts'
import type { WindowEnd } from '../iamport/requestPay.ts'
import type { Iamport } from '../iamport/sdk.ts'
import { loadedFamily } from '../iamport/sdkFamilies.ts'
import { type PendingAttempt, pendingAttempt } from './pending.ts'
import type { AttemptSettings } from './runAttempt.ts'

/** From the click until a browser would block a popup, and until an unmount ends what the click began. */
export const clickLastsMs = 1_000

/** Everything a window needs, checked. */
export interface ReadyWindow {
  readonly imp: Iamport
  readonly params: RequestPayParams
  readonly pending: PendingAttempt
}

/**
 * Checks a request, and the SDK as it is at this moment.
 *
 * @throws {BillingKeyError} `invalid-request`, `sdk-load-failed`, `sdk-incompatible`, `window-busy`
 */
export function readyWindow(request: BillingKeyRequest, order: unknown, { sdk, defaults }: AttemptSettings): ReadyWindow {
  const params = toRequestPayParams(request, defaults, location.href)
  const imp = readyIamport(sdk)
  if (!imp) throw new BillingKeyError('sdk-load-failed', 'gone')
  if (params.channelKey !== undefined && loadedFamily()?.takesChannelKey === false)
    throw new BillingKeyError('sdk-incompatible', 'channel-key')
  const { merchantUid, customerUid, amount, currency, pg, payMethod, token, redirectUrl } = mergeDefaults(request, defaults)
  const before = pendingAttempt(merchantUid)
  const pending = {
    userCode: sdk.userCode,
    merchantUid,
    customerUid,
    amount,
    currency,
    pg,
    payMethod,
    order,
    token,
    redirectUrl,
    // of an earlier window of this order: what that one may have taken is not forgotten over this one
    impUid: before?.impUid ?? null,
    isAgain: before !== null,
    startedAt: Date.now(),
    failedAsks: 0,
    cameToNothing: false,
  }
  return { imp, params, pending }
}

/** Whether a browser would block the popup that this request may open: the click is spent (sdk-facts 37). */
export function isClickSpent(clickedAt: number, request: BillingKeyRequest, { defaults }: AttemptSettings): boolean {
  const { pg, popup } = mergeDefaults(request, defaults)
  if (pgRule(pg).popup === false && popup !== true) return false
  return performance.now() - clickedAt > clickLastsMs || navigator.userActivation?.isActive === false
}

/** What the end of a window says of the attempt. */
export function reportOf(end: WindowEnd, facts: AttemptFacts): WindowReport {
  if (end.kind === 'answer') return toReport(end.answer, facts, 'callback')
  const common = { ...noFacts, merchantUid: facts.merchantUid, customerUid: facts.customerUid, order: facts.order ?? null }
  if (end.kind === 'closed') return closedWithoutWord(common)
  return { ...common, status: 'failed', code: end.kind, message: end.message, stage: 'before-window' }
}
