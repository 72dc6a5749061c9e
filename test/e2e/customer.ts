import { expect, type FrameLocator, type Page } from '@playwright/test'
import type { TestCardId } from '../../src/sandbox/testCards.ts'
import { approve } from '../../src/sandbox/testHelpers.ts'

export const phone = (page: Page) => page.viewportSize() !== null && (page.viewportSize()?.width ?? 0) < 700

/** Signed in before the page is loaded; by the form it is done where that is what a test is about. */
export async function signIn(page: Page, at = '/') {
  const answer = await page.request.post(at === '/' ? '/api/session' : `${at}/api/session`, { data: { name: '김하나' } })
  expect(answer.ok()).toBe(true)
  await page.goto(at)
  await expect(page.getByRole('heading', { level: 1, name: '이용권 고르기' })).toBeVisible()
}

/** The payment window: an iframe on a PC, the page itself on a phone. */
export const paymentWindow = (page: Page): Page | FrameLocator => (phone(page) ? page : page.frameLocator('#imp-iframe-wrapper iframe'))

export const starts = { trial: '첫 달 무료로 시작하기', now: '9,900원 결제하고 시작하기' } as const
export type Plan = keyof typeof starts

/** Chooses a plan, agrees, and opens the window. */
export async function open(page: Page, plan: Plan = 'trial') {
  await page.getByRole('radio', { name: plan === 'trial' ? /첫 달 무료/ : /바로 시작/ }).check()
  await page.getByRole('checkbox', { name: /정기결제하는 데 동의해요/ }).check()
  await page.getByRole('button', { name: starts[plan] }).click()
}

/** Takes a card in the open window. */
export const take = (page: Page, card: TestCardId) => approve(page, { card })

export async function register(page: Page, card: TestCardId, plan: Plan = 'trial') {
  await open(page, plan)
  await take(page, card)
}

export async function leaveLanding(page: Page) {
  if (!phone(page)) return
  await expect(page).toHaveURL(/\/billing\/complete$/)
  await page.getByRole('link', { name: '내 이용권으로 가기' }).click()
}

/** One fact of the subscription's panel. */
export const fact = (page: Page, term: string) => page.locator('dl > div', { hasText: term }).locator('dd')
