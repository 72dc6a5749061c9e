import type { BillingKeyRequest, Buyer } from './request.ts'

/** A field by its name in `BillingKeyRequest`, and the buyer's one by one. */
export type FieldName = Exclude<keyof BillingKeyRequest, 'buyer'> | `buyer.${keyof Buyer}`

/** One row of {@link fields}. */
export interface FieldRow {
  /** The name in `IMP.request_pay`'s parameters, `null` for what is not sent as such. */
  readonly wire: string | null
  readonly kind: 'text' | 'currency' | 'money' | 'period' | 'address' | 'any'
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
  pg: { wire: 'pg', kind: 'text', limit: 80 },
  channelKey: { wire: 'channelKey', kind: 'text', limit: 200 },
  customerUid: { wire: 'customer_uid', kind: 'text', limit: 80, required: true },
  merchantUid: { wire: 'merchant_uid', kind: 'text', limit: 40, required: true },
  name: { wire: 'name', kind: 'text', limit: 40, required: true },
  amount: { wire: 'amount', kind: 'money', required: true },
  displayAmount: { wire: null, kind: 'money' },
  payMethod: { wire: 'pay_method', kind: 'text', limit: 20 },
  'buyer.name': { wire: 'buyer_name', kind: 'text', limit: 16, personal: true },
  'buyer.email': { wire: 'buyer_email', kind: 'text', limit: 64, personal: true },
  'buyer.tel': { wire: 'buyer_tel', kind: 'text', limit: 16, personal: true },
  'buyer.addr': { wire: 'buyer_addr', kind: 'text', limit: 128, personal: true },
  'buyer.postcode': { wire: 'buyer_postcode', kind: 'text', limit: 8, personal: true },
  customerId: { wire: 'customer_id', kind: 'text', limit: 80 },
  currency: { wire: 'currency', kind: 'currency' },
  taxFree: { wire: 'tax_free', kind: 'money' },
  vatAmount: { wire: 'vat_amount', kind: 'money' },
  period: { wire: 'period', kind: 'period' },
  display: { wire: 'display', kind: 'any' },
  card: { wire: 'card', kind: 'any' },
  products: { wire: 'products', kind: 'any' },
  customData: { wire: 'custom_data', kind: 'any' },
  redirectUrl: { wire: 'm_redirect_url', kind: 'address' },
  appScheme: { wire: 'app_scheme', kind: 'any' },
  noticeUrl: { wire: 'notice_url', kind: 'any' },
  confirmUrl: { wire: 'confirm_url', kind: 'any' },
  language: { wire: 'language', kind: 'any' },
  popup: { wire: 'popup', kind: 'any' },
  bypass: { wire: 'bypass', kind: 'any' },
  naverPopupMode: { wire: 'naverPopupMode', kind: 'any' },
  extra: { wire: null, kind: 'any' },
  token: { wire: null, kind: 'any' },
} satisfies Record<FieldName, FieldRow>

/** Whether a field holds a customer's data. */
export const personalField = (name: FieldName): boolean => 'personal' in fields[name]
