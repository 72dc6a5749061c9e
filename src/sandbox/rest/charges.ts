import { type Fault, sleep } from '../faults.ts'
import type { Order, SandboxKey, State } from '../state.ts'
import { paymentAnswer } from './answers.ts'
import { typedCard } from './customers.ts'
import { cardFields, customerUid, Refusal, readOrder } from './fields.ts'
import { type Call, noCustomer, type RestContext, type Route } from './route.ts'

function checkOrder(state: State, { merchant_uid }: { merchant_uid: string }) {
  if (state.paidOrder(merchant_uid)) throw new Refusal('이미 결제가 이루어진 merchant_uid입니다.')
}

/** Pays, is refused, or waits, as the call's fault says. */
function pay(state: State, key: SandboxKey, order: Order, usage: string | null, fault: Fault | undefined) {
  if (fault?.kind === 'ready') {
    const payment = state.record({ ...order, status: 'ready', customer_uid_usage: usage })
    state.settleLater(payment, fault.ms ?? 1_000)
    return { response: paymentAnswer(payment) }
  }
  const refusal = fault?.kind === 'declined' ? '카드사 거절' : undefined
  return { response: paymentAnswer(state.chargeKey(key, { ...order, channel: 'api' }, usage, refusal)) }
}

async function again({ body, fault }: Call, { state, inFlightMs }: RestContext) {
  const order = readOrder(body, { customer_uid: customerUid }) as Order
  const key = state.billingKeys.get(order.customer_uid)
  if (!key) throw noCustomer(200)
  checkOrder(state, order)
  if (inFlightMs > 0) await sleep(inFlightMs)
  return pay(state, key, order, 'payment', fault)
}

function onetime({ body, fault }: Call, { state }: RestContext) {
  const order = readOrder(body, { ...cardFields, name: { type: 'text', max: 40 }, customer_uid: { type: 'text', max: 80 } })
  const { card_number: _number, expiry: _expiry, birth: _birth, pwd_2digit: _password, cvc: _cvc, ...rest } = order
  checkOrder(state, order)
  const key = { card: typedCard(order, state.now()), inserted: state.now() }
  const uid = typeof rest.customer_uid === 'string' ? rest.customer_uid : null
  const answer = pay(state, key, { ...rest, customer_uid: uid } as Order, uid === null ? null : 'issue', fault)
  if (uid !== null && answer.response.status === 'paid') state.billingKeys.set(uid, key)
  return answer
}

/** Taking money without a window. */
export const charges = [
  { method: 'POST', path: '/subscribe/payments/again', handle: again },
  { method: 'POST', path: '/subscribe/payments/onetime', handle: onetime },
] satisfies Route[]
