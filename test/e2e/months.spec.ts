import { expect, type Page } from '@playwright/test'
import { expectAccessible } from './a11y.ts'
import { fact, leaveLanding, phone, register, signIn, take } from './customer.ts'
import { test } from './ownShop.ts'

test.describe.configure({ timeout: 180_000 })

const skip = async (page: Page, name: '하루 뒤' | '일주일 뒤' | '한 달 뒤') => {
  const today = page.getByRole('complementary').locator('strong')
  const before = await today.innerText()
  await page.getByRole('button', { name, exact: true }).click()
  // the words of a time under way come a moment after the press
  await expect(today).not.toHaveText(before)
  await expect(page.getByText('시간을 보내는 중…')).toHaveCount(0)
}
const news = (page: Page) => page.getByRole('complementary').getByRole('status')
const badge = (page: Page) => page.locator('.badge')
/** Lives day by day until something is said. */
async function until(page: Page, text: RegExp, days = 40) {
  for (let day = 0; day < days; day += 1) {
    await skip(page, '하루 뒤')
    if (text.test(await news(page).innerText())) return
  }
  throw new Error(`Nothing said ${text} in ${days} days`)
}
async function consent(page: Page) {
  await page.getByRole('checkbox', { name: /매달 9,900원을 결제하는 데 동의해요/ }).check()
  await page.getByRole('button', { name: '동의하고 계속 이용하기' }).click()
  await expect(page.getByText(/유료 전환에 동의했어요/)).toBeVisible()
}

test('two months: free, asked again, declined, retried, another card, charged, cancelled', async ({ page, shop }) => {
  await signIn(page, shop.address)
  await register(page, 'later-declined')
  await expect(page.getByText('카드를 등록했어요.')).toBeVisible()
  await leaveLanding(page)
  await expect(badge(page)).toHaveText('무료 이용 중')
  await expect(fact(page, '결제 카드')).toHaveText('롯데카드 0004')
  await expectAccessible(page)

  await until(page, /알림을 보냈어요: .+에 9,900원이 처음 결제되고/)
  await expect(page.getByRole('heading', { name: '무료 기간이 끝나기 전에 확인해 주세요' })).toBeVisible()
  await expectAccessible(page)
  await consent(page)
  const due = await fact(page, '다음 결제일').innerText()

  await until(page, /결제하지 못해 알려드렸어요: 잔액이 부족합니다/)
  await expect(page.getByRole('complementary').locator('strong')).toHaveText(due)
  await expect(badge(page)).toHaveText('결제 실패')
  await expect(page.getByText('9,900원 · 결제 실패')).toHaveCount(1)
  await expectAccessible(page)
  await skip(page, '하루 뒤')
  await expect(news(page)).toContainText('결제하지 못해 알려드렸어요')
  await skip(page, '하루 뒤')
  await expect(news(page)).toHaveText('아무 일도 없었어요.')

  await page.getByRole('button', { name: '카드 변경' }).click()
  await take(page, 'approved')
  await expect(page.getByText('카드를 등록했어요.')).toBeVisible()
  await leaveLanding(page)
  await expect(fact(page, '결제 카드')).toHaveText('현대카드 0001')
  await expect(page.getByRole('button', { name: '롯데카드 0004 삭제' })).toHaveCount(0)
  await skip(page, '하루 뒤')
  await expect(news(page)).toContainText('9,900원을 결제했어요.')
  await expect(badge(page)).toHaveText('이용 중')
  await expect(page.getByText('9,900원 · 결제 완료')).toHaveCount(1)

  await page.locator('summary').click()
  await expect(page.getByRole('button', { name: '인쇄하기' })).toBeVisible()
  await expectAccessible(page)

  await skip(page, '한 달 뒤')
  await expect(page.getByText('9,900원 · 결제 완료')).toHaveCount(2)
  await page.getByRole('button', { name: '해지하기' }).click()
  await expectAccessible(page)
  await page.getByRole('dialog').getByRole('button', { name: '해지하기' }).click()
  await expect(badge(page)).toHaveText('해지 예정')
  await expect(fact(page, '다음 결제일')).toHaveText('결제하지 않아요')
  await skip(page, '한 달 뒤')
  await expect(page.getByRole('heading', { level: 1, name: '이용권 고르기' })).toBeVisible()
  await expect(page.getByText('9,900원 · 결제 완료')).toHaveCount(2)
  await expectAccessible(page)
  await page.getByRole('button', { name: 'English' }).click()
  await expect(page.getByText('First month free · Your subscription ended.')).toHaveCount(1)
  await expect(page.getByText('첫 달 무료 이용권 ·')).toHaveCount(0)
})

