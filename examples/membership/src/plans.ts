/** What the shop sells. `first` is charged in the window, `monthly` later on. */
export const plans = [
  { id: 'trial', name: '첫 달 무료 이용권', first: 0, monthly: 9900, note: '카드만 등록하고 다음 달부터 결제합니다.' },
  { id: 'now', name: '바로 시작 이용권', first: 9900, monthly: 9900, note: '카드를 등록하면서 첫 달 요금을 결제합니다.' },
] as const
