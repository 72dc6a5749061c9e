import { type PgRule, pgNames, pgRules } from '../../src/index.ts'
import { testCards } from '../../src/sandbox/testCards.ts'
import { useSettings } from './settings.ts'
import { Facts } from './tables.tsx'

export function TestCardTable() {
  const { locale } = useSettings()
  const heads = {
    ko: { number: '카드번호', does: '하는 일' },
    en: { number: 'Card', does: 'What it does' },
  }[locale]
  return (
    <Facts
      heads={[heads.number, heads.does]}
      rows={testCards.map(({ number, company, label, does, refusal }) => [
        <code key="number">{number}</code>,
        `${company} · ${label[locale]}: ${does[locale]}${refusal ? ` (${refusal.code}, “${refusal.message}”)` : ''}`,
      ])}
    />
  )
}

const pgWords = {
  ko: {
    heads: ['PG', '결제 수단', '창에서의 금액', 'PC', '휴대폰', '팝업', '더 필요한 값'],
    amount: {
      'optional-charge': '0이면 등록만, 크면 결제',
      'display-only': '보여 주기만',
      'charge-required': '반드시 결제',
      'not-sent': '보내지 않음',
      unknown: '모름',
    },
    at: { callback: '콜백', redirect: '돌아옴' },
    yes: '예',
    no: '아니요',
    unknown: '모름',
  },
  en: {
    heads: ['PG', 'Ways to pay', 'Amount in the window', 'PC', 'Phone', 'Popup', 'Also needs'],
    amount: {
      'optional-charge': '0: key only, more is charged',
      'display-only': 'shown only',
      'charge-required': 'has to be charged',
      'not-sent': 'not sent',
      unknown: 'not known',
    },
    at: { callback: 'callback', redirect: 'redirect' },
    yes: 'yes',
    no: 'no',
    unknown: 'not known',
  },
} as const

/** Every PG as the library's own table has it. */
export function PgTable() {
  const { locale } = useSettings()
  const said = pgWords[locale]
  const amountOf = ({ amount }: PgRule) =>
    typeof amount === 'string'
      ? said.amount[amount]
      : Object.entries(amount)
          .map(([method, rule]) => `${method}: ${said.amount[rule]}`)
          .join(', ')
  const rows: [string, PgRule][] = Object.entries(pgRules)
  return (
    <Facts
      heads={said.heads}
      rows={rows.map(([code, rule]) => [
        <span key="pg">
          {pgNames[code as keyof typeof pgNames][locale]} <code>{code}</code>
        </span>,
        rule.payMethods.join(', ') || '–',
        amountOf(rule),
        said.at[rule.pc],
        said.at[rule.mobile],
        rule.popup === null ? said.unknown : rule.popup ? said.yes : said.no,
        rule.requires.join(', ') || '–',
      ])}
    />
  )
}

interface Step {
  readonly question: string
  readonly yes: string
  readonly status: string
  readonly next: string
}
const steps: { readonly [locale in 'ko' | 'en']: readonly Step[] } = {
  ko: [
    {
      question: '요청이 잘못됐거나 SDK를 불러오지 못했나요?',
      yes: '창이 열리지 않았습니다',
      status: 'BillingKeyError',
      next: 'onError로 옵니다. 결과가 아닙니다.',
    },
    {
      question: '서버나 포트원이 창이 열리기 전에 거절했나요?',
      yes: '창이 열리지 않았습니다',
      status: 'failed',
      next: "stage: 'before-window'. 이유를 보여 주고 다시 시도하게 합니다.",
    },
    {
      question: '물어볼 서버(api, confirm)가 없나요?',
      yes: '결제창의 말뿐입니다',
      status: 'reported',
      next: '이것만 믿고 제공하지 마세요.',
    },
    {
      question: '서버가 답하지 못했나요? 로그인이 풀렸거나, 늦거나, PG가 아직 모르나요?',
      yes: '결제됐을 수도 있습니다',
      status: 'unconfirmed',
      next: '다시 등록하지 말고 recheck()로 다시 묻습니다.',
    },
    {
      question: '서버가 결제를 확인했나요?',
      yes: '카드가 등록됐습니다',
      status: 'issued',
      next: 'charged는 결제된 금액, card는 등록된 카드입니다.',
    },
    {
      question: '고객이 취소하거나 창을 닫았나요?',
      yes: '등록된 카드가 없습니다',
      status: 'cancelled',
      next: "by: 'customer' 또는 'closed'. 다시 누를 수 있습니다.",
    },
    {
      question: '그 밖에: PG나 서버가 거절했습니다',
      yes: '등록된 카드가 없습니다',
      status: 'failed',
      next: "PG의 거절은 stage: 'in-window', 서버의 거절은 'confirm'. code와 message에 이유가 있습니다.",
    },
  ],
  en: [
    {
      question: 'Was the request wrong, or could the SDK not be loaded?',
      yes: 'no window opened',
      status: 'BillingKeyError',
      next: 'Comes to onError. It is no outcome.',
    },
    {
      question: 'Did your server or PortOne refuse before the window?',
      yes: 'no window opened',
      status: 'failed',
      next: "stage: 'before-window'. Show the reason, let them try again.",
    },
    {
      question: 'Is there no server to ask (api, confirm)?',
      yes: 'the window’s word alone',
      status: 'reported',
      next: 'Ship nothing on it.',
    },
    {
      question: 'Could the server not say: signed out, too late, the PG has not decided?',
      yes: 'there may be a payment',
      status: 'unconfirmed',
      next: 'Do not register again: recheck() asks again.',
    },
    {
      question: 'Did the server confirm it?',
      yes: 'the card is registered',
      status: 'issued',
      next: 'charged is what was paid, card is what was registered.',
    },
    {
      question: 'Did the customer cancel, or close the window?',
      yes: 'there is no card',
      status: 'cancelled',
      next: "by: 'customer' or 'closed'. The button works again.",
    },
    {
      question: 'Else: the PG or your server refused',
      yes: 'there is no card',
      status: 'failed',
      next: "A PG’s refusal is stage: 'in-window', your server’s 'confirm'. code and message say why.",
    },
  ],
}

/** From the click to the outcome, read from the top: the first yes decides. A list, so that it can be heard as well. */
export function OutcomeDiagram() {
  const { locale } = useSettings()
  const yes = { ko: '예', en: 'yes' }[locale]
  return (
    <ol className="decision">
      {steps[locale].map(({ question, yes: fact, status, next }) => (
        <li key={question}>
          <p className="decision-question">{question}</p>
          <div className="decision-answer">
            <span className="decision-yes">{yes}</span>
            <p>
              <strong>
                <code>{status}</code>
              </strong>{' '}
              {fact}
              <br />
              <small>{next}</small>
            </p>
          </div>
        </li>
      ))}
    </ol>
  )
}

const pages = import.meta.glob<string>('../../docs/errors/*.md', { query: '?raw', import: 'default', eager: true })

/** The pages that production errors point to, by code. */
export const errorPages = Object.entries(pages).map(([path, text]) => ({ code: path.replace(/^.*\/|\.md$/g, ''), text }))
