# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).


from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common_books import PaynowBooksCommon

NOON = fields.Datetime.to_datetime("2026-05-29 12:00:00")
LATE_NEWS = "Pay Now: late news from the provider"


@tagged("post_install", "-at_install")
class TestLateNews(PaynowBooksCommon):
    """What a provider says after the end, and who settles it."""

    # === LATE NEWS === #

    @mute_logger("odoo.addons.payment.models.payment_transaction")
    def test_late_failure_of_a_received_payment_is_told_once(self):
        """Test that an error after the money came is not lost in a log."""
        tx = self._pay_by_bank()
        for _count in range(3):
            tx._set_error("Insufficient funds")
        self.assertEqual(tx.state, "done")
        self.assertIn("Insufficient funds", tx.paynow_problem)
        self.assertIn(tx, self._get_listed())
        self._assert_told_once(LATE_NEWS, tx.reference, "Insufficient funds")
        self.assertEqual(self.invoice.amount_residual, 0.0)
        self.assertFalse(self._get_mails())

    @mute_logger("odoo.addons.payment.models.payment_transaction")
    def test_late_cancellation_of_a_received_payment_is_told_once(self):
        """Test that a dispute after the money came is not lost in a log."""
        tx = self._pay_by_bank()
        for _count in range(3):
            tx._set_canceled("Disputed")
        self.assertEqual(tx.state, "done")
        self._assert_told_once(LATE_NEWS, tx.reference, "Disputed")

    @mute_logger("odoo.addons.payment.models.payment_transaction")
    def test_late_money_of_a_cancelled_payment_is_told_once(self):
        """Test that money that comes after the payer canceled is not lost."""
        tx = self._pay("cancel")
        for _count in range(3):
            tx._set_done(state_message="Captured")
        self.assertEqual(tx.state, "cancel")
        self.assertIn("Captured", tx.paynow_problem)
        self.assertIn(tx, self._get_listed())
        self._assert_told_once(LATE_NEWS, tx.reference, "Captured")

    def test_money_after_a_decline_is_posted(self):
        """Test that a payment that a provider takes after an error is booked."""
        tx = self._pay("error")
        tx._set_done()
        tx._post_process()
        self.assertEqual(self.invoice.amount_residual, 0.0)
        self.assertFalse(tx.paynow_problem)

    @mute_logger("odoo.addons.payment.models.payment_transaction")
    def test_news_out_of_order_are_nobody_s_problem(self):
        """Test that a webhook that comes late or twice raises no false alarm."""
        tx = self._pay_by_bank()
        tx._set_pending()
        tx._set_authorized()
        tx._set_done()
        self.assertEqual(tx.state, "done")
        failed = self._pay("error", amount=10.0)
        failed._set_error("Declined again")
        failed._set_canceled()
        self.assertFalse(tx.paynow_problem)
        self.assertFalse(failed.paynow_problem)
        self.assertFalse(self._get_activities())

    @mute_logger("odoo.addons.payment.models.payment_transaction")
    def test_other_amount_than_asked_for_is_told(self):
        """Test that a payment that Odoo calls an error isn't lost where money moved."""
        tx = self._pay("draft")
        self.patch(
            self.env.registry["payment.transaction"],
            "_extract_amount_data",
            lambda *_args: {"amount": 40.0, "currency_code": "USD"},
        )
        for _count in range(3):
            tx._process("none", {})
        self.assertEqual(tx.state, "error")
        self.assertIn(tx, self._get_listed())
        self._assert_told_once(
            "Pay Now: the provider took another amount", tx.reference, tx.state_message
        )
        receipt = tx._paynow_get_receipt()
        self.assertTrue(receipt["is_unclear"])
        self.assertFalse(receipt["proof"])

    def test_only_what_a_person_must_judge_is_left_to_them(self):
        """Test whose further news are taken, and whose are not."""
        updated = []
        Transaction = self.env.registry["payment.transaction"]
        self.patch(Transaction, "_validate_amount", lambda *_args: None)
        self.patch(
            Transaction, "_apply_updates", lambda tx, _data: updated.append(tx.id)
        )
        unclear, declined = self._pay("error"), self._pay("error")
        foreign = self._pay("error", is_paynow=False)
        pending = self._pay("pending")
        (unclear | foreign | pending).paynow_problem = "Compare."
        for tx in (unclear, declined, foreign, pending):
            tx._process("none", {})
        self.assertEqual(updated, [declined.id, foreign.id, pending.id])
        # A webhook names the payment by its reference.
        self.patch(Transaction, "_search_by_reference", lambda *_args: unclear)
        self.assertEqual(unclear.browse()._process("none", {}), unclear)
        self.assertEqual(len(updated), 3)

    def test_the_amount_that_was_asked_for_is_no_problem(self):
        tx = self._pay("draft")
        self.patch(
            self.env.registry["payment.transaction"],
            "_extract_amount_data",
            lambda *_args: {"amount": 100.0, "currency_code": "USD"},
        )
        tx._process("none", {})
        self.assertFalse(tx.paynow_problem)
        self.assertFalse(self._get_activities())

    def test_what_no_invoice_took_is_told_to_the_cent(self):
        self._pay_by_bank()
        self._pay_by_bank(amount=0.01)
        self._assert_told_once("Pay Now: payment not allocated", "0.01")

    def test_news_of_a_payment_without_an_invoice_are_told_as_well(self):
        """Test that they are noted on its entry, or on the client if it has none."""
        tx = self._pay(invoice_ids=[])
        tx._paynow_alert("Before", "Look.")
        self.assertEqual(self.client.activity_ids.mapped("summary"), ["Before"])
        tx._post_process()
        tx._paynow_alert("After", "Look.")
        self.assertIn("After", tx.payment_id.activity_ids.mapped("summary"))

    def test_declined_payment_is_not_unclear(self):
        """Test that a plain decline is told as one, and can be tried again."""
        tx = self._pay("error")
        receipt = tx._paynow_get_receipt()
        self.assertFalse(receipt["is_unclear"])
        self.assertTrue(receipt["proof"])
        self.assertFalse(self._get_activities())

    # === SETTLED === #

    def _pay_with_late_news(self):
        """Create a payment that was canceled before its money came."""
        tx = self._pay("cancel")
        with mute_logger("odoo.addons.payment.models.payment_transaction"):
            tx._set_done()
        return tx

    def test_settled_problem_leaves_the_list(self):
        """Test that an accountant takes off the list what they have dealt with."""
        tx = self._pay_with_late_news()
        self.assertIn(tx, self._get_listed())
        tx.with_user(self.accountant).action_paynow_settle()
        self.assertFalse(tx.paynow_problem)
        self.assertNotIn(tx, self._get_listed())
        self.assertEqual(tx.state, "cancel")

    def test_unposted_payment_can_not_be_called_settled(self):
        """Test that money that isn't in the books stays on the list."""
        tx = self._pay()
        tx.with_user(self.accountant).action_paynow_settle()
        self.assertIn(tx, self._get_listed())

    def test_others_can_not_settle_a_problem(self):
        """Test that clerks and strangers take nothing off the list."""
        tx = self._pay_with_late_news()
        self._assert_refused_to_others(tx, "action_paynow_settle")
        self.assertTrue(tx.paynow_problem)

    @mute_logger("odoo.addons.payment.models.payment_transaction")
    def test_late_news_of_other_payments_are_left_to_odoo(self):
        """Test that payments in the portal are as they were."""
        tx = self._pay(is_paynow=False)
        tx._set_error("Insufficient funds")
        self.assertFalse(tx.paynow_problem)
        self.assertFalse(self._get_activities())
