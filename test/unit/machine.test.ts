import { describe, expect, it } from 'vitest'
import { type AttemptState, isPending, transition } from '../../src/attempt/machine.ts'
import { BillingKeyError } from '../../src/billing/errors.ts'
import type { WindowReport } from '../../src/billing/outcome.ts'

const facts = { customerUid: 'card-1', via: 'callback', order: null, recovered: false } as const
const attempt = { merchantUid: 'order-1', amount: 0, canAsk: true, failedAsks: 0 }
const closed: WindowReport = { ...facts, merchantUid: 'order-1', impUid: null, status: 'cancelled', by: 'closed', asked: true }
const success = (merchantUid: string): WindowReport => ({
  ...facts,
  merchantUid,
  impUid: 'imp_1',
  status: 'reported',
  charged: 0,
  currency: 'KRW',
  card: null,
})

it.each<AttemptState>([
  { phase: 'settled', outcome: closed, attempt, report: closed },
  { phase: 'confirming', attempt, report: closed, asks: 0, byCustomer: false },
])('asks about a late success of its own order, and of no other, while $phase', (state) => {
  expect(transition(state, { type: 'late-report', report: success('order-2') })).toEqual([state, []])
  expect(transition(state, { type: 'late-report', report: success('order-1') })[1]).toEqual([{ do: 'ask-server', afterMs: 0 }])
})

it('closes a window of its own order, and asks about the success', () => {
  const open = { phase: 'window-open', attempt } as const
  expect(transition(open, { type: 'late-report', report: success('order-2') })).toEqual([open, []])
  expect(transition(open, { type: 'late-report', report: success('order-1') })[1]).toEqual([
    { do: 'close-window' },
    { do: 'ask-server', afterMs: 0 },
  ])
})

/** One of each phase. A forgotten one does not compile. */
const phases = {
  idle: { phase: 'idle' },
  'loading-sdk': { phase: 'loading-sdk' },
  preparing: { phase: 'preparing', step: 'request' },
  ready: { phase: 'ready' },
  'window-open': { phase: 'window-open', attempt },
  confirming: { phase: 'confirming', attempt, report: closed, asks: 0, byCustomer: false },
  settled: { phase: 'settled', outcome: closed, attempt, report: closed },
  error: { phase: 'error', error: new BillingKeyError('window-busy', 'busy') },
} satisfies Record<AttemptState['phase'], AttemptState>

describe.each<AttemptState>(Object.values(phases))('$phase', (state) => {
  it(`has ${isPending(state) ? 'a' : 'no need of a'} way out, and waits for one click at a time`, () => {
    const [next, effects] = transition(state, { type: 'abandon' })
    const leads = effects.some((effect) => effect.do === 'close-window') || (isPending(state) && !isPending(next))
    expect(leads).toBe(isPending(state))
    const clicked = transition(state, { type: 'click' })
    if (!isPending(state)) expect(clicked[1]).toEqual([{ do: 'load-sdk' }])
    else expect(clicked).toEqual([state, state.phase === 'ready' ? [{ do: 'open-window' }] : []])
  })
})
