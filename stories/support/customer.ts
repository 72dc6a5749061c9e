import { userEvent, waitFor, type within } from 'storybook/test'
import { wordsOf } from './settings.ts'

/** The test cards used here, by what they do. */
export const cards = { approved: '9410-0000-0000-0001', declined: '9410-0000-0000-0002' } as const

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
        const frames = [...document.querySelectorAll<HTMLIFrameElement>('.imp-dialog iframe')]
        const inside = frames.map(({ contentDocument }) => contentDocument).find((found) => found?.querySelector('form'))
        if (!inside || inside.querySelector('fieldset:disabled')) throw new Error('no window yet')
        return inside
      }),
    async pay(card: keyof typeof cards = 'approved') {
      const inside = await this.window()
      const chip = inside.querySelector<HTMLElement>(`[data-card="${card}"]`)
      const choice = inside.querySelector<HTMLSelectElement>('select')
      if (chip) await userEvent.click(chip)
      else if (choice) await userEvent.selectOptions(choice, cards[card])
      const submit = inside.querySelector<HTMLButtonElement>('button[type=submit]')
      if (submit) await userEvent.click(submit)
    },
    async cancel() {
      const inside = await this.window()
      inside.querySelector<HTMLButtonElement>('[data-action=cancel], #cancel')?.click()
    },
  }
}
