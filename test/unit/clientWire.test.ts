import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { createSandbox } from '../../src/sandbox/index.ts'
import { charge, createIamportClient, IamportApiError, type IamportClientOptions, reconcileCharge } from '../../src/server/index.ts'
import { memoryLock } from './memoryLock.ts'

// The sandbox on loopback, and between it and the client whatever a test puts there that neither PortOne nor a fault of the
// sandbox would send: both transports keep the same promises.
type Reply = (response: ServerResponse) => unknown
type Fields = Readonly<Record<string, unknown>>
/** What a call is answered with instead, `null` for what the sandbox says. Tokens are always the sandbox's. */
let answer: (request: IncomingMessage) => Reply | null = () => null
/** Changes what a successful answer of the sandbox holds. */
let edit: (path: string, response: Fields) => unknown = (_, response) => response
const seen: string[] = []
const bodies: string[] = []
const json =
  (status: number, body: unknown, headers = {}): Reply =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
const html =
  (status: number, headers = {}): Reply =>
  (response) =>
    response.writeHead(status, { 'content-type': 'text/html', ...headers }).end('<h1>gateway</h1>')

const sandbox = createSandbox()
const { impKey, impSecret } = sandbox
const passOn = getRequestListener(async (request) => {
  bodies.push(await request.clone().text())
  const said = await sandbox.fetch(request)
  const { status } = said
  const { response, ...rest } = (await said.json()) as { code: number; response: Fields }
  return Response.json({ ...rest, response: rest.code === 0 ? edit(new URL(request.url).pathname, response) : response }, { status })
})
const server = createServer((request, response) => {
  const url = request.url ?? ''
  seen.push(`${request.method} ${url}`)
  const reply = url === '/users/getToken' ? null : answer(request)
  if (reply) request.resume().on('end', () => reply(response))
  else passOn(request, response)
})
let connections = 0
server.on('connection', () => {
  connections += 1
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
afterEach(() => {
  answer = () => null
  edit = (_, response) => response
  vi.unstubAllGlobals()
})
/** Of the token, what a test says; the answer to everything else as it is. */
const editToken = (change: (token: Fields) => Fields) => {
  edit = (path, response) => (path === '/users/getToken' ? { ...response, ...change(response) } : response)
}

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => Promise.reject(new Error('did not fail')),
    (error: unknown) => error,
  )
const count = (path: string) => seen.filter((line) => line.includes(path)).length
let orders = 0
const newOrder = () => {
  orders += 1
  return { customerUid: 'card-1', merchantUid: `order-${orders}`, amount: 9900, name: '월간' }
}
const { imp_uid } = await sandbox.register({ customerUid: 'card-1', merchantUid: 'issue-1' })
const paid = String(imp_uid)
/** PortOne's words for a success, with something in them. */
const envelope = (response: unknown) => ({ code: 0, message: null, response })

const transports: [string, Partial<IamportClientOptions>][] = [
  ['Node’s HTTP client', {}],
  ['fetch', { fetch: (input, init) => fetch(input, init) }],
]

describe.each(transports)('the client over %s', (name, transport) => {
  const client = (change: Partial<IamportClientOptions> = {}) =>
    createIamportClient({ impKey, impSecret, baseUrl, ...transport, ...change })

  it('takes a proxy’s 404 for no word of PortOne’s', async () => {
    answer = () => html(404)
    expect(await failure(client().payment(paid))).toMatchObject({ httpStatus: 404, code: null })
    expect(await failure(client().billingKey('card-1'))).toMatchObject({ httpStatus: 404, code: null })
    expect(await failure(client().billingKeys(['card-1']))).toMatchObject({ httpStatus: 404, code: null })
    expect(await reconcileCharge(client(), newOrder())).toMatchObject({ status: 'unknown' })
    answer = () => json(404, { message: 'no route' })
    expect(await failure(client().payment(paid))).toMatchObject({ httpStatus: 404, code: null })
    answer = () => json(404, envelope(null))
    expect(await failure(client().payment(paid))).toMatchObject({ httpStatus: 404, code: 0 })
    answer = () => json(200, envelope(null))
    expect(await failure(client().payment(paid))).toBeInstanceOf(IamportApiError)
    answer = () => null
    expect(await client().payment('imp_none')).toBeNull()
  })

  it.each(['<html>maintenance</html>', '{"code":0,"response":{"imp', '[]'])(
    'asks again when a read is answered with %s, and sends no charge twice',
    async (text) => {
      let broken = 2
      answer = () => {
        broken -= 1
        return broken >= 0 ? (response) => response.end(text) : null
      }
      expect(await client().payment(paid)).toMatchObject({ status: 'paid' })
      broken = 1
      const before = count('/again')
      expect(await failure(client().again(newOrder()))).toMatchObject({ httpStatus: 200, code: null, sent: true })
      expect(count('/again') - before).toBe(1)
    },
  )

  it('takes no word about another payment or key, which may be another customer’s', async () => {
    const iamport = client()
    const key = { customer_uid: 'card-of-mina', inserted: 1, card_name: '신한' }
    const payment = { imp_uid: 'imp_1', merchant_uid: 'order-1', status: 'paid', amount: 9900, cancel_amount: 0, currency: 'KRW' }
    answer = ({ url = '' }) => json(200, envelope(!url.startsWith('/subscribe') ? payment : url.includes('?') ? [key] : key))
    const other = { httpStatus: 200, code: 0, message: expect.stringContaining('not about what was asked') }
    expect(await failure(iamport.payment('imp_2'))).toMatchObject(other)
    expect(await failure(iamport.paymentByMerchantUid('order-2'))).toMatchObject(other)
    expect(await failure(iamport.paymentByMerchantUid('order-1', 'failed'))).toMatchObject(other)
    expect(await failure(iamport.billingKey('card-of-jun'))).toMatchObject(other)
    expect(await failure(iamport.billingKeys(['card-of-jun', 'card-of-ara']))).toMatchObject(other)
    expect(await iamport.payment('imp_1')).toMatchObject({ merchantUid: 'order-1' })
    expect(await iamport.paymentByMerchantUid('order-1', 'paid')).toMatchObject({ impUid: 'imp_1' })
    expect(await iamport.billingKeys(['card-of-jun', 'card-of-mina'])).toMatchObject([{ customerUid: 'card-of-mina' }])
    answer = () => json(200, envelope([{ ...key, customer_uid: 'card-of-jun' }, key]))
    expect(await failure(iamport.billingKeys(['card-of-jun']))).toMatchObject(other)
  })

  it('frees no order whose charge was lost for what became of another order', async () => {
    const { lock, sent } = memoryLock()
    const another = { imp_uid: 'imp_2', merchant_uid: 'another', status: 'failed', amount: 9900, cancel_amount: 0, currency: 'KRW' }
    answer = ({ method }) => {
      if (method === 'POST') return (response) => response.destroy()
      return count('/again') === 0 ? null : json(200, envelope(another))
    }
    seen.length = 0
    expect(await charge(client(), newOrder(), { lock, patienceMs: 0 })).toMatchObject({ status: 'unknown' })
    expect(sent.size).toBe(1)
  })

  it('says that nothing was sent of a request that JSON cannot hold, and quotes nothing of it', async () => {
    const circular: Record<string, unknown> = { secret: '4111-1111' }
    circular.self = circular
    seen.length = 0
    for (const customData of [circular, 10n] as never[]) {
      const { lock, sent } = memoryLock()
      const result = await charge(client(), { ...newOrder(), customData }, { lock, patienceMs: 0 })
      expect(result).toMatchObject({ code: 'not-sent', message: expect.stringContaining('what JSON cannot') })
      expect(sent.size).toBe(0)
    }
    expect(count('/again')).toBe(0)
  })

  it('takes an answer without customer_uid to its own charge for paid', async () => {
    edit = (path, { customer_uid, ...rest }) => (path.endsWith('/again') ? rest : { customer_uid, ...rest })
    expect(await charge(client(), newOrder())).toMatchObject({ status: 'paid', payment: { customerUid: null } })
  })

  it.each([421, 307, 308])('sends a charge once when it is answered with %s', async (status) => {
    answer = ({ method }) => (method === 'GET' ? null : html(status, { location: '/elsewhere' }))
    const before = count('/again')
    expect(await charge(client(), newOrder(), { patienceMs: 0 })).toMatchObject({ status: 'unknown', cause: {} })
    expect(count('/again') - before).toBe(1)
    expect(count('/elsewhere')).toBe(0)
  })

  it.each([401, 404, 429])('takes a gateway’s %s to a charge for no word of PortOne’s, and sends nothing again', async (status) => {
    answer = ({ method }) => (method === 'GET' ? null : html(status))
    const before = count('/again')
    expect(await charge(client(), newOrder(), { patienceMs: 0 })).toMatchObject({ status: 'unknown', cause: { httpStatus: status } })
    expect(count('/again') - before).toBe(1)
    // PortOne's own: the token is renewed for a read whoever refused it, and for a charge when PortOne did
    let left = 1
    answer = () => (left-- > 0 ? html(401) : null)
    expect(await client().payment('x')).toBeNull()
  })

  it('waits as long as PortOne asks, also when that is for ever', async () => {
    answer = () => json(429, { code: -1, message: 'x', response: null }, { 'retry-after': '99999999' })
    const before = count('/payments/for-ever')
    expect(await failure(client({ timeoutMs: 400 }).payment('for-ever'))).toMatchObject({ message: expect.stringMatching(/Timeout/) })
    expect(count('/payments/for-ever') - before).toBe(1)
  })

  it.each(['to\nken', 'to ken', '', '토큰'])('takes no token that a header cannot hold (%j), and quotes none', async (value) => {
    const stored = { value, until: Date.now() + 600_000 }
    const tokenStore = { get: () => stored, set: () => {} }
    expect(await client({ tokenStore }).payment(paid)).toMatchObject({ impUid: paid })
    editToken(() => ({ access_token: value || ' ' }))
    expect(await failure(client().payment('x'))).toMatchObject({ path: '/users/getToken', sent: false })
  })

  it('follows no redirect of a read either', async () => {
    answer = () => html(302, { location: '/elsewhere' })
    expect(await failure(client().payment(paid))).toMatchObject({ httpStatus: 302, code: null })
    expect(count('/elsewhere')).toBe(0)
  })

  it('takes the word of no redirect, also when it looks like PortOne’s', async () => {
    answer = () => json(303, envelope(sandbox.payments[0]), { location: '/elsewhere' })
    expect(await failure(client().payment(paid))).toMatchObject({ httpStatus: 303, code: null })
    expect(await failure(client().again(newOrder()))).toMatchObject({ httpStatus: 303, code: null, sent: true })
    expect(count('/elsewhere')).toBe(0)
  })

  it('sends a body whose length is known', async () => {
    let headers: IncomingMessage['headers'] = {}
    answer = (request) => {
      headers = request.headers
      return null
    }
    await client().again(newOrder())
    const text = bodies.at(-1) ?? ''
    expect(JSON.parse(text)).toMatchObject({ customer_uid: 'card-1', name: '월간' })
    expect(headers['content-length']).toBe(String(Buffer.byteLength(text)))
    expect(headers['transfer-encoding']).toBeUndefined()
  })

  it('reads no more than a megabyte', async () => {
    let written = 0
    answer = () => (response) => {
      const timer = setInterval(() => {
        for (let part = 0; part < 10; part += 1) response.write('x'.repeat(100_000))
        written += 1_000_000
        if (written >= 100_000_000) response.end()
      }, 1)
      response.once('close', () => clearInterval(timer))
    }
    expect(await failure(client().again(newOrder()))).toMatchObject({ message: expect.stringContaining('too long'), sent: true })
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(written).toBeLessThan(60_000_000)
  })

  it('keeps its deadline while an answer trickles, and says that a broken one was sent', async () => {
    answer = () => (response) => {
      const timer = setInterval(() => response.write(' '), 20)
      response.once('close', () => clearInterval(timer))
    }
    const began = performance.now()
    expect(await failure(client({ timeoutMs: 300 }).again(newOrder()))).toMatchObject({
      message: expect.stringMatching(/Timeout/),
      sent: true,
    })
    expect(performance.now() - began).toBeLessThan(1_500)
    answer = () => (response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"code":0')
      setTimeout(() => response.destroy(), 20)
    }
    expect(await failure(client().again(newOrder()))).toMatchObject({ code: null, sent: true })
  })

  it('waits for nothing where the connection becomes another protocol’s', async () => {
    answer =
      ({ socket }) =>
      () =>
        socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n')
    const error = await failure(client({ timeoutMs: 10_000 }).again(newOrder()))
    expect(error).toMatchObject({ httpStatus: 0, sent: true, message: expect.not.stringMatching(/Timeout/) })
  })

  it('sends nothing when it wakes after its deadline, before any timer has run', async () => {
    const asleep = () => {
      const until = performance.now() + 300
      while (performance.now() < until);
      return { value: 'kept', until: Date.now() + 600_000 }
    }
    const before = count('/again')
    const slept = client({ timeoutMs: 200, tokenStore: { get: asleep, set: () => {} } })
    expect(await failure(slept.again(newOrder()))).toMatchObject({ sent: false, message: expect.stringMatching(/Timeout/) })
    expect(count('/again') - before).toBe(0)
  })

  it('says that nothing was sent where no connection was made', async () => {
    expect(await failure(client({ baseUrl: 'http://127.0.0.1:2' }).payment('x'))).toMatchObject({ sent: false, httpStatus: 0 })
    answer =
      ({ socket }) =>
      () =>
        socket.destroy()
    expect(await failure(client().again(newOrder()))).toMatchObject({ sent: true, httpStatus: 0 })
  })

  it('uses as many connections as callers, also when answers are tried again', async () => {
    let calls = 0
    answer = () => {
      calls += 1
      return calls % 2 === 1 ? json(503, { code: -1, message: 'x'.repeat(70_000), response: null }, { 'retry-after': '0' }) : null
    }
    const one = client()
    await one.getToken()
    const before = connections
    await Promise.all(
      Array.from({ length: 10 }, async () => {
        for (let call = 0; call < 6; call += 1) await one.payment('none').catch(() => null)
      }),
    )
    expect(connections - before).toBeLessThanOrEqual(20)
  })

  it('uses a token that has little left for as long as it lasts', async () => {
    const lasting = (seconds: number) => editToken(({ now }) => ({ expired_at: Number(now) + seconds }))
    lasting(61)
    const one = client()
    const before = count('getToken')
    for (let call = 0; call < 5; call += 1) await one.payment('none')
    lasting(50)
    const other = client()
    for (let call = 0; call < 5; call += 1) await other.payment('none')
    expect(count('getToken') - before).toBe(2)
  })

  it('asks for many keys in addresses that a proxy takes', async () => {
    const uids = Array.from({ length: 400 }, (_, at) => `customer-with-a-long-name-${at}`)
    for (const customerUid of uids) await sandbox.register({ customerUid, merchantUid: newOrder().merchantUid })
    const before = seen.length
    const keys = await client().billingKeys([...uids, 'customer-with-a-long-name-1'])
    expect(keys.map(({ customerUid }) => customerUid)).toEqual(uids)
    expect(Math.max(...seen.slice(before).map((line) => line.length))).toBeLessThan(4_200)
    answer = () => json(200, envelope({ oops: true }))
    expect(await failure(client().billingKeys(['a']))).toMatchObject({ message: expect.stringContaining('not a list') })
  })

  it('refuses ids that would be another address, and throws nothing at once', async () => {
    const before = seen.length
    for (const id of ['..', '.', '', '\ud800', 'a\udc00b']) {
      const one = client()
      const calls = [() => one.payment(id), () => one.deleteBillingKey(id), () => one.paymentByMerchantUid(id), () => one.scheduled(id)]
      for (const call of [...calls, () => one.billingKey(id), () => one.billingKeys([id])])
        expect(await failure(call())).toMatchObject({ name: 'IamportApiError', sent: false })
    }
    expect(seen).toHaveLength(before)
    await expect(charge(client(), { ...newOrder(), merchantUid: '..' })).rejects.toThrow(/merchantUid/)
    expect(await client().payment('a/../b?c#d')).toBeNull()
    expect(seen.at(-1)).toContain('/payments/a%2F..%2Fb%3Fc%23d')
  })

  it('lists payments by status, page by page', async () => {
    for (const _ of [1, 2]) await client().again(newOrder())
    const now = sandbox.now()
    const page = await client().paymentsByStatus('paid', { from: now - 600, to: now, page: 1, limit: 1 })
    expect(page).toMatchObject({ next: 2, payments: [{ merchantUid: `order-${orders}` }] })
    expect(page.total).toBeGreaterThanOrEqual(2)
    expect(seen.at(-1)).toBe(`GET /payments/status/paid?page=1&limit=1&from=${now - 600}&to=${now}`)
    await client().paymentsByStatus('all')
    expect(seen.at(-1)).toBe('GET /payments/status/all')
    answer = () => json(200, envelope({}))
    expect(await failure(client().paymentsByStatus('all'))).toBeInstanceOf(IamportApiError)
  })

  it(`works without AbortSignal.any and AbortSignal.timeout (${name})`, async () => {
    class Old extends EventTarget {}
    vi.stubGlobal('AbortSignal', Old)
    expect(await client().payment('none')).toBeNull()
  })
})

it('closes an idle connection before the other side would', async () => {
  server.keepAliveTimeout = 120_000
  const closed = new Promise((resolve) => server.once('connection', (socket) => socket.once('close', resolve)))
  expect(await createIamportClient({ impKey, impSecret, baseUrl }).payment('x')).toBeNull()
  await closed
})

describe('any fetch that is given', () => {
  const client = (given: typeof fetch, timeoutMs = 300) => createIamportClient({ impKey, impSecret, baseUrl, fetch: given, timeoutMs })

  it('is held to the deadline, also when it drops the signal', async () => {
    answer = () => () => {}
    const wrapped = client((input, init) => fetch(input, { ...init, signal: null }))
    const began = performance.now()
    expect(await failure(wrapped.getToken().then(() => wrapped.payment('x')))).toBeInstanceOf(IamportApiError)
    expect(await failure(client(() => new Promise(() => {})).payment('x'))).toMatchObject({ message: expect.stringMatching(/Timeout/) })
    expect(performance.now() - began).toBeLessThan(2_000)
  })

  const failing = (cause: unknown) =>
    client(async (input, init) => {
      if (!String(input).endsWith('/again')) return fetch(input, init)
      throw Object.assign(new TypeError('fetch failed'), { cause })
    }, 5_000)
  const rows: [string, unknown, sent: boolean][] = [
    ['read', { code: 'EHOSTUNREACH', syscall: 'read' }, true],
    ['connect', { code: 'EHOSTUNREACH', syscall: 'connect' }, false],
    ['no name', { code: 'ENOTFOUND', syscall: 'getaddrinfo' }, false],
    ['a connect timeout', { code: 'UND_ERR_CONNECT_TIMEOUT' }, false],
    ['a code without more', { code: 'ECONNREFUSED' }, true],
    ['several addresses', { code: 'ECONNREFUSED', errors: [{ code: 'ECONNREFUSED', syscall: 'connect' }] }, false],
    [
      'one of several',
      {
        errors: [
          { code: 'ECONNREFUSED', syscall: 'connect' },
          { code: 'EPIPE', syscall: 'write' },
        ],
      },
      true,
    ],
    ['nothing known, as on other runtimes', undefined, true],
  ]
  it.each(rows)('fails with %s: whether it was sent', async (_, cause, sent) => {
    expect(await failure(failing(cause).again(newOrder()))).toMatchObject({ sent })
  })
})

it('asks for the sandbox when nothing listens on this machine', async () => {
  const nobody = createServer()
  await new Promise<void>((resolve) => nobody.listen(0, '127.0.0.1', resolve))
  const { port } = nobody.address() as AddressInfo
  await new Promise((resolve) => nobody.close(resolve))
  const away = createIamportClient({ impKey: 'k', impSecret: 's', baseUrl: `http://127.0.0.1:${port}` })
  expect(await failure(away.payment('x'))).toMatchObject({
    message: `PortOne /users/getToken: no answer (ECONNREFUSED): connect ECONNREFUSED 127.0.0.1:${port}. Is the sandbox running there (npx billing-sandbox)?`,
  })
})

describe('the options', () => {
  it('that are missing fail at the first call, and malformed ones at once', async () => {
    const bare = createIamportClient({ impKey: undefined, impSecret: undefined, baseUrl })
    await expect(bare.payment('x')).rejects.toThrow(/needs impKey and impSecret/)
    expect(await charge(bare, newOrder())).toMatchObject({ status: 'declined', code: 'not-sent' })
    const secrets = { impKey: 'k', impSecret: 's' }
    expect(() => createIamportClient({ ...secrets, baseUrl: 'api.iamport.kr' })).toThrow(/baseUrl/)
    for (const timeoutMs of [Number.NaN, 0, -1, 2 ** 31, Number.POSITIVE_INFINITY, '5000' as never])
      expect(() => createIamportClient({ ...secrets, timeoutMs })).toThrow(/timeoutMs/)
    expect(createIamportClient({ ...secrets, timeoutMs: 2 ** 31 - 1 }).timeoutMs).toBe(2 ** 31 - 1)
    expect(() => createIamportClient({ ...secrets, fetch: 5 as never })).toThrow(/fetch has to be a function/)
    for (const tokenStore of [5, {}, { get: () => null }, null])
      expect(() => createIamportClient({ ...secrets, tokenStore: tokenStore as never })).toThrow(/tokenStore has to have get and set/)
    expect(() => createIamportClient({ ...secrets, tierCode: 'a\nb' })).toThrow(/tierCode/)
    expect(() => createIamportClient({ impKey: '', impSecret: 's' })).toThrow(/impKey/)
    // under another name the payments would be those of the merchant itself
    expect(() => createIamportClient({ ...secrets, tiercode: '001' } as never)).toThrow('there is no option tiercode')
  })
})
