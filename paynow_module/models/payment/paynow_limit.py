# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, models
from odoo.tools import SQL


class PaynowLimit(models.Model):
    """Limits for each invoice count the payments that have it among others, too."""

    _inherit = "paynow.limit"

    @api.model
    def _prepare_condition(self, name, value):
        """Override to look among the allocations of a payment."""
        condition = super()._prepare_condition(name, value)
        if name != "invoice_id":
            return condition
        return SQL(
            """(%s OR transaction_id IN (
                SELECT transaction_id FROM paynow_allocation WHERE invoice_id = %s
            ))""",
            condition,
            value,
        )
