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

  const begin = (impUid: string, ask: Ask): Promise<Answer> => {
    const mine = { answer: turn(ask), until: performance.now() + goneMs }
    running.set(impUid, mine)
    const end = () => {
      if (running.get(impUid) === mine) running.delete(impUid)
    }
    mine.answer.then(end, end)
    return mine.answer
  }
  const join = async (impUid: string, ask: Ask): Promise<Answer> => {
    forgetGone(running)
    forgetGone(next)
    // before what runs: one that has ended, and whose next has not begun, is not there any more
    const waiting = next.get(impUid)
    if (waiting) {
      const joined = await noLonger(
        waiting.answer.then((answer) => ({ answer })),
        waiting.until - performance.now(),
      )
      return joined ? joined.answer : join(impUid, ask)
    }
    const current = running.get(impUid)
    if (!current) return begin(impUid, ask)
    const ended = current.answer.then(
      () => null,
      () => null,
    )
    const over = noLonger(ended, current.until - performance.now()).then(() => {
      if (next.get(impUid) === mine) next.delete(impUid)
      return join(impUid, ask)
    })
    const mine = { answer: over, until: current.until }
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

interface Place {
  readonly until: number
  readonly wake: () => void
}

/** Lets a few run at once, and a bounded number wait for them for a while. */
function turns() {
  const running = new Map<symbol, Place>()
  const waiting = new Map<symbol, Place>()
  /** Gives the places there are to those who have waited longest. */
  const fill = () => {
    forgetGone(running)
    forgetGone(waiting)
    for (const [place, { wake }] of waiting) {
      if (running.size >= limits.running) return
      waiting.delete(place)
      begin(place)
      wake()
    }
  }
  const begin = (place: symbol) => running.set(place, { until: performance.now() + limits.longestMs + 1_000, wake() {} })
  /** `null` when it has waited long enough. */
  const turnOf = (place: symbol): Promise<unknown> | unknown => {
    fill()
    if (running.size < limits.running) return begin(place)
    if (waiting.size >= limits.waiting) return null
    const until = performance.now() + limits.waitMs + 1_000
    return noLonger(new Promise((resolve) => waiting.set(place, { until, wake: () => resolve(place) })), limits.waitMs)
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
      running.delete(place)
      fill()
    }
  }
}

/** Its request has gone, and nothing of it will end it. */
function forgetGone<Key>(asked: Map<Key, { readonly until: number }>) {
  for (const [key, { until }] of asked) if (performance.now() >= until) asked.delete(key)
}
