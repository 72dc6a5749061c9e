import { sqliteLock } from '../../examples/locks/sqliteLock.ts'
import { openBilling } from '../../examples/membership/src/server/billing.ts'
import { runDay } from '../../examples/membership/src/server/dailyJob.ts'
import type { Portone } from '../../examples/membership/src/server/portone.ts'
import { createApp, type ShopView, sessionOf } from '../../examples/membership/src/server/routes.ts'
import { openDatabase, openStore } from '../../examples/membership/src/server/store.ts'
import { addDays, koreanDay } from '../../examples/subscriptions/rule.ts'
import { createSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/index.ts'
import { createIamportClient } from '../../src/server/index.ts'

type Json = Record<string, unknown>

/** The demo shop with its routes and its daily job, on a sandbox of its own whose clock begins on a day. */
export function openDemoShop(clock = '2027-01-31T03:00:00Z', options: Pick<SandboxOptions, 'fault' | 'sendNotice'> = {}) {
  const sandbox = createSandbox({ clock, ...options })
  return { sandbox, ...startDemoShop(openDatabase(':memory:'), sandbox) }
}

/** The shop's process: its code over a database and a sandbox that may have been there before. */
export function startDemoShop(db: ReturnType<typeof openDatabase>, sandbox: Sandbox, call = sandbox.fetch) {
  const { impKey, impSecret, userCode } = sandbox
  const baseUrl = 'http://sandbox'
  const fetch: typeof globalThis.fetch = (input, init) => call(new Request(input, init))
  const portone: Portone = {
    iamport: createIamportClient({ impKey, impSecret, baseUrl, fetch }),
    signingKey: 'only-for-a-test-0123456789-abcdefgh',
    config: { userCode, pg: 'jtnet', redirectUrl: '/billing/complete', scriptUrl: `${baseUrl}/v1/iamport.js`, sandbox: true },
    now: () => new Date(sandbox.now() * 1000),
    dashboard: baseUrl,
    advance: (days) => sandbox.advance(days * 86_400),
    noticesTo() {},
  }
  const today = () => koreanDay(portone.now())
  const store = openStore(db, today)
  const parts = { portone, store, lock: sqliteLock(db), today, authenticate: (request: Request) => store.memberOf(sessionOf(request)) }
  const shop = { ...parts, billing: openBilling(parts) }
  const pass = async (days: number) => {
    for (const until = addDays(today(), days); today() < until; ) {
      portone.advance?.(1)
      await runDay(shop)
    }
  }
  const app = createApp(shop, (days) => pass(Number(days)))
  return { db, shop, pass, browser: (session?: string) => openBrowser(app, sandbox, session) }
}

/** A browser with its cookies, at the shop's address. */
function openBrowser(app: ReturnType<typeof createApp>, sandbox: Sandbox, session = '') {
  let cookie = session
  const call = async (method: string, path: string, body?: unknown) => {
    const headers = { cookie, host: 'shop', origin: 'http://shop', 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' }
    const answer = await app.request(`http://shop/api${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    cookie = /^[^;]+/.exec(answer.headers.get('set-cookie') ?? '')?.[0] ?? cookie
    return { status: answer.status, body: (await answer.json()) as Json & { error?: { code: string } } }
  }
  const post = (path: string, body: unknown = {}) => call('POST', path, body)
  const view = async () => (await call('GET', '/shop')).body as unknown as ShopView
  const current = async () => {
    const { subscription } = await view()
    if (!subscription) throw new Error('no subscription')
    return subscription
  }
  /** What a customer does in the window of an intent; answers what the page sends to the server afterwards. */
  const inWindow = async (order: Json, card?: string) => {
    const { member, today } = await view()
    const { body: intent } = await post('/billing/intents', { member: member?.id, agreed: today, price: 9900, ...order })
    const { merchantUid, customerUid, token } = intent
    const paid = await sandbox.register({ ...(intent as unknown as Parameters<typeof sandbox.register>[0]), ...(card ? { card } : {}) })
    return { merchantUid, customerUid, token, impUid: paid.imp_uid }
  }
  return {
    post,
    view,
    current,
    inWindow,
    remove: (path: string) => call('DELETE', path),
    signIn: (name: string) => post('/session', { name }),
    session: () => cookie,
    register: async (order: Json, card?: string) => post('/billing/confirm', await inWindow(order, card)),
    /** What the page does: with the amount that it shows. */
    act: async (name: string, shown?: { amount: number }) => {
      const { id, amount } = await current()
      return (await post(`/subscriptions/${id}/${name}`, { amount: shown?.amount ?? amount })).status
    },
  }
}
