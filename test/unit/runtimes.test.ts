import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { EdgeRuntime } from 'edge-runtime'
import { build } from 'esbuild'
import { Miniflare } from 'miniflare'
import { afterAll, describe, expect, it } from 'vitest'
import { openapi } from './apiContract.ts'
import { serveShop } from './shopOnEdge.ts'
import { startSandbox } from './startSandbox.ts'

const { sandbox, baseUrl, pay, paidFor, faults } = await startSandbox()
const environment = { impKey: sandbox.impKey, impSecret: sandbox.impSecret, baseUrl }
type Send = (path: string, init?: RequestInit) => Promise<Response>
const ends: (() => Promise<unknown>)[] = []
afterAll(() => Promise.all(ends.map((end) => end())))

/** What a bundler for such a runtime makes of a shop: nothing of Node's may be in it. */
async function bundle(entry: string, format: 'esm' | 'iife', conditions: string[]): Promise<string> {
  const stdin = { contents: `import { serveShop } from './shopOnEdge.ts'\n${entry}`, resolveDir: import.meta.dirname }
  const { outputFiles } = await build({ stdin, bundle: true, format, conditions, platform: 'browser', write: false, target: 'es2022' })
  return outputFiles[0]?.text ?? ''
}

const runtimes: Record<string, () => Promise<Send>> = {
  Node: async () => (path, init) => serveShop(new Request(`http://shop.example${path}`, init), environment),
  async workerd() {
    const script = await bundle('export default { fetch: serveShop }', 'esm', ['workerd', 'worker'])
    const worker = new Miniflare({ modules: true, script, compatibilityDate: '2025-01-01', bindings: environment })
    ends.push(() => worker.dispose())
    const url = await worker.ready
    return (path, init) => fetch(new URL(path, url), init)
  },
  async 'an edge runtime without AbortSignal.any'() {
    const entry = `delete AbortSignal.any
addEventListener('fetch', (event) => event.respondWith(serveShop(event.request, ${JSON.stringify(environment)})))`
    const runtime = new EdgeRuntime({ initialCode: await bundle(entry, 'iife', ['edge-light', 'worker']) })
    return (path, init) => runtime.dispatchFetch(`http://shop.example${path}`, init) as unknown as Promise<Response>
  },
}

