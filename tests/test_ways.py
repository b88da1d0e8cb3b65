"""The pages on installation are true: each way leads from nothing to a paid invoice."""

import pytest
from visitor import Visitor
from ways import LATER, Folder, Source, Virtualenv
from ways_debian import Debian

INSTALL, README = "docs/install.md", "README.md"
EMAIL, NUMBER = "client@client.example.com", "Way1"
#: What the administrator's manual tells to do next, and an invoice of 100.00.
SWITCH_ON = f"""
env.company.paynow_enabled = True
client = env["res.partner"].create({{"name": "Client", "email": "{EMAIL}"}})
env["account.move"].create({{
    "name": "{NUMBER}",
    "move_type": "out_invoice",
    "partner_id": client.id,
    "invoice_line_ids": [(0, 0, {{"name": "Work", "price_unit": 100, "tax_ids": []}})],
}}).action_post()
env.cr.commit()
"""
BOOKS = f"""
import json

env.cr.execute('''
    SELECT payment.amount, move.amount_residual,
           (SELECT latest_version FROM ir_module_module WHERE name = 'paynow_module')
      FROM account_move AS move
      JOIN account_move__account_payment AS link ON link.invoice_id = move.id
      JOIN account_payment AS payment ON payment.id = link.payment_id
     WHERE move.name = '{NUMBER}'
  ORDER BY payment.id
''')
print(json.dumps(env.cr.fetchall()))
"""


@pytest.mark.long
@pytest.mark.parametrize(
    ("kind", "page", "heading"),
    [
        pytest.param(Debian, INSTALL, "Odoo from Debian's package", id="Debian"),
        pytest.param(Source, INSTALL, "Odoo from its source", id="source"),
        pytest.param(
            Virtualenv, INSTALL, "With pip into Odoo's virtualenv", id="virtualenv"
        ),
        pytest.param(Folder, README, "Install it in your Odoo", id="README"),
    ],
)
def test_a_client_pays_after_what_the_page_says(stack, tmp_path, kind, page, heading):
    """Installed by its commands, a part is paid; updated by them, the rest is."""
    with kind(stack, tmp_path) as machine:
        machine.follow(page, heading)
        machine.shell(SWITCH_ON)
        with machine.serving():
            Visitor(machine.url).look_up(EMAIL, NUMBER, "60.00").pay()
        ((*books, version),) = machine.shell(BOOKS)
        assert books == [60.0, 40.0] and version < LATER
        machine.update(page, heading)
        with machine.serving():
            Visitor(machine.url).look_up(EMAIL, NUMBER, "40.00").pay()
        assert machine.shell(BOOKS) == [
            [60.0, 0.0, LATER],
            [40.0, 0.0, LATER],
        ]
