import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect } from 'storybook/test'
import { BillingKeyError, type BillingKeyOutcome, BillingKeyOutcomeView, type Messages } from '../../src/index.ts'
import type { Both, PageOf } from '../support/docs.tsx'
import { argTypesOf, propTables } from '../support/props.ts'
import { wordsOf } from '../support/settings.ts'

const meta = {
  title: 'Components/BillingKeyOutcomeView',
  component: BillingKeyOutcomeView,
  argTypes: argTypesOf(propTables.BillingKeyOutcomeViewProps),
  parameters: {
    page: {
      about: {
        ko: '결과를 고객의 말로 알립니다. 색뿐 아니라 아이콘으로도 구별하고, 잘못되었을 때는 `role="alert"`입니다. `BillingKeyButton`과 `BillingKeyRedirect`가 안에서 씁니다.',
        en: 'Tells the customer what happened, in their words, with an icon beside the colour; `role="alert"` when something went wrong. `BillingKeyButton` and `BillingKeyRedirect` use it inside.',
      },
      props: [['BillingKeyOutcomeView', propTables.BillingKeyOutcomeViewProps]],
      attributes: [
        [
          'data-status',
          {
            ko: 'issued, reported, cancelled, failed, unconfirmed, pending, error, none',
            en: 'issued, reported, cancelled, failed, unconfirmed, pending, error, none',
          },
        ],
        ['role', { ko: '잘못되었으면 alert, 아니면 status', en: 'alert when something went wrong, else status' }],
        ['.rbk-outcome', { ko: '상자의 클래스', en: 'the box’s class' }],
        ['.rbk-outcome-text', { ko: '첫 줄의 클래스', en: 'the first line’s class' }],
      ],
      css: true,
      texts: true,
    } satisfies PageOf,
    docs: {
      source: { language: 'tsx', code: '<BillingKeyOutcomeView outcome={outcome} error={error} onRetry={reset} onRecheck={recheck} />' },
    },
  },
} satisfies Meta<typeof BillingKeyOutcomeView>
export default meta
type Story = StoryObj<typeof BillingKeyOutcomeView>

const common = { merchantUid: 'issue-1', customerUid: 'card-1', impUid: 'imp_1', via: 'callback', order: null, recovered: false } as const
const card = { name: '현대카드', number: '9410-****-****-0001' }
const story = (outcome: BillingKeyOutcome, said: (words: Messages) => string, about: Both, rest: Story['args'] = {}): Story => ({
  args: { outcome, ...rest },
  parameters: { about },
  play: async ({ canvas, globals }) => expect(await canvas.findByText(said(wordsOf(globals.locale)))).toBeVisible(),
})
const nothing = () => {}

export const Issued = story({ ...common, status: 'issued', charged: 0, currency: 'KRW', card }, ({ issued }) => issued, {
  ko: '서버가 확인했습니다.',
  en: 'Your server confirmed it.',
})
export const IssuedAndCharged = story(
  { ...common, status: 'issued', charged: 9900, currency: 'KRW', card },
  ({ issuedAndCharged, lang }) => issuedAndCharged.replace('{amount}', lang === 'ko' ? '9,900원' : '₩9,900'),
  { ko: '첫 결제까지 했습니다.', en: 'With the first payment.' },
)
export const Reported = story({ ...common, status: 'reported', charged: null, currency: 'KRW', card: null }, ({ reported }) => reported, {
  ko: '물어볼 서버가 없어 결제창의 말뿐입니다. 이것만 믿고 제공하지 마세요.',
  en: 'The window’s word alone, with no server to ask. Ship nothing on it.',
})
export const Cancelled = story(
  { ...common, status: 'cancelled', by: 'customer', asked: false },
  ({ cancelled }) => cancelled,
  { ko: '고객이 취소를 눌렀습니다.', en: 'The customer pressed cancel.' },
  { onRetry: nothing },
)
export const Closed = story(
  { ...common, status: 'cancelled', by: 'closed', asked: true },
  ({ closed }) => closed,
  { ko: '창이 닫혔고, 서버는 결제를 모릅니다.', en: 'The window closed, and your server knows of no payment.' },
  { onRetry: nothing },
)
export const ClosedUnasked = story(
  { ...common, status: 'cancelled', by: 'closed', asked: false },
  ({ closedUnasked }) => closedUnasked,
  { ko: '창이 닫혔고, 물어볼 곳이 없습니다.', en: 'The window closed, and nobody could be asked.' },
  { onRetry: nothing },
)
export const Failed = story(
  { ...common, status: 'failed', code: 'J202', message: '이용한도를 초과했습니다.', stage: 'in-window' },
  ({ failed }) => failed,
  { ko: 'PG가 거절했습니다. PG의 말은 PG의 언어로 둡니다.', en: 'The PG refused. Its own words stay in its own language.' },
  { onRetry: nothing },
)
export const FailedFromAnAddress: Story = {
  ...story(
    {
      ...common,
      customerUid: null,
      via: 'redirect',
      status: 'failed',
      code: 'x',
      message: '010-0000-0000으로 전화하세요',
      stage: 'in-window',
    },
    ({ failed }) => failed,
    { ko: '주소에 누구나 적을 수 있는 말은 보여 주지 않습니다.', en: 'What anyone could have typed into the address is not shown.' },
  ),
  play: async ({ canvas, globals }) => {
    await expect(await canvas.findByText(wordsOf(globals.locale).failed)).toBeVisible()
    await expect(canvas.queryByText(/전화하세요/)).toBeNull()
  },
}
export const RefusedByTheShop = story(
  { ...common, status: 'failed', code: 'other-amount', message: '결제 금액이 주문과 다릅니다.', stage: 'confirm' },
  ({ refused }) => refused,
  {
    ko: '상점의 서버가 결과를 받지 않았습니다. 다시 결제하는 버튼이 없습니다.',
    en: 'Your server refused the result. No button that would charge again.',
  },
)
export const Unconfirmed = story(
  { ...common, status: 'unconfirmed', reason: 'unreachable', amount: 9900, mayStartAnew: false },
  ({ unconfirmed }) => unconfirmed,
  { ko: '아직 모릅니다. 결제됐을 수 있습니다.', en: 'Nobody knows yet. It may have been charged.' },
  { onRecheck: nothing },
)
export const SignedOut = story(
  { ...common, status: 'unconfirmed', reason: 'sign-in', amount: 0, mayStartAnew: false },
  ({ signIn }) => signIn,
  { ko: '휴대폰에서 다른 브라우저로 돌아와 로그인이 풀렸습니다.', en: 'A phone came back in a browser where nobody is signed in.' },
  { onRecheck: nothing },
)
export const Pending: Story = {
  args: { outcome: null, isPending: true },
  parameters: { about: { ko: '서버에 확인하는 중입니다.', en: 'Your server is being asked.' } },
  play: async ({ canvas, globals }) => expect(await canvas.findByText(wordsOf(globals.locale).confirming)).toBeVisible(),
}
export const LoadFailed: Story = {
  args: {
    outcome: null,
    error: new BillingKeyError('sdk-load-failed', 'network', 'https://cdn.iamport.kr/v1/iamport.js'),
    onRetry: nothing,
  },
  parameters: { about: { ko: 'SDK를 불러오지 못했습니다.', en: 'The SDK could not be loaded.' } },
  play: async ({ canvas, globals }) => expect(await canvas.findByRole('alert')).toHaveTextContent(wordsOf(globals.locale).loadFailed),
}
