/** What a payment can carry besides what is charged. */
export interface PaymentDetails {
  readonly buyer?: {
    readonly name?: string
    readonly email?: string
    readonly tel?: string
    readonly addr?: string
    readonly postcode?: string
  }
  /** JSON text that PortOne keeps with the payment. */
  readonly customData?: string
  /** Where PortOne posts the webhook, in place of the address in its console. */
  readonly noticeUrl?: string
  /** ISO 4217, KRW when left out. */
  readonly currency?: string
  /** Part of the amount that is free of tax. */
  readonly taxFree?: number
  readonly vatAmount?: number
  /** Months of instalment, 0 for none. */
  readonly cardQuota?: number
}

/** What a key is charged with (`POST /subscribe/payments/again`). */
export interface AgainRequest extends PaymentDetails {
  readonly customerUid: string
  /** The idempotency key: one order, one number. At most 40 characters. */
  readonly merchantUid: string
  /** In the currency's unit; KRW has no fraction. */
  readonly amount: number
  /** At most 40 characters. */
  readonly name: string
}

/** A charge for later (`POST /subscribe/payments/schedule`). */
export interface ScheduleRequest extends PaymentDetails {
  readonly merchantUid: string
  /** Unix seconds. */
  readonly scheduleAt: number
  readonly amount: number
  readonly name: string
}

/** A refund (`POST /payments/cancel`), by one of the two numbers. */
export type CancelRequest = ({ readonly impUid: string } | { readonly merchantUid: string }) & {
  /** All that is left when it is left out. */
  readonly amount?: number
  /** What can still be refunded by the shop's own books: PortOne refuses when it differs, so nothing is refunded twice. */
  readonly checksum?: number
  readonly reason?: string
  readonly taxFree?: number
}

/** Our names and PortOne's. */
export const detailsOf = ({ buyer, customData, noticeUrl, currency, taxFree, vatAmount, cardQuota }: PaymentDetails) => ({
  ...Object.fromEntries(Object.entries(buyer ?? {}).map(([key, value]) => [`buyer_${key}`, value])),
  custom_data: customData,
  notice_url: noticeUrl,
  currency,
  tax_free: taxFree,
  vat_amount: vatAmount,
  card_quota: cardQuota,
})
