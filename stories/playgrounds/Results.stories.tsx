import type { Meta, StoryObj } from '@storybook/react-vite'
import { useState } from 'react'
import { expect, userEvent } from 'storybook/test'
import { decideOutcome, unconfirmed } from '../../src/billing/confirm.ts'
import { needsServer, toReport } from '../../src/billing/outcome.ts'
import { type BillingKeyOutcome, BillingKeyOutcomeView, type ConfirmAnswer, type PgCode, pgRules } from '../../src/index.ts'
import type { Both, PageOf } from '../support/docs.tsx'
import { controlsOf } from '../support/props.ts'
import { useSettings } from '../support/settings.ts'

const order = { merchant_uid: 'issue-1', imp_uid: 'imp_123' }
/** What callbacks look like, by who answers. */
const answers: Readonly<Record<string, readonly [Both, unknown]>> = {
  current: [
    { ko: '지금 SDK: 성공', en: 'Current SDK: success' },
    { ...order, customer_uid: 'card-1', paid_amount: 9900, status: 'paid', card_name: '현대카드', card_number: '9410123412340001' },
  ],
  minimal: [{ ko: '네 항목만 주는 PG: 성공', en: 'A PG with four fields: success' }, order],
  legacy: [
    { ko: '예전 SDK: 성공', en: 'Legacy SDK: success' },
    { ...order, success: true, error_code: null, error_msg: null, paid_amount: 9900 },
  ],
  words: [
    { ko: '글자로 온 참·거짓', en: 'Booleans as words' },
    { ...order, imp_success: 'true', error_msg: '' },
  ],
  declined: [
    { ko: '거절', en: 'Declined' },
    { ...order, error_code: 'J202', error_msg: '이용한도를 초과했습니다.' },
  ],
  legacyDeclined: [
    { ko: '예전 SDK: 거절', en: 'Legacy SDK: declined' },
    { ...order, success: false, error_code: 'J101', error_msg: '카드사에서 거절된 카드입니다.' },
  ],
  cancelled: [
    { ko: '고객이 취소', en: 'Cancelled by the customer' },
    { ...order, error_code: 'J001', error_msg: '사용자가 결제를 취소하셨습니다.' },
  ],
  notReady: [
    { ko: '창이 열리기 전: PG 없음', en: 'Before the window: no PG' },
    { success: false, imp_uid: null, merchant_uid: 'issue-1', error_code: 'NOT_READY', error_msg: '등록된 PG가 없습니다.' },
  ],
  misspelt: [
    { ko: '철자가 틀린 키 (error_coe)', en: 'The misspelt key (error_coe)' },
    { imp_success: false, imp_uid: null, error_coe: 'F1001', error_msg: '등록되지 않은 PG입니다.' },
  ],
  otherOrder: [
    { ko: '다른 주문의 답', en: 'An answer for another order' },
    { imp_uid: 'imp_9', merchant_uid: 'issue-9', success: true },
  ],
  noImpUid: [
    { ko: 'imp_uid가 없는 성공', en: 'Success without imp_uid' },
    { success: true, imp_uid: null, merchant_uid: 'issue-1' },
  ],
  nothing: [{ ko: '아무것도 아님', en: 'Nothing at all' }, null],
}
const card = { name: '현대카드', number: '9410-****-****-0001' }
const servers = {
  issued: [
    { ko: '확인: 등록됨', en: 'confirms' },
    { status: 'issued', customerUid: 'card-1', impUid: 'imp_123', charged: 9900, currency: 'KRW', card },
  ],
  none: [{ ko: '결제를 모름 (none)', en: 'knows of none' }, { status: 'none' }],
  refused: [
    { ko: '금액이 다름 (422)', en: 'refuses the amount (422)' },
    { status: 'failed', code: 'other-amount', message: '결제 금액이 주문과 다릅니다.' },
  ],
  pending: [{ ko: 'PG가 아직 결정하지 않음', en: 'the PG has not decided' }, { status: 'pending' }],
  unreachable: [{ ko: '닿지 않음', en: 'cannot be reached' }, null],
  missing: [{ ko: '서버 없음', en: 'there is none' }, undefined],
} satisfies Record<string, readonly [Both, ConfirmAnswer | null | undefined]>

interface ResultsProps {
  pg: PgCode
  amount: number
  answer: keyof typeof answers
  server: keyof typeof servers
}

/** What the library does with them: the window's report, then the server's word. */
function decide(text: string, { pg, amount, server }: ResultsProps) {
  const report = toReport(JSON.parse(text), { merchantUid: 'issue-1', customerUid: 'card-1', amount, pg }, 'callback')
  const said: ConfirmAnswer | null | undefined = servers[server][1]
  const asks = said !== undefined && needsServer(report)
  const outcome: BillingKeyOutcome = !asks
    ? report
    : said === null
      ? unconfirmed(report, 'unreachable', amount, false)
      : said.status === 'pending'
        ? unconfirmed(report, 'pending', amount, false)
        : (decideOutcome(report, said) ?? unconfirmed(report, 'not-yet', amount, false))
  return { report, asks, outcome }
}

