import { intentOf } from './intent.ts'
import { settleRegistration } from './registration.ts'
import type { Shop } from './routes/route.ts'
import type { Payment } from './wire.ts'

/** What a sweep found among the payments that belong to an intent of this shop. */
export interface SweepResult {
  /** Payments PortOne listed. */
  readonly seen: number
  /** Keys told to `onIssued`, now or before. */
  readonly issued: number
  /** Told to `onRefused`. */
  readonly refused: number
  /** Went wrong and told to `onError`: sweep again. */
  readonly failed: number
}

const route = 'sweepRegistrations'
const pageSize = 100
/** PortOne lists no longer span at once. */
const spanSeconds = 90 * 86_400

/**
 * @throws {TypeError} when `since` is no date
 * @throws {IamportApiError} when PortOne could not be asked for the list
 */
export async function sweepRegistrations(shop: Shop, { since }: { readonly since: Date }): Promise<SweepResult> {
  if (!(since instanceof Date) || Number.isNaN(since.getTime())) throw new TypeError('sweepRegistrations: since has to be a Date')
  const keys = shop.signingKeys()
  const result = { seen: 0, issued: 0, refused: 0, failed: 0 }
  for await (const payment of paymentsSince(shop, Math.floor(since.getTime() / 1000))) {
    result.seen += 1
    try {
      const intent = await intentOf(payment, keys)
      if (!intent) continue
      const { status } = await settleRegistration(shop, intent, payment, route)
      if (status === 'issued' || status === 'refused') result[status] += 1
    } catch (error) {
      result.failed += 1
      await shop.report(error, route)
    }
  }
  return result
}

/** What was paid, each once. A refund moves the later pages up, so a list that has become shorter is read again. */
async function* paymentsSince({ options: { iamport } }: Shop, since: number): AsyncGenerator<Payment> {
  const now = Math.floor(Date.now() / 1000)
  const told = new Set<string>()
  for (let from = since; from <= now; from += spanSeconds) {
    const to = Math.min(from + spanSeconds - 1, now)
    let total = Number.POSITIVE_INFINITY
    for (let page = 1; page > 0; ) {
      const found = await iamport.paymentsByStatus('paid', { from, to, page, limit: pageSize })
      for (const payment of found.payments) {
        if (told.has(payment.impUid)) continue
        told.add(payment.impUid)
        yield payment
      }
      page = found.total < total && page > 1 ? 1 : found.next > page ? found.next : 0
      total = found.total
    }
  }
}
