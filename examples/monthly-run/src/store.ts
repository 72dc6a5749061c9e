import type { AgainRequest, ChargeResult } from 'react-billing-key/server'
import { type PostgresDatabase, postgresLockTable } from '../../locks/postgresLock.ts'
import { after, type Day, orderOf, outcomeOf, type Subscription, stepDay, stepOn } from '../../subscriptions/rule.ts'

/** A `Pool` of pg has it, and PGlite. */
export interface Database extends PostgresDatabase {
  query(sql: string, values?: unknown[]): Promise<{ rows: unknown[] }>
}

/** The tables, for a migration; pg-boss makes its own in a schema of its own. */
export const tables = [
  postgresLockTable,
  `create table if not exists subscriptions (
    id text primary key,
    member text not null,
    customer_uid text not null,
    amount integer not null,
    started_on date not null,
    months integer not null default 0,
    free_months integer not null default 0,
    consented_on date,
    noticed_on date,
    cancelled boolean not null default false,
    tries integer not null default 0,
    charged_on date,
    ended text,
    ended_on date,
    next_on date not null -- stepDay() of the rule, so that a day's work is found by an index
  )`,
  'create index if not exists subscriptions_member on subscriptions (member)',
  'create index if not exists subscriptions_next on subscriptions (next_on, id) where ended is null',
  // one row a month and subscription: what was asked for, with which card, and what came of it
  `create table if not exists charges (
    merchant_uid text primary key,
    subscription text not null references subscriptions,
    customer_uid text not null,
    name text not null,
    amount integer not null,
    tries integer not null,
    charged_on date not null,
    state text not null check (state in ('due', 'unknown', 'paid', 'declined', 'withdrawn', 'look')),
    result jsonb,
    imp_uid text,
    touched_at timestamptz not null default clock_timestamp(),
    settled_at timestamptz
  )`,
  "create index if not exists charges_open on charges (touched_at) where state in ('due', 'unknown')",
  // until when PortOne's list of payments was read; before the tables were made there was nothing to read
  'create table if not exists sweeps (id boolean primary key default true check (id), until timestamptz not null)',
  'insert into sweeps (until) values (clock_timestamp()) on conflict do nothing',
]

const databaseToday = `(clock_timestamp() at time zone 'Asia/Seoul')::date`

/** The day it is in Korea by the database's clock, which all machines share. */
export async function databaseDay(db: Database): Promise<Day> {
  const { rows } = await db.query(`select ${databaseToday}::text as day`)
  return (rows as { day: Day }[])[0]?.day ?? ''
}

/** What the sweep reads: two days again, and all the time that no sweep has read. By the database's clock. */
export async function spanToSweep(db: Database): Promise<{ since: Date; until: Date }> {
  const sql = `select extract(epoch from least(max(until), clock_timestamp()) - interval '2 days')::float8 * 1000 as since,
    extract(epoch from clock_timestamp())::float8 * 1000 as until from sweeps`
  const [span] = (await db.query(sql)).rows as { since: number; until: number }[]
  return { since: new Date(span?.since ?? 0), until: new Date(span?.until ?? 0) }
}

export async function keepSwept(db: Database, until: Date): Promise<void> {
  await db.query('insert into sweeps (until) values ($1) on conflict (id) do update set until = excluded.until', [until])
}

const subscription = `s.id, s.amount, s.started_on::text as "startedOn", s.months, s.free_months as "freeMonths",
  s.consented_on::text as "consentedOn", s.noticed_on::text as "noticedOn", s.cancelled, s.tries, s.charged_on::text as "chargedOn", s.ended`

type Due = Subscription & { readonly customerUid: string }

/** A charge that is not settled, with the subscription it is of. */
export interface OpenCharge {
  readonly request: AgainRequest
  readonly state: 'due' | 'unknown'
  readonly result: ChargeResult | null
  readonly day: Day
  readonly subscription: Subscription
}

