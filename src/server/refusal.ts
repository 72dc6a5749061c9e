/** What the handler refuses with: HTTP status, and what the customer reads in Korean and in English. */
const refusals = {
  'not-json': [400, '요청을 읽을 수 없습니다.', 'The request cannot be read.'],
  'invalid-token': [
    400,
    '등록 요청을 확인할 수 없습니다. 처음부터 다시 시도해 주세요.',
    'This registration cannot be verified. Please start again.',
  ],
  'not-signed-in': [401, '로그인이 필요합니다.', 'Please sign in.'],
  'not-yours': [403, '다른 회원의 등록 요청입니다.', 'This registration belongs to another member.'],
  'cross-origin': [403, '다른 사이트에서 보낸 요청은 받지 않습니다.', 'Requests from other sites are refused.'],
  'no-such-route': [404, '없는 주소입니다.', 'There is nothing at this address.'],
  'unknown-payment': [404, '결제 내역을 찾을 수 없습니다.', 'There is no such payment.'],
  'unknown-key': [404, '등록된 카드가 아닙니다.', 'This card is not registered.'],
  'not-paid-yet': [
    409,
    '아직 처리 중입니다. 잠시 후 다시 확인해 주세요.',
    'This is still being processed. Please check again in a moment.',
  ],
  'too-large': [413, '요청이 너무 큽니다.', 'The request is too large.'],
  'wrong-type': [415, '요청 형식이 올바르지 않습니다.', 'Send application/json.'],
  'other-order': [422, '다른 주문의 결제입니다.', 'The payment belongs to another order.'],
  'other-amount': [422, '결제 금액이 주문과 다릅니다.', 'The amount differs from the order.'],
  'other-key': [422, '다른 카드의 결제입니다.', 'The payment belongs to another card.'],
  cancelled: [422, '취소된 결제입니다.', 'The payment was cancelled.'],
  'no-key': [422, '등록된 카드가 없습니다.', 'No card was registered.'],
  internal: [500, '잠시 후 다시 시도해 주세요.', 'Please try again in a moment.'],
  'portone-unreachable': [
    502,
    '결제사에 연결하지 못했습니다. 잠시 후 다시 시도해 주세요.',
    'The payment service could not be reached. Please try again in a moment.',
  ],
} as const satisfies Record<string, readonly [status: number, ko: string, en: string]>

/** The codes the handler itself refuses with; their HTTP statuses are in docs/openapi.json. */
export type RefusalCode = keyof typeof refusals

/**
 * A refusal with a code the client can show. Throw it from `firstOrder` or `price` to refuse an order.
 *
 * @example
 * throw new BillingRefusal(404, 'unknown-plan', '없는 이용권입니다.')
 */
export class BillingRefusal extends Error {
  override readonly name = 'BillingRefusal'
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

/** One of the handler's own refusals, in the language the request asks for: Korean, unless it prefers English. */
export function refusal(code: RefusalCode, request: Request): BillingRefusal {
  const [status, ko, en] = refusals[code]
  return new BillingRefusal(status, code, /^\s*en\b/i.test(request.headers.get('accept-language') ?? '') ? en : ko)
}
