"""A shop in Python's standard library: registers a typed card, charges it, refunds, schedules and reads webhooks."""
import json
import os
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer

base, key, secret, card = sys.argv[1:5]
heard = []


class Webhooks(BaseHTTPRequestHandler):
    def do_POST(self):
        heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Webhooks)
threading.Thread(target=server.serve_forever, daemon=True).start()
notice_url = f"http://127.0.0.1:{server.server_port}/"


def call(method, path, form=None, token=None, as_json=False):
    body = None
    headers = {}
    if form is not None:
        body = (json.dumps(form) if as_json else urllib.parse.urlencode(form)).encode()
        headers["Content-Type"] = "application/json" if as_json else "application/x-www-form-urlencoded"
    if token:
        headers["Authorization"] = token  # bare, as PortOne's samples send it
    request = urllib.request.Request(base + path, body, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            said = json.load(answer)
    except urllib.error.HTTPError as error:
        said = json.load(error)
    return said["code"], said["response"]


def check(what, fine):
    if not fine:
        sys.exit(f"failed: {what}")


code, response = call("POST", "/users/getToken", {"imp_key": key, "imp_secret": secret})
check("token", code == 0)
token = response["access_token"]
typed = {"card_number": card, "expiry": "2099-12", "birth": "900101", "pwd_2digit": "12"}
code, response = call("POST", "/subscribe/customers/py-1", typed, token)
check("key-in", code == 0 and response["customer_uid"] == "py-1")
order = {"customer_uid": "py-1", "merchant_uid": "py-order-1", "amount": 9900, "name": "월간 이용권", "notice_url": notice_url}
code, response = call("POST", "/subscribe/payments/again", order, token)
check("charge", code == 0 and response["status"] == "paid" and response["amount"] == 9900)
imp_uid = response["imp_uid"]
code, _ = call("POST", "/subscribe/payments/again", order, token)
check("second charge is refused", code != 0)
code, response = call("POST", "/payments/cancel", {"imp_uid": imp_uid, "amount": 900, "checksum": 9900}, token)
check("refund", code == 0 and response["cancel_amount"] == 900 and response["status"] == "paid")
later = {"merchant_uid": "py-order-2", "schedule_at": 4000000000, "amount": 9900, "name": "다음 달", "notice_url": notice_url}
code, response = call("POST", "/subscribe/payments/schedule", {"customer_uid": "py-1", "schedules": [later]}, token, as_json=True)
check("schedule", code == 0 and response[0]["schedule_status"] == "scheduled")
until = time.time() + 60
while len(heard) < 1 and time.time() < until:
    time.sleep(0.02)
check("webhook", heard == [{"imp_uid": imp_uid, "merchant_uid": "py-order-1", "status": "paid"}])
print("python: ok", os.path.basename(__file__))