/** A new subscription, as a confirmed registration makes it, as often as it is confirmed. */
export async function addSubscription(db: Database, member: string, customerUid: string, made: Subscription): Promise<void> {
  const { id, amount, startedOn, months, freeMonths } = made
  await db.query(
    `insert into subscriptions (id, member, customer_uid, amount, started_on, months, free_months, next_on)
      values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (id) do nothing`,
    [id, member, customerUid, amount, startedOn, months, freeMonths, stepDay(made)],
  )
}

/** The id of the subscription a member would begin, whose orders have numbers of their own; `null` while one goes on. */
export async function nextSubscription(db: Database, member: string): Promise<string | null> {
  const sql = 'select count(*)::int as had, count(*) filter (where ended is null)::int as live from subscriptions where member = $1'
  const [row] = (await db.query(sql, [member])).rows as { had: number; live: number }[]
  return row && row.live === 0 ? `${member}-${row.had + 1}` : null
}

/** What is due on a day, a thousand at a time, from the subscription after `last`. */
export async function dueOn(db: Database, day: Day, last: string): Promise<Due[]> {
  const sql = `select ${subscription}, s.customer_uid as "customerUid" from subscriptions s
    where ended is null and next_on <= $1 and id > $2 order by id limit 1000`
  return (await db.query(sql, [day, last])).rows as Due[]
}

/** Keeps that a customer was told of the first payment. */
export async function keepNotice(db: Database, told: Subscription): Promise<void> {
  const { id, noticedOn, months, freeMonths } = told
  const sql = `update subscriptions set noticed_on = $2, months = $3, free_months = $4, next_on = $5
    where id = $1 and noticed_on is null`
  await db.query(sql, [id, noticedOn, months, freeMonths, stepDay(told)])
}

/**
 * Does what the rule says: writes charges down before anything is sent, and ends what ends. Answers the orders that this
 * call made due: a second run of the same day makes none.
 */
export async function takeSteps(db: Database, due: readonly Due[], day: Day): Promise<string[]> {
  const charges: unknown[] = []
  const ends: unknown[] = []
  for (const one of due) {
    const step = stepOn(one, day)
    if (step.do === 'charge') charges.push({ ...step.order, id: one.id, customerUid: one.customerUid, tries: one.tries })
    if (step.do === 'end') ends.push({ id: one.id, why: step.why })
  }
  // not while a charge is open, whose money may come yet: a later run ends it
  const ending = `update subscriptions set ended = why, ended_on = $2 from json_to_recordset($1) as x(id text, why text)
    where subscriptions.id = x.id and ended is null
      and not exists (select from charges where subscription = x.id and state in ('due', 'unknown'))`
  if (ends.length > 0) await db.query(ending, [JSON.stringify(ends), day])
  // a charge that is open keeps its card: what was sent with one must not be asked about with another
  const sql = `insert into charges (merchant_uid, subscription, customer_uid, name, amount, tries, charged_on, state)
    select "merchantUid", id, "customerUid", name, amount, tries, $2::date, 'due' from json_to_recordset($1)
      as x("merchantUid" text, id text, "customerUid" text, name text, amount integer, tries integer)
    on conflict (merchant_uid) do update set state = 'due', tries = excluded.tries, charged_on = excluded.charged_on,
      customer_uid = excluded.customer_uid, result = null, settled_at = null, touched_at = clock_timestamp()
      where charges.state = 'withdrawn' or (charges.state = 'declined' and charges.charged_on < excluded.charged_on)
    returning merchant_uid as order`
  const { rows } = await db.query(sql, [JSON.stringify(charges), day])
  return (rows as { order: string }[]).map(({ order }) => order)
}

/** Charges nobody has touched for so long: their job was lost, with the worker or the queue that had it. */
export async function forgotten(db: Database, ms: number): Promise<string[]> {
  const sql = `update charges set touched_at = clock_timestamp()
    where state in ('due', 'unknown') and touched_at < clock_timestamp() - $1 * interval '1 millisecond' returning merchant_uid as order`
  return ((await db.query(sql, [ms])).rows as { order: string }[]).map(({ order }) => order)
}

