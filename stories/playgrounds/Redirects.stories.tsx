import type { Meta, StoryObj } from '@storybook/react-vite'
import { useState } from 'react'
import { expect, fireEvent } from 'storybook/test'
import { redirectKeys } from '../../src/billing/redirect.ts'
import { parseRedirect, stripRedirectResult } from '../../src/index.ts'
import type { PageOf } from '../support/docs.tsx'
import { controlsOf } from '../support/props.ts'
import { useSettings } from '../support/settings.ts'

const words = {
  ko: {
    paste: '돌아온 주소를 붙여 넣으세요',
    knows: '이 탭이 시작한 주문이라고 치기',
    says: '주소의 말',
    none: '결과가 없는 주소입니다. 그대로 둡니다.',
    kept: '상점에 남는 주소',
    stripped: '지운 키',
    proof: '누구나 이런 주소를 적을 수 있습니다. 사실인지는 서버만 압니다.',
  },
  en: {
    paste: 'Paste the address the customer came back to',
    knows: 'As if this tab had begun the order',
    says: 'The address says',
    none: 'No result in this address. It is left as it is.',
    kept: 'What the shop keeps',
    stripped: 'What was stripped',
    proof: 'Anybody can type such an address. Only your server knows whether it is true.',
  },
}

/** PortOne's keys that stand in an address and do not stand in what is kept of it. */
function strippedFrom(address: string) {
  const kept = stripRedirectResult(address)
  const isIn = (text: string, key: string) => new RegExp(`(?<![a-z_])${key}=`).test(text)
  return redirectKeys.filter((key) => isIn(address, key) && !isIn(kept, key))
}

interface RedirectsProps {
  /** The address that is read at first. */
  address: string
  /** Whether this tab knows the order. */
  known: boolean
}

function Redirects(props: RedirectsProps) {
  return <Bench key={JSON.stringify(props)} {...props} />
}

function Bench({ address: first, known }: RedirectsProps) {
  const said = words[useSettings().locale]
  const [address, setAddress] = useState(first)
  const alone = parseRedirect(address)
  const attempt = known && alone?.merchantUid ? { merchantUid: alone.merchantUid, customerUid: 'card-1', amount: 9900, pg: 'jtnet' } : null
  const report = parseRedirect(address, attempt)
  return (
    <div className="bench">
      <label>
        {said.paste}
        <textarea rows={6} value={address} onChange={({ target }) => setAddress(target.value)} spellCheck={false} />
      </label>
      <div aria-live="polite">
        <h2>{said.says}</h2>
        {report ? (
          <>
            <p className="verdict">{report.status}</p>
            <pre>{JSON.stringify(report, null, 2)}</pre>
            <p>{said.proof}</p>
          </>
        ) : (
          <p className="verdict">{said.none}</p>
        )}
        <h2>{said.kept}</h2>
        <pre>{stripRedirectResult(address)}</pre>
        <h2>{said.stripped}</h2>
        <p>
          <code>{strippedFrom(address).join(', ') || '–'}</code>
        </p>
      </div>
    </div>
  )
}

const meta = {
  title: 'Playgrounds/Redirects',
  component: Redirects,
  argTypes: controlsOf<Parameters<typeof Redirects>[0]>({
    address: { ko: '휴대폰이 돌아온 주소입니다.', en: 'The address a phone came back to.', control: 'text' },
    known: { ko: '이 탭이 시작한 주문인지.', en: 'Whether this tab began the order.', control: 'boolean' },
  }),
  args: { address: 'https://shop.example/billing/complete?plan=monthly&imp_uid=imp_1&merchant_uid=issue-1', known: true },
  parameters: {
    shop: false,
    docs: { source: { language: 'tsx', code: "parseRedirect(location.href)?.status // 'reported'\nstripRedirectResult(location.href)" } },
    page: {
      about: {
        ko: '휴대폰은 `redirectUrl` 뒤에 결과를 붙여 돌아옵니다. 아무 주소나 붙여 넣어 보세요.',
        en: 'A phone comes back to `redirectUrl` with the result in its query. Paste any address.',
      },
    } satisfies PageOf,
  },
} satisfies Meta<typeof Redirects>
export default meta
type Story = StoryObj<typeof Redirects>

export const Reported: Story = {
  play: async ({ canvas }) => {
    await expect(await canvas.findByText('reported')).toBeVisible()
    await expect(canvas.getByText('https://shop.example/billing/complete?plan=monthly')).toBeVisible()
    fireEvent.change(canvas.getByRole('textbox'), {
      target: { value: '/done?imp_uid=imp_1&merchant_uid=m&error_code=J202&error_msg=한도+초과' },
    })
    await expect(await canvas.findByText('failed')).toBeVisible()
    await expect(canvas.getByText('imp_uid, merchant_uid, error_code, error_msg')).toBeVisible()
  },
}
export const Glued: Story = {
  name: 'Legacy SDK, glued to two parameters',
  args: { address: '/done?a=1&b=2imp_uid=imp_1&merchant_uid=issue-1&imp_success=true' },
  play: async ({ canvas }) => expect(await canvas.findByText('/done?a=1&b=2')).toBeVisible(),
}
export const Cancelled: Story = {
  args: {
    address:
      '/done?imp_uid=imp_1&merchant_uid=issue-1&imp_success=false&error_msg=%EC%82%AC%EC%9A%A9%EC%9E%90%EA%B0%80+%EA%B2%B0%EC%A0%9C%EB%A5%BC+%EC%B7%A8%EC%86%8C',
  },
  play: async ({ canvas }) => expect(await canvas.findByText('cancelled')).toBeVisible(),
}
export const NothingOfOurs: Story = {
  name: 'An address without a result',
  args: { address: 'https://shop.example/plans?success=true' },
  play: async ({ canvas }) => expect(await canvas.findByText(/결과가 없는|No result/)).toBeVisible(),
}
