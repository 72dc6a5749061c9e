import type { AgainRequest, ChargeClient, Payment } from '../../src/server/index.ts'

let number = 0
export const newOrder = (change = {}) => {
  number += 1
  return { customerUid: 'card-1', merchantUid: `order-${number}`, amount: 9900, name: '월간', ...change }
}

/** What a client answers, by hand: for what no fault of the sandbox does. */
export function scripted(change: Partial<ChargeClient> = {}) {
  const paid: Payment[] = []
  const calls = { again: 0, look: 0 }
  const iamport: ChargeClient = {
    timeoutMs: 1_000,
    async paymentByMerchantUid(merchantUid) {
      calls.look += 1
      return paid.find((payment) => payment.merchantUid === merchantUid) ?? null
    },
    async again(request) {
      calls.again += 1
      const payment = paymentOf(request)
      paid.push(payment)
      return payment
    },
    ...change,
  }
  return { iamport, paid, calls }
}
export const paymentOf = ({ merchantUid, customerUid, amount, name }: AgainRequest): Payment => ({
  impUid: `imp_${merchantUid}`,
  merchantUid,
  status: 'paid',
  amount,
  cancelAmount: 0,
  currency: 'KRW',
  customerUid,
  name,
  cardName: null,
  cardNumber: null,
  failReason: null,
  customData: null,
  paidAt: 1,
})
export const rejecting = (error: unknown) => () => Promise.reject(error)
