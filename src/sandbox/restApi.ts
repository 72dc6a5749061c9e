import { Hono } from 'hono'
import { type FaultEnv, type FaultOf, faults, sleep } from './faults.ts'
import { random, type SandboxPayment, type SandboxSchedule, type State } from './state.ts'
import { maskCard } from './testCards.ts'

export interface RestOptions {
  readonly impKey: string
  readonly impSecret: string
  readonly fault: FaultOf | undefined
  /** How long `again` takes after it has looked whether the order is paid, in ms: two calls at once can then both pay. */
  readonly inFlightMs: number
}

const ok = (response: unknown) => ({ code: 0, message: null, response })
const no = (message: string) => ({ code: -1, message, response: null })
const noCustomer = no('등록되지 않은 구매자입니다.')
const noPayment = no('존재하지 않는 결제정보입니다.')

/** By which time PortOne searches payments of a status. */
const timeFields = new Map([
  ['all', 'started_at'],
  ['ready', 'started_at'],
  ['paid', 'paid_at'],
  ['cancelled', 'cancelled_at'],
  ['failed', 'failed_at'],
])

type Order = { merchant_uid: string; customer_uid: string; amount: number; name: string }
const isOrder = (body: Record<string, unknown>): body is Order & Record<string, unknown> =>
  [body.merchant_uid, body.customer_uid, body.name].every((value) => typeof value === 'string' && value !== '') &&
  typeof body.amount === 'number'

