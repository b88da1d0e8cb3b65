# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, fields, models


class ResCompany(models.Model):
    """Since when Pay Now is on, to compare with before."""

    _inherit = "res.company"

    paynow_enabled_date = fields.Date(
        string="Pay Now since",
        help="The day on which Pay Now was first switched on; the days to pay are"
        " compared before and after it.",
        compute="_compute_paynow_enabled_date",
        store=True,
        readonly=True,
    )

    @api.depends("paynow_enabled")
    def _compute_paynow_enabled_date(self):
        """Keep the first day: off and on again doesn't change it."""
        for company in self:
            date = company.paynow_enabled_date
            if company.paynow_enabled and not date:
                date = company._paynow_get_today()
            company.paynow_enabled_date = date
