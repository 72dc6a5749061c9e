// Says when what of a subscription is charged. Pure functions of days and rows: no clock, no database, no network.
import type { ChargeResult } from 'react-billing-key/server'

/** A calendar day in Korea, `2026-12-31`; days compare as text. */
export type Day = string

/** What the rule reads of a subscription. Shops keep it as columns of a row. */
export interface Subscription {
  readonly id: string
  /** Won a month. */
  readonly amount: number
  /** The first day of the first month. Every month falls due on its day of the month, or on a shorter month's last. */
  readonly startedOn: Day
  /** Months that are settled, paid or free: the next one is due so many months after `startedOn`. */
  readonly months: number
  /** How many months at the start are free. */
  readonly freeMonths: number
  /** When the customer agreed to pay after the free months; silence is no consent. */
  readonly consentedOn: Day | null
  /** When the customer was told of the first payment after the free months, which is made seven days later at the earliest. */
  readonly noticedOn: Day | null
  /** Cancelled: it goes on to the end of what is settled, and nothing is charged any more. */
  readonly cancelled: boolean
  /** How often the month that is due was declined; `chargedOn`: when a charge last ended, this one declined or the month before it paid. */
  readonly tries: number
  readonly chargedOn: Day | null
  readonly ended: Ended | null
}

export type Ended = 'cancelled' | 'no-consent' | 'unpaid'

/** What an order is charged with, but for its card. */
export interface Order {
  readonly merchantUid: string
  readonly name: string
  readonly amount: number
}

/** What to do about a subscription on a day. */
export type Step =
  | { readonly do: 'nothing' }
  | { readonly do: 'notice' }
  | { readonly do: 'charge'; readonly order: Order }
  | { readonly do: 'end'; readonly why: Ended }

/** How many days after it was first declined a month is charged again; after the last of them the subscription ends. */
export const dunningDays = [1, 3, 7] as const
/** How many days before the first payment after free months the consent has to be given, at the earliest. */
export const consentDays = 30
/** How many days before the first payment after free months the customer is told of it, at the latest. */
export const noticeDays = 7
/** How many days after a payment the next one is made, at the earliest: what was missed is no bill of many months at once. */
export const apartDays = 7

const dayMs = 86_400_000
const utc = (day: Day) => new Date(`${day}T00:00:00Z`)
const dayOf = (date: Date): Day => date.toISOString().slice(0, 10)

/** The day it is in Korea, which has no summer time. */
export const koreanDay = (at: Date): Day => dayOf(new Date(at.getTime() + 9 * 3_600_000))

export const addDays = (day: Day, days: number): Day => dayOf(new Date(utc(day).getTime() + days * dayMs))

/** The same day of a later month, or its last when it is shorter: 31 January → 28 February → (from January) 31 March. */
export function addMonths(day: Day, months: number): Day {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate()
  return dayOf(new Date(Date.UTC(year, month - 1 + months, Math.min(date, last))))
}

/** When the next month begins, and with it falls due. Counted from the first day, so that a short month shortens no later one. */
export const dueDay = ({ startedOn, months }: Subscription): Day => addMonths(startedOn, months)

const later = (one: Day, other: Day): Day => (one > other ? one : other)

/** The due day, or a later one where the customer was told late of the first payment. */
function firstTry(subscription: Subscription): Day {
  const { noticedOn, cancelled } = subscription
  const due = dueDay(subscription)
  return turnsPaid(subscription) && noticedOn !== null && !cancelled ? later(due, addDays(noticedOn, noticeDays)) : due
}

/** How many days after a charge the next one is made, at the earliest: a try that comes late shortens no time to find another card. */
function daysApart({ tries, cancelled }: Subscription): number {
  if (cancelled) return 1
  return tries === 0 ? apartDays : (dunningDays[tries - 1] ?? 0) - (dunningDays[tries - 2] ?? 0)
}

/** When the month that is due is charged, for the first time or again: never twice on one day, nor in one week when it is paid. */
export function chargeDay(subscription: Subscription): Day {
  const { chargedOn } = subscription
  const first = firstTry(subscription)
  return chargedOn === null ? first : later(first, addDays(chargedOn, daysApart(subscription)))
}

/** When a month that is declined is charged for the last time, as seen from a day: a day that was missed is made up for. */
export function lastTry(subscription: Subscription, today: Day): Day {
  const day = later(chargeDay(subscription), today)
  const next = after(subscription, 'declined', day)
  return next.ended ? day : lastTry(next, day)
}

