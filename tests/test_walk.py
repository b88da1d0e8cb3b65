"""Every field of every route of ours, with what no browser sends.

The routes are read from the add-on; one that isn't walked here fails the test. Half of
what is sent is too long, too big or of another kind; the rest is a token with something
behind it. Nothing may fail, be echoed raw, or leave a row behind.
"""

import json
from collections import Counter
from statistics import median
from time import perf_counter
from urllib.parse import quote

import pytest
import requests
from ledger import Ledger
from portal_user import PortalUser
from target import EMAIL, NUMBER, TOTAL, Target
from visitor import MISHAPS

MARK = '"><zq9>'
FILE = object()
#: What is sent in place of each value, by what it is.
NASTY = {
    "nothing": "",
    "one letter": "x",
    "600 parentheses": "(" * 600,
    "10,000 characters": "a@" * 5_000,
    "1,000,000 characters": "a@" * 500_000,
    "1e30": "1e30",
    "32 digits": "9" * 32,
    "NaN": "NaN",
    "minus zero": "-0",
    "10^400": "1" + "0" * 400,
    "nul": "a\x00b",
    "markup": f"a{MARK}",
    "a file": FILE,
    "twice": ["x", f"y{MARK}"],
}
#: What JSON can say besides.
OTHERS = {
    "list": [1, [MARK]],
    "object": {MARK: MARK},
    "null": None,
    "true": True,
    "1e30 as a number": 1e30,
    "-0.0": -0.0,
    "2^63": 2**63,
    "10^400 as a number": 10**400,
    "NaN as a number": float("nan"),
}
ROUTES = """
import inspect, json

found = []
for rule in env["ir.http"].routing_map().iter_rules():
    if rule.endpoint.__module__.startswith("odoo.addons.paynow_module."):
        names = inspect.signature(inspect.unwrap(rule.endpoint)).parameters
        found.append([
            rule.rule, rule.endpoint.routing["type"], rule.endpoint.routing["auth"],
            sorted((rule.methods or {"GET"}) - {"HEAD", "OPTIONS"}), sorted(names),
        ])
print(json.dumps(found))
"""
PORTAL = """
import json
from odoo.fields import Command

client = env["res.partner"].search([("email", "=", EMAIL)])
company = env.ref("base.main_company")
company.paynow_autopay_enabled = company.paynow_autopay_guest = True
user = env["res.users"].with_context(no_reset_password=True).create({
    "login": "walker", "password": "walker-walker", "partner_id": client.id,
    "group_ids": [Command.set([env.ref("base.group_portal").id])],
    "company_id": company.id, "company_ids": [Command.set(company.ids)],
})
provider = env.ref("payment.payment_provider_demo")
provider.allow_tokenization = True
token = env["payment.token"].create({
    "provider_id": provider.id, "payment_details": "4242", "partner_id": client.id,
    "payment_method_id": env.ref("payment.payment_method_card").id,
    "provider_ref": "walk", "active": True,
})
choice = env["paynow.autopay"]._choose(client, token, "192.0.2.7", "I authorize it.",
                                       company=company)
link = choice._get_link("resume")
choice._end("client")
env["mail.mail"].search([]).unlink()  # Nothing of ours is on its way meanwhile.
env.cr.commit()
print(json.dumps({
    "invoice": env["account.move"].search([("name", "=", NUMBER)]).id,
    "token": token.id, "company": company.id, "client": client.commercial_partner_id.id,
    "opt_out": client._paynow_get_opt_out_url(company).partition("client=")[2],
    "choice": link.partition("choice=")[2], "mandate": choice.mandate_id.id,
}))
"""
#: What nothing of this may add to.
ROWS = """
SELECT (SELECT count(*) FROM account_move), (SELECT count(*) FROM account_payment),
       (SELECT count(*) FROM res_partner), (SELECT count(*) FROM payment_token),
       (SELECT count(*) FROM paynow_autopay), (SELECT count(*) FROM res_users),
       (SELECT count(*) FROM mail_activity), (SELECT count(*) FROM mail_mail)
"""


@pytest.fixture(scope="module")
def target(stack, paynow_db, shell, start_server):
    books = Ledger(stack, paynow_db, shell)
    books.invoice(EMAIL, {NUMBER: TOTAL})
    return Target(start_server(workers=2), books, shell)


def test_every_field_of_every_route(target, shell):
    """Nothing fails, nothing is echoed raw, nothing is written."""
    known = shell(f"EMAIL, NUMBER = {EMAIL!r}, {NUMBER!r}\n{PORTAL}")
    client = PortalUser(target.visitor.url)
    client.log_in("walker", "walker-walker")
    client.open("/my/autopay")
    walk = Walk(target, client, known)
    before = target.books.query(ROWS)
    routes = shell(ROUTES)
    for rule, kind, auth, methods, names in routes:
        for method in methods:
            walk.take(rule, kind, auth, method, names)
    assert target.books.query(ROWS) == before
    target.check_books()
    print(walk.tell())
    assert len(walk.rules) == len({rule for rule, *_rest in routes}) >= 12
    assert not walk.findings


