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
 * How many are asked at once, for how long at most (PortOne and the shop's callbacks), how many may wait, and how long a
 * payment that PortOne does not know is remembered.
 */
const limits = { running: 8, longestMs: 120_000, waiting: 500, unknownMs: 10_000, remembered: 1_000 }

/** One queue for one handler. */
export function createWebhookQueue(): WebhookQueue {
  const running = new Map<string, Promise<Answer>>()
  const next = new Map<string, Promise<Answer>>()
  const unknown = new Map<string, number>()
  const turn = turns()

  const join = (impUid: string, ask: Ask): Promise<Answer> => {
    // before what runs: one that has ended, and whose next has not begun, is not there any more
    const waiting = next.get(impUid)
    if (waiting) return waiting
    const begin = () => {
      next.delete(impUid)
      const mine = turn(ask).finally(() => running.delete(impUid))
      running.set(impUid, mine)
      return mine
    }
    const current = running.get(impUid)
    if (!current) return begin()
    const mine = current.then(begin, begin)
    next.set(impUid, mine)
    return mine
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

/** Lets a few run at once, and a bounded number wait for them. */
function turns() {
  let running = 0
  const waiting: (() => void)[] = []
  return async (ask: Ask): Promise<Answer> => {
    if (running >= limits.running) {
      if (waiting.length >= limits.waiting) throw refusal('busy')
      // who leaves hands over its place
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else running += 1
    try {
      const done = await noLonger(
        ask().then((answer) => ({ answer })),
        limits.longestMs,
      )
      // eight callbacks that never return would stop every webhook
      if (!done) throw new Error(`A webhook took longer than ${limits.longestMs} ms: a callback of the shop’s has not returned.`)
      return done.answer
    } finally {
      const first = waiting.shift()
      if (first) first()
      else running -= 1
    }
  }
}
