import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect, userEvent, waitFor } from 'storybook/test'
import code from '../code/UseRemoveBillingKey.tsx?raw'
import type { PageOf } from '../support/docs.tsx'
import { propTables } from '../support/props.ts'
import { UseRemoveBillingKey } from './hooks.tsx'

const meta = {
  title: 'Hooks/useRemoveBillingKey',
  component: UseRemoveBillingKey,
  parameters: {
    page: {
      about: {
        ko: '카드를 삭제합니다. 목록에서 바로 빠지고, 서버가 거절하면 돌아옵니다.',
        en: 'Removes a card: it leaves the list at once, and comes back when your server said no.',
      },
      props: [['UseMutationResult', propTables.UseRemoveBillingKeyResult]],
    } satisfies PageOf,
    docs: { source: { language: 'tsx', code } },
  },
} satisfies Meta<typeof UseRemoveBillingKey>
export default meta
type Story = StoryObj<typeof UseRemoveBillingKey>

export const Removed: Story = {
  play: async ({ canvas }) => {
    await canvas.findByText(/card-1/)
    await userEvent.click(canvas.getByRole('button'))
    await waitFor(() => expect(canvas.queryByText(/card-1/)).toBeNull())
  },
}
