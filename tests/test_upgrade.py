"""A database in use gets a newer version: nothing of anybody is lost, and all works.

Each version that CHANGELOG names makes one, taken from git; and this version does,
which then passes for older than all of them.
"""

import re

import pytest
import versions
from visitor import Visitor

from dev import databases
from dev.places import cache

#: What an administrator has set and written, and what clients have done since.
USE = """
from odoo.fields import Command

company = env.ref("base.main_company")
company.write({
    "paynow_past_due_enabled": True, "paynow_past_due_days": "2,9",
    "paynow_summary_enabled": True, "paynow_summary_interval": "weekly",
    "paynow_login_label": "To my account", "paynow_link_days": 21,
    "paynow_card_days": 45,
})
template = env.ref("paynow_module.mail_template_past_due")
template.write({"subject": "Just a reminder", "body_html": "<p>Hello there</p>"})
env.ref("paynow_module.ir_cron_past_due").write({"interval_number": 7})
env["paynow.limit"].search([], limit=1).maximum = 77
page = env.ref("paynow_module.page").with_context(website_id=env["website"].search(
    [("company_id", "=", company.id)], limit=1).id)
page.arch = page.arch.replace("Pay an invoice", "Settle your bill")

provider = env.ref("payment.payment_provider_demo")
provider.allow_tokenization = True
invoice = env["account.move"].search([("name", "=", "Inv126")])
client = invoice.partner_id
common = {
    "provider_id": provider.id, "partner_id": client.id,
    "payment_method_id": env.ref("payment.payment_method_card").id,
}
token = env["payment.token"].create({
    **common, "provider_ref": "kept", "payment_details": "4242",
    "paynow_brand": "Visa", "paynow_expiry_month": 6, "paynow_expiry_year": 2031,
    "paynow_nickname": "Office card",
})
tx = env["payment.transaction"].create({
    **common, "reference": "before-the-upgrade", "operation": "online_direct",
    "amount": 60, "currency_id": invoice.currency_id.id, "is_paynow": True,
    "paynow_email": client.email, "paynow_note": "PO 4711", "paynow_source": "mail",
    "invoice_ids": [Command.set(invoice.ids)],
})
tx._set_done()
tx._post_process()
env["paynow.attempt"].create([
    {"company_id": company.id, "kind": kind, "source": "mail", "ip": "192.0.2.7",
     "invoice_id": invoice.id, "email_hash": "a", "number_hash": "b"}
    for kind in ("lookup_failed", "lookup_matched", "payment_started")
])
env["paynow.autopay"]._choose(
    client, token, "192.0.2.7", "I authorize it.", invoice=invoice, company=company)
late = env["account.move"].search([("name", "=", "Inv124")])
late.paynow_hold_until = "2031-01-31"
env["paynow.notice"]._claim(
    "past_due", company, late.commercial_partner_id, "2", invoice=late)
env.cr.commit()
"""
OLDER = """
UPDATE ir_module_module SET latest_version = '19.0.0.9.0'
 WHERE name = 'paynow_module'
"""
#: Tables of which our columns must be as they were, and those of which all must be.
EXTENDED = (
    "account_move",
    "payment_token",
    "payment_transaction",
    "res_company",
    "res_partner",
)
WHOLE = (
    "paynow_attempt",
    "paynow_autopay",
    "paynow_notice",
    "account_payment",
)
#: What people may have written over.
WRITTEN = {
    "limits": "SELECT id, action, key, maximum FROM paynow_limit WHERE maximum = 77",
    "templates": """
        SELECT d.name, d.module, t.subject, t.body_html, t.email_layout_xmlid
          FROM mail_template t
          JOIN ir_model_data d ON d.model = 'mail.template' AND d.res_id = t.id
         WHERE d.module = 'paynow_module' ORDER BY 1""",
    "crons": """
        SELECT d.name, d.module, c.interval_number, c.interval_type, c.active
          FROM ir_cron c JOIN ir_model_data d ON d.model = 'ir.cron' AND d.res_id = c.id
         WHERE d.module = 'paynow_module' ORDER BY 1""",
    "pages": """
        SELECT key, website_id, arch_db FROM ir_ui_view
         WHERE key = 'paynow_module.page' AND website_id IS NOT NULL ORDER BY 2""",
}
#: What updates put into texts all the same, or call otherwise there: pattern and text.
OURS = (
    (r"\b_(get)_paynow_", r"_paynow_\1_"),
    (r"object\.invoice_ids\.name", "object.paynow_numbers"),
    (r'<p [^>]*t-out="object\._paynow_get_autopay_advice\(\)"></p>', ""),
    (r"object\.company_id\._paynow_get_site_url\(\) or (object\.get_base_url)", r"\1"),
)
#: An edited mail of the versions before 19.0.1.1.0, which named a method otherwise.
OLD_NAME = """
    UPDATE mail_template SET email_to = '{{ object._get_paynow_link_email() }}'
     WHERE id = (SELECT res_id FROM ir_model_data
                  WHERE name = 'mail_template_secure_link')
"""
NEW_NAME = """
    SELECT count(*) FROM mail_template
     WHERE email_to = '{{ object._paynow_get_link_email() }}'
"""
COLUMNS = """
    SELECT column_name FROM information_schema.columns
     WHERE table_name = %s AND column_name LIKE %s
       AND column_name NOT IN ('write_date', 'write_uid')
       -- These go to the mandate, see below.
       AND column_name !~ '^consent_|mandate_id$' ORDER BY 1
"""
#: The consent, which stood with the choice before 19.0.1.3.0.
MANDATES = """
    SELECT m.text, m.ip, m.proof, m.kind, m.state FROM paynow_mandate m
      JOIN paynow_autopay a ON a.mandate_id = m.id
"""


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(None, id="this version"),
        *(pytest.param(name, marks=pytest.mark.long) for name in versions.older()),
    ],
)
def version(request):
    """The version that makes the database; None: this one."""
    return request.param


