"""The smallest complete merchant's server: docs/http-api.md in Python's standard library.

Serves /api/billing, and the files of PUBLIC at /. README.md says how it is started.
"""
import http.server
import json
import os
import secrets
import sys
import time
import urllib.parse

import cards
import charge
import records
import registration
from portone import Denied, Lost
from refusals import REFUSALS, Refusal

BASE = "/api/billing"
BODY_BYTES, BODY_SECONDS = 16_384, 10


def prefers_english(header):
    def weight(part):
        _, _, q = part.partition(";q=")
        try:
            return float(q or 1)
        except ValueError:
            return 0.0

    for part in sorted(header.lower().split(","), key=weight, reverse=True):
        if part.strip()[:2] in ("ko", "en"):
            return part.strip()[:2] == "en"
    return False


class Shop(http.server.SimpleHTTPRequestHandler):
    timeout = 30

    def read_body(self):
        """Always read, so that a refusal is not lost with the connection; no further than a bound."""
        said = self.headers.get("Content-Length", "")
        left = length = int(said) if said.isascii() and said.isdecimal() else 0
        until, parts = time.monotonic() + BODY_SECONDS, []
        while left > 0 and length <= 1_000_000:
            self.connection.settimeout(max(0.01, until - time.monotonic()))
            try:
                part = self.rfile.read1(min(left, 65_536))
            except TimeoutError as error:
                raise Refusal("too-slow") from error
            if not part:
                break
            left -= len(part)
            parts.append(part)
        if length > BODY_BYTES:
            raise Refusal("too-large")
        return b"".join(parts)

    def parse(self, text, forms=False):
        kind = self.headers.get_content_type()
        if forms and kind == "application/x-www-form-urlencoded":
            return dict(urllib.parse.parse_qsl(text.decode(errors="replace")))
        if kind != "application/json" and not forms:
            raise Refusal("wrong-type")
        try:
            body = json.loads(text)
            json.dumps(body, ensure_ascii=False).encode()  # half a character can be neither kept nor asked for
        except (ValueError, RecursionError) as error:
            raise Refusal("not-json") from error
        if not isinstance(body, dict):
            raise Refusal("not-json")
        return body

    def check_site(self):
        site, origin = self.headers.get("Sec-Fetch-Site"), self.headers.get("Origin")
        if site is not None:
            fine = site in ("same-origin", "none")
        elif self.headers.get("X-Billing-Key") == "1" or origin is None:
            fine = True
        else:
            fine = urllib.parse.urlsplit(origin).netloc == self.headers.get("Host")
        if not fine:
            raise Refusal("cross-origin")

    def customer(self):
        row = self.session()
        if row is None:
            raise Refusal("not-signed-in")
        return row["customer"]

    def session(self):
        """The shop's own session: here a cookie and a row."""
        cookies = dict(part.strip().partition("=")[::2] for part in self.headers.get("Cookie", "").split(";"))
        return records.database().execute("SELECT customer FROM sessions WHERE id = ?", (cookies.get("session", ""),)).fetchone()

    def route(self, path):
        text = self.read_body()
        call = f"{self.command} {path}"
        if call == "POST /webhook":
            return registration.webhook(self.parse(text, forms=True))
        posts = {"POST /intents": registration.create_intent, "POST /confirm": registration.confirm, "POST /charges": charge.charge_order}
        removes = self.command == "DELETE" and path.startswith("/keys/")
        if call not in posts and call != "GET /keys" and not removes:
            raise Refusal("no-such-route")
        self.check_site()
        body = self.parse(text) if self.command == "POST" else {}
        customer = self.customer()
        if removes:
            return cards.remove(customer, urllib.parse.unquote(path.removeprefix("/keys/")))
        return cards.list_all(customer) if call == "GET /keys" else posts[call](customer, body)

    def serve(self):
        path = urllib.parse.urlsplit(self.path).path
        try:
            status, answer = 200, self.route(path.removeprefix(BASE) if path.startswith(f"{BASE}/") else "")
        except Exception as error:  # nothing is swallowed, and the browser gets no word of it
            code = str(error) if isinstance(error, Refusal) else "portone-unreachable" if isinstance(error, (Lost, Denied)) else "internal"
            status, korean, english = REFUSALS[code]
            message = english if prefers_english(self.headers.get("Accept-Language", "")) else korean
            answer = {"error": {"code": code, "message": message}}
            if status >= 500:
                print(self.command, path, repr(error), file=sys.stderr)
        text = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(text)

    do_POST = do_DELETE = do_OPTIONS = serve

    def do_GET(self):
        if urllib.parse.urlsplit(self.path).path.startswith(f"{BASE}/"):
            return self.serve()
        return super().do_GET()

    def end_headers(self):
        """Whoever opens a page is a customer of their own: a real shop has a sign-in here."""
        if self.command == "GET" and not self.path.startswith(BASE) and not self.session():
            session, customer = secrets.token_urlsafe(24), f"customer-{secrets.token_hex(6)}"
            records.database().execute("INSERT INTO sessions VALUES (?, ?)", (session, customer))
            self.send_header("Set-Cookie", f"session={session}; Path=/; HttpOnly; SameSite=Lax")
        super().end_headers()

    def log_message(self, *_):
        pass


def main():
    records.make_tables()
    if sys.argv[1:] == ["sweep"]:
        return registration.sweep(time.time() - 2 * 86_400)
    public = os.environ.get("PUBLIC", "public")
    address = ("127.0.0.1", int(os.environ.get("PORT", "8000")))
    server = http.server.ThreadingHTTPServer(address, lambda *args: Shop(*args, directory=public))
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
