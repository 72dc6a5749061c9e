import { Validator } from '@seriousme/openapi-schema-validator'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type BillingHandlerOptions, BillingRefusal, createBillingHandler, type PaymentEvent } from '../../src/server/index.ts'
import { apiProblems, openapi } from './apiContract.ts'
import { memoryLock } from './memoryLock.ts'
import { startSandbox } from './startSandbox.ts'

const { sandbox, client, pay, paidFor } = await startSandbox()
const iamport = client()

const signingKey = 'a-signing-key-of-at-least-32-characters'
const issued: string[] = []
const make = (customer: string | null = 'mina', change: Partial<BillingHandlerOptions> = {}) =>
  createBillingHandler({
    iamport,
    signingKey,
    authenticate: () => (customer ? { id: customer } : null),
    firstOrder: ({ body }) => ({ name: '월간', amount: (body as { free?: boolean }).free ? 0 : 9900 }),
    onIssued: ({ customerUid }) => {
      issued.push(customerUid)
    },
    customerUids: () => [...new Set(issued)],
    price: ({ body }) => {
      const { order } = body as { order?: string }
      if (order === 'unknown') throw new BillingRefusal(404, 'unknown-order', '없는 주문입니다.')
      return { merchantUid: order ?? 'order-handler', name: '월간', amount: 9900 }
    },
    ...change,
  })

