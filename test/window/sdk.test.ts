import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { approve } from '../../src/sandbox/index.ts'
import { openShops, pc, phone, resultOf, windowOf } from './browser.ts'

const { sandbox, visit, press } = openShops({ pgs: ['jtnet', 'payco'], closeButton: true })
const sdks = ['/v1/iamport.js', '/js/iamport.payment-1.1.5.js', '/js/iamport.payment-1.2.0.js']

/** The page of a shop: the SDK's own, and the orders that were called back. */
interface ShopWindow {
  readonly IMP: { init(userCode: string): void; request_pay(params: object, callback?: () => void): void; close?: () => void }
  called?: string[]
}

/** What a page calls the SDK with. */
interface Call {
  readonly order: string
  readonly callback?: boolean
  readonly [param: string]: unknown
}
const heard = (page: Page) => page.evaluate(() => (window as unknown as ShopWindow).called ?? [])
/** Calls the SDK, each callback's order being written down. */
const call = (page: Page, calls: readonly Call[], initFirst = false) =>
  page.evaluate(
    ([given, again, userCode]) => {
      const shop = window as unknown as ShopWindow
      shop.called ??= []
      const { IMP, called } = shop
      if (again) IMP.init(userCode)
      for (const { order, callback = true, ...params } of given) {
        const request = { pg: 'jtnet', merchant_uid: order, customer_uid: 'c', name: 'n', amount: 0, ...params }
        IMP.request_pay(request, callback ? () => called.push(order) : undefined)
      }
    },
    [calls, initFirst, sandbox.userCode] as const,
  )
const overlay = (page: Page) => page.locator('.imp-dialog:visible, #imp-iframe-wrapper:visible')

describe.each(sdks)('%s', (sdk) => {
  it('is there once, however often its tag is (sdk-facts 2)', async () => {
    const page = await visit(pc, { sdk })
    const isSame = await page.evaluate(async () => {
      const shop = window as unknown as ShopWindow
      const first = shop.IMP
      const [tag] = [...document.scripts].filter(({ src }) => src.includes('iamport'))
      const more = document.createElement('script')
      more.src = tag?.src ?? ''
      await new Promise((resolve) => {
        more.onload = resolve
        document.head.append(more)
      })
      return shop.IMP === first
    })
    expect(isSame).toBe(true)
  })

  it('remembers only the last call until it is ready, and ends an open window when it is initialised again (sdk-facts 3, 4)', async () => {
    const page = await visit(pc, { sdk })
    await call(page, [{ order: 'first' }, { order: 'last' }], true)
    const frame = await windowOf(page)
    expect(await frame.locator('#rows').innerText()).toContain('last')
    await page.evaluate((userCode) => (window as unknown as ShopWindow).IMP.init(userCode), sandbox.userCode)
    await expect.poll(() => overlay(page).count()).toBe(0)
    expect(page.frames().some((known) => known.url().includes('/sandbox/window/'))).toBe(false)
    await call(page, [{ order: 'next' }])
    await approve(page)
    await expect.poll(() => heard(page)).toEqual(['next'])
    expect(sandbox.payments.map(({ merchant_uid }) => merchant_uid)).toEqual(['next'])
  })

  it('loses a success that was under way to its X, but where the X is broken (sdk-facts 7, 24)', async () => {
    const broken = sdk.includes('1.2.0')
    const page = await visit(pc, { sdk })
    await call(page, [{ order: 'm' }])
    const frame = await windowOf(page)
    await frame.locator('[data-card=slow]').click()
    await frame.locator('[data-action=approve]').click()
    await frame.locator('#busy').waitFor()
    const errors: string[] = []
    page.on('pageerror', ({ message }) => errors.push(message))
    await page.locator('.imp-close:visible').click()
    expect(await overlay(page).count()).toBe(broken ? 1 : 0)
    await expect.poll(() => sandbox.billingKeys.size, { timeout: 20_000 }).toBe(1)
    if (broken) await expect.poll(() => heard(page)).toEqual(['m'])
    // and what is heard of the next is all
    await call(page, [{ order: 'next' }])
    await approve(page)
    await expect.poll(() => heard(page)).toEqual(broken ? ['m', 'next'] : ['next'])
    expect(errors).toHaveLength(broken ? 1 : 0)
  })

  it('is closed by a page without a word, but for 1.1.5, which has no close() (sdk-facts 24)', async () => {
    const page = await visit(pc, { sdk })
    await call(page, [{ order: 'm' }])
    await windowOf(page)
    const had = await page.evaluate(() => {
      const { IMP } = window as unknown as ShopWindow
      IMP.close?.()
      return IMP.close !== undefined
    })
    expect(had).toBe(!sdk.includes('1.1.5'))
    expect(await overlay(page).count()).toBe(had ? 0 : 1)
    expect(await heard(page)).toEqual([])
  })

  it('hides the page behind an overlay on a phone, until that closes (sdk-facts 7)', async () => {
    const page = await press(phone, { sdk, pg: 'payco' })
    await windowOf(page)
    const heading = page.locator('h1')
    expect(await heading.isVisible()).toBe(false)
    await approve(page)
    await resultOf(page)
    expect(await heading.isVisible()).toBe(true)
  })

  it('goes back to the shop with what fails before the window, on a phone without a callback (sdk-facts 9, 14, 15)', async () => {
    const page = await visit(phone, { sdk })
    await call(page, [{ order: 'm', pg: 'nobody', callback: false, m_redirect_url: 'back?a=1' }])
    await page.waitForURL(/\/back\?a=1&/)
    const query = new URLSearchParams(new URL(page.url()).search)
    expect(query.get('error_msg')).toBe('등록되지 않은 PG입니다.')
    expect([query.get('imp_uid'), query.get('imp_success')]).toEqual(sdk.startsWith('/v1/') ? [null, null] : ['', 'false'])
    const onPc = await visit(pc, { sdk })
    const url = onPc.url()
    await call(onPc, [{ order: 'm', pg: 'nobody', callback: false }])
    await call(onPc, [{ order: 'm', pg: 'nobody' }])
    await expect.poll(() => heard(onPc)).toEqual(['m'])
    expect(onPc.url()).toBe(url)
  })

  it.each([
    ['more than it sends', { custom_data: 'x'.repeat(200_000) }],
    ['an address that is none', { m_redirect_url: 'http://' }],
  ])('says %s with an alert, and calls nobody back (sdk-facts 5)', async (_, params) => {
    const page = await visit(pc, { sdk })
    const said: string[] = []
    page.on('dialog', (dialog) => {
      said.push(dialog.message())
      void dialog.accept()
    })
    await call(page, [{ order: 'm', ...params }])
    await expect.poll(() => said).toEqual(['결제창을 열지 못했습니다.'])
    expect(await overlay(page).count()).toBe(0)
    expect(await heard(page)).toEqual([])
  })
})
