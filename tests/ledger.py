"""The books as they are on disk: are charges, payments and invoices one?

They are read by SQL, so no code of the add-on has a say in what it is judged by; all
amounts are in cents.
"""

import json

import psycopg2

_INVOICES = """
from odoo.fields import Command, Date

partner = env["res.partner"].create({"name": EMAIL, "is_company": True, "email": EMAIL})
env["account.move"].create([{
    "name": number,
    "move_type": "out_invoice",
    "journal_id": env.ref("paynow_module.journal_services").id,
    "partner_id": partner.id,
    "invoice_date": Date.today(),
    "invoice_line_ids": [Command.create(
        {"name": "Help desk", "price_unit": amount, "tax_ids": [Command.clear()]}
    )],
} for number, amount in TOTALS.items()]).action_post()
if not LIMITED:
    env["paynow.limit"].search([]).active = False
env.cr.commit()
"""
#: Runs scheduled actions by their names.
CRONS = """
for name in NAMES:
    env.ref(name).method_direct_trigger()
env.cr.commit()
"""
NATIVE, WATCHDOG = (
    "payment.cron_post_process_payment_tx",
    "paynow_module.ir_cron_watchdog",
)
#: By number: total, residual, what was reconciled with its receivable line.
_INVOICE = """
SELECT m.id, round(100 * m.amount_total)::int, round(100 * m.amount_residual)::int,
       round(100 * coalesce(sum(p.amount), 0))::int
  FROM account_move m
  JOIN account_move_line l
    ON l.move_id = m.id AND l.display_type = 'payment_term'
  LEFT JOIN account_partial_reconcile p ON p.debit_move_id = l.id
 WHERE m.name = %s
 GROUP BY m.id
"""
_TRANSACTIONS = """
SELECT t.id, t.reference, t.state, round(100 * t.amount)::int, t.is_post_processed
  FROM payment_transaction t
  JOIN account_invoice_transaction_rel r ON r.transaction_id = t.id
 WHERE r.invoice_id = %s
 ORDER BY t.id
"""
#: Those of the transactions, and those that anybody reconciled with the invoice.
_PAYMENTS = """
SELECT round(100 * p.amount)::int, p.payment_transaction_id, m.state,
       round(100 * sum(l.credit))::int
  FROM account_payment p
  JOIN account_move m ON m.id = p.move_id
  JOIN account_move_line l ON l.move_id = m.id
  JOIN account_account a
    ON a.id = l.account_id AND a.account_type = 'asset_receivable'
 WHERE p.payment_transaction_id = ANY(%s)
    OR l.id IN (SELECT c.credit_move_id FROM account_partial_reconcile c
                  JOIN account_move_line d ON d.id = c.debit_move_id
                 WHERE d.move_id = %s)
 GROUP BY p.id, m.state
 ORDER BY p.id
"""
_MAILS = """
SELECT count(*) FROM mail_message
 WHERE message_type = 'email_outgoing'
   AND model = 'payment.transaction' AND res_id = ANY(%s)
"""
_CHATTER = """
SELECT count(*), count(*) FILTER (WHERE body LIKE '%%has been posted%%')
  FROM mail_message WHERE model = 'account.move' AND res_id = %s
"""
_TOLD = """
SELECT summary FROM mail_activity WHERE res_model = 'account.move' AND res_id = %s
"""


class Ledger:
    """The books of a database.

    :param dev.stack.Stack stack: the platform
    :param str database: its name
    :param shell: the fixture
    """

    def __init__(self, stack, database, shell):
        self._shell = shell
        names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER"}
        self._connection = psycopg2.connect(
            dbname=database,
            **{key: stack.environment.get(name) for key, name in names.items()},
        )
        self._connection.autocommit = True  # Each look is a fresh one.

    def query(self, statement, *values):
        """Return the rows of an SQL statement.

        :rtype: list[tuple]
        """
        with self._connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def invoice(self, email, totals, limited=False):
        """Post invoices to a new client.

        :param str email: the client's address
        :param dict[str, float] totals: their totals, by number
        :param bool limited: whether the default limits stay; many clients of one
            machine have one address, so tests of something else do without
        """
        self._shell(fill(_INVOICES, EMAIL=email, TOTALS=totals, LIMITED=limited))

    def run_crons(self, *names):
        """Run scheduled actions (by default those that post payments), one by one."""
        self._shell(fill(CRONS, NAMES=names or (NATIVE, WATCHDOG)))

    def read(self, number):
        """Return what the books say of an invoice, checked to the cent.

        What was reconciled is what the residual fell by, each payment is posted, and
        each posted transaction has exactly one payment of its amount.

        :rtype: dict
        """
        ((invoice_id, total, residual, reconciled),) = self.query(_INVOICE, number)
        txs = self.query(_TRANSACTIONS, invoice_id)
        ids = [tx[0] for tx in txs]
        payments = self.query(_PAYMENTS, ids, invoice_id)
        ((notes, posted_notes),) = self.query(_CHATTER, invoice_id)
        page = {
            "residual": residual,
            "transactions": [[state, amount] for _i, _r, state, amount, _p in txs],
            "payments": sorted(amount for amount, *_rest in payments),
            "by_staff": sum(amount for amount, tx, *_rest in payments if not tx),
            "receipts": self.query(_MAILS, ids)[0][0],
            "told": [summary for (summary,) in self.query(_TOLD, invoice_id)],
            "notes": notes,
            "posted_notes": posted_notes,
        }
        assert total - residual == reconciled, page
        assert residual >= 0, page
        for amount, _tx, state, receivable in payments:
            assert (state, receivable) == ("posted", amount), page
        for id_, _reference, state, amount, is_posted in txs:
            own = [paid for paid, tx, *_rest in payments if tx == id_]
            assert own == ([amount] if state == "done" and is_posted else []), page
        if all(is_posted for *_rest, state, _a, is_posted in txs if state == "done"):
            assert reconciled == min(total, sum(page["payments"])), page
        return page


def fill(script, **values):
    """Return a script for the shell with values for its names in capitals.

    :rtype: str
    """
    lines = [f"{name} = {json.loads(json.dumps(v))!r}" for name, v in values.items()]
    return "\n".join([*lines, script])
