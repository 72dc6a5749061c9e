/** Everything a customer can read, in Korean. `{amount}` and the like are filled in. */
export const ko = {
  button: '카드 등록하기',
  loading: '결제 모듈을 불러오는 중…',
  preparing: '등록을 준비하는 중…',
  open: '결제창에서 진행 중…',
  confirming: '등록 결과를 확인하는 중…',
  abandon: '결제창 닫기',
  issued: '카드가 등록되었습니다.',
  issuedAndCharged: '카드가 등록되고 {amount}이 결제되었습니다.',
  reported: '카드 등록이 접수되었습니다. 쇼핑몰에서 확인한 뒤 이용할 수 있습니다.',
  cancelled: '카드 등록을 취소했습니다. 결제된 금액은 없습니다.',
  left: '결제창이 닫혔습니다. 등록 여부는 쇼핑몰에서 확인해 주세요.',
  failed: '카드를 등록하지 못했습니다.',
  refused: '쇼핑몰에서 등록 결과를 확인하지 못했습니다. 다시 등록하기 전에 쇼핑몰에 문의해 주세요.',
  unconfirmed: '등록 결과를 아직 확인하지 못했습니다. 다시 등록하지 말고 결과를 확인해 주세요.',
  loadFailed: '결제 모듈을 불러오지 못했습니다. 인터넷 연결과 광고 차단 설정을 확인해 주세요.',
  busy: '이미 열려 있는 결제창이 있습니다.',
  error: '결제창을 열 수 없습니다. 쇼핑몰에 문의해 주세요.',
  retry: '다시 시도',
  recheck: '결과 다시 확인',
  reason: '사유: {reason}',
  card: '등록된 카드: {card}',
} as const satisfies Record<string, string>

/** The texts a shop can replace, one by one. */
export type Messages = { readonly [key in keyof typeof ko]: string }
/** Languages that are built in. */
export type Locale = 'ko' | 'en'

const en: Messages = {
  button: 'Register a card',
  loading: 'Loading the payment module…',
  preparing: 'Getting ready…',
  open: 'Continue in the payment window…',
  confirming: 'Checking the result…',
  abandon: 'Close the payment window',
  issued: 'Your card is registered.',
  issuedAndCharged: 'Your card is registered and {amount} was charged.',
  reported: 'Your card was received. The shop still has to confirm it.',
  cancelled: 'You cancelled. Nothing was charged.',
  left: 'The payment window was closed. Please check with the shop whether your card was registered.',
  failed: 'Your card could not be registered.',
  refused: 'The shop could not confirm the result. Please ask the shop before you register again.',
  unconfirmed: 'We could not check the result yet. Please do not register again, check the result instead.',
  loadFailed: 'The payment module could not be loaded. Check your connection and any ad blocker.',
  busy: 'A payment window is already open.',
  error: 'The payment window cannot be opened. Please ask the shop.',
  retry: 'Try again',
  recheck: 'Check again',
  reason: 'Reason: {reason}',
  card: 'Registered card: {card}',
}

/** The texts of a language, with the shop's own in place of some. */
export function messagesFor(locale: Locale = 'ko', own: Partial<Messages> = {}): Messages {
  return { ...(locale === 'en' ? en : ko), ...own }
}

/** Puts values into a text's `{places}`. */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (place, key: string) => values[key] ?? place)
}

/** An amount as people read it: `9,900원` or `₩9,900`. */
export function formatAmount(amount: number, locale: Locale = 'ko', currency = 'KRW'): string {
  if (locale === 'ko' && currency === 'KRW') return `${amount.toLocaleString('ko-KR')}원`
  return amount.toLocaleString(locale, { style: 'currency', currency })
}