/** Calls the handler, and holds what it answers against docs/openapi.json. */
async function send(handler: ReturnType<typeof make>, method: string, path: string, init: RequestInit = {}) {
  const response = await handler(new Request(`http://shop.example/api/billing${path}`, { method, ...init }))
  const body = response.status === 204 ? null : await response.json()
  expect(apiProblems(method, path, response.status, body)).toEqual([])
  return { status: response.status, body, headers: response.headers }
}
const call = (handler: ReturnType<typeof make>, method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  send(handler, method, path, {
    headers: { 'content-type': 'application/json', origin: 'http://shop.example', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
/** An intent, and its payment in the window. */
async function register(handler = make(), body: object = {}) {
  const { body: intent } = await call(handler, 'POST', '/intents', body)
  const { customerUid, merchantUid, amount, customData } = intent
  const { imp_uid } = await pay({ customer_uid: customerUid, merchant_uid: merchantUid, amount, custom_data: customData })
  return { intent, impUid: imp_uid as string }
}

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('createBillingHandler', () => {
  it('issues, confirms, lists, charges and removes', async () => {
    const handler = make()
    const { body: intent } = await call(handler, 'POST', '/intents', {})
    expect(intent).toMatchObject({ amount: 9900, name: '월간' })
    const { imp_uid } = await pay({ customer_uid: intent.customerUid, merchant_uid: intent.merchantUid, name: 'x', amount: 9900 })
    const claim = { token: intent.token, impUid: imp_uid, merchantUid: intent.merchantUid }
    const confirmed = await call(handler, 'POST', '/confirm', claim)
    expect(confirmed).toMatchObject({
      status: 200,
      body: { status: 'issued', charged: 9900, card: { name: '현대카드', number: '9410-****-****-0001' } },
    })
    expect(await call(handler, 'POST', '/confirm', claim)).toEqual(confirmed)
    expect(await call(handler, 'POST', '/confirm', { ...claim, impUid: null })).toEqual(confirmed)
    expect((await call(handler, 'GET', '/keys')).body.keys).toHaveLength(1)
    expect((await call(handler, 'POST', '/charges', { customerUid: intent.customerUid })).body).toMatchObject({
      status: 'paid',
      amount: 9900,
    })
    expect((await call(make('other'), 'POST', '/confirm', claim)).body.error.code).toBe('not-yours')
    expect((await call(handler, 'DELETE', `/keys/${intent.customerUid}`)).status).toBe(200)
  })

  it('refuses what does not fit, each with its own code', async () => {
    const handler = make()
    const { body: intent } = await call(handler, 'POST', '/intents', {})
    const confirm = (body: unknown) =>
      call(handler, 'POST', '/confirm', body).then((answer) => answer.body.error?.code ?? answer.body.status)
    expect(await confirm({ token: intent.token, impUid: null })).toBe('none')
    expect(await confirm({ token: `${intent.token}x`, impUid: null })).toBe('invalid-token')
    expect(await confirm({ token: intent.token, impUid: 'imp_nothing' })).toBe('unknown-payment')
    const { imp_uid } = await pay({ customer_uid: 'elsewhere', merchant_uid: 'elsewhere', name: 'x', amount: 0 })
    expect(await confirm({ token: intent.token, impUid: imp_uid })).toBe('other-order')
    const stolen = await pay({ customer_uid: 'stolen', merchant_uid: intent.merchantUid, name: 'x', amount: 9900 })
    expect(await confirm({ token: intent.token, impUid: stolen.imp_uid })).toBe('other-key')
  })

  it('finds the intent with PortOne when the customer came back in another browser (sdk-facts 17)', async () => {
    const { body: intent } = await call(make(), 'POST', '/intents', {})
    const window = {
      customer_uid: intent.customerUid,
      merchant_uid: intent.merchantUid,
      name: 'x',
      amount: 9900,
      custom_data: intent.customData,
    }
    const { imp_uid } = await pay(window)
    expect((await call(make(), 'POST', '/confirm', { impUid: imp_uid })).body).toMatchObject({
      status: 'issued',
      customerUid: intent.customerUid,
    })
    expect((await call(make('other'), 'POST', '/confirm', { impUid: imp_uid })).body.error.code).toBe('not-yours')
    const foreign = await pay({ customer_uid: 'f', merchant_uid: 'f', name: 'x', amount: 0, custom_data: { intent: 'forged' } })
    expect((await call(make(), 'POST', '/confirm', { impUid: foreign.imp_uid })).body.error.code).toBe('invalid-token')
  })

  it('makes PortOne refuse a window with another amount', async () => {
    const { body: intent } = await call(make(), 'POST', '/intents', {})
    expect(await pay({ customer_uid: intent.customerUid, merchant_uid: intent.merchantUid, name: 'x', amount: 1 })).toMatchObject({
      imp_uid: null,
      error_code: 'F0005',
    })
  })

  it.each([
    ['another site', 'POST', '/intents', {}, { origin: 'https://evil.example' }, 403],
    ['another site that says so otherwise', 'GET', '/keys', undefined, { origin: '', 'sec-fetch-site': 'cross-site' }, 403],
    ['a form', 'POST', '/intents', {}, { 'content-type': 'text/plain' }, 415],
    ['another route', 'GET', '/intents', undefined, {}, 404],
    ['somebody else’s key', 'DELETE', '/keys/not-mine', undefined, {}, 404],
    ['a key that cannot be read', 'DELETE', '/keys/%E0%A4%A', undefined, {}, 404],
    ['a key that is not there', 'POST', '/charges', { customerUid: 'x' }, {}, 404],
    ['too much', 'POST', '/intents', { x: 'x'.repeat(20_000) }, {}, 413],
  ])('refuses %s', async (_, method, path, body, headers, status) => {
    const answer = await call(make(), method, path, body, headers)
    expect(answer).toMatchObject({ status, body: { error: { code: expect.any(String), message: expect.any(String) } } })
  })

  it('asks for a sign-in', async () => {
    expect((await call(make(null), 'GET', '/keys')).status).toBe(401)
  })

  it('makes a new customer_uid for every intent, so that no key takes another’s place (sdk-facts 19)', async () => {
    const intents = await Promise.all([1, 2, 3].map(() => call(make(), 'POST', '/intents', {})))
    expect(new Set(intents.map(({ body }) => body.customerUid)).size).toBe(3)
    expect(new Set(intents.map(({ body }) => body.merchantUid)).size).toBe(3)
  })

  it('takes intents signed with an older key, until that is dropped', async () => {
    const next = 'the-next-signing-key-has-32-characters-too'
    const { body: intent } = await call(make(), 'POST', '/intents', { free: true })
    const confirm = (keys: BillingHandlerOptions['signingKey']) =>
      call(make('mina', { signingKey: keys }), 'POST', '/confirm', { token: intent.token }).then(
        ({ body }) => body.error?.code ?? body.status,
      )
    expect(await confirm([next, signingKey])).toBe('none')
    expect(await confirm([next])).toBe('invalid-token')
    expect(() => make('mina', { signingKey: [next, 'short'] })).toThrow(/32 characters/)
  })

  it('asks for an intent’s signature and not for its age: what was paid late was paid', async () => {
    const { intent, impUid } = await register()
    vi.useFakeTimers({ now: Date.now() + 30 * 86_400_000, toFake: ['Date'] })
    const late = await call(make(), 'POST', '/confirm', { token: intent.token })
    const paid = await call(make(), 'POST', '/confirm', { token: intent.token, impUid })
    vi.useRealTimers()
    expect(late.body).toMatchObject({ status: 'issued', impUid })
    expect(paid.body).toMatchObject({ status: 'issued', customerUid: intent.customerUid })
  })

  it('refuses another amount, a refunded payment, and a key that has gone', async () => {
    const code = async ({ intent, impUid }: Awaited<ReturnType<typeof register>>) => {
      const { status, body } = await call(make(), 'POST', '/confirm', { token: intent.token, impUid })
      return [status, body.error?.code ?? body.status]
    }
    const handler = make()
    const { body: free } = await call(handler, 'POST', '/intents', { free: true })
    const { imp_uid } = await pay({ customer_uid: free.customerUid, merchant_uid: free.merchantUid, amount: 100 })
    expect(await code({ intent: free, impUid: imp_uid })).toEqual([422, 'other-amount'])
    const refunded = await register()
    await iamport.cancelPayment({ impUid: refunded.impUid })
    expect(await code(refunded)).toEqual([422, 'cancelled'])
    const removed = await register()
    await iamport.deleteBillingKey(removed.intent.customerUid)
    expect(await code(removed)).toEqual([422, 'no-key'])
    const waiting = await register()
    Object.assign(sandbox.payments.find((payment) => payment.imp_uid === waiting.impUid) ?? {}, { status: 'ready' })
    expect(await code(waiting)).toEqual([200, 'pending'])
  })

  it('charges an order once, whatever price the browser names', async () => {
    const { intent, impUid } = await register()
    await call(make(), 'POST', '/confirm', { token: intent.token, impUid })
    const handler = make('mina', { lock: memoryLock().lock })
    const body = { customerUid: intent.customerUid, order: 'order-at-once', amount: 1, price: 1 }
    const answers = await Promise.all([1, 2, 3, 4].map(() => call(handler, 'POST', '/charges', body)))
    expect(answers.map((answer) => answer.body.status)).toContain('paid')
    expect(answers.map((answer) => answer.body.status)).not.toContain('declined')
    expect(paidFor('order-at-once')).toMatchObject([{ amount: 9900 }])
    expect(await call(handler, 'POST', '/charges', { ...body, order: 'unknown' })).toMatchObject({
      status: 404,
      body: { error: { code: 'unknown-order' } },
    })
  })

  it('answers in the language that is asked for', async () => {
    const message = async (language: string) =>
      (await call(make(null), 'GET', '/keys', undefined, { 'accept-language': language })).body.error.message
    expect(await message('en-US,en;q=0.9,ko;q=0.8')).toBe('Please sign in.')
    expect(await message('ko-KR,ko;q=0.9,en;q=0.8')).toBe('로그인해 주세요.')
  })

  it('lets other origins in only where the shop named them', async () => {
    const preflight = (origin: string, origins: string[]) =>
      send(make('mina', { origins }), 'OPTIONS', '/keys', { headers: { origin, 'access-control-request-method': 'GET' } })
    const allowed = await preflight('https://shop.example', ['https://shop.example'])
    expect(allowed.status).toBe(204)
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://shop.example')
    expect(allowed.headers.get('access-control-allow-credentials')).toBe('true')
    const refused = await preflight('https://evil.example', ['https://shop.example'])
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([404, null])
    const listed = await call(make('mina', { origins: ['https://shop.example'] }), 'GET', '/keys', undefined, {
      origin: 'https://shop.example',
    })
    expect([listed.status, listed.headers.get('access-control-allow-origin')]).toEqual([200, 'https://shop.example'])
  })

  it('shows no inner error, and says when PortOne is gone', async () => {
    const broken = make('mina', {
      customerUids: () => {
        throw new Error('password=hunter2')
      },
    })
    const answer = await call(broken, 'GET', '/keys')
    expect(answer.status).toBe(500)
    expect(JSON.stringify(answer.body)).not.toContain('hunter2')
    const gone = make('mina', { iamport: client({ baseUrl: 'http://127.0.0.1:2' }), customerUids: () => ['card'] })
    expect(await call(gone, 'GET', '/keys')).toMatchObject({ status: 502, body: { error: { code: 'portone-unreachable' } } })
  })

  it('reads no more of a body than it takes, however long it is', async () => {
    let pulled = 0
    const body = new ReadableStream({
      pull(stream) {
        pulled += 1
        stream.enqueue(new Uint8Array(4096))
      },
    })
    const init = { headers: { 'content-type': 'application/json' }, body, duplex: 'half' } as RequestInit
    expect(await send(make(), 'POST', '/intents', init)).toMatchObject({ status: 413 })
    expect(pulled).toBeLessThan(10)
  })
})

describe('POST /webhook', () => {
  const post = (handler: ReturnType<typeof make>, contentType: string, body: string) =>
    send(handler, 'POST', '/webhook', { headers: { 'content-type': contentType }, body })
  const json = (handler: ReturnType<typeof make>, body: unknown) => post(handler, 'application/json', JSON.stringify(body))

  it('takes both forms, asks PortOne, and gives the same news the same id (sdk-facts 22)', async () => {
    const events: PaymentEvent[] = []
    const handler = make(null, { onPayment: (event) => void events.push(event) })
    const { intent, impUid } = await register()
    expect(await json(handler, { imp_uid: impUid, merchant_uid: 'forged', status: 'cancelled' })).toMatchObject({
      status: 200,
      body: { status: 'paid' },
    })
    expect(await post(handler, 'application/x-www-form-urlencoded', `imp_uid=${impUid}&status=failed`)).toMatchObject({ status: 200 })
    expect(events).toHaveLength(2)
    expect(events[0]).toMatchObject({
      payment: { impUid, status: 'paid', amount: 9900 },
      intent: { customerId: 'mina', customerUid: intent.customerUid },
    })
    expect(events[1]?.id).toBe(events[0]?.id)
    await iamport.cancelPayment({ impUid })
    // an old notice arrives after the refund: what holds now is told, under another id
    await json(handler, { imp_uid: impUid, status: 'paid' })
    expect(events[2]).toMatchObject({ payment: { status: 'cancelled' } })
    expect(events[2]?.id).not.toBe(events[0]?.id)
  })

  it('keeps the key of a customer who never came back (sdk-facts 22)', async () => {
    const onIssued = vi.fn()
    const { intent, impUid } = await register()
    await json(make(null, { onIssued }), { imp_uid: impUid })
    expect(onIssued).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({
        customer: { id: 'mina' },
        customerUid: intent.customerUid,
        card: { name: '현대카드', number: '9410-****-****-0001' },
      }),
    )
    // and of nobody else's payment
    const { imp_uid } = await pay({ customer_uid: 'elsewhere-2', merchant_uid: 'elsewhere-2', amount: 0 })
    expect(await json(make(null, { onIssued }), { imp_uid })).toMatchObject({ status: 200 })
    expect(onIssued).toHaveBeenCalledTimes(1)
  })

  it('fails when the shop could not keep the news, so that it is sent again', async () => {
    const { impUid } = await register()
    const onPayment = vi.fn().mockRejectedValueOnce(new Error('database is gone')).mockResolvedValue(undefined)
    const handler = make(null, { onPayment })
    expect(await json(handler, { imp_uid: impUid })).toMatchObject({ status: 500 })
    expect(await json(handler, { imp_uid: impUid })).toMatchObject({ status: 200 })
  })

  it.each([
    ['an unknown payment', 'application/json', '{"imp_uid":"imp_none"}', 404],
    ['no number', 'application/json', '{}', 400],
    ['a number that is none', 'application/json', '{"imp_uid":"../users/getToken"}', 400],
    ['no JSON', 'application/json', '<xml>', 400],
    ['too much', 'application/x-www-form-urlencoded', `imp_uid=${'1'.repeat(20_000)}`, 413],
  ])('refuses %s', async (_, contentType, body, status) => {
    expect(await post(make(null), contentType, body)).toMatchObject({ status })
  })
})

it('is described by a document that is OpenAPI 3.1', async () => {
  const validator = new Validator()
  expect(await validator.validate(structuredClone(openapi))).toMatchObject({ valid: true })
  expect(openapi.openapi).toBe('3.1.0')
})
