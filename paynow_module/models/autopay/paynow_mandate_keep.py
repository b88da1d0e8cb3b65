# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models


class PaynowMandate(models.Model):
    """What goes with a mandate that is no longer kept."""

    _inherit = "paynow.mandate"

    def _unlink_with(self):
        """Override to delete the choices that were switched off, too."""
        choices = self.env["paynow.autopay"].with_context(active_test=False)
        choices.search([("mandate_id", "in", self.ids)]).unlink()
        return super()._unlink_with()
