/**
 * The scripted world of the model-based test and its oracle: a fake PortOne's ledger, and a log of everything that was
 * told. What is right is said here in its own words, and by nothing of the library's.
 */
import { browser, flush } from './fakeBrowser.ts'
import {
  abandonPage,
  type BillingKeyOutcome,
  Hook,
  landingOutcome,
  memberChanged,
  memory,
  type RequestSource,
  showLanding,
  underWay,
} from './runner.ts'

export interface Config {
  readonly amount: number
  readonly canAsk: boolean
  readonly popup: boolean
  /** Whether the shop gives the number of its last order again, as long as it has not heard of its end. */
  readonly numbersAgain: boolean
}

interface Order {
  readonly uid: string
  readonly customerUid: string
  readonly amount: number
  member: string | undefined
  page: number
  openedAt: number
  callback: ((answer: unknown) => void) | null
  /** Of windows of this number that were given up before the one that is open now. */
  earlier: ((answer: unknown) => void)[]
  /** One of those has said that it was paid, while another was open. */
  isPaidEarlier: boolean
  paidAt: number | null
  /** Nothing can be paid in it any more: declined, cancelled by the customer, or never shown. */
  dead: boolean
  endedAt: number | null
  /** A success reached the page, by callback or address. */
  success: boolean
  /** It was paid, and the window said so and that it failed: only the server can tell. */
  refused: boolean
  definite: 'issued' | 'failed' | null
  nones: number
  fails: number
  /** What this tab kept of it was cleared, or could not be written. */
  lost: boolean
  /** Nor of an earlier window of this number. */
  forgotten: boolean
  onScreen: boolean
}

interface Ask {
  readonly uid: string | null
  readonly since: number
  endedAt?: number
  readonly signal: AbortSignal
  readonly resolve: (answer: unknown) => void
  readonly reject: (error: unknown) => void
}

type ServerAnswer = 'truth' | 'none' | 'pending' | 'failed' | '401' | '5xx' | 'garbage'

interface Told {
  readonly page: number
  readonly consumer: string
  readonly outcome: BillingKeyOutcome
}

/** PortOne's number of the payment that a window of a paid order refused. */
export const refusedNumber = (uid: string) => `imp_refused_${uid}`

export class Violation extends Error {}
const personal = ['홍길동', 'hong@example.com', '010-1234-5678', '41112222', '22223333']
const isConfirmRefusal = (one: BillingKeyOutcome) => one.status === 'failed' && one.stage === 'confirm'

export class World {
  readonly config: Config
  readonly orders: Order[] = []
  asks: Ask[] = []
  requests: {
    readonly since: number
    readonly member: string | undefined
    readonly resolve: (value: unknown) => void
    readonly reject: (error: unknown) => void
  }[] = []
  readonly told: Told[] = []
  hooks: { readonly hook: Hook; mounted: boolean }[] = []
  page = 0
  steps = 0
  /** Who is signed in. */
  member: string | undefined = 'member-1'
  /** Whose the tab is: who was signed in last. */
  owner: string | undefined = 'member-1'
  merchant: string | null = null
  sdk: 'overlay' | 'popup' | 'alert' | 'throws' = 'overlay'
  callbacksThrow = false
  thrown = 0
  clicks = 0
  /** Keys that the server has told of, and how many there were at the last click. */
  keys = 0
  keysAtClick = 0
  truthful = false
  /** What the page was opened with. A result in it is whose browser it is. */
  address = '/'
  broken: Violation | null = null
  landed: { done: boolean; withKeys: boolean } | null = null
  storageWasBad = false
  /** Whether the order that was landed with is one that this tab has kept. */
  landsKnown = false
  #seenBefore = 0
  #seenSince: number | null = null
  #nextOrder = 1
  /** For whom the shop made each request. */
  readonly #madeFor = new Map<string, string | undefined>()
  #nextConsumer = 1
  readonly #errorsTold = new Set<unknown>()
  /** Orders somebody was told of, also before a new window of theirs; `null` for a click that came to no order. */
  readonly #everTold = new Set<string | null>()
  readonly #keysTold = new Set<string>()

  /** How many milliseconds the page could be seen. */
  get seen(): number {
    return this.#seenBefore + (this.#seenSince === null ? 0 : browser.now() - this.#seenSince)
  }

