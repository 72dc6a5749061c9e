import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { expectCharged, type SandboxOptions } from '../../src/sandbox/index.ts'
import { restRoutes } from '../../src/sandbox/restApi.ts'
import { at, open, typed } from './openSandbox.ts'

// PortOne's definitions, as far as they say something of a type: what is null is left out of what they type.
const [string, number, integer, boolean] = ['string', 'number', 'integer', 'boolean'].map((type) => ({ type: [type, 'null'] }))
const typesOf = (names: string, type: object | undefined) => Object.fromEntries(names.split(' ').map((name) => [name, type]))
const definition = (required: string, properties: object) => ({ type: 'object', required: required.split(' '), properties })
const definitions = {
  auth: definition('access_token expired_at now', { access_token: { type: 'string' }, ...typesOf('expired_at now', { type: 'integer' }) }),
  payment: definition(
    'imp_uid merchant_uid amount cancel_amount currency status sandbox receipt_url apply_num pg_tid card_code channel cancel_history paid_at fail_reason',
    {
      ...typesOf(
        'pay_method channel pg_provider emb_pg_provider pg_tid pg_id apply_num bank_code bank_name card_code card_name card_issuer_code card_issuer_name card_publisher_code card_publisher_name card_number vbank_code vbank_name vbank_num vbank_holder name buyer_name buyer_email buyer_tel buyer_addr buyer_postcode custom_data user_agent fail_reason cancel_reason receipt_url customer_uid customer_uid_usage',
        string,
      ),
      ...typesOf('imp_uid merchant_uid currency status', { type: 'string' }),
      ...typesOf('amount cancel_amount', number),
      ...typesOf('card_quota card_type vbank_date vbank_issued_at started_at paid_at failed_at cancelled_at', integer),
      ...typesOf('sandbox escrow cash_receipt_issued', boolean),
      cancel_history: {
        type: 'array',
        items: definition('pg_tid amount cancelled_at reason cancellation_id receipt_url', { amount: number, cancelled_at: integer }),
      },
      cancel_receipt_urls: { type: 'array', items: string },
    },
  ),
  customer: definition('customer_uid pg_provider pg_id card_name inserted updated sandbox', {
    ...typesOf('customer_uid pg_provider pg_id card_name card_code card_number customer_name customer_tel', string),
    ...typesOf('card_type inserted updated', integer),
    sandbox: boolean,
  }),
  schedule: definition(
    'customer_uid merchant_uid schedule_at executed_at revoked_at amount currency name schedule_status imp_uid payment_status',
    {
      ...typesOf('customer_uid merchant_uid imp_uid pg_provider pg_id currency name schedule_status payment_status fail_reason', string),
      ...typesOf('schedule_at executed_at revoked_at', integer),
      amount: number,
    },
  ),
  prepared: definition('merchant_uid amount currency', { merchant_uid: string, amount: number, currency: string }),
  balance: definition('amount cash_receipt primary secondary discount', { amount: number }),
}
const ajv = new Ajv({ strict: false })
const one = (name: keyof typeof definitions) => definitions[name]
const many = (name: keyof typeof definitions) => ({ type: 'array', minItems: 1, items: definitions[name] })
const page = definition('total previous next list', { ...typesOf('total previous next', { type: 'integer' }), list: many('payment') })

