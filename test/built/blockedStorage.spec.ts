import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, expect, type Page, test } from '@playwright/test'
import { issued, openShop, type ShopServer, succeed, succeedByRedirect, told } from './shopServer.ts'

// What "block all site data" in Chromium's settings does: every storage throws when it is only looked at.
let shop: ShopServer
let folder: string
let context: BrowserContext
let page: Page

test.beforeAll(async () => {
  shop = await openShop('plain')
})
test.afterAll(() => shop.close())
test.beforeEach(async ({ playwright, launchOptions }) => {
  shop.claims.length = 0
  shop.confirm = issued
  folder = mkdtempSync(join(tmpdir(), 'rbk-blocked-'))
  mkdirSync(join(folder, 'Default'))
  const settings = { profile: { default_content_setting_values: { cookies: 2 } } }
  writeFileSync(join(folder, 'Default/Preferences'), JSON.stringify(settings))
  // a headless shell reads no settings
  const executablePath = process.env.CHROMIUM_WITH_PROFILE ?? launchOptions.executablePath
  const options = { ...launchOptions, ...(executablePath ? { executablePath } : {}), channel: 'chromium', locale: 'ko-KR' }
  context = await playwright.chromium.launchPersistentContext(folder, options)
  page = await context.newPage()
  await page.goto(shop.url)
  const reading = page.evaluate(() => sessionStorage.length)
  await expect(reading).rejects.toThrow('Access is denied')
})
test.afterEach(async () => {
  await context.close()
  rmSync(folder, { recursive: true, force: true })
})

const open = async () => {
  await page.locator('.rbk-button').click()
  await expect(page.locator('.rbk-button')).toHaveAttribute('data-phase', 'window-open')
}
const isRegistered = () => expect(page.getByText('카드를 등록했어요.')).toBeVisible()

test.describe('with all site data blocked', () => {
  test('registers a card by the callback', async () => {
    await open()
    await succeed(page)
    await isRegistered()
    expect(await told(page)).toHaveLength(1)
  })

  test('tells the landing once, and keeps its keys in the address until the end is definite', async () => {
    shop.confirm = () => Promise.reject(new Error('down'))
    await open()
    await succeedByRedirect(page, shop)
    await expect(page.getByRole('button', { name: '결과 다시 확인' })).toBeVisible()
    expect(new URL(page.url()).searchParams.get('imp_uid')).toMatch(/^imp_/)
    shop.confirm = issued
    await page.reload()
    await isRegistered()
    expect(await told(page)).toHaveLength(1)
    await expect(page).toHaveURL(/\/done\?plan=monthly$/)
  })
})
