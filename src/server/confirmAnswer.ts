import type { Card } from '../billing/outcome.ts'

/**
 * What `POST /confirm` says an attempt came to. `pending`: the PG has not decided yet, and says so by webhook, minutes
 * later (sdk-facts 34). `none`: PortOne knows of no payment of this attempt.
 */
export type ConfirmAnswer =
  | {
      readonly status: 'issued'
      readonly customerUid: string
      readonly impUid: string
      /** What was approved in the window, in the currency's unit; `0`: nothing. */
      readonly charged: number
      /** ISO 4217. */
      readonly currency: string
      readonly card: Card | null
    }
  | { readonly status: 'failed'; readonly code: string; readonly message: string }
  | { readonly status: 'pending' }
  | { readonly status: 'none' }

/** The card of a payment or a key as far as it may be shown, masked whoever sent it. `null` when PortOne names none. */
export function cardOf({ cardName, cardNumber }: { readonly cardName: string | null; readonly cardNumber: string | null }): Card | null {
  if (!cardName && !cardNumber) return null
  return { name: cardName, number: cardNumber && masked(cardNumber) }
}

/** A number of which more than ten digits can be read keeps the first six and the last four. */
function masked(number: string): string {
  const digits = number.replace(/\D/g, '').length
  if (digits <= 10) return number
  let seen = 0
  return number.replace(/\d/g, (digit) => {
    seen += 1
    return seen <= 6 || seen > digits - 4 ? digit : '*'
  })
}
