# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...exceptions import CONCURRENCY_ERRORS

_logger = logging.getLogger(__name__)

POSTING_TIME = timedelta(minutes=15)  # By then, poll or cron have posted a payment.
BUSY_TIME = timedelta(days=2)  # For longer, others can't have been at it by chance.


class PaymentTransaction(models.Model):
    """Payments that were made but are not in the books yet."""

    _inherit = "payment.transaction"

    @api.model
    def _cron_paynow_watchdog(self):
        """Post the payments that were left unposted, however old; report failures.

        The safety levels of the pages are set as well, from the attempts of late.
        """
        cron = self.env["ir.cron"]
        txs = self.search(
            [
                *self._paynow_get_unposted_domain(),
                ("last_state_change", "<", fields.Datetime.now() - POSTING_TIME),
            ],
            order="id",
        )
        cron._commit_progress(remaining=len(txs))
        for tx in txs:
            try:
                tx._paynow_retry()
                self.env.flush_all()
            except Exception:  # It stays in the list; the others go on.
                self.env.cr.rollback()
                _logger.exception("Nobody could be told of transaction %s", tx.id)
            if not cron._commit_progress(1):
                break
        # Last, so that nothing of it can keep money from the books.
        self.env["res.company"].search(
            [("paynow_enabled", "=", True)]
        )._paynow_update_safety()

    @api.model
    def _paynow_get_unposted_domain(self):
        """Return the domain of the payments that were made but not posted.

        :rtype: list
        """
        return [
            ("is_paynow", "=", True),
            ("state", "=", "done"),
            ("is_post_processed", "=", False),
        ]

    def _paynow_retry(self):
        """Post this payment; if it fails, note the reason and tell the accountant once.

        :return: Whether it is posted.
        :rtype: bool
        """
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                self._post_process()
        except Exception as error:  # noqa: BLE001  Whatever it is, a person must know.
            if isinstance(error, CONCURRENCY_ERRORS):
                self.env.cr.rollback()
                if self.last_state_change > fields.Datetime.now() - BUSY_TIME:
                    return False  # Somebody else is at it; next time.
            _logger.exception("Transaction %s can't be posted", self.id)
            reason = str(error) or type(error).__name__
            if not self.paynow_problem:
                self._paynow_alert(
                    self.env._("Pay Now: payment received, not posted"),
                    self.env._(
                        "The payment %(ref)s of %(amount)s was made, but can't be"
                        " posted: %(reason)s Remove the cause and press “Post now” in"
                        " the list “Paid, not posted” of Pay Now.",
                        ref=self.reference,
                        amount=self._paynow_format_amount(),
                        reason=reason,
                    ),
                )
            self.paynow_problem = reason
            return False
        # Unless posting it has not settled what the provider confirmed.
        self.paynow_problem = self._paynow_has_gap() and self.paynow_problem
        return True

    def action_paynow_retry(self):
        """Post the selected payments now.

        :raise UserError: If one can't be posted, with the reason.
        """
        self._paynow_check_rights()
        for tx in self.sudo():  # In sudo mode to read fields of providers.
            if not tx._paynow_retry():
                raise UserError(tx.paynow_problem or self.env._("Please try again."))

    def action_paynow_settle(self):
        """Take the selected payments off the list: somebody has dealt with them."""
        self._paynow_check_rights()
        # In sudo mode as accountants can't write on transactions.
        self.sudo().paynow_problem = False