/** Every path of the contract: what it is sent after the charges below, and what it answers. */
const calls: [method: string, path: string, body: object | null, response: object][] = [
  ['POST', '/users/getToken', { imp_key: 'sandbox-key', imp_secret: 'sandbox-secret' }, one('auth')],
  ['POST', '/payments/prepare', { merchant_uid: 'p', amount: 100 }, one('prepared')],
  ['PUT', '/payments/prepare', { merchant_uid: 'p', amount: 200 }, one('prepared')],
  ['GET', '/payments/prepare/p', null, one('prepared')],
  ['POST', '/subscribe/customers/c', typed, one('customer')],
  ['GET', '/subscribe/customers/c', null, one('customer')],
  ['GET', '/subscribe/customers?customer_uid[]=c', null, many('customer')],
  ['POST', '/subscribe/payments/again', { customer_uid: 'c', merchant_uid: 'o1', amount: 1000, name: 'n' }, one('payment')],
  ['POST', '/subscribe/payments/onetime', { ...typed, merchant_uid: 'o2', amount: 1000, name: 'n', customer_uid: 'd' }, one('payment')],
  ['POST', '/payments/cancel', { merchant_uid: 'o2', amount: 100 }, one('payment')],
  ['GET', '/payments?merchant_uid[]=o1', null, many('payment')],
  ['GET', '/payments/find/o1', null, one('payment')],
  ['GET', '/payments/find/o1/paid', null, one('payment')],
  ['GET', '/payments/findAll/o1/all', null, page],
  ['GET', '/payments/status/paid', null, page],
  ['GET', '/payments/IMP?include_sandbox=true', null, one('payment')],
  ['GET', '/payments/IMP/balance', null, one('balance')],
  ['GET', '/subscribe/customers/c/payments', null, page],
  [
    'POST',
    '/subscribe/payments/schedule',
    { customer_uid: 'c', schedules: [{ merchant_uid: 's1', schedule_at: at + 60, amount: 100, name: 'n' }] },
    many('schedule'),
  ],
  ['GET', `/subscribe/payments/schedule?schedule_from=${at}&schedule_to=${at + 99}`, null, many('schedule')],
  ['GET', `/subscribe/payments/schedule/customers/c?from=${at}&to=${at + 99}`, null, many('schedule')],
  ['GET', `/subscribe/customers/c/schedules?from=${at}&to=${at + 99}`, null, many('schedule')],
  ['GET', '/subscribe/payments/schedule/s1', null, one('schedule')],
  ['PUT', '/subscribe/payments/schedule/s1', { schedule_at: at + 90 }, one('schedule')],
  ['POST', '/subscribe/payments/unschedule', { customer_uid: 'c', merchant_uid: ['s1'] }, many('schedule')],
  ['POST', '/subscribe/payments/schedule/f1/reschedule', { schedule_at: at + 9_999 }, one('schedule')],
  ['POST', '/subscribe/payments/schedule/f2/retry', {}, one('payment')],
  ['DELETE', '/subscribe/customers/c', null, one('customer')],
]

describe('the REST API', () => {
  it('answers every call of the contract as PortOne defines it, as JSON and as a form', async () => {
    for (const isForm of [false, true]) {
      const { sandbox, send, json } = await open()
      // two schedules that failed, for the calls that try again
      await json('POST', '/subscribe/customers/poor', { ...typed, card_number: '9410-0000-0000-0004' })
      const rows = ['f1', 'f2'].map((merchant_uid) => ({ merchant_uid, schedule_at: at + 1, amount: 100, name: 'n' }))
      await json('POST', '/subscribe/payments/schedule', { customer_uid: 'poor', schedules: rows })
      sandbox.advance(2)
      for (const [method, path, body, response] of calls) {
        const form = body && new URLSearchParams(flat(body))
        const init =
          isForm && form ? { body: form } : body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}
        const impUid = String(sandbox.payments.find(({ status }) => status === 'paid')?.imp_uid)
        const answer = await send(method, path.replace('IMP', impUid), init)
        expect(answer, `${method} ${path}`).toMatchObject({ status: 200, code: 0 })
        const isValid = ajv.validate(response, answer.response)
        expect(isValid, `${method} ${path}: ${ajv.errorsText()}`).toBe(true)
      }
    }
    const called = calls.map(([method, path]) => `${method} ${path.split('?')[0]}`)
    const missing = restRoutes.filter(({ method, path }) => {
      const pattern = new RegExp(`^${method} ${path.replace(/\/:\w+\?/g, '(/[^/]+)?').replace(/:\w+/g, '[^/]+')}$`)
      return !called.some((call) => pattern.test(call))
    })
    expect(missing).toEqual([])
  })

  it('takes the token bare and as Bearer, and ends it after half an hour', async () => {
    const { sandbox, send, renew } = await open()
    const token = await renew()
    for (const authorization of [token, `Bearer ${token}`])
      expect((await send('GET', '/payments/status/all', { headers: { authorization } })).status).toBe(200)
    for (const authorization of ['', 'Bearer', `Basic ${token}`, `${token}x`])
      expect((await send('GET', '/payments/status/all', { headers: { authorization } })).status).toBe(401)
    sandbox.advance(1_801)
    expect((await send('GET', '/payments/status/all')).status).toBe(401)
  })

  it.each([
    ['application/json', '{"imp_key":'],
    ['application/json', '[]'],
    ['application/json', 'null'],
    ['application/json', ''],
    ['text/plain', '{}'],
    ['application/x-www-form-urlencoded', 'a[b][c][d][e][f][g]=1'],
    ['application/x-www-form-urlencoded', '__proto__[x]=1&imp_key[]=1'],
  ])('answers PortOne’s envelope to a broken body of %s: %s', async (type, body) => {
    const { send } = await open()
    const answer = await send('POST', '/users/getToken', { body, headers: { 'content-type': type } })
    expect(answer).toMatchObject({ status: 400, code: -1, message: expect.any(String), response: null })
  })
})

