"""Books in which payments have no journal entry, as with Odoo's accounting app.

The app is not free; `paynow_accounting_standin` answers in its place. Until the bank
statement is reconciled, such books call a paid invoice open.
"""

from urllib.parse import urlsplit

import pytest
from ledger import Ledger, fill
from visitor import Visitor, at_once

from dev.places import ROOT, cache

EMAIL = "books@client.example.com"
TOTALS = {f"Books{n}": 100.0 for n in range(4)}

SETUP = """
providers = env["payment.provider"].search([("state", "!=", "disabled")])
lines = providers.journal_id.inbound_payment_method_line_ids
lines.payment_account_id = False
env.cr.commit()
"""
LINK = """
import json

print(json.dumps(env["account.move"].search([("name", "=", NUMBER)]).paynow_url))
"""
#: What the client is asked for, and what staff read.
NEWS = """
import json
from odoo.tools.safe_eval import safe_eval

company = env.ref("base.main_company")
client = env["res.partner"].search([("email", "=", EMAIL)])
tables = client._paynow_get_statements(company)[client]["tables"]
invoice = env["account.move"].search([("name", "=", NUMBER)])
checks = {c["title"]: c for c in company._paynow_get_health()}
action = env.ref("paynow_module.payment_transaction_action_unposted")
listed = env["payment.transaction"].search(safe_eval(action.domain))
print(json.dumps({
    "asked": [line["number"] for table in tables for line in table["lines"]],
    "obstacle": invoice._paynow_get_reminder_obstacle(),
    "health": [checks["Payment provider"]["state"],
               checks["Payment provider"]["message"]],
    "listed": listed.mapped("invoice_ids.name"),
    "reasons": listed.mapped("paynow_reason"),
}))
"""
PAYMENTS = """
SELECT p.state, p.move_id IS NULL, round(100 * p.amount)::int
  FROM account_payment p
  JOIN account_move__account_payment r ON r.payment_id = p.id
  JOIN account_move m ON m.id = r.invoice_id
 WHERE m.name = %s
"""


@pytest.fixture(scope="module")
def arguments(stack):
    """Odoo sees the module of these tests, too."""
    addons = [*stack.odoo.addons, ROOT, ROOT / "tests"]
    return "--addons-path", ",".join(map(str, addons))


@pytest.fixture(scope="module")
def books(stack, paynow_db, arguments, shell):
    """The books of a company whose provider has no outstanding account."""
    stack.run_odoo(
        "server", "-d", paynow_db, *arguments, "--no-http",
        "-i", "paynow_accounting_standin", "--stop-after-init",
        log=cache("logs") / "without_entry.install.log",
        otherwise="The stand-in could not be installed.",
    )  # fmt: skip
    ledger = Ledger(stack, paynow_db, shell)
    ledger.invoice(EMAIL, TOTALS)
    shell(SETUP)
    return ledger


@pytest.fixture(scope="module")
def url(books, start_server):
    """The address of a server with two workers, so that payers meet."""
    return start_server(workers=2).url


def read_receipt(visitor):
    """Return the text of the page on which a payer lands."""
    return visitor.open(visitor.poll()["landing_route"]).text


def test_the_money_is_taken_once_and_the_receipt_is_true(url, books):
    """The same invoice again: the page knows that nothing is left."""
    visitor = Visitor(url).look_up(EMAIL, "Books0", "100")
    visitor.pay()
    assert books.query(PAYMENTS, "Books0") == [("in_process", True, 10000)]
    receipt = read_receipt(visitor)
    assert "Payment received" in receipt
    assert "$0.00" in receipt
    again = Visitor(url).post(EMAIL, "Books0", "100")
    assert "We found no open invoice" in again.text


def test_of_two_payers_at_once_one_pays(url, books):
    """Both hold a checkout of the whole; one is refused, whoever is faster."""
    visitors = [Visitor(url).look_up(EMAIL, "Books1", "100") for _n in range(2)]
    answers = at_once(visitor.confirm for visitor in visitors)
    (paid,) = [n for n, values in enumerate(answers) if "reference" in values]
    visitors[paid].settle(answers[paid]["reference"])
    assert visitors[paid].poll()["state"] == "done"
    assert "reference" not in visitors[1 - paid].confirm()
    assert books.query(PAYMENTS, "Books1") == [("in_process", True, 10000)]


def test_the_mailed_link_asks_for_what_is_left(url, shell):
    """A part is paid: the link fills in the rest, and then says that all is paid."""
    link = urlsplit(shell(fill(LINK, NUMBER="Books2")))
    path = f"{link.path}?{link.query}"
    Visitor(url).look_up(EMAIL, "Books2", "40").pay()
    assert 'value="60.00"' in Visitor(url).open(path).text
    Visitor(url).look_up(EMAIL, "Books2", "60").pay()
    assert "nothing left to pay" in Visitor(url).open(path).text


def test_clients_are_not_asked_again_and_staff_know(url, books, shell):
    """No reminder, no line on the account summary; health and list say what it is."""
    Visitor(url).look_up(EMAIL, "Books3", "100").pay()
    news = shell(fill(NEWS, EMAIL=EMAIL, NUMBER="Books3"))
    assert "Books3" not in news["asked"]
    assert "paid" in news["obstacle"]
    state, message = news["health"]
    assert state == "amber"
    assert "without a journal entry" in message
    assert "Books3" in news["listed"]
    assert any("no journal entry" in reason for reason in news["reasons"])
