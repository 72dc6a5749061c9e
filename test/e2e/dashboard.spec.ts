import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { serve } from '@hono/node-server'
import { test as base, expect, type Page } from '@playwright/test'
import type { Sandbox } from '../../src/sandbox/createSandbox.ts'

// as it is published: the configuration's paths would give the sources, which only a bundler reads
const built = new URL('../../dist/sandbox/index.js', import.meta.url).href
const { createSandbox } = (await import(built)) as typeof import('../../src/sandbox/index.ts')
const axe = fileURLToPath(import.meta.resolve('axe-core/axe.min.js'))

interface Fixtures {
  readonly sandbox: Sandbox
  readonly address: string
  /** A call of a shop; answers the HTTP status. */
  readonly charge: (order: string, name?: string, change?: object) => Promise<number>
}
const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads it
  sandbox: async ({}, use) => use(createSandbox({ clock: '2027-01-31T01:00:00Z', seed: 1, sendNotice: () => 200 })),
  address: async ({ sandbox }, use) => {
    const server = await new Promise<ReturnType<typeof serve>>((resolve) => {
      const made = serve({ fetch: sandbox.fetch, port: 0, hostname: '127.0.0.1' }, () => resolve(made))
    })
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    if ('closeAllConnections' in server) server.closeAllConnections()
    server.close()
  },
  charge: async ({ sandbox, address }, use) => {
    const post = (path: string, body: object, authorization = '') =>
      fetch(address + path, { method: 'POST', headers: { 'content-type': 'application/json', authorization }, body: JSON.stringify(body) })
    const token = await post('users/getToken', { imp_key: sandbox.impKey, imp_secret: sandbox.impSecret })
    const { response } = (await token.json()) as { response: { access_token: string } }
    await sandbox.register({ customerUid: 'card-1', merchantUid: 'issue-1' })
    await use(async (merchant_uid, name = '2월 이용권', change = {}) => {
      const order = { customer_uid: 'card-1', merchant_uid, amount: 9_900, name, ...change }
      return (await post('subscribe/payments/again', order, response.access_token)).status
    })
  },
})

const rows = (page: Page) => page.getByRole('tabpanel').getByRole('listitem')
async function open(page: Page, address: string, tab?: string) {
  await page.goto(address)
  await expect(page.getByText('연결됨')).toBeVisible()
  if (tab) await page.getByRole('tab', { name: tab }).click()
}

test('names its tabs also when the state could not be had', async ({ page, address }) => {
  await page.route('**/sandbox/state*', (route) => route.abort())
  await open(page, address, '웹훅')
})

test('shows a charge, its request with a curl, and the webhook’s answer as they happen', async ({ page, address, sandbox, charge }) => {
  sandbox.noticeUrl = 'http://shop.example/webhook'
  await open(page, address, '결제')
  await expect(rows(page)).toHaveCount(1)
  await charge('order-1')
  await expect(rows(page)).toHaveCount(2)
  await expect(rows(page).first()).toContainText('9,900원')
  await expect(rows(page).first()).toContainText('현대카드 9410-****-****-0001')
  await page.getByRole('tab', { name: '웹훅' }).click()
  await expect(rows(page).first()).toContainText('HTTP 200')
  await expect(rows(page).first()).toContainText('http://shop.example/webhook')
  await page.getByRole('tab', { name: '요청' }).click()
  await rows(page).first().getByText('curl', { exact: true }).click()
  await expect(rows(page).first().locator('pre')).toContainText('"merchant_uid":"order-1"')
  expect(await page.content()).not.toMatch(/sandbox-secret|sandbox-token|9410-0000/)
})

test('says why a request was refused, though HTTP says 200', async ({ page, address, charge }) => {
  await open(page, address, '요청')
  await charge('order-1')
  await charge('order-1')
  await expect(rows(page).first()).toContainText('이미 결제가 이루어진 merchant_uid입니다.')
  await expect(rows(page).first().locator('.bad')).toBeVisible()
  await expect(rows(page).nth(1)).not.toContainText('이유')
})

