import { type Card, maskCardNumber } from '../billing/outcome.ts'

/** The card of a payment or a key as far as it may be shown, masked whoever sent it. `null` when PortOne names none. */
export function cardOf({ cardName, cardNumber }: { readonly cardName: string | null; readonly cardNumber: string | null }): Card | null {
  if (!cardName && !cardNumber) return null
  return { name: cardName, number: maskCardNumber(cardNumber) }
}
