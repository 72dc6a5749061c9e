import type { Sandbox } from './createSandbox.ts'
import type { SandboxPayment } from './state.ts'
import { type TestCardId, testCards } from './testCards.ts'

/** What of a Playwright `Locator` is used. */
export interface LocatorLike {
  click(): Promise<unknown>
  count(): Promise<number>
  first(): LocatorLike
  isVisible(): Promise<boolean>
}

/** What of a Playwright `Page` or `Frame` is used; whatever drives a browser can be made to look like it. */
export interface PageLike {
  locator(selector: string): LocatorLike
  frames(): { url(): string; locator(selector: string): LocatorLike }[]
}

const windowPath = /\/sandbox\/window\//
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** A control of the open payment window, in a frame or as the page; waits for it. */
async function control(page: PageLike, selector: string, timeoutMs: number): Promise<LocatorLike> {
  if (typeof page?.frames !== 'function') throw new Error("This needs Playwright's page: the shop's, or the popup's")
  const until = Date.now() + timeoutMs
  for (;;) {
    const frames = page.frames()
    const windows = frames.filter((known) => windowPath.test(known.url()) || known.url() === 'about:srcdoc')
    for (const frame of windows) {
      const found = frame.locator(selector)
      if ((await found.count()) > 0 && (await found.first().isVisible())) return found.first()
    }
    if (Date.now() > until && windows.length > 0) throw new Error(`The payment window shows no ${selector}`)
    if (Date.now() > until)
      throw new Error(`No payment window is open in ${frames[0]?.url()}. Has it been opened, and is it a popup, a page of its own?`)
    await pause(50)
  }
}

async function submit(page: PageLike, card: TestCardId, timeoutMs: number) {
  const known = testCards.map(({ id }) => id)
  if (!known.includes(card)) throw new Error(`There is no test card ${card}: ${known.join(', ')}`)
  await (await control(page, `[data-card="${card}"]`, timeoutMs)).click()
  await (await control(page, '[data-action="approve"]:enabled', timeoutMs)).click()
}

export interface WindowOptions {
  /** The test card, by its `id` in `testCards`; `'approved'`, or `'declined'`, when left out. */
  readonly card?: TestCardId
  /** How long to wait for the window, ms; 15,000 when left out. */
  readonly timeoutMs?: number
}

/**
 * Registers a test card in the payment window that a page of Playwright has opened: over the shop's page, as a popup (give
 * the popup's page) or in place of the page. Choosing a card fills in every field and agrees to the terms.
 *
 * @example
 * await page.getByRole('button', { name: '카드 등록하기' }).click()
 * await approve(page)
 * @example
 * await approve(page, { card: 'later-declined' })
 */
export const approve = (page: PageLike, { card = 'approved', timeoutMs = 15_000 }: WindowOptions = {}) => submit(page, card, timeoutMs)

/** Has the card refused in the window. */
export const decline = (page: PageLike, { card = 'declined', timeoutMs = 15_000 }: WindowOptions = {}) => submit(page, card, timeoutMs)

/** Presses the window's cancel. */
export async function cancel(page: PageLike, { timeoutMs = 15_000 }: Omit<WindowOptions, 'card'> = {}) {
  await (await control(page, '[data-action="cancel"]:enabled', timeoutMs)).click()
}

/**
 * Holds that an order was charged exactly once and this much, and that nothing of it went back; answers the payment. Throws an
 * `Error` that any test runner shows.
 *
 * @param amount won
 * @example
 * expectCharged(sandbox, 'order-1', 9_900)
 */
export function expectCharged(sandbox: Pick<Sandbox, 'payments'>, order: string, amount: number): SandboxPayment {
  if (!Array.isArray(sandbox?.payments) || typeof order !== 'string' || typeof amount !== 'number')
    throw new Error("expectCharged takes a sandbox, an order number and won: expectCharged(sandbox, 'order-1', 9_900)")
  const of = sandbox.payments.filter(({ merchant_uid }) => merchant_uid === order)
  const charged = of.filter(({ status }) => status === 'paid' || status === 'cancelled')
  const [payment] = charged
  const back = ({ cancel_amount }: SandboxPayment) => (cancel_amount > 0 ? `, of which ${cancel_amount} went back` : '')
  const had = of.map((known) => `${known.status} ${known.amount}${back(known)}`).join(', ') || 'nothing'
  if (charged.length !== 1 || payment?.amount !== amount || payment.cancel_amount > 0)
    throw new Error(`${order} should have been charged ${amount} once; there is ${had}`)
  return payment
}
