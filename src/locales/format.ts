/** Puts values into a text's `{places}`; `을(를)` becomes what the letter or digit before it asks for. */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text
    .replace(/\{(\w+)\}/g, (place, key: string) => values[key] ?? place)
    .replace(/(.)을\(를\)/g, (_, last: string) => last + (/[013678]/.test(last) || (last.charCodeAt(0) - 0xac00) % 28 > 0 ? '을' : '를'))
}

/**
 * An amount as people read it: `9,900원`, `₩9,900`, `US$9.99`.
 *
 * @param amount in the currency's unit
 * @param lang BCP 47 tag
 * @param currency ISO 4217
 */
export function formatAmount(amount: number, lang = 'ko', currency = 'KRW'): string {
  if (currency === 'KRW' && /^ko\b/i.test(lang)) return `${new Intl.NumberFormat(lang).format(amount)}원`
  try {
    return new Intl.NumberFormat(lang, { style: 'currency', currency }).format(amount)
  } catch {
    return `${amount} ${currency}` // a currency that nobody knows
  }
}

/**
 * A day as people write it: `2026년 3월 2일`, `Mar 2, 2026`. The day in Korea, as on the card's statement and the shop's
 * receipt: the same wherever the customer is, and on a server that renders the page.
 */
export function formatDate(seconds: number, lang = 'ko'): string {
  return new Intl.DateTimeFormat(lang, { dateStyle: /^ko\b/i.test(lang) ? 'long' : 'medium', timeZone: 'Asia/Seoul' }).format(
    seconds * 1000,
  )
}
