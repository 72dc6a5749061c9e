import type { BrowserCommand } from 'vitest/node'

declare module 'vitest/browser' {
  interface BrowserCommands {
    /** What the customer does in the sandbox's window: registers this card, or cancels. */
    inWindow: (address: string, card: string | null) => Promise<void>
  }
}

/** Runs in Node, with the browser in its hand: the window is of another origin, out of reach for the page of the test. */
export const inWindow: BrowserCommand<[address: string, card: string | null]> = async ({ page }, address, card) => {
  const form = page.locator('iframe').first().contentFrame().locator(`iframe[src="${address}"]`).contentFrame().locator('form')
  if (card) await form.getByLabel('카드번호').fill(card)
  // the page of the test is scaled, and a click at a place would miss
  await form.locator(card ? '[type=submit]:enabled' : '#cancel:enabled').dispatchEvent('click')
}
