import { adviseOfDialog, adviseOfRefusal, adviseOfReport } from '#describe-error'
import { type Claim, type Confirm, isRecord } from '../billing/confirm.ts'
import { BillingKeyError, isBillingKeyError } from '../billing/errors.ts'
import { type BillingKeyOutcome, hasReportedSuccess, noFacts, toReport, type WindowReport } from '../billing/outcome.ts'
import { type BillingKeyRequest, type RequestDefaults, toRequestPayParams } from '../billing/request.ts'
import { isIamportReady, loadIamport, readyIamport, type SdkConfig } from '../iamport/loadIamport.ts'
import { type OpenWindow, requestPay } from '../iamport/requestPay.ts'
import { askServer } from './askServer.ts'
import { askAboutLeftover, claimFrom, keepReported, leftovers, reportFrom, wordOf } from './leftovers.ts'
import {
  type AttemptEffect,
  type AttemptEvent,
  type AttemptState,
  asksAbout,
  givenUp,
  isFinal,
  isOf,
  isPending,
  isPreparing,
  type Phase,
  transition,
} from './machine.ts'
import { clickLastsMs, isClickSpent, readyWindow, reportOf } from './openWindow.ts'
import { attemptsOfPage, attemptsUnderWay, pageChanged, pageChangedSoon, subscribeToPage } from './page.ts'
import { forgetTold, lastTold, type PendingAttempt, pendingAttempt, remember } from './pending.ts'
import { isOtherChoice, isRequest, isThenable, orderOf, RequestFetcher, type RequestSource } from './requestSource.ts'
import { callSafely, isNewsToTell, keepWhatIsOpen } from './telling.ts'

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
interface Refusal {
  readonly status: number
  readonly code: string
  readonly message: string
}

function isRefusal(error: unknown): error is Refusal {
  if (!(error instanceof Error)) return false
  const { status, code } = error as Error & { readonly status?: unknown; readonly code?: unknown }
  return typeof code === 'string' && typeof status === 'number' && status >= 400 && status < 500
}

/**
 * Does what the machine asks for: load, ask, open, confirm, remember, tell. One for each hook, and one for the landing;
 * it lives on without its hook while its window is open.
 */
export class Attempt {
  #state: AttemptState = { phase: 'idle' }
  #snapshot: AttemptSnapshot = { phase: 'idle', outcome: null, error: null, isPending: false }
  /** What was clicked for: one object a click. */
  #click: { readonly source: RequestSource } | null = null
  #request: BillingKeyRequest | null = null
  #claim: Claim | null = null
  /** Who is asked about it, also when the provider has got another address since: that one knows nothing of the order. */
  #confirm: Confirm | undefined
  /** How often another member's things had been dropped when it began. */
  #drops = 0
  #window: OpenWindow | null = null
  #asking: AbortController | null = null
  #clickedAt = Number.NEGATIVE_INFINITY
  #lastTold: BillingKeyOutcome | null = null
  #isMounted = false
  /** Who waits for the end of the attempt under way. */
  readonly #waiting: { resolve(outcome: BillingKeyOutcome): void; reject(error: unknown): void }[] = []
  /** Events that came while another one was being worked on. */
  readonly #queue: AttemptEvent[] = []
  /** The shop's callbacks, to be called when the state stands. */
  readonly #callbacks: (() => void)[] = []
  #isWorking = false
  readonly #owner: AttemptOwner
  readonly #requests: RequestFetcher

  constructor(owner: AttemptOwner) {
    this.#owner = owner
    this.#requests = new RequestFetcher(owner.settings)
  }

  /** What was told on this page: for a landing's consumer that comes later. */
  lastTold = (): BillingKeyOutcome | null => this.#lastTold

  getSnapshot = (): AttemptSnapshot => this.#snapshot
  /** For another attempt of the page, which may be of another copy of this package: there it cannot read what is private. */
  getState = (): AttemptState => this.#state

  /** The component is there; idempotent. */
  mount = (): void => {
    this.#isMounted = true
    attemptsOfPage().attempts.add(this)
    pageChangedSoon() // React forbids updates in the effect that calls this
  }

