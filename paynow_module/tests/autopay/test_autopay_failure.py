# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta
from unittest.mock import patch

import psycopg2
from psycopg2 import errors

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.autopay.payment_provider import REPEATABLE
from ..common import MODELS
from ..common_autopay import PaynowAutopayCommon

FAILURE_LOGGER = f"{MODELS}.autopay.account_move_failure"
CHARGE_LOGGER = f"{MODELS}.autopay.payment_transaction"
SUMMARY = "Pay Now: automatic payment can't be made"


@tagged("-at_install", "post_install")
class TestAutopayFailure(PaynowAutopayCommon):
    """What happens where the run can't even try, and who learns of it."""

    def setUp(self):
        super().setUp()
        self.company.paynow_past_due_enabled = True
        self.bad = self._bill("Bad")
        self._choose(self.bad)

    def _fail(self, error, days=0, invoice=None, method="_paynow_autopay_start"):
        """Run with a step that raises an error for one invoice."""
        invoice = invoice or self.bad
        original = getattr(type(invoice), method)

        def raise_error(record, *args, **kwargs):
            if record == invoice:
                raise error
            return original(record, *args, **kwargs)

        with (
            patch.object(self.env.registry["account.move"], method, raise_error),
            mute_logger(FAILURE_LOGGER, CHARGE_LOGGER),
        ):
            self._run(days=days)

    def _is_held_back(self, days):
        """Tell whether automatic payment keeps the client from being reminded."""
        with self._on(days):
            return "automatically" in self.bad._paynow_get_reminder_obstacle()

    def test_whoever_looks_after_the_invoice_is_told_once(self):
        self.bad.invoice_user_id = self.clerk
        for days in range(20):
            self._fail(ValueError("No rate <for> EUR"), days)
        activity = self._get_activities(self.bad)
        self.assertEqual(activity.summary, SUMMARY)
        self.assertEqual(activity.user_id, self.clerk)
        for fact in ("Bad", "No rate &lt;for&gt; EUR", "switch automatic payment"):
            self.assertIn(fact, str(activity.note))

    def test_they_are_told_once_even_if_they_think_it_done(self):
        self._fail(ValueError("No rate"))
        self._get_activities(self.bad).action_feedback()
        self._fail(ValueError("No rate"), days=1)
        self.assertFalse(self._get_activities(self.bad))

    def test_they_are_told_in_their_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.clerk.lang = "fr_FR"
        self.bad.invoice_user_id = self.clerk
        with patch.object(
            self.env.registry["account.move"],
            "_paynow_alert",
            lambda invoice, summary, note: langs.append(invoice.env.lang),
        ):
            langs = []
            self._fail(ValueError("No rate"))
        self.assertEqual(langs, ["fr_FR"])

    def test_an_error_of_the_database_is_told_too(self):
        """Test those that no other try can heal."""
        for error in (
            errors.DataError("out of range"),
            errors.UndefinedColumn("no such column"),
            errors.QueryCanceled("statement timeout"),
            psycopg2.InterfaceError("broken"),
        ):
            with self.subTest(error=type(error).__name__):
                invoice = self._bill(type(error).__name__)
                self._choose(invoice)
                self._fail(error, invoice=invoice)
                self.assertEqual(self._get_activities(invoice).summary, SUMMARY)

    def test_it_is_logged_with_its_traceback(self):
        with (
            patch.object(
                self.env.registry["account.move"],
                "_paynow_autopay_start",
                side_effect=psycopg2.DataError("out of range"),
            ),
            self.assertLogs(FAILURE_LOGGER, "ERROR") as logs,
        ):
            self._run()
        self.assertIn("Traceback", logs.output[0])

    def test_the_others_are_paid(self):
        good = self._bill("Good")
        self._choose(good)
        self._fail(ValueError("No rate"))
        self.assertIn(good.payment_state, ("paid", "in_payment"))

    def test_a_failure_to_tell_of_it_stops_no_other_either(self):
        good = self._bill("Good")
        self._choose(good)
        with patch.object(
            self.env.registry["account.move"],
            "_paynow_alert",
            side_effect=ValueError("No user"),
        ):
            self._fail(ValueError("No rate"))
        self.assertIn(good.payment_state, ("paid", "in_payment"))

    def test_what_was_begun_is_undone(self):
        original = type(self.bad)._paynow_autopay_start

        def start(invoice):
            original(invoice)
            raise ValueError("No rate")

        with (
            patch.object(
                self.env.registry["account.move"], "_paynow_autopay_start", start
            ),
            mute_logger(FAILURE_LOGGER),
        ):
            self._run()
        self.assertFalse(self._get_txs(self.bad))

    def test_the_reminder_takes_over_while_it_fails(self):
        self.assertTrue(self._is_held_back(1))
        self._fail(ValueError("No rate"))
        self.assertFalse(self._is_held_back(1))
        with self._on(1):
            self._run_cron("paynow_module.ir_cron_past_due")
        subjects = self._get_mails().mapped("subject")
        self.assertTrue(any("past due" in subject for subject in subjects))

    def test_no_page_and_no_mail_promises_it_while_it_fails(self):
        self._fail(ValueError("No rate"))
        self.assertFalse(self.bad._paynow_get_summary(100.0)["autopay_date"])

    def test_a_run_that_works_pays_and_ends_it(self):
        self._fail(ValueError("No rate"))
        self._run(days=1)
        self.assertEqual(len(self.charges), 1)
        self.assertFalse(self.bad.paynow_autopay_failed_date)

    def test_a_new_choice_ends_it(self):
        self._fail(ValueError("No rate"))
        self._choose(self.bad)
        self.assertTrue(self.bad._paynow_get_autopay_date())

    def test_who_was_slower_in_a_race_tries_again_without_a_word(self):
        for error in (
            errors.SerializationFailure(),
            errors.DeadlockDetected(),
            errors.LockNotAvailable(),
        ):
            with self.subTest(error=type(error).__name__):
                self._fail(error)
                self.assertFalse(self._get_activities(self.bad))
                self.assertTrue(self._is_held_back(1))
        self._run()
        self.assertEqual(len(self.charges), 1)

    def test_a_race_that_never_ends_is_told_after_two_days(self):
        for days in (0, 1, 2):
            self._fail(errors.LockNotAvailable(), days)
            self.assertFalse(self._get_activities(self.bad))
        for days in (3, 4, 5):
            self._fail(errors.LockNotAvailable(), days)
        self.assertEqual(self._get_activities(self.bad).summary, SUMMARY)
        self.assertFalse(self._is_held_back(3))

    def test_a_provider_that_is_disabled_for_days_holds_no_reminder_back(self):
        self.patch(
            self.env.registry["payment.token"],
            "_paynow_get_autopay_obstacle",
            lambda token: "Provider Dummy is disabled.",
        )
        for days in range(4):
            self._run(days=days)
        self.assertFalse(self._is_held_back(3))


