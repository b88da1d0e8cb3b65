# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import fields, models


class PaynowCode(models.Model):
    """The code by which a guest proves that automatic payment is theirs to choose."""

    _inherit = "paynow.code"

    purpose = fields.Selection(
        selection_add=[("autopay", "Automatic payment")],
        ondelete={"autopay": "cascade"},
    )

    def _get_template(self):
        """Override to say what this code is for."""
        if self.purpose == "autopay":
            return self.env.ref("paynow_module.mail_template_code_autopay")
        return super()._get_template()
