import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect } from 'storybook/test'
import code from '../code/UseIamport.tsx?raw'
import type { PageOf } from '../support/docs.tsx'
import { propTables } from '../support/props.ts'
import { UseIamport } from './hooks.tsx'

const meta = {
  title: 'Hooks/useIamport',
  component: UseIamport,
  parameters: {
    page: {
      about: {
        ko: '포트원 SDK의 상태입니다. 페이지에서 한 번만 불러옵니다.',
        en: 'The state of PortOne’s SDK, which is loaded once for the page.',
      },
      props: [['result', propTables.UseIamportResult]],
    } satisfies PageOf,
    docs: { source: { language: 'tsx', code } },
  },
} satisfies Meta<typeof UseIamport>
export default meta
type Story = StoryObj<typeof UseIamport>

export const Ready: Story = {
  play: async ({ canvas }) => expect(await canvas.findByText(/"status": "ready"/)).toBeVisible(),
}
