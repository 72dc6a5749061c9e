import { declinedBy, type Fault } from '../faults.ts'
import { findTestCard, type TestCard } from '../testCards.ts'
import { isPast } from '../windowForm.ts'
import { customerAnswer, paymentAnswer } from './answers.ts'
import { anyText, cardFields, checkNeeds, type Fields, Refusal, readFields, text } from './fields.ts'
import { type Call, noCustomer, paged, pgOf, type RestContext, type Route } from './route.ts'

const customerFields = {
  channel_key: text(55),
  channel_group_id: text(55),
  pg: text(80),
  customer_id: anyText,
  customer_name: { type: 'text', max: 20 },
  customer_tel: { type: 'text', max: 20 },
  customer_email: { type: 'text', max: 200 },
  customer_addr: { type: 'text', max: 200 },
  customer_postcode: { type: 'text', max: 8 },
} satisfies Fields

/**
 * The test card that was typed at the shop; throws what a PG would say.
 *
 * @param fault of the call, where that only takes the card; one that charges it too says so with its payment
 */
export function typedCard(card: Record<string, unknown>, now: number, fault?: Fault): TestCard {
  const { card_number, expiry, birth, pwd_2digit } = card
  const [, year, month] = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(String(expiry)) ?? []
  if (!year) throw new Refusal('유효기간은 YYYY-MM 형식이어야 합니다.', 400)
  if (birth !== undefined && !/^(?:\d{6}|\d{10})$/.test(String(birth)))
    throw new Refusal('생년월일 6자리 또는 사업자등록번호 10자리가 필요합니다.', 400)
  if (pwd_2digit !== undefined && !/^\d{2}$/.test(String(pwd_2digit))) throw new Refusal('비밀번호 앞 2자리가 필요합니다.', 400)
  if (isPast(Number(year), Number(month), now)) throw new Refusal('유효기간이 지난 카드입니다.')
  const found = findTestCard(String(card_number))
  if (!found) throw new Refusal('테스트 카드번호가 아닙니다.')
  const refusal = declinedBy(fault) ?? found.refusal?.message
  if (refusal !== undefined) throw new Refusal(refusal)
  return found
}

export function uidOf({ path: { customer_uid = '' } }: Call): string {
  if ([...customer_uid].length > 80) throw new Refusal('customer_uid 값은 80자 이하여야 합니다.', 400)
  return customer_uid
}

function known(call: Call, { state }: RestContext) {
  const customer_uid = uidOf(call)
  const key = state.billingKeys.get(customer_uid)
  if (!key) throw noCustomer(404)
  return { customer_uid, key, response: customerAnswer(customer_uid, key) }
}

function register(call: Call, context: RestContext) {
  const { state } = context
  const customer_uid = uidOf(call)
  const customer = readFields(call.body, { ...cardFields, ...customerFields })
  const pg = pgOf(customer.pg, context)
  checkNeeds('card', pg, customer)
  checkNeeds('customer', pg, customer)
  const key = { card: typedCard(customer, state.now(), call.fault), pg, inserted: state.now(), customer: withoutCard(customer) }
  state.billingKeys.set(customer_uid, key)
  return { response: customerAnswer(customer_uid, key) }
}
const withoutCard = (customer: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(customer).filter(([name]) => name.startsWith('customer_')))

function several({ query }: Call, { state }: RestContext) {
  const asked = query.getAll('customer_uid[]')
  if (asked.length === 0) throw new Refusal('customer_uid[]가 필요합니다.', 400)
  const found = asked.flatMap((uid) => {
    const key = state.billingKeys.get(uid)
    return key ? [customerAnswer(uid, key)] : []
  })
  if (found.length === 0) throw noCustomer(404)
  return { response: found, status: found.length < asked.length ? (207 as const) : (200 as const) }
}

function remove(call: Call, context: RestContext) {
  const { customer_uid, response } = known(call, context)
  context.state.billingKeys.delete(customer_uid)
  return { response }
}

function paidWith(call: Call, { state }: RestContext) {
  const customer_uid = uidOf(call)
  const found = state.payments.filter((payment) => payment.customer_uid === customer_uid)
  if (found.length === 0 && !state.billingKeys.has(customer_uid)) throw noCustomer(404)
  const { list, ...rest } = paged(found.toReversed(), call.query)
  return { response: { ...rest, list: list.map(paymentAnswer) } }
}

/** Billing keys. */
export const customers = [
  { method: 'GET', path: '/subscribe/customers', handle: several },
  { method: 'GET', path: '/subscribe/customers/:customer_uid', handle: (call, context) => ({ response: known(call, context).response }) },
  { method: 'POST', path: '/subscribe/customers/:customer_uid', handle: register },
  { method: 'DELETE', path: '/subscribe/customers/:customer_uid', handle: remove },
  { method: 'GET', path: '/subscribe/customers/:customer_uid/payments', handle: paidWith },
] satisfies Route[]
