import type { Claim, Confirm } from '../billing/confirm.ts'
import { BillingKeyError, isBillingKeyError } from '../billing/errors.ts'
import { type BillingKeyOutcome, toReport, type WindowReport } from '../billing/outcome.ts'
import { pgRule } from '../billing/pg.ts'
import { type BillingKeyRequest, mergeDefaults, type RequestDefaults, toRequestPayParams } from '../billing/request.ts'
import { defaultScriptUrl, isIamportReady, loadIamport, readyIamport, type SdkConfig } from '../iamport/loadIamport.ts'
import { type OpenWindow, requestPay, type WindowEnd } from '../iamport/requestPay.ts'
import { loadedFamily } from '../iamport/sdkFamilies.ts'
import { askServer } from './askServer.ts'
import { askAboutLeftover, leftovers } from './leftovers.ts'
import {
  type AttemptEffect,
  type AttemptEvent,
  type AttemptState,
  isDefinite,
  isFinal,
  isNews,
  isPending,
  type OpenedAttempt,
  type Phase,
  transition,
} from './machine.ts'
import { attemptsOfPage, pageChanged, subscribeToPage } from './page.ts'
import { forget, forgetTold, lastTold, markTold, type PendingAttempt, pendingAttempt, remember } from './pending.ts'
import { withDeadline } from './visibleTimeout.ts'

/**
 * A request; a function that gives one, or a promise of one, at the click; or `{ order }`, for which the merchant's
 * server is asked by `POST {api}/intents`.
 */
export type RequestSource =
  | BillingKeyRequest
  | (() => BillingKeyRequest | Promise<BillingKeyRequest>)
  | { readonly order: unknown; readonly customerUid?: never; readonly merchantUid?: never }

/** What holds for an attempt now: the provider's settings and the hook's options. */
export interface AttemptSettings {
  readonly sdk: SdkConfig
  readonly defaults: RequestDefaults
  readonly confirm: Confirm | undefined
  /** Milliseconds of visible time. */
  readonly confirmTimeoutMs: number
  /** Asks the merchant's server for the request of an order; `undefined` without `api`. */
  readonly fetchIntent: ((order: unknown, signal: AbortSignal) => Promise<BillingKeyRequest>) | undefined
  readonly customerKey: string | undefined
}

/** Who is told. Asked for at the moment of telling, so that it is always the newest. */
export interface AttemptOwner {
  settings(): AttemptSettings
  onOutcome(): ((outcome: BillingKeyOutcome) => void) | undefined
  onError(): ((error: BillingKeyError) => void) | undefined
}

export interface AttemptSnapshot {
  readonly phase: Phase
  readonly outcome: BillingKeyOutcome | null
  readonly error: BillingKeyError | null
  readonly isPending: boolean
}

/** Thrown by `fetchIntent` and by a shop's own function when the server said no: becomes a `failed` outcome. */
export interface Refusal {
  readonly status: number
  readonly code: string
  readonly message: string
}

const requestTimeoutMs = 30_000
/** A prepared intent serves one click, for ten minutes. */
const preparedForMs = 600_000
/** From the click until a browser would block a popup, and until an unmount ends what the click began. */
const clickLastsMs = 1_000

const isRefusal = (error: unknown): error is Refusal =>
  error instanceof Error &&
  'status' in error &&
  'code' in error &&
  typeof error.code === 'string' &&
  typeof error.status === 'number' &&
  error.status >= 400 &&
  error.status < 500

const silence = (facts: { merchantUid: string; customerUid: string; order?: unknown }): WindowReport => ({
  status: 'cancelled',
  by: 'closed',
  asked: false,
  merchantUid: facts.merchantUid,
  customerUid: facts.customerUid,
  impUid: null,
  via: 'callback',
  order: facts.order ?? null,
  recovered: false,
})

interface Prepared {
  readonly key: unknown
  readonly promise: Promise<BillingKeyRequest>
  readonly at: number
  request?: BillingKeyRequest
}

/**
 * Does what the machine asks for: load, ask, open, confirm, remember, tell. One for each hook, and one for the landing;
 * it lives on without its hook while its window is open.
 */
