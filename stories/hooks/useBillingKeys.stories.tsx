import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect } from 'storybook/test'
import code from '../code/UseBillingKeys.tsx?raw'
import type { PageOf } from '../support/docs.tsx'
import { propTables } from '../support/props.ts'
import { UseBillingKeys } from './hooks.tsx'

const meta = {
  title: 'Hooks/useBillingKeys',
  component: UseBillingKeys,
  parameters: {
    page: {
      about: {
        ko: '회원이 등록한 카드를 `GET {api}/keys`로 읽는 TanStack Query 훅입니다. 카드를 새로 등록하면 다시 읽습니다. 미리 읽거나 SSR에서 쓸 때는 `billingKeysOptions()`를 씁니다.',
        en: 'The member’s cards from `GET {api}/keys`, as a TanStack Query. Asked for again after every issue. `billingKeysOptions()` is for prefetching and SSR.',
      },
      props: [['billingKeysOptions', propTables.BillingKeysOptions]],
    } satisfies PageOf,
    docs: { source: { language: 'tsx', code } },
  },
} satisfies Meta<typeof UseBillingKeys>
export default meta
type Story = StoryObj<typeof UseBillingKeys>

export const Cards: Story = {
  play: async ({ canvas }) => expect(await canvas.findByText(/현대카드/)).toBeVisible(),
}
