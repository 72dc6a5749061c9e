import type { BillingKeyRequest, Buyer } from './request.ts'

/** A field by its name in `BillingKeyRequest`, and the buyer's one by one. */
export type FieldName = Exclude<keyof BillingKeyRequest, 'buyer'> | `buyer.${keyof Buyer}`

/** One row of {@link fields}. */
export interface FieldRow {
  /** The name in `IMP.request_pay`'s parameters where it is not the field's own in snake_case; `null` for what is not sent as such. */
  readonly wire?: string | null
  /** `'text'` when left out. */
  readonly kind?: 'text' | 'currency' | 'money' | 'period' | 'any'
  /** Longest text, in characters. */
  readonly limit?: number
  readonly required?: true
  /** A customer's: described in errors by its length, never repeated. */
  readonly personal?: true
}

/**
 * What `IMP.request_pay` takes while a billing key is issued (PortOne V1 docs: payrt; sdk-facts 18). Checks and mapping
 * read this table; a field of the request that has no row does not compile.
 */
export const fields = {
  pg: { limit: 80 },
  channelKey: { wire: 'channelKey', limit: 200 },
  customerUid: { limit: 80, required: true },
  merchantUid: { limit: 40, required: true },
  name: { limit: 40, required: true },
  amount: { kind: 'money', required: true },
  displayAmount: { wire: null, kind: 'money' },
  payMethod: { limit: 20 },
  'buyer.name': { limit: 16, personal: true },
  'buyer.email': { limit: 64, personal: true },
  'buyer.tel': { limit: 16, personal: true },
  'buyer.addr': { limit: 128, personal: true },
  'buyer.postcode': { limit: 8, personal: true },
  customerId: { limit: 80 },
  currency: { kind: 'currency' },
  taxFree: { kind: 'money' },
  vatAmount: { kind: 'money' },
  period: { kind: 'period' },
  display: { kind: 'any' },
  card: { kind: 'any' },
  products: { kind: 'any' },
  customData: { kind: 'any' },
  redirectUrl: { wire: 'm_redirect_url', kind: 'any' },
  appScheme: { kind: 'any' },
  noticeUrl: { kind: 'any' },
  confirmUrl: { kind: 'any' },
  language: { kind: 'any' },
  popup: { kind: 'any' },
  bypass: { kind: 'any' },
  naverPopupMode: { wire: 'naverPopupMode', kind: 'any' },
  extra: { wire: null, kind: 'any' },
  token: { wire: null, kind: 'any' },
} satisfies Record<FieldName, FieldRow>

/** A field's name in `IMP.request_pay`'s parameters, unless its row says another. */
export const wireName = (name: string): string => name.replace('.', '_').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** Whether a field holds a customer's data. */
export const personalField = (name: FieldName): boolean => 'personal' in fields[name]
