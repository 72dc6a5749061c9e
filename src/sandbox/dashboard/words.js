// What the dashboard says, in both languages.
const ko = {
  language: 'English',
  skip: '일어난 일로 건너뛰기',
  noMoney: '내 컴퓨터의 포트원과 JTNet · 실제 결제 아님',
  connected: '연결됨',
  disconnected: '끊김, 다시 연결하는 중',
  happened: '일어난 일',
  all: '전체',
  payments: '결제',
  billingKeys: '빌링키',
  schedules: '예약',
  webhooks: '웹훅',
  requests: '요청',
  clock: '시계',
  day: '+1일',
  month: '+1개월',
  seconds: '앞으로 옮길 시간(초)',
  move: '옮기기',
  clockHint: '앞으로만 갑니다. 예약결제가 실행되고 토큰이 끝나고 밀린 웹훅이 갑니다.',
  faults: '장애',
  faultsHint: '켜 두면 끌 때까지, ‘한 번’은 다음 한 번만 일어납니다.',
  once: '한 번',
  resetTitle: '처음으로',
  reset: '모두 지우기…',
  sure: '모두 지울까요?',
  sureText: '결제, 빌링키, 예약, 웹훅, 토큰이 사라지고 시계와 장애가 처음으로 돌아갑니다. 되돌릴 수 없습니다.',
  keep: '그만두기',
  forget: '모두 지우기',
  copy: 'curl 복사',
  copied: 'curl을 복사했습니다.',
  notCopied: '복사하지 못했습니다. 글을 골라 복사해 주세요.',
  moved: (time) => `시계를 옮겼습니다: ${time}`,
  forgotten: '모두 지웠습니다.',
  failed: '샌드박스가 응답하지 않습니다.',
  isOn: (name) => `켰습니다: ${name}`,
  isOff: (name) => `껐습니다: ${name}`,
  isOnce: (name) => `한 번 일어납니다: ${name}`,
  more: (shown, total) => `${total}건 가운데 최근 ${shown}건`,
  emptyAll: '아직 아무 일도 없습니다. 가게에서 카드를 등록하거나 curl을 보내면 바로 나타납니다.',
  empty: '아직 없습니다.',
  won: (amount) => `${amount.toLocaleString('ko-KR')}원`,
  status: {
    ready: '대기',
    paid: '결제됨',
    failed: '실패',
    cancelled: '취소됨',
    scheduled: '예약됨',
    executed: '실행됨',
    revoked: '해지됨',
    issued: '등록됨',
    replaced: '바뀜',
    removed: '삭제됨',
    waiting: '보낼 예정',
    network: '연결 실패',
    on: '켜짐',
    off: '꺼짐',
  },
  order: '주문번호',
  number: '결제번호',
  key: 'customer_uid',
  card: '카드',
  why: '이유',
  refunded: '환불',
  when: '예정 시각',
  answers: '응답',
  to: '받는 곳',
  notice: '내용',
  sendsAt: '보낼 시각',
}

/** @type {typeof ko} */
const en = {
  language: '한국어',
  skip: 'Skip to what happened',
  noMoney: 'PortOne and JTNet on your own machine · no card is charged',
  connected: 'Connected',
  disconnected: 'Disconnected, trying again',
  happened: 'What happened',
  all: 'All',
  payments: 'Payments',
  billingKeys: 'Billing keys',
  schedules: 'Schedules',
  webhooks: 'Webhooks',
  requests: 'Requests',
  clock: 'Clock',
  day: '+1 day',
  month: '+1 month',
  seconds: 'Seconds to move forward',
  move: 'Move',
  clockHint: 'Forward only. Scheduled charges are made, tokens end, waiting webhooks go.',
  faults: 'Faults',
  faultsHint: 'A switch stays on until it is switched off; “Once” strikes the next time only.',
  once: 'Once',
  resetTitle: 'Begin anew',
  reset: 'Forget everything…',
  sure: 'Forget everything?',
  sureText: 'Payments, billing keys, schedules, webhooks and tokens go; the clock and the faults are as they began. It cannot be undone.',
  keep: 'Keep it',
  forget: 'Forget everything',
  copy: 'Copy curl',
  copied: 'The curl was copied.',
  notCopied: 'It could not be copied. Select the text instead.',
  moved: (time) => `The clock was moved: ${time}`,
  forgotten: 'Everything was forgotten.',
  failed: 'The sandbox does not answer.',
  isOn: (name) => `On: ${name}`,
  isOff: (name) => `Off: ${name}`,
  isOnce: (name) => `Once: ${name}`,
  more: (shown, total) => `The last ${shown} of ${total}`,
  emptyAll: 'Nothing yet. Register a card in your shop, or send a curl, and it shows here at once.',
  empty: 'None yet.',
  won: (amount) => `₩${amount.toLocaleString('en-US')}`,
  status: {
    ready: 'Ready',
    paid: 'Paid',
    failed: 'Failed',
    cancelled: 'Cancelled',
    scheduled: 'Scheduled',
    executed: 'Executed',
    revoked: 'Revoked',
    issued: 'Issued',
    replaced: 'Replaced',
    removed: 'Removed',
    waiting: 'To be sent',
    network: 'No connection',
    on: 'On',
    off: 'Off',
  },
  order: 'Order',
  number: 'Payment',
  key: 'customer_uid',
  card: 'Card',
  why: 'Reason',
  refunded: 'Refunded',
  when: 'Due',
  answers: 'Answers',
  to: 'To',
  notice: 'Content',
  sendsAt: 'Goes at',
}

const all = { ko, en }
const stored = () => {
  try {
    return localStorage.getItem('language')
  } catch {
    return null
  }
}
let language = stored() ?? (navigator.language.startsWith('ko') ? 'ko' : 'en')
if (!Object.hasOwn(all, language)) language = 'en'

export const lang = () => language
export const words = () => all[language]
export function switchLanguage() {
  language = language === 'ko' ? 'en' : 'ko'
  try {
    localStorage.setItem('language', language)
  } catch {}
}

/** Money, in won when no currency is told. */
export const money = (amount, currency = 'KRW') =>
  currency === 'KRW'
    ? words().won(amount)
    : amount.toLocaleString(language === 'ko' ? 'ko-KR' : 'en-GB', { style: 'currency', currency, currencyDisplay: 'code' })

/** A moment of the sandbox's clock, in Korea. */
export const moment = (seconds, dateStyle = 'medium') =>
  new Intl.DateTimeFormat(language === 'ko' ? 'ko-KR' : 'en-GB', { dateStyle, timeStyle: 'medium', timeZone: 'Asia/Seoul' }).format(
    new Date(seconds * 1000),
  )
export const hour = (seconds) =>
  new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium', timeZone: 'Asia/Seoul' }).format(new Date(seconds * 1000))
