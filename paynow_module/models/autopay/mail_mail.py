# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, models


class MailMail(models.Model):
    _inherit = "mail.mail"

    @api.model
    def _paynow_get_notice_models(self):
        """Override to add choices, of which mails tell when they begin and end."""
        return super()._paynow_get_notice_models() | {"paynow.autopay"}
