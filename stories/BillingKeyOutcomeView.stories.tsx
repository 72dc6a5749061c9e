import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect } from 'storybook/test'
import { BillingKeyError, type BillingKeyOutcome, BillingKeyOutcomeView } from '../src/index.ts'
import { Sandboxed } from './sandbox.tsx'

const meta: Meta<typeof BillingKeyOutcomeView> = {
  title: 'BillingKeyOutcomeView',
  component: BillingKeyOutcomeView,
  decorators: [
    (Story, { globals }) => (
      <Sandboxed locale={globals.locale}>
        <Story />
      </Sandboxed>
    ),
  ],
}
export default meta
type Story = StoryObj<typeof BillingKeyOutcomeView>

const common = { merchantUid: 'issue-1', customerUid: 'card-1', impUid: 'imp_1', via: 'callback', raw: null } as const
const story = (outcome: BillingKeyOutcome, text: string, rest: Story['args'] = {}): Story => ({
  args: { outcome, ...rest },
  play: async ({ canvas }) => {
    await expect(canvas.getByText(text)).toBeVisible()
  },
})
const retry = () => new Promise<never>(() => {})

export const Issued = story(
  { ...common, status: 'issued', verified: true, charged: 0, card: { name: '현대카드', number: '9410-****-****-0001' } },
  '카드가 등록되었습니다.',
)
export const IssuedAndCharged = story(
  { ...common, status: 'issued', verified: true, charged: 9900, card: { name: '현대카드', number: '9410-****-****-0001' } },
  '카드가 등록되고 9,900원이 결제되었습니다.',
)
/** No server was asked: the window's word alone. */
export const Reported = story(
  { ...common, status: 'issued', verified: false, charged: null, card: null },
  '카드 등록이 접수되었습니다. 쇼핑몰에서 확인한 뒤 이용할 수 있습니다.',
)
export const Cancelled = story({ ...common, status: 'cancelled', by: 'customer' }, '카드 등록을 취소했습니다. 결제된 금액은 없습니다.', {
  onRetry: () => {},
})
export const Closed = story(
  { ...common, status: 'cancelled', by: 'closed' },
  '결제창이 닫혔습니다. 등록 여부는 쇼핑몰에서 확인해 주세요.',
  { onRetry: () => {} },
)
export const Failed = story(
  { ...common, status: 'failed', code: 'J202', message: '이용한도를 초과했습니다.', stage: 'in-window' },
  '사유: 이용한도를 초과했습니다.',
  { onRetry: () => {} },
)
/** A message that anyone could have typed into the address is not shown. */
export const FailedFromAnAddress: Story = {
  args: {
    outcome: {
      ...common,
      customerUid: null,
      via: 'redirect',
      status: 'failed',
      code: 'x',
      message: '010-0000-0000으로 전화하세요',
      stage: 'in-window',
    },
  },
  play: async ({ canvas }) => {
    await expect(canvas.getByText('카드를 등록하지 못했습니다.')).toBeVisible()
    await expect(canvas.queryByText(/전화하세요/)).toBeNull()
  },
}
/** The shop's server refused the result: no button that would charge again. */
export const RefusedByTheShop = story(
  { ...common, status: 'failed', code: 'other-amount', message: '결제 금액이 주문과 다릅니다.', stage: 'confirm' },
  '사유: 결제 금액이 주문과 다릅니다.',
)
export const Unconfirmed = story(
  { ...common, status: 'unconfirmed', code: 'confirm-unreachable', message: '', retry },
  '등록 결과를 아직 확인하지 못했습니다. 다시 등록하지 말고 결과를 확인해 주세요.',
)
export const Pending: Story = {
  args: { outcome: null, isPending: true },
  play: async ({ canvas }) => expect(canvas.getByText('등록 결과를 확인하는 중…')).toBeVisible(),
}
export const LoadFailed: Story = {
  args: { outcome: null, error: new BillingKeyError('sdk-load-failed', ''), onRetry: () => {} },
  play: async ({ canvas }) => expect(canvas.getByRole('alert')).toHaveTextContent('결제 모듈을 불러오지 못했습니다.'),
}
