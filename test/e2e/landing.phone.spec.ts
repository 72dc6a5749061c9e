import { expect, test } from '@playwright/test'
import { register, signIn } from './customer.ts'

test('confirms once, however often the landing page is refreshed, and keeps the address clean', async ({ page }) => {
  let confirms = 0
  page.on('request', (request) => {
    if (request.url().endsWith('/confirm')) confirms += 1
  })
  await signIn(page)
  await register(page, 'approved', 'now')
  const result = page.getByText('카드를 등록하고 9,900원을 결제했어요.')
  await expect(result).toBeVisible()
  await expect(page).toHaveURL(/\/billing\/complete$/)
  await page.reload()
  await expect(result).toBeVisible()
  await page.reload()
  await expect(result).toBeVisible()
  expect(confirms).toBe(1)
})

test('says so when the landing page is opened without a result', async ({ page }) => {
  await page.goto('/billing/complete')
  await expect(page.getByText('보여 드릴 등록 결과가 없어요.')).toBeVisible()
})

test('believes nothing that was typed into the address', async ({ page }) => {
  await signIn(page)
  await page.goto('/billing/complete?imp_uid=imp_forged&merchant_uid=issue-forged')
  await expect(page.getByRole('alert')).toBeVisible()
  await expect(page.getByText('카드를 등록했어요.')).toHaveCount(0)
})

test('registers the card of a customer who comes back in another tab (sdk-facts 17)', async ({ page, context }) => {
  await signIn(page)
  let address = ''
  await page.route('**/billing/complete?*', (route) => {
    address = route.request().url()
    return route.abort()
  })
  await register(page, 'approved')
  await expect.poll(() => address).not.toBe('')
  const other = await context.newPage()
  await other.goto(address)
  await expect(other.getByText('카드를 등록했어요.')).toBeVisible()
  await other.getByRole('link', { name: '내 이용권으로 가기' }).click()
  await expect(other.getByText('9410-****-****-0001')).toBeVisible()
})