  constructor(config: Config) {
    this.config = config
    browser.start()
    browser.whenWritten((text) => this.nothingPersonal(text, 'storage'))
    this.installSdk()
    this.mountHook()
  }

  fail(rule: string): never {
    // a callback's exception goes elsewhere, so that the first is kept
    this.broken ??= new Violation(rule)
    throw this.broken
  }

  nothingPersonal(text: string, where: string): void {
    const found = personal.find((word) => text.includes(word))
    if (found) this.fail(`rule 9: ${found} in ${where}`)
  }

  settings = () => ({
    sdk: { userCode: 'impOURS' },
    defaults: {},
    confirm: this.config.canAsk ? this.confirm : undefined,
    confirmTimeoutMs: 15_000,
    fetchIntent: () => this.ask(),
    customerKey: this.member,
  })

  ask = () =>
    new Promise<never>((resolve, reject) => {
      this.requests.push({ since: this.seen, member: this.member, resolve: resolve as (value: unknown) => void, reject })
    })

  confirm = (claim: { merchantUid: string | null; impUid: string | null }, signal: AbortSignal) =>
    new Promise<never>((resolve, reject) => {
      const order = this.orders.find(({ uid }) => uid === claim.merchantUid)
      if (!order) this.fail(`asked about an order that nobody opened: ${claim.merchantUid}`)
      if (
        !this.address.includes(order.uid) &&
        order.member !== this.member &&
        order.page !== this.page &&
        order.member !== undefined &&
        this.member !== undefined
      )
        this.fail(`rule 9: ${order.uid} of ${order.member} asked about under ${this.member}`)
      if (claim.impUid === refusedNumber(order.uid)) this.fail(`rule 6: ${order.uid} is paid, and asked about by the number of its refusal`)
      if (claim.impUid !== null && claim.impUid !== `imp_${order.uid}`) this.fail('asked with the imp_uid of another order')
      const ask: Ask = { uid: claim.merchantUid, since: this.seen, signal, resolve: resolve as (value: unknown) => void, reject }
      this.asks.push(ask)
      signal.addEventListener('abort', () => Object.assign(ask, { endedAt: this.seen }))
      if (this.truthful) queueMicrotask(() => this.answer(ask, 'truth'))
    })

  /** What the merchant's server says to a question. */
  answer(ask: Ask, wanted: ServerAnswer): void {
    this.asks = this.asks.filter((one) => one !== ask)
    const order = this.orders.find(({ uid }) => uid === ask.uid)
    if (!order) return
    // it does not take back what it has said
    const isLongAgo = browser.now() - order.openedAt > 3_600_000
    const isTruth = (order.definite === 'issued' && wanted === 'failed') || (isLongAgo && order.paidAt !== null && wanted === 'pending')
    const kind = order.definite === 'failed' ? 'failed' : isTruth ? 'truth' : wanted
    const isHeard = !ask.signal.aborted
    const none = () => {
      if (isHeard) order.nones += 1
      ask.resolve({ status: 'none' })
    }
    if (kind === '401' || kind === '5xx') {
      if (isHeard) order.fails += 1
      ask.reject(Object.assign(new Error(kind), kind === '401' ? { status: 401, code: 'sign-in' } : { status: 503 }))
    } else if (kind === 'garbage') {
      if (isHeard) order.fails += 1
      ask.resolve({ status: 'fine', order: 1 })
    } else if (kind === 'pending') {
      // what a PG has not decided for an hour is nothing
      if (isHeard && isLongAgo) order.nones += 1
      ask.resolve({ status: 'pending' })
    } else if (kind === 'failed') {
      if (isHeard) order.definite ??= 'failed'
      ask.resolve({ status: 'failed', code: 'not-yours', message: '' })
    } else if (order.paidAt === null) {
      if (order.success && isHeard) order.fails += 1
      none()
    }
    // PortOne may be behind its own window
    else if (kind === 'none' && browser.now() - order.paidAt < 10_000) {
      if (order.success && isHeard) order.fails += 1
      none()
    } else {
      if (isHeard) {
        if (order.definite === null && !order.lost && order.member === this.owner) this.keys += 1
        order.definite ??= 'issued'
      }
      ask.resolve({
        status: 'issued',
        customerUid: order.customerUid,
        impUid: `imp_${order.uid}`,
        charged: order.amount,
        card: { name: '현대카드', number: '4111222233334444' },
        buyer: '홍길동',
      })
    }
  }