const flat = (value: object, prefix = ''): [string, string][] =>
  Object.entries(value).flatMap(([key, inner]): [string, string][] => {
    const name = prefix === '' ? key : `${prefix}[${key}]`
    return typeof inner === 'object' && inner !== null ? flat(inner, name) : [[name, String(inner)]]
  })

describe('the sandbox is never kinder than PortOne', () => {
  it.each([
    [{ amount: 0 }],
    [{ amount: -1 }],
    [{ amount: 0.5 }],
    [{ amount: 100.5, currency: 'JPY' }],
    [{ amount: '9900' }],
    [{ amount: Number.MAX_VALUE }],
    [{ merchant_uid: 'm'.repeat(41) }],
    [{ customer_uid: 'c'.repeat(81) }],
    [{ name: '가'.repeat(41) }],
    [{ name: '' }],
    [{ buyer_name: 'b'.repeat(17) }],
    [{ buyer_email: 'b'.repeat(65) }],
    [{ buyer_tel: '0'.repeat(17) }],
    [{ buyer_addr: 'b'.repeat(129) }],
    [{ buyer_postcode: '0'.repeat(9) }],
    [{ imp_uid: 'imp_mine' }],
    [{ cancel_amount: 7 }],
    [{ status: 'paid' }],
    [{ notice_url: 'javascript:1' }],
    [{ tax_free: -1 }],
  ])('a charge with %j is refused and records nothing', async (change) => {
    const { sandbox, again, keyIn } = await open()
    await keyIn()
    expect(await again('m', change)).toMatchObject({ code: -1, response: null })
    expect(sandbox.payments).toEqual([])
  })

  it('refuses refunds below 0, above what is left, of fractions and with another checksum', async () => {
    const { json, again, keyIn } = await open()
    await keyIn()
    await again('m')
    const refund = (change: object) => json('POST', '/payments/cancel', { merchant_uid: 'm', ...change })
    for (const change of [{ amount: -1 }, { amount: 9_901 }, { amount: 0.5 }, { checksum: 1 }])
      expect((await refund(change)).code, JSON.stringify(change)).toBe(-1)
    expect(await refund({ amount: 900, checksum: 9_900, reason: 'r' })).toMatchObject({
      response: { cancel_amount: 900, status: 'paid', cancel_history: [{ amount: 900, reason: 'r' }] },
    })
    expect((await refund({ amount: 9_001 })).code).toBe(-1)
    expect(await refund({})).toMatchObject({ response: { cancel_amount: 9_900, status: 'cancelled' } })
    expect((await refund({})).code).toBe(-1)
  })

  it('refuses to charge, prepare or schedule an order that was paid, refunded or not', async () => {
    const { json, again, keyIn } = await open()
    await keyIn()
    for (const isRefunded of [false, true]) {
      await again('m')
      if (isRefunded) await json('POST', '/payments/cancel', { merchant_uid: 'm' })
      expect((await again('m')).code).toBe(-1)
      expect((await json('POST', '/payments/prepare', { merchant_uid: 'm', amount: 1 })).code).toBe(-1)
      const schedules = [{ merchant_uid: 'm', schedule_at: at + 60, amount: 1, name: 'n' }]
      expect((await json('POST', '/subscribe/payments/schedule', { customer_uid: 'c', schedules })).code).toBe(-1)
    }
  })

  it('reads schedules only with from and to, and a payment of the test channel only when asked for', async () => {
    const { send, again, keyIn } = await open()
    await keyIn()
    const { response } = await again('m')
    for (const query of ['', '?from=1', '?to=1', '?from=a&to=1'])
      expect((await send('GET', `/subscribe/payments/schedule/customers/c${query}`)).status).toBe(400)
    expect((await send('GET', `/payments/${(response as { imp_uid: string }).imp_uid}`)).status).toBe(404)
  })
})

describe('time and state', () => {
  it('charges what is scheduled when the clock moves, once, and the same with the same seed', async () => {
    const run = async () => {
      const { sandbox, json, keyIn } = await open()
      await keyIn()
      const schedules = [{ merchant_uid: 's', schedule_at: at + 60, amount: 500, name: 'n' }]
      await json('POST', '/subscribe/payments/schedule', { customer_uid: 'c', schedules })
      sandbox.advance(59)
      expect(sandbox.payments).toEqual([])
      sandbox.advance(1)
      sandbox.advance(86_400)
      expectCharged(sandbox, 's', 500)
      return JSON.stringify(sandbox.payments)
    }
    expect(await run()).toBe(await run())
  })

  it('has saved whatever it answered, and goes on from there', async () => {
    let saved = ''
    const save = (text: string) => {
      saved = text
    }
    const first = await open({ save })
    await first.keyIn()
    await first.again('m')
    first.sandbox.advance(100)
    const second = await open({ saved, save })
    expect(second.sandbox.now()).toBe(at + 100)
    expectCharged(second.sandbox, 'm', 9_900)
    expect((await second.again('m')).code).toBe(-1)
    expect(await second.again('m2')).toMatchObject({ code: 0, response: { status: 'paid' } })
    second.sandbox.reset()
    expect((await open({ saved })).sandbox.payments).toEqual([])
  })
})

