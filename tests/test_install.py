"""Installed and uninstalled, the add-on leaves the books as they are."""

import re
import subprocess

import pytest

from dev import databases
from dev.places import cache

#: Books without demo data, begun as an accountant does: a chart, a bank, a client.
BEGIN = """
env["account.chart.template"].try_loading("generic_coa", env.company)
env.ref("payment.payment_provider_demo").state = "test"
env.cr.commit()
"""
#: An invoice of 100.00, on which Pay Now takes 60.00.
PAY = """
partner = env["res.partner"].create({"name": "Client of the test"})
invoice = env["account.move"].create({
    "move_type": "out_invoice",
    "partner_id": partner.id,
    "invoice_line_ids": [(0, 0, {"name": "Work", "price_unit": 100, "tax_ids": []})],
})
invoice.action_post()
tx = env["payment.transaction"].create({
    "provider_id": env.ref("payment.payment_provider_demo").id,
    "payment_method_id": env.ref("payment.payment_method_card").id,
    "reference": "test-of-the-books",
    "operation": "online_direct",
    "amount": 60,
    "currency_id": invoice.currency_id.id,
    "partner_id": partner.id,
    "invoice_ids": [(6, 0, invoice.ids)],
    "is_paynow": True,
})
tx._set_done()
tx._post_process()
assert invoice.amount_residual == 40
env.cr.commit()
"""
UNINSTALL = """
module = env["ir.module.module"].search([("name", "=", "paynow_module")])
module.button_immediate_uninstall()
"""
#: All that an accountant would miss, and the transactions behind it.
BOOKS = {
    "account_move": "name, state, payment_state, amount_total, amount_residual",
    "account_move_line": "move_id, account_id, debit, credit, amount_residual",
    "account_payment": "name, state, amount, move_id, payment_transaction_id",
    "account_partial_reconcile": "debit_move_id, credit_move_id, amount",
    "payment_transaction": "reference, state, amount, is_post_processed",
}
#: What of ours the database still knows.
REMAINS = """
    SELECT table_name || '.' || column_name FROM information_schema.columns
     WHERE table_name LIKE '%%paynow%%' OR column_name LIKE '%%paynow%%'
     UNION
    SELECT model || ' ' || name FROM ir_model_data WHERE module = 'paynow_module'
     UNION
    SELECT key FROM ir_config_parameter WHERE key LIKE '%%paynow%%'
"""


@pytest.fixture
def odoo_shell(stack):
    """A function that runs a script in a database; no error may be logged."""

    def run(database, script):
        done = subprocess.run(
            stack.command("shell", "-d", database, "--no-http", "--log-level=warn"),
            input=script,
            capture_output=True,
            text=True,
            env=stack.environment,
        )
        assert done.returncode == 0, done.stderr
        assert not re.search(" (ERROR|CRITICAL) ", done.stderr), done.stderr

    return run


@pytest.fixture
def bare(stack):
    """The name of a database with books and the add-on, all without demo data."""
    log = cache("logs") / "test_install.log"
    name = "paynow_e2e_bare"
    databases.copy(stack, databases.without_demo(stack), name)
    stack.run_odoo(
        "server", "-d", name, "-i", "paynow_module", "--stop-after-init", "--no-http",
        log=log, otherwise="The add-on could not be installed.",
    )  # fmt: skip
    assert " ERROR " not in log.read_text()
    yield name
    databases.drop(stack, name)


def read_books(stack, database):
    """Return the rows of the books, by table."""
    return {
        table: stack.query(
            f"SELECT id, {columns} FROM {table} ORDER BY id", database=database
        )
        for table, columns in BOOKS.items()
    }


@pytest.mark.parametrize(
    "demo",
    [
        pytest.param(True, id="demo data"),
        pytest.param(False, id="no demo data", marks=pytest.mark.long),
    ],
)
def test_uninstalling_leaves_the_books_untouched(stack, odoo_shell, request, demo):
    """Every entry, payment and reconciliation stays; nothing of the add-on does."""
    database = request.getfixturevalue("paynow_db" if demo else "bare")
    odoo_shell(database, PAY if demo else BEGIN + PAY)
    before = read_books(stack, database)
    assert all(before.values())
    odoo_shell(database, UNINSTALL)
    assert read_books(stack, database) == before
    assert not stack.query(REMAINS, database=database)


def test_without_demo_data_nothing_is_published(stack, bare):
    """Pay Now is off until somebody switches it on, and brings no client along."""
    off = "SELECT count(*) FROM res_company WHERE paynow_enabled"
    assert stack.query(off, database=bare) == [[0]]
    for table in ("account_move", "payment_transaction"):
        rows = stack.query(f"SELECT count(*) FROM {table}", database=bare)
        assert rows == [[0]], table
