import { expect, type Page, test } from '@playwright/test'
import { openShop, type ShopServer, succeedByRedirect, told } from './shopServer.ts'

const success = '카드를 등록했어요.'

/** PortOne's keys are gone from the address, and the shop's own are there. */
const clean = (page: Page) => expect(page).toHaveURL(/\/done\?plan=monthly$/)

for (const app of ['reactRouter', 'tanStackRouter'])
  test.describe(`a built ${app} app`, () => {
    let shop: ShopServer
    test.beforeEach(async ({ page }) => {
      shop = await openShop(app)
      await page.goto(shop.url)
      await page.locator('.rbk-button').click()
      await expect(page.locator('.rbk-button')).toHaveAttribute('data-phase', 'window-open')
      await succeedByRedirect(page, shop)
      await expect(page.getByText(success)).toBeVisible()
      await clean(page)
      expect(await told(page)).toEqual(['issued issue-1'])
    })
    test.afterEach(() => shop.close())
    /** Asked once, with what the tab kept, and by nobody since. */
    const askedOnce = () =>
      expect(shop.claims).toEqual([
        { merchantUid: 'issue-1', customerUid: 'card-1', impUid: expect.stringMatching(/^imp_/), token: 'signed' },
      ])

    test('shows the outcome again after a reload, and calls nobody', async ({ page }) => {
      for (let time = 0; time < 2; time += 1) {
        await page.reload()
        await expect(page.getByText(success)).toBeVisible()
        await clean(page)
        expect(await told(page)).toEqual([])
      }
      askedOnce()
    })

    test('keeps the keys away on Back and Forward between its own pages, also after a reload', async ({ page }) => {
      for (const reload of [false, true]) {
        if (reload) await page.reload()
        const before = await told(page)
        await page.getByRole('link', { name: '내 카드' }).click()
        await expect(page.getByRole('heading', { name: '카드' })).toBeVisible()
        await page.goBack()
        await clean(page)
        await page.goForward()
        await expect(page).toHaveURL(/\/cards$/)
        await page.goBack()
        await clean(page)
        expect(await told(page)).toEqual(before)
      }
      askedOnce()
    })

    test('shows the outcome again on the way back from another site, and calls nobody', async ({ page }) => {
      await page.goto(`${shop.url}/pg`)
      await page.goBack()
      await expect(page.getByText(success)).toBeVisible()
      await clean(page)
      expect(await told(page)).toEqual([])
      askedOnce()
    })

    test('Back from the landing leads to the PG’s page, and Forward to an address without keys', async ({ page }) => {
      await page.goBack()
      await expect(page).toHaveURL(/\/pg$/)
      await page.goForward()
      await clean(page)
      await expect(page.getByText(success)).toBeVisible()
      expect(await told(page)).toEqual([])
      askedOnce()
    })
  })
