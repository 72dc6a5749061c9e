import { serve } from '@hono/node-server'
import { expect, test } from '@playwright/test'
import { createSandbox, decline } from 'react-billing-key/sandbox'

// the shop under test has IAMPORT_URL and scriptUrl set to this
const sandbox = createSandbox()
const server = serve({ fetch: sandbox.fetch, port: 4010 })
test.afterAll(() => void server.close())

test('a declined card leaves no key, and the button works again', async ({ page }) => {
  await page.goto('http://127.0.0.1:3000/plans')
  await page.getByRole('button', { name: '카드 등록하기' }).click()
  await decline(page)
  await expect(page.getByText('카드를 등록하지 못했어요.')).toBeVisible()
  expect(sandbox.billingKeys.size).toBe(0)
})
