import type { Log } from './events.ts'
import type { Fault, Faults } from './faults.ts'

/** How webhooks are sent: once, as JSON, at once, when nothing is said. */
export interface WebhookPlan {
  readonly form?: boolean
  /** Repeats a minute apart after a network error or a 5xx, until HTTP 200: 0 to 5. */
  readonly repeats?: number
  /**
   * - `at-once`: nobody waits for it, the browser's callback or the webhook can be first
   * - `before-answer`: the window and the REST API answer only when the shop has taken it
   * - `shuffled`: up to half a minute late by the seed, so that later ones overtake earlier ones
   */
  readonly timing?: 'at-once' | 'before-answer' | 'shuffled'
}

/** A webhook and what became of it. */
export interface SandboxWebhook {
  readonly id: number
  readonly address: string
  readonly notice: Readonly<Record<string, unknown>>
  /** When it is sent, epoch seconds, until it is answered; `null` when it is done with. */
  due: number | null
  /** Every time it was sent; status 0 is a network error. */
  readonly attempts: { readonly at: number; readonly status: number }[]
}

/** Sends a webhook. A promise of a number says the HTTP status; everything else counts as 200, a rejection as a network error. */
export type SendNotice = (address: string, notice: Readonly<Record<string, unknown>>) => unknown

/** How many are kept that are done with. */
const kept = 500

const webhookFaults = ['webhook-late', 'webhook-twice', 'webhook-never'] as const
export type WebhookFault = (typeof webhookFaults)[number]
export const isWebhookFault = (name: unknown): name is WebhookFault => (webhookFaults as readonly unknown[]).includes(name)
/** The webhook's part of a fault. */
export const webhookOf = (fault: Fault | undefined) => (fault && isWebhookFault(fault.kind) ? fault.kind : null)

interface WebhookContext {
  readonly plan: WebhookPlan
  readonly send: SendNotice
  readonly now: () => number
  readonly draw: (below: number) => number
  readonly log: Log
  readonly faults: Faults
  /** Has what no request has changed remembered, and then what is due sent. */
  readonly changed: () => void
}

export function createWebhooks({ plan, send, now, draw, log, faults, changed }: WebhookContext) {
  const { repeats = 0, timing = 'at-once' } = plan
  if (!Number.isSafeInteger(repeats) || repeats < 0 || repeats > 5) throw new RangeError('repeats is a number from 0 to 5')
  const list: SandboxWebhook[] = []
  const underWay = new Map<number, Promise<void>>()
  let lastId = 0

  async function deliver(webhook: SandboxWebhook) {
    const { id, address, notice, attempts } = webhook
    let status = 200
    try {
      const answer = await send(address, notice)
      if (typeof answer === 'number') status = answer
    } catch {
      status = 0
    }
    attempts.push({ at: now(), status })
    // not before it is answered: a sandbox that ends meanwhile sends it again
    webhook.due = null
    log('webhook', { webhook: id, address, notice, status, attempt: attempts.length })
    if ((status === 0 || status >= 500) && attempts.length <= repeats) wait(webhook, 60)
    changed()
  }
  /** Forgets the oldest that are done with; one that is still to be sent is kept, however many there are. */
  function forget() {
    for (let index = 0, over = list.length - kept; over > 0 && index < list.length; over -= 1) {
      while (index < list.length && list[index]?.due !== null) index += 1
      list.splice(index, 1)
    }
  }
  function start(webhook: SandboxWebhook) {
    const delivery = deliver(webhook).finally(() => underWay.delete(webhook.id))
    underWay.set(webhook.id, delivery)
  }
  function wait(webhook: SandboxWebhook, seconds: number) {
    webhook.due = now() + seconds
    wake(seconds)
  }
  function wake(seconds: number) {
    // mostly sent by then, with what made it
    const timer: unknown = setTimeout(
      () => {
        if (ripe().length === 0) return
        changed()
        // what could not be remembered waits until it can be
        if (ripe().length > 0) wake(1)
      },
      seconds * 1_000 + 5,
    )
    // Node: a webhook that is still to come keeps no process alive
    if (typeof timer === 'object' && timer !== null && 'unref' in timer) (timer as { unref(): void }).unref()
  }
  const ripe = () => list.filter(({ id, due }) => due !== null && due <= now() && !underWay.has(id))
  /** Sends what is due; what it tells has to be remembered by then. */
  function runDue() {
    for (const webhook of ripe().sort((a, b) => Number(a.due) - Number(b.due))) start(webhook)
  }
  return {
    list,
    runDue,
    /** Has a webhook sent once it is remembered, which the faults that are switched on strike, and one of its own. */
    notify(address: string, notice: Readonly<Record<string, unknown>>, own: WebhookFault | null = null) {
      const strikes = (fault: WebhookFault) => own === fault || faults.take(fault)
      if (strikes('webhook-never')) return
      const seconds = strikes('webhook-late') ? 60 : timing === 'shuffled' ? draw(31) : 0
      for (let times = strikes('webhook-twice') ? 2 : 1; times > 0; times -= 1) {
        lastId = Math.max(lastId, list.at(-1)?.id ?? 0) + 1
        list.push({ id: lastId, address, notice, due: now() + seconds, attempts: [] })
        forget()
        wake(seconds)
      }
    },
    /** Takes up what an earlier sandbox had not got answered. */
    resume() {
      for (const { due } of list) if (due !== null) wake(Math.max(0, due - now()))
    },
    lastId: () => lastId,
    /** Waits for the webhooks after this one, where the shop is to hear before the browser does. */
    async settled(after: number) {
      if (timing === 'before-answer') await Promise.all([...underWay].flatMap(([id, delivery]) => (id > after ? [delivery] : [])))
    },
  }
}

/** Posts a webhook as JSON or as a form; answers the HTTP status. PortOne gives up after half a minute. */
export const postNotice =
  (form = false): SendNotice =>
  async (address, notice) => {
    const type = form ? 'application/x-www-form-urlencoded' : 'application/json'
    const pairs = Object.entries(notice).map(([key, value]) => [key, String(value)])
    const body = form ? new URLSearchParams(pairs).toString() : JSON.stringify(notice)
    const signal = AbortSignal.timeout(30_000)
    const answer = await fetch(address, { method: 'POST', headers: { 'content-type': type }, body, signal, redirect: 'manual' })
    await answer.body?.cancel()
    return answer.status
  }
