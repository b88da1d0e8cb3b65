# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import fields, models
from odoo.tools import SQL


class PaynowDays(models.Model):
    """How long clients take to pay: a row for each customer invoice that is paid.

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
    paid_date = fields.Date(string="Paid on", readonly=True)
    period = fields.Selection(
        selection=[("1_before", "Before Pay Now"), ("2_after", "With Pay Now")],
        readonly=True,
    )
    is_paynow = fields.Boolean(string="Paid at Pay Now", readonly=True)
    # Whole days, but averages are not.
    days = fields.Float(
        string="Days to pay", digits=(16, 1), readonly=True, aggregator="avg"
    )

    @property
    def _table_query(self):
        """Return the paid invoices with the day of the last payment or credit.

        A payment without an entry makes an invoice *In Payment*, however small it is.
        """
        return SQL(
            """
            SELECT move.id,
                   move.id AS invoice_id,
                   move.company_id,
                   move.commercial_partner_id AS partner_id,
                   move.invoice_date,
                   paid.date AS paid_date,
                   CASE WHEN move.invoice_date < company.paynow_enabled_date
                        THEN '1_before' ELSE '2_after' END AS period,
                   EXISTS (
                        SELECT 1
                          FROM account_invoice_transaction_rel rel
                          JOIN payment_transaction tx ON tx.id = rel.transaction_id
                         WHERE rel.invoice_id = move.id
                           AND tx.is_paynow AND tx.state = 'done'
                   ) AS is_paynow,
                   paid.date - move.invoice_date AS days
              FROM account_move move
              JOIN res_company company ON company.id = move.company_id
              JOIN LATERAL (
                    SELECT MAX(partial.max_date) AS date
                      FROM account_move_line line
                      JOIN account_partial_reconcile partial
                        ON partial.debit_move_id = line.id
                     WHERE line.move_id = move.id
                       AND line.display_type = 'payment_term'
                   ) paid ON paid.date IS NOT NULL
             WHERE move.move_type IN ('out_invoice', 'out_receipt')
               AND move.state = 'posted'
               AND move.payment_state IN ('paid', 'in_payment')
               AND move.amount_residual = 0
               AND company.paynow_enabled_date IS NOT NULL
            """
        )
