# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models

from .mail_mail import DAY


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _message_compute_author(self, author_id=None, email_from=None):
        """Override of `mail` to send what OdooBot tells staff from the company."""
        company_id = self.env.context.get("paynow_sender_id")
        if company_id and author_id is None and email_from is None:
            # In sudo mode as OdooBot acts for whoever works for the company.
            company_sudo = self.env["res.company"].sudo().browse(company_id)
            if self.env.user._is_superuser() and company_sudo.email:
                return self.env.user.partner_id.id, company_sudo.email_formatted
        return super()._message_compute_author(author_id, email_from)

    def _notify_by_email_get_base_mail_values(self, message, *args, **kwargs):
        """Override of `mail` to have our mails on invoices outlive a dead server."""
        values = super()._notify_by_email_get_base_mail_values(message, *args, **kwargs)
        if (message.email_layout_xmlid or "").startswith("paynow_module."):
            values["paynow_patience"] = DAY
        return values
