import type { SandboxKey, SandboxPayment, SandboxSchedule } from '../state.ts'
import { maskCard } from '../testCards.ts'

/** 금융결제원's numbers of the card companies; the sandbox's own card has none. */
const cardCodes: Readonly<Record<string, string>> = {
  현대카드: '367',
  신한카드: '366',
  국민카드: '381',
  롯데카드: '368',
  삼성카드: '365',
  비씨카드: '361',
  하나카드: '374',
  농협카드: '371',
}
const cardCode = (name: unknown) => (typeof name === 'string' ? (cardCodes[name] ?? null) : null)
const digits = (text: string, length: number) =>
  [...text]
    .reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 10 ** length, 7)
    .toString()
    .padStart(length, '0')

const buyer = ['buyer_name', 'buyer_email', 'buyer_tel', 'buyer_addr', 'buyer_postcode'] as const
const pick = (from: Readonly<Record<string, unknown>>, names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, from[name] ?? null]))

/** A payment as PortOne answers it: every field, with null for what there is not and 0 for what has not happened. */
export function paymentAnswer(payment: SandboxPayment) {
  const { imp_uid, status, pg_provider, card_name } = payment
  const isPaid = status === 'paid' || status === 'cancelled'
  const history = (payment.cancel_history ?? []) as { receipt_url: string }[]
  return {
    imp_uid,
    merchant_uid: payment.merchant_uid,
    pay_method: payment.pay_method,
    channel: payment.channel ?? 'pc',
    pg_provider,
    emb_pg_provider: null,
    pg_tid: isPaid ? `${String(pg_provider)}_${imp_uid}` : null,
    pg_id: payment.pg_id,
    sandbox: true,
    escrow: false,
    apply_num: isPaid ? digits(imp_uid, 8) : null,
    ...pick({}, ['bank_code', 'bank_name', 'card_issuer_code', 'card_issuer_name', 'card_publisher_code', 'card_publisher_name']),
    card_code: cardCode(card_name),
    card_name: card_name ?? null,
    card_quota: payment.card_quota ?? 0,
    card_number: payment.card_number ?? null,
    card_type: card_name ? 0 : null,
    ...pick({}, ['vbank_code', 'vbank_name', 'vbank_num', 'vbank_holder']),
    vbank_date: 0,
    vbank_issued_at: 0,
    name: payment.name ?? null,
    amount: payment.amount,
    cancel_amount: payment.cancel_amount,
    currency: payment.currency,
    ...pick(payment, buyer),
    custom_data: payment.custom_data ?? null,
    user_agent: payment.user_agent ?? 'sandbox',
    status,
    started_at: payment.started_at,
    paid_at: payment.paid_at,
    failed_at: payment.failed_at,
    cancelled_at: payment.cancelled_at,
    fail_reason: payment.fail_reason,
    cancel_reason: payment.cancel_reason ?? null,
    receipt_url: isPaid ? `https://sandbox.invalid/receipts/${imp_uid}` : null,
    cancel_history: history,
    cancel_receipt_urls: history.map(({ receipt_url }) => receipt_url),
    cash_receipt_issued: false,
    customer_uid: payment.customer_uid,
    customer_uid_usage: payment.customer_uid_usage ?? null,
    promotion: null,
  }
}

export function scheduleAnswer(schedule: SandboxSchedule) {
  const { customer_uid, merchant_uid, schedule_at, amount, name, schedule_status } = schedule
  return {
    customer_uid,
    merchant_uid,
    imp_uid: schedule.imp_uid ?? null,
    pg_provider: schedule.pg_provider ?? null,
    pg_id: schedule.imp_uid ? 'sandbox' : null,
    customer_id: schedule.customer_id ?? null,
    schedule_at,
    executed_at: schedule.executed_at ?? 0,
    revoked_at: schedule.revoked_at ?? 0,
    amount,
    currency: schedule.currency ?? 'KRW',
    name,
    ...pick(schedule, [...buyer, 'custom_data']),
    schedule_status,
    payment_status: schedule.payment_status ?? null,
    fail_reason: schedule.fail_reason ?? null,
    promotion_id: null,
  }
}

export function customerAnswer(customer_uid: string, { card, pg, inserted, customer = {} }: SandboxKey) {
  return {
    customer_uid,
    pg_provider: pg,
    pg_id: 'sandbox',
    sandbox: true,
    customer_id: customer.customer_id ?? null,
    card_name: card.company,
    card_code: cardCode(card.company),
    ...pick({}, ['card_issuer_code', 'card_issuer_name', 'card_publisher_code', 'card_publisher_name']),
    card_number: maskCard(card.number),
    card_type: 0,
    ...pick(customer, ['customer_name', 'customer_tel', 'customer_email', 'customer_addr', 'customer_postcode']),
    inserted,
    updated: inserted,
  }
}
