# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import fields, models
from odoo.tools import SQL

from ..limits.paynow_attempt import SOURCES

# In the order in which a payer passes them; the numbers keep it in groups.
STAGES = [
    ("1_looked_up", "Looked up"),
    ("2_matched", "Matched"),
    ("3_chosen", "Method chosen"),
    ("4_confirmed", "Confirmed"),
    ("5_paid", "Paid"),
    ("6_under_way", "Under way"),
    ("7_declined", "Declined"),
    ("8_left", "Left"),
]


class PaynowFunnel(models.Model):
    """How far the payers came: a row for each stage that an attempt reached.

    Each confirmed payment ends as one of the last four, so these add up to it; one that
    its payer began again is one. What is
    read are the attempts, kept for as long as the company wants, and the state of their
    transactions now.
    """

    _name = "paynow.funnel"
    _description = "Pay Now Funnel"
    _auto = False
    _order = "date desc, stage"
    _rec_name = "stage"

    stage = fields.Selection(selection=STAGES, readonly=True)
    date = fields.Datetime(readonly=True)
    source = fields.Selection(selection=SOURCES, readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    invoice_id = fields.Many2one(comodel_name="account.move", readonly=True)
    transaction_id = fields.Many2one(comodel_name="payment.transaction", readonly=True)

    @property
    def _table_query(self):
        """Return the rows: of each attempt as many as it stands for stages."""
        return SQL(
            """
            SELECT attempt.id * 2 + reached.part AS id,
                   reached.stage,
                   attempt.create_date AS date,
                   attempt.source,
                   attempt.company_id,
                   attempt.invoice_id,
                   attempt.transaction_id
              FROM paynow_attempt attempt
              LEFT JOIN payment_transaction tx ON tx.id = attempt.transaction_id
              JOIN LATERAL (VALUES
                    (0, CASE attempt.kind
                        WHEN 'lookup_failed' THEN '1_looked_up'
                        WHEN 'lookup_matched' THEN '1_looked_up'
                        WHEN 'method_chosen' THEN '3_chosen'
                        WHEN 'payment_started' THEN '4_confirmed'
                        END),
                    (1, CASE attempt.kind
                        WHEN 'lookup_matched' THEN '2_matched'
                        WHEN 'payment_started' THEN CASE
                            WHEN tx.state = 'done' THEN '5_paid'
                            WHEN tx.state IN ('pending', 'authorized')
                            THEN '6_under_way'
                            WHEN tx.state IN ('error', 'cancel') THEN '7_declined'
                            ELSE '8_left'
                            END
                        END)
                   ) AS reached (part, stage) ON reached.stage IS NOT NULL
             WHERE attempt.kind != 'payment_started'
                OR attempt.transaction_id IS NULL
                OR NOT EXISTS (
                        SELECT 1 FROM paynow_attempt earlier
                         WHERE earlier.transaction_id = attempt.transaction_id
                           AND earlier.kind = 'payment_started'
                           AND earlier.id < attempt.id
                   )
            """
        )
