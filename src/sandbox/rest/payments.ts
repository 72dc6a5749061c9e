import type { SandboxPayment, State } from '../state.ts'
import { webhookOf } from '../webhooks.ts'
import { paymentAnswer } from './answers.ts'
import { anyText, checkCoins, checkNeeds, checkParts, Refusal, readFields, toCoins } from './fields.ts'
import { type Call, limitOf, noPayment, paged, queryMoment, queryWord, type RestContext, type Route } from './route.ts'

/** By which time PortOne searches payments, by what has become of each. */
const timeFields = { ready: 'started_at', paid: 'paid_at', cancelled: 'cancelled_at', failed: 'failed_at' } as const
const statuses = Object.keys(timeFields)
const sortings = ['-started', 'started', '-paid', 'paid', '-updated', 'updated'] as const

/** Newest first unless the query says otherwise; of the same second, the one made later is the newer. */
function sorted(payments: readonly SandboxPayment[], query: URLSearchParams) {
  const by = queryWord(query, 'sorting', sortings) ?? '-started'
  const at = ({ started_at, paid_at, failed_at, cancelled_at }: SandboxPayment) =>
    Number(by.endsWith('started') ? started_at : by.endsWith('paid') ? paid_at : cancelled_at || failed_at || paid_at || started_at)
  const ascending = payments.toSorted((a, b) => at(a) - at(b))
  return by.startsWith('-') ? ascending.reverse() : ascending
}

function ofStatus(payments: readonly SandboxPayment[], status: string | undefined) {
  if (status === undefined || status === 'all') return payments
  if (!statuses.includes(status)) throw new Refusal('payment_status 값이 올바르지 않습니다.', 400)
  return payments.filter((payment) => payment.status === status)
}

const page = (payments: readonly SandboxPayment[], query: URLSearchParams) => {
  const { list, ...rest } = paged(payments, query, limitOf(query))
  return { response: { ...rest, list: list.map(paymentAnswer) } }
}

function find({ path: { merchant_uid, status }, query }: Call, { state }: RestContext) {
  const [found] = sorted(ofStatus(state.ofOrder(merchant_uid), status), query)
  if (!found) throw noPayment()
  return { response: paymentAnswer(found) }
}

function findAll({ path: { merchant_uid, status }, query }: Call, { state }: RestContext) {
  const found = sorted(ofStatus(state.ofOrder(merchant_uid), status), query)
  if (found.length === 0) throw noPayment()
  return page(found, query)
}

function byStatus({ path: { status = '' }, query }: Call, { state }: RestContext) {
  const found = ofStatus(state.payments, status)
  const to = queryMoment(query, 'to', state.now())
  // no more than 90 days are searched
  const from = Math.max(queryMoment(query, 'from', 0), to - 90 * 86_400)
  const timeOf = (payment: SandboxPayment) => Number(payment[timeFields[payment.status]])
  return page(
    sorted(
      found.filter((payment) => timeOf(payment) >= from && timeOf(payment) <= to),
      query,
    ),
    query,
  )
}

/** Several payments by their numbers, 207 when some are missing. */
function several({ query }: Call, { state }: RestContext) {
  const [numbers, orders] = [query.getAll('imp_uid[]'), query.getAll('merchant_uid[]')]
  if (numbers.length + orders.length === 0) throw new Refusal('imp_uid[] 또는 merchant_uid[]가 필요합니다.', 400)
  const found = [
    ...numbers.flatMap((number) => state.payment(number) ?? []),
    ...orders.flatMap((order) => state.ofOrder(order).at(-1) ?? []),
  ]
  if (found.length === 0) throw noPayment()
  return { response: found.map(paymentAnswer), status: found.length < numbers.length + orders.length ? (207 as const) : (200 as const) }
}

function one({ path: { imp_uid }, query }: Call, { state }: RestContext) {
  const found = state.payment(imp_uid)
  if (!found || query.get('include_sandbox') !== 'true') throw noPayment()
  return { response: paymentAnswer(found) }
}

/** What has not gone back. */
const leftOf = ({ amount, cancel_amount, currency }: SandboxPayment) => toCoins(amount - cancel_amount, currency)

