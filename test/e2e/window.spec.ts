import { expect, test } from '@playwright/test'
import { phone, register, signIn, starts } from './customer.ts'

// What a window can do to a shop, through the library (docs/attempt.md, 2, 4 and 6).

test('a window that closes by itself is a close: nothing was registered, and the next click opens', async ({ page }) => {
  await signIn(page)
  await register(page, 'closes')
  if (!phone(page)) await expect(page.getByText('결제창을 닫았어요. 아직 등록된 카드가 없어요.')).toBeVisible()
  await expect(page.getByRole('button', { name: starts.trial })).toBeEnabled()
  await register(page, 'approved')
  await expect(page.getByText('카드를 등록했어요.')).toBeVisible()
})

test('an answer that was lost is found with the shop’s server, and nothing is charged twice', async ({ page }) => {
  await signIn(page)
  await register(page, 'lost', 'now')
  const shown = phone(page) ? page : page.frameLocator('#imp-iframe-wrapper iframe')
  await shown.getByRole('button', { name: '상점으로 돌아가기' }).click()
  await expect(page.getByText('카드를 등록하고 9,900원을 결제했어요.')).toHaveCount(1)
  await expect(page.getByText('9,900원 · 결제 완료')).toHaveCount(1)
})

test('a payment that waits for its approval is unconfirmed until it is paid', async ({ page }) => {
  await signIn(page)
  await register(page, 'pending')
  const again = page.getByRole('button', { name: '결과 다시 확인' }).first()
  await expect(again).toBeVisible()
  await expect(page.getByText('카드를 등록했어요.')).toHaveCount(0)
  const moved = await page.request.post('http://127.0.0.1:3211/sandbox/clock', { data: { seconds: 30 } })
  expect(moved.ok()).toBe(true)
  await again.click()
  await expect(page.getByText('카드를 등록했어요.')).toBeVisible()
})
