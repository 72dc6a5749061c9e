import type { Advice } from './messages.ts'

/** How PGs name what a customer can mend, in their codes and words; the first row that fits. */
const rows = [
  ['limit', /J202|EXCEED_MAX|한도/],
  ['balance', /잔액/],
  ['expired', /CARD_EXPIR|유효\s*(기간|년월)/],
  ['suspended', /STOPPED|LOST_OR_STOLEN|정지|분실|도난/],
  ['unsupported', /NOT_SUPPORTED|지원(하지|되지)|미지원|사용\s*불가/],
  ['number', /INVALID_CARD_NUMBER|카드\s*번호/],
] as const satisfies readonly (readonly [Advice, RegExp])[]

/** What the customer can do about a refusal, by the PG's code and words. */
export function adviceFor({ code, message }: { readonly code: string; readonly message: string }): Advice {
  return rows.find(([, said]) => said.test(`${code} ${message}`))?.[0] ?? 'other'
}

/** What `fetch` throws in a function of the shop's own: Chromium, Firefox, Safari. A slip in that function is a TypeError as well. */
const isUnreachable = (cause: unknown) => cause instanceof TypeError && /fetch|load failed/i.test(cause.message)

/** The text that says what has to be done before another try can go better, `null` where waiting may do. */
export function firstStep(cause: unknown): 'signInFirst' | 'offline' | null {
  const { status } = (cause ?? {}) as { status?: unknown }
  return status === 401 ? 'signInFirst' : status === 0 || isUnreachable(cause) ? 'offline' : null
}