const words = {
  ko: {
    answer: '콜백으로 온 답 (고쳐 써도 됩니다)',
    says: '결제창의 말',
    asked: '서버에 물었습니다',
    notAsked: '서버에 묻지 않습니다',
    outcome: '결과',
    reads: '고객이 읽는 말',
    broken: 'JSON이 아닙니다.',
  },
  en: {
    answer: 'What the callback got (edit it)',
    says: 'The window says',
    asked: 'The server was asked',
    notAsked: 'The server is not asked',
    outcome: 'The outcome',
    reads: 'What the customer reads',
    broken: 'This is not JSON.',
  },
}

function Results(props: ResultsProps) {
  const preset = JSON.stringify(answers[props.answer]?.[1], null, 2)
  return <Bench key={preset} preset={preset} {...props} />
}

function Bench({ preset, ...props }: ResultsProps & { preset: string }) {
  const said = words[useSettings().locale]
  const [text, setText] = useState(preset)
  let result: ReturnType<typeof decide> | null = null
  try {
    result = decide(text, props)
  } catch {
    // being typed
  }
  return (
    <div className="bench">
      <label>
        {said.answer}
        <textarea rows={12} value={text} onChange={({ target }) => setText(target.value)} spellCheck={false} />
      </label>
      <div aria-live="polite">
        {result ? (
          <>
            <h2>{said.outcome}</h2>
            <p className="verdict">{result.outcome.status}</p>
            <ul>
              <li>
                {said.says}: <code>{result.report.status}</code>
              </li>
              <li>{result.asks ? said.asked : said.notAsked}</li>
            </ul>
            <pre>{JSON.stringify(result.outcome, null, 2)}</pre>
            <h2>{said.reads}</h2>
            <BillingKeyOutcomeView outcome={result.outcome} />
          </>
        ) : (
          <p>{said.broken}</p>
        )}
      </div>
    </div>
  )
}

const labels = (rows: Readonly<Record<string, readonly [Both, unknown]>>) =>
  Object.fromEntries(Object.entries(rows).map(([name, [{ ko, en }]]) => [name, `${ko} · ${en}`]))

const meta = {
  title: 'Playgrounds/Results',
  component: Results,
  argTypes: controlsOf<Parameters<typeof Results>[0]>({
    pg: { ko: '결제창을 연 PG입니다.', en: 'Whose window it was.', control: 'select', options: Object.keys(pgRules) },
    amount: { ko: '요청한 금액(원)입니다.', en: 'What was asked for, in won.', control: 'number' },
    answer: {
      ko: '콜백이 받은 답입니다.',
      en: 'What the callback was given.',
      control: { type: 'select', labels: labels(answers) },
      options: Object.keys(answers),
    },
    server: {
      ko: '상점의 서버가 확인한 답입니다.',
      en: 'What your server found.',
      control: { type: 'select', labels: labels(servers) },
      options: Object.keys(servers),
    },
  }),
  args: { pg: 'jtnet', amount: 9900, answer: 'current', server: 'issued' },
  parameters: {
    docs: { source: { language: 'tsx', code: 'onOutcome={(outcome) => {\n  switch (outcome.status) {\n    case "issued": // …\n  }\n}}' } },
    page: {
      about: {
        ko: '결제창의 콜백이 무엇을 보내든 결과는 다섯 가지 중 하나입니다. PG와 SDK마다 다른 답을 골라 보세요.',
        en: 'Whatever the window’s callback sends, the outcome is one of five. Choose answers of several PGs and SDKs.',
      },
    } satisfies PageOf,
  },
} satisfies Meta<typeof Results>
export default meta
type Story = StoryObj<typeof Results>

export const Issued: Story = { play: async ({ canvas }) => expect((await canvas.findAllByText('issued'))[0]).toBeVisible() }
export const Declined: Story = {
  args: { answer: 'declined', server: 'none' },
  play: async ({ canvas }) => expect((await canvas.findAllByText('failed'))[0]).toBeVisible(),
}
export const CalledBackWithNothing: Story = {
  args: { answer: 'declined', server: 'none' },
  tags: ['!autodocs'],
  play: async ({ canvas }) => {
    await userEvent.clear(canvas.getByRole('textbox'))
    await userEvent.type(canvas.getByRole('textbox'), 'null')
    await expect((await canvas.findAllByText('cancelled'))[0]).toBeVisible()
  },
}
export const NotYet: Story = {
  name: 'Success that the server does not know yet',
  args: { answer: 'minimal', server: 'none' },
  play: async ({ canvas }) => expect((await canvas.findAllByText('unconfirmed'))[0]).toBeVisible(),
}
export const WithoutServer: Story = {
  name: 'Nobody to ask',
  args: { answer: 'legacy', server: 'missing' },
  play: async ({ canvas }) => expect((await canvas.findAllByText('reported'))[0]).toBeVisible(),
}
