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
    ("9_returned", "Returned"),
]


class PaynowFunnel(models.Model):
    """How far the payers came: a row for each stage that a try reached.

    Whoever confirmed a payment has chosen a method, and whoever chose one has found the
    invoice, whether or not an attempt tells so: a declined payment is tried again
    without another look-up, a mailed link works while look-ups are closed, and a
    browser need not tell that a method was chosen. So for each step that the same
    visitor took on the same invoice, and that no attempt of the step before leads to,
    the step before is counted as well.

    Each confirmed payment ends as one of the last five, so these add up to it; one that
    its payer began again is one. What is read are the attempts, kept for as long as the
    company wants, and what became of their transactions until now.
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
        """Return the rows: of each attempt as many as it stands for stages.

        `lack` is by how many steps of a visitor the attempts of the step before were
        short, up to an attempt; where it rises to a new height, one is missing.
        """
        visit = SQL("PARTITION BY company_id, source, ip, invoice_id ORDER BY id")
        before = SQL("ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING")
        missing = SQL(
            "GREATEST(0, MAX(lack) OVER (%(visit)s))"
            " - GREATEST(0, MAX(lack) OVER (%(visit)s %(before)s))",
            visit=visit,
            before=before,
        )
        return SQL(
            """
            WITH attempt AS (
                SELECT attempt.id,
                       attempt.create_date,
                       attempt.source,
                       attempt.ip,
                       attempt.company_id,
                       attempt.invoice_id,
                       attempt.transaction_id,
                       attempt.kind,
                       (attempt.kind = 'lookup_matched')::int AS matched,
                       (attempt.kind = 'method_chosen')::int AS chosen,
                       (attempt.kind = 'payment_started')::int AS confirmed,
                       CASE
                            WHEN tx.paynow_status = 'returned' THEN '9_returned'
                            WHEN tx.state = 'done' THEN '5_paid'
                            WHEN tx.state IN ('pending', 'authorized')
                            THEN '6_under_way'
                            WHEN tx.paynow_replaced_by_id IS NOT NULL THEN '8_left'
                            WHEN tx.state IN ('error', 'cancel') THEN '7_declined'
                            ELSE '8_left'
                            END AS outcome
                  FROM paynow_attempt attempt
                  LEFT JOIN payment_transaction tx ON tx.id = attempt.transaction_id
                 WHERE attempt.kind IN ('lookup_failed', 'lookup_matched',
                                        'method_chosen', 'payment_started')
                   AND (attempt.kind != 'payment_started'
                        OR attempt.transaction_id IS NULL
                        OR NOT EXISTS (
                            SELECT 1 FROM paynow_attempt earlier
                             WHERE earlier.transaction_id = attempt.transaction_id
                               AND earlier.kind = 'payment_started'
                               AND earlier.id < attempt.id
                       ))
            ), choice AS (
                SELECT *, %(missing)s AS unseen_chosen
                  FROM (SELECT *, SUM(confirmed - chosen) OVER (%(visit)s) AS lack
                          FROM attempt) AS counted
            ), match AS (
                SELECT *, %(missing)s AS unseen_matched
                  FROM (SELECT choice.id, choice.create_date, choice.source, choice.ip,
                               choice.company_id, choice.invoice_id,
                               choice.transaction_id, choice.kind, choice.outcome,
                               choice.unseen_chosen,
                               SUM(chosen + unseen_chosen - matched)
                                   OVER (%(visit)s) AS lack
                          FROM choice) AS counted
            )
            SELECT match.id * 8 + reached.part AS id,
                   reached.stage,
                   match.create_date AS date,
                   match.source,
                   match.company_id,
                   match.invoice_id,
                   match.transaction_id
              FROM match
              JOIN LATERAL (VALUES
                    (0, CASE WHEN match.kind IN ('lookup_failed', 'lookup_matched')
                        OR match.unseen_matched > 0 THEN '1_looked_up' END),
                    (1, CASE WHEN match.kind = 'lookup_matched'
                        OR match.unseen_matched > 0 THEN '2_matched' END),
                    (2, CASE WHEN match.kind = 'method_chosen'
                        OR match.unseen_chosen > 0 THEN '3_chosen' END),
                    (3, CASE WHEN match.kind = 'payment_started'
                        THEN '4_confirmed' END),
                    (4, CASE WHEN match.kind = 'payment_started'
                        THEN match.outcome END)
                   ) AS reached (part, stage) ON reached.stage IS NOT NULL
            """,
            visit=visit,
            missing=missing,
        )
