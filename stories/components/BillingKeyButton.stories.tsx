import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect, within } from 'storybook/test'
import { BillingKeyButton } from '../../src/index.ts'
import { newRequest } from '../support/api.ts'
import { customer } from '../support/customer.ts'
import { type PageOf, Said } from '../support/docs.tsx'
import { argTypesOf, propTables } from '../support/props.ts'

const code = (text: string) => ({ docs: { source: { code: text, language: 'tsx' } } })

const meta = {
  title: 'Components/BillingKeyButton',
  component: BillingKeyButton,
  argTypes: argTypesOf(propTables.BillingKeyButtonProps),
  args: { order: { plan: 'monthly' } },
  parameters: {
    page: {
      about: {
        ko: '카드를 등록하는 버튼입니다. 진짜 `<button type="button">`이고, 진행 중에는 초점을 지키면서 클릭을 받지 않습니다. 아래에는 결과가 고객의 말로 나오고, 모든 단계에 나가는 길이 있습니다.\n\n휴대폰에서는 페이지를 떠났다가 `redirectUrl`로 돌아옵니다. 도구 모음에서 **Phone**을 골라 눌러 보세요. 단계와 결과마다 왼쪽 목록에 스토리가 있습니다.',
        en: 'A button that registers a card. A real `<button type="button">`: while an attempt is under way it keeps the focus and ignores clicks. Below it stands the outcome in the customer’s words, and there is a way out in every phase.\n\nOn a phone the page is left, and the customer comes back to `redirectUrl`. Choose **Phone** in the toolbar and press it. Each phase and outcome has a story in the sidebar.',
      },
      props: [['BillingKeyButton', propTables.BillingKeyButtonProps]],
      attributes: [
        [
          'data-phase',
          {
            ko: '지금 단계: idle, loading-sdk, preparing, ready, window-open, confirming, settled',
            en: 'Where the attempt is: idle, loading-sdk, preparing, ready, window-open, confirming, settled',
          },
        ],
        ['aria-busy', { ko: '진행 중이면 true', en: 'true while an attempt is under way' }],
        [
          'aria-disabled',
          { ko: '클릭을 받지 않는 동안 true. 초점은 그대로입니다.', en: 'true while clicks are ignored; it stays focusable' },
        ],
        ['.rbk-button', { ko: '버튼의 클래스', en: 'the button’s class' }],
        ['.rbk-abandon', { ko: '결제창에서 나가는 버튼의 클래스', en: 'the class of the way out' }],
      ],
      css: true,
      texts: true,
    } satisfies PageOf,
    ...code("<BillingKeyButton order={{ plan: 'monthly' }} onOutcome={(outcome) => console.log(outcome.status)} />"),
  },
} satisfies Meta<typeof BillingKeyButton>
export default meta
type Story = StoryObj<typeof BillingKeyButton>

export const Idle: Story = {
  play: async (played) => {
    const { words } = customer(played)
    await expect(await played.canvas.findByRole('button', { name: words.button })).toHaveAttribute('data-phase', 'idle')
  },
}

export const Approved: Story = {
  tags: ['!autodocs'],
  parameters: { about: { ko: '승인되는 테스트 카드로 등록했습니다.', en: 'The approved test card.' } },
  play: async (played) => {
    const { words, press } = customer(played)
    await press()
    await customer(played).pay()
    await expect(await played.canvas.findByText(words.issued)).toBeVisible()
  },
}

export const FirstPayment: Story = {
  name: 'First payment in the window',
  args: { order: { plan: 'monthly', amount: 9900 }, children: <Said ko="9,900원 결제하고 시작하기" en="Pay ₩9,900 and start" /> },
  argTypes: { children: { control: false } },
  parameters: {
    about: {
      ko: '서버가 `amount: 9900`으로 답하면 같은 창에서 첫 결제까지 합니다.',
      en: 'Your server answers with `amount: 9900`: the first payment is made in the same window.',
    },
    ...code("<BillingKeyButton order={{ plan: 'monthly' }}>9,900원 결제하고 시작하기</BillingKeyButton>"),
  },
  play: async (played) => {
    const { press, words } = customer(played)
    await press(words.lang === 'ko' ? '9,900원 결제하고 시작하기' : 'Pay ₩9,900 and start')
    await customer(played).pay()
    const amount = words.lang === 'ko' ? '9,900원' : '₩9,900'
    await expect(await played.canvas.findByText(words.issuedAndCharged.replace('{amount}', amount))).toBeVisible()
  },
}

export const Declined: Story = {
  tags: ['!autodocs'],
  parameters: {
    about: {
      ko: '카드사가 거절하면 결과는 `failed`이고, PG의 이유와 다음에 할 일이 나옵니다. 다시 누를 수 있습니다.',
      en: 'The issuer declined: the outcome is `failed`, with the PG’s reason and what to do next. The button works again.',
    },
  },
  play: async (played) => {
    const { words, press } = customer(played)
    await press()
    await customer(played).pay('declined')
    await expect(await played.canvas.findByText(words.failed)).toBeVisible()
    const again = played.globals.device === 'phone' ? words.retry : words.button
    await expect(await played.canvas.findByRole('button', { name: again })).not.toHaveAttribute('aria-disabled')
  },
}

