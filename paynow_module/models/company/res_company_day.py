# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, fields, models


class ResCompany(models.Model):
    """The accounting day: what day it is for a company, whoever asks and wherever."""

    _inherit = "res.company"

    # Stored, so that no page looks for the accountant to know what day it is.
    paynow_zone = fields.Char(
        string="Pay Now time zone",
        compute="_compute_paynow_zone",
        store=True,
        compute_sudo=True,
    )

    @api.depends(
        "partner_id.tz", "user_ids.tz", "user_ids.active", "user_ids.group_ids"
    )
    def _compute_paynow_zone(self):
        for company in self:
            company.paynow_zone = (
                company.partner_id.tz or company._paynow_get_administrator().tz or "UTC"
            )

    def _paynow_get_today(self):
        """Return what day it is for this company, by the time zone of its contact.

        :rtype: datetime.date
        """
        self.ensure_one()
        return fields.Date.context_today(self.with_context(tz=self._paynow_get_zone()))

    def _paynow_get_zone(self):
        """Return the time zone of this company: of its contact, else of its accountant.

        :rtype: str
        """
        self.ensure_one()
        return self.paynow_zone
