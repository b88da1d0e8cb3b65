# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import chain
from queue import SimpleQueue

from odoo import api, fields, models
from odoo.modules import module

from ...exceptions import CONCURRENCY_ERRORS
from .payment_provider import ChargeAnswer

_logger = logging.getLogger(__name__)

MAIN = "paynow_module.ir_cron_autopay"
HELPER = "paynow_module.ir_cron_autopay_help"
HELP_FROM = 20  # Invoices; fewer are paid before a second worker is there.
LANES = 3  # Clients who are charged at the same time, by each worker.
LOCK_TRIES = 5


class PaymentTransaction(models.Model):
    """The run of automatic payments: never two charges for one balance.

    1. The invoice is locked, what is to pay is summed up, a draft with a unique key for
       the invoice and its day is committed.
    2. The draft is locked and charged through Odoo; the answer is committed.
    3. The payment is posted, like those of the page; the watchdog finishes what isn't.

    While a provider is asked, other clients are charged: each in a thread, with a
    database connection of its own. Where many are due, a second worker helps.

    A draft that is left over by a crash between the two is asked for again where the
    provider makes one charge of both requests; everywhere else a person finds out: see
    `payment_transaction_leftover.py`.
    """

    _inherit = "payment.transaction"

    @api.model
    def _cron_paynow_autopay(self):
        """Pay the invoices whose day has come, each once."""
        cron = self.env["ir.cron"]
        leftovers = self._paynow_get_leftovers()
        invoices = self._paynow_autopay_get_due()
        cron._commit_progress(remaining=len(leftovers) + len(invoices))
        for tx in leftovers:
            zone = tx.company_id._paynow_get_zone()
            tx.invoice_ids._paynow_autopay_isolate(
                tx._paynow_autopay_resolve,
                fields.Date.context_today(tx.with_context(tz=zone), tx.create_date),
            )
            if not cron._commit_progress(1):
                return
        self._paynow_autopay_run(invoices)
        progress_id = self.env.context.get("ir_cron_progress_id")
        if self.env["ir.cron.progress"].browse(progress_id).remaining:
            # Odoo goes on then, but a worker that is alone and not called waits for a
            # minute first. With nothing left it would try at once what has just failed.
            self.env.ref(MAIN)._trigger()
            cron._commit_progress()

    @api.model
    def _cron_paynow_autopay_help(self):
        """Pay many invoices from the other end, in a second worker of the scheduler.

        Where it is off, or there is one worker, the first one pays all. Where that is
        off, nobody is charged.
        """
        main = self.env.ref(MAIN, raise_if_not_found=False)
        invoices = self._paynow_autopay_get_due()
        if main and main.active and len(invoices) >= HELP_FROM:
            self.env["ir.cron"]._commit_progress(remaining=len(invoices))
            self._paynow_autopay_run(invoices, from_end=True)

    @api.model
    def _paynow_autopay_get_due(self):
        """Return the invoices whose day has come, the first one first.

        :rtype: account.move
        """
        invoices = self.env["account.move"]
        for company in self.env["res.company"].search(
            [
                ("paynow_enabled", "=", True),
                ("paynow_autopay_enabled", "=", True),
                ("paynow_autopay_stopped", "=", False),
            ]
        ):
            invoices += invoices.search_fetch(
                [
                    ("company_id", "=", company.id),
                    ("paynow_autopay_date", "<=", company._paynow_get_today()),
                ],
                ["commercial_partner_id"],
                order="paynow_autopay_date, id",
            )
        return invoices

    @api.model
    def _paynow_autopay_run(self, invoices, from_end=False):
        """Pay invoices, those of several clients at the same time.

        Those of one client are paid one after the other: what their provider says of
        a card counts for the next.

        :param account.move invoices: The invoices.
        :param bool from_end: Whether the clients who come last are the first.
        """
        cron = self.env["ir.cron"]
        by_provider = invoices.grouped(
            lambda invoice: invoice.paynow_autopay_id.token_id.provider_id
        )
        alone = [own[0].id for own in by_provider.values() if not from_end]
        due = [own.ids for own in invoices.grouped("commercial_partner_id").values()]
        if from_end:
            due.reverse()
        self.env.invalidate_all()
        # Its access may have to be renewed first, which is for one to do.
        for invoice_id in alone:
            self._paynow_autopay_pay(invoice_id)
            if not cron._commit_progress():
                return
        helper = self.env.ref(HELPER, raise_if_not_found=False)
        if helper and not from_end and len(invoices) >= HELP_FROM:
            helper._trigger()
        if module.current_test:  # Which is one database transaction as a whole.
            for invoice_id in chain(*due):
                self._paynow_autopay_pay(invoice_id)
                if not cron._commit_progress(1):
                    return
            return
        is_over, looked_at = threading.Event(), SimpleQueue()
        with ThreadPoolExecutor(LANES) as lanes:
            try:
                for ids in due:
                    lanes.submit(
                        self._paynow_autopay_pay_in_lane, ids, looked_at, is_over
                    )
                for _invoice in invoices:
                    looked_at.get()
                    if not cron._commit_progress(1):
                        break
            finally:
                is_over.set()  # The scheduler calls again for the rest.

    @api.model
    def _paynow_autopay_pay_in_lane(self, ids, looked_at, is_over):
        """Pay the invoices of one client, in the thread of a lane.

        :param list[int] ids: The ids of the invoices.
        :param SimpleQueue looked_at: Where it is noted that one was looked at.
        :param threading.Event is_over: Whether to begin no other.
        """
        registry, left = self.env.registry, list(ids)
        threading.current_thread().dbname = registry.db_name  # For the log.
        try:
            while left and not is_over.is_set():
                with registry.cursor() as cr:
                    # Of the run's context nothing: the progress is not for lanes.
                    self.with_env(self.env(cr=cr, context={}))._paynow_autopay_pay(
                        left[0]
                    )
                registry.signal_changes()  # Each thread has its own.
                looked_at.put(left.pop(0))
        except Exception:  # The others go on, and the next run has these.
            _logger.exception("Invoices %s can't be paid automatically", left)
            registry.reset_changes()
        finally:
            for invoice_id in left:
                looked_at.put(invoice_id)

    @api.model
    def _paynow_autopay_pay(self, invoice_id):
        """Pay one invoice; whatever goes wrong with it, the others go on.

        :param int invoice_id: The id of the invoice.
        """
        # One at a time: nothing of the others is read, or kept in memory.
        invoice = self.env["account.move"].search(
            [("id", "=", invoice_id), ("paynow_autopay_date", "!=", False)]
        )
        if not invoice:
            return  # Another worker was faster.
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
        tx = self.with_context(paynow_answer=answer, paynow_mails_later=True, tz=zone)
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
            if not tx._paynow_retry() and not tx.paynow_problem:
                # A worker from the other end was just at the invoice, and has left it.
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
