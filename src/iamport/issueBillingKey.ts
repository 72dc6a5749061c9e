import { type Confirm, confirmOutcome } from '../billing/confirm.ts'
import { BillingKeyError } from '../billing/errors.ts'
import { type AttemptFacts, type BillingKeyOutcome, toOutcome, unclearCodes } from '../billing/outcome.ts'
import { type BillingKeyRequest, mergeDefaults, type RequestDefaults, toRequestPayParams } from '../billing/request.ts'
import { type Attempt, clearAttempt, pendingAttempt, saveAttempt } from './attempt.ts'
import { defaultScriptUrl, loadIamport, readyIamport, type SdkConfig } from './loadIamport.ts'
import { type OpenWindow, requestPay, type WindowEnd } from './requestPay.ts'
import { type Iamport, isLegacySdk } from './sdk.ts'

/** A request, or how to get one when the customer clicks (an intent of the merchant's server). */
export type RequestSource = BillingKeyRequest | (() => Promise<BillingKeyRequest>)

/** Where an attempt is. */
export type Phase = 'idle' | 'loading-sdk' | 'preparing' | 'window-open' | 'confirming' | 'settled'

export interface IssueOptions {
  readonly sdk: SdkConfig
  readonly defaults: RequestDefaults
  readonly confirm?: Confirm | undefined
  readonly onPhase: (phase: Phase) => void
  /** A second outcome of this attempt: a success that came after the window had been given up. */
  readonly onLate: (outcome: BillingKeyOutcome) => void
  /** An earlier attempt of this tab that never landed has a key after all, or could not be asked about. */
  readonly onLeftBehind: (outcome: BillingKeyOutcome) => void
}

/** One attempt under way. */
export interface Issuing {
  /** Rejects with a `BillingKeyError` only. */
  readonly outcome: Promise<BillingKeyOutcome>
  /** Ends the attempt in whatever phase it is; never while it is being confirmed. */
  abandon(): void
}

/**
 * One attempt from the click to its outcome. When the SDK is ready and the request is at hand, `IMP.request_pay` runs
 * before this function returns.
 */
export function issueBillingKey(source: RequestSource, options: IssueOptions): Issuing {
  let open: OpenWindow | null = null
  let abandoned = false
  let giveUp: (outcome: BillingKeyOutcome) => void = () => {}
  const given = new Promise<BillingKeyOutcome>((resolve) => {
    giveUp = resolve
  })

  const start = (imp: Iamport, request: BillingKeyRequest): Promise<BillingKeyOutcome> => {
    const params = toRequestPayParams(request, options.defaults, location.href)
    if (params.channelKey !== undefined && isLegacySdk())
      throw new BillingKeyError(
        'sdk-incompatible',
        `A legacy SDK knows no channelKey and would open another PG: name the pg, or use ${defaultScriptUrl}.`,
      )
    const { merchantUid, customerUid, amount, pg, payMethod, token, redirectUrl } = mergeDefaults(request, options.defaults)
    const attempt: Attempt = { merchantUid, customerUid, amount, pg, payMethod, token, redirectUrl, startedAt: Date.now() }
    const before = pendingAttempt()
    let reported = false
    open = requestPay(
      imp,
      params,
      (answer) => {
        const late = toOutcome(answer, attempt, 'callback')
        if (late.status !== 'issued' || reported) return
        reported = true
        void settle(late, attempt, { confirm: options.confirm, onPhase: () => {} }).then(options.onLate)
      },
      () => saveAttempt(attempt),
    )
    options.onPhase('window-open')
    if (before && before.merchantUid !== merchantUid) void leftBehind(before, options)
    return open.end.then((end) => {
      const outcome = read(end, attempt)
      reported = outcome.status === 'issued'
      return settle(outcome, attempt, options)
    })
  }

  const slowly = async (): Promise<BillingKeyOutcome> => {
    let imp = readyIamport(options.sdk)
    if (!imp) {
      options.onPhase('loading-sdk')
      imp = await loadIamport(options.sdk)
    }
    let request = source
    if (typeof request === 'function') {
      if (abandoned) return given
      options.onPhase('preparing')
      request = await request()
    }
    return abandoned ? given : start(readyIamport(options.sdk) ?? imp, request)
  }

  const run = (): Promise<BillingKeyOutcome> => {
    try {
      if (typeof source === 'function') return Promise.race([slowly(), given])
      toRequestPayParams(source, options.defaults, location.href)
      const imp = readyIamport(options.sdk)
      return imp ? start(imp, source) : Promise.race([slowly(), given])
    } catch (error) {
      return Promise.reject(error)
    }
  }

  return {
    outcome: run(),
    abandon() {
      if (open) return open.abandon()
      abandoned = true
      const known = typeof source === 'function' ? { merchantUid: '', customerUid: null } : source
      giveUp(nothing({ merchantUid: known.merchantUid, customerUid: known.customerUid }, 'customer'))
    },
  }
}

const nothing = (
  { merchantUid, customerUid }: { merchantUid: string; customerUid: string | null },
  by: 'customer' | 'closed',
): BillingKeyOutcome => ({ status: 'cancelled', by, merchantUid, customerUid, impUid: null, via: 'callback', raw: null })

function read(end: WindowEnd, attempt: AttemptFacts): BillingKeyOutcome {
  if (end.kind === 'answer') return toOutcome(end.answer, attempt, 'callback')
  if (end.kind === 'closed') return nothing(attempt, 'closed')
  const { kind, message } = end
  const { merchantUid, customerUid } = attempt
  return {
    status: 'failed',
    code: kind,
    message,
    stage: 'before-window',
    merchantUid,
    customerUid,
    impUid: null,
    via: 'callback',
    raw: null,
  }
}

/** Whether only the merchant's server can tell what happened. */
const needsServer = (outcome: BillingKeyOutcome) =>
  outcome.status === 'issued' ||
  (outcome.status === 'cancelled' && outcome.by !== 'customer') ||
  (outcome.status === 'failed' && unclearCodes.includes(outcome.code))

/** Asks the merchant's server where that is needed, and forgets the attempt once its outcome is definite. */
export async function settle(
  reported: BillingKeyOutcome,
  attempt: Attempt | null,
  { confirm, onPhase }: Pick<IssueOptions, 'confirm' | 'onPhase'>,
): Promise<BillingKeyOutcome> {
  let outcome = reported
  if (confirm && needsServer(reported)) {
    onPhase('confirming')
    outcome = await confirmOutcome(reported, attempt?.token, confirm)
  }
  // a window that was only closed may be come back to (Forward, or the PG's app), and its landing needs the attempt
  const open = outcome.status === 'unconfirmed' || (outcome.status === 'cancelled' && outcome.by === 'closed')
  if (attempt && !open) clearAttempt(attempt.merchantUid)
  return outcome
}

/** An attempt that left for a redirect and never landed: its key must not be lost when a new one begins. */
async function leftBehind(attempt: Attempt, { confirm, onLeftBehind }: IssueOptions) {
  if (!confirm) return
  const outcome = await confirmOutcome(nothing(attempt, 'closed'), attempt.token, confirm)
  // that it came to nothing is no news, and must not be taken for the end of the new one
  if (outcome.status !== 'cancelled') onLeftBehind(outcome)
}
