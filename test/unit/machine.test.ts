import { expect, it } from 'vitest'
import { type AttemptState, transition } from '../../src/attempt/machine.ts'
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
