/** What a test card does. */
export interface TestCard {
  readonly number: string
  readonly company: string
  readonly label: string
  /** Why the window refuses it, `null` when it registers. */
  readonly refusal: { readonly code: string; readonly message: string } | null
  /** Why a later charge is declined, `null` when it is paid. */
  readonly laterRefusal: string | null
}

const card = (
  number: string,
  company: string,
  label: string,
  refusal: TestCard['refusal'] = null,
  laterRefusal: string | null = null,
): TestCard => ({
  number,
  company,
  label,
  refusal,
  laterRefusal,
})

/** The cards the sandbox knows. Every other number is refused: no real card belongs here. */
export const testCards: readonly TestCard[] = [
  card('9410-0000-0000-0001', '현대카드', '승인'),
  card('9410-0000-0000-0002', '신한카드', '거절', { code: 'J101', message: '카드사에서 거절된 카드입니다.' }),
  card('9410-0000-0000-0003', '국민카드', '한도초과', { code: 'J202', message: '이용한도를 초과했습니다.' }),
  card('9410-0000-0000-0004', '롯데카드', '등록 후 결제 거절', null, '잔액이 부족합니다.'),
]

/** A test card by its number, whatever stands between the digits. */
export const findTestCard = (number: string) => testCards.find((known) => known.number.replaceAll('-', '') === number.replace(/\D/g, ''))

/** As a PG shows it: the first four and the last four digits. */
export const maskCard = (number: string) => number.replace(/\D/g, '').replace(/^(\d{4})\d+(\d{4})$/, '$1-****-****-$2')
