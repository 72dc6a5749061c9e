import Database from 'libsql'
import type { Payment } from 'react-billing-key/server'
import { after, type Day, dueDay, type Ended, type Order, orderOf, type Subscription } from '../../../subscriptions/rule.ts'
import type { PlanId } from '../plans.ts'

type Paid = Pick<Payment, 'impUid' | 'merchantUid' | 'amount' | 'currency' | 'customerUid' | 'status' | 'cancelAmount'>

export interface CardRow {
  customerUid: string
  name: string | null
  number: string | null
}
/** What a window was opened for: a plan, or with `plan: null` another card. `agreedOn`: the box was ticked. */
export interface Registration {
  merchantUid: string
  member: string
  plan: PlanId | null
  agreedOn: Day
  settled: number
}
export interface SubscriptionRow extends Subscription {
  member: string
  plan: PlanId
  customerUid: string | null
  noticedOn: Day | null
  endedOn: Day | null
}
export interface OrderRow extends Order {
  subscription: string
  /** The first day of the month it is for. */
  day: Day
  status: 'open' | 'declined' | 'unknown' | 'paid'
  reason: string | null
  impUid: string | null
  refunded: number
}
/** What a customer is told happened, in the page's own words for `kind`. */
type Kind = 'started' | 'notice' | 'consented' | 'paid' | 'declined' | 'card' | 'cancelled' | 'resumed' | 'refunded' | `ended-${Ended}`
export interface HistoryRow {
  id: number
  day: Day
  kind: Kind
  amount: number | null
  detail: string | null
}

const tables = `
  create table if not exists members (id text primary key, name text not null);
  create table if not exists sessions (id text primary key, member text not null);
  create table if not exists cards (customerUid text primary key, member text not null, name text, number text, removed integer not null default 0);
  create table if not exists registrations (merchantUid text primary key, member text not null, plan text, agreedOn text not null, settled integer not null default 0);
  create table if not exists subscriptions (id text primary key, member text not null, plan text not null, amount integer not null,
    customerUid text, startedOn text not null, months integer not null, freeMonths integer not null, consentedOn text,
    cancelled integer not null default 0, tries integer not null default 0, triedOn text, noticedOn text, ended text, endedOn text);
  create table if not exists orders (merchantUid text primary key, subscription text not null, name text not null, amount integer not null,
    day text not null, status text not null default 'open', reason text, impUid text, refunded integer not null default 0);
  create table if not exists history (id integer primary key, member text not null, day text not null, kind text not null, amount integer, detail text);
  create table if not exists events (id text primary key);
`

export const openDatabase = (file: string) => {
  const db = new Database(file)
  db.exec(`pragma journal_mode = wal; pragma busy_timeout = 10000; ${tables}`)
  return db
}

const subscriptionOf = (row: unknown) =>
  row ? ({ ...(row as SubscriptionRow), cancelled: Boolean((row as { cancelled: number }).cancelled) } as SubscriptionRow) : null

