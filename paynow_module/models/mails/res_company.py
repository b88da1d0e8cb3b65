# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models
from odoo.tools import format_date


class ResCompany(models.Model):
    _inherit = "res.company"

    def _paynow_get_preheader(self, record, message):
        """Override to tell of an invoice what is to be paid until when."""
        if not record or record._name != "account.move":
            return super()._paynow_get_preheader(record, message)
        invoice = record._paynow_get_mail_values()
        if invoice["is_paid"]:
            return self.env._("%(number)s is paid", number=invoice["number"])
        return self.env._(
            "%(number)s: %(amount)s, due on %(date)s",
            number=invoice["number"],
            amount=invoice["amount_due"],
            date=format_date(self.env, invoice["date_due"]),
        )
