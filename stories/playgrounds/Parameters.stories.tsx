import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect } from 'storybook/test'
import {
  type BillingKeyRequest,
  isBillingKeyError,
  type PayMethod,
  type PgCode,
  pgRules,
  type RequestIssue,
  toRequestPayParams,
} from '../../src/index.ts'
import type { PageOf } from '../support/docs.tsx'
import { controlsOf, propTables } from '../support/props.ts'
import { useSettings } from '../support/settings.ts'

interface ParametersProps {
  pg: PgCode
  payMethod: PayMethod | ''
  amount: number
  displayAmount: number | undefined
  customerUid: string
  merchantUid: string
  name: string
  customerId: string
  buyerName: string
  buyerEmail: string
  redirectUrl: string
  channelKey: string
  popup: boolean
}

/** What the controls come to: an empty field is one that was left out. */
function build({ buyerName, buyerEmail, ...chosen }: ParametersProps): {
  params?: object
  issues: readonly RequestIssue[]
  message: string
} {
  const given = Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== '' && value !== undefined))
  const buyer = { ...(buyerName ? { name: buyerName } : {}), ...(buyerEmail ? { email: buyerEmail } : {}) }
  try {
    return {
      params: toRequestPayParams({ ...given, buyer } as unknown as BillingKeyRequest, {}, 'https://shop.example/plans'),
      issues: [],
      message: '',
    }
  } catch (error) {
    if (!isBillingKeyError(error)) throw error
    return { issues: error.issues, message: error.message }
  }
}

const words = {
  ko: { call: '이렇게 부릅니다', issues: (count: number) => `고칠 것 ${count}개`, rule: '이 PG의 규칙', none: '결제창은 열리지 않습니다.' },
  en: { call: 'The call it becomes', issues: (count: number) => `${count} to mend`, rule: 'This PG’s rules', none: 'No window opens.' },
}

function Parameters(props: ParametersProps) {
  const { locale } = useSettings()
  const { params, issues, message } = build(props)
  const said = words[locale]
  return (
    <div className="bench">
      <div aria-live="polite">
        <h2>{params ? said.call : said.issues(issues.length)}</h2>
        {params ? (
          <pre>{`IMP.request_pay(${JSON.stringify(params, null, 2)}, callback)`}</pre>
        ) : (
          <>
            <ul>
              {issues.map(({ field, rule, limit, value }) => (
                <li key={`${field} ${rule}`}>
                  <code>{field}</code>: <code>{rule}</code> {limit} ({value})
                </li>
              ))}
            </ul>
            <p>{said.none}</p>
            <pre>{message}</pre>
          </>
        )}
      </div>
      <div>
        <h2>
          {said.rule}: <code>{props.pg}</code>
        </h2>
        <pre>{JSON.stringify(pgRules[props.pg], null, 2)}</pre>
      </div>
    </div>
  )
}

const request = propTables.BillingKeyRequest
const meta = {
  title: 'Playgrounds/Parameters',
  component: Parameters,
  argTypes: controlsOf<ParametersProps>({
    pg: { ...request.pg, control: 'select', options: Object.keys(pgRules) },
    payMethod: {
      ...request.payMethod,
      control: 'select',
      options: ['', 'card', 'phone', 'trans', 'tosspay', 'naverpay_card', 'naverpay_point', 'kakaopay'],
    },
    amount: { ...request.amount, control: 'number' },
    displayAmount: { ...request.displayAmount, control: 'number' },
    customerUid: request.customerUid,
    merchantUid: request.merchantUid,
    name: request.name,
    customerId: request.customerId,
    buyerName: { ko: '구매자 이름 (`buyer.name`)입니다.', en: 'The buyer’s name (`buyer.name`).' },
    buyerEmail: { ko: '구매자 이메일 (`buyer.email`)입니다.', en: 'The buyer’s e-mail address (`buyer.email`).' },
    redirectUrl: request.redirectUrl,
    channelKey: request.channelKey,
    popup: { ...request.popup, control: 'boolean' },
  }),
  args: {
    pg: 'jtnet',
    payMethod: '',
    amount: 9900,
    displayAmount: undefined,
    customerUid: 'card-8f2c',
    merchantUid: 'issue-20261124-0001',
    name: '월간 이용권',
    customerId: '',
    buyerName: '홍길동',
    buyerEmail: '',
    redirectUrl: '/billing/complete',
    channelKey: '',
    popup: false,
  },
  parameters: {
    shop: false,
    docs: {
      source: {
        language: 'tsx',
        code: "toRequestPayParams({ pg: 'jtnet', customerUid, merchantUid, name, amount: 9900, redirectUrl: '/billing/complete' })",
      },
    },
    page: {
      about: {
        ko: '아래 컨트롤로 요청을 만들면 `IMP.request_pay`를 어떻게 부르는지, 또는 무엇이 잘못됐는지 바로 보입니다. 어느 PG든 고를 수 있습니다.',
        en: 'Make a request with the controls: you see the `IMP.request_pay` call it becomes, or everything that is wrong with it. Any PG.',
      },
    } satisfies PageOf,
  },
} satisfies Meta<typeof Parameters>
export default meta
type Story = StoryObj<typeof Parameters>

export const JTNet: Story = {
  play: async ({ canvas }) => expect(await canvas.findByText(/IMP\.request_pay\(/)).toHaveTextContent('"pay_method": "card"'),
}
export const EveryIssue: Story = {
  name: 'Everything wrong at once',
  args: { pg: 'smartro_v2', amount: 9900, merchantUid: 'issue_1', name: '', redirectUrl: 'shop://back?imp_uid=1', payMethod: 'phone' },
  play: async ({ canvas }) => {
    for (const field of ['amount', 'merchantUid', 'name', 'customerId', 'payMethod', 'redirectUrl'])
      await expect((await canvas.findAllByText(field)).length).toBeGreaterThan(0)
  },
}
