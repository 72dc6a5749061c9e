import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect } from 'storybook/test'
import { BillingKeyError, type BillingKeyOutcome, BillingKeyOutcomeView, en, ko } from '../src/index.ts'
import { Sandboxed } from './sandbox.tsx'

const meta: Meta<typeof BillingKeyOutcomeView> = {
  title: 'BillingKeyOutcomeView',
  component: BillingKeyOutcomeView,
  decorators: [
    (Story, { globals }) => (
      <Sandboxed locale={globals.locale === 'en' ? en : ko}>
        <Story />
      </Sandboxed>
    ),
  ],
}
export default meta
type Story = StoryObj<typeof BillingKeyOutcomeView>

const common = { merchantUid: 'issue-1', customerUid: 'card-1', impUid: 'imp_1', via: 'callback', order: null, recovered: false } as const
const story = (outcome: BillingKeyOutcome, text: string, rest: Story['args'] = {}): Story => ({
  args: { outcome, ...rest },
  play: async ({ canvas }) => {
    await expect(canvas.getByText(text)).toBeVisible()
  },
})

export const Issued = story(
  { ...common, status: 'issued', charged: 0, currency: 'KRW', card: { name: '현대카드', number: '9410-****-****-0001' } },
  '카드를 등록했어요.',
)
export const IssuedAndCharged = story(
  { ...common, status: 'issued', charged: 9900, currency: 'KRW', card: { name: '현대카드', number: '9410-****-****-0001' } },
  '카드를 등록하고 9,900원을 결제했어요.',
)
/** No server was asked: the window's word alone. */
export const Reported = story(
  { ...common, status: 'reported', charged: null, currency: 'KRW', card: null },
  '카드 등록을 접수했어요. 확인이 끝나면 이용할 수 있어요.',
)
export const Cancelled = story(
  { ...common, status: 'cancelled', by: 'customer', asked: false },
  '카드 등록을 취소했어요. 결제된 금액은 없어요.',
  {
    onRetry: () => {},
  },
)
export const Closed = story(
  { ...common, status: 'cancelled', by: 'closed', asked: false },
  '결제창이 닫혔어요. 등록됐는지 고객센터에 확인해 주세요.',
  { onRetry: () => {} },
)
export const Failed = story(
  { ...common, status: 'failed', code: 'J202', message: '이용한도를 초과했습니다.', stage: 'in-window' },
  '이유: 이용한도를 초과했습니다.',
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
    await expect(canvas.getByText('카드를 등록하지 못했어요.')).toBeVisible()
    await expect(canvas.queryByText(/전화하세요/)).toBeNull()
  },
}
/** The shop's server refused the result: no button that would charge again. */
export const RefusedByTheShop = story(
  { ...common, status: 'failed', code: 'other-amount', message: '결제 금액이 주문과 다릅니다.', stage: 'confirm' },
  '이유: 결제 금액이 주문과 다릅니다.',
)
export const Unconfirmed = story(
  { ...common, status: 'unconfirmed', reason: 'unreachable', amount: 0, mayStartAnew: false },
  '등록됐는지 아직 확인하지 못했어요. 다시 등록하지 말고 아래에서 결과를 확인해 주세요.',
  { onRecheck: () => {} },
)
export const Pending: Story = {
  args: { outcome: null, isPending: true },
  play: async ({ canvas }) => expect(canvas.getByText('등록 결과를 확인하는 중…')).toBeVisible(),
}
export const LoadFailed: Story = {
  args: {
    outcome: null,
    error: new BillingKeyError('sdk-load-failed', 'network', 'https://cdn.iamport.kr/v1/iamport.js'),
    onRetry: () => {},
  },
  play: async ({ canvas }) => expect(canvas.getByRole('alert')).toHaveTextContent('결제창을 불러오지 못했어요.'),
}
