# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models
from odoo.tools import html2plaintext


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _routing_handle_bounce(self, email_message, message_dict):
        """Override of `mail` to show on a notice that its mail came back."""
        res = super()._routing_handle_bounce(email_message, message_dict)
        if message_ids := message_dict.get("bounced_msg_ids"):
            Notice_sudo = self.env["paynow.notice"].sudo()  # The gateway is anybody.
            Notice_sudo.search([("message_id", "in", message_ids)]).write(
                {
                    "state": "failed",
                    "reason": self.env._(
                        "The mail came back: %(answer)s",
                        answer=html2plaintext(message_dict.get("body") or "").strip()
                        or message_dict.get("bounced_email"),
                    ),
                }
            )
        return res
