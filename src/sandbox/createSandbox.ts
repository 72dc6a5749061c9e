import { Hono } from 'hono'
import type { FaultOf } from './faults.ts'
import { restApi } from './restApi.ts'
import { createState, type SandboxKey, type SandboxPayment } from './state.ts'
import { windowApi } from './windowApi.ts'

export interface SandboxOptions {
  /** The merchant the sandbox knows. `imp00000000`, `sandbox-key` and `sandbox-secret` when left out. */
  readonly userCode?: string
  readonly impKey?: string
  readonly impSecret?: string
  /** PGs registered for it, `['jtnet']` when left out. */
  readonly pgs?: readonly string[]
  /** Shows the overlay's X, which hides it and never calls back. Off, as at PortOne. */
  readonly closeButton?: boolean
  /** Lets calls of the REST API go wrong. */
  readonly fault?: FaultOf
  /** How long a charge takes between the look whether its order is paid and the payment, in ms; 0 when left out. */
  readonly inFlightMs?: number
  /** Sends a webhook. Posts JSON when left out. */
  readonly sendNotice?: (address: string, notice: Readonly<Record<string, unknown>>) => void
}

/** A stand-in for PortOne and JTNet. State lives in memory. */
export interface Sandbox {
  /**
   * Serves the SDKs `/v1/iamport.js`, `/js/iamport.payment-1.1.5.js` and `/js/iamport.payment-1.2.0.js` (those two need
   * jQuery), the payment window and the REST API.
   */
  fetch(request: Request, env?: object): Promise<Response>
  /** Everything that was paid or refused, oldest first. */
  readonly payments: readonly SandboxPayment[]
  /** The billing keys there are, by customer_uid. */
  readonly billingKeys: ReadonlyMap<string, SandboxKey>
  /** Where webhooks are posted unless a payment says otherwise; nowhere at first. */
  noticeUrl: string | null
  /** Moves the sandbox's clock forward: tokens end, scheduled charges are made. */
  advance(seconds: number): void
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
  const { userCode = 'imp00000000', impKey = 'sandbox-key', impSecret = 'sandbox-secret', pgs = ['jtnet'], closeButton = false } = options
  const { fault, inFlightMs = 0, sendNotice = postNotice } = options
  const state = createState(sendNotice)
  const app = new Hono()
  app.route('/', windowApi(state, { userCode, pgs, closeButton }))
  app.route('/', restApi(state, { impKey, impSecret, fault, inFlightMs }))
  return {
    fetch: async (request, env) => app.fetch(request, env),
    payments: state.payments,
    billingKeys: state.billingKeys,
    get noticeUrl() {
      return state.noticeUrl
    },
    set noticeUrl(address) {
      state.noticeUrl = address
    },
    advance: state.advance,
    userCode,
    impKey,
    impSecret,
  }
}

function postNotice(address: string, notice: Readonly<Record<string, unknown>>) {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(notice) }
  fetch(address, init).catch((error: unknown) => console.warn(`billing-sandbox: the webhook to ${address} failed (${String(error)})`))
}