/** Members, cards, subscriptions, orders and what became of them. `today` is the shop's day. */
export function openStore(db: Database.Database, today: () => Day) {
  const one = <Row>(sql: string, ...values: unknown[]) => (db.prepare(sql).get(...values) as Row | undefined) ?? null
  const all = <Row>(sql: string, ...values: unknown[]) => db.prepare(sql).all(...values) as Row[]
  const run = (sql: string, ...values: unknown[]) => db.prepare(sql).run(...values).changes
  const tell = (member: string, kind: Kind, amount: number | null = null, detail: string | null = null) =>
    run('insert into history (member, day, kind, amount, detail) values (?, ?, ?, ?, ?)', member, today(), kind, amount, detail)
  /** All of it or nothing, also as a part of something larger: SQLite begins no transaction within another. */
  const atomic =
    <Args extends unknown[], Answer>(change: (...args: Args) => Answer) =>
    (...args: Args): Answer =>
      db.inTransaction ? change(...args) : db.transaction(change)(...args)
  const settleMonth = (row: SubscriptionRow, outcome: 'paid' | 'declined') => {
    const next = after(row, outcome, today())
    const changed = run(
      'update subscriptions set months = ?, tries = ?, triedOn = ? where id = ? and months = ? and tries = ?',
      ...[next.months, next.tries, next.triedOn, row.id, row.months, row.tries],
    )
    if (changed === 1 && next.ended !== row.ended && next.ended) store.end(row, next.ended)
    return changed === 1
  }

  const store = {
    /** Does what a webhook's news changes, once for each piece of news. */
    once: atomic((event: string, change: () => void) => {
      if (run('insert into events values (?) on conflict do nothing', event) === 1) change()
    }),
    /**
     * Makes a member. A name is what is shown, and no proof of who one is: entering it again elsewhere makes another
     * member, who sees nothing of the first. A real shop asks for a password here.
     */
    signIn: atomic((session: string, member: string, name: string) => {
      run('insert into members values (?, ?)', member, name)
      run('insert into sessions values (?, ?)', session, member)
    }),
    signOut: (session: string) => run('delete from sessions where id = ?', session),
    memberOf: (session: string) =>
      one<{ id: string; name: string }>(
        'select members.id, members.name from sessions join members on members.id = member where sessions.id = ?',
        session,
      ),

    cards: (member: string) => all<CardRow>('select customerUid, name, number from cards where member = ? and removed = 0', member),
    card: (customerUid: string | null) =>
      customerUid === null ? null : one<CardRow>('select customerUid, name, number from cards where customerUid = ?', customerUid),
    /** Idempotent: a key is confirmed again when the page is. */
    keepCard: (member: string, { customerUid, name, number }: CardRow) =>
      run('insert into cards values (?, ?, ?, ?, 0) on conflict do nothing', customerUid, member, name, number),
    /** The row stays: a payment that is told of later still has to be known as this member's. */
    dropCard(member: string, customerUid: string) {
      run('update cards set removed = 1 where member = ? and customerUid = ?', member, customerUid)
      run('update subscriptions set customerUid = null where member = ? and customerUid = ?', member, customerUid)
    },

    register: (member: string, merchantUid: string, plan: PlanId | null) =>
      run(
        'insert into registrations values (?, ?, ?, ?, 0) on conflict do update set agreedOn = excluded.agreedOn',
        ...[merchantUid, member, plan, today()],
      ),
    registration: (merchantUid: string) => one<Registration>('select * from registrations where merchantUid = ?', merchantUid),
    /** Whether this is the first time that a registration came to a card. */
    settleRegistration: (merchantUid: string) =>
      run('update registrations set settled = 1 where merchantUid = ? and settled = 0', merchantUid) === 1,

    subscription: (id: string) => subscriptionOf(one('select * from subscriptions where id = ?', id)),
    current: (member: string) =>
      subscriptionOf(one('select * from subscriptions where member = ? order by ended is null desc, rowid desc', member)),
    live: () => all('select * from subscriptions where ended is null').map((row) => subscriptionOf(row) as SubscriptionRow),
    countOf: (member: string) => Number(one<{ n: number }>('select count(*) as n from subscriptions where member = ?', member)?.n),
    subscribe(row: Pick<SubscriptionRow, 'id' | 'member' | 'plan' | 'amount' | 'customerUid' | 'freeMonths'>) {
      const changed = run(
        `insert into subscriptions (id, member, plan, amount, customerUid, startedOn, months, freeMonths)
           values (?, ?, ?, ?, ?, ?, 1, ?) on conflict do nothing`,
        ...[row.id, row.member, row.plan, row.amount, row.customerUid, today(), row.freeMonths],
      )
      if (changed === 1) tell(row.member, 'started', null, row.plan)
    },
    changeCard({ id, member }: SubscriptionRow, customerUid: string, card: string) {
      run('update subscriptions set customerUid = ? where id = ?', customerUid, id)
      tell(member, 'card', null, card)
    },
    consent({ id, member, amount }: SubscriptionRow) {
      run('update subscriptions set consentedOn = ? where id = ?', today(), id)
      tell(member, 'consented', amount)
    },
    setCancelled({ id, member }: SubscriptionRow, cancelled: boolean) {
      const changed = run('update subscriptions set cancelled = ? where id = ? and ended is null', Number(cancelled), id)
      if (changed === 1) tell(member, cancelled ? 'cancelled' : 'resumed')
    },
    end({ id, member }: SubscriptionRow, why: Ended) {
      const changed = run('update subscriptions set ended = ?, endedOn = ? where id = ? and ended is null', why, today(), id)
      if (changed === 1) tell(member, `ended-${why}`)
    },
    /** Tells of the first payment after the free months, once. */
    notice(row: SubscriptionRow) {
      if (run('update subscriptions set noticedOn = ? where id = ? and noticedOn is null', today(), row.id) === 1)
        tell(row.member, 'notice', row.amount, dueDay(row))
    },

    orders: (subscription: string) => all<OrderRow>('select * from orders where subscription = ? order by day desc', subscription),
    order: (member: string, merchantUid: string) =>
      one<OrderRow>(
        'select orders.* from orders join subscriptions on subscriptions.id = subscription where member = ? and merchantUid = ?',
        ...[member, merchantUid],
      ),
    /** Writes an order down before it is charged; one that exists stays as it is. */
    openOrder: (subscription: string, { merchantUid, name, amount }: Order, day: Day) =>
      run(
        'insert into orders (merchantUid, subscription, name, amount, day) values (?, ?, ?, ?, ?) on conflict do nothing',
        ...[merchantUid, subscription, name, amount, day],
      ),
    /**
     * Takes a payment for an order: only one of its number, its whole amount in won, by a card of the member whose order
     * it is. Anyone can open a window for 1 won under somebody's order number. Answers whether the order is paid now.
     */
    markPaid: atomic(({ impUid, merchantUid, amount, currency, customerUid, status }: Paid): boolean => {
      if (status !== 'paid' || currency !== 'KRW' || customerUid === null) return false
      const row = subscriptionOf(
        one(
          `select subscriptions.* from subscriptions join orders on subscription = subscriptions.id join cards on cards.member = subscriptions.member
             where merchantUid = ? and orders.amount = ? and cards.customerUid = ?`,
          ...[merchantUid, amount, customerUid],
        ),
      )
      if (!row) return false
      if (
        run("update orders set status = 'paid', reason = null, impUid = ? where merchantUid = ? and status <> 'paid'", impUid, merchantUid)
      ) {
        // the first month is settled by the registration itself
        if (merchantUid === orderOf(row).merchantUid) {
          settleMonth(row, 'paid')
          // paid after all: what was given up goes on
          run('update subscriptions set ended = null, endedOn = null where id = ?', row.id)
        }
        tell(row.member, 'paid', amount, merchantUid)
      }
      return true
    }),
    markDeclined: atomic((row: SubscriptionRow, merchantUid: string, reason: string) => {
      if (!run("update orders set status = 'declined', reason = ? where merchantUid = ? and status <> 'paid'", reason, merchantUid)) return
      tell(row.member, 'declined', row.amount, reason)
      settleMonth(row, 'declined')
    }),
    /** Whether an order is charged again or asked about next time. */
    markOpen: (merchantUid: string, status: 'open' | 'unknown') =>
      run("update orders set status = ? where merchantUid = ? and status <> 'paid'", status, merchantUid),
    /** What PortOne says was given back, by us or in its console. */
    markRefunded: atomic(({ merchantUid, impUid, cancelAmount }: Paid) => {
      const row = one<{ member: string; refunded: number }>(
        'select member, refunded from orders join subscriptions on subscriptions.id = subscription where merchantUid = ? and impUid = ?',
        ...[merchantUid, impUid],
      )
      if (!row || cancelAmount <= row.refunded) return
      run('update orders set refunded = ? where merchantUid = ?', cancelAmount, merchantUid)
      tell(row.member, 'refunded', cancelAmount - row.refunded, merchantUid)
    }),
    history: (member: string, since = 0) =>
      all<HistoryRow>('select id, day, kind, amount, detail from history where member = ? and id > ? order by id desc', member, since),
  }
  return store
}

export type Store = ReturnType<typeof openStore>
