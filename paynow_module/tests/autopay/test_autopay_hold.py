# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..common_autopay import PaynowAutopayCommon


@tagged("-at_install", "post_install")
class TestAutopayHold(PaynowAutopayCommon):
    """Automatic payments that staff hold, and release."""

    def setUp(self):
        super().setUp()
        self.invoice = self._bill("One")
        self._choose()

    def _hold(self, days=None, invoices=None, user=None):
        """Hold invoices in the dialog, up to so many days from today."""
        user = user or self.clerk
        invoices = (invoices or self.invoice).with_user(user)
        action = invoices.action_paynow_autopay_hold()
        wizard = self.env[action["res_model"]].with_user(user)
        wizard = wizard.with_context(**action["context"]).create(
            {
                "reason": "The client disputes it.",
                "until": days and self.today + timedelta(days=days),
            }
        )
        wizard.action_confirm()

    def _release(self):
        self.invoice.with_user(self.clerk).action_paynow_autopay_release()

    def test_a_held_one_is_not_charged_and_named_no_day(self):
        self._hold()
        for days in (0, 1):
            self._run(days=days)
        self.assertFalse(self.charges)
        self.assertFalse(self.invoice._paynow_get_autopay_date())
        self.assertTrue(self.invoice._paynow_get_autopay_card()["is_stopped"])

    def test_the_client_is_reminded_of_a_held_one(self):
        self._hold()
        with self._on(1):
            self.invoice.is_move_sent = True
            self.assertFalse(self.invoice._paynow_get_reminder_obstacle())

    def test_who_held_it_and_why_is_in_the_chatter(self):
        self._hold()
        note = self.invoice.message_ids[0].body
        self.assertIn("The client disputes it.", note)
        self.assertIn(self.clerk.name, note)

    def test_a_released_one_is_charged_the_day_after(self):
        self._hold()
        with self._on(4):
            self._release()
        self._run(days=4)
        self.assertFalse(self.charges)
        self._run(days=5)
        self.assertEqual(len(self.charges), 1)
        notes = "".join(self.invoice.message_ids.mapped("body"))
        self.assertIn("automatic payment goes on", notes)

    def test_one_that_is_held_up_to_a_day_is_charged_on_it_and_says_so(self):
        self._hold(days=3)
        day = self.today + timedelta(days=3)
        self.assertEqual(self.invoice._paynow_get_autopay_date(), day)
        self.assertEqual(self.invoice.paynow_autopay_next_date, day)
        for days in (0, 1, 2):
            self._run(days=days)
        self.assertFalse(self.charges)
        self._run(days=3)
        self.assertEqual(len(self.charges), 1)
        self.assertFalse(self.invoice.paynow_autopay_hold)

    def test_instalments_that_are_due_meanwhile_are_charged_together(self):
        terms = self._create_terms((30, 0), (30, 2), (40, 10))
        bill = self._bill("Parts", 1000.0, invoice_payment_term_id=terms.id)
        self._hold(days=3, invoices=bill)
        self.assertEqual(bill.paynow_autopay_amount, 600.0)
        self._run(days=3)
        self.assertIn(600.0, [amount for _reference, amount in self.charges])

    def test_others_are_charged(self):
        second = self._bill("Two")
        self._hold()
        self._run()
        self.assertEqual(self._get_txs(second).state, "done")

    def test_a_new_choice_of_the_client_does_not_release_it(self):
        self._hold()
        self._choose()
        self._run()
        self.assertFalse(self.charges)

    def test_one_that_is_paid_meanwhile_is_left_alone(self):
        self._hold()
        self._pay(invoice_ids=[Command.set(self.invoice.ids)])._post_process()
        self._run()
        self.assertFalse(self.charges)
        self.assertFalse(self.invoice.paynow_autopay_date)

    def test_only_invoicing_staff_may_hold_and_release(self):
        user = self._create_user("paynow_seller", "base.group_user")
        with self.assertRaises(AccessError):
            self._hold(user=user)
        with self.assertRaises(AccessError):
            self.invoice.with_user(user).action_paynow_autopay_release()

    def test_a_day_that_has_passed_is_refused(self):
        with self.assertRaises(UserError):
            self._hold(days=-1)

    def test_what_is_not_paid_automatically_can_not_be_held(self):
        self.invoice._paynow_autopay_cancel("staff")
        with self.assertRaises(UserError):
            self._hold()

    def test_clients_can_not_read_why(self):
        names = self.env["account.move"].with_user(self.portal_user).fields_get()
        self.assertIn("paynow_autopay_date", names)
        for name in ("hold_reason", "hold_user_id", "stop", "obstacle"):
            self.assertNotIn(f"paynow_autopay_{name}", names)
