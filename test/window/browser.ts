import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { serve } from '@hono/node-server'
import { type Browser, type BrowserContextOptions, chromium, devices, type Page } from 'playwright'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { createSandbox, type SandboxOptions } from '../../src/sandbox/index.ts'
import shopSource from './shop.html?raw'

const jQuery = readFileSync(fileURLToPath(import.meta.resolve('jquery/dist/jquery.min.js')), 'utf8')
export const phone: BrowserContextOptions = { ...devices['iPhone 14'], locale: 'ko-KR' }
export const pc: BrowserContextOptions = { viewport: { width: 1280, height: 720 }, locale: 'ko-KR' }

export interface Shop {
  readonly sdk?: string
  readonly pg?: string
  readonly amount?: number
  readonly currency?: string
  readonly language?: string
}

/** A sandbox, a shop of plain HTML beside it at an origin of its own, and a browser. */
export function openShops(options: SandboxOptions = {}) {
  const sandbox = createSandbox(options)
  let browser: Browser
  const servers: ReturnType<typeof serve>[] = []
  const listen = (fetch: (request: Request) => Response | Promise<Response>) =>
    new Promise<string>((resolve) => {
      const server = serve({ fetch, port: 0, hostname: '127.0.0.1' }, ({ port }: AddressInfo) => resolve(`http://127.0.0.1:${port}`))
      servers.push(server)
    })
  let sandboxUrl = ''
  let shopUrl = ''
  let shop: Shop = {}
  const page = () => {
    const { sdk = '/v1/iamport.js', pg = 'jtnet', amount = 0, currency = 'KRW', language = 'ko' } = shop
    const legacy = sdk.startsWith('/js/')
    const values: Readonly<Record<string, unknown>> = {
      jquery: legacy ? '/jquery.js' : 'data:text/javascript,',
      sdk: sandboxUrl + sdk,
      userCode: sandbox.userCode,
      pg,
      amount,
      currency,
      language,
    }
    return shopSource.replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name]))
  }
  beforeAll(async () => {
    const executablePath = process.env.CHROMIUM_PATH
    browser = await chromium.launch({ ...(executablePath ? { executablePath } : {}), args: ['--no-sandbox', '--disable-quic'] })
    sandboxUrl = await listen(sandbox.fetch)
    shopUrl = await listen((request) => {
      const isScript = new URL(request.url).pathname === '/jquery.js'
      return new Response(isScript ? jQuery : page(), {
        headers: { 'content-type': isScript ? 'text/javascript' : 'text/html; charset=utf-8' },
      })
    })
  })
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close()
    sandbox.reset()
  })
  afterAll(async () => {
    await browser.close()
    for (const server of servers) server.close()
  })
  /** The shop's page. */
  async function visit(device: BrowserContextOptions, at: Shop = {}): Promise<Page> {
    shop = at
    const shown = await (await browser.newContext(device)).newPage()
    shown.setDefaultTimeout(20_000)
    await shown.goto(shopUrl)
    return shown
  }
  return {
    sandbox,
    visit,
    /** The shop's page, with its button pressed. */
    async press(device: BrowserContextOptions, at: Shop = {}): Promise<Page> {
      const shown = await visit(device, at)
      await shown.getByRole('button', { name: '정기결제 신청' }).click()
      return shown
    },
  }
}

/** The window's own document, over the shop's page or in its place. */
export async function windowOf(page: Page) {
  for (;;) {
    const frame = page.frames().find((known) => known.url().includes('/sandbox/window/'))
    if (frame) {
      await frame.waitForSelector('[data-action="approve"]')
      return frame
    }
    await page.waitForTimeout(50)
  }
}

/** What the shop's page says in the end. */
export async function resultOf(page: Page) {
  const shown = page.locator('#result', { hasText: /./ })
  await shown.waitFor()
  return shown.innerText()
}
