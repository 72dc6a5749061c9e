import { sleep } from '../faults.ts'
import type { Order, SandboxKey, State } from '../state.ts'
import { paymentAnswer } from './answers.ts'
import { typedCard } from './customers.ts'
import { cardFields, checkForPg, checkNeeds, customerUid, Refusal, readOrder, text } from './fields.ts'
import { type Call, noCustomer, pgOf, type RestContext, type Route } from './route.ts'

function checkOrder(state: State, order: { merchant_uid: string }, { pg }: Pick<SandboxKey, 'pg'>) {
  checkForPg(pg, order)
  if (state.isPaid(order.merchant_uid)) throw new Refusal('이미 결제가 이루어진 merchant_uid입니다.')
}

async function again({ body, fault }: Call, { state, inFlightMs }: RestContext) {
  const order = readOrder(body, { customer_uid: customerUid }) as Order
  const key = state.billingKeys.get(order.customer_uid)
  if (!key) throw noCustomer(200)
  checkOrder(state, order, key)
  if (inFlightMs > 0) await sleep(inFlightMs)
  return { response: paymentAnswer(state.chargeKey(key, order, 'payment', fault)) }
}

function onetime({ body, fault }: Call, context: RestContext) {
  const { state } = context
  const order = readOrder(body, {
    ...cardFields,
    name: text(40),
    customer_uid: text(80),
    pg: text(80),
    channelGroupId: text(55),
  })
  const { card_number: _number, expiry: _expiry, birth: _birth, pwd_2digit: _password, cvc: _cvc, pg, ...rest } = order
  const key = { card: typedCard(order, state.now()), pg: pgOf(pg, context), inserted: state.now(), customer: customerOf(rest) }
  checkNeeds('onetime', key.pg, order)
  checkNeeds('card', key.pg, order)
  checkOrder(state, order, key)
  const uid = typeof rest.customer_uid === 'string' ? rest.customer_uid : null
  const payment = state.chargeKey(key, { ...rest, customer_uid: uid } as Order, uid === null ? null : 'issue', fault)
  if (uid !== null && payment.status === 'paid') state.billingKeys.set(uid, key)
  return { response: paymentAnswer(payment) }
}

/** The customer that is kept with a key, from who buys. */
const customerOf = (order: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(order).flatMap(([name, value]) => (name.startsWith('buyer_') ? [[name.replace('buyer', 'customer'), value]] : [])),
  )

/** Taking money without a window. */
export const charges = [
  { method: 'POST', path: '/subscribe/payments/again', handle: again },
  { method: 'POST', path: '/subscribe/payments/onetime', handle: onetime },
] satisfies Route[]
