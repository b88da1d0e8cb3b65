"""Tax that clients withhold when they pay, with the module of Odoo that knows of it."""

import pytest
from ledger import Ledger, fill
from visitor import Visitor

from dev.places import cache

pytestmark = pytest.mark.long

EMAIL = "withholder@client.example.com"
#: An invoice of $100.00 of which 5 % may be withheld, 30 days late.
SETUP = """
from datetime import timedelta

company = env.ref("base.main_company")
today = company._paynow_get_today()
tax = env["account.tax"].create({
    "name": "Withheld", "amount": -5.0, "type_tax_use": "sale",
    "is_withholding_tax_on_payment": True,
    "invoice_repartition_line_ids": [
        (0, 0, {"repartition_type": "base"}),
        (0, 0, {"repartition_type": "tax", "account_id": env["account.account"].search([
            ("account_type", "=", "asset_current"), ("company_ids", "in", company.id),
        ], limit=1).id}),
    ],
    "refund_repartition_line_ids": [
        (0, 0, {"repartition_type": "base"}), (0, 0, {"repartition_type": "tax"}),
    ],
})
invoice = env["account.move"].search([("name", "=", NUMBER)])
invoice.button_draft()
invoice.write({
    "invoice_date": today - timedelta(days=30), "invoice_payment_term_id": False,
    "invoice_date_due": today - timedelta(days=30),
})
invoice.invoice_line_ids.tax_ids = tax
invoice.action_post()
invoice.is_move_sent = True
env.cr.commit()
"""
OBSTACLE = """
import json

invoice = env["account.move"].search([("name", "=", NUMBER)])
print(json.dumps([
    invoice.amount_total, invoice.amount_residual,
    invoice._paynow_get_reminder_obstacle(),
]))
"""


@pytest.fixture(scope="module")
def books(stack, paynow_db, shell):
    """The books of a company whose clients withhold tax."""
    stack.run_odoo(
        "server", "-d", paynow_db, "--no-http", "-i", "l10n_account_withholding_tax",
        "--stop-after-init", log=cache("logs") / "withholding.install.log",
        otherwise="Withholding taxes could not be installed.",
    )  # fmt: skip
    ledger = Ledger(stack, paynow_db, shell)
    ledger.invoice(EMAIL, {"Held1": 100.0})
    shell(fill(SETUP, NUMBER="Held1"))
    return ledger


def test_the_page_names_what_may_be_withheld(books, start_server, shell):
    """The net is offered; what is withheld is not reminded of."""
    assert shell(fill(OBSTACLE, NUMBER="Held1")) == [100.0, 100.0, ""]
    visitor = Visitor(start_server().url).look_up(EMAIL, "Held1", "100")
    page = " ".join(visitor.open(visitor.checkout).text.split())
    assert "that is $5.00: pay the rest" in page
    assert 'value="95.00"' in page
    visitor.look_up(EMAIL, "Held1", "95").pay()
    total, residual, obstacle = shell(fill(OBSTACLE, NUMBER="Held1"))
    assert (total, residual) == (100.0, 5.0)
    assert "withheld" in obstacle