test('a free month ends uncharged when nobody consented', async ({ page, shop }) => {
  await signIn(page, shop.address)
  await register(page, 'approved')
  await expect(page.getByText('카드를 등록했어요.')).toBeVisible()
  await leaveLanding(page)
  await skip(page, '한 달 뒤')
  await expect(news(page)).toContainText('유료 전환에 동의하지 않아 결제 없이 끝났어요.')
  await expect(page.getByText('아직 결제한 내역이 없어요.')).toBeVisible()
  await expect(page.getByRole('heading', { level: 1, name: '이용권 고르기' })).toBeVisible()
})

test('a month that nobody can be charged for ends after the last try', async ({ page, shop }) => {
  await signIn(page, shop.address)
  await register(page, 'later-declined', 'now')
  await leaveLanding(page)
  await expect(badge(page)).toHaveText('이용 중')
  await skip(page, '한 달 뒤')
  await expect(badge(page)).toHaveText('결제 실패')
  await page.getByRole('button', { name: '이번 달 요금 9,900원 결제' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '이번 달 요금 9,900원 결제' }).click()
  await expect(page.getByText('결제하지 못했어요. 잔액이 부족합니다.')).toBeVisible()
  await skip(page, '일주일 뒤')
  await expect(news(page)).toContainText('결제되지 않아 구독이 끝났어요.')
  await expect(news(page).getByText('결제하지 못해 알려드렸어요')).toHaveCount(3)
})

test('what one did is there after Ctrl-C: the session, the card, the clock; and the last payment is given back by the day', async ({
  page,
  shop,
}) => {
  await signIn(page, shop.address)
  await register(page, 'approved', 'now')
  await expect(page.getByText('카드를 등록하고 9,900원을 결제했어요.')).toBeVisible()
  await leaveLanding(page)
  await skip(page, '일주일 뒤')
  const day = await page.getByRole('complementary').locator('strong').innerText()
  await shop.restart()
  await page.goto(shop.address)
  await expect(page.getByRole('complementary').locator('strong')).toHaveText(day)
  await expect(page.getByRole('button', { name: '현대카드 0001 삭제' })).toBeVisible()
  await page.getByRole('button', { name: /환불받기$/ }).click()
  const yes = page.getByRole('dialog').getByRole('button', { name: /환불받기$/ })
  const amount = /(\S+원) 환불/.exec(await yes.innerText())?.[1] ?? ''
  await yes.click()
  await expect(page.getByText(`${amount} 환불`, { exact: true })).toBeVisible()
  await expect(page.getByRole('heading', { level: 1, name: '이용권 고르기' })).toBeVisible()
  await skip(page, '한 달 뒤')
  await expect(page.getByText('결제 완료')).toHaveCount(1)
})

test('every screen in English, dark, at 320 px and by keyboard', async ({ page, shop }) => {
  await page.emulateMedia({ colorScheme: 'dark' })
  if (!phone(page)) await page.setViewportSize({ width: 1280, height: 800 })
  await page.goto(shop.address)
  await page.getByRole('button', { name: 'English' }).click()
  await expect(page).toHaveTitle('A book at your door every month · Morning Books')
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Start as a trial member' }).press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'Choose a plan' })).toBeVisible()
  await page.getByRole('button', { name: 'Start the free month' }).press('Enter')
  await expect(page.getByRole('alert').getByText('Please agree to the recurring payment.')).toBeVisible()
  await expect(page.getByRole('checkbox')).toBeFocused()
  await expectAccessible(page)
  await page.setViewportSize({ width: 320, height: 640 })
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320)
})
