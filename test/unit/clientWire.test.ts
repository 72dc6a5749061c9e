import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { charge, createIamportClient, IamportApiError, type IamportClientOptions, reconcileCharge } from '../../src/server/index.ts'
import { memoryLock } from './memoryLock.ts'

// A wire that answers what a test wants, on loopback: both transports keep the same promises. No second sandbox: it keeps no
// payments, and sends what neither PortOne nor a fault of the sandbox would.
type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void
let answer: Answer = (_, response) => response.end()
const seen: string[] = []
const now = 1_000_000
let life = 1_800
let token: string | null = null
const json = (response: ServerResponse, status: number, body: unknown, headers = {}) =>
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
const ok = (response: ServerResponse, body: unknown) => json(response, 200, { code: 0, message: null, response: body })
const none = (response: ServerResponse) => json(response, 404, { code: -1, message: '없음', response: null })
const html = (response: ServerResponse, status: number) =>
  response.writeHead(status, { 'content-type': 'text/html' }).end('<h1>gateway</h1>')

const server = createServer((request, response) => {
  const parts: Buffer[] = []
  request.on('data', (part: Buffer) => parts.push(part))
  request.on('end', () => {
    const url = request.url ?? ''
    seen.push(`${request.method} ${url}`)
    if (url === '/users/getToken') ok(response, { access_token: token ?? `t${seen.length}`, now, expired_at: now + life })
    else answer(request, response, Buffer.concat(parts).toString())
  })
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
  life = 1_800
  token = null
  vi.unstubAllGlobals()
})

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => Promise.reject(new Error('did not fail')),
    (error: unknown) => error,
  )
const count = (path: string) => seen.filter((line) => line.includes(path)).length
const order = { customerUid: 'card-1', merchantUid: 'order-1', amount: 9900, name: '월간' }
const paid = {
  imp_uid: 'imp_1',
  merchant_uid: 'order-1',
  status: 'paid',
  amount: 9900,
  cancel_amount: 0,
  currency: 'KRW',
}

const transports: [string, Partial<IamportClientOptions>][] = [
  ['Node’s HTTP client', {}],
  ['fetch', { fetch: (input, init) => fetch(input, init) }],
]

