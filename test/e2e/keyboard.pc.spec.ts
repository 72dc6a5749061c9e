import { expect, type Page, test } from '@playwright/test'
import { testCards } from '../../src/sandbox/testCards.ts'

/** Goes on with Tab until the focus is where it is meant to come. */
async function tabTo(page: Page, target: ReturnType<Page['getByRole']>) {
  for (let press = 0; press < 40; press += 1) {
    if ((await target.count()) > 0 && (await target.evaluate((element) => element === element.ownerDocument.activeElement))) return
    await page.keyboard.press('Tab')
  }
  await expect(target).toBeFocused()
}
const number = (id: string) => testCards.find((card) => card.id === id)?.number.replaceAll('-', '') ?? ''

test('a card is refused, given up by Esc and registered with no hand on the mouse, and the focus is never lost', async ({ page }) => {
  const frame = page.frameLocator('#imp-iframe-wrapper iframe')
  /** A key that ends the window: in a frame that has gone meanwhile, nobody would say that the key is up. */
  const pressInWindow = async (key: string) => {
    await page.keyboard.down(key)
    await expect(page.locator('#root')).not.toHaveAttribute('inert')
    await page.keyboard.up(key)
  }
  const fill = async (card: string) => {
    await tabTo(page, frame.locator('[data-action=agree-all]'))
    await page.keyboard.press('Space')
    await tabTo(page, frame.locator('#number'))
    for (const text of [number(card), '1240', '12', '1234567890']) {
      await page.keyboard.type(text)
      if (text !== '1234567890') await page.keyboard.press('Tab')
    }
    await pressInWindow('Enter')
  }
  await page.goto('/')
  await tabTo(page, page.getByLabel('이름'))
  await page.keyboard.type(`김${Math.random().toString(36).slice(2, 9)}`)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: '이용권 고르기' })).toBeVisible()
  await tabTo(page, page.getByRole('checkbox', { name: /정기결제하는 데 동의해요/ }))
  await page.keyboard.press('Space')
  const start = page.getByRole('button', { name: '첫 달 무료로 시작하기' })
  await tabTo(page, start)
  await page.keyboard.press('Enter')

  // into the window, and the page behind it cannot be reached
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('IFRAME')
  await expect(page.locator('#root')).toHaveAttribute('inert')
  await fill('declined')
  const refused = page.getByRole('alert').filter({ hasText: '카드를 등록하지 못했어요.' })
  await expect(refused).toBeFocused()
  await expect(page.locator('#root')).not.toHaveAttribute('inert')

  await tabTo(page, page.locator('.rbk-button').first())
  await page.keyboard.press('Enter')
  await expect(frame.locator('#number')).toBeVisible()
  await pressInWindow('Escape')
  await expect(page.getByText(/카드 등록을 취소했어요/)).toBeVisible()
  await expect.poll(() => page.evaluate(() => document.activeElement !== document.body)).toBe(true)

  await tabTo(page, page.locator('.rbk-button').first())
  await page.keyboard.press('Enter')
  await expect(frame.locator('#number')).toBeVisible()
  await fill('approved')
  await expect(page.getByText('카드를 등록했어요.')).toBeVisible()
  await expect.poll(() => page.evaluate(() => document.activeElement !== document.body)).toBe(true)
})

test('signing in, cancelling, taking it back and a refund leave the focus on the page, for keys alone', async ({ page }) => {
  const heading = page.getByRole('heading', { level: 1 })
  await page.goto('/')
  await tabTo(page, page.getByLabel('이름'))
  await page.keyboard.type(`김${Math.random().toString(36).slice(2, 9)}`)
  await tabTo(page, page.getByRole('button', { name: '체험 회원으로 시작' }))
  await page.keyboard.press('Enter')
  await expect(heading).toHaveText('이용권 고르기')
  await expect(heading).toBeFocused()
  await tabTo(page, page.getByRole('radio', { name: /첫 달 무료/ }))
  await page.keyboard.press('ArrowDown')
  await tabTo(page, page.getByRole('checkbox', { name: /정기결제하는 데 동의해요/ }))
  await page.keyboard.press('Space')
  await tabTo(page, page.locator('.rbk-button').first())
  await page.keyboard.press('Enter')
  const frame = page.frameLocator('#imp-iframe-wrapper iframe')
  await tabTo(page, frame.locator('[data-action=agree-all]'))
  await page.keyboard.press('Space')
  await tabTo(page, frame.locator('#number'))
  for (const text of [number('approved'), '1240', '12', '1234567890']) {
    await page.keyboard.type(text)
    if (text !== '1234567890') await page.keyboard.press('Tab')
  }
  await page.keyboard.down('Enter')
  await expect(heading).toHaveText('내 구독')
  await page.keyboard.up('Enter')
  const press = async (name: string | RegExp) => {
    await tabTo(page, page.getByRole('button', { name }))
    await page.keyboard.press('Enter')
  }
  const confirm = async (name: string | RegExp) => {
    await press(name)
    await tabTo(page, page.getByRole('dialog').getByRole('button', { name }))
    await page.keyboard.press('Enter')
  }
  await confirm('해지하기')
  await expect(page.getByText('해지 예정')).toBeVisible()
  await expect(heading).toBeFocused()
  await press('해지 취소하기')
  await expect(page.getByText('해지 예정')).toBeHidden()
  await expect(heading).toBeFocused()
  await confirm(/환불받기$/)
  await expect(heading).toHaveText('이용권 고르기')
  await expect(heading).toBeFocused()
})
