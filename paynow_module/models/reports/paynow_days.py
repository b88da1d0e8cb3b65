# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import fields, models
from odoo.tools import SQL


class PaynowDays(models.Model):
    """How long clients take to pay: a row for each customer invoice that is paid.

    Read from what is reconciled with the invoice, so it counts what the books say:
    nothing that was returned, is under way or has no entry yet. An invoice of which
    money was given back is not paid, whatever its state, nor is one that credit notes
    alone have closed; a credit that was paid back was none of its money.

    Before and after are told apart by the date of the invoice and the day on which the
    company switched Pay Now on.
    """

    _name = "paynow.days"
    _description = "Pay Now Days to Pay"
    _auto = False
    _order = "paid_date desc, id desc"
    _rec_name = "invoice_id"

    invoice_id = fields.Many2one(comodel_name="account.move", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    partner_id = fields.Many2one(
        string="Client", comodel_name="res.partner", readonly=True
    )
    invoice_date = fields.Date(readonly=True)
    paid_date = fields.Date(
        string="Paid on",
        help="The day of the payment, or credit, after which nothing was left to pay.",
        readonly=True,
    )
    period = fields.Selection(
        selection=[("1_before", "Before Pay Now"), ("2_after", "With Pay Now")],
        readonly=True,
    )
    is_paynow = fields.Boolean(
        string="Paid at Pay Now",
        help="Whether at least a part of it was paid at Pay Now, or automatically.",
        readonly=True,
    )
    # Whole days, but averages are not.
    days = fields.Float(
        string="Days to pay",
        digits=(16, 1),
        help="From the date of the invoice to the day on which it was paid; less than"
        " nothing where it was paid before its date.",
        readonly=True,
        aggregator="avg",
    )

    @property
    def _table_query(self):
        """Return the paid invoices with the day of the last payment or credit.

        A payment without an entry makes an invoice *In Payment*, however small it is.
        The day is that of the payment: a reconciliation has the later one of the two,
        which is the invoice's where that is dated ahead. Exchange differences and lines
        of the invoice itself, as of a deposit that is more than the whole, are no
        payments. `free` is what no document took of a payment of which something was
        refunded.
        """
        return SQL(
            """
            WITH refund AS (
                SELECT tx.source_transaction_id,
                       currency.rounding,
                       -SUM(tx.amount) AS amount
                  FROM payment_transaction tx
                  JOIN res_currency currency ON currency.id = tx.currency_id
                 WHERE tx.operation = 'refund' AND tx.state = 'done'
                 GROUP BY tx.source_transaction_id, currency.rounding
            )
            SELECT move.id,
                   move.id AS invoice_id,
                   move.company_id,
                   move.commercial_partner_id AS partner_id,
                   move.invoice_date,
                   paid.date AS paid_date,
                   CASE WHEN move.invoice_date < company.paynow_enabled_date
                        THEN '1_before' ELSE '2_after' END AS period,
                   paid.is_paynow OR EXISTS (
                        SELECT 1
                          FROM account_invoice_transaction_rel rel
                          JOIN payment_transaction tx ON tx.id = rel.transaction_id
                          JOIN account_payment payment ON payment.id = tx.payment_id
                         WHERE rel.invoice_id = move.id
                           AND tx.is_paynow
                           AND tx.state = 'done'
                           AND payment.move_id IS NULL
                           AND payment.state = 'paid'
                   ) AS is_paynow,
                   paid.date - move.invoice_date AS days
              FROM account_move move
              JOIN res_company company ON company.id = move.company_id
              JOIN LATERAL (
                    SELECT MAX(credit.date) AS date,
                           BOOL_OR(crediting.move_type != 'out_refund') AS is_paid,
                           COALESCE(BOOL_OR(tx.is_paynow), FALSE) AS is_paynow,
                           COALESCE(BOOL_OR(
                               refund.amount > free.amount + refund.rounding / 2
                           ), FALSE) AS is_refunded
                      FROM account_move_line line
                      JOIN account_partial_reconcile partial
                        ON partial.debit_move_id = line.id
                      JOIN account_move_line credit
                        ON credit.id = partial.credit_move_id
                       AND credit.move_id != move.id
                      JOIN account_move crediting ON crediting.id = credit.move_id
                      LEFT JOIN account_payment payment
                        ON payment.move_id = credit.move_id
                      LEFT JOIN payment_transaction tx ON tx.payment_id = payment.id
                      LEFT JOIN refund ON refund.source_transaction_id = tx.id
                      LEFT JOIN LATERAL (
                            SELECT -SUM(paying.amount_currency) - COALESCE((
                                        SELECT SUM(taken.credit_amount_currency)
                                          FROM account_partial_reconcile taken
                                          JOIN account_move_line owed
                                            ON owed.id = taken.debit_move_id
                                          LEFT JOIN account_payment back
                                            ON back.move_id = owed.move_id
                                         WHERE taken.credit_move_id
                                               = ANY(ARRAY_AGG(paying.id))
                                           AND back.id IS NULL
                                   ), 0) AS amount
                              FROM account_move_line paying
                             WHERE paying.move_id = credit.move_id
                               AND paying.account_id = credit.account_id
                           ) free ON refund.amount IS NOT NULL
                     WHERE line.move_id = move.id
                       AND line.display_type = 'payment_term'
                       AND NOT EXISTS (
                            SELECT 1 FROM account_partial_reconcile exchanged
                             WHERE exchanged.exchange_move_id = credit.move_id
                           )
                   ) paid ON paid.is_paid AND NOT paid.is_refunded
             WHERE move.move_type IN ('out_invoice', 'out_receipt')
               AND move.state = 'posted'
               AND move.payment_state IN ('paid', 'in_payment')
               AND move.amount_residual = 0
               AND company.paynow_enabled_date IS NOT NULL
            """
        )
