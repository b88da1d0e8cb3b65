# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, models


class AccountMove(models.Model):
    _inherit = "account.move"

    @api.model
    def _get_invoice_in_payment_state(self):
        """Override of `account` to tell payments from what is on the bank statement.

        By this answer Odoo knows its accounting app, and makes no journal entry of a
        payment whose method line has no outstanding account.
        """
        return "in_payment"
