import { type Context, Hono } from 'hono'
import type { SandboxEvent } from './events.ts'
import { faultTable, isFaultName } from './faults.ts'
import { isOwnName } from './ownName.ts'
import type { State } from './state.ts'
import { maskCard } from './testCards.ts'

/** Why a page that is not the sandbox's own may not drive it, `null` when the call is fine. */
function foreign(c: Context): string | null {
  const { origin, hostname } = new URL(c.req.url)
  const from = c.req.header('origin')
  const site = c.req.header('sec-fetch-site')
  if (!isOwnName(hostname)) return 'the sandbox is not driven by this name'
  if ((from !== undefined && from !== origin) || (site !== undefined && site !== 'same-origin' && site !== 'none'))
    return 'only its own page drives the sandbox'
  if (c.req.method === 'POST' && !/^application\/json\b/i.test(c.req.header('content-type') ?? '')) return 'JSON is needed'
  return null
}

/** The state, the clock and the faults over HTTP, for the dashboard and for programs in any language. */
export function controlApi(state: State) {
  const app = new Hono()
  const guard = async (c: Context, next: () => Promise<void>) => {
    const problem = foreign(c)
    return problem === null ? next() : c.json({ problem }, 403)
  }
  for (const path of ['state', 'events', 'clock', 'faults', 'reset']) app.use(`/sandbox/${path}`, guard)
  const body = async (c: Context): Promise<Record<string, unknown>> => {
    const given: unknown = await c.req.json().catch(() => null)
    return typeof given === 'object' && given !== null ? (given as Record<string, unknown>) : {}
  }
  const now = (c: Context) => c.json(stateOf(state, Number(c.req.query('last') ?? Number.POSITIVE_INFINITY)))

  app.get('/sandbox/state', now)
  app.get('/sandbox/events', (c) => {
    // an EventSource that comes back knows more than its address
    const known = Math.max(0, ...[c.req.query('after'), c.req.header('last-event-id')].map((id) => Number(id) || 0))
    // a number that was never given is that of a sandbox before this one
    const after = known > state.events.lastId() ? 0 : known
    const missed = state.events.list().filter(({ id }) => id > after)
    return c.req.header('accept')?.includes('text/event-stream') ? stream(state, missed) : c.json(missed)
  })
  app.post('/sandbox/clock', async (c) => {
    const { seconds } = await body(c)
    try {
      state.advance(typeof seconds === 'number' ? seconds : Number.NaN)
    } catch (error) {
      if (error instanceof RangeError) return c.json({ problem: error.message }, 400)
      throw error
    }
    return now(c)
  })
  app.post('/sandbox/faults', async (c) => {
    const { name, on } = await body(c)
    const isSet = typeof on === 'boolean' || (Number.isSafeInteger(on) && Number(on) >= 0)
    if (!isFaultName(name) || !isSet)
      return c.json({ problem: `name is one of ${Object.keys(faultTable).join(', ')}, on a boolean or a count` }, 400)
    state.faults.set(name, on as boolean | number)
    return now(c)
  })
  app.post('/sandbox/reset', (c) => {
    state.reset()
    return now(c)
  })
  return app
}

/** The last rows of everything, and how many there are. */
function stateOf(state: State, last: number) {
  const some = <Row>(rows: readonly Row[]) => rows.slice(last > 0 ? -last : 0)
  const { payments, schedules, webhooks } = state
  const keys = [...state.billingKeys]
  return {
    now: state.now(),
    noticeUrl: state.noticeUrl,
    total: { payments: payments.length, billingKeys: keys.length, schedules: schedules.length, webhooks: webhooks.list.length },
    payments: some(payments),
    billingKeys: some(keys).map(([customer_uid, { card, inserted }]) => ({
      customer_uid,
      card: { ...card, number: maskCard(card.number) },
      inserted,
    })),
    schedules: some(schedules),
    webhooks: some(webhooks.list),
    faults: { active: state.faults.active(), table: faultTable },
  }
}

/** How many events a reader may lag behind before it is sent away, to come back by itself. */
const backlog = 1_000

function stream(state: State, missed: readonly SandboxEvent[]) {
  const encoder = new TextEncoder()
  let end = () => {}
  const lines = new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (event: SandboxEvent) => {
        controller.enqueue(encoder.encode(`id: ${event.id}\ndata: ${JSON.stringify(event)}\n\n`))
        if (Number(controller.desiredSize) > -backlog) return
        end()
        controller.close()
      }
      controller.enqueue(encoder.encode(': events\n\n'))
      missed.forEach(send)
      end = state.events.subscribe(send)
    },
    cancel: () => end(),
  })
  return new Response(lines, { headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' } })
}
