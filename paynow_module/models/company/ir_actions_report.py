# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, models


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    @api.model
    def _paynow_can_print(self):
        """Tell whether Odoo can print PDF on this machine.

        :rtype: bool
        """
        return self.get_wkhtmltopdf_state() == "ok"
