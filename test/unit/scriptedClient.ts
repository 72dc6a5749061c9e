import { createSandbox } from '../../src/sandbox/index.ts'
import { type AgainRequest, type ChargeClient, createIamportClient, type Payment } from '../../src/server/index.ts'

let number = 0
export const newOrder = (change = {}) => {
  number += 1
  return { customerUid: 'card-1', merchantUid: `order-${number}`, amount: 9900, name: '월간', ...change }
}

/** A client of a sandbox of its own, but for what a test scripts by hand: what no fault of the sandbox does. */
export function scripted(change: Partial<ChargeClient> = {}) {
  const sandbox = createSandbox()
  const { impKey, impSecret } = sandbox
  const fetch = (input: RequestInfo | URL, init?: RequestInit) => sandbox.fetch(new Request(input, init))
  const real = createIamportClient({ impKey, impSecret, baseUrl: 'http://sandbox.invalid', fetch })
  const registered = sandbox.register({ customerUid: 'card-1', merchantUid: 'issue' })
  const calls = { again: 0, look: 0 }
  const iamport: ChargeClient = {
    timeoutMs: 1_000,
    paymentByMerchantUid(...which) {
      calls.look += 1
      return real.paymentByMerchantUid(...which)
    },
    async again(...order) {
      calls.again += 1
      await registered
      return real.again(...order)
    },
    ...change,
  }
  return { iamport, sandbox, calls }
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