  newRequest(member = this.member) {
    const last = this.orders.at(-1)
    const isAgain = this.config.numbersAgain && last && !last.definite && !last.lost && this.#madeFor.get(last.uid) === member
    const n = isAgain ? Number.parseInt(last.uid.slice(6), 10) : this.#nextOrder++
    this.#madeFor.set(`order-${n}.`, member)
    return {
      customerUid: `card-${n}`,
      merchantUid: `order-${n}.`,
      name: '월간 이용권',
      amount: this.config.amount,
      pg: 'jtnet',
      redirectUrl: '/done?plan=a',
      popup: this.config.popup,
      buyer: { name: '홍길동', email: 'hong@example.com', tel: '010-1234-5678' },
    }
  }

  source(kind: number): RequestSource {
    const made = () => this.newRequest() as never
    return [() => made(), made() as RequestSource, () => this.ask(), { order: { plan: 'monthly' } }, this.ask][kind % 5] as RequestSource
  }

  installSdk(): void {
    const imp = {
      init: (userCode: string) => {
        this.merchant = userCode
      },
      request_pay: (params: Record<string, unknown>, callback: (answer: unknown) => void) => this.open(params, callback),
      close: () => {
        for (const order of this.orders) if (order.onScreen) this.ends(order)
        browser.hideOverlay()
      },
    }
    this.merchant = null
    Reflect.set(window, 'IMP', imp)
  }

  /** Whether an earlier order of this tab may have taken money, and there is somebody to ask. */
  isOpen(order: Order): boolean {
    if (order.lost || order.definite || order.member !== this.owner) return false
    if (order.fails >= 2) return false
    if (order.success) return true
    return !order.refused && order.nones === 0
  }

  open(params: Record<string, unknown>, callback: (answer: unknown) => void): void {
    if (this.merchant !== 'impOURS') this.fail(`rule 11: request_pay for ${this.merchant}`)
    const uid = String(params.merchant_uid)
    const madeFor = this.#madeFor.get(uid)
    if (madeFor !== undefined && this.member !== undefined && madeFor !== this.member)
      this.fail(`rule 9: ${uid} was made for ${madeFor} and opened by ${this.member}`)
    if (this.orders.some((one) => one.page === this.page && one.onScreen)) this.fail('rule 2: two windows at once')
    const left = this.config.canAsk && this.orders.find((one) => this.isOpen(one))
    if (left) this.fail(`rule 2: ${uid} opened while ${left.uid} may have taken money`)
    if (this.config.canAsk && this.keys > this.keysAtClick) this.fail(`rule 2: ${uid} opened by a click in whose time a key was found`)
    const before = this.orders.find((one) => one.uid === uid)
    const order: Order = {
      uid,
      customerUid: String(params.customer_uid),
      amount: Number(params.amount),
      member: this.owner,
      page: this.page,
      openedAt: browser.now(),
      callback,
      earlier: before?.callback && !before.dead ? [...before.earlier, before.callback] : (before?.earlier ?? []),
      isPaidEarlier: false,
      // a number is paid once, whatever is opened for it
      paidAt: before?.paidAt ?? null,
      dead: false,
      endedAt: null,
      success: before?.success === true && !before.lost,
      refused: false,
      definite: before?.definite ?? null,
      nones: 0,
      fails: 0,
      lost: browser.storageThrows,
      forgotten: before !== undefined && (before.lost || before.forgotten),
      onScreen: true,
    }
    if (before) {
      this.orders.splice(this.orders.indexOf(before), 1)
      this.told.splice(0, this.told.length, ...this.told.filter(({ outcome }) => outcome.merchantUid !== uid))
    }
    this.orders.push(order)
    if (this.sdk === 'overlay') browser.showOverlay()
    if (this.sdk === 'alert' || this.sdk === 'throws') {
      Object.assign(order, { dead: true, refused: true, onScreen: false, endedAt: browser.now() })
      if (this.sdk === 'throws') throw new Error('the SDK threw')
      window.alert('PG 설정이 없습니다')
    }
  }