test('says money in its currency', async ({ page, address, charge }) => {
  await charge('order-1', 'Pass', { amount: 12.5, currency: 'USD' })
  await charge('order-2')
  await open(page, address)
  for (const tab of ['전체', '결제']) {
    await page.getByRole('tab', { name: tab }).click()
    await expect(
      rows(page)
        .filter({ hasText: 'order-1' })
        .filter({ hasText: /USD\s12\.50/ })
        .first(),
    ).toBeVisible()
    await expect(rows(page).filter({ hasText: 'order-2' }).filter({ hasText: '9,900원' }).first()).toBeVisible()
  }
})

test('copies a curl that does the same again', async ({ page, context, address, charge }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await charge('order-1')
  await open(page, address, '요청')
  await rows(page).first().getByRole('button').click()
  await expect(page.getByText('curl을 복사했습니다.')).toBeVisible()
  const curl = await page.evaluate(() => navigator.clipboard.readText())
  expect(curl).toMatch(/^curl -X POST 'http:\/\/127\.0\.0\.1:\d+\/subscribe\/payments\/again'/)
})

test('switches a fault on for once and until it is switched off', async ({ page, address, sandbox, charge }) => {
  await open(page, address)
  await page.getByRole('button', { name: '한 번: HTTP 502로 응답합니다' }).click()
  await expect(page.getByText('한 번 일어납니다: HTTP 502로 응답합니다')).toBeVisible()
  await expect(page.getByRole('switch', { name: 'HTTP 502로 응답합니다' })).toBeChecked()
  expect([await charge('order-1'), await charge('order-2')]).toEqual([502, 200])
  await expect(page.getByRole('switch', { name: 'HTTP 502로 응답합니다' })).not.toBeChecked()
  const limit = page.getByRole('switch', { name: 'HTTP 429로 응답합니다' })
  await limit.focus()
  await page.keyboard.press('Space')
  await expect(page.getByText('켰습니다: HTTP 429로 응답합니다')).toBeVisible()
  await expect(limit).toBeFocused()
  expect([await charge('order-3'), await charge('order-4')]).toEqual([429, 429])
  await page.keyboard.press('Space')
  await expect.poll(() => sandbox.faults.active()).toEqual([])
})

test('moves the clock by a day, to the last day of the next month, and by seconds, and never back', async ({ page, address, sandbox }) => {
  await open(page, address)
  const begun = sandbox.now()
  await page.getByRole('button', { name: '+1개월' }).click()
  await expect.poll(() => sandbox.now() - begun).toBe(28 * 86_400)
  await expect(page.getByText('2027. 2. 28. 오전 10:00:00 KST')).toBeVisible()
  await page.getByRole('button', { name: '+1일' }).click()
  await expect.poll(() => sandbox.now() - begun).toBe(29 * 86_400)
  await page.getByLabel('앞으로 옮길 시간(초)').fill('-5')
  await page.getByRole('button', { name: '옮기기' }).click()
  await page.getByLabel('앞으로 옮길 시간(초)').fill('90')
  await page.getByLabel('앞으로 옮길 시간(초)').press('Enter')
  await expect.poll(() => sandbox.now() - begun).toBe(29 * 86_400 + 90)
})

test('moves two months on where the button is pressed twice', async ({ page, address, sandbox, charge }) => {
  await charge('order-1')
  sandbox.advance(15 * 86_400)
  await open(page, address)
  await expect(page.getByText('2027. 2. 15. 오전 10:00:00 KST')).toBeVisible()
  await page.getByRole('button', { name: '+1개월' }).dblclick()
  await expect(page.getByText('2027. 4. 15. 오전 10:00:00 KST', { exact: true })).toBeVisible()
})

