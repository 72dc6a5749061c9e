interface Words {
  readonly ko: string
  readonly en: string
}

/** A test card's name: what `approve` takes as `card`, and the window's `data-card`. */
export type TestCardId =
  | 'approved'
  | 'declined'
  | 'over-limit'
  | 'expired'
  | 'wrong-password'
  | 'later-declined'
  | 'slow'
  | 'closes'
  | 'lost'
  | 'pending'

/** What a test card does. */
export interface TestCard {
  readonly id: TestCardId
  readonly number: string
  readonly company: string
  readonly label: Words
  /** What it does, as the window tells it. */
  readonly does: Words
  /** Why the window refuses it, `null` when it registers. */
  readonly refusal: { readonly code: string; readonly message: string } | null
  /** Why a later charge is declined, `null` when it is paid. */
  readonly laterRefusal: string | null
  /**
   * What the window does once the card is sent: answers, answers after five seconds, closes and has done nothing, has done it
   * all and cannot say so, or answers while the payment is `ready`, to be paid half a minute later.
   */
  readonly window: 'answers' | 'slow' | 'closes' | 'lost' | 'pending'
}

type Row = Pick<TestCard, 'number' | 'company' | 'label' | 'does'> & Partial<TestCard>

const rows = {
  approved: {
    number: '9410-0000-0000-0001',
    company: '현대카드',
    label: { ko: '승인', en: 'Approved' },
    does: { ko: '카드가 등록되고, 금액이 있으면 결제돼요.', en: 'The card is registered, and an amount is charged.' },
  },
  declined: {
    number: '9410-0000-0000-0002',
    company: '신한카드',
    label: { ko: '카드사 거절', en: 'Declined' },
    does: { ko: '카드사가 거절해서 등록되지 않아요.', en: 'The issuer declines it, and nothing is registered.' },
    refusal: { code: 'J101', message: '카드사에서 거절된 카드입니다.' },
  },
  'over-limit': {
    number: '9410-0000-0000-0003',
    company: '국민카드',
    label: { ko: '한도 초과', en: 'Over limit' },
    does: { ko: '이용한도를 넘어서 등록되지 않아요.', en: 'It is over its limit, and nothing is registered.' },
    refusal: { code: 'J202', message: '이용한도를 초과했습니다.' },
  },
  expired: {
    number: '9410-0000-0000-0005',
    company: '하나카드',
    label: { ko: '유효기간 만료', en: 'Expired' },
    does: { ko: '유효기간이 지난 카드라고 거절돼요.', en: 'The issuer says that it has expired.' },
    refusal: { code: 'J301', message: '유효기간이 지난 카드입니다.' },
  },
  'wrong-password': {
    number: '9410-0000-0000-0006',
    company: '삼성카드',
    label: { ko: '비밀번호 오류', en: 'Wrong password' },
    does: { ko: '비밀번호가 틀렸다고 거절돼요.', en: 'The issuer says that the password is wrong.' },
    refusal: { code: 'J302', message: '카드 비밀번호가 일치하지 않습니다.' },
  },
  'later-declined': {
    number: '9410-0000-0000-0004',
    company: '롯데카드',
    label: { ko: '다음 결제 거절', en: 'Declined later' },
    does: { ko: '등록은 되지만 다음 결제부터 잔액 부족으로 거절돼요.', en: 'It is registered; later charges are declined.' },
    laterRefusal: '잔액이 부족합니다.',
  },
  slow: {
    number: '9410-0000-0000-0007',
    company: '비씨카드',
    label: { ko: '느린 응답', en: 'Slow' },
    does: { ko: '5초 뒤에 등록돼요.', en: 'It is registered after five seconds.' },
    window: 'slow',
  },
  closes: {
    number: '9410-0000-0000-0008',
    company: '농협카드',
    label: { ko: '스스로 닫힘', en: 'Closes itself' },
    does: {
      ko: '결제창이 말없이 닫혀요. 등록되지 않고, 가게는 아무 답도 못 받아요.',
      en: 'The window closes by itself. Nothing is registered, and the shop hears nothing.',
    },
    window: 'closes',
  },
  lost: {
    number: '9410-0000-0000-0009',
    company: '샌드박스카드',
    label: { ko: '응답 유실', en: 'Answer lost' },
    does: {
      ko: '등록되고 결제되지만, 결과가 가게로 돌아가지 않아요.',
      en: 'It is registered and charged, but the answer never reaches the shop.',
    },
    window: 'lost',
  },
  pending: {
    number: '9410-0000-0000-0010',
    company: '샌드박스카드',
    label: { ko: '승인 대기', en: 'Pending' },
    does: {
      ko: '승인을 기다리는 상태(ready)로 끝나고, 30초 뒤에 등록돼요.',
      en: 'It ends as pending (ready), and is registered half a minute later.',
    },
    window: 'pending',
  },
} satisfies Record<TestCardId, Row>

/** The cards the sandbox knows. Every other number is refused: no real card belongs here. */
export const testCards: readonly TestCard[] = (Object.entries(rows) as [TestCardId, Row][]).map(([id, row]) => ({
  id,
  refusal: null,
  laterRefusal: null,
  window: 'answers',
  ...row,
}))

/** A test card by its number, whatever stands between the digits. */
export const findTestCard = (number: string) => testCards.find((known) => known.number.replaceAll('-', '') === number.replace(/\D/g, ''))

/** As a PG shows it: the first four and the last four digits. One that is masked stays so. */
export const maskCard = (number: string) => number.replace(/^(\d{4})\D*[\d*][\d*-]*(\d{4})$/, '$1-****-****-$2')