describe('webhooks', () => {
  const hear = (statuses: number[], webhooks: SandboxOptions['webhooks'] = {}) => {
    const heard: unknown[] = []
    const sendNotice = async (_: string, notice: object) => {
      heard.push((notice as { merchant_uid: string }).merchant_uid)
      return statuses.shift() ?? 200
    }
    return { heard, options: { sendNotice, webhooks: { timing: 'before-answer', ...webhooks } } satisfies SandboxOptions }
  }
  it.each([
    [undefined, [500, 0, 200], 1],
    [5, [500, 503, 200], 3],
    [5, [500, 500, 500, 500, 500, 500, 500], 6],
    [5, [400], 1],
  ])('with repeats %j and the answers %j come %i times, a minute apart', async (repeats, statuses, times) => {
    const { heard, options } = hear([...statuses], repeats === undefined ? {} : { repeats })
    const { sandbox, again, keyIn } = await open(options)
    await keyIn()
    sandbox.noticeUrl = 'http://shop.example/'
    await again('m')
    expect(heard).toHaveLength(1)
    for (let minute = 0; minute < 10; minute += 1) {
      sandbox.advance(60)
      await new Promise((resolve) => setTimeout(resolve, 0))
    }
    expect(heard).toHaveLength(times)
    const ats = sandbox.webhooks[0]?.attempts.map((attempt) => attempt.at) ?? []
    expect(ats.slice(1).every((time, index) => time - Number(ats[index]) === 60)).toBe(true)
  })

  it('come late, twice or never when that is switched on, and overtake each other by the seed', async () => {
    const { heard, options } = hear([], { timing: 'shuffled' })
    const { sandbox, again, keyIn } = await open({ ...options, seed: 3 })
    await keyIn()
    sandbox.noticeUrl = 'http://shop.example/'
    const orders = Array.from({ length: 8 }, (_, index) => `m${index}`)
    for (const order of orders) await again(order)
    sandbox.advance(31)
    await new Promise((resolve) => setTimeout(resolve, 0))
    expect(heard.toSorted()).toEqual(orders)
    expect(heard).not.toEqual(orders)
    heard.length = 0
    sandbox.faults.set('webhook-never', 1)
    await again('never')
    sandbox.faults.set('webhook-twice', 1)
    await again('twice')
    sandbox.advance(61)
    await new Promise((resolve) => setTimeout(resolve, 0))
    expect(heard).toEqual(['twice', 'twice'])
  })
})

