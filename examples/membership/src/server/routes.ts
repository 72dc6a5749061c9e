import { randomUUID } from 'node:crypto'
import { Hono } from 'hono'
import { setCookie } from 'hono/cookie'
import { csrf } from 'hono/csrf'
import { secureHeaders } from 'hono/secure-headers'
import type { Shop } from './shop.ts'
import type { Member } from './store.ts'
import { actions, viewOf } from './subscriptions.ts'

export const sessionOf = (request: Request) => /(?:^|;\s*)session=([\w-]+)/.exec(request.headers.get('cookie') ?? '')?.[1] ?? ''

/** What the page knows of the shop and of who is signed in. */
function shopFor({ portone, store, today }: Shop, member: Member | null) {
  const row = member && (store.live(member.id) ?? store.subscriptionsOf(member.id)[0])
  return {
    config: portone.config,
    today: today(),
    member,
    subscription: row ? viewOf({ store, today }, row) : null,
    orders: member ? store.orders(member.id) : [],
    history: member ? store.history(member.id) : [],
  }
}
export type ShopView = ReturnType<typeof shopFor>

/** The strictest headers under which PortOne's SDK loads and its window opens; the address of a script needs a Trusted Types policy. */
function headers({ scriptUrl, sandbox }: Shop['portone']['config']) {
  const sdkOrigin = new URL(scriptUrl ?? 'https://cdn.iamport.kr').origin
  const windows = sandbox ? [sdkOrigin] : ['https://*.iamport.kr', 'https://*.iamport.co', 'https://*.jtnet.co.kr']
  const contentSecurityPolicy = {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'", sdkOrigin],
    styleSrc: ["'self'"],
    imgSrc: ["'self'", 'data:'],
    connectSrc: ["'self'", ...windows],
    frameSrc: windows,
    formAction: ["'self'", ...windows],
    baseUri: ["'none'"],
    frameAncestors: ["'none'"],
    ...(sandbox ? { requireTrustedTypesFor: ["'script'"], trustedTypes: ['react-billing-key'] } : {}),
  }
  return secureHeaders({ contentSecurityPolicy, crossOriginOpenerPolicy: false, crossOriginResourcePolicy: false })
}

export function createApp(shop: Shop, skip: (days: number | 'month') => Promise<void>) {
  const { portone, store, billing, authenticate } = shop
  const app = new Hono()
  const refuse = (code: string, status: number) => Response.json({ error: { code } }, { status })
  const bodyOf = (request: Request) => request.json().catch(() => null) as Promise<Record<string, unknown> | null>
  app.use('*', headers(portone.config))
  // the library's handler guards itself, and PortOne posts its webhook from elsewhere
  app.all('/api/billing/*', (c) => billing(c.req.raw))
  app.use('/api/*', csrf())
  app.get('/api/shop', (c) => c.json(shopFor(shop, authenticate(c.req.raw))))
  app.post('/api/session', async (c) => {
    const name = (await bodyOf(c.req.raw))?.name
    if (typeof name !== 'string' || !/^[\p{L}\p{N}][\p{L}\p{N} ]{0,15}$/u.test(name)) return refuse('bad-name', 400)
    const session = randomUUID()
    store.signIn(session, `m${randomUUID().replaceAll('-', '').slice(0, 16)}`, name)
    setCookie(c, 'session', session, { httpOnly: true, sameSite: 'Lax', secure: !portone.config.sandbox, path: '/', maxAge: 30 * 86_400 })
    return c.json({})
  })
  app.delete('/api/session', (c) => c.json({ isOut: store.signOut(sessionOf(c.req.raw)) }))
  app.post('/api/subscriptions/:id/:action', async (c) => {
    const [{ id, action }, shown] = [c.req.param(), await bodyOf(c.req.raw)]
    const member = authenticate(c.req.raw)
    const row = member && store.live(member.id)
    const act = Object.hasOwn(actions, action) ? actions[action] : undefined
    // by its number: a tab that still shows another member's does nothing to this one's
    if (row?.id !== id || !act) return refuse('not-found', 404)
    await act(shop, row, shown?.amount)
    return c.json({})
  })
  app.post('/api/clock', async (c) => {
    const days = (await bodyOf(c.req.raw))?.days
    if (!portone.advance || (days !== 1 && days !== 7 && days !== 'month')) return refuse('not-found', 404)
    await skip(days)
    return c.json({})
  })
  app.all('/api/*', () => refuse('not-found', 404))
  app.onError((error) => {
    if ('getResponse' in error) return error.getResponse() // csrf's
    console.error(error)
    return refuse('internal', 500)
  })
  return app
}
