# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def remove_move_reconcile(self):
        """Override of `account` to leave alone what the bank confirmed of a payment.

        A reversal undoes all matchings of an entry; see `_paynow_reverse` of
        `account.payment`.
        """
        kept_ids = self.env.context.get("paynow_matched_line_ids", ())
        lines = self.filtered(lambda line: line.id not in kept_ids)
        return super(AccountMoveLine, lines).remove_move_reconcile()
