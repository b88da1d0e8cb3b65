# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models


class ResCompany(models.Model):
    _inherit = "res.company"

    def _paynow_get_preheader(self, record, message):
        """Override to tell of a payment how much it is, and for which invoice."""
        if not record or record._name != "payment.transaction":
            return super()._paynow_get_preheader(record, message)
        amount = record.env.context.get("paynow_amount") or record.amount
        invoices = record._paynow_get_invoices().filtered("name")
        return self.env._(
            "%(amount)s for invoice %(number)s",
            amount=record.currency_id._paynow_format(abs(amount)),
            number=", ".join(invoices.mapped("name")),
        )
