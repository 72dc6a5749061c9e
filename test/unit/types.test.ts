import { expectTypeOf, it } from 'vitest'
import type { BillingKeyOutcome, BillingKeyRequest, Card, UnconfirmedReason } from '../../src/index.ts'

// Checked by tsc, in the step "Types".
it('narrows an outcome on its status', () => {
  const read = (outcome: BillingKeyOutcome) => {
    if (outcome.status === 'issued') {
      expectTypeOf(outcome.impUid).toEqualTypeOf<string>()
      expectTypeOf(outcome.charged).toEqualTypeOf<number>()
      expectTypeOf(outcome.card).toEqualTypeOf<Card | null>()
    }
    if (outcome.status === 'cancelled') expectTypeOf(outcome.by).toEqualTypeOf<'customer' | 'closed'>()
    if (outcome.status === 'failed') expectTypeOf(outcome.stage).toEqualTypeOf<'before-window' | 'in-window' | 'confirm'>()
    if (outcome.status === 'reported') expectTypeOf(outcome.charged).toEqualTypeOf<number | null>()
    if (outcome.status === 'unconfirmed') expectTypeOf(outcome.reason).toEqualTypeOf<UnconfirmedReason>()
  }
  expectTypeOf(read).parameter(0).toEqualTypeOf<BillingKeyOutcome>()
})

it('takes a PG by name, by MID or by channel key, and no other text for a PG', () => {
  const rest = { customerUid: 'c', merchantUid: 'm', name: 'n', amount: 0 }
  expectTypeOf({ ...rest, pg: 'jtnet' as const }).toExtend<BillingKeyRequest>()
  expectTypeOf({ ...rest, pg: 'jtnet.general' as const }).toExtend<BillingKeyRequest>()
  expectTypeOf({ ...rest, channelKey: String('channel-key-1') }).toExtend<BillingKeyRequest>()
  expectTypeOf({ ...rest, pg: 'jtnet' as const, channelKey: 'channel-key-1' }).toExtend<BillingKeyRequest>()
  expectTypeOf({ ...rest, pg: 'jtnett' as const }).not.toExtend<BillingKeyRequest>()
  expectTypeOf({ ...rest, pg: 'JTNET' as const }).not.toExtend<BillingKeyRequest>()
  expectTypeOf({ ...rest, amount: '0' }).not.toExtend<BillingKeyRequest>()
})
