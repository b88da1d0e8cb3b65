# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models
from odoo.tools import format_date

# Notices that could not be delivered, one a day, after which only a person goes on.
MAX_FAILED = 3


class AccountMove(models.Model):
    """Automatic payments that wait for a notice, or whose notice does not arrive."""

    _inherit = "account.move"

    def _paynow_get_failed_notices(self):
        """Return the last notices of payments of this invoice, if they did not arrive.

        :return: Those since the last one that did.
        :rtype: paynow.notice
        """
        self.ensure_one()
        failed = self.env["paynow.notice"]
        for notice in self._paynow_search_notices(limit=MAX_FAILED):
            if notice.state not in ("failed", "skipped"):
                break
            failed += notice
        return failed

    def _paynow_is_notice_failing(self):
        """Tell whether a notice that is required does not reach the client.

        :rtype: bool
        """
        return bool(
            self.paynow_autopay_id.mandate_id.notice_days
            and self._paynow_get_failed_notices()
        )

    def _paynow_autopay_wait(self, date):
        """Have the payment wait for its notice, and say so.

        :param datetime.date date: The day on which it can be made.
        """
        self.ensure_one()
        today = self.company_id._paynow_get_today()
        date = self._paynow_get_autopay_free_date(date)
        self._paynow_autopay_note(
            self.env._(
                "Pay Now: the automatic payment waits until %(date)s, as the client has"
                " to be told of it %(days)s days before.",
                date=format_date(self.env, date),
                days=self.paynow_autopay_id.mandate_id.notice_days,
            )
        )
        first, _item = self._paynow_get_autopay_instalments()[0]
        if (today - first).days > self.paynow_autopay_id.mandate_id.notice_days:
            self._paynow_autopay_tell_waiting(date)
        self.paynow_autopay_date = date
        self.env.ref("paynow_module.ir_cron_autopay_notice")._trigger()

    def _paynow_autopay_tell_waiting(self, date, reason=None):
        """Tell staff, once, that a payment waits for its notice.

        :param datetime.date date: The day on which it can be made at the soonest.
        :param str reason: Why the notice can't be delivered, if so.
        """
        user = self._paynow_get_responsible()
        staff_self = self.with_context(lang=user.lang or "en_US")
        summary = staff_self.env._("Pay Now: automatic payment waits for its notice")
        if summary in self.activity_ids.mapped("summary"):
            return
        self._paynow_schedule(
            self.company_id,
            user,
            summary=summary,
            note=staff_self.env._(
                "%(number)s can't be charged before the client was told of it by mail,"
                " %(days)s days before: by %(date)s at the soonest. %(reason)s Look at"
                " the client's address and the outgoing mail.",
                number=self.name,
                days=self.paynow_autopay_id.mandate_id.notice_days,
                date=format_date(staff_self.env, date),
                reason=reason or "",
            ),
        )
