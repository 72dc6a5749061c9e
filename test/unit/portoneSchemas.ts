import { Ajv2020 } from 'ajv/dist/2020.js'

// PortOne's V1 REST contract as JSON Schema: required fields, types and lengths, from its documentation.
const text = (maxLength: number) => ({ type: 'string', minLength: 1, maxLength })
const any = { type: 'string' }
const orNull = (type: string, maxLength?: number) => ({ type: [type, 'null'], ...(maxLength ? { maxLength } : {}) })
const unix = { type: 'integer', minimum: 0 }
const money = { type: 'number', minimum: 0 }
const object = (required: Record<string, unknown>, optional: Record<string, unknown> = {}, rest: Record<string, unknown> = {}) => ({
  type: 'object',
  required: Object.keys(required),
  properties: { ...required, ...optional },
  ...rest,
})
/** For what is sent: nothing that PortOne does not know. */
const closed = (required: Record<string, unknown>, optional: Record<string, unknown> = {}) =>
  object(required, optional, { additionalProperties: false })

const status = { enum: ['ready', 'paid', 'cancelled', 'failed'] }
const buyer = {
  buyer_name: { type: 'string', maxLength: 16 },
  buyer_email: { type: 'string', maxLength: 64 },
  buyer_tel: { type: 'string', maxLength: 16 },
  buyer_addr: { type: 'string', maxLength: 128 },
  buyer_postcode: { type: 'string', maxLength: 8 },
}
const details = {
  ...buyer,
  currency: any,
  tax_free: money,
  vat_amount: money,
  custom_data: any,
  notice_url: { type: 'string', pattern: '^https?://' },
  card_quota: { type: 'integer', minimum: 0 },
}
const payment = object(
  { imp_uid: text(32), merchant_uid: text(40), amount: money, cancel_amount: money, currency: any, status, sandbox: { type: 'boolean' } },
  {
    pay_method: orNull('string', 20),
    pg_provider: orNull('string', 16),
    pg_id: orNull('string', 80),
    card_name: orNull('string'),
    card_number: orNull('string'),
    name: orNull('string', 40),
    custom_data: orNull('string'),
    fail_reason: orNull('string'),
    started_at: unix,
    paid_at: unix,
    failed_at: unix,
    cancelled_at: unix,
    customer_uid: orNull('string', 80),
    customer_uid_usage: { enum: ['issue', 'payment', 'payment.scheduled', null] },
  },
)
const customer = object(
  {
    customer_uid: text(80),
    pg_provider: text(16),
    pg_id: text(80),
    card_name: any,
    inserted: unix,
    updated: unix,
    sandbox: { type: 'boolean' },
  },
  { card_number: any },
)
const schedule = object(
  { customer_uid: text(80), merchant_uid: text(40), schedule_at: unix, amount: money, name: text(40) },
  {
    imp_uid: orNull('string', 32),
    executed_at: unix,
    revoked_at: unix,
    schedule_status: { enum: ['scheduled', 'executed', 'revoked'] },
    payment_status: { enum: ['paid', 'failed', 'cancelled', null] },
    fail_reason: orNull('string'),
  },
)
const list = (items: object) => ({ type: 'array', items })