/** Those of the orders that are not settled. They are tried today, or on `day`, though they were given out on an earlier one. */
export async function openCharges(db: Database, orders: readonly string[], day?: Day): Promise<OpenCharge[]> {
  const sql = `update charges c set touched_at = clock_timestamp(), charged_on = coalesce($2, ${databaseToday}) from subscriptions s
    where c.subscription = s.id and c.merchant_uid = any($1) and c.state in ('due', 'unknown')
    returning c.state, c.result, c.charged_on::text as day,
      json_build_object('customerUid', c.customer_uid, 'merchantUid', merchant_uid, 'name', name, 'amount', c.amount) as request, ${subscription}`
  const { rows } = await db.query(sql, [orders, day ?? null])
  return (rows as (Omit<OpenCharge, 'subscription'> & Subscription)[]).map(({ state, result, day, request, ...rest }) => ({
    state,
    result,
    day,
    request,
    subscription: rest,
  }))
}

/** Whether it is the month that is due: an operator can have passed over it since it was written down. */
const isCurrent = ({ request, subscription: of }: OpenCharge): boolean => request.merchantUid === orderOf(of).merchantUid

/** Whether it may still be charged: its subscription can have been cancelled since it was written down. */
export const isDue = (charge: OpenCharge): boolean => isCurrent(charge) && stepOn(charge.subscription, charge.day).do === 'charge'

const begunAnew = `exists (select from subscriptions other
  where other.member = subscriptions.member and other.id <> subscriptions.id and other.ended is null)`

/**
 * Keeps a result, and with it, in one statement, what it means for the subscription. A try counts once whoever tells of
 * it; that the money came is kept even after a refusal. Answers when to go on with it: `null` when it is settled.
 */
export async function keepResult(db: Database, open: OpenCharge, result: ChargeResult): Promise<'now' | 'later' | null> {
  const { request, subscription: before, day } = open
  const outcome = outcomeOf(result)
  // nothing can be on its way any more
  const free = result.status === 'declined' && result.code === 'not-found'
  const withdrawn = !isDue(open) && (free || outcome === 'declined')
  const state = withdrawn ? 'withdrawn' : outcome === 'again' ? (free ? 'due' : open.state) : outcome
  const settled = outcome === 'paid' || (outcome === 'declined' && !withdrawn)
  const next = settled ? after(before, outcome, day) : before
  const impUid = result.status === 'paid' ? result.payment.impUid : null
  // of a payment only its number: the rest is at PortOne
  const kept = result.status === 'paid' ? null : JSON.stringify(result)
  await db.query(
    `with charge as (
      -- another card came since the order was planned: what the old one was refused is no try of this one's
      select merchant_uid as uid, case when $3 = 'declined' and c.customer_uid <> s.customer_uid then 'withdrawn' else $3 end as outcome
        from charges c join subscriptions s on s.id = c.subscription where merchant_uid = $1
    ), kept as (
      update charges set state = outcome, result = $4, imp_uid = $5, touched_at = clock_timestamp(),
        settled_at = case when outcome in ('paid', 'declined') then clock_timestamp() end
      from charge where merchant_uid = uid and ((tries = $2 and state in ('due', 'unknown')) or ($3 = 'paid' and state <> 'paid'))
      returning subscription, state
    ) update subscriptions set months = $6, tries = $7, charged_on = $8, next_on = $10,
      -- paid after all, it goes on, unless its member has begun anew
      ended = coalesce($9, case when ${begunAnew} then subscriptions.ended end),
      ended_on = case when $9::text is not null then $12 when ${begunAnew} then subscriptions.ended_on end
      from kept where kept.state in ('paid', 'declined') and id = kept.subscription and months = $11`,
    // biome-ignore format: in the order of their numbers
    [request.merchantUid, before.tries, state, kept, impUid,
      next.months, next.tries, next.chargedOn, next.ended, stepDay(next), isCurrent(open) ? before.months : null, day],
  )
  if (settled || withdrawn || state === 'look') return null
  return free ? 'now' : 'later'
}