  /** The component has gone. Before the window that ends the attempt in silence, unless the click took it away. */
  unmount = (): void => {
    this.#isMounted = false
    queueMicrotask(() => {
      if (this.#isMounted) return
      if (performance.now() - this.#clickedAt > clickLastsMs) this.dispatch({ type: 'unmounted' })
      // what waits for a second click gets it, for nobody can click any more
      else if (this.#state.phase === 'ready') this.dispatch({ type: 'click' })
      if (!this.isUnderWay()) attemptsOfPage().attempts.delete(this)
      pageChangedSoon()
    })
  }

  isUnderWay = (): boolean => isPending(this.#state)
  /** Whether its component has gone while it is under way: anybody's way out then serves it. */
  isOrphan = (): boolean => !this.#isMounted && this.isUnderWay()
  isListening = (): boolean => this.#isMounted && this.#owner.onOutcome() !== undefined
  waitsForLeftovers = (): boolean => isPreparing(this.#state, 'leftovers')
  asksAbout = (merchantUid: string): boolean => asksAbout(this.#state, merchantUid)
  orderUnderWay = (): string | null =>
    this.#state.phase === 'window-open' || this.#state.phase === 'confirming' ? this.#state.attempt.merchantUid : null

  /** Tells of another attempt of this page, and stays where it is. */
  tellAside = (outcome: BillingKeyOutcome): void => {
    keepWhatIsOpen(outcome, null)
    this.tellOwner(outcome)
    this.callBack()
  }

  /** Goes on with an attempt that was begun earlier: a leftover, or one that came back by redirect. */
  takeOver = (
    event: Extract<AttemptEvent, { type: 'left-over' | 'landed' | 'late-report' }>,
    claim: Claim,
    confirm = this.#confirm,
  ): void => {
    this.#claim = claim
    this.#confirm = confirm
    this.#drops = attemptsOfPage().drops
    this.dispatch(event)
  }

  /** A click. Resolves with the outcome, rejects with a {@link BillingKeyError}. */
  issue = (source: RequestSource): Promise<BillingKeyOutcome> => {
    if (this.isAnothers()) this.reset()
    const isReady = this.#state.phase === 'ready'
    if (this.isUnderWay() && !isReady) return this.end()
    const { attempts, drops } = attemptsOfPage()
    if ([...attempts].some((one) => one !== this && one.isUnderWay())) {
      const error = new BillingKeyError('window-busy', 'busy')
      callSafely(() => this.#owner.onError()?.(error))
      return Promise.reject(error)
    }
    attempts.add(this)
    this.#clickedAt = performance.now()
    if (!isReady) {
      this.#click = { source }
      this.#drops = drops
    }
    const end = this.end()
    const isOther = isReady && this.#click && isOtherChoice(this.#click.source, source)
    if (isOther) this.#click = { source }
    this.dispatch({ type: isOther ? 'start-over' : 'click' })
    return end
  }

  /** Loads the SDK, and fetches the request ahead of the click when there is a source. */
  prepare = (source?: RequestSource): void => {
    const { sdk } = this.#owner.settings()
    if (!isIamportReady(sdk)) void loadIamport(sdk).catch(() => {}) // the click says what is wrong
    if (source !== undefined && !this.isUnderWay()) this.#requests.prepare(source)
  }

  recheck = (byCustomer = true): void => this.dispatch({ type: 'recheck', byCustomer })
  abandon = (): void => this.dispatch({ type: 'abandon' })
  reset = (): void => this.dispatch({ type: 'reset' })

  /** Asks what is left over from this tab's earlier attempts, so that the click need not wait for it. */
  lookAfterLeftovers = (): void => {
    const settings = this.#owner.settings()
    for (const pending of leftovers(settings, false)) void askAboutLeftover(pending, settings, false)
  }

  private end(): Promise<BillingKeyOutcome> {
    const end = new Promise<BillingKeyOutcome>((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
    })
    end.catch(() => {}) // also told to onError
    return end
  }

  private dispatch(event: AttemptEvent): void {
    this.#queue.push(event)
    if (this.#isWorking) return
    this.#isWorking = true
    try {
      for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
        const [state, effects] = this.isAnothers() ? dropped : transition(this.#state, next)
        if (state.phase === 'idle' && this.isUnderWay()) this.leave()
        this.#state = state
        for (const effect of effects) this.run(effect)
      }
    } finally {
      this.#isWorking = false
    }
    this.publish()
    this.callBack()
  }

  /**
   * Whether another member has signed in since it began; nobody signed in is nobody else. Then it is neither asked about,
   * told nor shown any more, and its window is closed.
   */
  private isAnothers = (): boolean => this.#drops !== attemptsOfPage().drops

  private publish(): void {
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
    if (!this.#isMounted && !next.isPending) attemptsOfPage().attempts.delete(this)
    pageChanged()
  }

  /** State first: a callback that throws cannot break it, and sees what it is told. */
  private callBack(): void {
    for (const callback of this.#callbacks.splice(0)) callSafely(callback)
  }

  private run(effect: AttemptEffect): void {
    switch (effect.do) {
      case 'load-sdk':
        this.loadSdk()
        break
      case 'ask-about-leftovers':
        this.askAboutLeftovers()
        break
      case 'get-request':
        this.getRequest()
        break
      case 'open-window':
        this.openWindow()
        break
      case 'close-window':
        this.#window?.abandon()
        break
      case 'ask-server':
        void this.askServer(effect.afterMs)
        break
      case 'stop-asking':
        this.#asking?.abort()
        break
      case 'tell-outcome':
        this.tell(effect.outcome)
        break
      case 'tell-error':
        this.tellError(effect.error)
        break
    }
  }

  private broke(cause: unknown, code: 'request-failed' | 'sdk-load-failed' = 'request-failed'): void {
    this.dispatch({ type: 'broke', error: isBillingKeyError(cause) ? cause : new BillingKeyError(code, 'threw', cause) })
  }

  /** Called as long as the click is the last one: what an earlier one had asked for may still come, or fail. */
  private ofClick<T>(callback: (value: T) => void): (value: T) => void {
    const click = this.#click
    return (value) => {
      if (this.#click === click) callback(value)
    }
  }

  private loadSdk(): void {
    const { sdk, defaults } = this.#owner.settings()
    const click = this.#click
    const failed = this.ofClick((error: unknown) => this.broke(error, 'sdk-load-failed'))
    const loaded = () => this.dispatch({ type: 'sdk-ready' })
    try {
      // what is wrong with the request is said before anything is loaded
      if (click && isRequest(click.source)) toRequestPayParams(click.source, defaults, location.href)
      if (readyIamport(sdk)) loaded()
      else loadIamport(sdk).then(loaded, failed)
    } catch (error) {
      failed(error)
    }
  }

  /** An attempt of this page that is under way besides this one: the landing's, or one that a late success brought back. */
  private otherUnderWay = (): Attempt | undefined => attemptsUnderWay().find((one) => one !== this)

  private askAboutLeftovers(): void {
    const settings = this.#owner.settings()
    const other = this.otherUnderWay()
    const [first] = leftovers(settings, true)
    const asking = other ? whenDone(other) : first && askAboutLeftover(first, settings, true)
    // one after the other: each either ends this click, or is out of the way
    if (asking)
      void asking.then(() => {
        if (this.waitsForLeftovers()) this.askAboutLeftovers()
      })
    else this.dispatch({ type: 'nothing-left-over' })
  }

  private getRequest(): void {
    const source = this.#click?.source
    if (!source) return
    const request = this.#requests.take(source)
    if (!isThenable(request)) {
      this.requestReady(request)
      return
    }
    request.then(
      this.ofClick((fetched) => this.requestReady(fetched)),
      this.ofClick((error: unknown) => {
        if (!isRefusal(error)) {
          this.broke(error)
          return
        }
        adviseOfRefusal(error)
        this.dispatch({ type: 'refused', outcome: refusedOutcome(error, orderOf(source)) })
      }),
    )
  }

  private requestReady(request: unknown): void {
    if (!isRecord(request)) {
      this.broke(new BillingKeyError('invalid-request', 'no-request', String(request)))
      return
    }
    this.#request = request as unknown as BillingKeyRequest // every field is checked before the window opens
    // a button that its click took away cannot be clicked again
    const clickIsSpent = this.#isMounted && isClickSpent(this.#clickedAt, this.#request, this.#owner.settings())
    this.dispatch({ type: 'request-ready', clickIsSpent })
  }

  /** The one place where a window opens: in this very task, after the attempt has been remembered. */
  private openWindow(): void {
    const settings = this.#owner.settings()
    const request = this.#request
    const source = this.#click?.source
    if (!request || !source) return
    if (this.otherUnderWay() || leftovers(settings, true).length > 0) {
      this.#requests.keep(source, request)
      this.dispatch({ type: 'start-over' })
      return
    }
    try {
      const { imp, params, pending } = readyWindow(request, orderOf(source), settings)
      const { drops } = attemptsOfPage()
      this.#claim = claimFrom(pending)
      this.#confirm = settings.confirm
      remember(pending)
      forgetTold(pending.merchantUid)
      this.dispatch({ type: 'opened', attempt: { ...pending, canAsk: settings.confirm !== undefined } })
      adviseOfDialog()
      this.#window = requestPay(imp, params, {
        onEnd: (end) => {
          const said = reportOf(end, pending)
          adviseOfReport(said)
          this.dispatch({ type: 'window-ended', report: wordOf(said, pending) })
        },
        onLate: (answer) => this.hearLate(toReport(answer, pending, 'callback'), pending, drops),
      })
    } catch (error) {
      this.broke(error)
    }
  }

  /** The SDK called back after its window had been given up. A success of an attempt before this one is asked about as a leftover. */
  private hearLate(report: WindowReport, pending: PendingAttempt, drops: number): void {
    const { merchantUid } = pending
    const settings = this.#owner.settings()
    // a word that contradicts itself is worth a question, and no news by itself
    if (settings.confirm ? !hasReportedSuccess(report) : report.status !== 'reported') return
    const told = lastTold(merchantUid)
    if ((told && isFinal(told)) || attemptsOfPage().drops !== drops) return
    // first of all it is not lost: PortOne's number goes with the facts of its own window; where it is not said, one that is known stays
    const kept = report.impUid ? null : pendingAttempt(merchantUid)
    const known = kept?.impUid ? kept : { ...pending, impUid: report.impUid }
    remember({ ...known, failedAsks: 0, cameToNothing: false })
    // another button may have opened the same order meanwhile
    const asker = attemptsUnderWay().find((one) => one.orderUnderWay() === merchantUid) ?? this
    if (isOf(asker.getState(), merchantUid)) asker.takeOver({ type: 'late-report', report }, claimFrom(known))
    else if (settings.confirm) this.lookAfterLeftovers()
    else this.tellAside(report)
  }

  private async askServer(afterMs: number): Promise<void> {
    const confirm = this.#confirm
    this.#asking?.abort()
    this.#asking = new AbortController()
    const { signal } = this.#asking
    if (afterMs > 0) await new Promise((resolve) => setTimeout(resolve, afterMs))
    const state = this.#state
    if (signal.aborted || state.phase !== 'confirming' || !this.#claim || !confirm) return
    const { impUid, recovered } = state.report
    const claim = { ...this.#claim, impUid: impUid ?? this.#claim.impUid }
    // PortOne's number outlives the page, so that a reload asks about the payment and not only about the order
    keepReported(state.report)
    const said = await askServer(confirm, claim, this.#owner.settings().confirmTimeoutMs, signal)
    if (signal.aborted) return
    if ('reason' in said) return this.dispatch({ type: 'ask-failed', reason: said.reason })
    const { answer } = said
    // another hook may have heard PortOne's number: asked without it, the server says that there is no payment
    const known = pendingAttempt(claim.merchantUid)
    if (answer.status !== 'issued' && impUid === null && known?.impUid)
      this.takeOver({ type: 'late-report', report: reportFrom(known, recovered) }, claimFrom(known))
    else this.dispatch({ type: 'answered', answer })
  }

  private tellError(error: BillingKeyError): void {
    for (const { reject } of this.#waiting.splice(0)) this.#callbacks.push(() => reject(error))
    this.#callbacks.push(() => this.#owner.onError()?.(error))
  }

  private tell(outcome: BillingKeyOutcome): void {
    if (this.#state.phase === 'settled') keepWhatIsOpen(outcome, this.#state.attempt)
    this.answerWaiting(outcome)
    this.tellOwner(outcome)
  }

  /** It ends in silence. Who waits hears no more than that, and nothing of a member who has gone. */
  private leave(): void {
    const left: BillingKeyOutcome =
      this.orderUnderWay() === null
        ? givenUp
        : { ...noFacts, status: 'unconfirmed', reason: 'abandoned', amount: null, mayStartAnew: false }
    this.answerWaiting(left)
  }

  private answerWaiting(outcome: BillingKeyOutcome): void {
    for (const { resolve } of this.#waiting.splice(0)) this.#callbacks.push(() => resolve(outcome))
  }

  private tellOwner(outcome: BillingKeyOutcome): void {
    if (!isNewsToTell(outcome)) return
    this.#lastTold = outcome
    this.#callbacks.push(() => this.#owner.onOutcome()?.(outcome))
    if (outcome.status === 'issued' || outcome.status === 'reported')
      for (const one of attemptsOfPage().attempts) one.dispatch({ type: 'key-found', outcome: { ...outcome, recovered: true } })
  }
}

const dropped: ReturnType<typeof transition> = [{ phase: 'idle' }, [{ do: 'stop-asking' }, { do: 'close-window' }]]

/** Resolves when an attempt is no longer under way. */
const whenDone = (attempt: Attempt) =>
  new Promise<void>((resolve) => {
    const stop = subscribeToPage(() => {
      if (attempt.isUnderWay()) return
      stop()
      resolve()
    })
  })

/** What the merchant's server said before there was a window. */
const refusedOutcome = ({ code, message }: Refusal, order: unknown): BillingKeyOutcome => ({
  ...noFacts,
  status: 'failed',
  code,
  message,
  stage: 'before-window',
  order,
})
