"""From an intent to a confirmed key, and what nobody came back for."""
import base64
import hashlib
import hmac
import json
import os
import secrets
import sys
import threading
import time

import portone
import records
from refusals import Refusal

SIGNING_KEY = os.environ["SIGNING_KEY"].encode()
WEBHOOKS_AT_ONCE = threading.BoundedSemaphore(8)


def signature(text):
    return base64.urlsafe_b64encode(hmac.new(SIGNING_KEY, text, hashlib.sha256).digest())


def sign(intent):
    text = base64.urlsafe_b64encode(json.dumps(intent).encode())
    return b".".join((text, signature(text))).decode()


def verify(token):
    """The intent of a token, or None when this shop did not sign it."""
    if not isinstance(token, str) or not token.isascii():
        return None
    text, _, signed = token.encode().partition(b".")
    return json.loads(base64.urlsafe_b64decode(text)) if hmac.compare_digest(signed, signature(text)) else None


def intent_in(payment):
    """The intent that PortOne kept with the payment. custom_data is JSON in a string, and the window's page wrote it."""
    try:
        return verify(json.loads(payment["custom_data"])["intent"])
    except (ValueError, KeyError, TypeError):
        return None


def create_intent(customer, body):
    plan = body.get("plan", "monthly")
    if not isinstance(plan, str) or plan not in records.PLANS:
        raise Refusal("unknown-plan")
    name, amount = records.PLANS[plan]
    order = {"customerUid": f"card-{secrets.token_hex(12)}", "merchantUid": f"first-{secrets.token_hex(12)}", "name": name, "amount": amount}
    if amount > 0:
        portone.ask("POST", "/payments/prepare", {"merchant_uid": order["merchantUid"], "amount": amount})
    token = sign({**order, "customer": customer, "plan": plan, "currency": "KRW"})
    return {**order, "token": token, "customData": {"intent": token}}


def outcome(intent, payment):
    """What a registration came to, by what PortOne holds; keeps the key that it confirms."""
    if payment["merchant_uid"] != intent["merchantUid"]:
        raise Refusal("other-order")
    if payment["status"] == "ready":
        return {"status": "pending"}
    if payment["status"] == "failed":
        return {"status": "failed", "code": "declined", "message": payment.get("fail_reason") or ""}
    if not portone.is_paid(payment):
        raise Refusal("cancelled")
    if (payment["amount"], payment["currency"]) != (intent["amount"], intent["currency"]):
        raise Refusal("other-amount")
    if payment.get("customer_uid") != intent["customerUid"]:
        raise Refusal("other-key")
    held = portone.key_of(intent["customerUid"])
    if held is None:
        raise Refusal("no-key")
    records.keep_key(intent)
    issued = {"customerUid": intent["customerUid"], "impUid": payment["imp_uid"], "charged": payment["amount"]}
    return {"status": "issued", **issued, "card": portone.card_of(held), "currency": payment["currency"]}


def confirm(customer, body):
    imp_uid = body.get("impUid")
    is_told = isinstance(imp_uid, str) and imp_uid != ""
    payment = portone.payment_of(imp_uid) if is_told else None
    intent = verify(body.get("token")) or (payment and intent_in(payment))
    if not intent:
        raise Refusal("invalid-token")
    if intent["customer"] != customer:
        raise Refusal("not-yours")
    if is_told:
        if payment is None:
            raise Refusal("unknown-payment")
        return outcome(intent, payment)
    # a refusal that the window never told says nothing about what the customer does in it now
    found = portone.payment_for(intent["merchantUid"])
    return {"status": "none"} if found is None or found["status"] == "failed" else outcome(intent, found)


def webhook(body):
    imp_uid = body.get("imp_uid")
    if not isinstance(imp_uid, str) or not imp_uid:
        raise Refusal("not-json")
    if not WEBHOOKS_AT_ONCE.acquire(timeout=portone.ASK_SECONDS):
        raise Refusal("busy")
    try:
        payment = portone.payment_of(imp_uid)
        if payment is None:
            raise Refusal("unknown-payment")
        learn(payment)
        return {"status": payment["status"]}
    finally:
        WEBHOOKS_AT_ONCE.release()


def learn(payment):
    """What a webhook or a sweep brings: a key that nobody came back for, or an order that is paid."""
    if not portone.is_paid(payment):
        return
    intent = intent_in(payment)
    try:
        if intent is not None:
            outcome(intent, payment)
        elif not records.mark_paid(payment):
            raise Refusal("other-order")
    except Refusal as refusal:
        print("look at this payment:", payment["imp_uid"], refusal, file=sys.stderr)


def sweep(since):
    """PortOne sends a webhook once: a daily job asks what was paid since then, whether or not a part was refunded."""
    span = f"from={int(since)}&to={int(time.time())}"
    for status in ("paid", "cancelled"):
        page = 1
        while page:
            answer = portone.ask("GET", f"/payments/status/{status}?page={page}&limit=100&{span}")
            for payment in answer["list"]:
                learn(payment)
            page = answer["next"]
