import type { Problem, WindowForm } from './windowForm.ts'

/** What the window says. `{amount}` stands for the amount, which `pay` says with its currency. */
export interface WindowWords {
  readonly otherLanguage: string
  readonly sandbox: string
  readonly close: string
  readonly title: { readonly card: string; readonly phone: string; readonly trans: string; readonly wallet: string }
  readonly otherMethod: string
  readonly steps: readonly [agree: string, card: string, done: string]
  readonly stepsLabel: string
  readonly summary: string
  readonly shop: string
  readonly product: string
  readonly order: string
  readonly period: string
  readonly amount: string
  readonly won: string
  readonly registerOnly: string
  readonly shownOnly: string
  readonly testCards: string
  readonly pickOne: string
  readonly terms: string
  readonly agreeAll: string
  readonly required: string
  readonly read: string
  readonly term: readonly { readonly name: string; readonly text: string }[]
  readonly card: string
  readonly number: string
  readonly expiry: string
  readonly expiryHint: string
  readonly birth: string
  readonly birthHint: string
  readonly password: string
  readonly passwordHint: string
  readonly cancel: string
  readonly register: string
  readonly pay: string
  readonly busy: string
  readonly busyNote: string
  readonly check: string
  readonly offline: string
  readonly gone: string
  readonly lost: string
  readonly lostNote: string
  readonly back: string
  readonly problems: { readonly [field in keyof WindowForm]-?: { readonly [problem in Problem]?: string } }
}