@tagged("-at_install", "post_install")
class TestAutopayLeftover(PaynowAutopayCommon):
    """That a person learns of each charge whose outcome nobody knows."""

    def setUp(self):
        super().setUp()
        self.invoice = self._bill("One")
        self._choose(self.invoice)

    def _run_aged(self, hours, *states):
        """Run so many hours after each draft was made, whatever the answer."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE payment_transaction SET create_date = %s WHERE state = 'draft'",
            [fields.Datetime.now() - timedelta(hours=hours)],
        )
        self.env.invalidate_all()
        with mute_logger(FAILURE_LOGGER, CHARGE_LOGGER):
            self._run(*states)

    def _leave_over(self):
        """Have the answer to a charge get lost."""
        with mute_logger(CHARGE_LOGGER):
            self._run(OSError("The line went dead"))

    def test_a_lock_that_is_never_had_ends_with_a_person(self):
        lock = type(self.invoice)._paynow_lock

        def _paynow_lock(invoices):
            if invoices.transaction_ids:
                raise errors.LockNotAvailable()
            lock(invoices)

        with patch.object(
            self.env.registry["account.move"], "_paynow_lock", _paynow_lock
        ):
            for hours in (0, 1, 49):
                self._run_aged(hours)
                self.assertFalse(self._get_activities())
            self._run_aged(24 * 4)
        self.assertFalse(self.charges)
        self.assertEqual(self._get_activities().summary, SUMMARY)

    def test_an_error_in_asking_ends_with_a_person_and_stops_no_other(self):
        self._leave_over()
        good = self._bill("Good")
        self._choose(good)
        with patch.object(
            self.env.registry["payment.transaction"],
            "_paynow_autopay_ask",
            side_effect=ValueError("No words"),
        ):
            self._run_aged(1)
        self.assertEqual(self._get_activities().summary, SUMMARY)
        self.assertIn(good.payment_state, ("paid", "in_payment"))

    def test_a_provider_that_always_fails_is_asked_for_hours_then_a_person(self):
        self._leave_over()
        for code in REPEATABLE:
            with patch.dict(REPEATABLE, {self.provider.code: REPEATABLE[code]}):
                self._run_aged(19, OSError("The line is dead"))
        self.assertEqual(len(self.charges), 1 + len(REPEATABLE))
        self.assertFalse(self._get_activities())
        for code in REPEATABLE:
            with patch.dict(REPEATABLE, {self.provider.code: REPEATABLE[code]}):
                self._run_aged(21, OSError("The line is dead"))
        self.assertEqual(len(self.charges), 1 + len(REPEATABLE))
        self._assert_told_once("Pay Now: outcome of an automatic payment not known")
