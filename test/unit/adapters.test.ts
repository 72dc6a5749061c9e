import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startSandbox } from './startSandbox.ts'

const { sandbox, baseUrl, pay, paidFor } = await startSandbox()

beforeAll(() => {
  vi.stubEnv('IAMPORT_KEY', sandbox.impKey)
  vi.stubEnv('IAMPORT_SECRET', sandbox.impSecret)
  vi.stubEnv('IAMPORT_URL', baseUrl)
  vi.stubEnv('SIGNING_KEY', 'a-signing-key-of-at-least-32-characters')
})

const servers: Record<string, () => Promise<Server>> = {
  hono: async () => createServer(getRequestListener((await import('../../examples/adapters/hono.ts')).app.fetch)),
  express: async () => createServer((await import('../../examples/adapters/express.ts')).app),
  fastify: async () => {
    const { app } = await import('../../examples/adapters/fastify.ts')
    await app.ready()
    return app.server
  },
  // Next.js calls the function of the file that has the request's method as its name
  next: async () => {
    const route: Record<string, (request: Request) => Promise<Response>> = await import('../../examples/adapters/next.ts')
    return createServer(getRequestListener((request) => route[request.method]?.(request) ?? new Response(null, { status: 405 })))
  },
}

describe.each(Object.keys(servers))('on %s', (name) => {
  let server: Server
  let shop: string
  beforeAll(async () => {
    server = (await servers[name]?.()) as Server
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    shop = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => server.close())
  const call = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(`${shop}/api/billing${path}`, {
      method,
      headers: { 'content-type': 'application/json', cookie: `member=${name}`, origin: shop, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: response.status, body: await response.json() }
  }

  it('issues, confirms, lists, charges and removes over HTTP', async () => {
    const { body: intent } = await call('POST', '/intents', {})
    const { customerUid, merchantUid, token } = intent
    const { imp_uid } = await pay({ customer_uid: customerUid, merchant_uid: merchantUid, amount: 9900, custom_data: intent.customData })
    expect(await call('POST', '/webhook', { imp_uid }, { origin: 'https://portone.example' })).toMatchObject({ status: 200 })
    expect(await call('POST', '/confirm', { token, impUid: imp_uid })).toMatchObject({
      status: 200,
      body: { status: 'issued', charged: 9900 },
    })
    expect((await call('GET', '/keys')).body.keys).toMatchObject([{ customerUid }])
    expect((await call('POST', '/charges', { customerUid })).body).toMatchObject({ status: 'paid', merchantUid: `${name}-2026-12` })
    expect(paidFor(`${name}-2026-12`)).toHaveLength(1)
    expect(await call('DELETE', `/keys/${customerUid}`)).toMatchObject({ status: 200 })
    expect((await call('GET', '/keys')).body.keys).toEqual([])
  })

  it('refuses strangers and other sites', async () => {
    expect((await call('GET', '/keys', undefined, { cookie: '' })).status).toBe(401)
    expect((await call('GET', '/keys', undefined, { origin: 'https://evil.example' })).status).toBe(403)
  })
})
