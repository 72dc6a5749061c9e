import { expect, type FrameLocator, type Page } from '@playwright/test'
import type { TestCardId } from '../../src/sandbox/testCards.ts'
import { approve } from '../../src/sandbox/testHelpers.ts'

export const phone = (page: Page) => page.viewportSize() !== null && (page.viewportSize()?.width ?? 0) < 700

export async function signIn(page: Page) {
  await page.goto('/')
  await page.getByLabel('이름').fill(`김${Math.random().toString(36).slice(2, 9)}`)
  await page.getByRole('button', { name: '체험 회원으로 시작' }).click()
  await expect(page.getByRole('heading', { name: '이용권 고르기' })).toBeVisible()
}

/** The payment window: an iframe on a PC, the page itself on a phone. */
export const paymentWindow = (page: Page): Page | FrameLocator => (phone(page) ? page : page.frameLocator('.imp-dialog iframe'))

export async function register(page: Page, card: TestCardId, button = '카드 등록하기') {
  await page.getByRole('button', { name: button }).click()
  await approve(page, { card })
}

export async function leaveLanding(page: Page) {
  if (!phone(page)) return
  await expect(page).toHaveURL(/\/billing\/complete$/)
  await page.getByRole('link', { name: '내 이용권으로 가기' }).click()
}
