# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, fields, models

from ...const import MAX_DAYS


class ResCompany(models.Model):
    """When a saved card counts as about to expire."""

    _inherit = "res.company"

    paynow_card_days = fields.Integer(
        string="Days a card counts as expiring",
        default=60,
        help="A saved card is marked Expiring Soon for this many days before it"
        " expires.",
    )

    @api.constrains("paynow_card_days")
    def _check_paynow_card_days(self):
        """Refuse periods that make no sense."""
        self._paynow_check_number("paynow_card_days", 1, MAX_DAYS)
