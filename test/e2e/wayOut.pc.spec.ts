import { expect, test } from '@playwright/test'
import { open, signIn } from './customer.ts'

const sizes = [
  [1280, 900],
  [1280, 763],
  [1280, 720],
  [844, 390],
  [559, 700],
  [430, 764],
  [420, 700],
  [320, 568],
] as const

test('the shop’s way out covers no button of the window, however large the screen is', async ({ page }) => {
  await signIn(page)
  await open(page)
  const window = page.frameLocator('#imp-iframe-wrapper iframe')
  const wayOut = page.getByRole('button', { name: '결제창 닫기' })
  for (const [width, height] of sizes) {
    await page.setViewportSize({ width, height })
    for (const action of ['cancel', 'approve']) {
      const button = window.locator(`[data-action=${action}]`)
      await button.scrollIntoViewIfNeeded()
      await expect(async () => {
        const [own, theirs] = [await wayOut.boundingBox(), await button.boundingBox()]
        if (!own || !theirs) throw new Error('not on the screen')
        expect(theirs.y + theirs.height, `${action} at ${width} x ${height}`).toBeLessThanOrEqual(own.y)
        expect(own.y + own.height).toBeLessThanOrEqual(height)
      }).toPass({ timeout: 5_000 })
    }
  }
})
