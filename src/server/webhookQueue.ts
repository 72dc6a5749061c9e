import { noLonger } from './deadline.ts'
import { refusal } from './refusal.ts'

type Answer = { readonly status: string } | null
type Ask = () => Promise<Answer>

/** Keeps the webhooks, which anyone can post, from becoming a flood of questions at PortOne. */
export interface WebhookQueue {
  /**
   * Asks about one payment. Who comes while a question runs shares the next one, since the news may be newer than it.
   *
   * @throws {BillingRefusal} `unknown-payment`, or `busy` when too many wait
   */
  ask(impUid: string, ask: Ask): Promise<{ readonly status: string }>
}

/**
 * How many are asked at once, for how long at most (PortOne and the shop's callbacks), how many may wait, for how long, and
 * how long a payment that PortOne does not know is remembered.
 */
const limits = { running: 8, longestMs: 120_000, waiting: 500, waitMs: 121_000, unknownMs: 10_000, remembered: 1_000 }

/** How long one can wait and be asked. What is older has gone: on workerd nothing of a request goes on, not even a timer. */
const goneMs = limits.waitMs + limits.longestMs + 1_000

interface Asked {
  readonly answer: Promise<Answer>
  readonly until: number
}

/** One queue for one handler. */
export function createWebhookQueue(): WebhookQueue {
  const running = new Map<string, Asked>()
  const next = new Map<string, Asked>()
  const unknown = new Map<string, number>()
  const turn = turns()

  const there = (asked: Asked | undefined) => (asked && performance.now() < asked.until ? asked : null)
  const join = (impUid: string, ask: Ask): Promise<Answer> => {
    // before what runs: one that has ended, and whose next has not begun, is not there any more
    const waiting = there(next.get(impUid))
    if (waiting) return waiting.answer
    const begin = () => {
      next.delete(impUid)
      const mine = { answer: turn(ask), until: performance.now() + goneMs }
      running.set(impUid, mine)
      const end = () => {
        if (running.get(impUid) === mine) running.delete(impUid)
      }
      mine.answer.then(end, end)
      return mine.answer
    }
    const current = there(running.get(impUid))
    if (!current) return begin()
    const ended = current.answer.then(
      () => null,
      () => null,
    )
    const mine = { answer: noLonger(ended, current.until - performance.now()).then(begin), until: current.until }
    next.set(impUid, mine)
    return mine.answer
  }
  const remember = (impUid: string) => {
    const [oldest] = unknown.keys()
    if (unknown.size >= limits.remembered && oldest !== undefined) unknown.delete(oldest)
    unknown.set(impUid, performance.now() + limits.unknownMs)
  }
  return {
    async ask(impUid, ask) {
      if ((unknown.get(impUid) ?? 0) > performance.now()) throw refusal('unknown-payment')
      unknown.delete(impUid)
      const answer = await join(impUid, ask)
      if (answer) return answer
      remember(impUid)
      throw refusal('unknown-payment')
    },
  }
}

/** Lets a few run at once, and a bounded number wait for them for a while. */
function turns() {
  const running = new Map<symbol, number>()
  const waiting = new Map<symbol, () => void>()
  const begin = (place: symbol) => running.set(place, performance.now() + limits.longestMs + 1_000)
  const end = (place: symbol) => {
    running.delete(place)
    const [first] = waiting
    if (!first || running.size >= limits.running) return
    const [next, wake] = first
    waiting.delete(next)
    begin(next)
    wake()
  }
  /** `null` when it has waited long enough. */
  const turnOf = (place: symbol): Promise<unknown> | unknown => {
    for (const [other, until] of running) if (performance.now() > until) end(other)
    if (running.size < limits.running) return begin(place)
    if (waiting.size >= limits.waiting) return null
    return noLonger(new Promise((resolve) => waiting.set(place, () => resolve(place))), limits.waitMs)
  }
  return async (ask: Ask): Promise<Answer> => {
    const place = Symbol()
    try {
      if ((await turnOf(place)) === null) throw refusal('busy')
      const done = await noLonger(
        ask().then((answer) => ({ answer })),
        limits.longestMs,
      )
      // eight callbacks that never return would stop every webhook
      if (!done) throw new Error(`A webhook took longer than ${limits.longestMs} ms: a callback of the shop’s has not returned.`)
      return done.answer
    } finally {
      waiting.delete(place)
      end(place)
    }
  }
}
