import type { Confirm } from '../billing/confirm.ts'
import { type BillingKeyOutcome, closedWithoutWord, type WindowReport } from '../billing/outcome.ts'
import { readAddress, stripRedirectResult } from '../billing/redirect.ts'
import { keepReported, reportFrom, wordOf } from './leftovers.ts'
import { isFinal, isOf } from './machine.ts'
import { attemptsOfPage, pageChanged } from './page.ts'
import { isStorageUsable, keepOnlyFor, landedOrder, lastTold, type PendingAttempt, pendingAttempt, rememberLanding } from './pending.ts'
import { Attempt, type AttemptOwner } from './runAttempt.ts'
import { callSafely } from './telling.ts'

/** One of the hooks that show a landing. */
export interface LandingConsumer extends AttemptOwner {
  /** Replaces the page's address without a load; `history.replaceState` when left out. */
  replaceUrl(): ((url: string) => void) | undefined
}

const isReload = () => {
  const [entry] = (performance.getEntriesByType?.('navigation') ?? []) as PerformanceNavigationTiming[]
  return entry?.type === 'reload' || entry?.type === 'back_forward'
}

/**
 * The attempt that landed on this page, shared by all its consumers: read from the address, or after a reload from what
 * this tab kept. `null` when the page was opened without a result.
 */
export function takeLanding(consumer: LandingConsumer): Attempt | null {
  const page = attemptsOfPage()
  const settings = consumer.settings()
  keepOnlyFor(settings.customerKey)
  const merchantUid = readAddress(location.href)?.merchantUid ?? null
  const mine = pendingAttempt(merchantUid)
  const report = readAddress(location.href, mine)
  if (!report) {
    page.landing ??= landingAfterReload(consumer)
    return page.landing
  }
  // its keys may still be in the address, or Back has come to them again
  if (!page.landing || !isOf(page.landing.getState(), report.merchantUid)) {
    const landing = new Attempt(consumer)
    page.landing = landing
    keepReported(report)
    rememberLanding(location.pathname, report.merchantUid)
    // where nothing is kept, the address is what a reload has, until the outcome is definite
    const isKept = mine && isStorageUsable()
    const clean = () => {
      if (!isKept && !isDefinite(landing)) return
      // its page may have been left for another one meanwhile
      if (readAddress(location.href)?.merchantUid !== merchantUid) return
      page.listeners.delete(clean)
      cleanAddress(mine, consumer)
    }
    page.listeners.add(clean)
    clean()
    goOnWith(landing, report, mine, settings.confirm)
  }
  pageChanged()
  return page.landing
}

/** Goes on with what came back, of this tab's attempt or of one that it knows nothing of. */
function goOnWith(landing: Attempt, said: WindowReport, mine: PendingAttempt | null, confirm: Confirm | undefined): void {
  const { merchantUid } = said
  const told = lastTold(merchantUid)
  if (told && isFinal(told)) {
    show(landing, told)
    return
  }
  // a success that nobody could be asked about stands, and its attempt has been forgotten
  const word = told?.status === 'reported' && said.status !== 'reported' ? told : said
  // what ended before, without a word or unconfirmed, may have been paid then: Back to the PG ends it again, by a refusal
  const isAgain = mine?.isAgain || mine?.cameToNothing || told !== null
  const report = wordOf(word, { ...mine, isAgain })
  // of an order that only its landing told of, PortOne's number is known from then
  const { amount = null, failedAsks = 0, token, impUid = told?.status === 'unconfirmed' ? told.impUid : null } = mine ?? {}
  const attempt = { merchantUid, amount, canAsk: confirm !== undefined, failedAsks, isAgain }
  landing.takeOver({ type: 'landed', report, attempt }, { merchantUid, customerUid: report.customerUid, impUid, token }, confirm)
}

function landingAfterReload(consumer: LandingConsumer): Attempt | null {
  const merchantUid = isReload() ? landedOrder(location.pathname) : null
  if (merchantUid === null) return null
  const pending = pendingAttempt(merchantUid)
  const told = lastTold(merchantUid)
  const landing = new Attempt(consumer)
  if (pending && !pending.cameToNothing) goOnWith(landing, reportFrom(pending), pending, consumer.settings().confirm)
  else if (told && told.status !== 'unconfirmed') show(landing, told)
  else return null
  return landing
}

/** What was told before, shown again and told to nobody, since it is no news. */
function show(landing: Attempt, outcome: BillingKeyOutcome): void {
  // what is kept of it stays
  const attempt = { merchantUid: outcome.merchantUid, amount: null, canAsk: false, failedAsks: 0, isAgain: true }
  landing.takeOver({ type: 'left-over', outcome, attempt, report: closedWithoutWord(outcome) }, outcome)
}

function isDefinite(landing: Attempt): boolean {
  const { outcome } = landing.getSnapshot()
  return outcome !== null && outcome.status !== 'unconfirmed'
}

/** Takes PortOne's keys out of the address, and leaves the shop's. */
function cleanAddress(mine: PendingAttempt | null, consumer: LandingConsumer): void {
  const own = mine?.redirectUrl === undefined ? null : new URL(mine.redirectUrl, location.href)
  // sdk-facts 14: the legacy SDK encodes the shop's parameters again, so the address it was given is put back
  const url = own && own.origin === location.origin && own.pathname === location.pathname ? own.href : stripRedirectResult(location.href)
  const { pathname, search, hash } = new URL(url)
  const replaceUrl = consumer.replaceUrl() ?? replaceInHistory
  // a router's navigate takes a path, and an absolute address for a relative one
  callSafely(() => replaceUrl(pathname + search + hash))
}

function replaceInHistory(url: string): void {
  const state: unknown = history.state
  // Next.js takes a state of its own for a navigation of its own, and puts the old address back
  const entries =
    typeof state === 'object' && state !== null ? Object.entries(state).filter(([key]) => !/^__(NA$|N$|PRIVATE)/.test(key)) : []
  history.replaceState(entries.length > 0 ? Object.fromEntries(entries) : null, '', url)
}
