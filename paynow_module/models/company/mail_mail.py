# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import logging
import smtplib
import sys
import traceback
from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.base.models.ir_mail_server import MailDeliveryException

_logger = logging.getLogger(__name__)

DAY = 24 * 60  # Minutes.
# Between two tries passes as much time as since the first one, within these.
SHORTEST_WAIT, LONGEST_WAIT = timedelta(minutes=5), timedelta(hours=4)
# After so long nobody is sending a mail any more.
DEAD = timedelta(hours=1)


class MailMail(models.Model):
    """Mails of ours outlive a mail server that is away: none is lost, none goes twice.

    They wait in the queue of `mail`, with growing waits. What the server refuses for
    good is not tried again, nor what it may have taken without saying so.
    """

    _inherit = "mail.mail"

    paynow_patience = fields.Integer(
        string="Minutes for which it is tried",
        help="For how long a mail of Pay Now is sent again that the mail server does"
        " not take.",
        readonly=True,
    )
    paynow_tried_date = fields.Datetime(
        string="First tried on",
        help="Since when the mail server has not taken this mail of Pay Now.",
        readonly=True,
    )

    # === THE QUEUE === #

    @api.model
    def process_email_queue(self, email_ids=(), batch_size=1000):
        """Override of `mail` to come back for what waits, and tell of what was lost.

        The queue has no progress of its own to report; the next run would be in an
        hour.
        """
        res = super().process_email_queue(email_ids=email_ids, batch_size=batch_size)
        waiting = self.search(
            [("paynow_patience", ">", 0), ("state", "=", "outgoing")],
            order="scheduled_date nulls first",
            limit=1,
        )
        if waiting and not email_ids:
            soon = fields.Datetime.now() + timedelta(minutes=1)
            self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger(
                max(waiting.scheduled_date or soon, soon)
            )
        self._paynow_tell_lost()
        return res

    def _send(self, auto_commit=False, **kwargs):
        """Override of `mail` to tell `_prepare_outgoing_list` that it may commit.

        Where the server hangs up, `mail` leaves the batch without a word on the mail
        that it was at: that one is in the state that it was given beforehand.
        """
        mails = self.with_context(paynow_commit=bool(auto_commit))
        try:
            return super(MailMail, mails)._send(auto_commit=auto_commit, **kwargs)
        except smtplib.SMTPServerDisconnected as error:
            # They are sent in this order.
            mail = self.exists().filtered(lambda mail: mail.state == "exception")[-1:]
            if mail.paynow_tried_date:
                mail.failure_reason = str(error)
                mail._postprocess_sent_message([], [], str(error), "unknown")
            raise

    def _prepare_outgoing_list(self, *args, **kwargs):
        """Override of `mail` to keep on disk that a mail of ours is about to be sent.

        Just before, `mail` marked the mail as failed; killed between the mail server's
        answer and the end of its transaction, it would send the mail a second time.
        """
        if self.paynow_patience:
            self.paynow_tried_date = self.paynow_tried_date or fields.Datetime.now()
            if self.env.context.get("paynow_commit"):
                # As `_send` does after each mail, in the queue only.
                self.env.cr.commit()  # pylint: disable=invalid-commit
        return super()._prepare_outgoing_list(*args, **kwargs)

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        """Override of `mail` to try mails of ours again that the server did not take.

        `mail` calls it while it handles the error.
        """
        res = super()._postprocess_sent_message(
            success_pids=success_pids,
            success_emails=success_emails,
            failure_reason=failure_reason,
            failure_type=failure_type,
        )
        is_away = failure_type == "mail_smtp"  # No connection: nothing was said.
        if is_away or failure_type == "unknown":
            error = sys.exc_info()[1]
            failed = self.exists().filtered("paynow_patience")
            if not is_away and _is_refusal(error):
                failed.paynow_tried_date = False
            elif not (success_pids or success_emails or _may_be_taken(error)):
                failed._paynow_put_off()
        elif failure_type:  # Of an address: nothing was asked of the server.
            self.exists().filtered("paynow_patience").paynow_tried_date = False
        return res

    def _paynow_put_off(self):
        """Have these mails tried again later, while that is of use."""
        now = fields.Datetime.now()
        for mail in self:
            mail.paynow_tried_date = mail.paynow_tried_date or now
            wait = min(max(now - mail.paynow_tried_date, SHORTEST_WAIT), LONGEST_WAIT)
            end = mail.paynow_tried_date + timedelta(minutes=mail.paynow_patience)
            if now < end:
                date = min(now + wait, end)
                mail.write({"state": "outgoing", "scheduled_date": date})

    # === WHAT IS LOST === #

    @api.model
    def _paynow_tell_lost(self):
        """Tell whoever looks after a company, once, that its mails were not sent.

        They were tried for a day; or nobody knows whether the server took them, as it
        hung up, or as the process that sent them was killed.
        """
        lost = self.search(
            [
                ("paynow_patience", ">=", DAY),
                ("paynow_tried_date", "!=", False),
                ("state", "=", "exception"),
                ("write_date", "<", fields.Datetime.now() - DEAD),
            ]
        )
        for company, mails in lost.grouped("record_company_id").items():
            try:
                with self.env.cr.savepoint():
                    if company:
                        company._paynow_tell_lost_mails(len(mails))
            except Exception:  # All other mails wait behind these.
                _logger.exception("Nobody is told of the lost mails %s", mails.ids)
        lost.paynow_tried_date = False  # By hand, they begin a day of their own.


def _is_refusal(error):
    """Tell whether the same mail would be refused again, whenever it is sent.

    Source: RFC 5321, 4.2.1: codes from 400 to 499 ask to try again.

    :param Exception error: What kept it from being sent.
    :rtype: bool
    """
    if isinstance(error, MailDeliveryException):
        error = error.__context__
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _answer in error.recipients.values()]
    elif isinstance(error, smtplib.SMTPResponseException):
        codes = [error.smtp_code]
    else:
        return not isinstance(error, OSError)  # As all of `smtplib` and of sockets.
    return all(not 400 <= code < 500 for code in codes)


def _may_be_taken(error):
    """Tell whether the server hung up when it was handed the text of a mail.

    :param Exception error: What kept it from being sent.
    :rtype: bool
    """
    return isinstance(error, smtplib.SMTPServerDisconnected) and any(
        frame.name == "data" for frame in traceback.extract_tb(error.__traceback__)
    )
