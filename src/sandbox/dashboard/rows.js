import { hour, lang, moment, money, words } from './words.js'

/**
 * What a row of a list shows.
 *
 * @typedef {{
 *   id: string, tone: 'good' | 'bad' | 'wait' | 'plain', badge: string, title: string, amount?: string,
 *   time?: string, facts?: [string, string][], curl?: string,
 * }} Row
 */

const tones = {
  paid: 'good',
  issued: 'good',
  executed: 'good',
  failed: 'bad',
  removed: 'plain',
  cancelled: 'plain',
  revoked: 'plain',
  ready: 'wait',
  scheduled: 'wait',
  waiting: 'wait',
}
const toneOf = (status) => (Object.hasOwn(tones, status) ? tones[status] : 'plain')
const named = (status) => (Object.hasOwn(words().status, status) ? words().status[status] : String(status))
const isFine = (http) => http >= 200 && http < 300
const httpBadge = (http) => (http === 0 ? words().status.network : `HTTP ${http}`)
const facts = (pairs) => pairs.filter(([, value]) => value !== null && value !== undefined && value !== '').map(([k, v]) => [k, String(v)])

/** @returns {Row} */
function payment(paid) {
  const { order, number, key, card, why, refunded } = words()
  return {
    id: String(paid.imp_uid),
    tone: toneOf(paid.status),
    badge: named(paid.status),
    title: String(paid.name ?? paid.merchant_uid),
    amount: money(Number(paid.amount), paid.currency),
    time: moment(paid.paid_at || paid.failed_at || paid.started_at, 'short'),
    facts: facts([
      [order, paid.merchant_uid],
      [number, paid.imp_uid],
      [key, paid.customer_uid],
      [card, [paid.card_name, paid.card_number].filter(Boolean).join(' ')],
      [refunded, paid.cancel_amount > 0 ? money(paid.cancel_amount, paid.currency) : null],
      [why, paid.fail_reason ?? paid.cancel_reason],
    ]),
  }
}

/** @returns {Row} */
const billingKey = ({ customer_uid, card, inserted }) => ({
  id: String(customer_uid),
  tone: 'good',
  badge: named('issued'),
  title: String(customer_uid),
  time: moment(inserted, 'short'),
  facts: facts([[words().card, `${card.company} ${card.number}`]]),
})

/** @returns {Row} */
function schedule(row) {
  const { when, key, order, why, number } = words()
  const status = row.payment_status ?? row.schedule_status
  return {
    id: `${row.merchant_uid} ${row.schedule_at}`,
    tone: toneOf(status),
    badge: named(status),
    title: String(row.name),
    amount: money(Number(row.amount), row.currency),
    facts: facts([
      [when, moment(row.schedule_at)],
      [order, row.merchant_uid],
      [key, row.customer_uid],
      [number, row.imp_uid],
      [why, row.fail_reason],
    ]),
  }
}

/** @returns {Row} */
function webhook({ id, address, notice, due, attempts }) {
  const { to, notice: content, answers, sendsAt } = words()
  const last = attempts.at(-1)
  return {
    id: String(id),
    tone: due !== null ? 'wait' : isFine(last?.status) ? 'good' : 'bad',
    badge: due !== null || !last ? named('waiting') : httpBadge(last.status),
    title: String(notice.merchant_uid ?? address),
    ...(last ? { time: moment(last.at, 'short') } : {}),
    facts: facts([
      [to, address],
      [content, JSON.stringify(notice)],
      [answers, attempts.map(({ at, status }) => `${hour(at)} ${httpBadge(status)}`).join(', ')],
      [sendsAt, due === null ? null : moment(due)],
    ]),
  }
}

const eventRows = {
  request: ({ method, path, status, refusal, curl }) => ({
    tone: isFine(status) && !refusal ? 'good' : 'bad',
    badge: String(status),
    title: `${method} ${path}`,
    facts: facts([[words().why, refusal]]),
    ...(curl ? { curl } : {}),
  }),
  payment: ({ status, merchant_uid, amount, currency, customer_uid, refunded }) => ({
    tone: toneOf(status),
    badge: named(status),
    title: `${words().payments} ${merchant_uid}`,
    amount: money(Number(amount), currency),
    facts: facts([
      [words().key, customer_uid],
      [words().refunded, refunded === undefined ? null : money(refunded, currency)],
    ]),
  }),
  'billing-key': ({ change, customer_uid, card_name }) => ({
    tone: toneOf(change),
    badge: named(change),
    title: `${words().billingKeys} ${customer_uid}`,
    facts: facts([[words().card, card_name]]),
  }),
  schedule: ({ status, merchant_uid, schedule_at }) => ({
    tone: toneOf(status),
    badge: named(status),
    title: `${words().schedules} ${merchant_uid}`,
    facts: facts([[words().when, schedule_at === undefined ? null : moment(schedule_at)]]),
  }),
  webhook: ({ status, address, notice, attempt }) => ({
    tone: isFine(status) ? 'good' : 'bad',
    badge: httpBadge(status),
    title: `${words().webhooks} ${notice?.merchant_uid ?? ''}${attempt > 1 ? ` (${attempt})` : ''}`,
    facts: facts([[words().to, address]]),
  }),
  fault: ({ name, on }, table) => ({
    tone: on ? 'bad' : 'plain',
    badge: on === 1 ? words().once : named(on ? 'on' : 'off'),
    title: `${words().faults}: ${table[name]?.[lang()] ?? name}`,
  }),
  clock: ({ now }) => ({ tone: 'plain', badge: words().clock, title: moment(now) }),
  reset: () => ({ tone: 'plain', badge: words().resetTitle, title: words().forgotten }),
}

/** @returns {Row} */
function event(happened, table) {
  const { id, kind, at } = happened
  const row = Object.hasOwn(eventRows, kind) ? eventRows[kind](happened, table) : { tone: 'plain', badge: String(kind), title: '' }
  return { id: String(id), time: hour(at), ...row }
}

/** The lists there are: what each shows of the state and the events, oldest first, and how many there are. */
export const views = {
  all: (state, events) => ({ rows: events.map((happened) => event(happened, state.faults.table)), total: events.length }),
  payments: ({ payments, total }) => ({ rows: payments.map(payment), total: total.payments }),
  billingKeys: ({ billingKeys, total }) => ({ rows: billingKeys.map(billingKey), total: total.billingKeys }),
  schedules: ({ schedules, total }) => ({ rows: schedules.map(schedule), total: total.schedules }),
  webhooks: ({ webhooks, total }) => ({ rows: webhooks.map(webhook), total: total.webhooks }),
  requests(state, events) {
    const requests = events.filter(({ kind }) => kind === 'request')
    return { rows: requests.map((happened) => event(happened, state.faults.table)), total: requests.length }
  },
}
