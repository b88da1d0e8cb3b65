# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ...exceptions import CONCURRENCY_ERRORS
from .paynow_notice_run import TEMPLATES

_logger = logging.getLogger(__name__)


class PaynowNotice(models.Model):
    """Notices whose mails wait in the queue, or are there no more."""

    _inherit = "paynow.notice"

    @api.model
    def _drop_stale(self):
        """Take mails that were put off back that would no longer be right.

        Where the mail server was away, an invoice may have been paid meanwhile. Without
        a Message-ID the notice is as before: the next stage is owed as ever.
        """
        put_off = [
            ("state", "=", "queued"),
            ("mail_id.state", "=", "outgoing"),
            ("mail_id.paynow_tried_date", "!=", False),
            ("mail_id.scheduled_date", "<=", fields.Datetime.now()),
        ]
        for notice in self.search(put_off):
            try:
                with self.env.cr.savepoint():
                    if reason := notice._get_stale_reason():
                        notice.mail_id.cancel()
                        notice.message_id = False
                        notice._skip(reason)
            except CONCURRENCY_ERRORS:
                continue  # Somebody else is at it; the mail goes.
            except Exception:  # All other mails wait behind this one.
                _logger.exception("Notice %s can't be looked at", notice.id)

    def _get_stale_reason(self):
        """Return why the mail of this notice would no longer be right, if so.

        Another module can override it for other kinds, as `autopay` does.

        :return: The reason, for staff; empty if it is still right.
        :rtype: str
        """
        self.ensure_one()
        if self.kind not in TEMPLATES:
            return ""
        record = (self.invoice_id or self.partner_id).with_company(self.company_id)
        return self._get_obstacles(self.kind, self.company_id, record)[record]

    @api.model
    def _note_lost(self):
        """Note on queued notices what nobody told them: that their mail is no more.

        It was cancelled or deleted by hand, or the process that sent it was killed, and
        nobody knows whether it arrived. After an hour it isn't being sent any more.
        """
        before = fields.Datetime.now() - timedelta(hours=1)
        queued = Domain([("state", "=", "queued"), ("write_date", "<", before)])
        failed = Domain("mail_id.state", "in", ("exception", "cancel")) & Domain(
            "mail_id.write_date", "<", before
        )
        for notice in self.search(queued & (Domain("mail_id", "=", False) | failed)):
            notice.write(
                {
                    "state": "failed",
                    "reason": notice.mail_id.failure_reason
                    or self.env._("The mail was cancelled or deleted in the queue."),
                }
            )
