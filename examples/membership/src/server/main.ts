import { randomBytes, randomUUID } from 'node:crypto'
import { existsSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { serve } from '@hono/node-server'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { secureHeaders } from 'hono/secure-headers'
import { createSandbox, type Sandbox } from 'react-billing-key/sandbox'
import { stateFile } from 'react-billing-key/sandbox/node'
import { BillingRefusal, createBillingHandler, createIamportClient } from 'react-billing-key/server'
import { plans } from '../plans.ts'
import { openStore } from './store.ts'

const env = process.env
const port = Number(env.PORT || 3000)
const real = env.IAMPORT_USER_CODE && env.IAMPORT_KEY && env.IAMPORT_SECRET
const listen = (fetch: (request: Request) => Response | Promise<Response>, at: number) =>
  new Promise<number>((resolve) => {
    serve({ fetch, port: at, hostname: '127.0.0.1' }, (address) => resolve(address.port)).once('error', (error) => {
      console.error(`The shop could not listen on port ${at}: ${error.message}. Try another one: PORT=3100 npm start`)
      process.exit(1)
    })
  })

const file = env.DATABASE || fileURLToPath(new URL(`../../${real ? 'shop' : 'sandbox'}.sqlite`, import.meta.url))
// What the sandbox remembers lies beside what the shop does. A card without its key is worth nothing: they begin together.
const memory = `${file}.sandbox.json`
const isLasting = file !== ':memory:'
if (!real && !env.DATABASE && !existsSync(memory)) for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true })

// PortOne itself, or the sandbox in its place
let config = {
  userCode: env.IAMPORT_USER_CODE ?? '',
  pg: env.IAMPORT_PG || 'jtnet',
  scriptUrl: undefined as string | undefined,
  sandbox: false,
}
let sandbox: Sandbox | null = null
let dashboard = ''
let iamport = real ? createIamportClient({ impKey: env.IAMPORT_KEY ?? '', impSecret: env.IAMPORT_SECRET ?? '' }) : null
if (!iamport) {
  sandbox = createSandbox(isLasting ? stateFile(memory) : {})
  const sandboxPort = await listen(sandbox.fetch, port === 0 ? 0 : port + 1)
  const baseUrl = `http://127.0.0.1:${sandboxPort}`
  dashboard = `${baseUrl}/`
  config = { userCode: sandbox.userCode, pg: 'jtnet', scriptUrl: `${baseUrl}/v1/iamport.js`, sandbox: true }
  iamport = createIamportClient({ impKey: sandbox.impKey, impSecret: sandbox.impSecret, baseUrl })
}

const store = openStore(file)
const planOf = (body: unknown) => plans.find(({ id }) => id === (body as { plan?: unknown }).plan)
const sessionOf = (request: Request) => /(?:^|;\s*)session=([\w-]+)/.exec(request.headers.get('cookie') ?? '')?.[1] ?? ''
const authenticate = (request: Request) => store.memberOf(sessionOf(request))

const billing = createBillingHandler({
  iamport,
  signingKey: env.SIGNING_KEY || randomBytes(32).toString('hex'),
  authenticate,
  firstOrder({ body }) {
    const plan = planOf(body)
    if (!plan) throw new BillingRefusal(404, 'unknown-plan', '없는 이용권입니다.')
    return { name: plan.name, amount: plan.first }
  },
  onIssued({ customer, customerUid, card, payment }) {
    store.keepCard(customer.id, customerUid, card?.name ?? null, card?.number ?? null)
    if (payment.amount > 0) store.addOrder(customer.id, payment.merchantUid, payment.name ?? '첫 결제', payment.amount, 'paid')
  },
  customerUids: (customer) => store.cards(customer.id).map((card) => card.customer_uid),
  price({ customer, body }) {
    const order = store.order(customer.id, String((body as { order?: unknown }).order))
    if (!order) throw new BillingRefusal(404, 'unknown-order', '없는 주문입니다.')
    return { merchantUid: order.merchant_uid, name: order.name, amount: order.amount }
  },
  onCharged({ payment }) {
    if (!store.markPaid(payment)) console.error(`A payment does not fit its order: ${payment.impUid}`)
  },
  // of orders and registrations alike: the store compares order, customer and amount
  onPayment: ({ id, payment }) => store.once(id, () => void store.markPaid(payment)),
  onUnknown: ({ order }) => console.error(`Nobody knows whether ${order.merchantUid} was charged: it is asked about by the next press.`),
  onRefused: ({ payment, code }) => console.error(`Money that does not fit (${code}): ${payment.impUid}. Look at it, and refund it.`),
  lock: store.lock,
  onDeleted: ({ customer, customerUid }) => store.dropCard(customer.id, customerUid),
})

