import { expect, type Page, test } from '@playwright/test'
import { issued, openShop, type ShopServer, succeed, succeedByRedirect, told, windows } from './shopServer.ts'

/** Takes away, before the page's scripts, what Chrome 87, Safari 14.1 or Samsung Internet 15 lack. */
function makeOld(): void {
  const remove = (owner: object, ...names: string[]) => {
    for (const name of names) Reflect.deleteProperty(owner, name)
  }
  remove(Object, 'hasOwn', 'groupBy')
  remove(Map, 'groupBy')
  remove(Array, 'fromAsync')
  remove(Array.prototype, 'at', 'findLast', 'findLastIndex', 'toSorted', 'toReversed', 'toSpliced', 'with')
  remove(Object.getPrototypeOf(Uint8Array.prototype), 'at', 'findLast', 'findLastIndex', 'toSorted', 'toReversed', 'with')
  remove(String.prototype, 'at', 'isWellFormed', 'toWellFormed')
  remove(Set.prototype, 'union', 'intersection', 'difference', 'symmetricDifference', 'isSubsetOf', 'isSupersetOf', 'isDisjointFrom')
  remove(
    Object.getPrototypeOf(Object.getPrototypeOf([].values())),
    'map',
    'filter',
    'take',
    'drop',
    'some',
    'every',
    'find',
    'toArray',
    'forEach',
  )
  remove(Promise, 'withResolvers', 'try')
  remove(AbortSignal, 'any', 'timeout', 'abort')
  remove(AbortSignal.prototype, 'reason', 'throwIfAborted')
  remove(URL, 'canParse', 'parse')
  remove(URLSearchParams.prototype, 'size')
  remove(Crypto.prototype, 'randomUUID')
  remove(Navigator.prototype, 'locks', 'userActivation')
  remove(Element.prototype, 'checkVisibility', 'setHTMLUnsafe')
  remove(HTMLScriptElement, 'supports')
  for (const name of ['structuredClone', 'reportError', 'requestIdleCallback', 'BroadcastChannel', 'navigation', 'scheduler'])
    remove(window, name)
  remove(window, 'trustedTypes', 'Iterator', 'URLPattern', 'CompressionStream', 'AggregateError')
  // Chrome 93, Safari 15: no cause
  const forgetful: ProxyHandler<ErrorConstructor> = { construct: (made, [message], target) => Reflect.construct(made, [message], target) }
  window.Error = new Proxy(Error, forgetful)
}

let shop: ShopServer
let thrown: string[] = []
test.beforeAll(async () => {
  shop = await openShop('plain', { react18: true })
})
test.afterAll(() => shop.close())
test.beforeEach(async ({ page }) => {
  thrown = []
  shop.claims.length = 0
  shop.confirm = issued
  page.on('pageerror', ({ message }) => thrown.push(message))
  await page.addInitScript(makeOld)
  await page.goto(shop.url)
  expect(await page.evaluate(() => 'hasOwn' in Object || 'at' in Array.prototype || 'structuredClone' in window)).toBe(false)
  await page.locator('.rbk-button').click()
  await phase(page, 'window-open')
})
test.afterEach(() => expect(thrown).toEqual([]))

const phase = (page: Page, is: string) => expect(page.locator('.rbk-button')).toHaveAttribute('data-phase', is)

test.describe('the built package with React 18.3 in an old browser', () => {
  test('registers a card by the callback', async ({ page }) => {
    await succeed(page)
    await expect(page.getByText('카드를 등록했어요.')).toBeVisible()
    expect(await told(page)).toHaveLength(1)
  })

  test('lands, and shows the outcome again after a reload', async ({ page }) => {
    await succeedByRedirect(page, shop)
    await expect(page.getByText('카드를 등록했어요.')).toBeVisible()
    await expect(page).toHaveURL(/\/done\?plan=monthly$/)
    await page.reload()
    await expect(page.getByText('카드를 등록했어요.')).toBeVisible()
    expect(shop.claims).toHaveLength(1)
  })

  test('finds what is left over, waits for it, and opens when nothing was', async ({ page }) => {
    const order = (await windows(page))[0]?.merchant_uid
    await page.goto(shop.url)
    await expect.poll(() => told(page)).toEqual([`issued ${order} recovered`])
    await page.locator('.rbk-button').click()
    await phase(page, 'window-open')
    shop.confirm = async () => ({ status: 'none' })
    await page.goto(shop.url)
    await page.locator('.rbk-button').click()
    await phase(page, 'window-open')
    expect(await told(page)).toEqual([])
  })

  test('leads out of a window, and out of a server that does not answer', async ({ page }) => {
    shop.confirm = () => new Promise(() => {})
    await page.getByRole('button', { name: '결제창 닫기' }).click()
    await phase(page, 'confirming')
    await page.getByRole('button', { name: '나중에 확인하기' }).click()
    await expect(page.locator('.rbk-button')).toHaveText('결과 다시 확인')
    shop.confirm = issued
    await page.locator('.rbk-button').click()
    await expect(page.getByText('카드를 등록했어요.')).toBeVisible()
  })
})
