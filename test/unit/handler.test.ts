import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, it, vi } from 'vitest'
import { openapi } from './apiContract.ts'
import { startDirectShop } from './directShop.ts'
import { memoryLock } from './memoryLock.ts'

const { client, pay, paidFor, make, send, call, register } = await startDirectShop()

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

  it('refuses a body that breaks off, and troubles no operator with who has left', async () => {
    const onError = vi.fn()
    const body = new ReadableStream({
      start(stream) {
        stream.enqueue(new TextEncoder().encode('{"imp'))
        stream.error(new Error('aborted'))
      },
    })
    const init = { headers: { 'content-type': 'application/json' }, body, duplex: 'half' } as RequestInit
    expect(await send(make('mina', { onError }), 'POST', '/webhook', init)).toMatchObject({ status: 400 })
    expect(onError).not.toHaveBeenCalled()
  })
})

it('is described by a document that is OpenAPI 3.1', async () => {
  const validator = new Validator()
  expect(await validator.validate(structuredClone(openapi))).toMatchObject({ valid: true })
  expect(openapi.openapi).toBe('3.1.0')
})