describe.each(transports)('the client over %s', (name, transport) => {
  const client = (change: Partial<IamportClientOptions> = {}) =>
    createIamportClient({ impKey: 'k', impSecret: 's', baseUrl, ...transport, ...change })

  it('takes a proxy’s 404 for no word of PortOne’s', async () => {
    answer = (_, response) => html(response, 404)
    expect(await failure(client().payment('imp_1'))).toMatchObject({ httpStatus: 404, code: null })
    expect(await failure(client().billingKey('card-1'))).toMatchObject({ httpStatus: 404, code: null })
    expect(await failure(client().billingKeys(['card-1']))).toMatchObject({ httpStatus: 404, code: null })
    expect(await reconcileCharge(client(), order)).toMatchObject({ status: 'unknown' })
    answer = (_, response) => json(response, 404, { message: 'no route' })
    expect(await failure(client().payment('imp_1'))).toMatchObject({ httpStatus: 404, code: null })
    answer = (_, response) => json(response, 404, { code: 0, message: null, response: null })
    expect(await failure(client().payment('imp_1'))).toMatchObject({ httpStatus: 404, code: 0 })
    answer = (_, response) => ok(response, null)
    expect(await failure(client().payment('imp_1'))).toBeInstanceOf(IamportApiError)
    answer = (_, response) => none(response)
    expect(await client().payment('imp_1')).toBeNull()
  })

  it.each(['<html>maintenance</html>', '{"code":0,"response":{"imp', '[]'])(
    'asks again when a read is answered with %s, and sends no charge twice',
    async (text) => {
      let broken = 2
      answer = ({ method }, response) => {
        broken -= 1
        if (broken >= 0) response.end(text)
        else if (method === 'GET') ok(response, paid)
      }
      expect(await client().payment('imp_1')).toMatchObject({ status: 'paid' })
      broken = 1
      const before = count('/again')
      expect(await failure(client().again(order))).toMatchObject({ httpStatus: 200, code: null, sent: true })
      expect(count('/again') - before).toBe(1)
    },
  )

  it('takes no word about another payment or key, which may be another customer’s', async () => {
    const iamport = client()
    const key = { customer_uid: 'card-of-mina', inserted: 1, card_name: '신한' }
    answer = (request, response) => ok(response, !request.url?.startsWith('/subscribe') ? paid : request.url.includes('?') ? [key] : key)
    const other = { httpStatus: 200, code: 0, message: expect.stringContaining('not about what was asked') }
    expect(await failure(iamport.payment('imp_2'))).toMatchObject(other)
    expect(await failure(iamport.paymentByMerchantUid('order-2'))).toMatchObject(other)
    expect(await failure(iamport.paymentByMerchantUid('order-1', 'failed'))).toMatchObject(other)
    expect(await failure(iamport.billingKey('card-of-jun'))).toMatchObject(other)
    expect(await failure(iamport.billingKeys(['card-of-jun', 'card-of-ara']))).toMatchObject(other)
    expect(await iamport.payment('imp_1')).toMatchObject({ merchantUid: 'order-1' })
    expect(await iamport.paymentByMerchantUid('order-1', 'paid')).toMatchObject({ impUid: 'imp_1' })
    expect(await iamport.billingKeys(['card-of-jun', 'card-of-mina'])).toMatchObject([{ customerUid: 'card-of-mina' }])
    answer = (_, response) => ok(response, [{ ...key, customer_uid: 'card-of-jun' }, key])
    expect(await failure(iamport.billingKeys(['card-of-jun']))).toMatchObject(other)
  })

  it('frees no order whose charge was lost for what became of another order', async () => {
    const { lock, sent } = memoryLock()
    answer = (request, response) => {
      if (request.method === 'POST') return response.destroy()
      return sent.size > 0 && count('/again') === 0 ? none(response) : ok(response, { ...paid, merchant_uid: 'another', status: 'failed' })
    }
    seen.length = 0
    expect(await charge(client(), order, { lock, patienceMs: 0 })).toMatchObject({ status: 'unknown' })
    expect(sent.size).toBe(1)
  })

  it('says that nothing was sent of a request that JSON cannot hold, and quotes nothing of it', async () => {
    const circular: Record<string, unknown> = { secret: '4111-1111' }
    circular.self = circular
    answer = (_, response) => none(response)
    seen.length = 0
    for (const customData of [circular, 10n] as never[]) {
      const { lock, sent } = memoryLock()
      const result = await charge(client(), { ...order, customData }, { lock, patienceMs: 0 })
      expect(result).toMatchObject({ code: 'not-sent', message: expect.stringContaining('what JSON cannot') })
      expect(sent.size).toBe(0)
    }
    expect(count('/again')).toBe(0)
  })

  it('takes an answer without customer_uid to its own charge for paid', async () => {
    answer = ({ method }, response) => (method === 'GET' ? none(response) : ok(response, paid))
    expect(await charge(client(), order)).toMatchObject({ status: 'paid', payment: { customerUid: null } })
  })

  it.each([421, 307, 308])('sends a charge once when it is answered with %s', async (status) => {
    answer = ({ method }, response) =>
      method === 'GET' ? none(response) : response.writeHead(status, { location: '/elsewhere' }).end('<p>')
    const before = count('/again')
    expect(await charge(client(), order, { patienceMs: 0 })).toMatchObject({ status: 'unknown', cause: {} })
    expect(count('/again') - before).toBe(1)
    expect(count('/elsewhere')).toBe(0)
  })

  it.each([401, 404, 429])('takes a gateway’s %s to a charge for no word of PortOne’s, and sends nothing again', async (status) => {
    answer = ({ method }, response) => (method === 'GET' ? none(response) : html(response, status))
    const before = count('/again')
    expect(await charge(client(), order, { patienceMs: 0 })).toMatchObject({ status: 'unknown', cause: { httpStatus: status } })
    expect(count('/again') - before).toBe(1)
    // PortOne's own: the token is renewed for a read whoever refused it, and for a charge when PortOne did
    let left = 1
    answer = (_, response) => (left-- > 0 ? html(response, 401) : none(response))
    expect(await client().payment('x')).toBeNull()
  })

  it('waits as long as PortOne asks, also when that is for ever', async () => {
    answer = (_, response) => json(response, 429, { code: -1, message: 'x', response: null }, { 'retry-after': '99999999' })
    const before = count('/payments/for-ever')
    expect(await failure(client({ timeoutMs: 400 }).payment('for-ever'))).toMatchObject({ message: expect.stringMatching(/Timeout/) })
    expect(count('/payments/for-ever') - before).toBe(1)
  })

  it.each(['to\nken', 'to ken', '', '토큰'])('takes no token that a header cannot hold (%j), and quotes none', async (value) => {
    const stored = { value, until: Date.now() + 600_000 }
    const tokenStore = { get: () => stored, set: () => {} }
    answer = ({ headers }, response) => ok(response, { ...paid, name: headers.authorization })
    expect(await client({ tokenStore }).payment('imp_1')).toMatchObject({ name: expect.stringMatching(/^Bearer t\d+$/) })
    token = value || ' '
    expect(await failure(client().payment('imp_1'))).toMatchObject({ path: '/users/getToken', sent: false })
  })

  it('follows no redirect of a read either', async () => {
    answer = ({ url }, response) => (url === '/elsewhere' ? none(response) : response.writeHead(302, { location: '/elsewhere' }).end())
    expect(await failure(client().payment('imp_1'))).toMatchObject({ httpStatus: 302, code: null })
    expect(count('/elsewhere')).toBe(0)
  })

  it('takes the word of no redirect, also when it looks like PortOne’s', async () => {
    answer = (_, response) => json(response, 303, { code: 0, message: null, response: paid }, { location: '/elsewhere' })
    expect(await failure(client().payment('imp_1'))).toMatchObject({ httpStatus: 303, code: null })
    expect(await failure(client().again(order))).toMatchObject({ httpStatus: 303, code: null, sent: true })
    expect(count('/elsewhere')).toBe(0)
  })

  it('sends a body whose length is known', async () => {
    let headers: IncomingMessage['headers'] = {}
    let text = ''
    answer = (request, response, body) => {
      headers = request.headers
      text = body
      ok(response, paid)
    }
    await client().again(order)
    expect(JSON.parse(text)).toMatchObject({ customer_uid: 'card-1', name: '월간' })
    expect(headers['content-length']).toBe(String(Buffer.byteLength(text)))
    expect(headers['transfer-encoding']).toBeUndefined()
  })

  it('reads no more than a megabyte', async () => {
    let written = 0
    answer = (_, response) => {
      const timer = setInterval(() => {
        for (let part = 0; part < 10; part += 1) response.write('x'.repeat(100_000))
        written += 1_000_000
        if (written >= 100_000_000) response.end()
      }, 1)
      response.once('close', () => clearInterval(timer))
    }
    expect(await failure(client().again(order))).toMatchObject({ message: expect.stringContaining('too long'), sent: true })
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(written).toBeLessThan(60_000_000)
  })

  it('keeps its deadline while an answer trickles, and says that a broken one was sent', async () => {
    answer = (_, response) => {
      const timer = setInterval(() => response.write(' '), 20)
      response.once('close', () => clearInterval(timer))
    }
    const began = performance.now()
    expect(await failure(client({ timeoutMs: 300 }).again(order))).toMatchObject({ message: expect.stringMatching(/Timeout/), sent: true })
    expect(performance.now() - began).toBeLessThan(1_500)
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"code":0')
      setTimeout(() => response.destroy(), 20)
    }
    expect(await failure(client().again(order))).toMatchObject({ code: null, sent: true })
  })

  it('waits for nothing where the connection becomes another protocol’s', async () => {
    answer = ({ socket }) => socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n')
    const error = await failure(client({ timeoutMs: 10_000 }).again(order))
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
    expect(await failure(slept.again(order))).toMatchObject({ sent: false, message: expect.stringMatching(/Timeout/) })
    expect(count('/again') - before).toBe(0)
  })

  it('says that nothing was sent where no connection was made', async () => {
    expect(await failure(client({ baseUrl: 'http://127.0.0.1:2' }).payment('x'))).toMatchObject({ sent: false, httpStatus: 0 })
    answer = (request) => request.socket.destroy()
    expect(await failure(client().again(order))).toMatchObject({ sent: true, httpStatus: 0 })
  })

  it('uses as many connections as callers, also when answers are tried again', async () => {
    let calls = 0
    answer = (_, response) => {
      calls += 1
      if (calls % 2 === 1) json(response, 503, { code: -1, message: 'x'.repeat(70_000), response: null }, { 'retry-after': '0' })
      else none(response)
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
    life = 61
    answer = (_, response) => none(response)
    const one = client()
    const before = count('getToken')
    for (let call = 0; call < 5; call += 1) await one.payment('none')
    life = 50
    const other = client()
    for (let call = 0; call < 5; call += 1) await other.payment('none')
    expect(count('getToken') - before).toBe(2)
  })

  it('asks for many keys in addresses that a proxy takes', async () => {
    const before = seen.length
    answer = (request, response) => {
      const uids = new URL(request.url ?? '', baseUrl).searchParams.getAll('customer_uid[]')
      const known = uids.filter((uid) => !uid.startsWith('none'))
      if (known.length === 0) none(response)
      else
        ok(
          response,
          known.map((customer_uid) => ({ customer_uid, inserted: 1 })),
        )
    }
    const uids = Array.from({ length: 400 }, (_, at) => `customer-with-a-long-name-${at}`)
    const keys = await client().billingKeys([...uids, 'customer-with-a-long-name-1'])
    expect(keys.map(({ customerUid }) => customerUid)).toEqual(uids)
    expect(Math.max(...seen.slice(before).map((line) => line.length))).toBeLessThan(4_200)
    answer = (_, response) => ok(response, { oops: true })
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
    await expect(charge(client(), { ...order, merchantUid: '..' })).rejects.toThrow(/merchantUid/)
    answer = (_, response) => none(response)
    expect(await client().payment('a/../b?c#d')).toBeNull()
    expect(seen.at(-1)).toContain('/payments/a%2F..%2Fb%3Fc%23d')
  })

  it('lists payments by status, page by page', async () => {
    answer = (_, response) => ok(response, { total: 21, previous: 0, next: 2, list: [paid] })
    const page = await client().paymentsByStatus('paid', { from: 1, to: 2, page: 1, limit: 20 })
    expect(page).toMatchObject({ total: 21, next: 2, payments: [{ impUid: 'imp_1' }] })
    expect(seen.at(-1)).toBe('GET /payments/status/paid?page=1&limit=20&from=1&to=2')
    await client().paymentsByStatus('all')
    expect(seen.at(-1)).toBe('GET /payments/status/all')
    answer = (_, response) => ok(response, {})
    expect(await failure(client().paymentsByStatus('all'))).toBeInstanceOf(IamportApiError)
  })

  it(`works without AbortSignal.any and AbortSignal.timeout (${name})`, async () => {
    class Old extends EventTarget {}
    vi.stubGlobal('AbortSignal', Old)
    answer = (_, response) => none(response)
    expect(await client().payment('none')).toBeNull()
  })
})

it('closes an idle connection before the other side would', async () => {
  server.keepAliveTimeout = 120_000
  answer = (_, response) => none(response)
  const closed = new Promise((resolve) => server.once('connection', (socket) => socket.once('close', resolve)))
  expect(await createIamportClient({ impKey: 'k', impSecret: 's', baseUrl }).payment('x')).toBeNull()
  await closed
})

describe('any fetch that is given', () => {
  const client = (given: typeof fetch, timeoutMs = 300) =>
    createIamportClient({ impKey: 'k', impSecret: 's', baseUrl, fetch: given, timeoutMs })

  it('is held to the deadline, also when it drops the signal', async () => {
    answer = () => {}
    const wrapped = client((input, init) => fetch(new Request(String(input), { method: init?.method ?? 'GET' })))
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
    expect(await failure(failing(cause).again(order))).toMatchObject({ sent })
  })
})

describe('the options', () => {
  it('that are missing fail at the first call, and malformed ones at once', async () => {
    const bare = createIamportClient({ impKey: undefined, impSecret: undefined, baseUrl })
    await expect(bare.payment('x')).rejects.toThrow(/needs impKey and impSecret/)
    expect(await charge(bare, order)).toMatchObject({ status: 'declined', code: 'not-sent' })
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
  })
})
