import { userEvent, waitFor, type within } from 'storybook/test'
import type { TestCardId } from '../../src/sandbox/testCards.ts'
import { wordsOf } from './settings.ts'

interface Played {
  readonly canvas: ReturnType<typeof within>
  readonly globals: Readonly<Record<string, unknown>>
}

/** What a customer does, whatever the language and the SDK. */
export function customer({ canvas, globals }: Played) {
  const words = wordsOf(globals.locale)
  return {
    words,
    press: async (name: string = words.button) => userEvent.click(await canvas.findByRole('button', { name })),
    /** The window's document, once it can be used. */
    window: () =>
      waitFor(() => {
        const frames = [...document.querySelectorAll<HTMLIFrameElement>('.imp-dialog iframe, #imp-iframe-wrapper iframe')]
        const inside = frames.map(({ contentDocument }) => contentDocument).find((found) => found?.querySelector('[data-card]'))
        if (!inside) throw new Error('no window yet')
        return inside
      }),
    async pay(card: TestCardId = 'approved') {
      const inside = await this.window()
      for (const selector of [`[data-card="${card}"]`, '[data-action=approve]']) {
        const control = inside.querySelector(selector)
        if (control) await userEvent.click(control)
      }
    },
    async cancel() {
      const inside = await this.window()
      inside.querySelector<HTMLButtonElement>('[data-action=cancel]')?.click()
    },
  }
}
