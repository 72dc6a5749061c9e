import { declinedBy } from '../faults.ts'
import type { SandboxKey, SandboxSchedule, State } from '../state.ts'
import { paymentAnswer, scheduleAnswer } from './answers.ts'
import { typedCard, uidOf } from './customers.ts'
import {
  anyText,
  cardFields,
  checkForPg,
  checkNeeds,
  checkParts,
  customerUid,
  Refusal,
  readFields,
  readOrder,
  text,
  unixTime,
} from './fields.ts'
import { type Call, limitOf, noCustomer, noSchedule, paged, pgOf, queryMoment, queryWord, type RestContext, type Route } from './route.ts'

const statuses = ['scheduled', 'executed', 'revoked'] as const

function checkTime(state: State, at: unknown) {
  if (Number(at) <= state.now()) throw new Refusal('예약시각은 현재 시각 이후여야 합니다.', 400)
}

/** The key that is charged: the one there is, else one of the card data that is typed with it. */
function keyFor(customer: Record<string, unknown>, uid: string, { fault }: Call, context: RestContext): SandboxKey {
  const { state } = context
  const known = state.billingKeys.get(uid)
  if (known) return known
  if (customer.card_number === undefined) throw noCustomer(200)
  const pg = pgOf(null, context)
  checkNeeds('card', pg, customer)
  return { card: typedCard(customer, state.now(), fault), pg, inserted: state.now() }
}

/** The buyer of a schedule that names none is the customer that was told with the card. */
const buyerOf = ({ customer = {} }: SandboxKey) =>
  Object.fromEntries(
    Object.entries(customer).map(([name, value]) => [name === 'customer_id' ? name : name.replace('customer', 'buyer'), value]),
  )

const typed = Object.fromEntries(Object.entries(cardFields).map(([name, { type, max }]) => [name, { type, max }]))

function schedule(call: Call, context: RestContext) {
  const { state } = context
  const { body, fault } = call
  const customer = readFields(body, {
    ...typed,
    customer_uid: customerUid,
    customer_id: anyText,
    channel_key: text(55),
    schedules: { type: 'rows', required: true },
    checking_amount: { type: 'integer' },
  })
  const rows = customer.schedules as Record<string, unknown>[]
  const uid = String(customer.customer_uid)
  checkParts(customer, ['checking_amount'], Number.MAX_SAFE_INTEGER)
  if (rows.length === 0) throw new Refusal('필수 파라미터가 누락되었습니다. (schedules)', 400)
  const made = rows.map((values): SandboxSchedule => {
    const { merchant_uid, amount, name, ...rest } = readOrder({ values, isForm: body.isForm }, { schedule_at: unixTime })
    checkTime(state, rest.schedule_at)
    if (state.isPaid(merchant_uid)) throw new Refusal('이미 결제된 merchant_uid입니다.')
    const isTaken = state.schedules.some((known) => known.merchant_uid === merchant_uid && known.schedule_status !== 'revoked')
    if (isTaken) throw new Refusal('이미 예약된 merchant_uid입니다.')
    return { ...rest, merchant_uid, amount, name, customer_uid: uid, schedule_at: Number(rest.schedule_at), schedule_status: 'scheduled' }
  })
  if (new Set(made.map(({ merchant_uid }) => merchant_uid)).size < made.length) throw new Refusal('merchant_uid가 중복되었습니다.')
  const key = keyFor(customer, uid, call, context)
  const whole = made.map((row): SandboxSchedule => ({ ...buyerOf(key), ...row }))
  for (const row of whole) checkForPg(key.pg, row)
  // the card is tried with it, and gets it back at once
  const refusal = declinedBy(fault) ?? key.card.laterRefusal
  if (customer.checking_amount && refusal !== null) throw new Refusal(refusal)
  if (!state.billingKeys.has(uid)) state.billingKeys.set(uid, key)
  state.plan(whole)
  for (const { merchant_uid, schedule_at } of whole) state.events.add('schedule', { merchant_uid, schedule_at, status: 'scheduled' })
  return { response: whole.map(scheduleAnswer) }
}

function unschedule({ body }: Call, { state }: RestContext) {
  const { customer_uid, merchant_uid } = readFields(body, { customer_uid: { type: 'text', max: 80 }, merchant_uid: { type: 'texts' } })
  if (customer_uid === undefined && merchant_uid === undefined) throw new Refusal('customer_uid가 필요합니다.', 400)
  const found = state.schedules.filter(
    (known) =>
      known.schedule_status === 'scheduled' &&
      (customer_uid === undefined || known.customer_uid === customer_uid) &&
      (merchant_uid === undefined || (merchant_uid as string[]).includes(known.merchant_uid)),
  )
  if (found.length === 0) throw new Refusal('취소할 예약결제 정보가 없습니다.')
  for (const known of found) {
    Object.assign(known, { schedule_status: 'revoked', revoked_at: state.now() })
    state.events.add('schedule', { merchant_uid: known.merchant_uid, status: 'revoked' })
  }
  return { response: found.map(scheduleAnswer) }
}

