import { describe, expect, it } from 'vitest'
import { decideOutcome, parseConfirmAnswer } from '../../src/billing/confirm.ts'
import { toReport } from '../../src/billing/outcome.ts'

const issued = { status: 'issued', customerUid: 'card-1', impUid: 'imp_1', charged: 9900, currency: 'USD', card: null } as const
const attempt = { merchantUid: 'issue-1', customerUid: 'card-1', amount: 9900, pg: 'jtnet' }
const reportOf = (answer: object) => toReport(answer, attempt, 'callback')
const declined = reportOf({ imp_uid: 'imp_1', error_code: 'J202', error_msg: '이용한도를 초과했습니다.' })
const cancelled = reportOf({ imp_uid: 'imp_1', error_code: 'J001', error_msg: '사용자가 결제를 취소하셨습니다.' })
const reported = reportOf({ imp_uid: 'imp_1', card_name: '현대카드', card_number: '9410123412340001' })

describe('an answer of the merchant’s server', () => {
  it.each([
    ['nothing', undefined],
    ['text', 'issued'],
    ['null', null],
    ['a status nobody knows', { status: 'paid' }],
    ['a key, or a refusal, under a status nobody knows', { ...issued, status: 'paid', code: 'declined' }],
    ['a key under a status nobody knows', { ...issued, status: 'paid' }],
    ['a refusal without a code', { status: 'failed', message: 'no' }],
    ['a key without a name', { ...issued, customerUid: undefined }],
    ['a key without a payment', { ...issued, impUid: 1 }],
    ['an amount as text', { ...issued, charged: '9900' }],
    ['an amount below 0', { ...issued, charged: -1 }],
    ['no number', { ...issued, charged: Number.NaN }],
  ])('is none when it is %s', (_, answer) => {
    expect(parseConfirmAnswer(answer)).toBeNull()
  })

  it('gives what may be shown, a card’s number masked, and nothing else', () => {
    const card = { name: '현대카드', number: '9410123412340001', owner: '홍길동' }
    const answer = parseConfirmAnswer({ ...issued, currency: undefined, card, secret: 'x' })
    expect(answer).toEqual({ ...issued, currency: 'KRW', card: { name: '현대카드', number: expect.stringMatching(/^9410.*\*/) } })
    expect(JSON.stringify(answer)).not.toMatch(/1234|홍길동|secret/)
    expect(parseConfirmAnswer({ status: 'failed', code: 'other-amount' })).toEqual({ status: 'failed', code: 'other-amount', message: '' })
  })

  it('is text only where it is text', () => {
    expect(parseConfirmAnswer({ status: 'failed', code: 'x', message: { html: '<b>' } })).toEqual({
      status: 'failed',
      code: 'x',
      message: '',
    })
    expect(parseConfirmAnswer({ ...issued, currency: 1, card: { name: 1, number: 9410 } })).toMatchObject({
      currency: 'KRW',
      card: { name: null, number: null },
    })
  })

  it.each(['none', 'pending'])('is %s, and nothing of what stands beside it', (status) => {
    expect(parseConfirmAnswer({ ...issued, status, message: 'x' })).toEqual({ status })
  })
})

describe('what an attempt came to', () => {
  const no = { status: 'failed', code: 'declined', message: '' } as const

  it('is what the window said, where the server knows of no payment either', () => {
    expect(decideOutcome(declined, no)).toBe(declined)
    expect(decideOutcome(cancelled, no)).toMatchObject({ status: 'cancelled', by: 'customer', asked: true })
    expect(decideOutcome(declined, { status: 'none' })).toBe(declined)
  })

  it('is the server’s word against a success, and against any other window', () => {
    expect(decideOutcome(reported, no)).toMatchObject({ status: 'failed', stage: 'confirm', code: 'declined' })
    expect(decideOutcome(declined, { ...no, code: 'other-amount' })).toMatchObject({ stage: 'confirm', code: 'other-amount' })
  })

  it('is the key and the money of the server, with the card that the window named where the server names none', () => {
    const outcome = decideOutcome(reported, { ...issued, charged: 0 })
    expect(outcome).toMatchObject({ status: 'issued', charged: 0, currency: 'USD', card: { name: '현대카드' } })
    expect(decideOutcome(declined, issued)).toMatchObject({ status: 'issued', charged: 9900, card: null })
  })

  it('is a window closed without a word that was asked about, where the server knows of no payment', () => {
    const silent = reportOf({})
    expect(silent).toMatchObject({ status: 'failed', code: 'unreadable-answer' })
    expect(decideOutcome(silent, { status: 'none' })).toEqual({
      status: 'cancelled',
      by: 'closed',
      asked: true,
      merchantUid: 'issue-1',
      customerUid: 'card-1',
      impUid: null,
      via: 'callback',
      order: null,
      recovered: false,
    })
    expect(decideOutcome(cancelled, { status: 'none' })).toEqual({ ...cancelled, asked: true })
  })

  it('is open when the window reported a success and the server knows of none', () => {
    expect(decideOutcome(reported, { status: 'none' })).toBeNull()
  })
})
