# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models
from odoo.tools import email_normalize_all


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _paynow_get_billing_emails(self):
        """Return the addresses of a contact, else of the client that it belongs to.

        :rtype: list[str]
        """
        self.ensure_one()
        return email_normalize_all(self.email) or email_normalize_all(
            self.commercial_partner_id.email
        )
