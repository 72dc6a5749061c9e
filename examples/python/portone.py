"""PortOne's REST API: what is its word, and what is none."""
import json
import os
import re
import socket
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

BASE = os.environ.get("PORTONE_URL", "https://api.iamport.kr")
IMP_KEY = os.environ["IMP_KEY"]
IMP_SECRET = os.environ["IMP_SECRET"]
ASK_SECONDS = 30


class Lost(Exception):
    """No answer of PortOne's: what was asked may have been done. `sent` is False where nothing left this machine."""

    def __init__(self, why, sent=True):
        super().__init__(why)
        self.sent = sent


class Denied(Exception):
    """PortOne's own refusal."""

    def __init__(self, status, code, message):
        super().__init__(message)
        self.status, self.code = status, code


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


OPENER = urllib.request.build_opener(NoRedirect)
token_lock = threading.Lock()
access = {"token": "", "until": 0.0}


def send(method, path, body, token):
    """One call. Only an answer of the form { code, message, response } is PortOne's word."""
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(BASE + path, data, headers, method=method)
    try:
        with OPENER.open(request, timeout=ASK_SECONDS) as answer:
            status, text = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        status, text = error.code, error.read()
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise Lost(str(reason), sent=not isinstance(reason, (ConnectionRefusedError, socket.gaierror))) from error
    try:
        said = json.loads(text)
        code, message, response = said["code"], said["message"], said["response"]
    except (ValueError, KeyError, TypeError) as error:
        raise Lost(f"HTTP {status}, and not PortOne's form") from error
    if status >= 500:
        raise Lost(f"HTTP {status}")
    if code != 0 or status >= 400:
        raise Denied(status, code, message or "")
    return response


def access_token(refused=""):
    with token_lock:
        if access["token"] == refused or access["until"] < time.time() + 60:
            try:
                got = send("POST", "/users/getToken", {"imp_key": IMP_KEY, "imp_secret": IMP_SECRET}, "")
            except (Lost, Denied) as error:
                raise Lost(f"no access token: {error}", sent=False) from error
            access.update(token=got["access_token"], until=time.time() + got["expired_at"] - got["now"])
        return access["token"]


def ask(method, path, body=None):
    token = access_token()
    try:
        return send(method, path, body, token)
    except Denied as error:
        if error.status != 401:
            raise
        return send(method, path, body, access_token(refused=token))  # turned away at the door: nothing was done


def find(path):
    """What PortOne holds there, or None."""
    try:
        return ask("GET", path)
    except Denied as error:
        if error.status == 404:
            return None
        raise Lost(f"PortOne refused a question: {error}") from error


def quote(name):
    return urllib.parse.quote(name, safe="")


def payment_of(imp_uid):
    if not re.fullmatch(r"[\w-]{1,32}", imp_uid, re.ASCII):
        return None  # no number of PortOne's, and perhaps another path
    return find(f"/payments/{quote(imp_uid)}?include_sandbox=true")


def payment_for(merchant_uid):
    """The payment of an order that counts: a paid one, else one that was refunded, else the newest."""
    path = f"/payments/find/{quote(merchant_uid)}"
    newest = find(path)
    if newest is None or newest["status"] == "paid":
        return newest
    if newest["status"] != "failed":
        return find(f"{path}/paid") or newest
    return find(f"{path}/paid") or find(f"{path}/cancelled") or newest


def is_paid(payment):
    """Whether money of it is the shop's. What a part was refunded of may be paid or cancelled: PortOne's documents do not say."""
    return payment["status"] == "paid" or (payment["status"] == "cancelled" and 0 < payment["cancel_amount"] < payment["amount"])


def key_of(customer_uid):
    return find(f"/subscribe/customers/{quote(customer_uid)}")


def card_of(held):
    return {"name": held.get("card_name"), "number": held.get("card_number")}
