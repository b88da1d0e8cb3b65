# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models


class Website(models.Model):
    _inherit = "website"

    def _paynow_get_company(self):
        """Return the company whose invoices this website takes payments for.

        :rtype: res.company
        """
        self.ensure_one()
        return self.env["res.company"].browse(self._get_cached("company_id"))