/** PortOne's V1 REST API, as far as billing keys need it. */
export function restApi(state: State, { impKey, impSecret, fault, inFlightMs }: RestOptions) {
  let token: { readonly value: string; until: number } | null = null
  const { now } = state
  const api = new Hono<FaultEnv>()
  api.use(faults(fault))
  api.post('/users/getToken', async (c) => {
    const body = (await c.req.json()) as { imp_key?: string; imp_secret?: string }
    if (body.imp_key !== impKey || body.imp_secret !== impSecret)
      return c.json(no('인증에 실패하였습니다. API키와 secret을 확인하세요.'), 401)
    if (!token || token.until <= now()) token = { value: `sandbox-token-${random()}${random()}`, until: now() + 1800 }
    else if (token.until - now() < 60) token.until += 300
    return c.json(ok({ access_token: token.value, now: now(), expired_at: token.until }))
  })
  api.use(async (c, next) => {
    if (!token || token.until <= now() || c.req.header('authorization') !== `Bearer ${token.value}`) return c.json(no('Unauthorized'), 401)
    state.runDue()
    return next()
  })

  api.post('/payments/prepare', async (c) => {
    const { merchant_uid, amount } = (await c.req.json()) as { merchant_uid: string; amount: number }
    if (state.paidOrder(merchant_uid)) return c.json(no('이미 결제된 주문번호입니다.'))
    state.prepared.set(merchant_uid, amount)
    return c.json(ok({ merchant_uid, amount }))
  })
  api.post('/payments/cancel', async (c) => {
    const { imp_uid, merchant_uid, amount = 0, checksum } = (await c.req.json()) as Partial<SandboxPayment> & { checksum?: number }
    const payment = state.payments.find(
      (known) => known.status === 'paid' && (imp_uid ? known.imp_uid === imp_uid : known.merchant_uid === merchant_uid),
    )
    if (!payment) return c.json(no('취소할 결제건이 존재하지 않습니다.'))
    const left = payment.amount - payment.cancel_amount
    if (checksum !== undefined && checksum !== left) return c.json(no('취소 가능한 금액이 checksum과 다릅니다.'))
    if (amount > left) return c.json(no('취소 요청 금액이 취소 가능한 금액보다 큽니다.'))
    payment.cancel_amount += amount || left
    if (payment.cancel_amount === payment.amount) Object.assign(payment, { status: 'cancelled', cancelled_at: now() })
    return c.json(ok(payment))
  })
  api.get('/payments/find/:merchant_uid/:status?', (c) => {
    const { merchant_uid, status } = c.req.param()
    const payment = state.ofOrder(merchant_uid).findLast((known) => !status || known.status === status)
    return payment ? c.json(ok(payment)) : c.json(noPayment, 404)
  })
  api.get('/payments/status/:status', (c) => {
    const { status } = c.req.param()
    const timeField = timeFields.get(status)
    const asked = (name: string, missing: number) => Number(c.req.query(name) ?? missing)
    const to = asked('to', now())
    const [from, page, limit] = [asked('from', to - 90 * 86_400), asked('page', 1), asked('limit', 20)]
    const isAsked = [from, to, page, limit].every(Number.isSafeInteger) && page >= 1 && limit >= 1 && limit <= 1000
    if (!timeField || !isAsked) return c.json(no('잘못된 요청입니다.'), 400)
    const at = (payment: SandboxPayment) => Number(payment[timeField])
    // no more than 90 days are searched
    const found = state.payments.filter(
      (payment) => (status === 'all' || payment.status === status) && at(payment) >= Math.max(from, to - 90 * 86_400) && at(payment) <= to,
    )
    const pages = Math.ceil(found.length / limit)
    if (page > Math.max(pages, 1)) return c.json(no('데이터 범위를 넘어선 page입니다.'), 400)
    const list = found.toReversed().slice((page - 1) * limit, page * limit)
    return c.json(ok({ total: found.length, previous: page - 1, next: page < pages ? page + 1 : 0, list }))
  })
  api.get('/payments/:imp_uid', (c) => {
    const payment = state.payments.find(({ imp_uid }) => imp_uid === c.req.param('imp_uid'))
    return payment && c.req.query('include_sandbox') === 'true' ? c.json(ok(payment)) : c.json(noPayment, 404)
  })

  api.post('/subscribe/payments/again', async (c) => {
    const body = (await c.req.json()) as Record<string, unknown>
    if (!isOrder(body)) return c.json(no('필수 파라미터가 누락되었습니다.'))
    const key = state.billingKeys.get(body.customer_uid)
    if (!key) return c.json(noCustomer)
    if (state.paidOrder(body.merchant_uid)) return c.json(no('이미 결제가 이루어진 merchant_uid입니다.'))
    if (inFlightMs > 0) await sleep(inFlightMs)
    const wanted = c.get('fault')
    if (wanted?.kind === 'ready') {
      const payment = state.record({ ...body, status: 'ready', customer_uid_usage: 'payment' })
      void sleep(wanted.ms ?? 1_000).then(() => {
        Object.assign(payment, { status: 'paid', paid_at: now() })
        state.notify(payment)
      })
      return c.json(ok({ ...payment }))
    }
    return c.json(ok(state.chargeKey(key, body, 'payment', wanted?.kind === 'declined' ? '카드사 거절' : undefined)))
  })
  api.post('/subscribe/payments/schedule', async (c) => {
    const { customer_uid, schedules = [] } = (await c.req.json()) as { customer_uid: string; schedules?: Record<string, unknown>[] }
    const orders = schedules.map((order) => ({ ...order, customer_uid })).filter(isOrder)
    if (orders.length < schedules.length || orders.length === 0) return c.json(no('필수 파라미터가 누락되었습니다.'))
    if (!state.billingKeys.has(customer_uid)) return c.json(noCustomer)
    if (orders.some(({ schedule_at }) => typeof schedule_at !== 'number' || schedule_at <= now()))
      return c.json(no('예약시각은 현재 시각 이후여야 합니다.'))
    const taken = ({ merchant_uid }: Order) =>
      state.schedules.some((known) => known.merchant_uid === merchant_uid && known.schedule_status !== 'revoked')
    if (orders.some(taken)) return c.json(no('이미 예약된 merchant_uid입니다.'))
    const made = orders.map(
      (order): SandboxSchedule => ({
        ...order,
        schedule_at: Number(order.schedule_at),
        schedule_status: 'scheduled',
        imp_uid: null,
        executed_at: 0,
        revoked_at: 0,
        payment_status: null,
        fail_reason: null,
      }),
    )
    state.schedules.push(...made)
    return c.json(ok(made))
  })
  api.post('/subscribe/payments/unschedule', async (c) => {
    const { customer_uid, merchant_uid } = (await c.req.json()) as { customer_uid?: string; merchant_uid?: string[] }
    const found = state.schedules.filter(
      (known) =>
        known.schedule_status === 'scheduled' &&
        (customer_uid === undefined || known.customer_uid === customer_uid) &&
        (merchant_uid === undefined || merchant_uid.includes(known.merchant_uid)),
    )
    if (found.length === 0) return c.json(no('취소할 예약결제 정보가 없습니다.'))
    for (const schedule of found) Object.assign(schedule, { schedule_status: 'revoked', revoked_at: now() })
    return c.json(ok(found))
  })
  api.get('/subscribe/payments/schedule/customers/:uid', (c) => {
    const [from, to, page] = [Number(c.req.query('from')), Number(c.req.query('to')), Number(c.req.query('page') ?? 1)]
    const found = state.schedules.filter(
      ({ customer_uid, schedule_at }) => customer_uid === c.req.param('uid') && from <= schedule_at && schedule_at < to,
    )
    return c.json(ok(found.slice((page - 1) * 20, page * 20)))
  })
  api.get('/subscribe/payments/schedule/:merchant_uid', (c) => {
    const found = state.schedules.findLast(({ merchant_uid }) => merchant_uid === c.req.param('merchant_uid'))
    return found ? c.json(ok(found)) : c.json(no('존재하지 않는 예약결제입니다.'), 404)
  })

  const customer = (customer_uid: string) => {
    const key = state.billingKeys.get(customer_uid)
    if (!key) return null
    const { card, inserted } = key
    const card_number = maskCard(card.number)
    return {
      customer_uid,
      pg_provider: 'jtnet',
      pg_id: 'sandbox',
      sandbox: true,
      card_name: card.company,
      card_number,
      inserted,
      updated: inserted,
    }
  }
  api.get('/subscribe/customers', (c) => {
    const asked = c.req.queries('customer_uid[]') ?? []
    const found = asked.flatMap((uid) => customer(uid) ?? [])
    if (found.length === 0) return c.json(noCustomer, 404)
    return c.json(ok(found), found.length < asked.length ? 207 : 200)
  })
  api.get('/subscribe/customers/:uid', (c) => {
    const found = customer(c.req.param('uid'))
    return found ? c.json(ok(found)) : c.json(noCustomer, 404)
  })
  api.delete('/subscribe/customers/:uid', (c) => {
    const found = customer(c.req.param('uid'))
    state.billingKeys.delete(c.req.param('uid'))
    return found ? c.json(ok(found)) : c.json(noCustomer, 404)
  })
  return api
}
