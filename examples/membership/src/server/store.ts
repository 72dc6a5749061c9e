import Database from 'libsql'
import type { Payment } from 'react-billing-key/server'
import { sqliteLock } from '../../../locks/sqliteLock.ts'

type Paid = Pick<Payment, 'merchantUid' | 'amount' | 'currency' | 'customerUid' | 'status'>

interface CardRow {
  customer_uid: string
  name: string | null
  number: string | null
}
export interface MemberRow {
  id: string
  name: string
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
    create table if not exists members (id text primary key, name text not null);
    create table if not exists sessions (id text primary key, customer text not null);
    create table if not exists cards (customer_uid text primary key, customer text not null, name text, number text,
      removed integer not null default 0);
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
    /**
     * Makes a member. A name is what is shown, and no proof of who one is: entering it again elsewhere makes another
     * member, who sees nothing of the first. A real shop asks for a password here.
     */
    signIn(session: string, member: string, name: string) {
      db.transaction(() => {
        db.prepare('insert into members values (?, ?)').run(member, name)
        db.prepare('insert into sessions values (?, ?)').run(session, member)
      })()
    },
    signOut(id: string) {
      db.prepare('delete from sessions where id = ?').run(id)
    },
    memberOf(session: string): MemberRow | null {
      const row = db
        .prepare('select members.id, members.name from sessions join members on members.id = sessions.customer where sessions.id = ?')
        .get(session) as MemberRow | undefined
      return row ? { id: row.id, name: row.name } : null
    },
    /** Idempotent: a key is confirmed again when the page is. */
    keepCard(customer: string, uid: string, name: string | null, number: string | null) {
      db.prepare('insert into cards (customer_uid, customer, name, number) values (?, ?, ?, ?) on conflict (customer_uid) do nothing').run(
        uid,
        customer,
        name,
        number,
      )
    },
    cards(customer: string) {
      return db.prepare('select customer_uid, name, number from cards where customer = ? and removed = 0').all(customer) as CardRow[]
    },
    /** The row stays: a payment that is told of later still has to be known as this customer's. */
    dropCard(customer: string, uid: string) {
      db.prepare('update cards set removed = 1 where customer = ? and customer_uid = ?').run(customer, uid)
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
    /**
     * Takes a payment for an order: only one of its number, its whole amount in won, by a card of the customer whose order
     * it is. Anyone can open a window for 1 won under somebody's order number. Answers whether the order is paid now.
     */
    markPaid({ merchantUid, amount, currency, customerUid, status }: Paid): boolean {
      if (status !== 'paid' || currency !== 'KRW' || customerUid === null) return false
      const { changes } = db
        .prepare(
          `update orders set status = 'paid' where merchant_uid = ? and amount = ?
             and customer in (select customer from cards where customer_uid = ?)`,
        )
        .run(merchantUid, amount, customerUid)
      return changes === 1
    },
    orders(customer: string) {
      return db
        .prepare('select merchant_uid, name, amount, status, created_at from orders where customer = ? order by created_at desc')
        .all(customer) as OrderRow[]
    },
  }
}