@pytest.fixture(scope="module")
def older(stack, version, tmp_path_factory):
    """What Odoo is told, besides, to run the older version."""
    if not version:
        return ()
    folder = tmp_path_factory.mktemp("older")
    versions.check_out(version, folder)
    return ("--addons-path", ",".join(map(str, [*stack.odoo.addons, folder])))


@pytest.fixture(scope="module")
def paynow_db(stack, older):
    """The name of a database of that version, with demo data."""
    name = "paynow_e2e_test_upgrade"
    source = databases.template(stack) if older else databases.with_addon(stack)
    databases.copy(stack, source, name)
    if older:
        stack.run_odoo(
            "server", "-d", name, "-i", "paynow_module", "--with-demo", *older,
            "--stop-after-init", "--no-http", log=cache("logs") / "older.log",
            otherwise="The older version could not be installed.",
        )  # fmt: skip
    yield name
    databases.drop(stack, name)


@pytest.fixture
def read(stack, paynow_db):
    """A function that returns all that must be kept, by what it is.

    What is new at the second call, a column or a mail, is none of it.
    """
    columns, texts = {}, {}

    def read_table(table, like):
        if table not in columns:
            names = stack.query(COLUMNS, table, like, database=paynow_db)
            columns[table] = ", ".join(f'"{name}"' for (name,) in names)
        assert columns[table], table
        statement = f"SELECT id, {columns[table]} FROM {table} ORDER BY id"
        return stack.query(statement, database=paynow_db)

    def read_all():
        kept = {table: read_table(table, "%paynow%") for table in EXTENDED}
        kept |= {table: read_table(table, "%") for table in WHOLE}
        for what, statement in WRITTEN.items():
            rows = stack.query(statement, database=paynow_db)
            known = texts.setdefault(what, [row[:2] for row in rows])
            kept[what] = [repr(row) for row in rows if row[:2] in known]
            for pattern, text in OURS:
                kept[what] = [re.sub(pattern, text, row) for row in kept[what]]
        return kept

    return read_all


def test_an_upgrade_keeps_all_and_clients_pay_on(
    stack, paynow_db, version, older, start_server, read
):
    """Settings, words, templates, choices, payments, notices: the same afterwards."""
    stack.shell(paynow_db, USE, *older)
    if not older:
        stack.query(OLDER, database=paynow_db)
    renamed = version in (None, "19.0.1.0.0")
    if renamed:
        stack.query(OLD_NAME, database=paynow_db)
    before = read()
    assert all(before.values()), [what for what, rows in before.items() if not rows]

    log = cache("logs") / "test_upgrade.log"
    stack.run_odoo(
        "server", "-d", paynow_db, "-u", "paynow_module", "--stop-after-init",
        "--no-http", log=log, otherwise="The add-on was not updated.",
    )  # fmt: skip
    assert " ERROR " not in log.read_text()

    after = read()
    for what, rows in before.items():
        assert after[what] == rows, what
    mandates = stack.query(MANDATES, database=paynow_db)
    assert mandates == [["I authorize it.", "192.0.2.7", "login", "invoices", "active"]]
    if renamed:
        assert stack.query(NEW_NAME, database=paynow_db) == [[1]]
    client = Visitor(start_server().url)
    assert "Settle your bill" in client.open().text
    client.look_up("office@stonebridge.example.com", "Inv126", "40").pay()
