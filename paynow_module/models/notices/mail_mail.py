# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, models


class MailMail(models.Model):
    _inherit = "mail.mail"

    @api.model
    def process_email_queue(self, email_ids=(), batch_size=1000):
        """Override of `mail` to look after the notices first."""
        Notice_sudo = self.env["paynow.notice"].sudo()  # Mails are sent by anybody.
        Notice_sudo._note_lost()
        Notice_sudo._drop_stale()
        return super().process_email_queue(email_ids=email_ids, batch_size=batch_size)

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        """Override of `mail` to note on notices what became of their mails."""
        notices_sudo = self._paynow_get_notices_sudo()
        failed = bool(failure_reason or failure_type)
        for notice_sudo in notices_sudo if not failed else ():
            notice_sudo.write(
                {
                    "state": "sent",
                    "reason": False,
                    # As the mail server knows it; some name it anew.
                    "message_id": notice_sudo.mail_id.message_id,
                }
            )
        res = super()._postprocess_sent_message(
            success_pids=success_pids,
            success_emails=success_emails,
            failure_reason=failure_reason,
            failure_type=failure_type,
        )
        for notice_sudo in notices_sudo if failed else ():
            mail_sudo = notice_sudo.mail_id
            is_put_off = mail_sudo.state == "outgoing"
            notice_sudo.write(
                {
                    "state": "queued" if is_put_off else "failed",
                    "reason": failure_reason
                    or mail_sudo.failure_reason
                    or failure_type,
                }
            )
        return res

    def _paynow_get_notices_sudo(self):
        """Return the notices of these mails.

        :rtype: paynow.notice
        """
        models = self._paynow_get_notice_models()
        ids = [mail.id for mail in self if mail.model in models]
        Notice_sudo = self.env["paynow.notice"].sudo()  # Mails are sent by anybody.
        return Notice_sudo.search([("mail_id", "in", ids)]) if ids else Notice_sudo

    @api.model
    def _paynow_get_notice_models(self):
        """Return the models of the records for which notices are rendered.

        Another module can override it to add one, as `autopay` does.

        :rtype: set[str]
        """
        return {"account.move", "payment.token", "res.partner"}
