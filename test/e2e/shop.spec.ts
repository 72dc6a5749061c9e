import { expect, test } from '@playwright/test'
import { leaveLanding, paymentWindow, phone, register, signIn } from './customer.ts'

test('registers a card and charges it later', async ({ page }) => {
  await signIn(page)
  await register(page, 'approved')
  await expect(page.getByText('카드를 등록했어요.')).toBeVisible()
  await expect(page.getByText('등록한 카드: 현대카드 9410-****-****-0001')).toBeVisible()
  await leaveLanding(page)
  await expect(page.getByText('아직 주문이 없습니다.')).toBeVisible()
  await page.getByRole('button', { name: '9,900원 결제' }).click()
  await expect(page.getByText('9,900원이 결제되었습니다.')).toBeVisible()
  await expect(page.getByText('9,900원 · 결제 완료')).toHaveCount(1)
  await page.getByRole('button', { name: '현대카드 0001 삭제' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: '삭제' }).click()
  await expect(page.getByText('등록한 카드가 없어요.')).toBeVisible()
})

test('registers a card with a first payment', async ({ page }) => {
  await signIn(page)
  await register(page, 'approved', '등록하고 결제하기')
  await expect(page.getByText('카드를 등록하고 9,900원을 결제했어요.')).toBeVisible()
  await leaveLanding(page)
  await expect(page.getByText('9,900원 · 결제 완료')).toHaveCount(1)
})

test('says in Korean why a card was declined, and can be tried again', async ({ page }) => {
  await signIn(page)
  await register(page, 'declined')
  await expect(page.getByRole('alert').getByText('카드를 등록하지 못했어요.')).toBeVisible()
  await expect(page.getByText('이유: 카드사에서 거절된 카드입니다.')).toBeVisible()
  if (phone(page)) await page.getByRole('button', { name: '다시 시도' }).click()
  await register(page, 'approved')
  await expect(page.getByText('카드를 등록했어요.')).toBeVisible()
})

test('says that the limit was exceeded', async ({ page }) => {
  await signIn(page)
  await register(page, 'over-limit', '등록하고 결제하기')
  await expect(page.getByText('이유: 이용한도를 초과했습니다.')).toBeVisible()
  await leaveLanding(page)
  await expect(page.getByText('아직 주문이 없습니다.')).toBeVisible()
})

test('says that the customer cancelled, and the button works again', async ({ page }) => {
  await signIn(page)
  await page.getByRole('button', { name: '카드 등록하기' }).click()
  await paymentWindow(page).getByRole('button', { name: '취소' }).click()
  await expect(page.getByText('카드 등록을 취소했어요. 결제된 금액은 없어요.')).toBeVisible()
  await leaveLanding(page)
  await register(page, 'approved')
  await expect(page.getByText('카드를 등록했어요.')).toBeVisible()
})

test('tells a declined charge of a registered card', async ({ page }) => {
  await signIn(page)
  await register(page, 'later-declined')
  await expect(page.getByText('카드를 등록했어요.')).toBeVisible()
  await leaveLanding(page)
  await page.getByRole('button', { name: '9,900원 결제' }).click()
  await expect(page.getByText('결제하지 못했습니다. 잔액이 부족합니다.')).toBeVisible()
  await expect(page.getByText('9,900원 · 결제 전')).toHaveCount(1)
})

test('the back button leads out of the window to a page that works', async ({ page }) => {
  await signIn(page)
  await page.getByRole('button', { name: '카드 등록하기' }).click()
  await expect(paymentWindow(page).getByLabel('카드번호')).toBeVisible()
  if (phone(page)) await page.goBack()
  else {
    const wayOut = page.getByRole('button', { name: '결제창 닫기' })
    const box = await wayOut.boundingBox()
    expect(box?.height).toBeLessThan(80) // beside the window's own buttons, never over them
    expect(box?.y).toBeGreaterThan((page.viewportSize()?.height ?? 0) - 100)
    await wayOut.click()
  }
  await expect(page.getByRole('button', { name: '카드 등록하기' })).toBeEnabled()
  await register(page, 'approved')
  await expect(page.getByText('카드를 등록했어요.')).toBeVisible()
})

test('runs under a strict Content-Security-Policy with Trusted Types', async ({ page }) => {
  const refused: string[] = []
  page.on('console', (message) => {
    if (/Content Security Policy|TrustedScript/i.test(message.text())) refused.push(message.text())
  })
  const response = await page.goto('/')
  expect(response?.headers()['content-security-policy']).toContain("require-trusted-types-for 'script'")
  await signIn(page)
  await register(page, 'approved')
  await expect(page.getByText('카드를 등록했어요.')).toBeVisible()
  expect(refused).toEqual([])
})
