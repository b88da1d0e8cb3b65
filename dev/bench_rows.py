"""The rows of the databases to measure in: archetypes and what their copies change."""

#: What Odoo makes: three journals in two companies, in each an open and a paid invoice.
ARCHETYPES = """
from odoo.fields import Command, Date

other = env["res.company"].create({"name": "Hillside Networks"})
env["account.chart.template"].try_loading("generic_coa", company=other)
env.user.company_ids |= other
client = env["res.partner"].create({
    "name": "Bench", "is_company": True, "email": "bench@client.example.com",
    "street": "1 Main Street", "city": "Portland", "zip": "04101",
    "country_id": env.ref("base.us").id,
})
env["res.partner"].create({
    "name": "Bench Contact",
    "parent_id": client.id,
    "email": "contact@client.example.com",
})
journals = env.ref("paynow_module.journal_services")
journals |= env.ref("paynow_module.journal_projects")
journals |= env["account.journal"].search(
    [("type", "=", "sale"), ("company_id", "=", other.id)], limit=1)
for journal in journals:
    Invoice = env["account.move"].with_company(journal.company_id)
    invoices = Invoice.create([{
        "name": f"Archetype{kind}",
        "move_type": "out_invoice",
        "partner_id": client.id,
        "journal_id": journal.id,
        "invoice_date": Date.today(),
        "invoice_line_ids": [Command.create({
            "name": "Managed services", "price_unit": 100, "tax_ids": [Command.clear()],
        })],
    } for kind in ("Open", "Paid")])
    invoices.action_post()
    invoices.is_move_sent = True
    env["account.payment.register"].with_company(journal.company_id).with_context(
        active_model="account.move", active_ids=invoices[1].ids
    ).create({}).action_create_payments()
env.cr.commit()
"""
#: The same as temporary tables: the archetypes, their lines, what shall be made.
PLAN = """
CREATE TEMP TABLE arch AS
SELECT dense_rank() OVER (ORDER BY i.journal_id) - 1 AS k, p.id IS NOT NULL AS paid,
       i.id AS move, p.id AS payment, p.move_id AS payment_move
  FROM account_move i
  LEFT JOIN account_move__account_payment r ON r.invoice_id = i.id
  LEFT JOIN account_payment p ON p.id = r.payment_id
 WHERE i.name LIKE 'Archetype%';
CREATE TEMP TABLE arch_line AS
SELECT l.id, l.move_id, row_number() OVER (PARTITION BY l.move_id ORDER BY l.id) AS rank
  FROM account_move_line l
 WHERE l.move_id IN (SELECT move FROM arch UNION SELECT payment_move FROM arch);
CREATE TEMP TABLE top AS
SELECT (SELECT max(id) FROM res_partner) AS partner,
       (SELECT max(id) FROM account_move) AS move,
       (SELECT max(id) FROM account_move_line) AS line,
       (SELECT max(id) FROM account_payment) AS payment,
       (SELECT max(id) FROM account_full_reconcile) AS reconcile_full,
       (SELECT max(id) FROM account_partial_reconcile) AS partial;
CREATE TEMP TABLE plan AS
SELECT i, (1 + i % {clients}) AS c, arch.*, top.move + i AS new,
       'BENCH/' || lpad(i::text, 7, '0') AS number,
       top.partner + 1 + i % {clients} AS partner,
       'Client ' || 1 + i % {clients} AS client,
       current_date - (i % 1000) AS day, top.line + 4 * i AS line,
       top.payment + i AS new_payment, top.move + {invoices} + i AS new_payment_move,
       top.line + 4 * ({invoices} + i) AS payment_line,
       top.reconcile_full + i AS reconcile_full, top.partial + i AS partial
  FROM top, generate_series(1, {invoices}) AS i
  JOIN arch ON arch.k = i % 3 AND arch.paid = ((i / {clients} + i) % 2 = 1);
ANALYZE plan;
"""
#: What is set in the copies of a reconciled line, and left empty in the others.
_FULL = "a.full_reconcile_id - a.full_reconcile_id + plan.reconcile_full"
_MATCHING = "CASE WHEN a.matching_number <> '' THEN plan.reconcile_full::text END"
#: (table, where the archetypes `a` come from, what differs in the copies)
CLONES = (
    (
        "res_partner",
        "a, top, generate_series(1, {clients}) AS c"
        " WHERE a.email = 'bench@client.example.com'",
        {
            "id": "top.partner + c",
            "commercial_partner_id": "top.partner + c",
            "name": "'Client ' || c",
            "complete_name": "'Client ' || c",
            "email": "'billing' || c || '@client.example.com'",
            "email_normalized": "'billing' || c || '@client.example.com'",
        },
    ),
    (
        "res_partner",
        "a, top, generate_series(1, {clients}) AS c"
        " WHERE a.email = 'contact@client.example.com'",
        {
            "id": "top.partner + {clients} + c",
            "parent_id": "top.partner + c",
            "commercial_partner_id": "top.partner + c",
            "complete_name": "'Client ' || c || ', Contact'",
            "email": "'contact' || c || '@client.example.com'",
            "email_normalized": "'contact' || c || '@client.example.com'",
        },
    ),
    (
        "account_move",
        "a JOIN plan ON plan.move = a.id",
        {
            "id": "plan.new",
            "name": "plan.number",
            "payment_reference": "plan.number",
            "sequence_prefix": "'BENCH/'",
            "sequence_number": "plan.i",
            "access_token": "md5(plan.number)::uuid",
            "partner_id": "plan.partner",
            "commercial_partner_id": "plan.partner",
            "partner_shipping_id": "plan.partner",
            "invoice_partner_display_name": "plan.client",
            "date": "plan.day",
            "invoice_date": "plan.day",
            "invoice_date_due": "plan.day + 30",
            "paynow_sent_date": "plan.day",
        },
    ),
    (
        "account_move",
        "a JOIN plan ON plan.payment_move = a.id",
        {
            "id": "plan.new_payment_move",
            "name": "'PAID/' || plan.number",
            "sequence_prefix": "'PAID/BENCH/'",
            "sequence_number": "plan.i",
            "ref": "plan.number",
            "partner_id": "plan.partner",
            "commercial_partner_id": "plan.partner",
            "origin_payment_id": "plan.new_payment",
            "date": "plan.day",
        },
    ),
    (
        "account_move_line",
        "a JOIN arch_line l ON l.id = a.id JOIN plan ON plan.move = a.move_id",
        {
            "id": "plan.line + l.rank",
            "move_id": "plan.new",
            "move_name": "plan.number",
            "partner_id": "plan.partner",
            "date": "plan.day",
            "invoice_date": "plan.day",
            "date_maturity": "a.date_maturity - current_date + plan.day + 30",
            "full_reconcile_id": _FULL,
            "matching_number": _MATCHING,
        },
    ),
    (
        "account_move_line",
        "a JOIN arch_line l ON l.id = a.id JOIN plan ON plan.payment_move = a.move_id",
        {
            "id": "plan.payment_line + l.rank",
            "move_id": "plan.new_payment_move",
            "move_name": "'PAID/' || plan.number",
            "partner_id": "plan.partner",
            "payment_id": "plan.new_payment",
            "date": "plan.day",
            "date_maturity": "plan.day",
            "full_reconcile_id": _FULL,
            "matching_number": _MATCHING,
        },
    ),
    (
        "account_payment",
        "a JOIN plan ON plan.payment = a.id",
        {
            "id": "plan.new_payment",
            "move_id": "plan.new_payment_move",
            "name": "'PAID/' || plan.number",
            "memo": "plan.number",
            "partner_id": "plan.partner",
            "date": "plan.day",
        },
    ),
    (
        "account_move__account_payment",
        "a JOIN plan ON plan.payment = a.payment_id",
        {"invoice_id": "plan.new", "payment_id": "plan.new_payment"},
    ),
    (
        "account_full_reconcile",
        "a JOIN account_move_line l ON l.full_reconcile_id = a.id AND l.debit > 0"
        " JOIN plan ON plan.move = l.move_id",
        {"id": "plan.reconcile_full"},
    ),
    (
        "account_partial_reconcile",
        "a JOIN arch_line d ON d.id = a.debit_move_id"
        " JOIN arch_line c ON c.id = a.credit_move_id"
        " JOIN plan ON plan.move = d.move_id",
        {
            "id": "plan.partial",
            "debit_move_id": "plan.line + d.rank",
            "credit_move_id": "plan.payment_line + c.rank",
            "full_reconcile_id": "plan.reconcile_full",
            "max_date": "plan.day",
        },
    ),
)
ATTEMPTS = """
INSERT INTO paynow_attempt (company_id, kind, source, ip, email_hash, number_hash,
                            create_date, create_uid)
SELECT 1, CASE WHEN n % 4 = 0 THEN 'lookup_failed' ELSE 'lookup_matched' END, 'page',
       '10.' || n % 250 || '.' || n / 250 % 250 || '.' || n / 62500,
       md5('e' || n), md5('n' || n),
       (now() AT TIME ZONE 'UTC') - interval '1 hour'
       - n * interval '29 days' / {attempts},
       1
  FROM generate_series(1, {attempts}) AS n
"""
