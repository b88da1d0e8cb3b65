"""Whom the fuzz tests send it to: a server, and what each of its answers must keep."""

import json
from collections import Counter
from urllib.parse import urlencode

from visitor import MISHAPS, Visitor

EMAIL, NUMBER, TOTAL = "fuzz@client.example.com", "Fuzz1", 1_000_000.0
ROWS = """
SELECT count(*), coalesce(max(id), 0) FROM payment_transaction
"""
WRONG_ROWS = """
SELECT id, reference, amount, state, operation, tokenize, landing_route
  FROM payment_transaction
 WHERE id > %s AND NOT (
       is_paynow AND amount = 0.01 AND NOT tokenize
   AND (state = 'draft' OR state = 'cancel' AND paynow_replaced_by_id IS NOT NULL)
   AND token_id IS NULL AND operation IN ('online_direct', 'online_redirect')
   AND landing_route LIKE '/PAYNOW/receipt/%%' AND paynow_email = %s
   AND partner_id = (SELECT partner_id FROM account_move WHERE name = %s))
"""
LINK = """
import json

print(json.dumps(env["account.move"].search([("name", "=", NUMBER)]).paynow_url))
"""


class Target:
    """A server, and a visitor who knows what a valid request looks like."""

    def __init__(self, server, books, shell):
        self.books = books
        link = shell(f"NUMBER = {NUMBER!r}\n{LINK}")
        self.link = link.partition("link=")[2]
        self.visitor = Visitor(server.url)
        self.visitor.look_up(EMAIL, NUMBER, "0.01")
        self.proof = self.visitor.checkout.rpartition("/")[2]
        values = self.visitor.confirm()
        ((self.before, self.last),) = books.query(ROWS)
        receipt = self.visitor.poll()["landing_route"]
        self.receipt = receipt.rpartition("/")[2]
        #: Of the payments that were begun; one that is begun again is the same.
        self.references = {values["reference"]}
        self.statuses = Counter()
        self.made = 0

    def send(self, method, path, **options):
        """Send a request and check the answer's manners."""
        answer = self.visitor.send(method, path, allow_redirects=False, **options)
        self.statuses[f"{method} {answer.status_code}"] += 1
        assert answer.status_code < 500, answer.text[-2000:]
        for mishap in (*MISHAPS, "psycopg2"):
            assert mishap not in answer.text, answer.text[-2000:]
        return answer

    def form(self, path, fields, **options):
        """Send a form, whatever its fields are."""
        pairs = [(key, as_text(value)) for key, value in fields.items()]
        body = urlencode(pairs, errors="surrogatepass")
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.send("POST", path, data=body, headers=kind, **options)

    def note(self, answer):
        """Remember the payment whose values an answer holds."""
        self.made += 1
        self.references.add(answer.json()["result"]["reference"])

    def check_books(self):
        """Check that there are the payments which were answered for, and no others."""
        ((count, _last),) = self.books.query(ROWS)
        assert count - self.before == len(self.references) - 1
        assert self.books.query(WRONG_ROWS, self.last, EMAIL, NUMBER) == []
        assert self.books.read(NUMBER)["residual"] == 100 * TOTAL


def as_text(value):
    """Return a value as a form would send it."""
    return value if isinstance(value, str) else json.dumps(value)
