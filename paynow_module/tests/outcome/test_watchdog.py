# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from psycopg2.errors import SerializationFailure

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..common import MODELS
from ..common_books import PaynowBooksCommon

NOON = fields.Datetime.to_datetime("2026-05-29 12:00:00")
WATCHDOG_LOGGER = f"{MODELS}.outcome.payment_transaction_watchdog"
SUMMARY = "Pay Now: payment received, not posted"


@tagged("post_install", "-at_install")
class TestWatchdog(PaynowBooksCommon):
    """Payments that were made and didn't find their way into the books."""

    def _run_watchdog_at(self, **delta):
        """Run the watchdog some time after noon."""
        with freeze_time(NOON + timedelta(**delta)), mute_logger(WATCHDOG_LOGGER):
            self._run_watchdog()

    def _pay_at_noon(self, state="done", **values):
        """Create a payment that the provider reported at noon."""
        with freeze_time(NOON):
            return self._pay(state, **values)

    # === RETRY === #

    def test_unposted_payment_is_posted_after_15_minutes(self):
        """Test that a payment that nobody finished is finished by the watchdog."""
        tx = self._pay_at_noon()
        self._run_watchdog_at(minutes=14)
        self.assertFalse(tx.payment_id)
        self._run_watchdog_at(minutes=15, seconds=1)
        self.assertTrue(tx.is_post_processed)
        self.assertIn(tx.payment_id.state, ("in_process", "paid"))
        self.assertEqual(self.invoice.amount_residual, 0.0)
        self.assertFalse(self._get_activities())
        self.assertEqual(len(self._get_mails()), 1)

    def test_posted_payment_is_left_alone(self):
        """Test that what is in the books isn't touched again."""
        tx = self._pay_at_noon()
        tx._post_process()
        payment, messages = tx.payment_id, self.invoice.message_ids
        self._run_watchdog_at(minutes=20)
        self.assertEqual(tx.payment_id, payment)
        self.assertEqual(self.invoice.message_ids, messages)

    def test_payments_that_were_not_made_are_left_alone(self):
        """Test that drafts, pending and failed payments are no money."""
        txs = [
            self._pay_at_noon(state, amount=10.0)
            for state in ("draft", "pending", "authorized", "cancel", "error")
        ]
        self._run_watchdog_at(days=30)
        self.env.invalidate_all()
        for tx in txs:
            self.assertFalse(tx.is_post_processed, tx.state)
            self.assertFalse(tx.payment_id, tx.state)
            self.assertFalse(tx.paynow_problem, tx.state)

    def test_other_payments_of_odoo_are_left_to_odoo(self):
        """Test that only Pay Now payments are retried."""
        tx = self._pay_at_noon(is_paynow=False)
        self._run_watchdog_at(minutes=20)
        self.assertFalse(tx.payment_id)
        self.assertNotIn(tx, self._get_listed())

    def test_payment_is_retried_until_the_cause_is_gone(self):
        """Test that a payment is posted by itself once its journal is right again."""
        tx = self._pay_at_noon()
        line = self._break_provider()
        self._run_watchdog_at(minutes=20)
        self.assertFalse(tx.payment_id)
        self._repair_provider(line)
        self._run_watchdog_at(minutes=25)
        self.assertTrue(tx.payment_id)
        self.assertEqual(self.invoice.amount_residual, 0.0)
        self.assertFalse(tx.paynow_problem)
        self.assertNotIn(tx, self._get_listed())

    # === REPORT === #

    def test_payment_that_can_not_be_posted_is_listed_with_the_reason(self):
        """Test that the reason stands in the list "Paid, not posted", in words."""
        self.patch(
            self.env.registry["payment.transaction"],
            "_create_payment",
            self._raise_on_create_payment,
        )
        tx = self._pay_at_noon()
        self._run_watchdog_at(minutes=20)
        self.assertFalse(tx.payment_id)
        self.assertEqual(tx.state, "done")
        self.assertFalse(tx.is_post_processed)
        self.assertEqual(tx.paynow_problem, "The moon is full.")
        self.assertIn(tx, self._get_listed())
        self._assert_told_once(
            SUMMARY, tx.reference, "$", "100.00", "The moon is full."
        )

    @staticmethod
    def _raise_on_create_payment(*_args, **_kwargs):
        raise UserError("The moon is full.")  # pylint: disable=translation-required

    def test_cause_that_says_nothing_is_reported_by_its_name(self):
        """Test that an error without words is no empty reason."""
        self.patch(
            self.env.registry["payment.transaction"],
            "_create_payment",
            self._raise_without_words,
        )
        tx = self._pay_at_noon()
        self._run_watchdog_at(minutes=20)
        self.assertEqual(tx.paynow_problem, "KeyError")
        self._assert_told_once(SUMMARY, tx.reference, "KeyError")

    @staticmethod
    def _raise_without_words(*_args, **_kwargs):
        raise KeyError

    def test_causes_that_odoo_raises_are_reported(self):
        """Test that a wrong set-up of the journal is reported, whatever is raised."""
        tx = self._pay_at_noon()
        self._break_provider()
        self._run_watchdog_at(minutes=20)
        self.assertTrue(tx.paynow_problem)
        self.assertIn(tx, self._get_listed())
        self._assert_told_once(SUMMARY, tx.reference)

    def test_failed_run_leaves_nothing_half_done(self):
        """Test that neither an entry nor a mail remains of a retry that failed."""
        tx = self._pay_at_noon()
        self._break_provider()
        payments = self.env["account.payment"].search_count([])
        self._run_watchdog_at(minutes=20)
        self.assertEqual(self.env["account.payment"].search_count([]), payments)
        self.assertFalse(self._get_mails())
        self.assertFalse(tx.paynow_mailed_state)

    def test_accountant_is_told_once_over_many_runs(self):
        """Test that a failure that lasts makes one activity, not one for each run."""
        self._pay_at_noon()
        self._break_provider()
        for minutes in (20, 25, 30, 60, 24 * 60):
            self._run_watchdog_at(minutes=minutes)
        self._assert_told_once(SUMMARY)

    def test_unposted_payment_is_listed_before_the_watchdog_comes(self):
        """Test that what isn't in the books can be seen at once."""
        tx = self._pay_at_noon()
        self.assertIn(tx, self._get_listed())

    def test_nothing_drops_out_by_its_age(self):
        """Test that a payment that Odoo gives up after 4 days isn't lost."""
        tx = self._pay_at_noon()
        line = self._break_provider()
        self._run_watchdog_at(minutes=20)
        for days in (3, 5, 40, 400):
            with self.subTest(days=days), freeze_time(NOON + timedelta(days=days)):
                self.assertIn(tx, self._get_listed())
        self._repair_provider(line)
        with freeze_time(NOON + timedelta(days=5)):
            self._run_cron("payment.cron_post_process_payment_tx")
            self.assertFalse(tx.payment_id)  # Odoo's own cron has given it up.
        self._run_watchdog_at(days=5)
        self.assertTrue(tx.payment_id)
        self.assertEqual(self.invoice.amount_residual, 0.0)

    def test_failing_payment_does_not_stop_the_others(self):
        """Test that one bad payment keeps no other from the books."""
        bad = self._pay_at_noon(amount=10.0)
        good_invoice = self._create_bill("Inv700", 50.0)
        good = self._pay_at_noon(
            amount=50.0, invoice_ids=[fields.Command.set(good_invoice.ids)]
        )
        last = self._pay_at_noon(amount=10.0)
        create_payment = type(self.env["payment.transaction"])._create_payment

        def _create_payment(tx, **values):
            if tx == bad:
                # The database refuses what follows an error in it.
                tx.env.cr.execute("SELECT 1 / 0")
            return create_payment(tx, **values)

        self.patch(
            self.env.registry["payment.transaction"], "_create_payment", _create_payment
        )
        with mute_logger("odoo.sql_db"):
            self._run_watchdog_at(minutes=20)
        self.assertFalse(bad.payment_id)
        self.assertIn("division by zero", bad.paynow_problem)
        self.assertEqual(good_invoice.amount_residual, 0.0)
        self.assertTrue(good.payment_id)
        self.assertTrue(last.payment_id)

    def test_payment_that_nobody_can_be_told_of_does_not_stop_the_others(self):
        """Test that what failed in the database is undone before they are posted."""
        bad, good = self._pay_at_noon(amount=10.0), self._pay_at_noon(amount=20.0)
        Transaction = self.env.registry["payment.transaction"]
        create_payment = Transaction._create_payment

        def _create_payment(tx, **values):
            if tx == bad:
                self._raise_on_create_payment()
            return create_payment(tx, **values)

        self.patch(Transaction, "_create_payment", _create_payment)
        self.patch(
            Transaction,
            "_paynow_alert",
            lambda tx, *_args: tx.env.cr.execute("SELECT 1 / 0"),
        )
        with mute_logger("odoo.sql_db"):
            self._run_watchdog_at(minutes=20)
        self.assertFalse(bad.payment_id)
        self.assertTrue(good.payment_id)

    def test_company_without_an_accountant_loses_no_payment(self):
        """Test that the others are posted where there is nobody to tell."""
        tx = self._pay_at_noon()
        self._break_provider()
        self.patch(
            self.env.registry["res.company"],
            "_paynow_get_administrator",
            lambda company: company.env["res.users"],
        )
        self._run_watchdog_at(minutes=20)
        self.assertTrue(tx.paynow_problem)
        self.assertIn(tx, self._get_listed())

    # === PENDING FOR TOO LONG === #

    def test_payment_that_is_pending_for_too_long_is_listed(self):
        """Test that a day is long for a card, and ten days for a bank payment."""
        ach = self.env.ref("payment.payment_method_ach_direct_debit")
        card = self._pay_at_noon("pending", amount=10.0)
        authorized = self._pay_at_noon("authorized", amount=10.0)
        bank = self._pay_at_noon("pending", amount=10.0, payment_method_id=ach.id)
        for days, expected in (
            (0, []),
            (1, []),
            (3, [card, authorized]),
            (9, [card, authorized]),
            (12, [card, authorized, bank]),
            (400, [card, authorized, bank]),
        ):
            with self.subTest(days=days), freeze_time(NOON + timedelta(days=days)):
                listed = self._get_listed() & (card | authorized | bank)
                self.assertEqual(set(listed), set(expected))

    def test_settled_payments_are_not_listed(self):
        """Test that the list holds only what a person must look at."""
        posted = self._pay_at_noon(amount=10.0)
        posted._post_process()
        others = [
            self._pay_at_noon(state, amount=10.0)
            for state in ("draft", "cancel", "error")
        ]
        with freeze_time(NOON + timedelta(days=400)):
            listed = self._get_listed()
        for tx in (posted, *others):
            self.assertNotIn(tx, listed, tx.state)

    def test_announced_wire_transfer_is_not_called_late_after_a_day(self):
        """Test that a client has as long as a bank payment to make a transfer."""
        tx = self._pay_at_noon("pending")
        tx.payment_method_id.code = "wire_transfer"
        with freeze_time(NOON + timedelta(days=3)):
            self.assertNotIn(tx, self._get_listed())

    # === POST NOW === #

    def test_accountant_posts_with_one_click(self):
        """Test that *Post now* posts the payment and clears the reason."""
        tx = self._pay_at_noon()
        line = self._break_provider()
        self._run_watchdog_at(minutes=20)
        self._repair_provider(line)
        tx.with_user(self.accountant).action_paynow_retry()
        self.assertIn(tx.payment_id.state, ("in_process", "paid"))
        self.assertEqual(self.invoice.amount_residual, 0.0)
        self.assertFalse(tx.paynow_problem)
        self.assertNotIn(tx, self._get_listed())

    @mute_logger(WATCHDOG_LOGGER)
    def test_accountant_reads_why_it_can_not_be_posted(self):
        """Test that *Post now* shows the reason as long as the cause is there."""
        tx = self._pay_at_noon()
        self.patch(
            self.env.registry["payment.transaction"],
            "_create_payment",
            self._raise_on_create_payment,
        )
        with self.assertRaisesRegex(UserError, "The moon is full."):
            tx.with_user(self.accountant).action_paynow_retry()
        self.assertFalse(tx.payment_id)

    def test_accountant_who_loses_a_race_is_asked_to_try_again(self):
        """Test that nobody takes a payment for posted that others were just at."""
        tx = self._pay_at_noon()

        def _post_process(_txs):
            raise SerializationFailure("could not serialize access")

        self.patch(
            self.env.registry["payment.transaction"], "_post_process", _post_process
        )
        with (
            freeze_time(NOON),
            self.enter_registry_test_mode(),
            self.registry.cursor() as cr,
            self.assertRaisesRegex(UserError, "try again"),
        ):
            env = self.env(cr=cr, user=self.accountant)
            tx.with_env(env).action_paynow_retry()
        self.assertFalse(tx.paynow_problem)
        self.assertFalse(self._get_activities())

    def test_clicking_twice_makes_one_payment(self):
        """Test that *Post now* on a posted payment changes nothing."""
        tx = self._pay_at_noon()
        for _count in range(3):
            tx.with_user(self.accountant).action_paynow_retry()
        payments = self.env["account.payment"].search(
            [("payment_transaction_id", "=", tx.id)]
        )
        self.assertEqual(payments, tx.payment_id)
        self.assertEqual(len(self._get_mails()), 1)

    def test_others_can_not_post(self):
        """Test that clerks, internal and portal users and other companies may not."""
        tx = self._pay_at_noon()
        self._assert_refused_to_others(tx, "action_paynow_retry")
        self.assertFalse(tx.payment_id)

    def test_payments_of_other_companies_are_not_listed(self):
        """Test that an accountant sees their own companies' payments only."""
        tx = self._pay_at_noon()
        other_company = self.env["res.company"].sudo().create({"name": "Other"})
        self.assertIn(tx, self._get_listed())
        self.accountant = self._create_user(
            "other", "account.group_account_manager", other_company
        )
        self.assertNotIn(tx, self._get_listed())
