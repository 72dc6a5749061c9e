import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'
import { setCookie } from 'hono/cookie'
import { secureHeaders } from 'hono/secure-headers'
import type { BillingHandler } from 'react-billing-key/server'
import type { Day } from '../../../subscriptions/rule.ts'
import type { Portone } from './portone.ts'
import type { Store } from './store.ts'
import { actions, viewOf } from './subscriptions.ts'

interface Shop {
  readonly portone: Portone
  readonly store: Store
  readonly billing: BillingHandler
  authenticate(request: Request): { id: string; name: string } | null
  today(): Day
  skip(days: number | 'month'): Promise<void>
  newMember(): string
}

export const sessionOf = (request: Request) => /(?:^|;\s*)session=([\w-]+)/.exec(request.headers.get('cookie') ?? '')?.[1] ?? ''

/** What the page knows of the shop and of who is signed in. */
function shopFor({ portone, store, today }: Shop, member: { id: string; name: string } | null) {
  const row = member && store.current(member.id)
  return {
    config: portone.config,
    today: today(),
    member,
    subscription: row ? viewOf(store, row, today()) : null,
    orders: row ? store.orders(row.id) : [],
    history: member ? store.history(member.id) : [],
  }
}
export type ShopView = ReturnType<typeof shopFor>

export function createApp(shop: Shop) {
  const { portone, store, billing, authenticate } = shop
  const app = new Hono()
  const refuse = (code: string, message: string, status: number) => Response.json({ error: { code, message } }, { status })
  // the strictest policy under which PortOne's SDK loads and its window opens; the address of a script needs a Trusted Types policy
  const sdkOrigin = new URL(portone.config.scriptUrl ?? 'https://cdn.iamport.kr').origin
  const windows = portone.config.sandbox ? [sdkOrigin] : ['https://*.iamport.kr', 'https://*.iamport.co', 'https://*.jtnet.co.kr']
  app.use(
    '*',
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'", sdkOrigin],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        connectSrc: ["'self'", ...windows],
        frameSrc: windows,
        formAction: ["'self'", ...windows],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
        ...(portone.config.sandbox ? { requireTrustedTypesFor: ["'script'"], trustedTypes: ['react-billing-key'] } : {}),
      },
      crossOriginOpenerPolicy: false,
      crossOriginResourcePolicy: false,
      strictTransportSecurity: false,
    }),
  )
  app.use('/api/*', async (c, next) => {
    const origin = c.req.header('origin')
    // 'null' comes from sandboxed frames, and is nobody's own page
    const isOwn = !origin || (URL.canParse(origin) && new URL(origin).host === c.req.header('host'))
    const site = c.req.header('sec-fetch-site') ?? (isOwn ? 'same-origin' : 'cross-site')
    if (site === 'same-origin' || site === 'none' || c.req.path === '/api/billing/webhook') return next()
    return refuse('cross-origin', '이 페이지에서는 이용할 수 없어요.', 403)
  })
  app.all('/api/billing/*', (c) => billing(c.req.raw))
  app.get('/api/shop', (c) => c.json(shopFor(shop, authenticate(c.req.raw))))
  app.post('/api/session', async (c) => {
    const { name } = await c.req.json<{ name?: unknown }>().catch(() => ({ name: null }))
    if (typeof name !== 'string' || !/^[\p{L}\p{N} ]{1,16}$/u.test(name)) return refuse('bad-name', '이름은 16자까지예요.', 400)
    const session = randomUUID()
    store.signIn(session, shop.newMember(), name)
    setCookie(c, 'session', session, { httpOnly: true, sameSite: 'Lax', path: '/', maxAge: 30 * 86_400 })
    return c.json({})
  })
  app.delete('/api/session', (c) => {
    store.signOut(sessionOf(c.req.raw))
    return c.json({})
  })
  app.post('/api/subscription/:action', async (c) => {
    const member = authenticate(c.req.raw)
    if (!member) return refuse('not-signed-in', '로그인해 주세요.', 401)
    const row = store.current(member.id)
    const name = c.req.param('action')
    const act = Object.hasOwn(actions, name) ? actions[name] : undefined
    if (!row || row.ended || !act) return refuse('no-such-route', '할 수 없는 일이에요.', 404)
    await act({ store, iamport: portone.iamport, row, today: shop.today() })
    return c.json(shopFor(shop, member))
  })
  app.post('/api/clock', async (c) => {
    const { days } = await c.req.json<{ days?: unknown }>().catch(() => ({ days: null }))
    if (!portone.advance || (days !== 1 && days !== 7 && days !== 'month')) return refuse('no-such-route', '', 404)
    await shop.skip(days)
    return c.json(shopFor(shop, authenticate(c.req.raw)))
  })
  app.all('/api/*', () => refuse('no-such-route', '', 404))
  app.onError((error) => {
    console.error(error)
    return refuse('internal', '', 500)
  })
  const root = fileURLToPath(new URL('../client', import.meta.url))
  app.use('*', serveStatic({ root }))
  app.get('*', serveStatic({ root, path: 'index.html' }))
  return app
}