export class Attempt {
  #state: AttemptState = { phase: 'idle' }
  #snapshot: AttemptSnapshot = { phase: 'idle', outcome: null, error: null, isPending: false }
  #source: RequestSource | null = null
  #request: BillingKeyRequest | null = null
  #order: unknown = null
  #prepared: Prepared | null = null
  #claim: Claim | null = null
  /** Who was signed in when the claim began. */
  #customerKey: string | undefined
  #window: OpenWindow | null = null
  #asking: AbortController | null = null
  #clickedAt = Number.NEGATIVE_INFINITY
  #lastTold: BillingKeyOutcome | null = null
  #mounted = false
  #promise: {
    readonly promise: Promise<BillingKeyOutcome>
    resolve(outcome: BillingKeyOutcome): void
    reject(error: unknown): void
  } | null = null
  /** Events that came while another one was being worked on. */
  readonly #queue: AttemptEvent[] = []
  #working = false
  readonly #owner: AttemptOwner

  constructor(owner: AttemptOwner) {
    this.#owner = owner
  }

  /** What was told on this page: for a landing's consumer that comes later. */
  lastTold = (): BillingKeyOutcome | null => this.#lastTold

  getSnapshot = (): AttemptSnapshot => this.#snapshot

  /** The component is there; idempotent. */
  mount = (): void => {
    this.#mounted = true
    attemptsOfPage().attempts.add(this)
    queueMicrotask(pageChanged) // React forbids updates in the effect that calls this
  }

  /** The component has gone. Before the window that ends the attempt in silence, unless the click took it away. */
  unmount = (): void => {
    this.#mounted = false
    if (performance.now() - this.#clickedAt > clickLastsMs) this.#dispatch({ type: 'unmounted' })
    if (!isPending(this.#state)) attemptsOfPage().attempts.delete(this)
    queueMicrotask(pageChanged)
  }

  /** Whether its component has gone while it is under way: anybody's way out then serves it. */
  isOrphan = (): boolean => !this.#mounted && isPending(this.#state)
  isUnderWay = (): boolean => isPending(this.#state)
  waitsForLeftovers = (): boolean => this.#state.phase === 'preparing' && this.#state.step === 'leftovers'
  canTellOfLeftover = (): boolean => this.#mounted && this.#state.phase === 'idle' && this.#owner.onOutcome() !== undefined
  orderUnderWay = (): string | null =>
    this.#state.phase === 'window-open' || this.#state.phase === 'confirming' ? this.#state.attempt.merchantUid : null

  isListening = (): boolean => this.#mounted && this.#owner.onOutcome() !== undefined

  /** Tells of another attempt of this page, and stays where it is. */
  tellAside = (outcome: BillingKeyOutcome): void => {
    const callbacks: (() => void)[] = []
    keepWhatIsOpen(outcome, 0)
    this.#tellOwner(outcome, callbacks)
    for (const callback of callbacks) this.#callBack(callback)
  }

  takeLeftover = (event: Extract<AttemptEvent, { type: 'left-over' }>, claim: Claim): void => {
    this.#claim = claim
    this.#customerKey = this.#owner.settings().customerKey
    this.#dispatch(event)
  }

  /** The customer came back by redirect. */
  land = (report: WindowReport, attempt: OpenedAttempt, claim: Claim): void => {
    this.#claim = claim
    this.#customerKey = this.#owner.settings().customerKey
    this.#dispatch({ type: 'landed', report, attempt })
  }

  /** What was told before a reload, shown again and told to nobody. */
  show = (outcome: BillingKeyOutcome): void => {
    this.#state = { phase: 'settled', outcome, attempt: null, report: null }
    this.#publish()
  }

  /** A click. Resolves with the outcome, rejects with a {@link BillingKeyError}. */
  issue = (source: RequestSource): Promise<BillingKeyOutcome> => {
    if (isPending(this.#state) && this.#state.phase !== 'ready') return this.#whenSettled()
    const other = [...attemptsOfPage().attempts].find((one) => one !== this && one.isUnderWay())
    if (other) {
      const error = new BillingKeyError('window-busy', 'Another attempt is under way on this page: wait for its outcome or abandon() it.')
      this.#callBack(() => this.#owner.onError()?.(error))
      return Promise.reject(error)
    }
    attemptsOfPage().attempts.add(this)
    this.#clickedAt = performance.now()
    if (this.#state.phase !== 'ready') {
      this.#source = source
      this.#promise = null
    }
    const promise = this.#whenSettled()
    this.#dispatch({ type: 'click' })
    return promise
  }

  /** Loads the SDK, and fetches the request ahead of the click when there is a source. */
  prepare = (source?: RequestSource): void => {
    const { sdk } = this.#owner.settings()
    if (!isIamportReady(sdk)) void loadIamport(sdk).catch(() => {}) // the click says what is wrong
    if (source === undefined || isPending(this.#state) || this.#preparedFor(source)) return
    if (typeof source !== 'function' && !('order' in source)) return
    const fetched: Prepared = { key: keyOf(source), promise: this.#fetchRequest(source), at: performance.now() }
    this.#prepared = fetched
    fetched.promise.then(
      (request) => {
        fetched.request = request
      },
      () => {
        if (this.#prepared === fetched) this.#prepared = null
      },
    )
  }

  recheck = (byCustomer = true): void => {
    // it is not theirs to ask about, nor to be shown
    if (this.#isNowAnother(this.#customerKey)) this.reset()
    else this.#dispatch({ type: 'recheck', byCustomer })
  }
  abandon = (): void => this.#dispatch({ type: 'abandon' })
  reset = (): void => this.#dispatch({ type: 'reset' })

  /** Asks what is left over from this tab's earlier attempts, so that the click need not wait for it. */
  lookAfterLeftovers = (): void => {
    const settings = this.#owner.settings()
    for (const pending of leftovers(settings, false)) void askAboutLeftover(pending, settings, false)
  }

  /** Whether another member has signed in since. Nobody signed in is nobody else. */
  #isNowAnother(before: string | undefined): boolean {
    const { customerKey } = this.#owner.settings()
    return before !== undefined && customerKey !== undefined && before !== customerKey
  }

  #whenSettled(): Promise<BillingKeyOutcome> {
    if (!this.#promise) {
      let resolve: (outcome: BillingKeyOutcome) => void = () => {}
      let reject: (error: unknown) => void = () => {}
      const promise = new Promise<BillingKeyOutcome>((yes, no) => {
        resolve = yes
        reject = no
      })
      promise.catch(() => {}) // also told to onError
      this.#promise = { promise, resolve, reject }
    }
    return this.#promise.promise
  }

  #dispatch(event: AttemptEvent): void {
    this.#queue.push(event)
    if (this.#working) return
    this.#working = true
    const callbacks: (() => void)[] = []
    try {
      for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
        const [state, effects] = transition(this.#state, next)
        this.#state = state
        for (const effect of effects) this.#run(effect, callbacks)
      }
    } finally {
      this.#working = false
    }
    this.#publish()
    // state first: a callback that throws cannot break it, and sees what it is told
    for (const callback of callbacks) this.#callBack(callback)
  }

  #publish(): void {
    const state = this.#state
    const { phase, outcome, error } = this.#snapshot
    const next: AttemptSnapshot = {
      phase: state.phase === 'error' ? 'settled' : state.phase,
      outcome: state.phase === 'settled' ? state.outcome : null,
      error: state.phase === 'error' ? state.error : null,
      isPending: isPending(state),
    }
    if (next.phase === phase && next.outcome === outcome && next.error === error) return
    this.#snapshot = next
    if (!this.#mounted && !next.isPending) attemptsOfPage().attempts.delete(this)
    pageChanged()
  }

  #callBack(callback: () => void): void {
    try {
      callback()
    } catch (error) {
      if (typeof reportError === 'function') reportError(error)
      else setTimeout(() => Promise.reject(error)) // Safari before 15.4
    }
  }

  #run(effect: AttemptEffect, callbacks: (() => void)[]): void {
    switch (effect.do) {
      case 'load-sdk':
        this.#loadSdk()
        break
      case 'ask-about-leftovers':
        this.#askAboutLeftovers()
        break
      case 'get-request':
        this.#getRequest()
        break
      case 'open-window':
        this.#openWindow()
        break
      case 'close-window':
        this.#window?.abandon()
        break
      case 'ask-server':
        void this.#askServer(effect.afterMs)
        break
      case 'stop-asking':
        this.#asking?.abort()
        break
      case 'tell-outcome':
        this.#tell(effect.outcome, callbacks)
        break
      case 'tell-error':
        this.#tellError(effect.error, callbacks)
    }
  }

  #tellError(error: BillingKeyError, callbacks: (() => void)[]): void {
    const waiting = this.#promise
    callbacks.push(
      () => waiting?.reject(error),
      () => this.#owner.onError()?.(error),
    )
  }

  #broke(cause: unknown, code: 'request-failed' | 'sdk-load-failed' = 'request-failed'): void {
    const error = isBillingKeyError(cause)
      ? cause
      : new BillingKeyError(code, `The request could not be prepared: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
    this.#dispatch({ type: 'broke', error })
  }

  #loadSdk(): void {
    const { sdk, defaults } = this.#owner.settings()
    const failed = (error: unknown) => this.#broke(error, 'sdk-load-failed')
    try {
      const source = this.#source
      // what is wrong with the request is said before anything is loaded
      if (source && typeof source !== 'function' && !('order' in source)) toRequestPayParams(source, defaults, location.href)
      if (readyIamport(sdk)) this.#dispatch({ type: 'sdk-ready' })
      else loadIamport(sdk).then(() => this.#dispatch({ type: 'sdk-ready' }), failed)
    } catch (error) {
      failed(error)
    }
  }

  #askAboutLeftovers(): void {
    const settings = this.#owner.settings()
    const { landing } = attemptsOfPage()
    const [first] = leftovers(settings, true)
    const asking = landing?.isUnderWay() ? whenDone(landing) : first && askAboutLeftover(first, settings, true)
    // one after the other: each either ends this click, or is out of the way
    if (asking)
      void asking.then(() => {
        if (this.waitsForLeftovers()) this.#askAboutLeftovers()
      })
    else this.#dispatch({ type: 'nothing-left-over' })
  }

  #preparedFor(source: RequestSource): Prepared | null {
    const prepared = this.#prepared
    return prepared && prepared.key === keyOf(source) && performance.now() - prepared.at < preparedForMs ? prepared : null
  }

  async #fetchRequest(source: RequestSource): Promise<BillingKeyRequest> {
    const controller = new AbortController()
    const { fetchIntent } = this.#owner.settings()
    const fetched = async () => {
      if (typeof source === 'function') return source()
      if (!('order' in source)) return source
      if (!fetchIntent)
        throw new BillingKeyError('invalid-request', 'An order needs the merchant’s server: give <BillingKeyProvider> its api.')
      const request = await fetchIntent(source.order, controller.signal)
      return request
    }
    const late = () => new BillingKeyError('request-failed', `The request did not come within ${requestTimeoutMs} ms.`)
    return withDeadline(fetched(), requestTimeoutMs, late).finally(() => controller.abort())
  }

  #getRequest(): void {
    const source = this.#source
    if (!source) return
    const prepared = this.#preparedFor(source)
    this.#prepared = null
    const request = prepared?.request ?? prepared?.promise ?? this.#requestNow(source)
    if (!isThenable(request)) this.#requestReady(request)
    else
      request.then(
        (fetched) => {
          if (this.#source === source && this.#state.phase === 'preparing') this.#requestReady(fetched)
        },
        (error: unknown) => {
          if (this.#source === source) this.#requestFailed(error)
        },
      )
  }

  /** The request, or a promise of it; a function that answers at once keeps the click. */
  #requestNow(source: RequestSource): BillingKeyRequest | Promise<BillingKeyRequest> {
    if (typeof source !== 'function') return 'order' in source ? this.#fetchRequest(source) : source
    try {
      const answer = source()
      return isThenable(answer) ? this.#fetchRequest(() => answer) : answer
    } catch (error) {
      return Promise.reject(error)
    }
  }

  #requestReady(request: BillingKeyRequest): void {
    const given: unknown = request
    if (typeof given !== 'object' || given === null) {
      this.#broke(new BillingKeyError('invalid-request', `The request function gave ${String(given)}: it has to return a request.`))
      return
    }
    this.#request = request
    this.#order = this.#orderOf()
    const { defaults } = this.#owner.settings()
    const mayPopUp = pgRule(mergeDefaults(request, defaults).pg).popup !== false || request?.popup === true
    const isSpent =
      performance.now() - this.#clickedAt > clickLastsMs || ('userActivation' in navigator && navigator.userActivation?.isActive === false)
    this.#dispatch({ type: 'request-ready', clickIsSpent: mayPopUp && isSpent })
  }

  #requestFailed(error: unknown): void {
    if (isRefusal(error)) this.#dispatch({ type: 'refused', outcome: refusedOutcome(error, this.#orderOf()) })
    else this.#broke(error)
  }

  #orderOf(): unknown {
    return this.#source && typeof this.#source !== 'function' && 'order' in this.#source ? this.#source.order : null
  }

  /** The one place where a window opens: in this very task, after the attempt has been remembered. */
  #openWindow(): void {
    const settings = this.#owner.settings()
    const { sdk, defaults, confirm, customerKey } = settings
    const request = this.#request
    if (!request) return
    if (leftovers(settings, true).length > 0 && this.#source) {
      this.#prepared = { key: keyOf(this.#source), promise: Promise.resolve(request), at: performance.now(), request }
      this.#dispatch({ type: 'left-over-appeared' })
      return
    }
    this.#claim = null
    try {
      const params = toRequestPayParams(request, defaults, location.href)
      const imp = readyIamport(sdk)
      if (!imp) throw new BillingKeyError('sdk-load-failed', 'window.IMP has gone since it was loaded.')
      if (params.channelKey !== undefined && loadedFamily()?.takesChannelKey === false)
        throw new BillingKeyError(
          'sdk-incompatible',
          `A legacy SDK knows no channelKey and would open another PG: name the pg, or use ${defaultScriptUrl}.`,
        )
      const merged = mergeDefaults(request, defaults)
      const { merchantUid, customerUid, amount, currency, pg, payMethod, token, redirectUrl } = merged
      const facts = { merchantUid, customerUid, amount, currency, pg, payMethod, order: this.#order }
      this.#claim = { merchantUid, customerUid, impUid: null, token }
      this.#customerKey = customerKey
      const pending = { ...facts, token, redirectUrl, impUid: null, startedAt: Date.now(), failedAsks: 0, cameToNothing: false }
      remember(pending)
      forgetTold(merchantUid)
      this.#dispatch({ type: 'opened', attempt: { merchantUid, amount, canAsk: confirm !== undefined, failedAsks: 0 } })
      this.#window = requestPay(imp, params, {
        onEnd: (end) => this.#dispatch({ type: 'window-ended', report: reportOf(end, facts) }),
        onLate: (answer) => this.#hearLate(toReport(answer, facts, 'callback'), pending, customerKey),
      })
    } catch (error) {
      if (this.#claim?.merchantUid) forget(this.#claim.merchantUid)
      this.#broke(error)
    }
  }

  /** The SDK called back after its window had been given up. A success of an attempt before this one is asked about as a leftover. */
  #hearLate(report: WindowReport, pending: PendingAttempt, customerKey: string | undefined): void {
    const { merchantUid } = pending
    const settings = this.#owner.settings()
    if (report.status !== 'reported' || isAnswered(merchantUid) || settings.customerKey !== customerKey) return
    // first of all it is not lost
    remember({ ...pending, impUid: report.impUid })
    const { phase } = this.#state
    const isCurrent = (phase === 'settled' || phase === 'confirming') && this.#state.attempt?.merchantUid === merchantUid
    if (isCurrent) this.#dispatch({ type: 'late-report', report })
    else if (settings.confirm) this.lookAfterLeftovers()
    else this.tellAside(report)
  }

  async #askServer(afterMs: number): Promise<void> {
    const { confirm, confirmTimeoutMs } = this.#owner.settings()
    this.#asking?.abort()
    const asking = new AbortController()
    this.#asking = asking
    if (afterMs > 0) await new Promise((resolve) => setTimeout(resolve, afterMs))
    const { phase } = this.#state
    const report = this.#state.phase === 'confirming' ? this.#state.report : null
    if (asking.signal.aborted || phase !== 'confirming' || !confirm || !this.#claim) return
    this.#claim = { ...this.#claim, impUid: report?.impUid ?? this.#claim.impUid }
    const pending = this.#claim.merchantUid === null ? null : pendingAttempt(this.#claim.merchantUid)
    // PortOne's number outlives the page, so that a reload asks about the payment and not only about the order
    if (pending && this.#claim.impUid !== null && report?.status === 'reported') remember({ ...pending, impUid: this.#claim.impUid })
    const said = await askServer(confirm, this.#claim, confirmTimeoutMs, asking.signal)
    if (asking.signal.aborted) return
    if ('answer' in said) this.#dispatch({ type: 'answered', answer: said.answer })
    else if (said.reason !== 'stopped') this.#dispatch({ type: 'ask-failed', reason: said.reason })
  }

  #tell(outcome: BillingKeyOutcome, callbacks: (() => void)[]): void {
    if (this.#state.phase === 'settled') keepWhatIsOpen(outcome, this.#state.attempt?.failedAsks ?? 0)
    const waiting = this.#promise
    callbacks.push(() => waiting?.resolve(outcome))
    this.#tellOwner(outcome, callbacks)
  }

  /** Tells the owner what is news of that order, and marks it before the callback runs. */
  #tellOwner(outcome: BillingKeyOutcome, callbacks: (() => void)[]): void {
    const { merchantUid } = outcome
    const before = merchantUid === null ? null : lastTold(merchantUid)
    if (before && !isNews(before, outcome)) return
    markTold(outcome)
    this.#lastTold = outcome
    callbacks.push(() => this.#owner.onOutcome()?.(outcome))
  }
}

const isThenable = <T>(value: T | Promise<T>): value is Promise<T> =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'

/** Resolves when an attempt is no longer under way. */
const whenDone = (attempt: Attempt) =>
  new Promise<void>((resolve) => {
    const stop = subscribeToPage(() => {
      if (attempt.isUnderWay()) return
      stop()
      resolve()
    })
  })

/** Whether nothing can follow what was told of an order. */
function isAnswered(merchantUid: string): boolean {
  const told = lastTold(merchantUid)
  return told !== null && isFinal(told)
}

/** What the merchant's server said before there was a window. */
const refusedOutcome = ({ code, message }: Refusal, order: unknown): BillingKeyOutcome => ({
  status: 'failed',
  code,
  message,
  stage: 'before-window',
  merchantUid: null,
  customerUid: null,
  impUid: null,
  via: 'callback',
  order,
  recovered: false,
})

/** What survives of an attempt after its outcome. */
function keepWhatIsOpen(outcome: BillingKeyOutcome, failedAsks: number): void {
  const pending = outcome.merchantUid === null ? null : pendingAttempt(outcome.merchantUid)
  if (!pending) return
  if (!isDefinite(outcome)) remember({ ...pending, failedAsks, cameToNothing: false })
  // a window that was only closed may be come back to (Forward, or the PG's app), and its landing needs the attempt
  else if (outcome.status === 'cancelled' && outcome.by === 'closed') remember({ ...pending, cameToNothing: true })
  else forget(pending.merchantUid)
}

function reportOf(end: WindowEnd, facts: Parameters<typeof silence>[0] & { amount: number }): WindowReport {
  if (end.kind === 'answer') return toReport(end.answer, facts, 'callback')
  const { merchantUid, customerUid, impUid, via, order, recovered } = silence(facts)
  if (end.kind === 'closed') return silence(facts)
  const common = { merchantUid, customerUid, impUid, via, order, recovered }
  return { ...common, status: 'failed', code: end.kind, message: end.message, stage: 'before-window' }
}

/** What makes two sources the same: a function itself, an order by its value. */
function keyOf(source: RequestSource): unknown {
  return typeof source !== 'function' && 'order' in source ? JSON.stringify(source.order) : source
}
