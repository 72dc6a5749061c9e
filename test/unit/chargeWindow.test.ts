import { describe, expect, it } from 'vitest'
import { type ChargeClient, charge, type Payment } from '../../src/server/index.ts'
import { memoryLock } from './memoryLock.ts'
import { newOrder, paymentOf } from './scriptedClient.ts'

/**
 * A PortOne whose answer to a charge is lost, and which carries it out later (`settle`); what a window of the customer's
 * came to meanwhile is the newest payment of the order.
 */
function slowPortone(window: (order: ReturnType<typeof newOrder>) => Payment) {
  const order = newOrder()
  const sent: string[] = []
  const payments: Payment[] = []
  const iamport: ChargeClient = {
    timeoutMs: 1_000,
    async paymentByMerchantUid(_, status) {
      return payments.findLast((payment) => status === undefined || payment.status === status) ?? null
    },
    async again({ customerUid }) {
      sent.push(customerUid)
      payments.push(window(order))
      throw new Error('the answer was lost')
    },
  }
  return { iamport, order, sent }
}

describe('a window of the customer’s that failed under the order’s number while a charge was on its way', () => {
  it.each([null, 'card-of-the-window'])('is no answer to the charge: nothing is sent again (customer_uid %s)', async (customerUid) => {
    const { iamport, order, sent } = slowPortone((of) => ({ ...paymentOf(of), impUid: 'imp_window', status: 'failed', customerUid }))
    const { lock } = memoryLock()
    const options = { lock, patienceMs: 0 }
    expect(await charge(iamport, order, options)).toMatchObject({ status: 'unknown' })
    expect(await charge(iamport, { ...order, customerUid: 'card-2' }, options)).toMatchObject({ status: 'unknown' })
    expect(sent).toEqual(['card-1'])
  })
})
