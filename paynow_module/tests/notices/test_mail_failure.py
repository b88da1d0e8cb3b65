# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta
from unittest.mock import patch

from psycopg2 import errors

from odoo import fields
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..common import MODELS
from ..common_books import PaynowBooksCommon

NOON = fields.Datetime.to_datetime("2026-05-29 12:00:00")


@tagged("-at_install", "post_install")
class TestMailFailure(PaynowBooksCommon):
    """That a mail which can't be made keeps nothing else from being done."""

    def _break(self, model, method):
        """Have the making of a mail of a payment fail as no template should."""
        return patch.object(
            self.env.registry[model],
            method,
            side_effect=KeyError("edited"),
        )

    def _get_notes(self):
        return " ".join(str(body) for body in self.invoice.message_ids.mapped("body"))

    def test_who_has_no_address_gets_no_receipt(self):
        before = self.env["mail.mail"].sudo().search_count([])
        tx = self._pay(paynow_email=False)
        tx._post_process()
        self.assertTrue(tx.is_post_processed)
        self.assertEqual(self.env["mail.mail"].sudo().search_count([]), before)

    @mute_logger(f"{MODELS}.outcome.payment_transaction_mail")
    def test_no_error_of_a_receipt_keeps_money_from_the_books(self):
        tx = self._pay()
        with self._break("mail.template", "send_mail"):
            tx._post_process()
        self.assertTrue(tx.payment_id)
        self.assertIn("mail to the payer could not be made", self._get_notes())

    @mute_logger(f"{MODELS}.outcome.payment_transaction_reference")
    def test_no_error_of_a_copy_keeps_money_from_the_books(self):
        tx = self._pay(paynow_copy_email="boss@example.com")
        with self._break("payment.transaction", "_paynow_send_copy"):
            tx._post_process()
        self.assertTrue(tx.payment_id)
        self.assertIn("copy of the receipt could not be mailed", self._get_notes())

    @mute_logger(f"{MODELS}.limits.paynow_attempt")
    def test_a_secure_link_that_can_not_be_mailed_is_told_and_stops_no_other(self):
        other = self._create_bill("Other", 50.0, partner_id=self.stranger.id)
        Attempt = self.env["paynow.attempt"].sudo()
        for invoice in (self.invoice, other):
            Attempt._record(
                self.company, "link_requested", invoice_id=invoice.id, ip="192.0.2.7"
            )
        send_mail = type(self.env["mail.template"]).send_mail
        sent = []

        def _send_mail(template, res_id, **kwargs):
            if res_id == self.invoice.id:
                raise KeyError("edited")
            sent.append(res_id)
            return send_mail(template, res_id, **kwargs)

        with patch.object(self.env.registry["mail.template"], "send_mail", _send_mail):
            self._run_cron("paynow_module.ir_cron_secure_link")
        self.assertEqual(sent, other.ids)
        self.assertEqual(
            self._get_activities().summary, "Pay Now: secure link not mailed"
        )


@tagged("-at_install", "post_install")
class TestPostingFailure(PaynowBooksCommon):
    """What the watchdog takes for a race, and what for a fault."""

    def setUp(self):
        super().setUp()
        with freeze_time(NOON):
            self.tx = self._pay()

    def _run_failing(self, error, **delta):
        """Run the watchdog so long after the payment, with an error in posting it."""
        post = type(self.tx)._post_process

        def _post_process(txs):
            if self.tx in txs:
                raise error
            return post(txs)

        with (
            patch.object(
                self.env.registry["payment.transaction"],
                "_post_process",
                _post_process,
            ),
            freeze_time(NOON + timedelta(**delta)),
            mute_logger(f"{MODELS}.outcome.payment_transaction_watchdog"),
        ):
            self._run_watchdog()
        self.env.invalidate_all()

    def test_a_statement_that_was_cancelled_is_told(self):
        self._run_failing(errors.QueryCanceled("statement timeout"), hours=1)
        self.assertIn("statement timeout", self.tx.paynow_problem)
        self._assert_told_once("Pay Now: payment received, not posted")

    def test_a_race_is_left_for_the_next_run_without_a_word(self):
        for error in (
            errors.SerializationFailure(),
            errors.DeadlockDetected(),
            errors.LockNotAvailable(),
        ):
            self._run_failing(error, hours=47)
            self.assertFalse(self._get_activities())
            self.assertFalse(self.tx.paynow_problem)

    def test_a_race_that_never_ends_is_told_after_two_days(self):
        self._run_failing(errors.SerializationFailure(), hours=49)
        self.assertTrue(self.tx.paynow_problem)
        self._assert_told_once("Pay Now: payment received, not posted")

    def test_one_of_which_nobody_can_be_told_stops_no_other(self):
        with freeze_time(NOON):
            other = self._create_bill("Other", 50.0)
            good = self._pay(amount=50.0, invoice_ids=[fields.Command.set(other.ids)])
        with patch.object(
            self.env.registry["payment.transaction"],
            "_paynow_alert",
            side_effect=ValueError("No user"),
        ):
            self._run_failing(ValueError("No account"), hours=1)
        self.assertTrue(good.is_post_processed)
