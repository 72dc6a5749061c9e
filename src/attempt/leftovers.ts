import type { Claim } from '../billing/confirm.ts'
import { closedWithoutWord, hasReportedSuccess, type WindowReport } from '../billing/outcome.ts'
import { readAddress } from '../billing/redirect.ts'
import { askServer } from './askServer.ts'
import { type AttemptState, type OpenedAttempt, patience, transition } from './machine.ts'
import { attemptsOfPage } from './page.ts'
import { forget, keepOnlyFor, type PendingAttempt, pendingAttempt, pendingAttempts, remember } from './pending.ts'
import type { AttemptSettings } from './runAttempt.ts'

/** PGs end their windows long before: what is still undecided then, nobody can pay any more. */
const decidedAfterMs = 3_600_000

/** The question to the merchant's server about an attempt that was begun earlier. */
export const claimFrom = ({ merchantUid, customerUid, impUid, token }: PendingAttempt): Claim => ({
  merchantUid,
  customerUid,
  impUid,
  token,
})

/** The report an earlier attempt is asked about with: a success when PortOne's number is known, else silence. */
export function reportFrom({ merchantUid, customerUid, impUid, order, currency }: PendingAttempt, recovered = false): WindowReport {
  const facts = { merchantUid, customerUid, via: 'redirect' as const, order: order ?? null, recovered }
  return impUid === null
    ? closedWithoutWord({ ...facts, impUid })
    : { ...facts, impUid, status: 'reported', charged: null, currency: currency ?? 'KRW', card: null }
}

/**
 * What an order's window comes to that ended as `said`. After an earlier one a refusal takes nothing back: what that one
 * reported stands, and the refused payment's own number says nothing of it.
 */
export function wordOf(said: WindowReport, pending: Partial<PendingAttempt>): WindowReport {
  if (hasReportedSuccess(said)) return said
  if (pending.impUid) return reportFrom(pending as PendingAttempt) // what has a number is whole
  return pending.isAgain ? ({ ...said, impUid: null } as WindowReport) : said
}

/** Keeps PortOne's number of a success that an attempt of this tab reported: from now on it is asked about with that. */
export function keepReported(report: WindowReport): void {
  const mine = pendingAttempt(report.merchantUid)
  if (mine && hasReportedSuccess(report)) remember({ ...mine, impUid: report.impUid ?? mine.impUid, cameToNothing: false })
}

/**
 * This tab's earlier attempts at this merchant's windows whose end is not known.
 *
 * @param forClick whether a click waits for them, which goes by a result in the address that nobody has taken yet; else
 *   that, and a landing under way, belong to the landing's consumers
 */
export function leftovers(settings: AttemptSettings, forClick: boolean): readonly PendingAttempt[] {
  keepOnlyFor(settings.customerKey)
  const { attempts, landing } = attemptsOfPage()
  const untaken = !landing && readAddress(location.href)
  if (!settings.confirm || (!forClick && untaken)) return []
  if (untaken) keepReported(untaken)
  const busy = [...attempts, landing].map((attempt) => attempt?.orderUnderWay())
  return pendingAttempts().filter(
    ({ merchantUid, userCode = settings.sdk.userCode, cameToNothing, failedAsks }) =>
      userCode === settings.sdk.userCode && !cameToNothing && failedAsks < patience && !busy.includes(merchantUid),
  )
}

/**
 * Asks what became of an earlier attempt, once at a time, and tells the attempt that waits for it, else the first mounted
 * one that listens. A definite end that is no key is forgotten in silence: it is no news, and no end of the next attempt.
 */
export function askAboutLeftover(pending: PendingAttempt, settings: AttemptSettings, byCustomer: boolean): Promise<void> {
  const { leftovers: underWay } = attemptsOfPage()
  const running = underWay.get(pending.merchantUid)
  if (running) return running
  const asking = ask(pending, settings, byCustomer).finally(() => underWay.delete(pending.merchantUid))
  underWay.set(pending.merchantUid, asking)
  return asking
}

async function ask(pending: PendingAttempt, settings: AttemptSettings, byCustomer: boolean): Promise<void> {
  const { confirm, confirmTimeoutMs } = settings
  if (!confirm) return
  const report = reportFrom(pending, true)
  const attempt: OpenedAttempt = { ...pending, canAsk: true }
  let state: AttemptState = { phase: 'confirming', attempt, report, asks: 0, byCustomer }
  while (state.phase === 'confirming') {
    const said = await askServer(confirm, claimFrom(pending), confirmTimeoutMs)
    const [next, effects] = transition(
      state,
      'answer' in said ? { type: 'answered', answer: said.answer } : { type: 'ask-failed', reason: said.reason },
    )
    state = next
    const again = effects.find((effect) => effect.do === 'ask-server')
    if (again) await new Promise((resolve) => setTimeout(resolve, again.afterMs))
    if (again && !pendingAttempt(pending.merchantUid)) return // it was dropped with its member
  }
  const known = pendingAttempt(pending.merchantUid)
  if (state.phase !== 'settled' || !known) return // it ended, or was dropped, meanwhile
  const { outcome } = state
  const isIssued = outcome.status === 'issued'
  // a late callback has brought PortOne's number meanwhile: the question was asked without it
  if (known.impUid !== pending.impUid && !isIssued) return ask(known, settings, byCustomer)
  if (outcome.status === 'failed') return forget(known.merchantUid)
  const isUndecided = outcome.status === 'unconfirmed' && outcome.reason === 'pending'
  if (outcome.status === 'cancelled' || (isUndecided && Date.now() - known.startedAt > decidedAfterMs))
    return remember({ ...known, cameToNothing: true })
  const asked = state.attempt ?? attempt
  // with the number of a key that is there: if nobody can be told now, it is not taken for nothing later
  remember({ ...known, failedAsks: asked.failedAsks, impUid: isIssued ? outcome.impUid : known.impUid })
  const { attempts, landing } = attemptsOfPage()
  const all = [...attempts]
  // first whose open question the key is; a click that waits is over then as well
  const concerned = [
    ...[landing, ...all].filter((one) => isIssued && one?.asksAbout(known.merchantUid)),
    ...all.filter((one) => one.waitsForLeftovers()),
  ]
  const idle = all.find((one) => one.isListening() && one.getSnapshot().phase === 'idle')
  for (const target of concerned.length > 0 ? concerned : [idle])
    target?.takeOver({ type: 'left-over', outcome, attempt: asked, report }, claimFrom(pending), confirm)
  // every button is busy with something else: the key is told all the same
  if (isIssued) all.find((one) => one.isListening())?.tellAside(outcome)
}
