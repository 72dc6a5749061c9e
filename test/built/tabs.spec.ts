import { expect, type Page, test } from '@playwright/test'
import { issued, openShop, type ShopServer, succeed, told, windows } from './shopServer.ts'

let shop: ShopServer
test.beforeEach(async () => {
  shop = await openShop('plain')
})
test.afterEach(() => shop.close())

const button = (page: Page) => page.locator('.rbk-button')
const phase = (page: Page, is: string) => expect(button(page)).toHaveAttribute('data-phase', is)
const orders = async (page: Page) => (await windows(page)).map(({ merchant_uid }) => merchant_uid)
/** What `window.open` opens has a copy of the tab's sessionStorage. */
async function openCopy(page: Page): Promise<Page> {
  const [copy] = await Promise.all([page.waitForEvent('popup'), page.evaluate(() => void window.open(location.href))])
  await expect(button(copy)).toBeVisible()
  expect(await copy.evaluate(() => sessionStorage.length)).toBe(1)
  return copy
}

test('a second tab clicks, opens and finishes while the first waits for a server that hangs', async ({ context }) => {
  let release = () => {}
  shop.confirm = (claim) =>
    claim.merchantUid === 'issue-1' ? new Promise((resolve) => (release = () => resolve(issued(claim)))) : issued(claim)
  const [first, second] = [await context.newPage(), await context.newPage()]
  await first.goto(shop.url)
  await button(first).click()
  await phase(first, 'window-open')
  await succeed(first)
  await phase(first, 'confirming')
  await second.goto(shop.url)
  await button(second).click()
  await phase(second, 'window-open')
  await succeed(second)
  await expect.poll(() => told(second)).toEqual(['issued issue-2'])
  await phase(first, 'confirming')
  expect(await told(first)).toEqual([])
  release()
  await expect.poll(() => told(first)).toEqual(['issued issue-1'])
  expect(await told(second)).toEqual(['issued issue-2'])
  expect(shop.claims.map(({ merchantUid }) => merchantUid)).toEqual(['issue-1', 'issue-2'])
})

test('a tab with a copy of the storage tells nothing of a window that is open elsewhere, and opens its own', async ({ page }) => {
  await page.goto(shop.url)
  await button(page).click()
  await phase(page, 'window-open')
  // nothing has been paid under the first order
  shop.confirm = async (claim) => (claim.impUid === null ? { status: 'none' } : issued(claim))
  const copy = await openCopy(page)
  await button(copy).click()
  await phase(copy, 'window-open')
  expect(await orders(copy)).toEqual(['issue-2'])
  await succeed(copy)
  await expect.poll(() => told(copy)).toEqual(['issued issue-2'])
  await phase(page, 'window-open')
  await succeed(page)
  await expect.poll(() => told(page)).toEqual(['issued issue-1'])
  await copy.reload()
  await button(copy).click()
  await phase(copy, 'window-open')
  expect(await told(copy)).toEqual([])
  expect(await orders(copy)).toEqual(['issue-3'])
})

test('a copy whose question nobody answers is no dead end: after two more asks the click opens', async ({ page }) => {
  await page.goto(shop.url)
  await button(page).click()
  await phase(page, 'window-open')
  shop.confirm = (claim) => (claim.impUid === null ? Promise.reject(new Error('down')) : issued(claim))
  const copy = await openCopy(page)
  for (const label of ['결과 다시 확인', '결과 다시 확인', '그래도 새로 등록하기']) {
    await expect(button(copy)).toHaveText(label)
    expect(await orders(copy)).toEqual([])
    await button(copy).click()
    await phase(copy, label === '그래도 새로 등록하기' ? 'window-open' : 'settled')
  }
  await succeed(copy)
  await expect.poll(() => told(copy)).toEqual(['unconfirmed issue-1 recovered', 'issued issue-2'])
  await succeed(page)
  await expect.poll(() => told(page)).toEqual(['issued issue-1'])
})

test('a copy made after the outcome was told does not tell it again', async ({ page }) => {
  await page.goto(shop.url)
  await button(page).click()
  await phase(page, 'window-open')
  await succeed(page)
  await expect.poll(() => told(page)).toEqual(['issued issue-1'])
  const copy = await openCopy(page)
  await button(copy).click()
  await phase(copy, 'window-open')
  expect(await orders(copy)).toEqual(['issue-2'])
  expect(await told(copy)).toEqual([])
  expect(shop.claims).toHaveLength(1)
})
