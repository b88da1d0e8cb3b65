# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _paynow_prepare_item(self, item):
        """Override to tell on which day an item would be paid without the client."""
        return {
            **super()._paynow_prepare_item(item),
            "autopay_date": self._paynow_get_autopay_date(),
        }
