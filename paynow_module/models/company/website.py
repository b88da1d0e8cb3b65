# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models


class Website(models.Model):
    _inherit = "website"

    def _paynow_get_company(self):
        """Return the company whose invoices this website takes payments for.

        :return: The company; empty without a website.
        :rtype: res.company
        """
        company_id = self and self._get_cached("company_id")
        return self.env["res.company"].browse(company_id or [])
