# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import logging
from datetime import timedelta

from markupsafe import escape

from odoo import fields, models
from odoo.tools import format_date

from ...exceptions import CONCURRENCY_ERRORS

_logger = logging.getLogger(__name__)

# An invoice that others work on is left for the next run, but not for ever.
PATIENCE = timedelta(days=2)


class AccountMove(models.Model):
    """What happens where the run of automatic payments can't even try one."""

    _inherit = "account.move"

    paynow_autopay_failed_date = fields.Date(
        string="Automatic payment fails since",
        help="The day since which the automatic payment can't be carried out; the"
        " client is reminded as long as that lasts.",
        readonly=True,
        copy=False,
    )

    def _paynow_is_autopay_failing(self):
        """Tell whether the client can't rely on the automatic payment that is planned.

        The run noted a failure, or the day has passed and nothing was tried, whatever
        the reason: a provider that is disabled, an invoice that is always locked.

        :rtype: bool
        """
        self.ensure_one()
        invoice_sudo = self.sudo()  # No secret to who sees the invoice.
        today = invoice_sudo.company_id._paynow_get_today()
        date = invoice_sudo.paynow_autopay_date
        return bool(
            invoice_sudo.paynow_autopay_failed_date
            or (date and date < today - PATIENCE)
            or invoice_sudo._paynow_is_notice_failing()
        )

    def _paynow_autopay_fail(self, error, since=None):
        """Note that automatic payment of these invoices fails, and tell a person once.

        The caller has rolled back what was begun. If others are at an invoice, the next
        run has it and nobody hears of it, unless that has been so for days.

        :param Exception error: What was raised.
        :param datetime.date since: See `_paynow_autopay_isolate`.
        """
        is_busy = isinstance(error, CONCURRENCY_ERRORS)
        for invoice in self:
            today = invoice.company_id._paynow_get_today()
            date = since or invoice.paynow_autopay_date or today
            if (is_busy and date >= today - PATIENCE) or (
                not is_busy and invoice.paynow_autopay_failed_date
            ):
                continue
            if not is_busy:  # Who is at the row would refuse it to us.
                invoice.paynow_autopay_failed_date = today
            staff_invoice = invoice._paynow_for_staff()
            reason = str(error).partition("\n")[0] or type(error).__name__
            if is_busy:
                reason = staff_invoice.env._("others keep the invoice locked.")
            staff_invoice._paynow_alert(
                staff_invoice.env._("Pay Now: automatic payment can't be made"),
                staff_invoice.env._(
                    "The automatic payment of %(number)s, planned for %(date)s, can't"
                    " be carried out: %(reason)s It is tried again with every run."
                    " Until one works, the client is reminded like one without"
                    " automatic payment. Remove the cause, which the server's log tells"
                    " in full, or switch automatic payment of this invoice off.",
                    number=invoice.name,
                    date=format_date(staff_invoice.env, date),
                    reason=escape(reason),
                ),
            )

    def _paynow_autopay_isolate(self, step, since=None):
        """Do one step of the run for these invoices; the others go on whatever happens.

        :param function step: What to do.
        :param datetime.date since: The day for which the payment was planned, if it is
            no longer the one that is noted on the invoice.
        """
        for _try in range(2):
            try:
                step()
                self.env.flush_all()
                return
            except Exception as error:  # noqa: BLE001  Whatever it is, a person must know.
                failure = error
                self.env.cr.rollback()
            if not isinstance(failure, CONCURRENCY_ERRORS):
                _logger.error(
                    "Invoices %s can't be paid automatically",
                    self.ids,
                    exc_info=failure,
                )
                break
            # A second worker that pays many, too, has just left it.
            self.env.invalidate_all()
        try:
            self._paynow_autopay_fail(failure, since)
            self.env.flush_all()
        except Exception:  # The log has to do, until the next run.
            self.env.cr.rollback()
            _logger.exception("Nobody could be told of invoices %s", self.ids)
