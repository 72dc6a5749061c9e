import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect } from 'storybook/test'
import { BillingKeyRedirect, type ConfirmAnswer } from '../../src/index.ts'
import { type PageOf, Said } from '../support/docs.tsx'
import { argTypesOf, propTables } from '../support/props.ts'
import { wordsOf } from '../support/settings.ts'

/** The page is opened as PortOne opens it: with the result in its address. */
const landing = (query: string) => () => {
  const address = location.href
  const url = new URL(address)
  for (const [key, value] of new URLSearchParams(query)) url.searchParams.set(key, value)
  history.replaceState(null, '', url)
  return () => history.replaceState(null, '', address)
}

const card = { name: '현대카드', number: '9410-****-****-0001' }
const confirm = async ({ impUid }: { impUid: string | null }): Promise<ConfirmAnswer> =>
  impUid === 'imp_2'
    ? { status: 'failed', code: 'declined', message: '' }
    : { status: 'issued', impUid: impUid ?? '', customerUid: 'card-1', charged: 9900, currency: 'KRW', card }

const meta = {
  title: 'Components/BillingKeyRedirect',
  component: BillingKeyRedirect,
  argTypes: argTypesOf(propTables.BillingKeyRedirectProps),
  parameters: {
    shop: { confirm },
    page: {
      about: {
        ko: '휴대폰에서 결제창이 끝나면 돌아오는 화면(`redirectUrl`)에 둡니다. 주소에서 결과를 읽고, 서버에 확인하고, 고객에게 알립니다. 포트원의 키만 주소에서 지우고, 새로고침해도 결과를 다시 알리지 않습니다.',
        en: 'Put it on the page behind `redirectUrl`, where phones come back after the window. It reads the result from the address, has your server confirm it and tells the customer. It takes only PortOne’s keys out of the address, and a refresh tells nothing twice.',
      },
      props: [['BillingKeyRedirect', propTables.BillingKeyRedirectProps]],
    } satisfies PageOf,
    docs: {
      // each reads the address of a page of its own
      story: { inline: false, height: '240px' },
      source: {
        language: 'tsx',
        code: `<BillingKeyRedirect onRetry={() => navigate('/plans')}>
  <a href="/members">이용 시작하기</a>
</BillingKeyRedirect>`,
      },
    },
  },
} satisfies Meta<typeof BillingKeyRedirect>
export default meta
type Story = StoryObj<typeof BillingKeyRedirect>

const start = <Said ko="이용 시작하기" en="Start using it" />

export const Issued: Story = {
  args: { children: <a href="#members">{start}</a> },
  beforeEach: landing('imp_uid=imp_1&merchant_uid=story-issued'),
  play: async ({ canvas, globals }) => {
    const { issuedAndCharged, lang } = wordsOf(globals.locale)
    await expect(await canvas.findByText(issuedAndCharged.replace('{amount}', lang === 'ko' ? '9,900원' : '₩9,900'))).toBeVisible()
    await expect(await canvas.findByRole('link', { name: lang === 'ko' ? '이용 시작하기' : 'Start using it' })).toBeVisible()
    await expect(location.search).not.toContain('imp_uid')
  },
}
export const Declined: Story = {
  beforeEach: landing('imp_uid=imp_2&merchant_uid=story-declined&error_code=J202&error_msg=한도초과'),
  args: { onRetry: () => {}, children: <a href="#members">{start}</a> },
  parameters: {
    about: { ko: '거절되면 `children`을 보여 주지 않고 다시 시도를 권합니다.', en: 'Declined: no `children`, and another try is offered.' },
  },
  play: async ({ canvas, globals }) => {
    const { failed, retry } = wordsOf(globals.locale)
    await expect(await canvas.findByText(failed)).toBeVisible()
    await expect(canvas.getByRole('button', { name: retry })).toBeVisible()
    await expect(canvas.queryByRole('link')).toBeNull()
  },
}
const nothing = { ko: '보여 드릴 등록 결과가 없습니다.', en: 'There is no result to show.' }

export const WithoutAResult: Story = {
  name: 'Opened without a result',
  beforeEach: landing(''),
  args: {
    children: (outcome) =>
      !outcome && (
        <p>
          <Said {...nothing} />
        </p>
      ),
  },
  parameters: {
    about: {
      ko: '결과 없이 열린 주소입니다. `children` 함수가 `null`을 받습니다.',
      en: 'Opened without a result: a function as `children` gets `null`.',
    },
    docs: { source: { language: 'tsx', code: '<BillingKeyRedirect>{(outcome) => !outcome && <p>…</p>}</BillingKeyRedirect>' } },
  },
  play: async ({ canvas, globals }) => expect(await canvas.findByText(nothing[globals.locale as 'ko'])).toBeVisible(),
}
