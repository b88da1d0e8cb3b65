# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import api, fields, models


class MailMail(models.Model):
    _inherit = "mail.mail"

    @api.model
    def process_email_queue(self, email_ids=(), batch_size=1000):
        """Override of `mail` to go on soon while there are more notices than a batch.

        The queue has no progress of its own to report; the next run would be in an
        hour.
        """
        res = super().process_email_queue(email_ids=email_ids, batch_size=batch_size)
        self.env["paynow.notice"].sudo()._note_lost()
        if not email_ids and self.env["paynow.notice"].sudo().search_count(
            [
                ("state", "=", "queued"),
                ("mail_id.state", "=", "outgoing"),
                ("mail_id.scheduled_date", "=", False),
            ],
            limit=1,
        ):
            self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger(
                fields.Datetime.now() + timedelta(minutes=1)
            )
        return res

    def _send(self, auto_commit=False, **kwargs):
        """Override of `mail` to tell `_prepare_outgoing_list` that it may commit."""
        mails = self.with_context(paynow_commit=bool(auto_commit))
        return super(MailMail, mails)._send(auto_commit=auto_commit, **kwargs)

    def _prepare_outgoing_list(self, *args, **kwargs):
        """Override of `mail` to keep on disk that a notice is about to be sent.

        Just before, `mail` marked the mail as failed; killed between the mail server's
        answer and the end of its transaction, it would send the mail a second time.
        """
        if self.env.context.get("paynow_commit") and self._paynow_get_notices_sudo():
            # As `_send` does after each mail, in the queue only.
            self.env.cr.commit()  # pylint: disable=invalid-commit
        return super()._prepare_outgoing_list(*args, **kwargs)

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        """Override of `mail` to note on notices what became of their mails."""
        if notices_sudo := self._paynow_get_notices_sudo():
            failed = bool(failure_reason or failure_type)
            notices_sudo.write(
                {
                    "state": "failed" if failed else "sent",
                    "reason": failure_reason or failure_type or False,
                }
            )
            for notice_sudo in notices_sudo if not failed else ():
                # As the mail server knows it; some name it anew.
                notice_sudo.message_id = notice_sudo.mail_id.message_id
        return super()._postprocess_sent_message(
            success_pids=success_pids,
            success_emails=success_emails,
            failure_reason=failure_reason,
            failure_type=failure_type,
        )

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
