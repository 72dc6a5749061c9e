import type { SandboxSchedule, State } from '../state.ts'
import { paymentAnswer, scheduleAnswer } from './answers.ts'
import { typedCard, uidOf } from './customers.ts'
import { cardFields, customerUid, Refusal, readFields, readOrder, unixTime } from './fields.ts'
import { type Call, noCustomer, noSchedule, paged, queryNumber, queryWord, type RestContext, type Route } from './route.ts'

const statuses = ['scheduled', 'executed', 'revoked'] as const

function checkTime(state: State, at: unknown) {
  if (Number(at) <= state.now()) throw new Refusal('예약시각은 현재 시각 이후여야 합니다.', 400)
}

/** Typed card data makes the key on the way; without it the key has to be there. */
function checkKey(state: State, customer: Record<string, unknown>, uid: string) {
  if (customer.card_number === undefined) {
    if (!state.billingKeys.has(uid)) throw noCustomer(200)
    return
  }
  state.billingKeys.set(uid, { card: typedCard(customer, state.now()), inserted: state.now() })
}

const typed = Object.fromEntries(Object.entries(cardFields).map(([name, { type, max }]) => [name, { type, max }]))

function schedule({ body }: Call, { state }: RestContext) {
  const customer = readFields(body, {
    ...typed,
    customer_uid: customerUid,
    schedules: { type: 'rows', required: true },
    checking_amount: { type: 'integer' },
  })
  const rows = customer.schedules as Record<string, unknown>[]
  const uid = String(customer.customer_uid)
  if (rows.length === 0) throw new Refusal('필수 파라미터가 누락되었습니다. (schedules)', 400)
  const made = rows.map((values): SandboxSchedule => {
    const { merchant_uid, amount, name, ...rest } = readOrder({ values, isForm: body.isForm }, { schedule_at: unixTime })
    checkTime(state, rest.schedule_at)
    if (state.paidOrder(merchant_uid)) throw new Refusal('이미 결제된 merchant_uid입니다.')
    const isTaken = state.schedules.some((known) => known.merchant_uid === merchant_uid && known.schedule_status !== 'revoked')
    if (isTaken) throw new Refusal('이미 예약된 merchant_uid입니다.')
    return { ...rest, merchant_uid, amount, name, customer_uid: uid, schedule_at: Number(rest.schedule_at), schedule_status: 'scheduled' }
  })
  if (new Set(made.map(({ merchant_uid }) => merchant_uid)).size < made.length) throw new Refusal('merchant_uid가 중복되었습니다.')
  checkKey(state, customer, uid)
  state.schedules.push(...made)
  for (const { merchant_uid, schedule_at } of made) state.events.add('schedule', { merchant_uid, schedule_at, status: 'scheduled' })
  return { response: made.map(scheduleAnswer) }
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

function within(state: State, query: URLSearchParams, names: { from: string; to: string; status: string }) {
  const [from, to] = [queryNumber(query, names.from), queryNumber(query, names.to)]
  const status = queryWord(query, names.status, statuses)
  return state.schedules
    .filter(
      ({ schedule_at, schedule_status }) => from <= schedule_at && schedule_at < to && (status === null || schedule_status === status),
    )
    .sort((a, b) => a.schedule_at - b.schedule_at)
}

function all({ query }: Call, { state }: RestContext) {
  const found = within(state, query, { from: 'schedule_from', to: 'schedule_to', status: 'schedule_status' })
  return { response: paged(found, query).list.map(scheduleAnswer) }
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

/** A scheduled charge that was made and failed, the only one that can be tried again. */
function failed(call: Call, context: RestContext) {
  const found = known(call, context)
  if (found.schedule_status !== 'executed' || found.payment_status !== 'failed')
    throw new Refusal('실패한 예약결제만 다시 시도할 수 있습니다.', 400)
  if (context.state.paidOrder(found.merchant_uid)) throw new Refusal('이미 결제된 merchant_uid입니다.', 400)
  return found
}

function reschedule(call: Call, context: RestContext) {
  const { schedule_at } = readFields(call.body, { schedule_at: unixTime })
  const found = failed(call, context)
  checkTime(context.state, schedule_at)
  const fresh = { schedule_status: 'scheduled', executed_at: 0, imp_uid: null, payment_status: null, fail_reason: null }
  Object.assign(found, fresh, { schedule_at: Number(schedule_at) })
  return { response: scheduleAnswer(found) }
}

function retry(call: Call, context: RestContext) {
  const found = failed(call, context)
  if (!context.state.billingKeys.has(found.customer_uid)) throw noCustomer(404)
  const payment = context.state.execute(found)
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
