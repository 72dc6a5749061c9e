import { type Browser, chromium, devices } from 'playwright'
import { approve } from '../../src/sandbox/testHelpers.ts'

let browser: Promise<Browser> | undefined
export const closeBrowser = async () => (await browser)?.close()
/** What comes of a card that is registered: a PC stays where it was, a phone lands, and no page complains. */
export const fine = {
  pc: { path: '/', query: '', wrong: [] },
  phone: { path: '/billing/complete', query: '', wrong: [] },
}
const patience = { timeout: 90_000 }

/** Registers a card on a shop's page, and looks for what a customer reads then. On a phone the page is left and come back to. */
export async function registerCard(url: string, device: 'pc' | 'phone') {
  browser ??= chromium.launch({
    ...(process.env.CHROMIUM_PATH ? { executablePath: process.env.CHROMIUM_PATH } : {}),
    args: ['--no-sandbox', '--disable-quic'],
  })
  const { defaultBrowserType: _, ...phone } = devices['iPhone 14'] ?? {}
  const context = await (await browser).newContext({ locale: 'ko-KR', ...(device === 'phone' ? phone : {}) })
  const page = await context.newPage()
  const wrong: string[] = []
  page.on('pageerror', (error) => wrong.push(error.message))
  page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()))
  try {
    await page.goto(url, patience)
    await page.getByRole('button', { name: '카드 등록하기' }).click(patience)
    await approve(page, { timeoutMs: patience.timeout })
    await page
      .getByText(/카드를 등록(했|하고 .+ 결제했)어요/)
      .first()
      .waitFor(patience)
    const landed = new URL(page.url())
    // the favicon of a shop that has none is no fault of ours
    return { path: landed.pathname, query: landed.search, wrong: wrong.filter((text) => !/favicon|status of 404/.test(text)) }
  } catch (error) {
    throw new Error(`${url} on a ${device}: ${String(error)}\n${await page.innerText('body').catch(() => '')}\n${wrong.join('\n')}`)
  } finally {
    await context.close()
  }
}
