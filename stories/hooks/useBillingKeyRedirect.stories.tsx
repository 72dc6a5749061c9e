import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect } from 'storybook/test'
import code from '../code/UseBillingKeyRedirect.tsx?raw'
import type { PageOf } from '../support/docs.tsx'
import { propTables } from '../support/props.ts'
import { UseBillingKeyRedirect } from './hooks.tsx'

const meta = {
  title: 'Hooks/useBillingKeyRedirect',
  component: UseBillingKeyRedirect,
  parameters: {
    page: {
      about: {
        ko: '`redirectUrl` 뒤의 화면에서 씁니다. 주소의 결과를 읽고 서버에 확인합니다. 한 화면에서 여러 번 써도 결과는 하나입니다.',
        en: 'For the page behind `redirectUrl`: reads the result from the address and has your server confirm it. Any number of them on a page share one.',
      },
      props: [
        ['options', propTables.UseBillingKeyRedirectOptions],
        ['result', propTables.UseBillingKeyRedirectResult],
      ],
    } satisfies PageOf,
    docs: { source: { language: 'tsx', code } },
  },
} satisfies Meta<typeof UseBillingKeyRedirect>
export default meta
type Story = StoryObj<typeof UseBillingKeyRedirect>

export const Landed: Story = {
  parameters: { docs: { story: { inline: false, height: '420px' } } },
  beforeEach: () => {
    const address = location.href
    const url = new URL(address)
    url.searchParams.set('imp_uid', 'imp_1')
    url.searchParams.set('merchant_uid', 'story-hook')
    history.replaceState(null, '', url)
    return () => history.replaceState(null, '', address)
  },
  play: async ({ canvas }) => expect(await canvas.findByText(/"status": "unconfirmed"/)).toBeVisible(),
}
