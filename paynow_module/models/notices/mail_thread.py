# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from email.message import EmailMessage

from odoo import api, models
from odoo.tools import email_split, html2plaintext
from odoo.tools.mail import unfold_references

MAX_REFERENCES = 32  # Of an answer, the last ones, as in `mail`.


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

    @api.model
    def message_route(
        self, message, message_dict, model=None, thread_id=None, custom_values=None
    ):
        """Override of `mail` to put the answer to a notice on its invoice.

        `mail` knows answers by the message that they answer; that of a notice is
        deleted once it is sent, and a client would be told that nobody reads them.
        """
        # Others than the gateway have no such message; `mail` refuses them.
        is_mail = isinstance(message, EmailMessage)
        is_answer = is_mail and not message_dict.get("is_bounce")
        invoice_sudo = is_answer and self._paynow_find_answered_sudo(message_dict)
        if not invoice_sudo:
            return super().message_route(
                message, message_dict, model, thread_id, custom_values
            )
        self._routing_reset_bounce(message, message_dict)
        responsible = invoice_sudo._paynow_get_responsible()
        invoice_sudo.message_subscribe(responsible.partner_id.ids)  # A person reads it.
        alias = self.env["mail.alias"]
        return [(invoice_sudo._name, invoice_sudo.id, None, self.env.uid, alias)]

    @api.model
    def _paynow_find_answered_sudo(self, message_dict):
        """Return the invoice of the notice that a mail answers.

        :param dict message_dict: The mail, as `mail` has read it.
        :return: The sudoed invoice; empty if it answers no notice of one, or something
            else besides.
        :rtype: account.move
        """
        references = message_dict.get("references") or message_dict.get("in_reply_to")
        message_ids = [ref.strip() for ref in unfold_references(references or "")]
        message_ids = message_ids[-MAX_REFERENCES:]
        recipients = email_split(message_dict.get("recipients") or "")
        # The gateway is anybody. `mail` knows where else it belongs: to the thread of
        # another message, or to the alias that it was forwarded to.
        Message_sudo = self.env["mail.message"].sudo()
        Alias_sudo = self.env["mail.alias"].sudo()
        if Message_sudo.search_count([("message_id", "in", message_ids)], limit=1) or (
            Alias_sudo.search_count(
                [("alias_full_name", "in", [email.lower() for email in recipients])],
                limit=1,
            )
        ):
            return self.env["account.move"]
        Notice_sudo = self.env["paynow.notice"].sudo()
        domain = [("message_id", "in", message_ids), ("invoice_id", "!=", False)]
        return Notice_sudo.search(domain, order="id desc", limit=1).invoice_id
