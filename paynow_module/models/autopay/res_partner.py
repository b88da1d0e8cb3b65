# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _paynow_prepare_statement_way(self, item):
        """Override to name the automatic payment of each item in the summary."""
        values = super()._paynow_prepare_statement_way(item)
        for run in item.line.move_id._paynow_get_autopay_runs():
            for other, amount in run.shares:
                if other.line == item.line:
                    values.update(autopay_date=run.date, autopay_amount=amount)
        return values
