"""What `bin/test neighbours` asks of a database with a set of other add-ons.

It is no part of `bin/test`: `dev/neighbours.py` makes the databases, and names one and
the add-ons in it by the environment. The last test takes Pay Now away.
"""

import json
import os

import pytest
from inbox import read_html
from ledger import Ledger, fill
from visitor import Visitor

from dev import neighbours
from dev.stack import ready

EMAIL, NUMBER = "billing@quietstreet.example.com", "Near-1"
#: The screens of those who work with Pay Now, with all that others add to them.
FORMS = """
import json
from odoo.tests import Form

env = env(user=env.ref("base.user_admin"), su=False)
company = env.ref("base.main_company")
tx = env["payment.transaction"].search([("is_paynow", "=", True)], limit=1) or env[
    "payment.transaction"].search([], limit=1)
invoice = env["account.move"].search([("name", "=", "Inv126")])
settings = env["paynow.settings"].action_open()["res_id"]
records = {
    "invoice": invoice,
    "new invoice": env["account.move"].with_context(default_move_type="out_invoice"),
    "client": invoice.partner_id,
    "new client": env["res.partner"],
    "provider": env.ref("payment.payment_provider_demo"),
    "transaction": tx,
    "payment": env["account.payment"],
    "settings": env["res.config.settings"],
    "Pay Now settings": env["paynow.settings"].browse(settings),
}
failed = {}
for name, record in records.items():
    try:
        with env.cr.savepoint():
            form = Form(record)
            if name == "new invoice":
                form.partner_id = invoice.partner_id
            record.get_views([(False, kind) for kind in ("list", "search")])
            record.read()
    except Exception as error:
        failed[name] = repr(error)
print(json.dumps(failed))
"""
#: Writes the three mails to a new client, as the queue and the crons do.
MAILS = """
from datetime import timedelta
from odoo.fields import Command

company = env.ref("base.main_company")
company.write({"paynow_email_links": True, "paynow_invoice_delivery_enabled": True})
today = company._paynow_get_today()
client = env["res.partner"].create(
    {"name": "Mill Lane Bakery", "email": EMAIL, "is_company": True})

def bill(number, due):
    move = env["account.move"].create({
        "move_type": "out_invoice", "partner_id": client.id, "name": number,
        "journal_id": env.ref("paynow_module.journal_services").id,
        "invoice_date": today + timedelta(days=due - 15),
        "invoice_date_due": today + timedelta(days=due),
        "invoice_line_ids": [Command.create({
            "name": "Help desk", "price_unit": 80, "tax_ids": [Command.clear()]})]})
    move.action_post()
    return move

def send(kind, period, template, record, **values):
    notice = env["paynow.notice"]._claim(kind, company, client, period, **values)
    template = env.ref(f"paynow_module.mail_template_{template}")
    assert notice._queue(
        template.with_company(company), record.with_company(company), client.email
    ), notice.reason

late, fresh = bill("Mill-1", -15), bill("Mill-2", 10)
# The PDF was made earlier: the machine of a test has no wkhtmltopdf.
env["ir.attachment"].create({
    "name": f"{fresh.name}.pdf", "raw": b"%PDF-1.4 %%EOF",
    "mimetype": "application/pdf", "res_model": "account.move",
    "res_id": fresh.id, "res_field": "invoice_pdf_report_file"})
fresh.invalidate_recordset()
env["account.move.send.wizard"].with_context(
    active_model="account.move", active_ids=fresh.ids).create(
    {"sending_methods": ["email"]}).action_send_and_print()
send("past_due", "15", "past_due", late, invoice=late)
send("account_summary", "test", "account_summary", client)
env.cr.commit()  # Odoo sends the invoice now.
env.invalidate_all()
# Others put off for a while what is sent.
env["mail.message.schedule"].search([]).force_send()
env["mail.mail"].process_email_queue()
env.cr.commit()
"""
SUBJECTS = ("New invoice", "is past due", "Account summary")
#: What of the others is in the database: their tables, columns, views and data.
OTHERS = """
import json

def read(statement, *values):
    env.cr.execute(statement, values)
    return ["/".join(map(str, row)) for row in env.cr.fetchall()]

print(json.dumps({
    "states": read(
        "SELECT name, state FROM ir_module_module"
        " WHERE state != 'uninstalled' AND name != 'paynow_module'"),
    "columns": read(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name NOT LIKE '%%paynow%%'"
        " AND column_name NOT LIKE '%%paynow%%'"),
    "views": read(
        "SELECT d.module, d.name, v.active FROM ir_ui_view v JOIN ir_model_data d"
        " ON d.model = 'ir.ui.view' AND d.res_id = v.id"
        " WHERE d.module != 'paynow_module'"),
    "data": read(
        "SELECT model, module, name FROM ir_model_data"
        " WHERE module = ANY(%s) AND name NOT LIKE '%%paynow%%'", MODULES),
    "menus": read("SELECT url FROM website_menu WHERE url ILIKE '/paynow%%'"),
}))
"""
UNINSTALL = """
env["res.company"].search([]).paynow_menu = True
env.cr.commit()
env["ir.module.module"].search(
    [("name", "=", "paynow_module")]).button_immediate_uninstall()
"""
#: The screens of before, without ours.
AFTER = """
for name in ("account.move", "res.partner", "payment.provider", "payment.transaction",
             "res.config.settings"):
    env[name].get_views([(False, "form"), (False, "list"), (False, "search")])
"""


@pytest.fixture(scope="session")
def stack():
    """The platform, with other add-ons."""
    with ready(testing=True) as platform:
        yield neighbours.extend(platform)


@pytest.fixture(scope="module")
def paynow_db():
    """The name of the database that is tried."""
    return os.environ["PAYNOW_NEAR"]


@pytest.fixture(scope="module")
def modules():
    """The technical names of the other add-ons."""
    return os.environ["PAYNOW_NEAR_MODULES"].split(",")


def test_a_guest_pays(stack, paynow_db, server, shell):
    ledger = Ledger(stack, paynow_db, shell)
    ledger.invoice(EMAIL, {NUMBER: 120.0})
    Visitor(server.url).look_up(EMAIL, NUMBER, "70.00").pay()
    page = ledger.read(NUMBER)
    assert (page["residual"], page["payments"]) == (5000, [7000])


def test_the_forms_open(shell):
    assert shell(FORMS) == {}


def test_the_three_mails_are_written(inbox, server, shell):
    inbox.connect(shell)
    email = "books@milllane.example.com"
    shell(fill(MAILS, EMAIL=email))
    for subject in SUBJECTS:
        body = read_html(inbox.find(email, subject))
        assert f"{server.url}/PAYNOW" in body, subject
        assert "GO TO PORTAL" in body, subject


def test_uninstalled_pay_now_leaves_the_others_as_they_are(stack, paynow_db, modules):
    look = fill(OTHERS, MODULES=modules)
    before = json.loads(stack.shell(paynow_db, look))
    stack.shell(paynow_db, UNINSTALL)
    after = json.loads(stack.shell(paynow_db, look))
    lost = {name: sorted({*before[name]} - {*after[name]}) for name in before}
    lost.pop("menus")
    assert not any(lost.values()), lost
    assert after["menus"] == []
    stack.shell(paynow_db, AFTER)