/** The month that is due as an order. One number a month, however often it is tried: PortOne refuses a number that is paid. */
export const orderOf = (subscription: Subscription): Order => ({
  merchantUid: `${subscription.id}-${subscription.months + 1}`,
  name: `${Number(dueDay(subscription).slice(5, 7))}월 이용권`,
  amount: subscription.amount,
})

/** Whether the month that is due is the first that is paid after free ones. */
const turnsPaid = ({ freeMonths, months }: Subscription) => freeMonths > 0 && months === freeMonths

/** Whether the customer still has to consent before the month that is due: within 30 days before it, again if earlier. */
export function needsConsent(subscription: Subscription): boolean {
  const { consentedOn } = subscription
  return turnsPaid(subscription) && (consentedOn === null || consentedOn < consentFrom(subscription))
}

/** From when on the consent to the first payment can be given. */
export const consentFrom = (subscription: Subscription): Day => addDays(firstTry(subscription), -consentDays)

/** What somebody who leaves on a day gets back of the last payment, by the days that are left of its month, in won. */
export function refundOf(subscription: Subscription, paid: { readonly amount: number; readonly day: Day }, today: Day): number {
  const end = utc(dueDay(subscription)).getTime()
  const [left, whole] = [end - utc(today).getTime(), end - utc(paid.day).getTime()]
  return Math.max(0, Math.floor((paid.amount * Math.min(left, whole)) / whole))
}

export type State = 'ended' | 'cancelled' | 'past-due' | 'free' | 'active'

/** How a subscription stands. Who took the consent back after a try is asked again, and owes nothing before. */
export function stateOf(subscription: Subscription): State {
  const { ended, cancelled, tries, months, freeMonths } = subscription
  if (ended) return 'ended'
  return cancelled ? 'cancelled' : tries > 0 && !needsConsent(subscription) ? 'past-due' : months <= freeMonths ? 'free' : 'active'
}

/** From when on the customer is told of the first payment after free months; `null` when there is nothing to tell any more. */
export function noticeDay(subscription: Subscription): Day | null {
  const { noticedOn, cancelled, ended } = subscription
  return turnsPaid(subscription) && noticedOn === null && !cancelled && !ended ? addDays(dueDay(subscription), -noticeDays) : null
}

/**
 * The subscription once its customer was told of the first payment on a day. Whole months that went by before that payment
 * stay free: nobody has agreed to pay for them.
 */
export function noticed(subscription: Subscription, today: Day): Subscription {
  let { months } = subscription
  while (addMonths(subscription.startedOn, months + 1) <= addDays(today, noticeDays)) months += 1
  return { ...subscription, months, freeMonths: months, noticedOn: today }
}

/** The next day on which something is to be done. */
export const stepDay = (subscription: Subscription): Day => noticeDay(subscription) ?? chargeDay(subscription)

/** What a daily job does about a subscription. Asked again on the same day it says the same. */
export function stepOn(subscription: Subscription, today: Day): Step {
  if (subscription.ended || today < stepDay(subscription)) return { do: 'nothing' }
  // nothing is charged, and no silence taken for an answer, before the customer was told
  if (noticeDay(subscription) !== null) return { do: 'notice' }
  if (subscription.cancelled) return { do: 'end', why: 'cancelled' }
  if (needsConsent(subscription)) return { do: 'end', why: 'no-consent' }
  return { do: 'charge', order: orderOf(subscription) }
}

/** The subscription once the month that is due was paid, or declined on a day. */
export function after(subscription: Subscription, outcome: 'paid' | 'declined', today: Day): Subscription {
  if (outcome === 'paid') return { ...subscription, months: subscription.months + 1, tries: 0, chargedOn: today }
  const tries = subscription.tries + 1
  return { ...subscription, tries, chargedOn: today, ended: tries > dunningDays.length ? 'unpaid' : subscription.ended }
}

/**
 * What a charge means for the month. `declined`: a try of dunning. `again`: nothing was charged for a reason that does
 * not last, and it is no try. `unknown`: reconciled later. `look`: the order and the money do not fit, and only a person can tell.
 */
export function outcomeOf(result: ChargeResult): 'paid' | 'declined' | 'again' | 'unknown' | 'look' {
  if (result.status !== 'declined') return result.status
  if (['not-sent', 'not-found', 'http-401', 'http-429'].includes(result.code)) return 'again'
  return ['order-paid-otherwise', 'order-cancelled', 'invalid-request'].includes(result.code) ? 'look' : 'declined'
}