export const Cancelled: Story = {
  tags: ['!autodocs'],
  parameters: { about: { ko: '고객이 결제창에서 취소를 눌렀습니다.', en: 'The customer pressed cancel in the window.' } },
  play: async (played) => {
    const { words, press } = customer(played)
    await press()
    await customer(played).cancel()
    await expect(await played.canvas.findByText(words.cancelled)).toBeVisible()
  },
}

export const WindowOpen: Story = {
  name: 'While the window is open',
  tags: ['!autodocs'],
  play: async (played) => {
    const { words, press } = customer(played)
    await press()
    await customer(played).window()
    await expect(await played.canvas.findByText(words.open)).toHaveAttribute('aria-busy', 'true')
    await expect(await within(document.body).findByRole('button', { name: words.abandon })).toBeVisible()
  },
}

export const Abandoned: Story = {
  tags: ['!autodocs'],
  name: 'Window left by the way out',
  parameters: {
    about: {
      ko: '결제창이 멈춰도 나가는 버튼이 있습니다. 서버에 확인한 뒤 결과가 나옵니다.',
      en: 'A stuck window can always be left. The outcome comes after your server was asked.',
    },
  },
  play: async (played) => {
    const { words, press } = customer(played)
    await press()
    await customer(played).window()
    within(document.body).getByRole('button', { name: words.abandon }).click()
    await expect(await played.canvas.findByText(words.closed)).toBeVisible()
  },
}

export const Preparing: Story = {
  tags: ['!autodocs'],
  args: { order: undefined, request: () => new Promise<never>(() => {}) } as Story['args'] & object,
  parameters: { about: { ko: '서버가 요청을 만드는 동안입니다.', en: 'Your server takes its time to make the request.' } },
  play: async (played) => {
    const { words, press } = customer(played)
    await press()
    await expect(await played.canvas.findByRole('button', { name: words.preparing })).toHaveAttribute('data-phase', 'preparing')
  },
}

const slowUrl = 'https://slow.invalid/iamport.js'
export const LoadingSdk: Story = {
  name: 'Loading the SDK',
  tags: ['!autodocs'],
  parameters: { shop: { scriptUrl: slowUrl, loadTimeoutMs: 3_600_000 } },
  beforeEach: () => {
    const pending = Object.assign(document.createElement('script'), { type: 'text/plain', src: slowUrl })
    document.head.append(pending)
    return () => pending.remove()
  },
  play: async (played) => {
    const { words, press } = customer(played)
    await press()
    await expect(await played.canvas.findByRole('button', { name: words.loading })).toHaveAttribute('data-phase', 'loading-sdk')
  },
}

export const LoadFailed: Story = {
  name: 'The SDK could not be loaded',
  tags: ['!autodocs'],
  parameters: { shop: { scriptUrl: 'data:text/javascript,' } },
  play: async (played) => {
    const { words, press } = customer(played)
    await press()
    await expect(await played.canvas.findByText(words.loadFailed)).toBeVisible()
    await expect(played.canvas.getByRole('button', { name: words.button })).not.toHaveAttribute('aria-disabled')
  },
}

export const Confirming: Story = {
  tags: ['!autodocs'],
  parameters: {
    shop: { confirm: () => new Promise(() => {}) },
    about: { ko: '서버에 결과를 확인하는 동안입니다.', en: 'Your server is being asked.' },
  },
  play: async (played) => {
    const { words, press } = customer(played)
    await press()
    await customer(played).pay()
    await expect(await played.canvas.findByText(words.confirming)).toBeVisible()
  },
}

export const Unconfirmed: Story = {
  tags: ['!autodocs'],
  parameters: {
    shop: { confirm: () => Promise.reject(new Error('offline')) },
    about: {
      ko: '서버에 닿지 못했습니다. 다시 등록하는 대신 결과를 다시 확인합니다.',
      en: 'Your server could not be reached: the result is asked for again, and nothing is registered twice.',
    },
  },
  play: async (played) => {
    const { words, press } = customer(played)
    await press()
    await customer(played).pay()
    await expect(await played.canvas.findByRole('button', { name: words.recheck })).toBeVisible()
  },
}

export const InvalidRequest: Story = {
  name: 'A request that is wrong',
  args: { order: undefined, request: newRequest({ amount: -1 }) } as Story['args'] & object,
  parameters: {
    about: {
      ko: '잘못된 요청은 결제창이 열리기 전에 막습니다. `onError`가 항목마다 이유를 받습니다.',
      en: 'A wrong request is refused before a window opens. `onError` gets the reason for each field.',
    },
    ...code('<BillingKeyButton request={{ …, amount: -1 }} onError={(error) => console.error(error.issues)} />'),
  },
  play: async (played) => {
    const { words, press } = customer(played)
    await press()
    await expect(await played.canvas.findByText(words.error)).toBeVisible()
  },
}

export const OwnElement: Story = {
  name: 'Your own element',
  args: {
    render: (props, { isPending }) => <button {...props} className="plain-button" style={{ fontStyle: isPending ? 'italic' : 'normal' }} />,
  },
  parameters: {
    about: { ko: '`render`로 직접 만든 버튼을 씁니다.', en: 'Your own button, by `render`.' },
    ...code('<BillingKeyButton order={{ plan: \'monthly\' }} render={(props) => <Button {...props} variant="outline" />} />'),
  },
  play: async (played) => {
    const { words } = customer(played)
    await expect(await played.canvas.findByRole('button', { name: words.button })).toHaveClass('plain-button')
  },
}
