import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import type { TestProject } from 'vitest/node'
import { createSandbox } from '../../src/sandbox/createSandbox.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    sandboxUrl: string
  }
}

/** The sandbox on loopback, at an origin that is not the page's. Also answers wrongly under /broken/. */
export default async function setup(project: TestProject) {
  const sandbox = createSandbox({ closeButton: true })
  const broken: Record<string, () => Response | Promise<Response>> = {
    '/broken/404.js': () => new Response('', { status: 404 }),
    '/broken/html.js': () => new Response('<html></html>', { headers: { 'content-type': 'text/javascript' } }),
    '/broken/empty.js': () => new Response('', { headers: { 'content-type': 'text/javascript' } }),
    '/broken/never.js': () => new Promise(() => {}),
  }
  let failures = 0
  const loads = new Map<string, number>()
  const fetch = (request: Request) => {
    const { pathname, search } = new URL(request.url)
    if (pathname === '/counted/loads')
      return new Response(String(loads.get(search) ?? 0), { headers: { 'access-control-allow-origin': '*' } })
    if (pathname === '/broken/once.js' && failures++ === 0) return new Response('', { status: 503 })
    if (pathname.endsWith('once.js') || pathname.endsWith('iamport.js')) {
      loads.set(search, (loads.get(search) ?? 0) + 1)
      return sandbox.fetch(new Request(new URL('/v1/iamport.js', request.url)))
    }
    return broken[pathname]?.() ?? sandbox.fetch(request)
  }
  let close = () => {}
  const port = await new Promise<number>((resolve) => {
    const server = serve({ fetch, port: 0, hostname: '127.0.0.1' }, (address: AddressInfo) => resolve(address.port))
    close = () => server.close()
  })
  project.provide('sandboxUrl', `http://127.0.0.1:${port}`)
  return () => close()
}
