import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { getRequestListener } from '@hono/node-server'
import type { Page } from '@playwright/test'
import { build } from 'esbuild'
import type { Claim, ConfirmAnswer } from '../../src/index.ts'
import type { Sandbox } from '../../src/sandbox/createSandbox.ts'
import { redirectBack } from '../../src/sandbox/redirectBack.ts'
import { approve } from '../../src/sandbox/testHelpers.ts'

// npm test builds it before; the types are those of src/
const built = new URL('../../dist/sandbox/index.js', import.meta.url).href
const { createSandbox } = (await import(built)) as typeof import('../../src/sandbox/index.ts')

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Writes down what the SDK is called with. */
const recorder = `;(function () {
  window.calls = []
  var open = IMP.request_pay
  IMP.request_pay = function (params, callback) {
    window.calls.push(params)
    open(params, callback)
  }
})()`

/** Bundles an app of `apps/` with dist/, as a stranger's bundler does for the oldest browsers. */
async function bundleApp(app: string, react18: boolean): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [at(`apps/${app}.tsx`)],
    bundle: true,
    format: 'iife',
    jsx: 'automatic',
    write: false,
    tsconfigRaw: {}, // not this repository's paths, which lead to src/
    target: ['chrome87', 'safari14.1'],
    define: { 'process.env.NODE_ENV': '"production"' },
    ...(react18 ? { alias: { react: at('../react-18/node_modules/react'), 'react-dom': at('../react-18/node_modules/react-dom') } } : {}),
    logLevel: 'error',
  })
  return outputFiles[0]?.text ?? ''
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = ''
  for await (const chunk of request) text += chunk
  return JSON.parse(text || 'null')
}

/** A built app over HTTP on loopback, with its shop's server and a sandbox at the same origin. */
export interface ShopServer {
  readonly url: string
  readonly sandbox: Sandbox
  /** What the shop's server was asked, in order. */
  readonly claims: Claim[]
  /** Answers a claim; one that rejects is a 503. `issued` until a test says otherwise. */
  confirm: (claim: Claim) => Promise<ConfirmAnswer>
  /** What a first order charges in the window, in won. */
  amount: number
  close(): void
}

export const issued = async ({ merchantUid }: Claim): Promise<ConfirmAnswer> => ({
  status: 'issued',
  customerUid: `card-of-${merchantUid}`,
  impUid: `imp-of-${merchantUid}`,
  charged: 0,
  currency: 'KRW',
  card: null,
})

export async function openShop(app: string, { react18 = false } = {}): Promise<ShopServer> {
  const script = await bundleApp(app, react18)
  const sandbox = createSandbox()
  const askSandbox = getRequestListener(sandbox.fetch)
  const sdk = await (await sandbox.fetch(new Request('http://sandbox/v1/iamport.js'))).text()
  let orders = 0
  const server = createServer(async (request, response) => {
    const send = (type: string, body: string, status = 200) => response.writeHead(status, { 'content-type': type }).end(body)
    const { pathname } = new URL(request.url ?? '/', 'http://shop')
    if (pathname === '/app.js') return send('text/javascript', script)
    if (pathname === '/sdk.js') return send('text/javascript', sdk + recorder)
    if (pathname.startsWith('/sandbox/')) return askSandbox(request, response)
    if (pathname === '/api/intents') {
      orders += 1
      return send(
        'application/json',
        JSON.stringify({
          merchantUid: `issue-${orders}`,
          customerUid: `card-${orders}`,
          name: '월간',
          amount: shop.amount,
          token: 'signed',
        }),
      )
    }
    if (pathname === '/api/confirm') {
      const claim = (await bodyOf(request)) as Claim
      shop.claims.push(claim)
      return shop.confirm(claim).then(
        (answer) => send('application/json', JSON.stringify(answer)),
        () => send('application/json', '{}', 503),
      )
    }
    if (pathname === '/pg') return send('text/html', '<!doctype html><title>PG</title>')
    return send(
      'text/html',
      '<!doctype html><html lang="ko"><title>shop</title><div id="root"></div><script src="/app.js"></script></html>',
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const shop: ShopServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sandbox,
    claims: [],
    confirm: issued,
    amount: 0,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
  return shop
}

type Params = Readonly<Record<string, string>>

/** What the SDK was called with on this page, oldest first. */
export const windows = (page: Page) => page.evaluate(() => (Reflect.get(window, 'calls') ?? []) as Params[])

/** The window's success, by the callback. */
export const succeed = (page: Page) => approve(page)

/** The window's success on a phone: the PG's page, and from there to `m_redirect_url`. */
export async function succeedByRedirect(page: Page, { url, sandbox }: ShopServer): Promise<void> {
  const [opened] = await windows(page)
  const { customer_uid = '', merchant_uid = '', m_redirect_url = '' } = opened ?? {}
  await page.goto(`${url}/pg`)
  const back = redirectBack('v1', m_redirect_url, await sandbox.register({ customerUid: customer_uid, merchantUid: merchant_uid }))
  await Promise.all([page.waitForURL(/\/done/), page.evaluate((to) => location.assign(to), back)])
}

/** Which outcomes this page's callbacks were told, as `status order`. */
export const told = (page: Page) => page.evaluate(() => Reflect.get(window, 'told') as string[])
