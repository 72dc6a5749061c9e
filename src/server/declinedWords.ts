import { prefersEnglish } from './refusal.ts'

const notMade = [
  '결제하지 못했어요. 청구된 금액은 없어요. 잠시 후 다시 시도해 주세요.',
  'We couldn’t make the payment. Nothing was charged. Please try again in a moment.',
] as const
const refused = [
  '결제하지 못했어요. 청구된 금액은 없어요. 다른 카드로 시도하거나 고객센터에 문의해 주세요.',
  'We couldn’t make the payment. Nothing was charged. Please try another card, or contact the shop.',
] as const
const words: Readonly<Record<string, readonly [ko: string, en: string]>> = {
  'card-declined': [
    '카드사에서 승인을 거절했어요. 다른 카드로 결제해 주세요.',
    'The card company declined the payment. Please try another card.',
  ],
  'order-paid-otherwise': ['이미 결제한 주문이에요. 고객센터에 문의해 주세요.', 'This order is already paid. Please contact the shop.'],
  'order-cancelled': ['결제를 취소한 주문이에요. 새로 주문해 주세요.', 'This order was refunded. Please place a new one.'],
  'not-sent': notMade,
  'http-401': notMade,
  'http-429': notMade,
}

/** Whether a charge was declined for a reason that the operator has to hear of, and the customer not. */
export const isOperators = (code: string) => words[code] === notMade || !Object.hasOwn(words, code)

/** What the customer reads of a charge that was declined: the card company's own reason where there is one. */
export function declinedWords({ code, message }: { readonly code: string; readonly message: string }, request: Request): string {
  if (code === 'card-declined' && message !== '') return message
  const [ko, en] = words[code] ?? refused
  return prefersEnglish(request) ? en : ko
}
