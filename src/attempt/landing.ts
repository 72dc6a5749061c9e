import { parseRedirect, stripRedirectResult } from '../billing/redirect.ts'
import { claimFrom, openedFrom, reportFrom } from './leftovers.ts'
import { attemptsOfPage, pageChanged } from './page.ts'
import {
  isStorageUsable,
  keepOnlyFor,
  landedOrder,
  lastTold,
  type PendingAttempt,
  pendingAttempt,
  remember,
  rememberLanding,
} from './pending.ts'
import { Attempt, type AttemptOwner } from './runAttempt.ts'

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
  const merchantUid = parseRedirect(location.href)?.merchantUid ?? null
  const mine = pendingAttempt(merchantUid)
  const report = parseRedirect(location.href, mine)
  if (!report) {
    page.landing ??= landingAfterReload(consumer)
    return page.landing
  }
  const before = page.landing?.getState()
  // its keys may still be in the address
  if (before && 'attempt' in before && before.attempt?.merchantUid === merchantUid) return page.landing
  const landing = new Attempt(consumer)
  page.landing = landing
  if (mine && report.impUid !== null) remember({ ...mine, impUid: report.impUid, cameToNothing: false })
  if (merchantUid !== null) rememberLanding(location.pathname, merchantUid)
  const canAsk = settings.confirm !== undefined
  const attempt = mine ? openedFrom(mine, canAsk) : { merchantUid, amount: null, canAsk, failedAsks: 0 }
  const clean = () => cleanAddress(mine, consumer)
  // where nothing is kept, the address is what a reload has, until the outcome is definite
  if (mine && isStorageUsable()) clean()
  else whenDefinite(landing, clean)
  landing.takeOver(
    { type: 'landed', report, attempt },
    {
      merchantUid: mine?.merchantUid ?? merchantUid,
      customerUid: mine?.customerUid ?? null,
      impUid: report.impUid,
      token: mine?.token,
    },
  )
  pageChanged()
  return landing
}

function landingAfterReload(consumer: LandingConsumer): Attempt | null {
  const merchantUid = isReload() ? landedOrder(location.pathname) : null
  if (merchantUid === null) return null
  const pending = pendingAttempt(merchantUid)
  const told = lastTold(merchantUid)
  const landing = new Attempt(consumer)
  const canAsk = consumer.settings().confirm !== undefined
  if (pending && !pending.cameToNothing)
    landing.takeOver(
      { type: 'landed', report: { ...reportFrom(pending), recovered: false }, attempt: openedFrom(pending, canAsk) },
      claimFrom(pending),
    )
  else if (told && told.status !== 'unconfirmed') landing.show(told)
  else return null
  return landing
}

function whenDefinite(landing: Attempt, then: () => void): void {
  const { listeners } = attemptsOfPage()
  const look = () => {
    const { outcome } = landing.getSnapshot()
    if (!outcome || outcome.status === 'unconfirmed') return
    listeners.delete(look)
    then()
  }
  listeners.add(look)
}

/** Takes PortOne's keys out of the address, and leaves the shop's. */
function cleanAddress(mine: PendingAttempt | null, consumer: LandingConsumer): void {
  const own = mine?.redirectUrl === undefined ? null : new URL(mine.redirectUrl, location.href)
  // sdk-facts 14: the legacy SDK encodes the shop's parameters again, so the address it was given is put back
  const url = own && own.origin === location.origin && own.pathname === location.pathname ? own.href : stripRedirectResult(location.href)
  const { pathname, search, hash } = new URL(url)
  const replaceUrl = consumer.replaceUrl() ?? replaceInHistory
  // a router's navigate takes a path, and an absolute address for a relative one
  replaceUrl(pathname + search + hash)
}

function replaceInHistory(url: string): void {
  const state: unknown = history.state
  // Next.js takes a state of its own for a navigation of its own, and puts the old address back
  const entries =
    typeof state === 'object' && state !== null ? Object.entries(state).filter(([key]) => !/^__(NA$|N$|PRIVATE)/.test(key)) : []
  history.replaceState(entries.length > 0 ? Object.fromEntries(entries) : null, '', url)
}
