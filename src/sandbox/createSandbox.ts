import { Hono, type MiddlewareHandler } from 'hono'
import { pgCode } from '../billing/pg.ts'
import { controlApi } from './controlApi.ts'
import { dashboard } from './dashboard.ts'
import { curlOf, hideSecrets, type SandboxEvents, type Sent } from './events.ts'
import type { FaultOf, SandboxFaults } from './faults.ts'
import { readBody } from './rest/body.ts'
import { restApi } from './restApi.ts'
import { readState } from './savedState.ts'
import { createState, type SandboxKey, type SandboxPayment, type SandboxSchedule, type State } from './state.ts'
import { postNotice, type SandboxWebhook, type SendNotice, type WebhookPlan } from './webhooks.ts'
import { windowApi } from './windowApi.ts'

export interface SandboxOptions {
  /** The merchant the sandbox knows. `imp00000000`, `sandbox-key` and `sandbox-secret` when left out. */
  readonly userCode?: string
  readonly impKey?: string
  readonly impSecret?: string
  /** PGs registered for it, with or without their MIDs; `['jtnet']` when left out. */
  readonly pgs?: readonly string[]
  /** Shows the overlay's X, which hides it and never calls back. Off, as at PortOne. */
  readonly closeButton?: boolean
  /** Lets calls of the REST API go wrong. */
  readonly fault?: FaultOf
  /** How long a charge takes between the look whether its order is paid and the payment, in ms; 0 when left out. */
  readonly inFlightMs?: number
  /** A moment at which the clock stands until `advance` moves it, or a clock of epoch seconds; the real time when left out. */
  readonly clock?: string | Date | (() => number)
  /** Makes numbers and the order of webhooks the same in every run; with `clock`, everything is. */
  readonly seed?: number
  /** How webhooks are sent: once, as JSON, at once, when left out. */
  readonly webhooks?: WebhookPlan
  /** Sends a webhook. Posts it when left out. */
  readonly sendNotice?: SendNotice
  /**
   * How many payments are remembered, and of schedules that are done with; up to a tenth more. 100,000 when left out. Older ones
   * are not found any more, but the number of an order that was paid stays refused.
   */
  readonly keep?: number
  /** What an earlier sandbox remembered, as `save` got it; anything else is refused with an `Error`. */
  readonly saved?: string | null
  /** Called with all that is to be remembered after each change, before the call that made it is answered. */
  readonly save?: (saved: string) => void
}

/** What a customer does in the window. */
export interface Registration {
  readonly customerUid: string
  readonly merchantUid: string
  /** The number of a test card, `null` to cancel; the card that is approved when left out. */
  readonly card?: string | null
  /** Won; 0 when left out. */
  readonly amount?: number
  readonly name?: string
  readonly pg?: string
  readonly customData?: unknown
}

/** A stand-in for PortOne and JTNet. State lives in memory. */
export interface Sandbox {
  /**
   * Serves the SDKs `/v1/iamport.js`, `/js/iamport.payment-1.1.5.js` and `/js/iamport.payment-1.2.0.js` (those two need
   * jQuery), the payment window, the REST API, under `/sandbox/` its own state, clock and faults, and at `/` a page that shows
   * and moves them.
   */
  fetch(request: Request, env?: object): Promise<Response>
  /** Everything that was paid or refused, oldest first, as far as `keep` reaches. */
  readonly payments: readonly SandboxPayment[]
  /** The billing keys there are, by customer_uid. */
  readonly billingKeys: ReadonlyMap<string, SandboxKey>
  readonly schedules: readonly SandboxSchedule[]
  /** The last 500 webhooks, and what the shop answered. */
  readonly webhooks: readonly SandboxWebhook[]
  /** What happened. */
  readonly events: SandboxEvents
  /** What goes wrong. */
  readonly faults: SandboxFaults
  /** Where webhooks are posted unless a payment says otherwise; nowhere at first. */
  noticeUrl: string | null
  /** Epoch seconds of the sandbox's clock. */
  now(): number
  /** Moves the sandbox's clock forward: tokens end, scheduled charges are made, waiting webhooks go. */
  advance(seconds: number): void
  /** Forgets everything but `noticeUrl`. */
  reset(): void
  /** Does what a customer does in the window on a PC; answers what the callback would get. */
  register(registration: Registration): Promise<Record<string, unknown>>
  readonly userCode: string
  readonly impKey: string
  readonly impSecret: string
}