/** The longest span that is searched, in seconds. */
const threeMonths = 92 * 86_400

/** Newest first. */
function within(state: State, query: URLSearchParams, names: { from: string; to: string; status: string }) {
  const [from, to] = [queryMoment(query, names.from), queryMoment(query, names.to)]
  if (from > to) throw new Refusal(`${names.from} 값은 ${names.to}보다 클 수 없습니다.`, 400)
  if (to - from > threeMonths) throw new Refusal('최대 3개월 단위로 조회할 수 있습니다.', 400)
  const status = queryWord(query, names.status, statuses)
  return state.schedules
    .filter(
      ({ schedule_at, schedule_status }) => from <= schedule_at && schedule_at < to && (status === null || schedule_status === status),
    )
    .sort((a, b) => b.schedule_at - a.schedule_at)
}

function all({ query }: Call, { state }: RestContext) {
  const found = within(state, query, { from: 'schedule_from', to: 'schedule_to', status: 'schedule_status' })
  const sorting = queryWord(query, 'sorting', ['scheduled', '-scheduled'])
  const rows = sorting === 'scheduled' ? found.reverse() : found
  return { response: paged(rows, query, limitOf(query)).list.map(scheduleAnswer) }
}

function ofCustomer(call: Call, { state }: RestContext) {
  const customer_uid = uidOf(call)
  const found = within(state, call.query, { from: 'from', to: 'to', status: 'schedule-status' })
  return {
    response: paged(
      found.filter((known) => known.customer_uid === customer_uid),
      call.query,
    ).list.map(scheduleAnswer),
  }
}

function known({ path: { merchant_uid } }: Call, { state }: RestContext) {
  const found = state.schedules.findLast((schedule) => schedule.merchant_uid === merchant_uid)
  if (!found) throw noSchedule()
  return found
}

function move(call: Call, context: RestContext) {
  const { schedule_at } = readFields(call.body, { schedule_at: unixTime })
  const found = known(call, context)
  if (found.schedule_status !== 'scheduled') throw new Refusal('이미 실행되었거나 취소된 예약결제입니다.', 400)
  checkTime(context.state, schedule_at)
  found.schedule_at = Number(schedule_at)
  return { response: scheduleAnswer(found) }
}

/** A schedule that can be tried again: one whose charge failed, or that was revoked. */
function repeatable(call: Call, context: RestContext) {
  const found = known(call, context)
  if (found.schedule_status !== 'revoked' && found.payment_status !== 'failed')
    throw new Refusal('실패했거나 취소된 예약결제만 다시 시도할 수 있습니다.', 400)
  if (context.state.isPaid(found.merchant_uid)) throw new Refusal('이미 결제된 merchant_uid입니다.', 400)
  return found
}

function reschedule(call: Call, context: RestContext) {
  const { schedule_at } = readFields(call.body, { schedule_at: unixTime })
  const found = repeatable(call, context)
  checkTime(context.state, schedule_at)
  const fresh = {
    schedule_status: 'scheduled',
    executed_at: 0,
    revoked_at: 0,
    imp_uid: null,
    pg_provider: null,
    payment_status: null,
    fail_reason: null,
  }
  Object.assign(found, fresh, { schedule_at: Number(schedule_at) })
  return { response: scheduleAnswer(found) }
}

function retry(call: Call, context: RestContext) {
  const found = repeatable(call, context)
  if (!context.state.billingKeys.has(found.customer_uid)) throw noCustomer(404)
  const payment = context.state.execute(found, call.fault)
  if (!payment) throw noCustomer(404)
  return { response: paymentAnswer(payment) }
}

/** Charges for later. */
export const schedules = [
  { method: 'POST', path: '/subscribe/payments/schedule', handle: schedule },
  { method: 'POST', path: '/subscribe/payments/unschedule', handle: unschedule },
  { method: 'GET', path: '/subscribe/payments/schedule', handle: all },
  { method: 'GET', path: '/subscribe/payments/schedule/customers/:customer_uid', handle: ofCustomer },
  { method: 'GET', path: '/subscribe/customers/:customer_uid/schedules', handle: ofCustomer },
  {
    method: 'GET',
    path: '/subscribe/payments/schedule/:merchant_uid',
    handle: (call, context) => ({ response: scheduleAnswer(known(call, context)) }),
  },
  { method: 'PUT', path: '/subscribe/payments/schedule/:merchant_uid', handle: move },
  { method: 'POST', path: '/subscribe/payments/schedule/:merchant_uid/reschedule', handle: reschedule },
  { method: 'POST', path: '/subscribe/payments/schedule/:merchant_uid/retry', handle: retry },
] satisfies Route[]
