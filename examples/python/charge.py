"""Charges an order once: claim, look, send once, look again. docs/charge.md says why in this order."""
import os
import secrets
import time

import portone
import records
from portone import Denied, Lost
from refusals import Refusal

PATIENCE_SECONDS = float(os.environ.get("PATIENCE_SECONDS", "10"))
IN_FLIGHT_SECONDS = 300


def charge_order(customer, body):
    db, customer_uid, ref = records.database(), body.get("customerUid"), body.get("order")
    key = records.owns(db, customer, customer_uid) if isinstance(customer_uid, str) else None
    if key is None or key["removed"]:
        raise Refusal("unknown-key")
    order = db.execute("SELECT * FROM orders WHERE customer = ? AND ref = ?", (customer, ref if isinstance(ref, str) else "")).fetchone()
    if order is None:
        raise Refusal("unknown-order")
    return charge(db, order, customer_uid)


def declined(order, code, message):
    return {"status": "declined", "merchantUid": order["merchant_uid"], "code": code, "message": message}


def settled(order, payment, sent=None):
    """The answer that a payment is for its order, or None while it is none. `sent`: the charge's key, and what failed before."""
    status = payment and payment["status"]
    if payment and portone.is_paid(payment):
        if not records.mark_paid(payment):
            return declined(order, "order-paid-otherwise", "")
        return {"status": "paid", "merchantUid": order["merchant_uid"], "amount": payment["amount"]}
    if status == "cancelled":
        return declined(order, "order-cancelled", "")
    # a window that failed under the order's number names another key, or none: the charge may be on its way all the same
    if status == "failed" and sent and payment.get("customer_uid") == sent[0] and payment["imp_uid"] != sent[1]:
        return declined(order, "card-declined", payment.get("fail_reason") or "")
    return None


def take_claim(db, order):
    """Only who has the claim may send. One that is too old to be on its way any more is taken over, by one."""
    name, now, uid = secrets.token_hex(16), time.time(), order["merchant_uid"]
    db.execute("INSERT OR IGNORE INTO claims VALUES (?, ?, ?)", (uid, name, now))
    db.execute("UPDATE claims SET claim = ?, at = ? WHERE merchant_uid = ? AND at < ?", (name, now, uid, now - IN_FLIGHT_SECONDS))
    return db.execute("SELECT 1 FROM claims WHERE merchant_uid = ? AND claim = ?", (uid, name)).fetchone() and name


def charge(db, order, customer_uid):
    uid, unknown = order["merchant_uid"], {"status": "unknown", "merchantUid": order["merchant_uid"]}
    claim = take_claim(db, order)
    if not claim:
        return settled(order, portone.payment_for(uid)) or unknown

    def release(answer):
        if answer["status"] != "paid":
            db.execute("DELETE FROM claims WHERE merchant_uid = ? AND claim = ?", (uid, claim))
        return answer

    try:
        earlier = portone.payment_for(uid)
    except Lost:
        return release(declined(order, "not-sent", ""))
    if done := settled(order, earlier):
        return release(done)
    if earlier and earlier["status"] == "ready":
        return release(unknown)
    sent = (customer_uid, earlier["imp_uid"] if earlier else "")
    request = {"customer_uid": customer_uid, "merchant_uid": uid, "amount": order["amount"], "name": order["name"]}
    try:
        answer = portone.ask("POST", "/subscribe/payments/again", request)
        own = {**answer, "customer_uid": answer.get("customer_uid") or customer_uid}
        if done := settled(order, own, sent):
            return release(done)
    except Denied as error:  # it may be refused because it is paid
        try:
            return release(settled(order, portone.payment_for(uid), sent) or declined(order, f"portone-{error.code}", str(error)))
        except Lost:
            return unknown
    except Lost as error:
        if not error.sent:
            return release(declined(order, "not-sent", ""))
    return look_again(order, sent, release) or unknown  # the claim stays: it may have been charged


def look_again(order, sent, release):
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        try:
            if done := settled(order, portone.payment_for(order["merchant_uid"]), sent):
                return release(done)
        except Lost:
            pass
        time.sleep(0.5)
    return None
