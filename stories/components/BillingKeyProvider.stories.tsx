import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect } from 'storybook/test'
import { BillingKeyButton, BillingKeyProvider, type BillingKeyProviderProps } from '../../src/index.ts'
import { customer } from '../support/customer.ts'
import type { PageOf } from '../support/docs.tsx'
import { argTypesOf, propTables } from '../support/props.ts'
import { sandbox, sdkUrl } from '../support/sdk.ts'
import { useSettings, wordsOf } from '../support/settings.ts'

/** On the sandbox of this page, in the toolbar's language. */
function OnSandbox(props: BillingKeyProviderProps) {
  const { locale, sdk } = useSettings()
  return (
    <BillingKeyProvider {...props} locale={props.locale ?? wordsOf(locale)} scriptUrl={sdkUrl({ sdk, device: 'pc' })}>
      <BillingKeyButton order={{ plan: 'monthly' }} />
    </BillingKeyProvider>
  )
}

const meta = {
  title: 'Components/BillingKeyProvider',
  component: BillingKeyProvider,
  argTypes: argTypesOf(propTables.BillingKeyProviderProps),
  args: { userCode: sandbox.userCode, pg: 'jtnet', redirectUrl: '/billing/complete', api: '/api/billing' },
  render: OnSandbox,
  parameters: {
    shop: false,
    page: {
      about: {
        ko: '아래의 모든 버튼과 훅이 쓸 설정입니다. 스스로는 아무것도 그리지도 불러오지도 않습니다. 앱의 가장 바깥에 한 번 두세요.',
        en: 'Settings for every button and hook below it. It renders and loads nothing by itself. Put it once round your app.',
      },
      props: [['BillingKeyProvider', propTables.BillingKeyProviderProps]],
    } satisfies PageOf,
    docs: {
      source: {
        language: 'tsx',
        code: `<BillingKeyProvider userCode="imp00000000" pg="jtnet" redirectUrl="/billing/complete" api="/api/billing" customerKey={member?.id}>
  <App />
</BillingKeyProvider>`,
      },
    },
  },
} satisfies Meta<typeof BillingKeyProvider>
export default meta
type Story = StoryObj<typeof BillingKeyProvider>

export const Default: Story = {
  play: async (played) => {
    const { words, press } = customer(played)
    await press()
    await customer(played).pay()
    await expect(await played.canvas.findByText(words.issued)).toBeVisible()
  },
}

const ownWords = (locale: string) => (locale === 'en' ? 'Add a card for my subscription' : '정기결제 카드 등록')
export const OwnWords: Story = {
  name: 'Your own words',
  render: (args, { globals }) => <OnSandbox {...args} locale={{ ...wordsOf(globals.locale), button: ownWords(globals.locale) }} />,
  parameters: {
    about: { ko: '문구는 객체입니다. 필요한 것만 바꿉니다.', en: 'Texts are an object: change what you need.' },
    docs: { source: { language: 'tsx', code: "<BillingKeyProvider locale={{ ...ko, button: '정기결제 카드 등록' }} …>" } },
  },
  play: async ({ canvas, globals }) => expect(await canvas.findByRole('button', { name: ownWords(globals.locale) })).toBeVisible(),
}