  /** A window has gone from the screen. */
  ends(order: Order): void {
    order.endedAt ??= browser.now()
    order.onScreen = false
  }

  pay(order: Order): void {
    if (!order.dead) order.paidAt ??= browser.now()
  }

  mountHook(): void {
    const name = `hook-${this.#nextConsumer++}`
    const hook = new Hook(
      () => this.settings() as never,
      (outcome) => this.hear(name, outcome),
      (error) => {
        this.#errorsTold.add(error)
        if (error.code === 'invalid-request' && !/gave undefined/.test(error.message)) this.fail(`an error of ours: ${error.message}`)
        if (this.callbacksThrow) this.throwOne()
      },
    )
    this.hooks.push({ hook, mounted: true })
    hook.mount()
  }

  throwOne(): never {
    this.thrown += 1
    throw new Error('the shop’s callback')
  }

  land(consumers: number): void {
    for (let n = 0; n < consumers; n += 1) {
      const name = `landing-${this.#nextConsumer++}`
      showLanding(
        () => this.settings() as never,
        (outcome) => this.hear(name, outcome),
      )
    }
  }

  /** Somebody is told: every rule about telling. */
  hear(consumer: string, outcome: BillingKeyOutcome): void {
    this.nothingPersonal(JSON.stringify(outcome), 'an outcome')
    const order = this.orders.find(({ uid }) => uid === outcome.merchantUid)
    const { status } = outcome
    const isSame = (one: Told) => one.outcome.merchantUid === outcome.merchantUid
    const earlier = this.told.filter(isSame)
    this.told.push({ page: this.page, consumer, outcome })
    this.#everTold.add(outcome.merchantUid)
    if (outcome.status === 'issued') this.#keysTold.add(outcome.merchantUid)
    if (outcome.merchantUid === null) {
      if (this.told.filter((one) => one.outcome.merchantUid === null).length > this.clicks)
        this.fail('rule 1: told more than there were clicks')
    } else {
      if (!order) this.fail(`told of an order nobody opened: ${outcome.merchantUid}`)
      // nobody can say whose the order is that a fresh page's own address names
      if (order.member !== undefined && this.member !== undefined && order.member !== this.member && !this.address.includes(order.uid))
        this.fail(`rule 9: ${order.uid} of ${order.member} told under ${this.member}`)
      this.isTrue(order, outcome, consumer)
      for (const before of earlier) {
        const sameLoad = before.page === this.page
        const otherLanding =
          before.consumer !== consumer && consumer.startsWith('landing') && before.consumer.startsWith('landing') && sameLoad
        if (otherLanding || (!sameLoad && order.lost)) continue
        if (!this.isBetter(before.outcome, outcome))
          this.fail(`rule 1: ${order.uid} ${before.outcome.status} then ${status} told to ${consumer}`)
      }
    }
    if (this.callbacksThrow) this.throwOne()
  }

  isBetter(before: BillingKeyOutcome, after: BillingKeyOutcome): boolean {
    if (before.status === 'issued' || isConfirmRefusal(before)) return false
    if (before.status === 'unconfirmed') return after.status !== 'unconfirmed'
    if (before.status === 'reported') return after.status !== 'unconfirmed' && after.status !== 'reported'
    return after.status === 'issued' || after.status === 'reported'
  }

  isTrue(order: Order, outcome: BillingKeyOutcome, consumer: string): void {
    const { status } = outcome
    if (status === 'issued') {
      if (order.paidAt === null || outcome.impUid !== `imp_${order.uid}`) this.fail(`${order.uid} told as issued and not in the ledger`)
      if (order.definite !== 'issued') this.fail(`${order.uid} told as issued without the server`)
      if (outcome.charged !== order.amount) this.fail('another amount')
    }
    if (status === 'reported' && (this.config.canAsk || order.paidAt === null)) this.fail(`rule 6: ${order.uid} told as reported`)
    if (isConfirmRefusal(outcome) && order.definite !== 'failed') this.fail(`${order.uid}: a refusal nobody said`)
    // after the server's word against it, what a window says that was opened for it again is as good
    const isOurs = status === 'cancelled' || (status === 'failed' && !isConfirmRefusal(outcome))
    if (isOurs && order.definite !== 'failed') {
      if (order.success && this.config.canAsk) this.fail(`rule 6: ${order.uid} told as ${status} after a success`)
      if (order.definite === 'issued' && !order.forgotten) this.fail(`rule 6: ${order.uid} told as ${status} after the server said issued`)
      const wasPaid = order.paidAt !== null && order.endedAt !== null && order.paidAt < order.endedAt
      if (this.config.canAsk && order.amount > 0 && wasPaid && !order.lost && !order.forgotten)
        this.fail(`rule 2: ${order.uid} was paid and is told as ${status}`)
      if (this.config.canAsk && !order.refused && order.nones === 0 && order.definite === null)
        this.fail(`rule 6: ${order.uid} told as ${status}, and nobody was asked`)
    }
    if (order.page !== this.page && consumer.startsWith('hook') && !outcome.recovered)
      this.fail('rule 2: another order’s outcome as this one’s')
  }