test('forgets everything, and asks first', async ({ page, address, sandbox, charge }) => {
  await charge('order-1')
  await open(page, address)
  await page.getByRole('button', { name: '모두 지우기…' }).click()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()
  expect(sandbox.payments).toHaveLength(2)
  await page.getByRole('button', { name: '모두 지우기…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '모두 지우기' }).click()
  await expect(page.getByText('모두 지웠습니다.').first()).toBeVisible()
  expect(sandbox.payments).toEqual([])
  await page.getByRole('tab', { name: '결제' }).click()
  await expect(page.getByText('아직 없습니다.')).toBeVisible()
})

test('is walked with the keyboard: tabs by arrows, and a list that keeps the focus while it grows', async ({ page, address, charge }) => {
  await charge('order-1')
  await open(page, address)
  await page.getByRole('tab', { name: '전체' }).focus()
  await page.keyboard.press('ArrowLeft')
  await expect(page.getByRole('tab', { name: '요청' })).toBeFocused()
  await expect(page.getByRole('tab', { name: '요청' })).toHaveAttribute('aria-selected', 'true')
  const copy = rows(page).first().getByRole('button')
  const name = await copy.getAttribute('aria-label')
  await copy.focus()
  await charge('order-2')
  await expect(rows(page)).toHaveCount(3)
  expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe(name)
})

test('goes on by itself after the sandbox was away', async ({ page, address, sandbox, charge }) => {
  await open(page, address, '결제')
  let isAway = true
  await page.route('**/sandbox/events', (route) => (isAway ? route.abort() : route.continue()))
  await page.reload()
  await expect(page.getByText('끊김, 다시 연결하는 중')).toBeVisible()
  await charge('order-1')
  isAway = false
  await expect(page.getByText('연결됨')).toBeVisible()
  await page.getByRole('tab', { name: '결제' }).click()
  await expect(rows(page)).toHaveCount(sandbox.payments.length)
})

test('says that the sandbox is away, and shows what happened meanwhile once', async ({ page, sandbox }) => {
  const listen = (port: number) =>
    new Promise<ReturnType<typeof serve>>((resolve) => {
      const made = serve({ fetch: sandbox.fetch, port, hostname: '127.0.0.1' }, () => resolve(made))
    })
  const leave = (server: ReturnType<typeof serve>) =>
    new Promise((resolve) => {
      server.close(resolve)
      if ('closeAllConnections' in server) server.closeAllConnections()
    })
  const first = await listen(0)
  const { port } = first.address() as AddressInfo
  await sandbox.register({ customerUid: 'card-1', merchantUid: 'before', amount: 100 })
  await open(page, `http://127.0.0.1:${port}/`)
  const shown = () => rows(page).evaluateAll((items) => items.map((item) => item.dataset.id))
  const happened = () => sandbox.events.list().map(({ id }) => String(id))
  await expect.poll(shown).toEqual(happened().reverse())
  await leave(first)
  await expect(page.getByText('끊김, 다시 연결하는 중')).toBeVisible()
  await sandbox.register({ customerUid: 'card-1', merchantUid: 'meanwhile', amount: 100 })
  await page.getByRole('button', { name: '+1일' }).click()
  await expect(page.getByText('샌드박스가 응답하지 않습니다.')).toBeVisible()
  const second = await listen(port)
  await expect(page.getByText('연결됨')).toBeVisible({ timeout: 30_000 })
  await sandbox.register({ customerUid: 'card-1', merchantUid: 'after', amount: 100 })
  await expect.poll(shown).toEqual(happened().reverse())
  await leave(second)
})

test('is two dashboards that show the same, and shows the last 100 of thousands', async ({ page, context, address, sandbox }) => {
  const other = await context.newPage()
  await open(page, address, '결제')
  await open(other, address, '전체')
  const many = Number(process.env.DASHBOARD_ROWS ?? 1_500)
  for (let order = 0; order < many; order += 1) await sandbox.register({ customerUid: 'c', merchantUid: `order-${order}`, amount: 100 })
  await expect(page.getByText(`${many}건 가운데 최근 100건`)).toBeVisible({ timeout: 60_000 })
  for (const dashboard of [page, other]) await expect(rows(dashboard)).toHaveCount(100)
  await expect(rows(page).first()).toContainText(`order-${many - 1}`)
  await page.getByRole('switch', { name: '카드가 거절됩니다' }).check()
  await expect(other.getByRole('switch', { name: '카드가 거절됩니다' })).toBeChecked()
  await other.getByRole('button', { name: '모두 지우기…' }).click()
  await other.getByRole('button', { name: '모두 지우기', exact: true }).click()
  await expect(rows(page)).toHaveCount(0)
  await expect(page.getByRole('switch', { name: '카드가 거절됩니다' })).not.toBeChecked()
})

test('does nothing that an order’s name or number asks for', async ({ page, address, sandbox, charge }) => {
  const refused: string[] = []
  page.on('console', (message) => refused.push(message.text()))
  page.on('pageerror', ({ message }) => refused.push(message))
  const hostile = '<img src=x onerror=alert(1)>'
  sandbox.noticeUrl = `http://shop.example/${hostile}`
  page.on('dialog', () => refused.push('dialog'))
  await charge(hostile, hostile)
  await charge('__proto__', 'constructor')
  await open(page, address)
  for (const tab of ['전체', '결제', '웹훅', '요청']) {
    await page.getByRole('tab', { name: tab }).click()
    await expect(rows(page).filter({ hasText: hostile }).first()).toBeVisible()
  }
  expect(await page.locator('img').count()).toBe(0)
  expect(refused).toEqual([])
})

test('answers no page but its own', async ({ page, address, sandbox, request }) => {
  const headers = { origin: 'http://evil.example', 'content-type': 'application/json' }
  for (const path of ['state', 'events']) expect((await request.get(`${address}sandbox/${path}`, { headers })).status()).toBe(403)
  expect((await request.post(`${address}sandbox/reset`, { headers, data: {} })).status()).toBe(403)
  // a real page of another origin
  await page.route('http://evil.example/', (route) => route.fulfill({ contentType: 'text/html', body: '<p>evil' }))
  await page.goto('http://evil.example/')
  const moved = await page.evaluate(
    (url) => fetch(`${url}sandbox/clock`, { method: 'POST', mode: 'no-cors', body: '{"seconds":9}' }).then(() => 'sent', String),
    address,
  )
  expect(moved).toBeTruthy()
  expect(sandbox.now()).toBe(Date.parse('2027-01-31T01:00:00Z') / 1000)
  const policy = (await request.get(address)).headers()['content-security-policy']
  expect(policy).toMatch(/default-src 'none'.*script-src 'nonce-[\w-]{36}'.*frame-ancestors 'none'/)
  expect((await request.get(address)).headers()['content-security-policy']).not.toBe(policy)
})

for (const [locale, connected] of [
  ['ko-KR', '연결됨'],
  ['en-GB', 'Connected'],
] as const)
  for (const colorScheme of ['light', 'dark'] as const)
    test.describe(`in ${locale}, ${colorScheme}`, () => {
      test.use({ locale, colorScheme })
      test('has nothing for axe to find, and does not scroll sideways at 320 px', async ({ page, address, sandbox, charge }) => {
        sandbox.noticeUrl = 'http://shop.example/webhook'
        sandbox.faults.set('pending', 1)
        for (const order of ['order-1', 'order-2']) await charge(order, 'a-name-without-any-space-that-is-long')
        sandbox.faults.set('declined', true)
        await charge('order-3')
        await page.addInitScript({ content: readFileSync(axe, 'utf8') })
        await page.setViewportSize({ width: 320, height: 700 })
        await page.goto(address)
        await expect(page.getByText(connected)).toBeVisible()
        expect(await page.evaluate(() => document.documentElement.lang)).toBe(locale.slice(0, 2))
        for (const tab of await page.getByRole('tab').all()) {
          await tab.click()
          for (const fold of await page.locator('summary').all()) await fold.click()
          expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
          expect(await violations(page)).toEqual([])
        }
        await page.locator('#reset').click()
        expect(await violations(page)).toEqual([])
      })
    })

const violations = (page: Page) =>
  page.evaluate(async () => {
    const { violations: found } = await (globalThis as unknown as { axe: { run(): Promise<{ violations: AxeViolation[] }> } }).axe.run()
    return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
  })
interface AxeViolation {
  readonly id: string
  readonly nodes: { readonly html: string }[]
}