const app = new Hono()
// The strictest policy under which PortOne's SDK loads and its window opens; the address of a script needs a Trusted Types policy.
const sdkOrigin = new URL(config.scriptUrl ?? 'https://cdn.iamport.kr').origin
const windows = config.sandbox ? sdkOrigin : 'https://*.iamport.kr https://*.iamport.co https://*.jtnet.co.kr'
app.use(
  '*',
  secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'", sdkOrigin],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", 'data:'],
      connectSrc: ["'self'", ...windows.split(' ')],
      frameSrc: windows.split(' '),
      formAction: ["'self'", ...windows.split(' ')],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
      ...(config.sandbox ? { requireTrustedTypesFor: ["'script'"], trustedTypes: ['react-billing-key'] } : {}),
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
  return c.json({ error: { code: 'cross-origin', message: '이 페이지에서는 이용할 수 없어요.' } }, 403)
})
app.all('/api/billing/*', (c) => billing(c.req.raw))
app.get('/api/shop', (c) => {
  const customer = authenticate(c.req.raw)
  return c.json({
    config,
    customer: customer?.name ?? null,
    customerKey: customer?.id ?? null,
    orders: customer ? store.orders(customer.id) : [],
  })
})
app.post('/api/session', async (c) => {
  const { name } = (await c.req.json()) as { name?: unknown }
  if (typeof name !== 'string' || !/^[\p{L}\p{N} ]{1,16}$/u.test(name))
    return c.json({ error: { code: 'bad-name', message: '이름은 16자까지입니다.' } }, 400)
  const session = randomUUID()
  store.signIn(session, `member-${randomUUID()}`, name)
  setCookie(c, 'session', session, { httpOnly: true, sameSite: 'Lax', path: '/' })
  return c.json({ customer: name })
})
app.delete('/api/session', (c) => {
  store.signOut(getCookie(c, 'session') ?? '')
  return c.json({})
})
app.post('/api/orders', (c) => {
  const customer = authenticate(c.req.raw)
  if (!customer) return c.json({ error: { code: 'not-signed-in', message: '로그인이 필요합니다.' } }, 401)
  const order = `order-${randomUUID().slice(0, 23)}`
  store.addOrder(customer.id, order, '월간 이용권', 9900, 'open')
  return c.json({ order })
})
app.all('/api/*', (c) => c.json({ error: { code: 'no-such-route', message: '' } }, 404))
const root = fileURLToPath(new URL('../client', import.meta.url))
app.use('*', serveStatic({ root }))
app.get('*', serveStatic({ root, path: 'index.html' }))

// webhooks come once, and browsers may never come back
const dayMs = 86_400_000
const sweep = () => billing.sweepRegistrations({ since: new Date(Date.now() - 2 * dayMs) }).catch((error: unknown) => console.error(error))
setInterval(sweep, dayMs).unref()

const at = await listen(app.fetch, port)
if (sandbox) sandbox.noticeUrl = `http://127.0.0.1:${at}/api/billing/webhook`
console.log(`\n  아침서가 멤버십 (react-billing-key demo shop): http://127.0.0.1:${at}`)
console.log(
  real
    ? '  Running against PortOne.\n'
    : `  Running on the sandbox: no card is charged. What happens in it: ${dashboard}\n  Ctrl+C ends it; customers and cards are there the next time.\n`,
)
