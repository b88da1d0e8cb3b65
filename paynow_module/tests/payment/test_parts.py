# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

from ...exceptions import PaynowRefusal
from ..common_parts import PaynowPartsCommon

NOT_BOOKED = "Pay Now: payment not booked"


@tagged("-at_install", "post_install")
class TestParts(PaynowPartsCommon):
    """Payments that staff capture, in whole or in parts, and void."""

    # === WHAT IS ON ITS WAY === #

    def test_captured_payment_that_can_not_be_posted_is_not_asked_for_again(self):
        """Test that the part counts although Odoo has settled its source."""
        source = self._authorize()
        part = self._capture(source)
        with self._posting_fails():
            source._post_process()
            self.assertFalse(part._paynow_retry())
        self.assertEqual((source.state, source.is_post_processed), ("done", True))
        self.assertFalse(part.payment_id)
        self.assertEqual(self.invoice._paynow_get_payable(), 0.0)
        self.assertIn(part, self._get_listed())
        self._assert_told_once("Pay Now: payment received, not posted", part.reference)
        self.assertTrue(part._paynow_retry())
        self.assertEqual(self.invoice.amount_residual, 0.0)
        self.assertEqual(self.invoice._paynow_get_payable(), 0.0)

    def test_parts_are_withheld_one_by_one(self):
        """Test what can be paid while a payment is captured and voided in steps."""
        source = self._authorize(amount=80.0)
        self._assert_payable(20.0)
        part = self._capture(source, 30.0)
        self._assert_payable(20.0)
        self._post(part)
        self.assertEqual(self.invoice.amount_residual, 70.0)
        self._assert_payable(20.0)
        void = source._void(10.0)
        self._assert_payable(20.0)
        void._set_canceled()
        self._assert_payable(30.0)
        rest = self._capture(source, 40.0)
        self.assertEqual(source.state, "done")
        self._post(source)
        self._assert_payable(30.0)
        self._post(rest)
        self.assertEqual(self.invoice.amount_residual, 30.0)
        self._assert_payable(30.0)
        self.assertFalse(self._get_activities())

    def test_capture_that_fails_leaves_the_authorization(self):
        """Test that an error of a part frees nothing, as it can be captured again."""
        source = self._authorize()
        source._capture()._set_error("Not now.")
        self._assert_payable(0.0)
        attempts = self.env["paynow.attempt"].sudo().search([])
        self.assertNotIn("payment_declined", attempts.mapped("kind"))

    def test_void_of_all_frees_all(self):
        """Test that the invoice can be paid again, and that the payer is told so."""
        source = self._authorize()
        source._void()._set_canceled()
        self.assertEqual(source.state, "cancel")
        self._assert_payable(100.0)
        self.assertIn("failed", self._get_mails().subject)

    # === NEWS THAT CONTRADICT EACH OTHER === #

    def test_part_of_what_is_booked_as_a_whole_makes_no_second_entry(self):
        """Test that one charge of which both transactions hear is booked once."""
        source = self._authorize()
        part = source._capture()
        source._set_done()
        self._post(source)
        part._set_done()
        self._post(part)
        self.assertFalse(part.payment_id)
        self.assertEqual(self.invoice.amount_residual, 0.0)
        self._assert_told_once(NOT_BOOKED, part.reference)
        self.assertIn(part, self._get_listed())
        self.assertFalse(source._paynow_get_credit())

    def test_part_that_hears_nothing_more_holds_nothing_back(self):
        """Test what Adyen does: the whole capture is told of the source only."""
        source = self._authorize(amount=60.0)
        source._capture()._set_pending()
        source._set_done()
        self._post(source)
        self.assertEqual(self.invoice.amount_residual, 40.0)
        self._assert_payable(40.0)
        self.assertFalse(self._get_activities())

    def test_source_confirmed_beside_a_part_is_told(self):
        """Test that what has no entry is withheld until a person has looked."""
        source = self._authorize()
        self._post(self._capture(source, 60.0))
        source._set_done()
        self._post(source)
        self._assert_told_once(NOT_BOOKED, source.reference)
        self._assert_payable(0.0)
        self.assertIn(source, self._get_listed())
        source.with_user(self.accountant).action_paynow_settle()
        self._assert_payable(40.0)
        source._post_process()
        self.assertFalse(source.paynow_problem)

    def test_source_confirmed_and_voided_is_told(self):
        """Test that the balance is not asked for while nobody knows if it was paid."""
        source = self._authorize()
        void = source._void()
        source._set_done()
        with mute_logger("odoo.addons.payment.models.payment_transaction"):
            void._set_canceled()
        problem = source.paynow_problem
        self.assertTrue(problem)
        self._post(source)
        self.assertFalse(source.payment_id)
        self._assert_payable(0.0)
        source._paynow_retry()
        self.assertEqual(source.paynow_problem, problem)
        self._assert_told_once("Pay Now: late news from the provider")
        self._assert_payable(0.0)

    def test_void_is_free_before_the_rest_is_posted(self):
        """Test that the last part to settle need not wait for Odoo's cron."""
        source = self._authorize()
        self._post(self._capture(source, 60.0))
        source._void(40.0)._set_canceled()
        self.assertEqual((source.state, source.is_post_processed), ("done", False))
        self._assert_payable(40.0)

    def test_void_is_free_whatever_else_is_noted_of_an_authorization(self):
        source = self._authorize()
        source.paynow_problem = "Look at it."
        source._void(40.0)._set_canceled()
        self._assert_payable(40.0)

    @mute_logger("odoo.addons.payment.models.payment_transaction")
    def test_void_that_was_paid_after_all_frees_nothing(self):
        source = self._authorize()
        void = source._void(40.0)
        void._set_canceled()
        self._assert_payable(40.0)
        void._set_done()
        self.assertTrue(void.paynow_problem)
        self._assert_payable(0.0)

    @mute_logger("odoo.addons.payment.models.payment_transaction")
    def test_booked_part_of_which_bad_news_come_late_is_deducted_once(self):
        source = self._authorize(amount=60.0)
        part = self._capture(source)
        self._post(source | part)
        part._set_error("Disputed")
        self.assertTrue(part.paynow_problem)
        self._assert_payable(40.0)

    def test_part_beside_the_whole_makes_no_more_payable_than_is_owed(self):
        """Test a charge of which both transactions heard, once a person has looked."""
        source = self._authorize(amount=60.0)
        part = source._capture(30.0)
        source._set_done()
        self._post(source)
        part._set_done()
        self._post(part)
        part.with_user(self.accountant).action_paynow_settle()
        self._assert_payable(40.0)
        self.assertEqual(source._paynow_get_receipt()["amount"], "$60.00")

    def test_nothing_is_received_before_the_provider_says_so(self):
        for state in ("draft", "pending", "authorized", "cancel", "error"):
            with self.subTest(state=state):
                self.assertEqual(self._pay(state)._paynow_get_received(), 0.0)
        self.assertEqual(self._pay(amount=1.5)._paynow_get_received(), 1.5)

    def test_what_needs_no_entry_has_no_gap(self):
        """Test a wire transfer, booked by the bank statement, and a validation."""
        tx, validation = self._pay(), self._pay(operation="validation")
        (tx | validation).is_post_processed = True
        self.assertTrue(tx._paynow_has_gap())
        self.assertFalse(validation._paynow_has_gap())
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE payment_provider SET code = 'custom' WHERE id = %s",
            [self.provider.id],
        )
        self.env.invalidate_all()
        self.assertFalse(tx._paynow_has_gap())

    # === RETURNS === #

    def test_return_of_a_part_leaves_what_is_still_authorized(self):
        source = self._authorize()
        part = self._post(self._capture(source, 60.0))
        part._paynow_mark_returned("R01", self.today)
        self.assertEqual(source.state, "authorized")
        self._assert_payable(60.0)
        self._post(self._capture(source, 40.0))
        self.assertEqual(self.invoice.amount_residual, 60.0)

    def test_return_of_what_is_booked_as_a_whole_is_told_as_a_whole(self):
        """Test that a part which heard of the same charge is left out."""
        source = self._authorize(amount=60.0)
        part = source._capture(30.0)
        source._set_done()
        self._post(source)
        part._set_done()
        self._post(part)
        self._get_mails().unlink()
        self._get_activities().unlink()
        source._paynow_mark_returned("R01", self.today)
        self.assertEqual(source.payment_id.state, "rejected")
        self._assert_told_once("Pay Now: payment returned", "60.00")
        self.assertIn("$60.00", self._get_mails().body_html)

    @mute_logger("odoo.addons.payment.models.payment_transaction")
    def test_returned_payment_that_came_after_all_is_not_asked_for(self):
        tx = self._pay_by_bank()
        tx._paynow_mark_returned("R01", self.today)
        self._assert_payable(100.0)
        tx._set_done()
        self.assertTrue(tx.paynow_problem)
        self._assert_payable(0.0)

    def test_return_of_a_part_opens_the_invoice_by_its_amount(self):
        source = self._authorize()
        part = self._post(self._capture(source, 60.0))
        self._post(self._capture(source, 40.0) | source)
        self._get_mails().unlink()
        part._paynow_mark_returned("R01", self.today)
        self.assertEqual(part.payment_id.state, "rejected")
        self.assertEqual(self.invoice.amount_residual, 60.0)
        self._assert_payable(60.0)
        self.assertEqual(source.state, "done")
        self.assertFalse(source.paynow_problem)
        self._assert_told_once("Pay Now: payment returned", "60.00")
        mail = self._get_mails()
        self.assertEqual(len(mail), 1)
        self.assertIn(
            "$60.00</strong> is still to pay", " ".join(mail.body_html.split())
        )
        self.assertIn("/PAYNOW?link=", mail.body_html)

    def test_return_of_the_source_takes_all_parts_back(self):
        source = self._authorize()
        parts = self._capture(source, 60.0) | self._capture(source, 40.0)
        self._post(source | parts)
        self._get_mails().unlink()
        source._paynow_mark_returned("R01", self.today)
        self.assertEqual((source | parts).mapped("state"), ["cancel"] * 3)
        self.assertEqual(parts.payment_id.mapped("state"), ["rejected"] * 2)
        self._assert_payable(100.0)
        self._assert_told_once("Pay Now: payment returned", "100.00")
        self.assertIn("$100.00", self._get_mails().body_html)
        with self.assertRaises(UserError):
            source._paynow_mark_returned("R01", self.today)

    def test_return_of_the_last_part_returns_the_source(self):
        source = self._authorize()
        part = self._capture(source)
        self._post(source | part)
        part._paynow_mark_returned("R01", self.today)
        self.assertEqual(source.state, "cancel")
        self._assert_payable(100.0)
        self.assertTrue(source._paynow_get_receipt()["is_returned"])

    def test_mail_that_can_not_be_made_keeps_no_return_out_of_the_books(self):
        """Test that an administrator's edit of the template does no harm."""
        tx = self._pay_by_bank()
        with self._broken_template("returned"):
            tx._paynow_mark_returned("R01", self.today)
        self.assertEqual(tx.payment_id.state, "rejected")
        self._assert_payable(100.0)

    # === WHAT IS TOLD === #

    def test_receipt_tells_what_was_captured(self):
        source = self._authorize()
        part = self._capture(source, 60.0)
        source._void(40.0)._set_canceled()
        self._post(source | part)
        self.assertNotIn("Refund", "".join(self._get_mails().mapped("subject")))
        receipt = source._paynow_get_receipt()
        self.assertEqual(receipt["amount"], "$60.00")
        self.assertEqual(receipt["still_to_pay"], "$40.00")
        self.assertEqual(receipt["payment_number"], part.payment_id.name)

    def test_list_of_payments_counts_a_captured_payment_once(self):
        source = self._authorize()
        self._assert_listed_payments({("authorized", 100.0)})
        part = self._capture(source, 60.0)
        self._assert_listed_payments({("authorized", 40.0), ("done", 60.0)})
        self._capture(source, 40.0)
        self._assert_listed_payments({("done", 60.0), ("done", 40.0)})
        self._post(part)
        part._create_child_transaction(25.0, is_refund=True)._set_done()
        self._assert_listed_payments({("done", 60.0), ("done", 40.0), ("done", -25.0)})

    def _assert_listed_payments(self, expected):
        """Assert the states and amounts that *Payments* lists."""
        self.env.flush_all()
        action = self.env.ref("paynow_module.payment_transaction_action_paynow").sudo()
        txs = self.env["payment.transaction"].with_user(self.accountant)
        listed = txs.search(
            [*safe_eval(action.domain), ("partner_id", "=", self.client.id)]
        )
        self.assertEqual(
            {(tx.state, tx.paynow_company_amount) for tx in listed}, expected
        )

    def test_portal_deducts_parts_too(self):
        """Test that Odoo's own page can't take what our part is about to bring."""
        source = self._authorize()
        part = self._capture(source)
        with self._posting_fails():
            source._post_process()
            part._paynow_retry()
        form = {"amount": 0.01, "provider_id": self.provider.id}
        with self.assertRaises(PaynowRefusal):
            self.invoice._paynow_guard_portal(form, self.client)
