# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import logging
from functools import partial

from odoo import api, fields, models

from ...exceptions import CONCURRENCY_ERRORS
from ..payment.payment_provider import BANK_DEBIT_CODES
from .payment_provider import ChargeAnswer

_logger = logging.getLogger(__name__)

LOCK_TRIES = 5


class PaymentTransaction(models.Model):
    """The run of automatic payments: never two charges for one balance.

    1. The invoice is locked, what is to pay is summed up, a draft with a unique key for
       the invoice and its day is committed.
    2. The draft is locked and charged through Odoo; the answer is committed.
    3. The payment is posted, like those of the page; the watchdog finishes what isn't.

    A draft that is left over by a crash between the two is asked for again where the
    provider makes one charge of both requests; everywhere else a person finds out: see
    `payment_transaction_leftover.py`.
    """

    _inherit = "payment.transaction"

    paynow_run_key = fields.Char(
        string="Automatic payment of",
        help="The invoice and the day of an automatic payment, by which it is unique.",
        readonly=True,
        copy=False,
    )

    _paynow_run_key_uniq = models.UniqueIndex(
        "(paynow_run_key) WHERE paynow_run_key IS NOT NULL",
        "This invoice was paid automatically for this day already.",
    )

    # === RUN === #

    @api.model
    def _cron_paynow_autopay(self):
        """Pay the invoices whose day has come, each once."""
        cron = self.env["ir.cron"]
        leftovers = self._paynow_get_leftovers()
        invoices = self.env["account.move"]
        for company in self.env["res.company"].search(
            [
                ("paynow_enabled", "=", True),
                ("paynow_autopay_enabled", "=", True),
                ("paynow_autopay_stopped", "=", False),
            ]
        ):
            invoices += invoices.search(
                [
                    ("company_id", "=", company.id),
                    ("paynow_autopay_date", "<=", company._paynow_get_today()),
                ],
                order="paynow_autopay_date, id",
            )
        cron._commit_progress(remaining=len(leftovers) + len(invoices))
        for tx in leftovers:
            zone = tx.company_id._paynow_get_zone()
            tx.invoice_ids._paynow_autopay_isolate(
                tx._paynow_autopay_resolve,
                fields.Date.context_today(tx.with_context(tz=zone), tx.create_date),
            )
            if not cron._commit_progress(1):
                return
        for invoice_id in invoices.ids:
            # One at a time: nothing of the others is read, or kept in memory.
            self._paynow_autopay_pay(self.env["account.move"].browse(invoice_id))
            if not cron._commit_progress(1):
                return

    @api.model
    def _paynow_autopay_pay(self, invoice):
        """Pay one invoice; whatever goes wrong with it, the others go on.

        :param account.move invoice: The invoice.
        """
        invoice._paynow_autopay_isolate(partial(self._paynow_autopay_try, invoice))

    @api.model
    def _paynow_autopay_try(self, invoice):
        """Pay one invoice.

        :param account.move invoice: The invoice.
        :raise Exception: Whatever goes wrong before the provider is asked.
        """
        zone = invoice.company_id._paynow_get_zone()
        tx = invoice.with_context(tz=zone)._paynow_autopay_start()
        if invoice.paynow_autopay_failed_date:
            invoice.paynow_autopay_failed_date = False  # It works again.
        self.env["ir.cron"]._commit_progress()  # Before the provider hears of it.
        if tx:
            tx._paynow_autopay_charge()

    def _paynow_autopay_charge(self, is_repeat=False):
        """Charge this committed draft, and post what was paid.

        If the outcome is not known, the draft stays as it is: a leftover, of which a
        person learns at the latest when it may not be asked for again.

        :param bool is_repeat: Whether the provider may have heard of it before.
        """
        self.ensure_one()
        cr, cron = self.env.cr, self.env["ir.cron"]
        answer = ChargeAnswer(is_repeat=is_repeat)
        # The day counts in the company's time zone when it is posted, too.
        zone = self.company_id._paynow_get_zone()
        tx = self.with_context(paynow_answer=answer, tz=zone)
        if not tx._paynow_autopay_lock():
            return
        try:
            tx._charge_with_token()
            self.env.flush_all()
        except Exception:  # The charge may have been made.
            _logger.warning(
                "Outcome of transaction %s not known", self.id, exc_info=True
            )
            answer["is_unclear"] = True
        if answer.get("is_unclear"):
            cr.rollback()
            self.env.invalidate_all()
            return
        cron._commit_progress()
        if tx.state == "done" and not tx.is_post_processed:
            tx._paynow_retry()
            cron._commit_progress()

    def _paynow_autopay_lock(self):
        """Lock this draft and its invoice, so that nothing can fail after the charge.

        The chatter of the invoice is written on, too. Whoever was faster is waited for.

        :return: Whether it is locked, and still a draft.
        :rtype: bool
        """
        for _try in range(LOCK_TRIES):
            try:
                self.invoice_ids._paynow_lock()
                self.env.invalidate_all()
                if self.try_lock_for_update() and self.state == "draft":
                    return True
            except CONCURRENCY_ERRORS:  # With a fresh view of the data, then.
                self.env.cr.rollback()
                self.env.invalidate_all()
            else:
                break
        self.env.cr.rollback()
        return False

    # === NEWS === #

    def _apply_updates(self, payment_data):
        """Override of `payment` to know what a decline means, and what never ends."""
        if not self.paynow_run_key:
            return super()._apply_updates(payment_data)
        answer = self.env.context.get("paynow_answer")
        if decline := self.provider_id._paynow_get_decline(payment_data):
            if answer is None:
                self = self.with_context(paynow_answer={"decline": decline})  # noqa: PLW0642
            else:
                answer["decline"] = decline
        if self.provider_id._paynow_is_waiting(payment_data):
            return self._paynow_autopay_give_up(payment_data)
        return super()._apply_updates(payment_data)

    def _update_state(self, allowed_states, target_state, state_message):
        """Override of `payment` to plan what comes after an automatic payment.

        In the database transaction of the news, whoever brings them.
        """
        states = {tx: tx.state for tx in self}
        txs = super()._update_state(allowed_states, target_state, state_message)
        answer = self.env.context.get("paynow_answer") or {}
        if answer.get("is_unclear"):
            return txs  # It is no decline, and about to be rolled back.
        for tx in txs.filtered("paynow_run_key"):
            # In sudo mode as the news may come from a provider or an accountant.
            tx_sudo = tx.sudo()
            if states[tx] == "draft":
                tx_sudo.paynow_problem = False
            tx_sudo.invoice_ids._paynow_autopay_follow(
                tx_sudo, states[tx], answer.get("decline")
            )
        return txs

    # === WHAT LOWER ROOMS ASK === #

    def _paynow_is_in_flight(self, visitor=None):
        """Override to count a draft of ours until its outcome is known."""
        if self.paynow_run_key and self.state == "draft":
            return True
        return super()._paynow_is_in_flight(visitor)

    def _paynow_is_by_payer(self):
        """Override to leave out automatic payments, which tell of theirs."""
        return super()._paynow_is_by_payer() and not self.paynow_run_key

    def _paynow_get_method_name(self):
        """Override to say that a payment was made automatically, with what."""
        if not self.paynow_run_key:
            return super()._paynow_get_method_name()
        return self.env._(
            "%(method)s, automatically",
            method=self.token_id._paynow_get_autopay_name(),
        )

    # === HELPERS === #

    def _paynow_get_run_date(self):
        """Return the day for which this automatic payment was scheduled.

        :rtype: datetime.date
        """
        return fields.Date.to_date(self.paynow_run_key.partition(":")[2])

    def _paynow_is_bank_debit(self):
        """Tell whether a bank account is debited, which a bank may return.

        :rtype: bool
        """
        return self.payment_method_code in BANK_DEBIT_CODES
