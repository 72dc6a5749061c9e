import Database from 'libsql'
import type { Payment } from 'react-billing-key/server'
import type { Day, Ended, Order, Subscription } from '../../../subscriptions/rule.ts'
import { addDays, after, chargeDay, noticed, orderOf } from '../../../subscriptions/rule.ts'
import { type PlanId, planOf } from '../plans.ts'

type Paid = Pick<Payment, 'impUid' | 'merchantUid' | 'amount' | 'currency' | 'customerUid' | 'status' | 'cancelAmount'>

export type Member = { id: string; name: string }
export type CardRow = { customerUid: string; name: string | null; number: string | null }
export type SubscriptionRow = Subscription & { member: string; plan: PlanId; customerUid: string | null; endedOn: Day | null }
/** `day`: the first of the month it is for. `owed`: what its customer was promised back, until PortOne says it is `refunded`. */
type Settled = { subscription: string; day: Day; status: OrderStatus; reason: string | null; impUid: string | null } & Back
type Back = { owed: number; refunded: number }
type OrderStatus = 'open' | 'declined' | 'unknown' | 'paid'
export type OrderRow = Order & Settled
/** What a customer is told happened, in the page's own words for `kind`. */
type Kind = 'started' | 'notice' | 'consented' | 'paid' | 'declined' | 'card' | 'cancelled' | 'resumed' | 'refunded' | `ended-${Ended}`
type HistoryRow = { id: number; day: Day; kind: Kind; amount: number | null; detail: string | null }

const tables = `
  create table if not exists sessions (id text primary key, member text not null, name text not null);
  create table if not exists cards (customerUid text primary key, member text not null, name text, number text, removed integer not null default 0);
  -- what a window was opened for: a plan, or without one another card; agreedOn: the box was ticked
  create table if not exists registrations (merchantUid text primary key, member text not null, plan text, agreedOn text not null);
  create table if not exists subscriptions (id text primary key, member text not null, plan text not null, amount integer not null,
    customerUid text, startedOn text not null, months integer not null, freeMonths integer not null, consentedOn text,
    cancelled integer not null default 0, tries integer not null default 0, chargedOn text, noticedOn text, ended text, endedOn text);
  create table if not exists orders (merchantUid text primary key, subscription text not null, name text not null, amount integer not null,
    day text not null, status text not null default 'open', reason text, impUid text,
    owed integer not null default 0, refunded integer not null default 0);
  -- until when PortOne's list of payments was read, in ms
  create table if not exists sweeps (id integer primary key check (id = 1), until integer not null);
  create table if not exists history (id integer primary key, member text not null, day text not null, kind text not null, amount integer, detail text);
`

/** Counts up with each change of the tables. Before a shop has customers the old file goes; after that, here is where it is migrated. */
const version = 2

/**
 * `alone` keeps every other process out until this one ends: with the sandbox, which remembers in the file what two would
 * write over each other.
 *
 * @throws when the file is no database, another process has it, or it holds the tables of another version; it is left as it was
 */
export function openDatabase(file: string, { alone = false } = {}) {
  const db = new Database(file)
  if (alone) db.exec('pragma locking_mode = exclusive; begin exclusive; commit')
  const sql = 'select user_version as found, count(*) as count from pragma_user_version, sqlite_schema'
  const { found, count } = db.prepare(sql).get() as { found: number; count: number }
  if (count > 0 && found !== version) throw new Error(`its tables are of version ${found}, and this shop's of version ${version}`)
  db.exec(`pragma journal_mode = wal; pragma busy_timeout = 10000; ${tables} pragma user_version = ${version}`)
  return db
}