  /** Another member's tab keeps nothing; a guest's becomes that of whom they sign in as. */
  signIn(member: string | undefined): void {
    this.member = member
    if (member !== undefined && this.owner !== undefined && member !== this.owner) {
      this.loseAll()
      for (const order of this.orders) this.ends(order)
    }
    if (member !== undefined && this.owner === undefined) for (const order of this.orders) if (!order.lost) order.member ??= member
    if (member !== undefined) this.owner = member
    memberChanged(member)
  }

  loseAll(): void {
    this.storageWasBad = true
    // a key that nobody was there to hear of is gone with it
    this.keysAtClick = this.keys
    for (const order of this.orders) order.lost = true
  }

  /** Whether this tab has kept an order, so that its landing needs no address. */
  keeps({ uid }: Order): boolean {
    const kept = JSON.parse(browser.storage() || '{}') as { pending?: { merchantUid: string }[] }
    return kept.pending?.some(({ merchantUid }) => merchantUid === uid) ?? false
  }

  /** Whether this tab knows of an earlier end of an order: a refusal after it takes nothing back. */
  hasHeardOf(order: Order): boolean {
    if (order.definite === 'failed' || order.lost || order.forgotten || order.member !== this.owner || browser.storageThrows) return false
    return order.success || order.earlier.length > 0 || this.told.some(({ outcome }) => outcome.merchantUid === order.uid)
  }

  /** Another page in this tab (or in a tab that `window.open` made of it). */
  load(url: string, how: 'navigate' | 'reload'): void {
    if (browser.storageThrows) this.loseAll()
    // without storage nobody knows any more whose the tab was, and what was begun in it
    if (this.owner !== undefined && (browser.storageThrows || !browser.storage().includes(`"${this.owner}"`))) {
      for (const order of this.orders) if (order.member === this.owner) order.member = this.member
      this.owner = this.member
    }
    for (const order of this.orders) {
      order.callback = null
      order.earlier = []
      this.ends(order)
    }
    this.page += 1
    this.asks = []
    this.requests = []
    this.hooks = []
    this.landed = null
    this.address = url
    browser.load(url, how)
  }

  /** After a step on a page that has just been landed on: where its keys have to be. */
  note(): void {
    if (this.landed === null && browser.address.includes('imp_uid'))
      this.landed = { done: false, withKeys: browser.storageThrows || !this.landsKnown }
  }

  /** Between two steps: every rule about what is. */
  check(): void {
    if (this.broken) throw this.broken
    this.nothingPersonal(memory(), 'memory')
    for (const { signal, since } of this.asks) if (!signal.aborted && this.seen - since > 15_001) this.fail('rule 5: an ask without an end')
    for (const ask of this.asks)
      if (ask.signal.aborted) {
        if ((ask.endedAt ?? 0) - ask.since >= 15_000) {
          const order = this.orders.find(({ uid }) => uid === ask.uid)
          if (order) order.fails += 1
        }
        this.asks = this.asks.filter((one) => one !== ask)
      }
    if (browser.reported !== this.thrown) this.fail(`rule 7: ${this.thrown} thrown, ${browser.reported} reported`)
    if (underWay().filter((phase) => phase === 'window-open').length > 1) this.fail('rule 2: two windows')
    for (const order of this.orders) {
      if (order.isPaidEarlier && order.onScreen && !order.definite)
        this.fail(`rule 2: ${order.uid} is paid, and another window of it is open`)
      if (order.definite !== 'issued' || order.lost || order.member !== this.owner) continue
      const isTold = this.told.some(
        ({ outcome }) => outcome.merchantUid === order.uid && (outcome.status === 'issued' || isConfirmRefusal(outcome)),
      )
      if (!isTold && !`${browser.storage()}${memory()}`.includes(order.uid))
        this.fail(`${order.uid} was issued, and nobody was or will be told`)
    }
    this.checkShown()
    this.checkAddress()
  }

