# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common_parts import PaynowPartsCommon

REFUNDED = "Pay Now: payment refunded"


@tagged("-at_install", "post_install")
class TestRefund(PaynowPartsCommon):
    """Money that goes back to the client."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        methods = cls.env["payment.method"].with_context(active_test=False).search([])
        methods.support_refund = "partial"

    def setUp(self):
        super().setUp()
        self._support_refunds("partial")

    def _support_refunds(self, support):
        """Have Odoo's dummy provider take refunds: none, of the whole, of a part."""

        def _compute_feature_support_fields(providers):
            providers.support_refund = support
            providers.support_manual_capture = "partial"

        self.patch(
            self.env.registry["payment.provider"],
            "_compute_feature_support_fields",
            _compute_feature_support_fields,
        )
        self.env.invalidate_all()

    def _refund(self, tx, amount):
        """Refund as staff or the provider does, and post it."""
        refund = tx._refund(amount)
        refund._set_done()
        self._post(refund)
        return refund

    # === OF AN INVOICE === #

    def test_refund_is_told_to_the_payer_once(self):
        tx = self._pay_by_bank()
        refund = self._refund(tx, 30.0)
        refund._post_process()
        mail = self._get_mails()
        self.assertEqual(len(mail), 1)
        self.assertIn("Refund", mail.subject)
        self.assertIn("$30.00", mail.body_html)
        self.assertNotIn("-$30.00", mail.body_html)
        self.assertIn(self.invoice.name, mail.body_html)
        self.assertNotIn("/PAYNOW?link=", mail.body_html)

    def test_refund_has_staff_asked_for_the_credit_note(self):
        refund = self._refund(self._pay_by_bank(), 30.0)
        self._assert_told_once(REFUNDED, "30.00", "credit note", refund.payment_id.name)

    def test_small_refund_has_staff_asked_as_well(self):
        self._refund(self._pay_by_bank(), 0.5)
        self._assert_told_once(REFUNDED, "0.50")

    def test_refund_on_its_way_is_not_told_yet(self):
        refund = self._pay_by_bank()._refund(30.0)
        refund._set_pending()
        refund._post_process()
        self.assertFalse(self._get_mails())
        self.assertEqual(refund.source_transaction_id.paynow_refundable_credit, 0.0)
        refund._set_done()
        self._post(refund)
        self.assertEqual(len(self._get_mails()), 1)

    def test_what_an_invoice_took_is_no_credit_to_refund(self):
        tx = self._pay_by_bank()
        refund = self._refund(tx, 30.0)
        self.assertEqual(tx.paynow_refundable_credit, 0.0)
        self.assertEqual(refund.paynow_refundable_credit, 0.0)

    def test_refunds_stand_on_the_receipt(self):
        tx = self._pay_by_bank()
        self.assertFalse(tx._paynow_get_receipt()["refunded"])
        self._refund(tx, 30.0)
        self._refund(tx, 20.0)
        receipt = tx._paynow_get_receipt()
        self.assertEqual(receipt["refunded"], "$50.00")
        self.assertEqual(receipt["amount"], "$100.00")
        self.assertIn("$50.00", str(tx._paynow_render_receipt()))

    def test_refund_of_a_captured_part_is_told_as_well(self):
        source = self._authorize()
        part = self._capture(source)
        self._post(source | part)
        self._get_mails().unlink()
        self._refund(part, 30.0)
        self.assertEqual(source._paynow_get_receipt()["refunded"], "$30.00")
        self.assertIn("$30.00", self._get_mails().body_html)
        self._assert_told_once(REFUNDED, source.reference)

    def test_refund_that_can_not_be_posted_is_listed_and_told(self):
        refund = self._pay_by_bank()._refund(30.0)
        refund._set_done()
        with self._posting_fails():
            refund._paynow_retry()
        self.assertIn(refund, self._get_listed())
        self._assert_told_once(
            "Pay Now: payment received, not posted", refund.reference
        )
        self.assertFalse(self._get_mails())

    def test_refund_that_fails_after_it_was_booked_is_told(self):
        """Test what Stripe reports where a card can't be topped up any more."""
        refund = self._refund(self._pay_by_bank(), 30.0)
        self._get_activities().unlink()
        refund._set_error("Card closed", extra_allowed_states=("done",))
        self.assertIn(refund, self._get_listed())
        self._assert_told_once("Pay Now: late news from the provider", refund.reference)

    def test_refund_is_no_payment_that_could_be_returned(self):
        refund = self._refund(self._pay_by_bank(), 30.0)
        with self.assertRaises(UserError):
            refund._paynow_mark_returned("R01", self.today)

    def test_refund_leaves_the_invoice_paid(self):
        self._refund(self._pay_by_bank(), 30.0)
        self.assertEqual(self.invoice.amount_residual, 0.0)
        self._assert_payable(0.0)

    # === OF A CREDIT === #

    def _pay_twice(self):
        """Pay the invoice twice; return the payment that nothing was owed for."""
        self._pay_by_bank()
        return self._pay_by_bank()

    def test_second_payment_is_shown_for_what_it_is(self):
        second = self._pay_twice()
        receipt = second._paynow_get_receipt()
        self.assertEqual(receipt["credit"], "$100.00")
        self.assertIn("second payment", str(second._paynow_render_receipt()))

    def test_payment_that_was_owed_is_called_no_second_one(self):
        tx = self._pay_by_bank(amount=60.0)
        self.assertFalse(tx._paynow_get_receipt()["credit"])
        self.assertNotIn("second payment", str(tx._paynow_render_receipt()))

    def test_credit_is_refunded_with_one_click(self):
        second = self._pay_twice()
        self.assertEqual(second.paynow_refundable_credit, 100.0)
        second.with_user(self.accountant).action_paynow_refund_credit()
        refund = second._paynow_get_refunds()
        self.assertEqual(refund.amount, -100.0)
        refund._set_done()
        self._post(refund)
        self.assertFalse(second._paynow_get_credit())
        self.assertTrue(refund.payment_id.move_id.line_ids.filtered("reconciled"))
        # One activity on the credit, none that asks for a credit note.
        self._assert_told_once("Pay Now: payment not allocated")
        self.assertIn(
            "$100.00",
            self._get_mails().filtered(lambda mail: "Refund" in mail.subject).body_html,
        )

    def test_credit_is_refunded_once_however_often_it_is_clicked(self):
        second = self._pay_twice()
        tx = second.with_user(self.accountant)
        tx.action_paynow_refund_credit()
        with self.assertRaises(UserError):
            tx.action_paynow_refund_credit()
        refund = second._paynow_get_refunds()
        self.assertEqual(len(refund), 1)
        refund._set_done()
        with self.assertRaises(UserError):
            tx.action_paynow_refund_credit()
        self._post(refund)
        with self.assertRaises(UserError):
            tx.action_paynow_refund_credit()

    def test_credit_that_is_refunded_while_waiting_is_not_refunded_again(self):
        """Test that nothing is summed up before the invoice is locked."""
        second = self._pay_twice()
        with (
            patch.object(
                self.env.registry["account.move"],
                "_paynow_lock",
                lambda _moves: second._refund(100.0),
            ),
            self.assertRaisesRegex(UserError, "No open credit"),
        ):
            second.with_user(self.accountant).action_paynow_refund_credit()
        self.assertEqual(len(second._paynow_get_refunds()), 1)

    def test_rest_of_a_credit_can_be_refunded(self):
        second = self._pay_twice()
        self._refund(second, 30.0)
        self.assertEqual(second.paynow_refundable_credit, 70.0)

    def test_refund_that_the_provider_declined_can_be_made_again(self):
        second = self._pay_twice()
        second.action_paynow_refund_credit()
        with mute_logger("odoo.addons.payment.models.payment_transaction"):
            second._paynow_get_refunds()._set_error("Try later")
        self.assertEqual(second.paynow_refundable_credit, 100.0)
        self.assertFalse(second._paynow_get_refunds().paynow_problem)
        self._assert_told_once("Pay Now: payment not allocated")

    def test_small_credit_is_matched_with_its_refund(self):
        self._pay_by_bank()
        second = self._pay_by_bank(amount=0.5)
        refund = self._refund(second, 0.5)
        self.assertFalse(second._paynow_get_credit())
        self.assertTrue(refund.payment_id.move_id.line_ids.filtered("reconciled"))

    def test_refund_is_noted_as_staff_s_doing(self):
        second = self._pay_twice()
        before = self.invoice.message_ids
        second.with_user(self.accountant).action_paynow_refund_credit()
        authors = (self.invoice.message_ids - before).author_id
        self.assertEqual(authors, self.accountant.partner_id)

    def test_part_that_was_not_owed_is_refunded(self):
        self._pay_by_bank(amount=70.0)
        second = self._pay_by_bank()
        self.assertEqual(second._paynow_get_receipt()["credit"], "$70.00")
        second.with_user(self.accountant).action_paynow_refund_credit()
        self.assertEqual(second._paynow_get_refunds().amount, -70.0)

    def test_provider_that_takes_no_refund_is_named(self):
        second = self._pay_twice()
        self._support_refunds("none")
        with self.assertRaisesRegex(UserError, self.provider.name):
            second.with_user(self.accountant).action_paynow_refund_credit()
        self.assertFalse(second._paynow_get_refunds())

    def test_provider_that_refunds_the_whole_only(self):
        self._support_refunds("full_only")
        self._pay_by_bank(amount=70.0)
        part = self._pay_by_bank()
        with self.assertRaises(UserError):
            part.with_user(self.accountant).action_paynow_refund_credit()
        whole = self._pay_by_bank()
        whole.with_user(self.accountant).action_paynow_refund_credit()
        self.assertEqual(whole._paynow_get_refunds().amount, -100.0)

    def test_others_can_not_refund_a_credit(self):
        second = self._pay_twice()
        self._assert_refused_to_others(second, "action_paynow_refund_credit")
        with self.assertRaises(AccessError):
            second.with_user(self.clerk).action_paynow_refund_credit()
        self.assertFalse(second._paynow_get_refunds())