describe.each(Object.keys(runtimes))('on %s', (name) => {
  const opened = runtimes[name]?.() as Promise<Send>
  const get = async (path: string) => (await (await opened)(path)).json()
  const asked = new Set<string>()
  /** Asks the handler, and notes which of its routes. */
  const call = async (method: string, path: string, body?: unknown, headers: Record<string, string> = { 'x-billing-key': '1' }) => {
    asked.add(`${method.toLowerCase()} ${path.replace(/^(\/keys)\/.+/, '$1/{customerUid}')}`)
    const init = body === undefined ? {} : { body: JSON.stringify(body) }
    const sent = { method, headers: { 'content-type': 'application/json', ...headers }, ...init }
    const response = await (await opened)(`/api/billing${path}`, sent)
    return { status: response.status, body: await response.json() }
  }
  const post = (path: string, body: unknown) => call('POST', path, body)
  const card = `card-${name.slice(0, 7)}`

  it('the client gets a token, reads and charges once', async () => {
    const { imp_uid } = await pay({ customer_uid: card, merchant_uid: `window-${card}` })
    expect(await get('/client/token')).toBe('string')
    expect(await get(`/client/payment?id=${imp_uid}`)).toMatchObject({ impUid: imp_uid, status: 'paid' })
    expect(await get('/client/payment?id=imp_none')).toBeNull()
    expect(await get(`/client/charge?id=${card}&order=order-${card}`)).toMatchObject({ status: 'paid' })
    expect(await get(`/client/charge?id=${card}&order=order-${card}`)).toMatchObject({ status: 'paid' })
    expect(paidFor(`order-${card}`)).toHaveLength(1)
  })

  it('a client that is kept asks for another token when the request that asked for one has ended', async () => {
    faults.push({ kind: 'timeout', done: false, ms: 3_000, path: /getToken/ })
    expect(await get('/client/kept?id=imp_none')).toMatch(/getToken: no answer/)
    expect(await get('/client/kept?id=imp_none')).toBeNull()
  })

  it('the client takes a broken connection for sent, whatever the runtime calls it', async () => {
    faults.push({ kind: 'reset', done: true })
    expect(await get(`/client/charge?id=${card}&order=lost-${card}`)).toMatchObject({ status: 'paid' })
    expect(paidFor(`lost-${card}`)).toHaveLength(1)
  })

  it('no connection is proof that nothing was sent only where the runtime says so as Node does', async () => {
    const result = await get(`/client/astray?id=${card}&order=nowhere-${card}&instead=http://127.0.0.1:2/`)
    expect(result).toMatchObject(name === 'workerd' ? { status: 'unknown' } : { status: 'declined', code: 'not-sent' })
    expect(paidFor(`nowhere-${card}`)).toHaveLength(0)
  })

  it.each([421, 307])('the client sends a charge once when it is answered with %s', async (status) => {
    const seen: string[] = []
    const server = createServer((request, response) => {
      seen.push(`${request.method} ${request.url}`)
      request.resume().on('end', () => response.writeHead(status, { location: '/elsewhere' }).end())
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const instead = `http://127.0.0.1:${(server.address() as AddressInfo).port}/again`
    const path = `/client/astray?id=${card}&order=astray-${status}-${card}&instead=${instead}`
    expect(await get(path)).toMatchObject({ status: 'unknown', cause: { httpStatus: status } })
    expect(seen).toEqual(['POST /again'])
    server.closeAllConnections()
    server.close()
  })

  it('the handler answers at each of its routes', async () => {
    const { body: intent } = await post('/intents', {})
    const { customerUid, merchantUid, amount, customData, token } = intent
    const { imp_uid } = await pay({ customer_uid: customerUid, merchant_uid: merchantUid, amount, custom_data: customData })
    expect(await post('/confirm', { token, impUid: imp_uid })).toMatchObject({ status: 200, body: { status: 'issued', charged: 9900 } })
    expect(await post('/webhook', { imp_uid })).toMatchObject({ status: 200, body: { status: 'paid' } })
    expect(await post('/webhook', { imp_uid: 'imp_forged' })).toMatchObject({ status: 404 })
    expect(await post('/charges', { customerUid, order: customerUid })).toMatchObject({ status: 200, body: { status: 'paid' } })
    expect(paidFor(customerUid)).toHaveLength(1)
    expect(await post('/charges', { customerUid: 'not-mine', order: 'x' })).toMatchObject({ status: 404 })
    expect((await call('GET', '/keys')).body.keys).toContainEqual(expect.objectContaining({ customerUid }))
    expect(await call('DELETE', '/keys/not-mine')).toMatchObject({ status: 404 })
    expect(await call('DELETE', `/keys/${customerUid}`)).toEqual({ status: 200, body: { customerUid } })
    expect((await call('GET', '/keys')).body.keys).not.toContainEqual(expect.objectContaining({ customerUid }))
    const routes = Object.entries<object>(openapi.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    )
    expect([...asked].sort()).toEqual(routes.sort())
  })

  it('the handler refuses another site, a stranger’s token and an endless body', async () => {
    const foreign = { origin: 'https://evil.example' }
    expect(await call('POST', '/intents', {}, foreign)).toMatchObject({ status: 403, body: { error: { code: 'cross-origin' } } })
    expect(await post('/confirm', { token: 'a.b.c' })).toMatchObject({ status: 400, body: { error: { code: 'invalid-token' } } })
    expect(await post('/webhook', { imp_uid: 'x'.repeat(20_000) })).toMatchObject({ status: 413 })
    expect(await call('GET', '/elsewhere')).toMatchObject({ status: 404, body: { error: { code: 'no-such-route' } } })
  })

  it('the sweep keeps a key that nobody came back for', async () => {
    const { body: intent } = await post('/intents', {})
    const { customerUid, merchantUid, amount, customData } = intent
    await pay({ customer_uid: customerUid, merchant_uid: merchantUid, amount, custom_data: customData })
    expect(await get('/sweep')).toMatchObject({ failed: 0 })
    expect((await call('GET', '/keys')).body.keys).toContainEqual(expect.objectContaining({ customerUid }))
  })
})
