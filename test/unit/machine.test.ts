import { describe, expect, it } from 'vitest'
import {
  type AttemptEvent,
  type AttemptState,
  asksAbout,
  isFinal,
  isNews,
  isPending,
  type OpenedAttempt,
  transition,
} from '../../src/attempt/machine.ts'
import type { ConfirmAnswer } from '../../src/billing/confirm.ts'
import { BillingKeyError } from '../../src/billing/errors.ts'
import type { BillingKeyOutcome, WindowReport } from '../../src/billing/outcome.ts'

const facts = { customerUid: 'card-1', via: 'callback', order: null, recovered: false } as const
const attempt = { merchantUid: 'order-1', amount: 9_900, canAsk: true, failedAsks: 0 }
const ofOrder = { ...facts, merchantUid: 'order-1', impUid: null }
const closed: WindowReport = { ...ofOrder, status: 'cancelled', by: 'closed', asked: false }
const declined: WindowReport = { ...ofOrder, status: 'failed', code: 'E', message: '한도초과', stage: 'in-window' }
const success = (merchantUid: string): WindowReport => ({
  ...facts,
  merchantUid,
  impUid: 'imp_1',
  status: 'reported',
  charged: 9_900,
  currency: 'KRW',
  card: null,
})
const key: ConfirmAnswer = { status: 'issued', customerUid: 'card-1', impUid: 'imp_1', charged: 9_900, currency: 'KRW', card: null }
const issued: BillingKeyOutcome = {
  ...facts,
  merchantUid: 'order-1',
  status: 'issued',
  impUid: 'imp_1',
  charged: 9_900,
  currency: 'KRW',
  card: null,
}
const refused: BillingKeyOutcome = { ...ofOrder, status: 'failed', code: 'no', message: '', stage: 'confirm' }
const unconfirmed: BillingKeyOutcome = { ...ofOrder, status: 'unconfirmed', reason: 'unreachable', amount: 9_900, mayStartAnew: false }
const givenUp: BillingKeyOutcome = {
  ...facts,
  merchantUid: null,
  customerUid: null,
  impUid: null,
  status: 'cancelled',
  by: 'customer',
  asked: false,
}
const error = new BillingKeyError('window-busy', 'busy')

const states = {
  idle: { phase: 'idle' },
  'loading-sdk': { phase: 'loading-sdk' },
  leftovers: { phase: 'preparing', step: 'leftovers' },
  request: { phase: 'preparing', step: 'request' },
  ready: { phase: 'ready' },
  'window-open': { phase: 'window-open', attempt },
  confirming: { phase: 'confirming', attempt, report: closed, asks: 0, byCustomer: true },
  cancelled: { phase: 'settled', outcome: closed, attempt, report: closed },
  unconfirmed: { phase: 'settled', outcome: unconfirmed, attempt, report: closed },
  issued: { phase: 'settled', outcome: issued, attempt, report: closed },
  refused: { phase: 'settled', outcome: refused, attempt, report: closed },
  'given up': { phase: 'settled', outcome: givenUp, attempt: null, report: null },
  error: { phase: 'error', error },
} satisfies Record<string, AttemptState>
type Name = keyof typeof states

const settled = (outcome: BillingKeyOutcome, of: object | null = attempt, report: WindowReport | null = closed) =>
  [{ phase: 'settled', outcome, attempt: of, report }, [{ do: 'tell-outcome', outcome }]] as const
const asking = (report: WindowReport, byCustomer = false, of: object = attempt) =>
  [{ phase: 'confirming', attempt: of, report, asks: 0, byCustomer }, [{ do: 'ask-server', afterMs: 0 }]] as const
const loading = [{ phase: 'loading-sdk' }, [{ do: 'load-sdk' }]] as const
const asksFirst = [{ phase: 'preparing', step: 'leftovers' }, [{ do: 'ask-about-leftovers' }]] as const
const broken = [{ phase: 'error', error }, [{ do: 'tell-error', error }]] as const
const idle = [{ phase: 'idle' }, []] as const
const found = settled(issued, null, null)
const gaveUp = settled(givenUp, null, null)
const said = (outcome: object) => ({ ...unconfirmed, ...outcome }) as BillingKeyOutcome
const leftOver = (merchantUid: string): AttemptEvent => ({
  type: 'left-over',
  outcome: issued,
  attempt: { ...attempt, merchantUid },
  report: closed,
})
const known = settled(issued)
const ofAnother = settled(issued, { ...attempt, merchantUid: 'order-2' })

