import { describe, expect, it } from 'vitest'
import { toReport } from '../../src/billing/outcome.ts'

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
  ])('does not guess a cancellation in %s', (error_msg) => {
    expect(read({ success: false, imp_uid: 'imp_1', error_msg }).status).toBe('failed')
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
    expect(read({ imp_uid: 'imp_1' }, { pg: 'newpg' })).toMatchObject({ charged: null })
  })

  it('masks a card number that the PG forgot to mask', () => {
    expect(read({ imp_uid: 'imp_1', card_number: '9410000000000001' })).toMatchObject({ card: { number: '9410********0001' } })
    expect(read({ imp_uid: 'imp_1', card_number: '9410-****-****-0001' })).toMatchObject({ card: { number: '9410-****-****-0001' } })
  })
})
