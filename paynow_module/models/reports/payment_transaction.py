# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, fields, models


class PaymentTransaction(models.Model):
    """What the lists and graphs of the Pay Now menu tell of a payment."""

    _inherit = "payment.transaction"

    paynow_company_currency_id = fields.Many2one(
        string="Company Currency", related="company_id.currency_id"
    )
    paynow_company_amount = fields.Monetary(
        string="Amount in company currency",
        help="What was paid, at the rate of the day, so that all payments add up: less"
        " than nothing for a refund, without its parts for a payment that was captured"
        " in parts.",
        currency_field="paynow_company_currency_id",
        compute="_compute_paynow_company_amount",
        store=True,
    )

    @api.depends(
        "amount",
        "currency_id",
        "is_paynow",
        "company_id",
        "child_transaction_ids.state",
    )
    def _compute_paynow_company_amount(self):
        for tx in self:
            settled = tx._paynow_get_parts().filtered(
                lambda part: part.state in ("done", "cancel")
            )
            tx.paynow_company_amount = tx.is_paynow and tx.currency_id._convert(
                tx.amount - sum(settled.mapped("amount")),
                tx.company_id.currency_id,
                tx.company_id,
                tx.create_date or fields.Date.context_today(tx),
            )