/** What each event does to each state that takes it; every other state stays as it is, and nothing is done. */
const table: [AttemptEvent, Partial<Record<Name, readonly [object, readonly object[]]>>][] = [
  [
    { type: 'click' },
    {
      idle: loading,
      ready: [states.ready, [{ do: 'open-window' }]],
      cancelled: loading,
      unconfirmed: loading,
      issued: loading,
      refused: loading,
      'given up': loading,
      error: loading,
    },
  ],
  [{ type: 'sdk-ready' }, { 'loading-sdk': asksFirst }],
  [{ type: 'start-over' }, { request: asksFirst, ready: asksFirst }],
  [{ type: 'nothing-left-over' }, { leftovers: [states.request, [{ do: 'get-request' }]] }],
  [leftOver('order-1'), { idle: known, leftovers: known, confirming: known, unconfirmed: known }],
  [leftOver('order-2'), { idle: ofAnother, leftovers: ofAnother }],
  [
    { type: 'key-found', outcome: issued },
    { 'loading-sdk': found, leftovers: found, request: found, ready: found },
  ],
  [{ type: 'request-ready', clickIsSpent: false }, { request: [states.request, [{ do: 'open-window' }]] }],
  [{ type: 'request-ready', clickIsSpent: true }, { request: [states.ready, []] }],
  [{ type: 'refused', outcome: refused }, { request: settled(refused, null, null) }],
  [
    { type: 'broke', error },
    { 'loading-sdk': broken, request: broken, ready: broken, 'window-open': broken },
  ],
  [
    { type: 'opened', attempt },
    { request: [states['window-open'], []], ready: [states['window-open'], []] },
  ],
  [{ type: 'window-ended', report: success('order-1') }, { 'window-open': asking(success('order-1')) }],
  [{ type: 'window-ended', report: closed }, { 'window-open': asking(closed) }],
  [{ type: 'window-ended', report: declined }, { 'window-open': settled(declined as BillingKeyOutcome, attempt, declined) }],
  [
    { type: 'late-report', report: success('order-1') },
    {
      'window-open': [asking(success('order-1'))[0], [{ do: 'close-window' }, { do: 'ask-server', afterMs: 0 }]],
      confirming: asking(success('order-1'), true),
      cancelled: asking(success('order-1')),
      unconfirmed: asking(success('order-1')),
    },
  ],
  [{ type: 'late-report', report: success('order-2') }, {}],
  [{ type: 'landed', report: success('order-1'), attempt }, { idle: asking(success('order-1')) }],
  [{ type: 'answered', answer: key }, { confirming: settled({ ...issued, ...key } as BillingKeyOutcome) }],
  [{ type: 'answered', answer: { status: 'pending' } }, { confirming: settled(said({ reason: 'pending' })) }],
  [
    { type: 'answered', answer: { status: 'none' } },
    { confirming: [{ ...states.confirming, asks: 1 }, [{ do: 'ask-server', afterMs: 1_000 }]] },
  ],
  [{ type: 'ask-failed', reason: 'unreachable' }, { confirming: settled(unconfirmed, { ...attempt, failedAsks: 1 }) }],
  [{ type: 'recheck', byCustomer: true }, { unconfirmed: asking(closed, true) }],
  [{ type: 'recheck', byCustomer: false }, { unconfirmed: asking(closed, false) }],
  [
    { type: 'abandon' },
    {
      'loading-sdk': gaveUp,
      leftovers: gaveUp,
      request: gaveUp,
      ready: gaveUp,
      'window-open': [states['window-open'], [{ do: 'close-window' }]],
      confirming: [
        settled(said({ reason: 'abandoned' }))[0],
        [{ do: 'stop-asking' }, { do: 'tell-outcome', outcome: said({ reason: 'abandoned' }) }],
      ],
    },
  ],
  [{ type: 'unmounted' }, { 'loading-sdk': idle, leftovers: idle, request: idle, ready: idle }],
  [{ type: 'reset' }, { cancelled: idle, unconfirmed: idle, issued: idle, refused: idle, 'given up': idle, error: idle }],
]

describe.each(table)('%o', (event, taken) => {
  it.each(Object.entries(states) as [Name, AttemptState][])('in %s', (name, state) => {
    const step = transition(state, event)
    expect(step).toEqual(taken[name] ?? [state, []])
    if (!taken[name]) expect(step[0]).toBe(state)
  })
})

/** Whether an attempt is under way. A forgotten phase does not compile. */
const underWay = {
  idle: false,
  'loading-sdk': true,
  preparing: true,
  ready: true,
  'window-open': true,
  confirming: true,
  settled: false,
  error: false,
} satisfies Record<AttemptState['phase'], boolean>

it.each(Object.entries(states) as [Name, AttemptState][])('is pending, and has a way out, while it is under way: %s', (_, state) => {
  const [next, effects] = transition(state, { type: 'abandon' })
  const leadsOut = effects.some((effect) => effect.do === 'close-window') || (isPending(state) && !isPending(next))
  expect([isPending(state), leadsOut]).toEqual([underWay[state.phase], underWay[state.phase]])
})

it('asks nobody where nobody confirms, and tells what the window said', () => {
  const open: AttemptState = { phase: 'window-open', attempt: { ...attempt, canAsk: false } }
  const report = success('order-1')
  expect(transition(open, { type: 'window-ended', report })).toEqual(settled(report as BillingKeyOutcome, open.attempt, report))
})

