# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, models


class AccountMoveSend(models.AbstractModel):
    _inherit = "account.move.send"

    @api.model
    def _send_mail(self, move, mail_template, **kwargs):
        """Override of `account` to send a template in the layout that it asks for.

        Only ours: other modules choose the layout of all invoices, whatever a template
        asks for.
        """
        layout = mail_template.email_layout_xmlid
        if layout and layout.startswith("paynow_module."):
            move = move.with_context(paynow_mail_layout=layout)
        return super()._send_mail(move, mail_template, **kwargs)
