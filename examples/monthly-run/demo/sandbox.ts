import { serve } from '@hono/node-server'
import { createSandbox, type Fault } from 'react-billing-key/sandbox'

const kinds = 'reset timeout late server-error unauthorized too-many-requests html truncated refused declined ready'.split(
  ' ',
) as Fault['kind'][]
const approves = '9410-0000-0000-0001'
const declinesLater = '9410-0000-0000-0004'

/** Random numbers from 0 to 1 that a seed repeats (mulberry32). */
export function randomOf(seed: number) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export interface Paid {
  readonly order: string
  readonly customerUid: string
  readonly impUid: string
}
export type Sandbox = Awaited<ReturnType<typeof startSandbox>>

/** PortOne's stand-in on loopback, a share of whose charges goes wrong, and a twentieth of the rest. */
export async function startSandbox({ seed, rate, pgMs, slowestMs }: Record<'seed' | 'rate' | 'pgMs' | 'slowestMs', number>) {
  const random = randomOf(seed)
  let begun = false
  let sent = 0
  let faults = 0
  let busy = 0
  const sandbox = createSandbox({
    inFlightMs: pgMs,
    fault(_, path) {
      const isCharge = path.endsWith('/again')
      if (isCharge) sent += 1
      if (!begun || random() >= (isCharge ? rate : 0.05)) return null
      faults += 1
      const kind = kinds[Math.floor(random() * (isCharge ? kinds.length : 8))] ?? 'reset'
      return { kind, done: random() < 0.5, ms: random() * slowestMs }
    },
  })
  const fetch: typeof sandbox.fetch = async (...call) => {
    busy += 1
    try {
      return await sandbox.fetch(...call)
    } finally {
      busy -= 1
    }
  }
  const server = await new Promise<ReturnType<typeof serve>>((resolve) => {
    const made = serve({ fetch, port: 0, hostname: '127.0.0.1' }, () => resolve(made))
  })
  const address = server.address()
  return {
    access: {
      impKey: sandbox.impKey,
      impSecret: sandbox.impSecret,
      baseUrl: `http://127.0.0.1:${typeof address === 'object' && address?.port}`,
    },
    /** What a customer does in the window. */
    register: sandbox.register,
    /** From now on things go wrong. */
    begin() {
      begun = true
    },
    /** The cards of so many subscriptions; every twentieth is declined later. */
    async registerAll(count: number) {
      for (let number = 0; number < count; number += 1) {
        const card = number % 20 === 0 ? declinesLater : approves
        await sandbox.register({ customerUid: `card-${number}`, merchantUid: `issue-${number}`, card })
      }
    },
    /** PortOne's own word on whose money it took. */
    async ledger(): Promise<Paid[]> {
      const paid = sandbox.payments.filter(({ status, amount }) => status === 'paid' && amount > 0)
      return paid.map((one) => ({ order: one.merchant_uid, customerUid: String(one.customer_uid), impUid: one.imp_uid }))
    },
    /** Charges that came in, what went wrong, and calls that are not through, also where nobody waits for them any more. */
    counts: async () => ({ sent, faults, busy }),
    close: async () => void server.close(),
  }
}

/** A process of its own: parents ask by message, `[id, name, ...args]`. */
if (process.send && process.argv[2] === 'sandbox') {
  process.once('disconnect', () => process.exit())
  const sandbox: Record<string, unknown> = await startSandbox(JSON.parse(process.argv[3] ?? '{}'))
  process.on('message', async ([id, name, ...args]: [number, string, ...unknown[]]) => {
    const asked = sandbox[name]
    process.send?.([id, typeof asked === 'function' ? await asked(...args) : asked])
  })
}
