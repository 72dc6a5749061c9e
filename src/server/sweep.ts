import type { IamportClient } from './iamportClient.ts'
import { intentOf } from './intent.ts'
import { settleRegistration } from './registration.ts'
import type { Shop } from './routes/route.ts'
import { isTooLong } from './transport.ts'
import { isPaid, type Payment } from './wire.ts'

/** What a sweep found among the payments that belong to an intent of this shop. */
export interface SweepResult {
  /** Payments that were paid, whether or not a part was refunded since. */
  readonly seen: number
  /** Keys told to `onIssued`, now or before. */
  readonly issued: number
  /** Told to `onRefused`. */
  readonly refused: number
  /** Went wrong and told to `onError`: sweep again. */
  readonly failed: number
}

const route = 'sweepRegistrations'
/** A power of two: a page that is too long for one answer, by what shops keep with their payments, is asked for in halves. */
const pageSize = 128
/** How often a list that changes while it is read is begun anew. */
const rereads = 20
/** PortOne lists no longer span at once. */
const spanSeconds = 90 * 86_400

/** The time that is swept: what was paid from `since` until `until`, now when left out. */
export interface SweptTime {
  readonly since: Date
  readonly until?: Date | undefined
}

/**
 * @throws {TypeError} when `since` or `until` is no date, or they are the wrong way round
 * @throws {IamportApiError} when PortOne could not be asked for the list
 * @throws {Error} when the list does not keep still long enough to be read
 */
export async function sweepRegistrations(shop: Shop, { since, until }: SweptTime): Promise<SweepResult> {
  const [from, to] = [secondsOf('since', since), secondsOf('until', until ?? new Date())]
  if (until && until < since) throw new TypeError('sweepRegistrations: until has to come after since')
  const keys = shop.signingKeys()
  const result = { seen: 0, issued: 0, refused: 0, failed: 0 }
  for await (const payment of paidBetween(shop, from, to)) {
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

function secondsOf(name: keyof SweptTime, time: Date): number {
  if (!(time instanceof Date) || Number.isNaN(time.getTime())) throw new TypeError(`sweepRegistrations: ${name} has to be a Date`)
  return Math.floor(time.getTime() / 1000)
}

/** What was paid, each once, whatever PortOne calls it since a part of it was refunded. */
async function* paidBetween({ options: { iamport } }: Shop, since: number, until: number): AsyncGenerator<Payment> {
  const told = new Set<string>()
  // in this order: a refund takes a payment from the first list to the second, where it stands at the time of the refund
  for (const status of ['paid', 'cancelled'] as const)
    for await (const payment of listed(iamport, status, since, status === 'paid' ? until : secondsOf('until', new Date()))) {
      const { impUid, paidAt } = payment
      // PortOne may say of a refund that it was paid at 0
      const isSwept = status === 'paid' || paidAt === 0 || (paidAt >= since && paidAt <= until)
      if (told.has(impUid) || !isSwept || !isPaid(payment)) continue
      told.add(impUid)
      yield payment
    }
}

/** Whole lists, span by span. A refund moves the later pages up, so one that has become shorter is read again. */
async function* listed(iamport: IamportClient, status: Payment['status'], since: number, until: number): AsyncGenerator<Payment> {
  for (let from = since; from <= until; from += spanSeconds) {
    const to = Math.min(from + spanSeconds - 1, until)
    let total = Number.POSITIVE_INFINITY
    let left = rereads
    let limit = pageSize
    for (let page = 1; page > 0; ) {
      const found = await iamport.paymentsByStatus(status, { from, to, page, limit }).catch((error: unknown) => {
        if (limit === 1 || !isTooLong(error)) throw error
        return null
      })
      if (!found) {
        limit /= 2
        page = 2 * page - 1
        continue
      }
      yield* found.payments
      const shorter = found.total < total && page > 1
      if (shorter && left-- === 0) throw new Error(`sweepRegistrations: PortOne's list was changed ${rereads} times while it was read`)
      page = shorter ? 1 : found.next > page && found.payments.length > 0 ? found.next : 0
      total = found.total
    }
  }
}
