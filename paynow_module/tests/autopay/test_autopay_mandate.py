# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import MODELS
from ..common_autopay import PaynowAutopayCommon


@tagged("-at_install", "post_install")
class TestAutopayMandate(PaynowAutopayCommon):
    """That nothing is charged without a mandate that holds."""

    def setUp(self):
        super().setUp()
        self.company.paynow_past_due_enabled = True
        self.invoice = self._bill("One")
        self.choice = self._choose()
        self.mandate = self.choice.mandate_id

    def _end_by(self, day):
        """Have the mandate hold up to a day only."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE paynow_mandate SET end_date = %s WHERE id = %s",
            [day, self.mandate.id],
        )
        self.env.invalidate_all()

    def test_a_revoked_one_ends_the_choice_and_leaves_the_invoice_to_the_client(self):
        self.mandate._revoke("The client called.")
        self.assertFalse(self.choice.active)
        self.assertEqual(self.invoice.paynow_autopay_reason, "revoked")
        self.assertFalse(self.invoice.paynow_autopay_date)
        self._run()
        self.assertFalse(self.charges)

    def test_a_new_choice_is_not_ended_with_the_mandate_of_the_one_before(self):
        new = self._choose()
        self.mandate._revoke("Once more.")
        self.assertTrue(new.active)
        self._run()
        self.assertEqual(len(self.charges), 1)

    def test_one_for_an_invoice_ends_when_the_payment_is_given_up(self):
        bill = self._bill("Given up", due=5)
        mandate = self._choose(bill).mandate_id
        bill.sudo()._paynow_autopay_stop("declined")
        self.assertEqual(mandate.state, "revoked")
        self.assertEqual(mandate.state_reason, "the payment was declined")
        self.assertEqual(self.mandate.state, "active")

    def test_a_stopped_one_keeps_the_choice_and_charges_nothing(self):
        self.mandate._stop("R10")
        for days in (0, 1, 2):
            self._run(days=days)
        self.assertFalse(self.charges)
        self.assertTrue(self.choice.active)
        self.assertEqual(self.invoice.paynow_autopay_id, self.choice)

    def test_a_person_is_asked_once_of_a_stopped_one(self):
        self._bill("Two")
        self.mandate._stop("R10 <unauthorized>")
        for days in (0, 1, 2):
            self._run(days=days)
        activity = self.client.activity_ids
        self.assertEqual(
            activity.summary, f"Pay Now: mandate {self.mandate.reference} is stopped"
        )
        self.assertIn("R10 &lt;unauthorized&gt;", activity.note)

    def test_the_client_is_told_no_day_and_is_reminded_while_it_is_stopped(self):
        self.mandate._stop("R10")
        self.assertFalse(self.invoice._paynow_get_autopay_date())
        self.assertFalse(self.invoice._paynow_get_summary(100.0)["autopay_date"])
        with self._on(1):
            self._run_cron("paynow_module.ir_cron_past_due")
        self.assertIn("past due", " ".join(self._get_mails().mapped("subject")))

    def test_a_new_mandate_of_the_client_goes_on(self):
        self.mandate._stop("R10")
        self._choose()
        self._run()
        self.assertEqual(len(self.charges), 1)

    def test_one_that_has_ended_charges_nothing_and_ends_the_choice(self):
        self._end_by(self.today - timedelta(days=1))
        self.assertFalse(self.invoice._paynow_get_autopay_date())
        self._run()
        self.assertFalse(self.charges)
        self.assertFalse(self.choice.active)
        self.assertEqual(self.invoice.paynow_autopay_reason, "ended")
        self.assertEqual(self.mandate.state, "revoked")

    def test_the_last_day_of_a_mandate_counts(self):
        self._end_by(self.today)
        self._run()
        self.assertEqual(len(self.charges), 1)

    def test_no_day_is_named_that_the_mandate_does_not_reach(self):
        later = self._bill("Later", due=20)
        self._end_by(self.today + timedelta(days=10))
        self.assertTrue(self.invoice._paynow_get_autopay_date())
        self.assertFalse(later._paynow_get_autopay_date())

    def test_a_charge_of_unknown_outcome_is_not_repeated_once_it_is_stopped(self):
        """Test that a repetition, which may be the first one to arrive, waits."""
        self.patch(
            self.env.registry["payment.provider"],
            "_paynow_get_repeat_time",
            lambda provider: timedelta(hours=20),
        )
        with mute_logger(f"{MODELS}.autopay.payment_transaction"):
            self._run(OSError("The line went dead"))
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE payment_transaction SET create_date = create_date - interval"
            " '1 hour' WHERE state = 'draft'"
        )
        self.env.invalidate_all()
        self.mandate._stop("R10")
        self._run()
        self.assertEqual(len(self.charges), 1)