class Walk:
    """A way through all routes, with a valid request of each that is then altered."""

    def __init__(self, target, client, known):
        self.target, self.client = target, client
        visitor = target.visitor
        csrf = visitor.csrf_token
        form = {"csrf_token": csrf}
        pair = {"email": EMAIL, "invoice": NUMBER}
        #: The values of the converters and, by rule and method, of the fields.
        self.parts = {
            "proof": target.proof, "token": target.receipt, "link": target.link,
            "invoice_id": known["invoice"], "token_id": known["token"],
            "company_id": known["company"], "client_id": known["client"],
            "mandate_id": known["mandate"], "action": "resume",
        }  # fmt: skip
        own = {"csrf_token": client.csrf_token}
        choice = {
            **own, "action": "on", "token_id": str(known["token"]), "timing": "on",
            "day": "",
            "days": "0", "limit": "0", "text": "", "use_discounts": "", "back": "1",
        }  # fmt: skip
        page = {"proof": target.proof, "link": target.link, "invoice": NUMBER,
                "source": "qr"}  # fmt: skip
        look_up = {**form, **pair, "amount": "no", "source": "qr"}
        params = {**visitor.params, "amount": 7.0}  # Refused: not what was offered.
        self.fields = {
            ("/PAYNOW", "GET"): page,
            ("/PAYNOW", "POST"): look_up,
            ("/PAYNOW/invoice/", "GET"): {},
            ("/PAYNOW/invoice/", "POST"): {"csrf_token": "no"},
            ("/PAYNOW/invoice//pdf", "GET"): {},
            ("/PAYNOW/items//", "GET"): {"currency": "USD", "tick": "all"},
            ("/PAYNOW/items//", "POST"): {
                **own, "currency": "USD", "item": "1", "amount_1": "no",
                "reason_1": "x",
            },
            ("/PAYNOW/link", "POST"): {"csrf_token": "no", "invoice": NUMBER},
            ("/PAYNOW/code/", "GET"): {},
            ("/PAYNOW/code/", "POST"): {"csrf_token": "no"},
            ("/PAYNOW/code//check", "POST"): {**form, "code": "12345x"},
            ("/PAYNOW/autopay/", "GET"): {"choice": known["choice"]},
            ("/PAYNOW/autopay/", "POST"): {"choice": known["choice"]},
            ("/PAYNOW/autopay//code", "GET"): {},
            ("/PAYNOW/autopay//code", "POST"): {"csrf_token": "no"},
            ("/PAYNOW/autopay//check", "POST"): {**form, "code": "12345x"},
            ("/PAYNOW/autopay", "GET"): {},
            ("/PAYNOW/autopay/save", "GET"): {
                "invoice": "1", "day": "2026-06-10", "medium": "card",
            },
            ("/PAYNOW/autopay/transaction", "POST"): {**params, "paynow_consent": True},
            ("/PAYNOW/autopay/saved/", "GET"): {},
            ("/PAYNOW/autopay/saved//news", "POST"): {},
            ("/PAYNOW/checkout/", "GET"): {},
            ("/PAYNOW/checkout/", "POST"): {**form, "choice": "", "amount": "no"},
            ("/PAYNOW/tell/", "GET"): {"kind": "wrong", "words": "x", "date": "x"},
            ("/PAYNOW/tell/", "POST"): {
                **form, "kind": "none", "words": "x", "date": "2020-01-01",
            },
            ("/PAYNOW/receipt/", "GET"): {},
            ("/PAYNOW/receipt//news", "POST"): {},
            ("/PAYNOW/answer/", "POST"): {"access_token": target.proof, "seconds": 9},
            ("/payment/status", "GET"): {},
            ("/PAYNOW/reminders", "GET"): {"client": known["opt_out"]},
            ("/PAYNOW/reminders", "POST"): {"client": "no", "wanted": "1"},
            ("/PAYNOW/transaction/", "POST"): {
                **params, "paynow_note": "x", "paynow_copy_email": EMAIL,
            },
            ("/PAYNOW/chosen/", "POST"): {"access_token": target.proof},
            ("/PAYNOW/more/", "POST"): {"access_token": target.proof},
            ("/PAYNOW/receipt//mandate", "GET"): {},
            ("/my/mandates/", "GET"): {},
            ("/paynow/mandates/export", "GET"): {"ids": "1"},
            ("/my/autopay", "GET"): {},
            ("/my/autopay", "POST"): choice,
            ("/my/invoices//autopay", "POST"): choice,
            ("/my/payment_method//nickname", "POST"): {**own, "nickname": "x"},
        }  # fmt: skip
        self.rules, self.findings = set(), []
        self.requests, self.statuses, self.fields_sent = 0, Counter(), 0
        self.seconds = []

    def take(self, rule, kind, auth, method, names):
        """Send each field of a route, and each part of its address, altered."""
        # "/PAYNOW/tell/<string:proof>" is "/PAYNOW/tell/" and a part that is the proof.
        plain, parts, path = "", [], ""
        for piece in rule.replace(">", "<").split("<")[::1]:
            if ":" in piece or "(" in piece:
                parts.append(piece.rpartition(":")[2].rpartition(")")[2].strip(":"))
                path += f"{{{parts[-1]}}}"
            else:
                plain, path = plain + piece, path + piece
        plain = "/PAYNOW" if plain.lower() == "/paynow" else plain
        fields = self.fields[plain, method]
        self.rules.add(rule)
        # A list is shown to whom it is, here by the login.
        is_client = auth == "user" or "/items/" in rule
        visitor = self.client if is_client else self.target.visitor
        address = path.format(**self.parts)
        began = [self.send(visitor, kind, method, address, fields) for _try in range(3)]
        usual = median(began)
        for part in parts:
            self.fields_sent += 1
            for text in self.get_tokens(str(self.parts[part])):
                altered = path.format(**{**self.parts, part: quote(text, safe="")})
                self.check(visitor, kind, method, altered, fields,
                           f"{rule} <{part}>", usual)  # fmt: skip
        for name in dict.fromkeys([*fields, *names]):
            if name in ("self", "kwargs", "_kwargs", "_kw", *parts):
                continue
            self.fields_sent += 1
            texts = {**NASTY, **(OTHERS if kind == "jsonrpc" else {})}
            value = fields.get(name)
            for text in self.get_tokens(value) if is_like_token(value) else ():
                texts[text[-12:]] = text
            for what, text in texts.items():
                self.check(visitor, kind, method, address, {**fields, name: text},
                           f"{method} {rule} {name}: {what}", usual)  # fmt: skip

    def get_tokens(self, token):
        """Return what a token is spelled like by who wants to get past its reader."""
        others = (self.target.link, self.target.receipt, self.target.proof)
        return [
            token + "=", token + "===" + MARK, token + "%3D", token + "\x00",
            "=" + token,
            *(token + other[-9:] for other in others), "9" * 40, "-1", "A" * 600,
            f"x{MARK}",
        ]  # fmt: skip

    def check(self, visitor, kind, method, path, fields, where, usual):
        """Send a request and note what is wrong with its answer."""
        lasted = self.send(visitor, kind, method, path, fields, where)
        self.seconds.append((lasted - usual, where))

    def send(self, visitor, kind, method, path, fields, where="valid"):
        """Send a request; return the seconds that it took."""
        options = prepare(kind, method, fields)
        if options is None:
            return 0.0
        start = perf_counter()
        try:
            answer = visitor.send(method, path, allow_redirects=False, **options)
        except requests.ConnectionError:  # Refused while it was still being sent.
            self.statuses["closed"] += 1
            return perf_counter() - start
        lasted = perf_counter() - start
        self.requests += 1
        self.statuses[answer.status_code] += 1
        text = answer.text
        if answer.status_code >= 500:
            self.findings.append((where, answer.status_code))
        if "<zq9>" in text or "<zq9>" in answer.headers.get("Location", ""):
            self.findings.append((where, "raw echo"))
        if any(mishap in text for mishap in (*MISHAPS, "psycopg2")):
            self.findings.append((where, "mishap"))
        return lasted

    def tell(self):
        """Return the figures of the walk."""
        slowest = sorted(self.seconds, reverse=True)[:3]
        return (
            f"{len(self.rules)} routes, {self.fields_sent} fields, {self.requests}"
            f" requests, {dict(self.statuses)}, {len(self.findings)} findings;"
            f" slowest beyond the usual: {slowest}\n{self.findings}"
        )


def is_like_token(value):
    return isinstance(value, str) and len(value) > 60


def prepare(kind, method, fields):
    """Return how `requests` sends these fields; None if it can't be sent so."""
    if kind == "jsonrpc":
        if any(value is FILE for value in fields.values()):
            return None
        call = {"jsonrpc": "2.0", "method": "call", "id": 1, "params": fields}
        return {
            "data": json.dumps(call),
            "headers": {"Content-Type": "application/json"},
        }
    texts = {name: value for name, value in fields.items() if value is not FILE}
    files = {
        name: ("a.txt", b"x" * 100) for name, value in fields.items() if value is FILE
    }
    if method == "GET":
        # What is longer than an address can be is refused by any server.
        if files or any(len(str(value)) > 20_000 for value in texts.values()):
            return None
        return {"params": texts}
    return {"data": texts, **({"files": files} if files else {})}
