import type { SandboxPayment } from './state.ts'

const isTaken = ({ status }: SandboxPayment) => status === 'paid' || status === 'cancelled'

/**
 * The payments, found by their numbers and by their orders. The oldest are forgotten once there are a tenth more than `keep`;
 * of those that were paid the order number stays, since it is used up for good.
 *
 * @param forgotten told of the order numbers that nobody asks about any more
 */
export function createLedger(keep: number, forgotten: (merchantUid: string) => void) {
  const payments: SandboxPayment[] = []
  const byNumber = new Map<string, SandboxPayment>()
  const orders = new Map<string, readonly SandboxPayment[]>()
  const noticeUrls = new Map<string, string>()
  const usedUp = new Set<string>()
  const slack = Math.ceil(keep / 10)
  let most = keep + slack

  function put(payment: SandboxPayment) {
    payments.push(payment)
    byNumber.set(payment.imp_uid, payment)
    orders.set(payment.merchant_uid, [...ledger.ofOrder(payment.merchant_uid), payment])
  }
  function forget(payment: SandboxPayment) {
    const { imp_uid, merchant_uid } = payment
    byNumber.delete(imp_uid)
    noticeUrls.delete(imp_uid)
    if (isTaken(payment)) usedUp.add(merchant_uid)
    const left = ledger.ofOrder(merchant_uid).filter((known) => known !== payment)
    if (left.length > 0) return void orders.set(merchant_uid, left)
    orders.delete(merchant_uid)
    if (usedUp.has(merchant_uid)) forgotten(merchant_uid)
  }
  /** Forgets the oldest, but for those that are still to be paid. */
  function bound() {
    if (payments.length < most) return
    const oldest = payments.slice(0, payments.length - keep)
    const waiting = oldest.filter(({ status }) => status === 'ready')
    payments.splice(0, oldest.length, ...waiting)
    for (const payment of oldest) if (payment.status !== 'ready') forget(payment)
    most = payments.length + slack
  }
  const ledger = {
    payments,
    add(payment: SandboxPayment, noticeUrl: unknown) {
      put(payment)
      if (typeof noticeUrl === 'string') noticeUrls.set(payment.imp_uid, noticeUrl)
      bound()
    },
    payment: (impUid: unknown) => byNumber.get(String(impUid)),
    noticeUrl: (impUid: string) => noticeUrls.get(impUid),
    /** The payments of an order number, oldest first. */
    ofOrder: (merchantUid: unknown): readonly SandboxPayment[] => orders.get(String(merchantUid)) ?? [],
    /** Whether an order was ever paid, refunded or not: its number is used up. */
    isPaid: (merchantUid: unknown) => usedUp.has(String(merchantUid)) || ledger.ofOrder(merchantUid).some(isTaken),
    dump: () => ({ payments, noticeUrls: [...noticeUrls], usedUp: [...usedUp] }),
    /** Remembers what `dump` gave, and nothing else. */
    load(saved: LedgerDump) {
      payments.length = 0
      for (const known of [byNumber, orders, noticeUrls, usedUp]) known.clear()
      for (const order of saved.usedUp) usedUp.add(order)
      for (const [impUid, address] of saved.noticeUrls) noticeUrls.set(impUid, address)
      for (const payment of saved.payments) put(payment)
      most = keep + slack
      bound()
    },
  }
  return ledger
}

export interface LedgerDump {
  readonly payments: readonly SandboxPayment[]
  readonly noticeUrls: readonly (readonly [string, string])[]
  readonly usedUp: readonly string[]
}
