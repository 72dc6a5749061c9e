import Database from 'libsql'
import { sqliteLock } from '../../../locks/sqliteLock.ts'

export interface CardRow {
  customer_uid: string
  name: string | null
  number: string | null
}
export interface OrderRow {
  merchant_uid: string
  name: string
  amount: number
  status: 'open' | 'paid'
  created_at: number
}

/** Customers' sessions, cards and orders, in one SQLite file. */
export function openStore(file: string) {
  const db = new Database(file)
  db.exec(`
    create table if not exists sessions (id text primary key, customer text not null);
    create table if not exists cards (customer_uid text primary key, customer text not null, name text, number text);
    create table if not exists orders (merchant_uid text primary key, customer text not null, name text not null,
      amount integer not null, status text not null, created_at integer not null);
    create table if not exists events (id text primary key);
  `)
  return {
    lock: sqliteLock(db),
    /** Does what a webhook's news changes, once for each piece of news. */
    once(event: string, change: () => void) {
      db.transaction(() => {
        if (db.prepare('insert into events values (?) on conflict do nothing').run(event).changes === 1) change()
      })()
    },
    signIn(id: string, customer: string) {
      db.prepare('insert into sessions values (?, ?)').run(id, customer)
    },
    signOut(id: string) {
      db.prepare('delete from sessions where id = ?').run(id)
    },
    customerOf(session: string): string | null {
      const row = db.prepare('select customer from sessions where id = ?').get(session) as { customer: string } | undefined
      return row?.customer ?? null
    },
    /** Idempotent: a key is confirmed again when the page is. */
    keepCard(customer: string, uid: string, name: string | null, number: string | null) {
      db.prepare('insert into cards values (?, ?, ?, ?) on conflict (customer_uid) do nothing').run(uid, customer, name, number)
    },
    cards(customer: string) {
      return db.prepare('select customer_uid, name, number from cards where customer = ?').all(customer) as CardRow[]
    },
    dropCard(customer: string, uid: string) {
      db.prepare('delete from cards where customer = ? and customer_uid = ?').run(customer, uid)
    },
    /** Adds an order; one that exists stays as it is. */
    addOrder(customer: string, merchantUid: string, name: string, amount: number, status: OrderRow['status']) {
      db.prepare('insert into orders values (?, ?, ?, ?, ?, ?) on conflict (merchant_uid) do nothing').run(
        merchantUid,
        customer,
        name,
        amount,
        status,
        Date.now(),
      )
    },
    order(customer: string, merchantUid: string) {
      return db.prepare('select * from orders where customer = ? and merchant_uid = ?').get(customer, merchantUid) as OrderRow | undefined
    },
    markPaid(merchantUid: string) {
      db.prepare("update orders set status = 'paid' where merchant_uid = ?").run(merchantUid)
    },
    orders(customer: string) {
      return db
        .prepare('select merchant_uid, name, amount, status, created_at from orders where customer = ? order by created_at desc')
        .all(customer) as OrderRow[]
    },
  }
}
