import { describe, expect, it } from 'vitest'
import {
  closedWithoutWord,
  hasReportedSuccess,
  isSilent,
  maskCardNumber,
  needsServer,
  noFacts,
  toReport,
} from '../../src/billing/outcome.ts'

const attempt = { merchantUid: 'issue-1', customerUid: 'card-1', amount: 9900, pg: 'jtnet' }
const read = (answer: unknown, change: object = {}) => toReport(answer, { ...attempt, ...change }, 'callback')

describe('toReport', () => {
  it('takes a code of zeros beside a success for the success it is', () => {
    expect(read({ success: true, imp_uid: 'imp_1', error_code: '0000', error_msg: '정상처리' })).toMatchObject({ status: 'reported' })
    expect(read({ success: false, imp_uid: 'imp_1', error_code: '0000' })).toMatchObject({ status: 'failed', code: '0000' })
  })

  it('claims what a PG that is paid by phone has charged, also when the request names no way to pay', () => {
    expect(read({ imp_uid: 'imp_1' }, { pg: 'danal' })).toMatchObject({ charged: 9900 })
    expect(read({ imp_uid: 'imp_1' }, { pg: 'mobilians_v2' })).toMatchObject({ charged: 9900 })
    expect(read({ imp_uid: 'imp_1' }, { pg: 'galaxia' })).toMatchObject({ charged: 0 })
    expect(read({ imp_uid: 'imp_1' }, { pg: 'galaxia', payMethod: 'phone' })).toMatchObject({ charged: 9900 })
  })

  it.each([
    ['the old SDK (sdk-facts 10)', { success: true, imp_uid: 'imp_1', merchant_uid: 'issue-1', error_code: null, paid_amount: 9900 }],
    ['imp_success', { imp_success: 'true', imp_uid: 'imp_1', merchant_uid: 'issue-1' }],
    ['the new SDK, minimal', { imp_uid: 'imp_1', merchant_uid: 'issue-1' }],
  ])('reads success from %s', (_, answer) => {
    expect(read(answer)).toMatchObject({ status: 'reported', impUid: 'imp_1', charged: 9900 })
  })

  it.each([
    ['nothing', undefined, 'unreadable-answer'],
    ['text', 'ok', 'unreadable-answer'],
    ['an empty object', {}, 'unreadable-answer'],
    ['success without imp_uid (sdk-facts 11)', { success: true, imp_uid: null }, 'no-imp-uid'],
    ['another order (sdk-facts 6)', { success: true, imp_uid: 'imp_1', merchant_uid: 'other' }, 'other-attempt'],
    ['the misspelt error_coe (sdk-facts 25)', { imp_success: false, imp_uid: null, error_coe: 'F1001' }, 'F1001'],
    ['an error beside success', { success: true, imp_uid: 'imp_1', error_code: 'J1' }, 'contradictory-answer'],
    ['imp_success alone (sdk-facts 10)', { imp_success: 'false', imp_uid: 'imp_1' }, 'unknown'],
    ['the word false', { success: 'false', imp_uid: 'imp_1' }, 'unknown'],
  ])('reads failure from %s', (_, answer, code) => {
    expect(read(answer)).toMatchObject({ status: 'failed', code })
  })

  it.each([
    '사용자가 결제를 취소하셨습니다',
    '[결제포기] 사용자가 결제를 취소하셨습니다.',
    '사용자 취소',
    '고객이 결제를 취소했습니다',
    'Payment cancelled by user',
    'User has cancelled',
    '결제를 취소하셨습니다.',
    '결제포기',
    '결제  포기',
    '사용자취소',
    '사용자가  결제요청을  취소',
    '고객님이 진행을 중단했습니다',
    '이용자의 등록취소',
    '결제취소했습니다',
    '결제를  취소하였습니다',
    '취소',
    ' [J001]  등록  취소 ',
    '[]취소',
    'user cancel',
    'the buyer has chosen to cancel',
    'cancel  by  the  customer',
    'Canceled by the payer',
  ])('sees a cancellation in %s (sdk-facts 12)', (error_msg) => {
    expect(read({ success: false, imp_uid: 'imp_1', error_msg })).toMatchObject({ status: 'cancelled', by: 'customer' })
  })

  it.each([
    '한도초과로 승인이 취소되었습니다',
    '사용자 인증에 실패했습니다',
    '취소할 수 없는 거래입니다',
    '이미 취소된 거래입니다',
    'cancel failed',
    '사용자 오류로 취소',
    '거래 취소',
    '취소 요청',
    '취소요청',
    'user: cannot cancel',
    'the superuser cancelled',
    'cancelled by the bank',
  ])('does not guess a cancellation in %s', (error_msg) => {
    expect(read({ success: false, imp_uid: 'imp_1', error_msg }).status).toBe('failed')
  })

  it.each(['PAY_PROCESS_CANCELED', 'USER_CANCEL', 'PAYMENT_CANCELED_BY_USER'])('sees a cancellation in the code %s', (error_code) => {
    expect(read({ success: false, imp_uid: 'imp_1', error_code })).toMatchObject({ status: 'cancelled', by: 'customer', asked: false })
  })

  it('takes no code for a cancellation because it is one, nor none', () => {
    expect(read({ success: false, imp_uid: 'imp_1', error_code: 'J202' })).toMatchObject({ status: 'failed', code: 'J202', message: '' })
    expect(read({ success: false, imp_uid: 'imp_1' })).toMatchObject({ status: 'failed', code: 'unknown', message: '' })
  })

  it('keeps the words of a refusal, and of one beside a success', () => {
    expect(read({ success: false, error_code: 'J202', error_msg: '한도초과' })).toMatchObject({ code: 'J202', message: '한도초과' })
    const both = { success: true, imp_uid: 'imp_1' }
    for (const [said, message] of [
      [{ error_msg: '한도초과' }, '한도초과'],
      [{ error_code: 'J202', error_msg: '한도초과' }, '한도초과'],
      [{ error_code: 'J202' }, 'J202'],
      [{ error_code: '00001' }, '00001'],
      [{ error_code: '1000' }, '1000'],
      [{ imp_success: false }, ''],
    ] as const)
      expect(read({ ...both, ...said })).toMatchObject({ status: 'failed', code: 'contradictory-answer', message })
  })

  it('takes a refusal beside a success for one where there is no payment to ask about', () => {
    expect(read({ success: true, error_code: 'J202', error_msg: '한도초과' })).toMatchObject({ code: 'J202', stage: 'before-window' })
  })

  it('reads a word whatever its case and the space round it, and a number for a word', () => {
    expect(read({ success: ' TRUE ', imp_uid: ' imp_1 ' })).toMatchObject({ status: 'reported', impUid: 'imp_1' })
    expect(read({ success: ' False ', imp_uid: 'imp_1' })).toMatchObject({ status: 'failed', code: 'unknown' })
    expect(read({ success: false, imp_uid: 'imp_1', error_code: 1001 })).toMatchObject({ status: 'failed', code: '1001' })
  })

  it('reads what cannot be turned into text without throwing', () => {
    const odd = { toString: false }
    expect(read({ success: odd, imp_uid: odd, merchant_uid: odd, error_code: odd, error_msg: odd, paid_amount: odd })).toMatchObject({
      status: 'failed',
      code: 'no-imp-uid',
    })
  })

  it('claims only money that moved (sdk-facts 20)', () => {
    const answer = { imp_uid: 'imp_1', merchant_uid: 'issue-1', paid_amount: 9900 }
    expect(read(answer, { pg: 'html5_inicis' })).toMatchObject({ charged: 0 })
    expect(read(answer, { amount: 0 })).toMatchObject({ charged: 0 })
    expect(read(answer, { pg: 'tosspay_v2' })).toMatchObject({ charged: 0 })
    expect(read({ imp_uid: 'imp_1' }, { pg: 'newpg' })).toMatchObject({ charged: null })
    expect(toReport(answer, null, 'redirect')).toMatchObject({ charged: null })
  })

  it.each([
    [9900, 9900],
    ['9900', 9900],
    [0, 0],
    [-1, null],
    ['-1', null],
    ['much', null],
    ['Infinity', null],
    [undefined, null],
    ['', null],
    [true, null],
  ])('says of paid_amount %j that %j was charged, where PG and request do not', (paid_amount, charged) => {
    expect(read({ imp_uid: 'imp_1', paid_amount }, { pg: 'newpg' })).toMatchObject({ charged })
    expect(read({ imp_uid: 'imp_1', paid_amount }, { pg: 'danal', amount: 0 })).toMatchObject({ charged })
  })

  it('gives the currency of the answer, else the request’s, else won', () => {
    expect(read({ imp_uid: 'imp_1', currency: 'USD' }, { currency: 'JPY' })).toMatchObject({ currency: 'USD' })
    expect(read({ imp_uid: 'imp_1' }, { currency: 'JPY' })).toMatchObject({ currency: 'JPY' })
    expect(read({ imp_uid: 'imp_1' })).toMatchObject({ currency: 'KRW', card: null })
    expect(read({ imp_uid: 'imp_1', card_name: '현대카드' })).toMatchObject({ card: { name: '현대카드', number: null } })
  })

  it('shows all of a number of eight digits, and no more than eight of a longer one', () => {
    expect(maskCardNumber('12345678')).toBe('12345678')
    expect(maskCardNumber('123456789')).toBe('1234*6789')
    expect(maskCardNumber(null)).toBeNull()
  })

  it('masks a card number that the PG forgot to mask', () => {
    expect(read({ imp_uid: 'imp_1', card_number: '9410000000000001' })).toMatchObject({ card: { number: '9410********0001' } })
    expect(read({ imp_uid: 'imp_1', card_number: '9410-****-****-0001' })).toMatchObject({ card: { number: '9410-****-****-0001' } })
  })
})