/** Members, cards, subscriptions, orders and what became of them. `today` is the shop's day. */
export function openStore(db: Database.Database, today: () => Day) {
  const all = <Row>(sql: string, ...values: unknown[]) => db.prepare(sql).all(...values) as Row[]
  // `get` puts how long it took into the row, which would be shown to the page
  const one = <Row>(sql: string, ...values: unknown[]) => all<Row>(sql, ...values)[0] ?? null
  const withBooleans = (row: SubscriptionRow): SubscriptionRow => ({ ...row, cancelled: Boolean(row.cancelled) })
  const subscriptions = (where: string, ...values: string[]) =>
    all<SubscriptionRow>(`select * from subscriptions where ${where}`, ...values).map(withBooleans)
  /** Answers whether anything changed. */
  const run = (sql: string, ...values: unknown[]) => db.prepare(sql).run(...values).changes > 0
  /** Adds a row, unless there is one of its key. The names of columns are the code's own. */
  const add = (table: string, row: object) => {
    const names = Object.keys(row)
    return run(`insert into ${table} (${names}) values (${names.map(() => '?')}) on conflict do nothing`, ...Object.values(row))
  }
  const tell = (member: string, kind: Kind, amount: number | null = null, detail: string | null = null) =>
    add('history', { member, day: today(), kind, amount, detail })
  /** All of it or nothing, also as a part of something larger: SQLite begins no transaction within another. */
  const atomic =
    <Args extends unknown[], Answer>(change: (...args: Args) => Answer) =>
    (...args: Args): Answer =>
      db.inTransaction ? change(...args) : db.transaction(change)(...args)
  const settleMonth = (row: SubscriptionRow, outcome: 'paid' | 'declined') => {
    const { months, tries, chargedOn, ended } = after(row, outcome, today())
    const sql = 'update subscriptions set months = ?, tries = ?, chargedOn = ? where id = ? and months = ? and tries = ?'
    if (run(sql, months, tries, chargedOn, row.id, row.months, row.tries) && ended && !row.ended) store.end(row, ended)
  }

  const store = {
    /**
     * Makes a member. A name is what is shown, and no proof of who one is: entering it again elsewhere makes another
     * member, who sees nothing of the first. A real shop asks for a password here.
     */
    signIn: (session: string, member: string, name: string) => add('sessions', { id: session, member, name }),
    signOut: (session: string) => run('delete from sessions where id = ?', session),
    memberOf: (session: string) => one<Member>('select member as id, name from sessions where id = ?', session),

    cards: (member: string) => all<CardRow>('select customerUid, name, number from cards where member = ? and removed = 0', member),
    card: (customerUid: string | null) =>
      customerUid === null ? null : one<CardRow>('select customerUid, name, number from cards where customerUid = ?', customerUid),
    /** Answers whether it is new: a key is confirmed again when the page is. */
    keepCard: (member: string, card: CardRow) => add('cards', { ...card, member }),
    /** The row stays: a payment that is told of later still has to be known as this member's. */
    dropCard: atomic((member: string, customerUid: string) => {
      run('update cards set removed = 1 where member = ? and customerUid = ?', member, customerUid)
      run('update subscriptions set customerUid = null where member = ? and customerUid = ?', member, customerUid)
    }),

    /** A window that is opened again has its consent given again. */
    register(member: string, merchantUid: string, plan: PlanId | null) {
      const sql = 'insert into registrations values (?, ?, ?, ?) on conflict do update set agreedOn = excluded.agreedOn'
      run(sql, merchantUid, member, plan, today())
    },
    /** Keeps a new card, and does once what it was registered for. `too-late`: the member has subscribed otherwise. */
    keepIssued: atomic((member: string, card: CardRow, payment: Paid & Pick<Payment, 'name'>): 'done' | 'too-late' => {
      const { merchantUid, amount } = payment
      const sql = 'select plan, agreedOn from registrations where merchantUid = ?'
      const { plan: wanted, agreedOn } = one<{ plan: PlanId | null; agreedOn: Day }>(sql, merchantUid) ?? { plan: null, agreedOn: today() }
      const plan = planOf(wanted)
      // the day of the month that was agreed to, also over midnight or when the sweep found it; a window is not open for longer
      const startedOn = addDays(agreedOn, 2) < today() ? today() : agreedOn
      const id = merchantUid.replace(/-1$/, '')
      const [live, isNew] = [store.live(member), store.keepCard(member, card)]
      if (plan && live && live.id !== id && !store.subscription(id)) return 'too-late'
      if (!isNew) return 'done'
      // what was paid is what was agreed to, though the plan may have another price since
      const price = amount || (plan?.amount ?? 0)
      if (plan)
        store.subscribe({ id, member, plan: plan.id, amount: price, customerUid: card.customerUid, freeMonths: plan.free, startedOn })
      else if (live) store.changeCard(live, card)
      if (plan && amount > 0) {
        store.openOrder(id, { merchantUid, name: payment.name ?? '', amount }, startedOn)
        store.markPaid(payment)
      }
      return 'done'
    }),

    subscription: (id: string) => subscriptions('id = ?', id)[0] ?? null,
    /** All that a member has had, the newest first. */
    subscriptionsOf: (member: string) => subscriptions('member = ? order by rowid desc', member),
    live: (member: string) => subscriptions('member = ? and ended is null', member)[0] ?? null,
    /** Those that go on, and those that ended while a charge was on its way of which nobody has heard. */
    allOpen: () =>
      subscriptions("ended is null or exists (select 1 from orders where subscription = subscriptions.id and status = 'unknown')"),
    subscribe(row: Pick<SubscriptionRow, 'id' | 'member' | 'plan' | 'amount' | 'customerUid' | 'freeMonths' | 'startedOn'>) {
      if (add('subscriptions', { ...row, months: 1 })) tell(row.member, 'started', row.amount)
    },
    changeCard({ id, member }: SubscriptionRow, { customerUid, name, number }: CardRow) {
      run('update subscriptions set customerUid = ? where id = ?', customerUid, id)
      tell(member, 'card', null, [name, number?.slice(-4)].join(' '))
    },
    consent: atomic(({ id, member }: SubscriptionRow, amount: number) => {
      run('update subscriptions set consentedOn = ?, amount = ? where id = ?', today(), amount, id) // every month, says the box
      tell(member, 'consented', amount)
    }),
    /** Cancelling withdraws the consent to pay: who takes it back is asked again. */
    setCancelled: atomic(({ id, member }: SubscriptionRow, cancelled: boolean) => {
      const sql = 'update subscriptions set cancelled = ?, consentedOn = null where id = ? and cancelled = ? and ended is null'
      if (run(sql, Number(cancelled), id, Number(!cancelled))) tell(member, cancelled ? 'cancelled' : 'resumed')
    }),
    /** Of an order that was unknown it is certain by then that it was not paid. */
    end: atomic(({ id, member }: SubscriptionRow, why: Ended) => {
      run("update orders set status = 'open' where subscription = ? and status = 'unknown'", id)
      if (run('update subscriptions set ended = ?, endedOn = ? where id = ? and ended is null', why, today(), id))
        tell(member, `ended-${why}`)
    }),
    /** Ends a subscription today; what is left of its last payment is owed from then on. */
    leave: atomic((row: SubscriptionRow, merchantUid: string, owed: number) => {
      store.setCancelled(row, true)
      run('update orders set owed = ? where merchantUid = ?', owed, merchantUid)
      store.end(row, 'cancelled')
    }),
    /** What is still to be given back. */
    owed: () => all<OrderRow & { impUid: string }>('select * from orders where owed > 0 and refunded = 0'),
    /** Tells of the first payment after the free months, once. */
    notice: atomic((row: SubscriptionRow) => {
      const told = noticed(row, today())
      const sql = 'update subscriptions set noticedOn = ?, months = ?, freeMonths = ? where id = ? and noticedOn is null'
      if (run(sql, told.noticedOn, told.months, told.freeMonths, row.id)) tell(row.member, 'notice', row.amount, chargeDay(told))
    }),

    /** But what is not charged any more, since its subscription has ended. */
    orders(member: string) {
      const shown = "member = ? and (ended is null or status <> 'open') order by day desc, orders.rowid desc"
      return all<OrderRow>(`select orders.* ${ordersOf} where ${shown}`, member)
    },
    order: (member: string, merchantUid: string) =>
      one<OrderRow>(`select orders.* ${ordersOf} where member = ? and merchantUid = ?`, member, merchantUid),
    /** Writes an order down before it is charged; one that exists stays as it is. */
    openOrder: (subscription: string, order: Order, day: Day) => add('orders', { ...order, subscription, day }),
    /** The month that is due as an order: as it was written down, whatever its price is since. */
    monthOf: (row: SubscriptionRow): Order =>
      one('select merchantUid, name, amount from orders where merchantUid = ?', orderOf(row).merchantUid) ?? orderOf(row),
    /**
     * The subscription that a payment is for: by an order of its number, with its whole amount in won, by a card of the member
     * whose order it is. Anyone can open a window for 1 won under somebody's order number.
     */
    paidBy({ merchantUid, amount, currency, customerUid, status, cancelAmount }: Paid) {
      const whose = `id = (select subscriptions.id ${ordersOf} join cards using (member)
        where merchantUid = ? and orders.amount = ? and cards.customerUid = ?)`
      const isPaid = status === 'paid' || (status === 'cancelled' && cancelAmount > 0 && cancelAmount < amount)
      if (customerUid === null || !isPaid || currency !== 'KRW') return null
      return subscriptions(whose, merchantUid, String(amount), customerUid)[0] ?? null
    },
    /** Whether a payment comes for what has ended, and its member has begun anew: nothing is left to use of it. */
    isTooLate(payment: Paid) {
      const row = store.paidBy(payment)
      return row?.ended && store.live(row.member) ? store.order(row.member, payment.merchantUid)?.status !== 'paid' : false
    },
    /** Takes a payment for its order. Answers whether the order is paid now. */
    markPaid: atomic((payment: Paid): boolean => {
      const { impUid, merchantUid, amount } = payment
      const row = store.paidBy(payment)
      if (!row) return false
      const sql = "update orders set status = 'paid', reason = null, impUid = ? where merchantUid = ? and status <> 'paid'"
      if (!run(sql, impUid, merchantUid)) return true
      // the first month is settled by the registration itself
      if (merchantUid === orderOf(row).merchantUid) {
        settleMonth(row, 'paid')
        // paid after all: what was given up goes on, unless the member has begun anew
        if (!store.live(row.member)) run('update subscriptions set ended = null, endedOn = null where id = ?', row.id)
      }
      return tell(row.member, 'paid', amount, merchantUid)
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
      const sql = `select member, refunded ${ordersOf} where merchantUid = ? and impUid = ?`
      const row = one<{ member: string; refunded: number }>(sql, merchantUid, impUid)
      if (!row || cancelAmount <= row.refunded) return
      run('update orders set refunded = ? where merchantUid = ?', cancelAmount, merchantUid)
      tell(row.member, 'refunded', cancelAmount - row.refunded, merchantUid)
    }),
    sweptUntil: () => one<{ until: number }>('select until from sweeps')?.until ?? 0,
    keepSwept: (until: number) => run('insert into sweeps values (1, ?) on conflict do update set until = excluded.until', until),
    history: (member: string) => all<HistoryRow>('select * from history where member = ? order by id desc', member),
  }
  // before the shop was first opened there was nothing to read
  run('insert into sweeps values (1, ?) on conflict do nothing', Date.parse(today()))
  return store
}

const ordersOf = 'from orders join subscriptions on subscriptions.id = subscription'
export type Store = ReturnType<typeof openStore>