/**
 * PortOne and JTNet without a contract: the SDK script, the payment window with its test cards, and the REST calls that
 * billing keys need. Runs in Node, in tests and in a page.
 *
 * @example
 * const sandbox = createSandbox()
 * serve({ fetch: sandbox.fetch, port: 4010 }) // @hono/node-server
 */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  const { userCode = 'imp00000000', impKey = 'sandbox-key', impSecret = 'sandbox-secret', closeButton = false } = options
  const pgs = (options.pgs ?? ['jtnet']).map(pgCode)
  const { fault, inFlightMs = 0, webhooks = {}, sendNotice = postNotice(webhooks.form), save } = options
  const { clock = () => Date.now() / 1000, seed = null, saved, keep: most = 100_000 } = options
  if (!Number.isSafeInteger(most) || most < 1) throw new RangeError('keep is a whole number from 1 on')
  let last = ''
  /** The last event of which everything is remembered; `null` while something is not. */
  let seen: number | null = 0
  /** Remembers what has changed, and only then lets webhooks tell of it. */
  const keep = () => {
    seen = null
    if (save) {
      const current = JSON.stringify(state.dump())
      // the times are no change of their own
      if (current !== last) save(`{"at":${state.exact()},"wall":${Date.now()},${current.slice(1)}`)
      last = current
    }
    seen = state.events.lastId()
    state.webhooks.runDue()
  }
  /** After what no request made: where it cannot be remembered, who asks next is told. */
  const keepUnasked = () => {
    try {
      keep()
    } catch {}
  }
  /** After what changes nothing unless something fell due, which is an event. */
  const keepNews = () => {
    if (state.events.lastId() === seen) state.webhooks.runDue()
    else keep()
  }
  const state: State = createState({ clock, seed, keep: most, webhooks, sendNotice, changed: keepUnasked })
  if (saved) {
    const known = readState(saved)
    if (!known) throw new Error("What was saved is no state of this sandbox, or another version's")
    state.load(known)
    last = JSON.stringify(state.dump())
  }
  const app = new Hono()
  app.route('/', dashboard())
  app.route('/', controlApi(state))
  app.route('/', sdkFaults(state))
  app.route('/', windowApi(state, { userCode, pgs, closeButton }))
  app.route('/', restApi(state, { impKey, impSecret, pgs, fault, inFlightMs }))
  app.notFound((c) => c.json({ code: -1, message: '존재하지 않는 API입니다.', response: null }, 404))

  const post = async (path: string, body: unknown) => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    return (await sandbox.fetch(new Request(`http://sandbox${path}`, init))).json() as Promise<Record<string, Record<string, unknown>>>
  }
  const sandbox: Sandbox = {
    async fetch(request, env) {
      const before = state.webhooks.lastId()
      const call = /^\/(?:users|payments|subscribe)(?:\/|$)/.test(new URL(request.url).pathname) ? await describe(request.clone()) : null
      const response = await app.fetch(request, env)
      if (request.method === 'GET') keepNews()
      else keep()
      if (call) {
        const refusal = await refusalOf(response)
        // the call itself is nothing to remember; what another one did meanwhile may be
        const isKept = seen === state.events.lastId()
        state.events.add('request', { ...call, status: response.status, refusal })
        if (isKept) seen = state.events.lastId()
      }
      state.watch()
      await state.webhooks.settled(before)
      return response
    },
    payments: state.payments,
    billingKeys: state.billingKeys,
    schedules: state.schedules,
    webhooks: state.webhooks.list,
    events: { list: state.events.list, subscribe: state.events.subscribe },
    faults: { active: state.faults.active, set: state.faults.set },
    get noticeUrl() {
      return state.noticeUrl
    },
    set noticeUrl(address) {
      state.noticeUrl = address
      keep()
    },
    now: state.now,
    advance(seconds) {
      state.advance(seconds)
      state.watch()
      keepNews()
    },
    reset() {
      state.reset()
      keep()
    },
    async register({ customerUid, merchantUid, card = '9410-0000-0000-0001', amount = 0, name = '정기결제', pg, customData }) {
      const params = { customer_uid: customerUid, merchant_uid: merchantUid, amount, name, pg: pg ?? pgs[0], custom_data: customData }
      const { path, failure } = await post('/sandbox/requests', { userCode, origin: 'http://sandbox', mobile: false, params })
      if (failure) return failure
      const said = await post(String(path), card === null ? { cancel: true } : { number: card })
      if (!said.answer) throw new Error(`The window gave no answer: ${JSON.stringify(said)}`)
      return said.answer
    },
    userCode,
    impKey,
    impSecret,
  }
  return sandbox
}

/** PortOne's words where it refuses, which it does with HTTP 200 mostly. */
async function refusalOf(response: Response): Promise<string | undefined> {
  const answer = (await response
    .clone()
    .json()
    .catch(() => null)) as { code?: unknown; message?: unknown } | null
  return answer && answer.code !== 0 && typeof answer.message === 'string' ? answer.message : undefined
}

async function describe(request: Request) {
  const { method, url } = request
  const { pathname, search } = new URL(url)
  const [path, curl] = [hideSecrets(pathname + search), curlOf(method, url, await sentBy(request), pathname !== '/users/getToken')]
  // the log is bounded in bytes too
  return { method, path: path.length > 500 ? `${path.slice(0, 499)}…` : path, ...(curl.length > 8_000 ? {} : { curl }) }
}

async function sentBy(request: Request): Promise<Sent | null> {
  const text = request.clone().text()
  const body = await readBody(request).catch(() => null)
  if (!body || Object.keys(body.values).length === 0) return null
  return body.isForm ? { form: new URLSearchParams(await text) } : { json: body.values }
}

/** An SDK script that does not come, or does not work. */
function sdkFaults({ faults }: State) {
  const app = new Hono()
  const breaks: MiddlewareHandler = async (c, next) => {
    if (faults.take('sdk-blocked')) return c.text('', 403)
    if (!faults.take('sdk-broken')) return next()
    return c.body("throw new Error('sdk-broken')", 200, { 'content-type': 'text/javascript', 'access-control-allow-origin': '*' })
  }
  return app.use('/v1/iamport.js', breaks).use('/js/*', breaks)
}
