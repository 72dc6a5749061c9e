/** What the handler refuses with: HTTP status, and what the customer reads in Korean and in English. */
const refusals = {
  'not-json': [400, '요청을 읽지 못했어요. 다시 시도해 주세요.', 'We couldn’t read the request. Please try again.'],
  'invalid-token': [
    400,
    '등록 결과를 확인하지 못했어요. 다시 등록하지 말고 고객센터에 문의해 주세요.',
    'We couldn’t confirm the result. Please don’t add your card again, contact the shop.',
  ],
  'not-signed-in': [401, '로그인해 주세요.', 'Please sign in.'],
  'not-yours': [
    403,
    '다른 회원이 등록한 카드예요. 등록한 회원으로 로그인해 주세요.',
    'This card was added by another member. Please sign in as that member.',
  ],
  'cross-origin': [
    403,
    '이 페이지에서는 이용할 수 없어요. 쇼핑몰에서 다시 열어 주세요.',
    'This page can’t be used here. Please open it in the shop.',
  ],
  'no-such-route': [404, '없는 주소예요.', 'There is nothing at this address.'],
  'unknown-payment': [
    404,
    '결제 내역을 아직 찾지 못했어요. 잠시 후 결과를 다시 확인해 주세요.',
    'We couldn’t find the payment yet. Please check the result again in a moment.',
  ],
  'unknown-key': [404, '등록한 카드가 아니에요. 카드를 다시 선택해 주세요.', 'This card isn’t yours to use. Please choose another one.'],
  'too-slow': [408, '요청이 너무 오래 걸렸어요. 다시 시도해 주세요.', 'The request took too long. Please try again.'],
  'already-paid': [409, '이미 결제한 주문이에요. 결제 내역을 확인해 주세요.', 'This order is already paid. Please check your payments.'],
  'too-large': [413, '요청이 너무 커요. 내용을 줄여 다시 시도해 주세요.', 'The request is too large. Please send less.'],
  'wrong-type': [415, '요청을 읽지 못했어요. 다시 시도해 주세요.', 'Send application/json.'],
  'other-order': [422, '다른 주문의 결제예요. 고객센터에 문의해 주세요.', 'The payment belongs to another order. Please contact the shop.'],
  'other-amount': [
    422,
    '결제한 금액이 주문과 달라요. 다시 등록하지 말고 고객센터에 문의해 주세요.',
    'The amount differs from the order. Please don’t add your card again, contact the shop.',
  ],
  'other-key': [
    422,
    '다른 카드로 결제됐어요. 다시 등록하지 말고 고객센터에 문의해 주세요.',
    'The payment belongs to another card. Please don’t add your card again, contact the shop.',
  ],
  cancelled: [422, '취소된 결제예요. 카드를 다시 등록해 주세요.', 'The payment was cancelled. Please add your card again.'],
  'no-key': [422, '등록된 카드가 없어요. 고객센터에 문의해 주세요.', 'No card was added. Please contact the shop.'],
  internal: [500, '처리하지 못했어요. 잠시 후 다시 시도해 주세요.', 'Something went wrong. Please try again in a moment.'],
  'portone-unreachable': [
    502,
    '결제사에 연결하지 못했어요. 잠시 후 다시 시도해 주세요.',
    'We couldn’t reach the payment service. Please try again in a moment.',
  ],
  busy: [503, '요청이 많아요. 잠시 후 다시 시도해 주세요.', 'There are too many requests. Please try again in a moment.'],
} as const satisfies Record<string, readonly [status: number, ko: string, en: string]>

/** The codes the handler itself refuses with; their HTTP statuses are in docs/openapi.json. */
export type RefusalCode = keyof typeof refusals

export const isRefusalStatus = (status: unknown) => Number.isInteger(status) && Number(status) >= 400 && Number(status) <= 599

/**
 * A refusal with a code the client can show. Throw it from `firstOrder` or `price` to refuse an order.
 *
 * @param status 400 to 499
 * @throws {TypeError} when the status is no refusal's, or the code is missing
 * @example
 * throw new BillingRefusal(404, 'unknown-plan', '없는 이용권이에요.')
 */
export class BillingRefusal extends Error {
  override readonly name = 'BillingRefusal'
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    if (!isRefusalStatus(status) || (new.target === BillingRefusal && status > 499))
      throw new TypeError(`BillingRefusal: status has to be 400 to 499, not ${String(status)}`)
    if (typeof code !== 'string' || code === '') throw new TypeError('BillingRefusal: code has to be text, at least one character')
    this.status = status
    this.code = code
  }
}

/** One of the handler's own: its words are chosen when it is answered, by the language that was asked for. */
class OwnRefusal extends BillingRefusal {
  readonly english: string

  constructor(code: RefusalCode) {
    const [status, ko, en] = refusals[code]
    super(status, code, ko)
    this.english = en
  }
}

/** One of the handler's own refusals, to be thrown. */
export const refusal = (code: RefusalCode): BillingRefusal => new OwnRefusal(code)

/** Customers read Korean, unless the request prefers English. */
export const prefersEnglish = (request: Request) => /^\s*en\b/i.test(request.headers.get('accept-language') ?? '')

/** What the customer reads; a shop's own words as they are. */
export const wordsOf = (error: BillingRefusal, request: Request): string =>
  error instanceof OwnRefusal && prefersEnglish(request) ? error.english : error.message
