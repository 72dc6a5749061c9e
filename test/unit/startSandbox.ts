import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { afterAll, expect } from 'vitest'
import { createSandbox, type Fault, type SandboxOptions } from '../../src/sandbox/index.ts'
import { createIamportClient, type IamportClientOptions } from '../../src/server/index.ts'
import { violations } from './portoneSchemas.ts'

/** One call of the REST API as it went over the wire. */
interface Exchange {
  readonly call: string | null
  readonly path: string
  readonly headers: Headers
}

/**
 * The sandbox on loopback. Every call of its REST API is held against PortOne's contract, request and answer. Closes after
 * the file's tests.
 */
export async function startSandbox(options: SandboxOptions = {}) {
  const faults: (Fault & { path?: RegExp })[] = []
  const exchanges: Exchange[] = []
  const problems: string[] = []
  const sandbox = createSandbox({
    fault: (_, path) => {
      const at = faults.findIndex((fault) => (fault.path ?? /again/).test(path))
      return at < 0 ? null : faults.splice(at, 1)[0]
    },
    ...options,
  })
  const fetch = async (request: Request, env: object) => {
    const { pathname } = new URL(request.url)
    if (pathname.startsWith('/sandbox/')) return sandbox.fetch(request, env)
    const before = faults.length
    const body: unknown = ['POST', 'PUT'].includes(request.method) ? await request.clone().json() : undefined
    const { method, url, headers } = request
    const exchange = { call: violations({ method, url, body }).call, path: pathname, headers }
    exchanges.push(exchange)
    const response = await sandbox.fetch(request, env)
    const answer: unknown = faults.length < before ? undefined : await response.clone().json()
    problems.push(...violations({ method, url, body }, response.status, answer).problems)
    return response
  }
  const { server, baseUrl } = await new Promise<{ server: ReturnType<typeof serve>; baseUrl: string }>((resolve) => {
    const made = serve({ fetch, port: 0, hostname: '127.0.0.1' }, ({ port }: AddressInfo) =>
      resolve({ server: made, baseUrl: `http://127.0.0.1:${port}` }),
    )
  })
  const connections = { count: 0 }
  server.on('connection', () => {
    connections.count += 1
  })
  afterAll(() => {
    server.close()
    expect(problems).toEqual([])
  })

  const post = async (path: string, json: unknown) => {
    const headers = { 'content-type': 'application/json' }
    const response = await globalThis.fetch(`${baseUrl}${path}`, { method: 'POST', headers, body: JSON.stringify(json) })
    return response.json()
  }
  return {
    sandbox,
    baseUrl,
    exchanges,
    connections,
    /** The next calls that go wrong; charges unless they name another path. */
    faults,
    client: (change: Partial<IamportClientOptions> = {}) =>
      createIamportClient({ impKey: sandbox.impKey, impSecret: sandbox.impSecret, baseUrl, ...change }),
    paidFor: (merchantUid: string) =>
      sandbox.payments.filter((payment) => payment.merchant_uid === merchantUid && payment.status === 'paid'),
    /** What a customer does in the window. */
    async pay(params: Record<string, unknown>, card: string | null = '9410-0000-0000-0001') {
      const request = {
        userCode: sandbox.userCode,
        origin: 'http://shop.example',
        mobile: false,
        params: { pg: 'jtnet', name: 'x', amount: 0, ...params },
      }
      const { path, failure } = await post('/sandbox/requests', request)
      return failure ?? (await post(path, card ? { number: card } : { cancel: true })).answer
    },
  }
}
