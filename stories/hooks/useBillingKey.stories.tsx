import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect, userEvent } from 'storybook/test'
import code from '../code/UseBillingKey.tsx?raw'
import { customer } from '../support/customer.ts'
import type { PageOf } from '../support/docs.tsx'
import { propTables } from '../support/props.ts'
import { UseBillingKey } from './hooks.tsx'

const meta = {
  title: 'Hooks/useBillingKey',
  component: UseBillingKey,
  parameters: {
    page: {
      about: {
        ko: '카드 등록을 시작하고 지켜봅니다. 버튼을 직접 그리고 싶을 때 씁니다. 누르면 단계가 지나가는 것이 보입니다.',
        en: 'Starts and follows a registration, for a button of your own. Press it and watch the phases pass.',
      },
      props: [
        ['options', propTables.UseBillingKeyOptions],
        ['result', propTables.UseBillingKeyResult],
      ],
    } satisfies PageOf,
    docs: { source: { language: 'tsx', code } },
  },
} satisfies Meta<typeof UseBillingKey>
export default meta
type Story = StoryObj<typeof UseBillingKey>

export const Outcome: Story = {
  play: async (played) => {
    const { words } = customer(played)
    await userEvent.click(await played.canvas.findByRole('button', { name: 'issue()' }))
    await customer(played).pay()
    await expect(await played.canvas.findByText(words.issued)).toBeVisible()
  },
}
