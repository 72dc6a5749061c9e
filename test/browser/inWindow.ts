import type { BrowserCommand } from 'vitest/node'
import type { TestCardId } from '../../src/sandbox/testCards.ts'

declare module 'vitest/browser' {
  interface BrowserCommands {
    /** What the customer does in the sandbox's window: registers this test card, or cancels. */
    inWindow: (address: string, card: TestCardId | null) => Promise<void>
  }
}

/** Runs in Node, with the browser in its hand: the window is of another origin, out of reach for the page of the test. */
export const inWindow: BrowserCommand<[address: string, card: TestCardId | null]> = async ({ page }, address, card) => {
  const shown = page.locator('iframe').first().contentFrame().locator(`iframe[src="${address}"]`).contentFrame()
  // the page of the test is scaled, and a click at a place would miss
  if (card) await shown.locator(`[data-card="${card}"] input`).dispatchEvent('click')
  await shown.locator(`[data-action="${card ? 'approve' : 'cancel'}"]`).dispatchEvent('click')
}
