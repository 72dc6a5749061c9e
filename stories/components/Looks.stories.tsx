import type { Meta, StoryObj } from '@storybook/react-vite'
import type { CSSProperties } from 'react'
import { expect } from 'storybook/test'
import { BillingKeyButton } from '../../src/index.ts'
import { customer } from '../support/customer.ts'
import type { PageOf } from '../support/docs.tsx'

/** Custom properties are inherited: set them on any element above. */
const looks = {
  shadcn: { '--rbk-accent': 'var(--ink)', '--rbk-on-accent': 'var(--paper)', '--rbk-radius': '6px' },
  shop: { '--rbk-accent': '#0a7a3d', '--rbk-on-accent': '#fff', '--rbk-radius': '999px' },
} as const

const look = (style: Readonly<Record<string, string>>) => (
  <div style={style as CSSProperties}>
    <BillingKeyButton order={{ plan: 'monthly' }} />
  </div>
)
const meta = {
  title: 'Components/Looks',
  component: BillingKeyButton,
  args: { order: { plan: 'monthly' } },
  parameters: {
    page: {
      about: {
        ko: '같은 버튼의 여러 모습입니다. CSS 변수를 바꾸거나, 스타일시트를 쓰지 않고 직접 꾸밉니다.',
        en: 'One button in several looks: set custom properties, or leave the stylesheet out and bring your own.',
      },
      css: true,
    } satisfies PageOf,
    docs: {
      source: { language: 'tsx', code: "import 'react-billing-key/styles.css'\n\n<BillingKeyButton order={{ plan: 'monthly' }} />" },
    },
  },
} satisfies Meta<typeof BillingKeyButton>
export default meta
type Story = StoryObj<typeof BillingKeyButton>

const shown: NonNullable<Story['play']> = async (played) => {
  const { words } = customer(played)
  await expect(await played.canvas.findByRole('button', { name: words.button })).toBeVisible()
}
export const Plain: Story = { play: shown }
export const BesideShadcn: Story = {
  name: 'Beside shadcn/ui',
  render: () => look(looks.shadcn),
  parameters: {
    docs: {
      source: {
        code: ':root {\n  --rbk-accent: hsl(var(--primary));\n  --rbk-on-accent: hsl(var(--primary-foreground));\n  --rbk-radius: var(--radius);\n}',
        language: 'css',
      },
    },
  },
  play: shown,
}
export const AShopsOwn: Story = {
  name: 'A shop’s own',
  render: () => look(looks.shop),
  parameters: {
    docs: { source: { code: ':root {\n  --rbk-accent: #0a7a3d;\n  --rbk-on-accent: #fff;\n  --rbk-radius: 999px;\n}', language: 'css' } },
  },
  play: shown,
}