it('asks also about a refusal, where an earlier window of the order may have been paid', () => {
  const open: AttemptState = { phase: 'window-open', attempt: { ...attempt, isAgain: true } }
  expect(transition(open, { type: 'window-ended', report: declined })).toEqual(asking(declined, false, open.attempt))
})

describe('a server that knows of no payment', () => {
  const asks = (of: Partial<OpenedAttempt>, report: WindowReport) => {
    const waits: number[] = []
    let state: AttemptState = { phase: 'confirming', attempt: { ...attempt, ...of }, report, asks: 0, byCustomer: false }
    for (let n = 0; n < 9 && state.phase === 'confirming'; n += 1) {
      const [next, effects]: ReturnType<typeof transition> = transition(state, { type: 'answered', answer: { status: 'none' } })
      for (const effect of effects) if (effect.do === 'ask-server') waits.push(effect.afterMs)
      state = next
    }
    return { waits, outcome: state.phase === 'settled' ? state.outcome : null }
  }

  it.each([9_900, null])('is asked for ten seconds after a close that may have charged: %s', (amount) => {
    expect(asks({ amount }, closed)).toEqual({ waits: [1_000, 2_000, 3_000, 4_000], outcome: { ...closed, asked: true } })
  })

  it('is asked for ten seconds after a refusal, where an earlier window of the order may have charged', () => {
    const waits = [1_000, 2_000, 3_000, 4_000]
    expect(asks({ ...attempt, amount: 9_900, isAgain: true }, declined)).toEqual({ waits, outcome: declined })
    expect(asks({ ...attempt, amount: 0, isAgain: true }, declined)).toEqual({ waits: [], outcome: declined })
  })

  it('is believed at once where nothing was to be charged', () => {
    expect(asks({ amount: 0 }, closed)).toEqual({ waits: [], outcome: { ...closed, asked: true } })
  })

  it('is believed at once after a refusal that the window told of', () => {
    expect(asks(attempt, { ...declined, impUid: 'imp_1' })).toMatchObject({ waits: [], outcome: { status: 'failed', code: 'E' } })
  })

  it('may be behind a success that the window told of', () => {
    expect(asks(attempt, success('order-1'))).toMatchObject({ waits: [], outcome: { status: 'unconfirmed', reason: 'not-yet' } })
  })
})

describe.each([
  [true, 'unreachable', [1, 2, 3]],
  [true, 'sign-in', [1, 2, 3]],
  [true, 'pending', [0, 0, 0]],
  [false, 'unreachable', [0, 0, 0]],
] as const)('asks that fail, by the customer: %s, because of %s', (byCustomer, reason, counts) => {
  it(`count ${counts.join(', ')}, and two of them let a new window open`, () => {
    let of: OpenedAttempt = attempt
    const seen = counts.map(() => {
      const confirming: AttemptState = { phase: 'confirming', attempt: of, report: closed, asks: 0, byCustomer }
      const [state] = transition(
        confirming,
        reason === 'pending' ? { type: 'answered', answer: { status: 'pending' } } : { type: 'ask-failed', reason },
      )
      if (state.phase !== 'settled' || !state.attempt || state.outcome.status !== 'unconfirmed') throw new Error(state.phase)
      of = state.attempt
      return { failedAsks: of.failedAsks, mayStartAnew: state.outcome.mayStartAnew }
    })
    expect(seen).toEqual(counts.map((failedAsks) => ({ failedAsks, mayStartAnew: failedAsks >= 2 })))
  })
})

it('has an open question about its own order while it asks, and while nobody could say', () => {
  const asked = Object.entries(states).flatMap(([name, state]) => (asksAbout(state, 'order-1') ? [name] : []))
  expect(asked).toEqual(['confirming', 'unconfirmed'])
  expect(Object.values(states).some((state) => asksAbout(state, 'order-2'))).toBe(false)
})

describe('what is told after', () => {
  const outcomes = {
    issued,
    refused,
    unconfirmed,
    reported: success('order-1') as BillingKeyOutcome,
    cancelled: closed as BillingKeyOutcome,
    declined: declined as BillingKeyOutcome,
  }
  it.each([
    ['issued', []],
    ['refused', []],
    ['unconfirmed', ['issued', 'refused', 'reported', 'cancelled', 'declined']],
    ['reported', ['issued', 'refused', 'cancelled', 'declined']],
    ['cancelled', ['issued', 'reported']],
    ['declined', ['issued', 'reported']],
  ] as const)('%s: %j', (before, news) => {
    expect(Object.entries(outcomes).flatMap(([name, after]) => (isNews(outcomes[before], after) ? [name] : []))).toEqual(news)
  })

  it('is nothing after a key, or the server’s word against it', () => {
    expect(Object.entries(outcomes).flatMap(([name, outcome]) => (isFinal(outcome) ? [name] : []))).toEqual(['issued', 'refused'])
  })
})
