# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _paynow_prepare_statement_way(self, item):
        """Override to name the day of the automatic payment in the account summary."""
        return {
            **super()._paynow_prepare_statement_way(item),
            "autopay_date": item.line.move_id._paynow_get_autopay_date(),
        }