  /** Nobody sees an end that nobody was told of. */
  checkShown(): void {
    for (const { outcome, error } of [landingOutcome(), ...this.hooks.map(({ hook }) => hook.snapshot())].flatMap((one) => one ?? [])) {
      if (error && !this.#errorsTold.has(error)) this.fail(`${error.code} is shown, and nobody was told`)
      if (outcome && !this.#everTold.has(outcome.merchantUid))
        this.fail(`${outcome.merchantUid} is shown as ${outcome.status}, and nobody was told`)
      if (outcome?.status === 'issued' && !this.#keysTold.has(outcome.merchantUid))
        this.fail(`${outcome.merchantUid} is shown as issued, and nobody was told`)
    }
  }

  /** What came back in the address is asked about, or has been shown. */
  checkLanding(): void {
    const { phase, outcome } = landingOutcome() ?? {}
    if (phase !== 'confirming' && phase !== 'settled') this.fail(`a result landed, and its page is ${phase}`)
    const order = this.orders.find(({ uid }) => uid === outcome?.merchantUid)
    const isKey = (one: Told) => one.outcome.status === 'issued' && one.outcome.merchantUid === order?.uid
    if (outcome && outcome.status !== 'issued' && order && !order.lost && this.told.some(isKey))
      this.fail(`${order.uid} was told as issued and lands as ${outcome.status}`)
  }

  checkAddress(): void {
    if (!this.landed) return
    const has = browser.address.includes('imp_uid')
    const outcome = landingOutcome()?.outcome
    const isDefinite = outcome !== undefined && outcome !== null && outcome.status !== 'unconfirmed'
    if (isDefinite) this.landed.done = true
    if (this.landed.withKeys && !this.landed.done && !has) this.fail('rule 10: the keys have left the address, and are nowhere')
    if (!this.landed.withKeys && has) this.fail('rule 10: the keys stay in the address')
  }

  async pass(ms: number): Promise<void> {
    if (browser.document.visibilityState === 'visible') this.#seenSince = browser.now()
    await browser.advance(ms)
    this.#seenBefore = this.seen
    this.#seenSince = null
  }

  /** The end of every history: there is a way out, deadlines end what they should, and nothing paid is lost. */
  async end(): Promise<void> {
    this.callbacksThrow = false
    browser.setVisible(true)
    if (this.steps % 2 === 0) {
      for (let n = 0; n < 12; n += 1) {
        await this.pass(15_000)
        this.check()
      }
      const stuck = underWay().filter((phase) => phase !== 'window-open' && phase !== 'ready')
      if (stuck.length > 0) this.fail(`rule 5: ${stuck.join()} after three minutes`)
    }
    for (let n = 0; n < 3; n += 1) {
      abandonPage()
      await flush()
      this.check()
    }
    if (underWay().length > 0) this.fail(`rule 4: no way out of ${underWay().join()}`)
    if (this.hooks.some(({ hook }) => hook.waiting > 0)) this.fail('rule 4: nothing is under way, and a click still waits')
    await this.nothingLost()
  }

  async nothingLost(): Promise<void> {
    if (!this.config.canAsk) return
    const open = this.orders.filter((one) => this.isOpen(one) && one.paidAt !== null)
    this.truthful = true
    this.load('/', 'reload')
    if (browser.storageThrows) return
    for (let n = 0; n < 2 + open.length; n += 1) {
      this.mountHook()
      await this.pass(16_000)
      this.check()
    }
    for (const { uid, definite, lost } of open) {
      if (definite === 'issued' && !lost && !this.told.some(({ outcome }) => outcome.merchantUid === uid && outcome.status === 'issued'))
        this.fail(`${uid} was paid, and is never told`)
      if (definite === null) this.fail(`${uid} was paid, and nobody asks about it`)
    }
  }
}
