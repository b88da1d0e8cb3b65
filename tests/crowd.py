"""Many clients with past due invoices, made by SQL: posting them would take hours.

All are copies of one invoice that Odoo has posted, so they are as real as that one.
"""

from ledger import fill

_CROWD = """
from datetime import timedelta
from odoo.fields import Command, Date

company = env.ref("paynow_module.journal_services").company_id
company.write({
    "paynow_enabled": True,
    "paynow_email_links": True,
    "paynow_past_due_enabled": SWITCHES,
    "paynow_summary_enabled": SWITCHES,
})
env["ir.cron"].search([]).filtered(
    lambda cron: cron.cron_name.startswith("Pay Now")
).active = False
before = Date.today() - timedelta(days=20)
clients = env["res.partner"].create([{
    "name": f"{PREFIX} {number}",
    "is_company": True,
    "email": f"{PREFIX.lower()}{number}@client.example.com",
    "lang": "en_US",
} for number in range(CLIENTS)])
model = env["account.move"].create({
    "name": f"{PREFIX}/model",
    "move_type": "out_invoice",
    "journal_id": env.ref("paynow_module.journal_services").id,
    "partner_id": clients[0].id,
    "invoice_date": before,
    "is_move_sent": True,
    "invoice_date_due": before,
    "invoice_payment_term_id": False,
    "invoice_line_ids": [Command.create(
        {"name": "Help desk", "price_unit": 100, "tax_ids": [Command.clear()]}
    )],
})
model.action_post()
model.line_ids.flush_recordset()
env.flush_all()


def copy(table, alias, source, changes, returning=""):
    env.cr.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_name = %s AND column_name <> 'id' AND is_generated = 'NEVER'",
        [table],
    )
    names = [name for (name,) in env.cr.fetchall()]
    values = [changes.get(name, f'{alias}."{name}"') for name in names]
    quoted = ", ".join(f'"{name}"' for name in names)
    env.cr.execute(
        f"INSERT INTO {table} ({quoted}) SELECT {', '.join(values)} {source}"
    )


copy("account_move", "m", f'''
  FROM account_move m
  JOIN res_partner p ON p.id = ANY(ARRAY{clients.ids})
  JOIN generate_series(1, {INVOICES}) n ON true
 WHERE m.id = {model.id} AND NOT (p.id = {clients[0].id} AND n = 1)
''', {
    "name": f"'{PREFIX}/' || p.id || '/' || n",
    "payment_reference": f"'{PREFIX}/' || p.id || '/' || n",
    "sequence_prefix": f"'{PREFIX}/' || p.id || '/'",
    "sequence_number": "n",
    "partner_id": "p.id",
    "commercial_partner_id": "p.id",
    "partner_shipping_id": "p.id",
    "invoice_partner_display_name": "p.name",
    "access_token": "NULL",
})
copy("account_move_line", "l", f'''
  FROM account_move_line l
  JOIN account_move m ON m.name LIKE '{PREFIX}/%' AND m.id <> {model.id}
 WHERE l.move_id = {model.id}
''', {"move_id": "m.id", "move_name": "m.name", "partner_id": "m.partner_id"})
env.cr.execute("ANALYZE account_move, account_move_line, res_partner")
env.cr.commit()
"""


def gather(shell, prefix, clients, invoices=1, switches=True):
    """Create clients with invoices that are twenty days past due.

    :param shell: the fixture
    :param str prefix: the beginning of their names, numbers and addresses
    :param int clients: how many clients
    :param int invoices: how many invoices each
    :param bool switches: whether the company mails reminders and summaries
    """
    names = {"PREFIX": prefix, "CLIENTS": clients, "INVOICES": invoices}
    shell(fill(_CROWD, SWITCHES=switches, **names))
