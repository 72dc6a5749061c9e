// Pictures of the sandbox's payment window, for docs/: the README's on the demo shop, and a sheet of it on other screens, in
// both languages, light and dark. Needs `npm run build`, and the demo shop's build.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { serve } from '@hono/node-server'
import { chromium } from 'playwright'
import { createSandbox } from '../dist/sandbox/index.js'

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url))
const out = process.argv[2] ? `${process.argv[2]}/` : at('docs/')
const executablePath = process.env.CHROMIUM_PATH
const browser = await chromium.launch({ ...(executablePath ? { executablePath } : {}), args: ['--no-sandbox', '--disable-quic'] })

const sandbox = createSandbox({ clock: '2027-01-04T03:00:00Z', pgs: ['jtnet', 'html5_inicis', 'kakaopay'] })
const server = serve({ fetch: sandbox.fetch, port: 0, hostname: '127.0.0.1' })
await once(server, 'listening')
const base = `http://127.0.0.1:${server.address().port}`

/** A window of its own, with a card chosen or something wrong. */
async function shoot({ name, width, height, scheme, state, ...params }) {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme: scheme })
  const request = {
    userCode: sandbox.userCode,
    origin: 'https://bookclub.example',
    mobile: true,
    params: { pg: 'jtnet', customer_uid: 'card-1', name: '월간 이용권', amount: 9_900, merchant_uid: 'order-20270104-001', ...params },
  }
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${base}/sandbox/requests`, { method: 'POST', headers, body: JSON.stringify(request) })
  const { path: at, failure } = await answer.json()
  if (failure) throw new Error(JSON.stringify(failure))
  await page.goto(base + at)
  if (state === 'wrong') await page.locator('[data-action=approve]').click()
  else await page.locator('[data-card=approved]').click()
  await page.evaluate(() => document.activeElement?.blur())
  const path = `${out}window-${name}.png`
  await page.screenshot({ path })
  await page.close()
}
// as high as the window's contents: what sticks to the bottom would lie over them in a picture of the whole page
const phone = { width: 390, height: 1_330 }
const small = { width: 320, height: 1_460 }
await shoot({ name: 'phone-ko-light', ...phone, scheme: 'light' })
await shoot({ name: 'phone-en-dark', ...phone, height: 1_400, scheme: 'dark', language: 'en', amount: 0 })
await shoot({ name: 'phone-320-ko-dark', ...small, scheme: 'dark', state: 'wrong', pg: 'html5_inicis' })
server.close()

/** The demo shop, with the window over it. */
async function demo(name, scheme, language) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: scheme, locale: 'ko-KR' })
  await page.goto('http://127.0.0.1:3230')
  await page.getByLabel('이름').fill('김하나')
  await page.getByRole('button', { name: '체험 회원으로 시작' }).click()
  await page.getByRole('radio', { name: /바로 시작/ }).check()
  await page.getByRole('checkbox').check()
  await page.getByRole('button', { name: '9,900원 결제하고 시작하기' }).click()
  const shown = page.frameLocator('#imp-iframe-wrapper iframe')
  await shown.locator('[data-card=approved]').click()
  if (language === 'en') await shown.locator('[data-action=language]').click()
  await page.screenshot({ path: out + name })
  await page.close()
}
const shop = spawn(process.execPath, [at('examples/membership/dist/server/main.js')], {
  env: { ...process.env, PORT: '3230', DATABASE: ':memory:' },
  stdio: ['ignore', 'pipe', 'inherit'],
})
await once(shop.stdout, 'data')
await demo('window.png', 'light', 'ko')
await demo('window-pc-en-dark.png', 'dark', 'en')
shop.kill()
await browser.close()