/** Calls by method and path; `body` and `query` are what may be sent, `response` what a success holds. */
const calls = [
  {
    call: /^POST \/users\/getToken$/,
    body: closed({ imp_key: any, imp_secret: any }),
    response: object({ access_token: any, now: unix, expired_at: unix }),
  },
  {
    call: /^POST \/subscribe\/payments\/again$/,
    body: closed({ customer_uid: text(80), merchant_uid: text(40), amount: money, name: text(40) }, details),
    response: payment,
  },
  {
    call: /^(POST|PUT) \/payments\/prepare$/,
    body: closed({ merchant_uid: text(40), amount: money }),
    response: object({ merchant_uid: text(40), amount: money }),
  },
  {
    call: /^POST \/payments\/cancel$/,
    body: {
      ...closed({}, { imp_uid: text(32), merchant_uid: text(40), amount: money, checksum: money, reason: any, tax_free: money }),
      anyOf: [{ required: ['imp_uid'] }, { required: ['merchant_uid'] }],
    },
    response: payment,
  },
  { call: /^GET \/payments\/find\/[^/]+(\/(ready|paid|cancelled|failed))?$/, query: closed({}), response: payment },
  {
    call: /^GET \/payments\/status\/(all|ready|paid|cancelled|failed)$/,
    query: closed({}, Object.fromEntries(['page', 'limit', 'from', 'to'].map((name) => [name, { pattern: '^\\d+$' }]))),
    response: object({ total: unix, previous: unix, next: unix, list: list(payment) }),
  },
  { call: /^GET \/payments\/[^/]+$/, query: closed({}, { include_sandbox: { const: 'true' } }), response: payment },
  { call: /^GET \/subscribe\/customers$/, query: closed({ 'customer_uid[]': text(80) }), response: list(customer) },
  { call: /^GET \/subscribe\/customers\/[^/]+$/, query: closed({}), response: customer },
  { call: /^DELETE \/subscribe\/customers\/[^/]+$/, query: closed({}, { reason: any, 'extra[requester]': any }), response: customer },
  {
    call: /^POST \/subscribe\/payments\/schedule$/,
    body: closed({
      customer_uid: text(80),
      schedules: list(closed({ merchant_uid: text(40), schedule_at: unix, currency: any, amount: money, name: text(40) }, details)),
    }),
    response: list(schedule),
  },
  {
    call: /^POST \/subscribe\/payments\/unschedule$/,
    body: closed({ customer_uid: text(80) }, { merchant_uid: list(text(40)) }),
    response: list(schedule),
  },
  {
    call: /^GET \/subscribe\/payments\/schedule\/customers\/[^/]+$/,
    query: closed({ from: { pattern: '^\\d+$' }, to: { pattern: '^\\d+$' } }, { page: { pattern: '^\\d+$' } }),
    response: list(schedule),
  },
  { call: /^GET \/subscribe\/payments\/schedule\/[^/]+$/, query: closed({}), response: schedule },
]

const ajv = new Ajv2020({ allErrors: true, strict: false })
const validators = calls.map(({ call, body, query, response }) => ({
  call,
  sent: ajv.compile(body ?? query ?? {}),
  answered: ajv.compile({
    oneOf: [
      object({ code: { const: 0 }, message: orNull('string'), response }),
      object({ code: { type: 'integer', not: { const: 0 } }, message: text(200), response: { type: 'null' } }),
    ],
  }),
}))

/** The calls of the contract, to see which were made. */
export const contractCalls = calls.map(({ call }) => String(call))

/**
 * What is wrong with one exchange by the contract.
 *
 * @param answer `undefined` when there is none yet, or the sandbox was told to break it
 */
export function violations(request: { method: string; url: string; body: unknown }, status = 0, answer?: unknown) {
  const url = new URL(request.url)
  const found = validators.find(({ call }) => call.test(`${request.method} ${url.pathname}`))
  if (!found) return { call: null, problems: [`${request.method} ${url.pathname} is not in the contract`] }
  const { call, sent, answered } = found
  const problems: string[] = []
  if (!sent(['POST', 'PUT'].includes(request.method) ? request.body : Object.fromEntries(url.searchParams)))
    problems.push(`${call} was sent ${ajv.errorsText(sent.errors)}`)
  if (answer !== undefined && !answered(answer)) problems.push(`${call} answered ${ajv.errorsText(answered.errors)}`)
  if (answer !== undefined && status >= 400 && (answer as { code?: unknown }).code === 0)
    problems.push(`${call} answered ${status} with code 0`)
  return { call: String(call), problems }
}
