"""The shop's own records, in SQLite."""
import os
import secrets
import sqlite3

DATABASE = os.environ.get("DATABASE", "shop.sqlite")
PLANS = {"monthly": ("월간 이용권", 9900)}


def database():
    db = sqlite3.connect(DATABASE, timeout=10, isolation_level=None)
    db.row_factory = sqlite3.Row
    return db


def make_tables():
    database().executescript(
        """
        PRAGMA journal_mode = WAL;
        CREATE TABLE IF NOT EXISTS sessions (id TEXT PRIMARY KEY, customer TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS keys (customer_uid TEXT PRIMARY KEY, customer TEXT NOT NULL, removed INTEGER NOT NULL DEFAULT 0);
        CREATE TABLE IF NOT EXISTS orders (merchant_uid TEXT PRIMARY KEY, customer TEXT NOT NULL, ref TEXT NOT NULL,
          name TEXT NOT NULL, amount INTEGER NOT NULL, paid_by TEXT, UNIQUE (customer, ref));
        CREATE TABLE IF NOT EXISTS claims (merchant_uid TEXT PRIMARY KEY, claim TEXT NOT NULL, at REAL NOT NULL);
        """
    )


def owns(db, customer, customer_uid):
    return db.execute("SELECT removed FROM keys WHERE customer_uid = ? AND customer = ?", (customer_uid, customer)).fetchone()


def keep_key(intent):
    """A confirmed key, and the second month that its customer will owe. Any number of times."""
    db, customer = database(), intent["customer"]
    db.execute("INSERT OR IGNORE INTO keys (customer_uid, customer) VALUES (?, ?)", (intent["customerUid"], customer))
    month = (f"month-{secrets.token_hex(12)}", customer, "month-2", intent["name"], PLANS[intent["plan"]][1])
    db.execute("INSERT OR IGNORE INTO orders (merchant_uid, customer, ref, name, amount) VALUES (?, ?, ?, ?, ?)", month)


def mark_paid(payment):
    """Marks the order of a payment, any number of times. False when order, customer or amount are not those of the shop's
    own records: anyone can open a window for 1 won."""
    return payment["currency"] == "KRW" and database().execute(
        """UPDATE orders SET paid_by = COALESCE(paid_by, ?) WHERE merchant_uid = ? AND amount = ?
           AND customer = (SELECT customer FROM keys WHERE customer_uid = ?)""",
        (payment["imp_uid"], payment["merchant_uid"], payment["amount"], payment.get("customer_uid")),
    ).rowcount == 1
