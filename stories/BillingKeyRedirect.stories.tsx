import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect } from 'storybook/test'
import { BillingKeyRedirect } from '../src/index.ts'
import { Sandboxed } from './sandbox.tsx'

/** The page is opened as PortOne opens it: with the result in its address. */
const landing = (query: string) => () => {
  const address = location.href
  const url = new URL(address)
  for (const [key, value] of new URLSearchParams(query)) url.searchParams.set(key, value)
  history.replaceState(null, '', url)
  return () => history.replaceState(null, '', address)
}

const meta: Meta<typeof BillingKeyRedirect> = {
  title: 'BillingKeyRedirect',
  component: BillingKeyRedirect,
  parameters: { docs: { disable: true } },
  tags: ['!autodocs'],
  render: (args) => (
    <Sandboxed
      confirm={async ({ impUid }) =>
        impUid === 'imp_2'
          ? { status: 'none' }
          : {
              status: 'issued',
              impUid: impUid ?? '',
              customerUid: 'card-1',
              charged: 9900,
              currency: 'KRW',
              card: { name: '현대카드', number: '9410-****-****-0001' },
            }
      }
    >
      <BillingKeyRedirect {...args} />
    </Sandboxed>
  ),
}
export default meta
type Story = StoryObj<typeof BillingKeyRedirect>

export const Issued: Story = {
  beforeEach: landing('imp_uid=imp_1&merchant_uid=story-issued'),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText('카드를 등록하고 9,900원을 결제했어요.')).toBeVisible()
    await expect(location.search).not.toContain('imp_uid')
  },
}
export const Declined: Story = {
  beforeEach: landing('imp_uid=imp_2&merchant_uid=story-declined&error_code=J202&error_msg=한도초과'),
  args: { onRetry: () => {} },
  play: async ({ canvas }) => expect(await canvas.findByText('카드를 등록하지 못했어요.')).toBeVisible(),
}
export const OpenedWithoutAResult: Story = {
  beforeEach: landing(''),
  args: { children: (outcome) => !outcome && <p>보여 드릴 등록 결과가 없습니다.</p> },
  play: async ({ canvas }) => expect(await canvas.findByText('보여 드릴 등록 결과가 없습니다.')).toBeVisible(),
}