/** An eleventh of what is not free of tax is the tax. */
const share = (amount: number, tax_free: number, currency: unknown) => {
  const taxed = toCoins(amount - tax_free, currency)
  const supply = toCoins(taxed / 1.1, currency)
  return { tax_free, supply, vat: toCoins(taxed - supply, currency), service: 0 }
}
function balance({ path: { imp_uid } }: Call, { state }: RestContext) {
  const found = state.payment(imp_uid)
  if (!found) throw noPayment()
  const none = share(0, 0, found.currency)
  const left = leftOf(found)
  const freeLeft = toCoins(Number(found.tax_free ?? 0) - Number(found.cancel_tax_free ?? 0), found.currency)
  const primary = share(left, Math.min(left, freeLeft), found.currency)
  const parts = { cash_receipt: none, primary, secondary: none, discount: none }
  return { response: { amount: found.amount, ...parts, histories: [{ ...parts, created: found.paid_at }] } }
}

const cancelFields = {
  imp_uid: anyText,
  merchant_uid: anyText,
  amount: { type: 'number' },
  tax_free: { type: 'number' },
  vat_amount: { type: 'number' },
  checksum: { type: 'number' },
  reason: anyText,
  enable_webhook: { type: 'boolean' },
} as const

function toCancel(state: State, imp_uid: unknown, merchant_uid: unknown) {
  if (imp_uid === undefined && merchant_uid === undefined) throw new Refusal('imp_uid 또는 merchant_uid가 필요합니다.', 400)
  const found = imp_uid === undefined ? state.ofOrder(merchant_uid).find(({ status }) => status === 'paid') : state.payment(imp_uid)
  if (!found || found.status === 'failed' || found.status === 'ready') throw new Refusal('취소할 결제건이 존재하지 않습니다.')
  if (found.status === 'cancelled') throw new Refusal('이미 전액취소된 주문입니다.')
  return found
}

function cancel({ body, fault }: Call, { state }: RestContext) {
  const { imp_uid, merchant_uid, amount = 0, checksum, reason = null, enable_webhook, ...taxes } = readFields(body, cancelFields)
  const payment = toCancel(state, imp_uid, merchant_uid)
  const left = leftOf(payment)
  if (checksum !== undefined && checksum !== left) throw new Refusal('취소 가능한 금액이 checksum과 다릅니다.')
  const back = Number(amount) || left
  if (back < 0) throw new Refusal('취소 요청 금액은 0보다 커야 합니다.')
  if (back > left) throw new Refusal('취소 요청 금액이 취소 가능한 금액보다 큽니다.')
  checkParts(taxes, ['tax_free', 'vat_amount'], back)
  checkNeeds('cancel', String(payment.pg_provider), { reason })
  checkCoins(back, payment.currency)
  const history = (payment.cancel_history ?? []) as unknown[]
  const cancellation_id = `cancel_${state.unique()}`
  const entry = {
    pg_tid: `${String(payment.pg_provider)}_${payment.imp_uid}`,
    amount: back,
    cancelled_at: state.now(),
    reason,
    cancellation_id,
  }
  payment.cancel_amount = toCoins(payment.cancel_amount + back, payment.currency)
  payment.cancel_tax_free = toCoins(Number(payment.cancel_tax_free ?? 0) + Number(taxes.tax_free ?? 0), payment.currency)
  Object.assign(payment, {
    cancel_history: [...history, { ...entry, receipt_url: `https://sandbox.invalid/receipts/${cancellation_id}` }],
    cancel_reason: reason,
    cancelled_at: state.now(),
  })
  if (payment.cancel_amount === payment.amount) state.become(payment, 'cancelled')
  const { imp_uid: number, merchant_uid: order, status, amount: whole, currency, customer_uid } = payment
  state.events.add('payment', { imp_uid: number, merchant_uid: order, status, amount: whole, currency, customer_uid, refunded: back })
  // to the address of the console, whatever the charge said
  if (enable_webhook === true) state.notify(payment, state.noticeUrl, webhookOf(fault))
  return { response: paymentAnswer(payment) }
}

/** Reading payments, and giving money back. */
export const payments = [
  { method: 'POST', path: '/payments/cancel', handle: cancel },
  { method: 'GET', path: '/payments', handle: several },
  { method: 'GET', path: '/payments/find/:merchant_uid/:status?', handle: find },
  { method: 'GET', path: '/payments/findAll/:merchant_uid/:status?', handle: findAll },
  { method: 'GET', path: '/payments/status/:status', handle: byStatus },
  { method: 'GET', path: '/payments/:imp_uid/balance', handle: balance },
  { method: 'GET', path: '/payments/:imp_uid', handle: one },
] satisfies Route[]
