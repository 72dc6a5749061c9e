import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect, userEvent, waitFor } from 'storybook/test'
import { BillingKeyList } from '../../src/index.ts'
import { type PageOf, Said } from '../support/docs.tsx'
import { argTypesOf, propTables } from '../support/props.ts'
import { wordsOf } from '../support/settings.ts'

const meta = {
  title: 'Components/BillingKeyList',
  component: BillingKeyList,
  argTypes: argTypesOf(propTables.BillingKeyListProps),
  parameters: {
    page: {
      about: {
        ko: '고객이 등록한 카드입니다. 번호는 가려져 있고, 삭제는 먼저 묻습니다. `useBillingKeys`로 `GET {api}/keys`를 읽습니다.',
        en: 'The customer’s registered cards: masked, and a removal asks first. It reads `GET {api}/keys` through `useBillingKeys`.',
      },
      props: [['BillingKeyList', propTables.BillingKeyListProps]],
      css: true,
    } satisfies PageOf,
    docs: {
      source: {
        language: 'tsx',
        code: `import { BillingKeyList, useCharge } from 'react-billing-key'

export function Cards({ order }: { order: string }) {
  const { mutate, isPending } = useCharge()
  return (
    <BillingKeyList
      action={({ customerUid }) => (
        <button type="button" disabled={isPending} onClick={() => mutate({ customerUid, order })}>
          이번 달 요금 결제
        </button>
      )}
    />
  )
}`,
      },
    },
  },
} satisfies Meta<typeof BillingKeyList>
export default meta
type Story = StoryObj<typeof BillingKeyList>

const first = /현대카드/

export const Cards: Story = {
  args: {
    action: () => (
      <button type="button" className="plain-button">
        <Said ko="이번 달 요금 결제" en="Pay this month’s fee" />
      </button>
    ),
    lastCharge: ({ customerUid }) => (customerUid === 'card-1' ? { amount: 9900, at: 1_790_000_000 } : null),
  },
  play: async ({ canvas }) => expect(await canvas.findByText(first)).toBeVisible(),
}
export const Removing: Story = {
  parameters: {
    about: { ko: '삭제를 누르면 먼저 묻고, 목록에서 바로 빠집니다.', en: 'A removal asks first, and the card leaves the list at once.' },
  },
  play: async ({ canvas, globals }) => {
    const { list } = wordsOf(globals.locale)
    await canvas.findByText(first)
    const [remove] = await canvas.findAllByRole('button', { name: new RegExp(list.remove) })
    if (remove) await userEvent.click(remove)
    const dialog = await canvas.findByRole('alertdialog')
    await userEvent.click([...dialog.querySelectorAll('button')].at(-1) as HTMLElement)
    await waitFor(() => expect(canvas.queryByText(first)).toBeNull())
    await expect(await canvas.findByText(list.removed)).toBeVisible()
  },
}
export const NotRemoved: Story = {
  name: 'A removal that failed',
  parameters: {
    api: { remove: 'down' },
    about: {
      ko: '서버가 거절하면 카드가 돌아오고, 그 카드에 그렇게 나옵니다.',
      en: 'Your server said no: the card comes back, and says so.',
    },
  },
  tags: ['!autodocs'],
  play: async ({ canvas, globals }) => {
    const { list } = wordsOf(globals.locale)
    await canvas.findByText(first)
    const [remove] = await canvas.findAllByRole('button', { name: new RegExp(list.remove) })
    if (remove) await userEvent.click(remove)
    const dialog = await canvas.findByRole('alertdialog')
    await userEvent.click([...dialog.querySelectorAll('button')].at(-1) as HTMLElement)
    await expect(await canvas.findByText(list.notRemoved)).toBeVisible()
    await expect(await canvas.findByText(first)).toBeVisible()
  },
}
export const Loading: Story = {
  parameters: { api: { keys: 'slow' } },
  tags: ['!autodocs'],
  play: async ({ canvas, globals }) => expect(await canvas.findByText(wordsOf(globals.locale).list.loading)).toBeVisible(),
}
export const Empty: Story = {
  parameters: { api: { keys: 'none' } },
  tags: ['!autodocs'],
  play: async ({ canvas, globals }) => expect(await canvas.findByText(wordsOf(globals.locale).list.empty)).toBeVisible(),
}
export const Failed: Story = {
  parameters: { api: { keys: 'down' } },
  tags: ['!autodocs'],
  play: async ({ canvas, globals }) => {
    const { list, retry } = wordsOf(globals.locale)
    await expect(await canvas.findByText(list.failed)).toBeVisible()
    await expect(canvas.getByRole('button', { name: retry })).toBeVisible()
  },
}
