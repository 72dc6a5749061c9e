/** Puts values into a text's `{places}`. */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (place, key: string) => values[key] ?? place)
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