describe('a window’s report', () => {
  const closed = closedWithoutWord({ ...noFacts, merchantUid: 'issue-1' })
  const other = { imp_uid: 'imp_1', merchant_uid: 'other' }

  it.each([
    ['unreadable', undefined, true, false, true],
    ['of another order', other, true, false, true],
    ['a success without a number', { success: true }, true, true, true],
    ['a success', { imp_uid: 'imp_1' }, false, true, true],
    ['an error beside a success', { success: true, imp_uid: 'imp_1', error_code: 'J1' }, false, true, true],
    ['a refusal with a number', { success: false, imp_uid: 'imp_1', error_code: 'J1' }, false, false, true],
    ['a refusal', { success: false, error_code: 'J1' }, false, false, false],
    ['a cancellation', { success: false, error_msg: '사용자 취소' }, false, false, false],
  ])('that is %s', (_, answer, silent, success, server) => {
    const report = read(answer)
    expect({ silent: isSilent(report), success: hasReportedSuccess(report), server: needsServer(report) }).toEqual({
      silent,
      success,
      server,
    })
  })

  it('says of a closed window that nobody was asked, and of another order’s answer no number', () => {
    expect(closed).toEqual({ ...noFacts, merchantUid: 'issue-1', status: 'cancelled', by: 'closed', asked: false })
    expect([isSilent(closed), hasReportedSuccess(closed), needsServer(closed)]).toEqual([true, false, true])
    expect(read(other)).toMatchObject({ merchantUid: 'issue-1', impUid: null, stage: 'in-window' })
  })

  it('has nothing in it before there was an order', () => {
    expect(noFacts).toEqual({ merchantUid: null, customerUid: null, impUid: null, via: 'callback', order: null, recovered: false })
  })
})