export const windowWords = {
  ko: {
    otherLanguage: 'English',
    sandbox: '샌드박스 결제창이에요. 실제로 결제되지 않으니 실제 카드 정보를 넣지 마세요.',
    close: '닫기',
    title: { card: '신용카드 정기결제 등록', phone: '휴대폰 정기결제 등록', trans: '계좌 정기결제 등록', wallet: '간편결제 정기결제 등록' },
    otherMethod: '이 PG의 결제창은 카드가 아닌 다른 정보를 물어요. 샌드박스에서는 테스트 카드로 대신해요.',
    steps: ['약관 동의', '카드 정보', '등록'],
    stepsLabel: '진행 단계',
    summary: '주문 정보',
    shop: '상점',
    product: '상품명',
    order: '주문번호',
    period: '제공기간',
    amount: '결제금액',
    won: '{amount}원',
    registerOnly: '카드만 등록하고 지금은 결제하지 않아요.',
    shownOnly: '안내되는 금액이에요. 지금은 결제하지 않아요.',
    testCards: '테스트 카드',
    pickOne: '하나를 고르면 아래 내용이 모두 채워져요.',
    terms: '약관 동의',
    agreeAll: '전체 동의',
    required: '필수',
    read: '보기',
    term: [
      { name: '전자금융거래 이용약관', text: '전자금융거래의 이용 조건과 회사, 이용자의 책임을 정한 약관입니다.' },
      { name: '개인정보 수집 및 이용', text: '결제 처리를 위해 카드번호, 유효기간, 생년월일 또는 사업자등록번호를 수집합니다.' },
      { name: '개인정보 제3자 제공', text: '승인을 위해 카드사에, 결과 안내를 위해 상점에 정보를 제공합니다.' },
      { name: '정기결제 이용', text: '등록한 카드로 상점이 정한 날마다 결제됩니다. 해지는 상점에서 할 수 있습니다.' },
    ],
    card: '카드 정보',
    number: '카드번호',
    expiry: '유효기간',
    expiryHint: '월/년',
    birth: '생년월일 또는 사업자등록번호',
    birthHint: '개인카드 6자리, 법인카드 10자리',
    password: '비밀번호',
    passwordHint: '앞 2자리',
    cancel: '취소',
    register: '카드 등록',
    pay: '{amount} 결제하고 등록',
    busy: '카드사에 확인하고 있습니다.',
    busyNote: '창을 닫거나 새로고침하지 마세요.',
    check: '입력한 내용을 확인해 주세요.',
    offline: '통신이 원활하지 않습니다. 잠시 후 다시 시도해 주세요.',
    gone: '결제창이 만료되었습니다. 상점에서 다시 시작해 주세요.',
    lost: '통신이 끊겼습니다.',
    lostNote: '결과를 받지 못했습니다. 다시 등록하지 말고 상점에서 결과를 확인해 주세요.',
    back: '상점으로 돌아가기',
    problems: {
      agreed: { missing: '필수 약관에 모두 동의해 주세요.' },
      number: { missing: '카드번호를 입력해 주세요.', unknown: '테스트 카드번호가 아닙니다. 위에서 테스트 카드를 골라 주세요.' },
      expiry: {
        missing: '유효기간을 입력해 주세요.',
        malformed: '유효기간을 월/년 순서의 숫자 4자리로 입력해 주세요.',
        past: '유효기간이 지난 카드입니다.',
      },
      birth: {
        missing: '생년월일 또는 사업자등록번호를 입력해 주세요.',
        malformed: '생년월일 6자리 또는 사업자등록번호 10자리를 확인해 주세요.',
      },
      password: { missing: '비밀번호 앞 2자리를 입력해 주세요.', malformed: '비밀번호 앞 2자리를 숫자로 입력해 주세요.' },
    },
  },
  en: {
    otherLanguage: '한국어',
    sandbox: 'This is a sandbox. Nothing is charged: please enter no real card.',
    close: 'Close',
    title: {
      card: 'Register a card for recurring payment',
      phone: 'Register a phone bill for recurring payment',
      trans: 'Register a bank account for recurring payment',
      wallet: 'Register a wallet for recurring payment',
    },
    otherMethod: 'The window of this PG asks for something other than a card. Here a test card stands in for it.',
    steps: ['Terms', 'Card', 'Done'],
    stepsLabel: 'Progress',
    summary: 'Order',
    shop: 'Shop',
    product: 'Product',
    order: 'Order number',
    period: 'Service period',
    amount: 'Amount',
    won: '₩{amount}',
    registerOnly: 'The card is registered. Nothing is charged now.',
    shownOnly: 'For information. Nothing is charged now.',
    testCards: 'Test cards',
    pickOne: 'Pick one, and everything below is filled in.',
    terms: 'Terms',
    agreeAll: 'Agree to all',
    required: 'required',
    read: 'Read',
    term: [
      { name: 'Electronic financial transactions', text: 'The terms of electronic transactions, and who is responsible for what.' },
      {
        name: 'Collection of personal data',
        text: 'Card number, expiry, birth date or business number are collected to process the payment.',
      },
      { name: 'Personal data to third parties', text: 'The issuer gets your data to approve the card, the shop gets the result.' },
      { name: 'Recurring payment', text: 'The shop charges this card on the days it has set. You can cancel at the shop.' },
    ],
    card: 'Card',
    number: 'Card number',
    expiry: 'Expiry',
    expiryHint: 'MM/YY',
    birth: 'Birth date or business number',
    birthHint: 'YYMMDD for a personal card, 10 digits for a company’s',
    password: 'Password',
    passwordHint: 'first 2 digits',
    cancel: 'Cancel',
    register: 'Register card',
    pay: 'Pay {amount} and register',
    busy: 'Asking the card issuer…',
    busyNote: 'Please do not close or reload this window.',
    check: 'Please check what you entered.',
    offline: 'The connection is unstable. Please try again shortly.',
    gone: 'This window has expired. Please start again at the shop.',
    lost: 'The connection was lost.',
    lostNote: 'The result did not arrive. Please do not register again: check the result at the shop.',
    back: 'Back to the shop',
    problems: {
      agreed: { missing: 'Please agree to all required terms.' },
      number: { missing: 'Please enter the card number.', unknown: 'This is no test card. Please pick one above.' },
      expiry: {
        missing: 'Please enter the expiry.',
        malformed: 'Please enter the expiry as four digits, month first.',
        past: 'This card has expired.',
      },
      birth: {
        missing: 'Please enter a birth date or business number.',
        malformed: 'Please check the 6 digits of the birth date, or the 10 of the business number.',
      },
      password: { missing: 'Please enter the first 2 digits.', malformed: 'Please enter the first 2 digits as numbers.' },
    },
  },
} satisfies Record<'ko' | 'en', WindowWords>
