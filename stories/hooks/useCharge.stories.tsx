import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect, userEvent } from 'storybook/test'
import code from '../code/UseCharge.tsx?raw'
import type { PageOf } from '../support/docs.tsx'
import { propTables } from '../support/props.ts'
import { UseCharge } from './hooks.tsx'

const meta = {
  title: 'Hooks/useCharge',
  component: UseCharge,
  parameters: {
    page: {
      about: {
        ko: '등록한 카드로 결제합니다(`POST {api}/charges`). 금액은 서버가 정합니다. 스스로 다시 보내지 않고, 답을 잃으면 `unknown`입니다.',
        en: 'Charges a registered card (`POST {api}/charges`). The price is your server’s. It is never sent twice by itself, and a lost answer is `unknown`.',
      },
      props: [
        ['mutate({ … })', propTables.ChargeRequest],
        ['UseMutationResult', propTables.UseChargeResult],
      ],
    } satisfies PageOf,
    docs: { source: { language: 'tsx', code } },
  },
} satisfies Meta<typeof UseCharge>
export default meta
type Story = StoryObj<typeof UseCharge>

export const Paid: Story = {
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole('button'))
    await expect(await canvas.findByText(/"status": "paid"/)).toBeVisible()
  },
}
export const Declined: Story = {
  parameters: { api: { charge: 'declined' } },
  tags: ['!autodocs'],
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole('button'))
    await expect(await canvas.findByText(/"status": "declined"/)).toBeVisible()
  },
}
export const Unknown: Story = {
  name: 'The answer was lost',
  parameters: { api: { charge: 'unknown' } },
  tags: ['!autodocs'],
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole('button'))
    await expect(await canvas.findByText(/"status": "unknown"/)).toBeVisible()
  },
}