describe('faults and control', () => {
  it('strike by header, for a number of calls, and until switched off', async () => {
    const { sandbox, again, keyIn } = await open()
    await keyIn()
    expect((await again('m', {}, { 'x-sandbox-fault': 'too-many-requests' })).status).toBe(429)
    expect((await again('m', {}, { 'x-sandbox-fault': 'declined' })).response).toMatchObject({ status: 'failed' })
    await expect(again('lost', {}, { 'x-sandbox-fault': 'answer-lost-after' })).rejects.toThrow()
    expectCharged(sandbox, 'lost', 9_900)
    await expect(again('gone', {}, { 'x-sandbox-fault': 'answer-lost-before' })).rejects.toThrow()
    expect(() => expectCharged(sandbox, 'gone', 9_900)).toThrow(/nothing/)
    sandbox.faults.set('unauthorized', 1)
    expect(sandbox.faults.active()).toEqual(['unauthorized'])
    expect((await again('m')).status).toBe(401)
    expect((await again('m')).status).toBe(200)
    expect(() => sandbox.faults.set('nope' as never, true)).toThrow(RangeError)
  })

  it('keeps the last 500 events, and secrets and card numbers out of them', async () => {
    const { sandbox, keyIn, again } = await open()
    await keyIn()
    await again('m')
    const text = JSON.stringify(sandbox.events.list())
    expect(text).not.toMatch(/sandbox-secret|sandbox-token|9410-0000/)
    expect(text).toContain('$IMP_SECRET')
    expect(new Set(sandbox.events.list().map(({ kind }) => kind))).toEqual(new Set(['request', 'billing-key', 'payment']))
    for (let call = 0; call < 600; call += 1) await again('m')
    expect(sandbox.events.list()).toHaveLength(500)
  })

  it.each([
    [{ origin: 'http://evil.example', 'content-type': 'application/json' }, 'http://sandbox', 403],
    [{ 'sec-fetch-site': 'cross-site', 'content-type': 'application/json' }, 'http://sandbox', 403],
    [{ 'content-type': 'text/plain' }, 'http://sandbox', 403],
    [{ origin: 'http://evil.example', 'content-type': 'application/json' }, 'http://evil.example', 403],
    [{ origin: 'http://127.0.0.1:4010', 'content-type': 'application/json' }, 'http://127.0.0.1:4010', 200],
    [{ 'content-type': 'application/json' }, 'http://sandbox', 200],
  ] as [Record<string, string>, string, number][])(
    'is driven over HTTP by its own page and programs only: %j at %s',
    async (headers, base, status) => {
      const { sandbox } = await open()
      const answer = await sandbox.fetch(new Request(`${base}/sandbox/clock`, { method: 'POST', headers, body: '{"seconds":5}' }))
      expect(answer.status).toBe(status)
      expect(answer.headers.get('access-control-allow-origin')).toBeNull()
      expect(sandbox.now()).toBe(status === 200 ? at + 5 : at)
    },
  )

  it('answers the state with its cards masked, whole or its last rows', async () => {
    const { sandbox, keyIn, again } = await open()
    await keyIn()
    for (const order of ['m1', 'm2', 'm3']) await again(order)
    const state = async (query: string) => (await sandbox.fetch(new Request(`http://sandbox/sandbox/state${query}`))).text()
    expect(await state('')).not.toContain('9410-0000')
    expect(JSON.parse(await state(''))).toMatchObject({ total: { payments: 3, billingKeys: 1 }, payments: { length: 3 } })
    expect(JSON.parse(await state('?last=1'))).toMatchObject({ total: { payments: 3 }, payments: [{ merchant_uid: 'm3' }] })
  })

  it('streams events from where a reader was, from the start after another sandbox, and sends away who does not read', async () => {
    const { sandbox, again } = await open()
    for (let call = 0; call < 9; call += 1) await again('m')
    const stream = (path: string, header: Record<string, string> = {}) =>
      sandbox.fetch(new Request(`http://sandbox/sandbox/events${path}`, { headers: { accept: 'text/event-stream', ...header } }))
    const idsOf = async (answer: Response, least: number) => {
      const ids: number[] = []
      for await (const part of answer.body ?? []) {
        ids.push(...[...new TextDecoder().decode(part).matchAll(/^id: (\d+)/gm)].map(([, id]) => Number(id)))
        if (ids.length >= least) break
      }
      return ids
    }
    const last = sandbox.events.list().at(-1)?.id ?? 0
    expect(await idsOf(await stream(`?after=${last - 2}`), 2)).toEqual([last - 1, last])
    // what the browser says when it comes back is newer than the address
    expect(await idsOf(await stream('?after=1', { 'last-event-id': String(last - 1) }), 1)).toEqual([last])
    expect((await idsOf(await stream('', { 'last-event-id': '99999' }), last)).length).toBe(last)
    const idle = await stream(`?after=${last}`)
    for (let times = 0; times < 1_500; times += 1) sandbox.faults.set('html', true)
    expect((await idsOf(idle, Number.POSITIVE_INFINITY)).length).toBeLessThanOrEqual(1_002)
  })

  it('lists no long command line, no long path, and no secret of a query', async () => {
    const { sandbox, again, send } = await open()
    await again('m', { custom_data: 'x'.repeat(100_000) })
    await send('GET', `/payments/${'y'.repeat(5_000)}?imp_secret=hidden-here`)
    await send('GET', '/payments/status/all?imp_secret=hidden-here')
    const text = JSON.stringify(sandbox.events.list())
    expect(text.length).toBeLessThan(20_000)
    expect(text).not.toContain('hidden-here')
  })

  it('does in one line what a customer does in the window', async () => {
    const { sandbox } = await open()
    expect(await sandbox.register({ customerUid: 'c', merchantUid: 'm', amount: 500 })).toMatchObject({ imp_uid: expect.any(String) })
    expect(sandbox.billingKeys.has('c')).toBe(true)
    expect(await sandbox.register({ customerUid: 'd', merchantUid: 'n', card: null })).toMatchObject({ error_code: expect.any(String) })
  })
})
