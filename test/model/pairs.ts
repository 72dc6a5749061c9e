/** Which events of `machine.ts` met which states, and which of them it accepts at all. */
interface State {
  readonly phase: string
  readonly step?: string
  readonly outcome?: { readonly status: string }
}
type Event = { readonly type: string }
export type Transition = (state: State, event: Event) => readonly [State, readonly unknown[]]

const states = [
  'idle',
  'loading-sdk',
  'preparing leftovers',
  'preparing request',
  'ready',
  'window-open',
  'confirming',
  'settled',
  'open',
  'error',
]
const events = [
  'click',
  'sdk-ready',
  'start-over',
  'nothing-left-over',
  'left-over',
  'key-found',
  'request-ready',
  'refused',
  'broke',
  'opened',
  'window-ended',
  'late-report',
  'landed',
  'answered',
  'ask-failed',
  'recheck',
  'abandon',
  'unmounted',
  'reset',
]
const nameOf = ({ phase, step, outcome }: State) => (step ? `preparing ${step}` : outcome?.status === 'unconfirmed' ? 'open' : phase)
const met = new Map<string, number>()
const taken = new Map<string, number>()
const count = (map: Map<string, number>, pair: string) => map.set(pair, (map.get(pair) ?? 0) + 1)
let machine: Transition

/** The machine, watched. */
export function seenPairs(transition: Transition): Transition {
  machine = transition
  return (state, event) => {
    const step = transition(state, event)
    const pair = `${nameOf(state)} × ${event.type}`
    count(met, pair)
    if (step[0] !== state || step[1].length > 0) count(taken, pair)
    return step
  }
}

const report = {
  status: 'reported',
  impUid: 'imp_1',
  merchantUid: 'a',
  customerUid: 'c',
  via: 'callback',
  order: null,
  recovered: false,
  charged: 0,
  currency: 'KRW',
  card: null,
}
const attempt = { merchantUid: 'a', amount: 9900, canAsk: true, failedAsks: 0 }
const cancelled = { status: 'cancelled', by: 'closed', asked: true, merchantUid: 'a' }

/** A state and an event of each name, so that the machine itself can say what it accepts. */
function sampleState(name: string): State {
  const settled = { phase: 'settled', attempt, report }
  if (name.startsWith('preparing ')) return { phase: 'preparing', step: name.slice(10) }
  if (name === 'settled') return { ...settled, outcome: cancelled } as State
  if (name === 'open') return { ...settled, outcome: { status: 'unconfirmed' } } as State
  if (name === 'window-open') return { phase: name, attempt } as State
  if (name === 'confirming') return { phase: name, attempt, report, asks: 0, byCustomer: false } as State
  return { phase: name, error: {} } as State
}
const sampleEvent = (type: string): Event =>
  ({
    type,
    report,
    attempt,
    outcome: cancelled,
    clickIsSpent: false,
    error: {},
    answer: { status: 'none' },
    reason: 'timeout',
    byCustomer: true,
  }) as Event

const pairs = () =>
  states.flatMap((state) =>
    events.map((event) => {
      const before = sampleState(state)
      const [after, effects] = machine(before, sampleEvent(event))
      const pair = `${state} × ${event}`
      return { pair, accepted: after !== before || effects.length > 0, met: met.get(pair) ?? 0, taken: taken.get(pair) ?? 0 }
    }),
  )

/** What histories do not come to, and why. */
const elsewhere = [
  // the last guard before a second window: those before it leave it nothing to do (test/browser/requestPay.test.tsx)
  'window-open × broke',
]

/** What the machine accepts, and no history brought about. */
export const unreachedPairs = () =>
  pairs().flatMap(({ pair, accepted, taken: times }) => (accepted && times === 0 && !elsewhere.includes(pair) ? [pair] : []))

export function printPairs(): void {
  const rows = pairs()
  const list = (title: string, some: string[]) => console.log(`${title} (${some.length})\n  ${some.join('\n  ')}`)
  list(
    'Accepted, and how often',
    rows.filter((row) => row.accepted).map(({ pair, taken: times }) => `${pair}: ${times}`),
  )
  list('Accepted and never reached', unreachedPairs())
  list(
    'Changes nothing, and came',
    rows.filter((row) => !row.accepted && row.met > 0).map(({ pair, met: times }) => `${pair}: ${times}`),
  )
  list(
    'Changes nothing, and never came',
    rows.filter((row) => !row.accepted && row.met === 0).map(({ pair }) => pair),
  )
}
