import type { AddressInfo } from 'node:net'
import { type ServerType, serve } from '@hono/node-server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts'
import { charge, createBillingHandler, createIamportClient, type IamportClient, reconcileCharge } from '../../src/server/index.ts'

let sandbox: Sandbox
let server: ServerType
let iamport: IamportClient
let baseUrl: string
/** Loses the answer of the next charge after it was made. */
let loseAnswers = 0
let tokens = 0

beforeAll(async () => {
  sandbox = createSandbox()
  const fetch = async (request: Request) => {
    if (request.url.endsWith('/users/getToken')) tokens += 1
    const response = await sandbox.fetch(request)
    if (request.url.endsWith('/again') && loseAnswers-- > 0) return new Response('<html>502</html>', { status: 502 })
    return response
  }
  baseUrl = await new Promise((resolve) => {
    server = serve({ fetch, port: 0, hostname: '127.0.0.1' }, ({ port }: AddressInfo) => resolve(`http://127.0.0.1:${port}`))
  })
  iamport = createIamportClient({ impKey: sandbox.impKey, impSecret: sandbox.impSecret, baseUrl })
})
afterAll(() => server.close())

/** What a customer does in the window, over HTTP. */
async function pay(params: Record<string, unknown>, body: object): Promise<{ imp_uid: string }> {
  const post = (path: string, json: unknown) =>
    fetch(`${baseUrl}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(json) }).then((r) =>
      r.json(),
    )
  const { path, failure } = await post('/sandbox/requests', {
    userCode: sandbox.userCode,
    params: { pg: 'jtnet', ...params },
    origin: 'http://shop.example',
    mobile: false,
  })
  return failure ?? (await post(path, body)).answer
}
const approved = { number: '9410-0000-0000-0001' }

describe('charge', () => {
  const paidFor = (merchantUid: string) =>
    sandbox.payments.filter((payment) => payment.merchant_uid === merchantUid && payment.status === 'paid')

  it('charges a key once per order number, however often it is asked', async () => {
    await pay({ customer_uid: 'card-1', merchant_uid: 'issue-1', name: 'x', amount: 0 }, approved)
    const order = { customerUid: 'card-1', merchantUid: 'order-1', amount: 9900, name: '월간' }
    expect(await charge(iamport, order)).toMatchObject({ status: 'paid', payment: { amount: 9900 } })
    expect(await charge(iamport, order)).toMatchObject({ status: 'paid' })
    expect(paidFor('order-1')).toHaveLength(1)
  })

  it('finds a charge whose answer was lost instead of sending it again', async () => {
    loseAnswers = 1
    const order = { customerUid: 'card-1', merchantUid: 'order-2', amount: 9900, name: '월간' }
    expect(await charge(iamport, order)).toMatchObject({ status: 'paid' })
    expect(paidFor('order-2')).toHaveLength(1)
  })

  it('says declined for a declined card and for a key that is not there', async () => {
    await pay({ customer_uid: 'card-4', merchant_uid: 'issue-4', name: 'x', amount: 0 }, { number: '9410-0000-0000-0004' })
    expect(await charge(iamport, { customerUid: 'card-4', merchantUid: 'order-4', amount: 100, name: 'x' })).toMatchObject({
      status: 'declined',
      message: '잔액이 부족합니다.',
    })
    expect(await charge(iamport, { customerUid: 'none', merchantUid: 'order-5', amount: 100, name: 'x' })).toMatchObject({
      status: 'declined',
    })
  })

  it('does not take another customer’s or another amount’s payment for its own', async () => {
    expect(await charge(iamport, { customerUid: 'card-1', merchantUid: 'order-1', amount: 1, name: 'x' })).toMatchObject({
      code: 'order-paid-otherwise',
    })
  })

  it('says unknown when PortOne is gone, and reconciles later', async () => {
    let down = false
    const flaky = createIamportClient({
      impKey: sandbox.impKey,
      impSecret: sandbox.impSecret,
      baseUrl,
      fetch: async (input, init) => {
        if (down) throw new TypeError('fetch failed')
        const response = await fetch(input, init)
        if (String(input).endsWith('/again')) {
          down = true
          throw new TypeError('socket hang up')
        }
        return response
      },
    })
    const order = { customerUid: 'card-1', merchantUid: 'order-6', amount: 9900, name: '월간' }
    expect(await charge(flaky, order)).toMatchObject({ status: 'unknown', reconcile: expect.stringContaining('order-6') })
    down = false
    expect(await reconcileCharge(flaky, order)).toMatchObject({ status: 'paid' })
    expect(paidFor('order-6')).toHaveLength(1)
  })

  it.each([Number.NaN, -1, 0, 10.5, '9900'])('refuses the amount %s before anything is sent', async (amount) => {
    await expect(charge(iamport, { customerUid: 'card-1', merchantUid: 'o', amount: amount as number, name: 'x' })).rejects.toThrow(
      /amount/,
    )
  })
})

describe('createIamportClient', () => {
  it('asks for one token however many callers there are, and never shows the secret', async () => {
    tokens = 0
    const client = createIamportClient({ impKey: sandbox.impKey, impSecret: sandbox.impSecret, baseUrl })
    await Promise.all(Array.from({ length: 20 }, () => client.payment('none')))
    expect(tokens).toBe(1)
    const wrong = createIamportClient({ impKey: 'wrong', impSecret: 'hidden-secret', baseUrl })
    const error = await wrong.payment('x').catch((caught: Error) => caught)
    expect(error).toMatchObject({ name: 'IamportApiError', httpStatus: 401 })
    expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain('hidden-secret')
  })
})

describe('createBillingHandler', () => {
  const issued: string[] = []
  const make = (customer: string | null = 'mina') =>
    createBillingHandler({
      iamport,
      signingKey: 'a-signing-key-of-at-least-32-characters',
      authenticate: () => (customer ? { id: customer } : null),
      firstOrder: ({ body }) => ({ name: '월간', amount: (body as { free?: boolean }).free ? 0 : 9900 }),
      onIssued: ({ customerUid }) => {
        issued.push(customerUid)
      },
      customerUids: () => [...new Set(issued)],
      price: () => ({ merchantUid: 'order-handler', name: '월간', amount: 9900 }),
    })
  const call = async (
    handler: ReturnType<typeof make>,
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ) => {
    const response = await handler(
      new Request(`http://shop.example/api/billing${path}`, {
        method,
        headers: { 'content-type': 'application/json', origin: 'http://shop.example', ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    )
    return { status: response.status, body: await response.json() }
  }

  it('issues, confirms, lists, charges and removes', async () => {
    const handler = make()
    const { body: intent } = await call(handler, 'POST', '/intents', {})
    expect(intent).toMatchObject({ amount: 9900, name: '월간' })
    const { imp_uid } = await pay({ customer_uid: intent.customerUid, merchant_uid: intent.merchantUid, name: 'x', amount: 9900 }, approved)
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
    const { imp_uid } = await pay({ customer_uid: 'elsewhere', merchant_uid: 'elsewhere', name: 'x', amount: 0 }, approved)
    expect(await confirm({ token: intent.token, impUid: imp_uid })).toBe('other-order')
    const stolen = await pay({ customer_uid: 'stolen', merchant_uid: intent.merchantUid, name: 'x', amount: 9900 }, approved)
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
    const { imp_uid } = await pay(window, approved)
    expect((await call(make(), 'POST', '/confirm', { impUid: imp_uid })).body).toMatchObject({
      status: 'issued',
      customerUid: intent.customerUid,
    })
    expect((await call(make('other'), 'POST', '/confirm', { impUid: imp_uid })).body.error.code).toBe('not-yours')
    const foreign = await pay({ customer_uid: 'f', merchant_uid: 'f', name: 'x', amount: 0, custom_data: { intent: 'forged' } }, approved)
    expect((await call(make(), 'POST', '/confirm', { impUid: foreign.imp_uid })).body.error.code).toBe('invalid-token')
  })

  it('makes PortOne refuse a window with another amount', async () => {
    const { body: intent } = await call(make(), 'POST', '/intents', {})
    expect(await pay({ customer_uid: intent.customerUid, merchant_uid: intent.merchantUid, name: 'x', amount: 1 }, approved)).toMatchObject(
      { imp_uid: null, error_code: 'F0005' },
    )
  })

  it.each([
    ['another site', 'POST', '/intents', {}, { origin: 'https://evil.example' }, 403],
    ['a form', 'POST', '/intents', {}, { 'content-type': 'text/plain' }, 415],
    ['another route', 'GET', '/intents', undefined, {}, 404],
    ['somebody else’s key', 'DELETE', '/keys/not-mine', undefined, {}, 404],
    ['a key that is not there', 'POST', '/charges', { customerUid: 'x' }, {}, 404],
    ['too much', 'POST', '/intents', { x: 'x'.repeat(20_000) }, {}, 413],
  ])('refuses %s', async (_, method, path, body, headers, status) => {
    const answer = await call(make(), method, path, body, headers)
    expect(answer).toMatchObject({ status, body: { error: { code: expect.any(String), message: expect.any(String) } } })
  })

  it('asks for a sign-in', async () => {
    expect((await call(make(null), 'GET', '/keys')).status).toBe(401)
  })
})
