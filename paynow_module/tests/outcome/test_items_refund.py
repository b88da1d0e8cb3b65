# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tools import html2plaintext

from ..common_items import PaynowItemsCommon

REFUNDED = "Pay Now: payment refunded"


@tagged("-at_install", "post_install")
class TestItemsRefund(PaynowItemsCommon):
    """Refunds of a payment of several invoices: each is open again by what it lost."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        methods = cls.env["payment.method"].with_context(active_test=False).search([])
        methods.support_refund = "partial"

    def setUp(self):
        super().setUp()

        def _compute_feature_support_fields(providers):
            providers.support_refund = "partial"
            providers.support_manual_capture = "partial"

        self.patch(
            self.env.registry["payment.provider"],
            "_compute_feature_support_fields",
            _compute_feature_support_fields,
        )
        self.env.invalidate_all()
        self._arrive()
        self.tx = self._pay_items({self.invoice: "60", self.late: "50"})
        self.payment = self._confirm(self.tx)

    def _get_residuals(self):
        self.env.invalidate_all()
        return [invoice.amount_residual for invoice in self.invoices]

    def _ask(self, amount=None, invoice=None):
        """Refund as an accountant does, in Odoo's dialog."""
        form = Form(
            self.env["payment.refund.wizard"].with_context(active_id=self.payment.id)
        )
        if amount:
            form.amount_to_refund = amount
        if invoice:
            form.paynow_allocation_id = self.tx.paynow_allocation_ids.filtered(
                lambda allocation: allocation.invoice_id == invoice
            )
        wizard = form.save()
        before = self.tx.child_transaction_ids
        wizard.action_refund()
        return self._settle(self.tx.child_transaction_ids - before)

    def _get_refund_mail(self):
        """Return what the last mail on a refund says, without its tags."""
        mails = self._get_mails().filtered(lambda mail: "Refund" in mail.subject)
        text = html2plaintext(
            mails.sorted("id")[-1:].body_html, include_references=False
        )
        return " ".join(text.replace("*", "").split())

    def _settle(self, refund):
        """Have the provider confirm a refund, and Odoo post it."""
        refund._set_done()
        refund._post_process()
        return refund

    def test_refund_of_all_opens_each_by_its_own_amount(self):
        refund = self._ask()
        self.assertEqual(refund.amount, -110.0)
        self.assertEqual(self._get_residuals(), [100.0, 50.0, 70.0])
        _liquidity, counterpart, _others = refund.payment_id._seek_for_lines()
        self.assertEqual(sorted(counterpart.mapped("balance")), [50.0, 60.0])
        self.assertTrue(all(counterpart.mapped("reconciled")))

    def test_refund_of_a_part_opens_the_invoice_that_was_chosen(self):
        self._ask(20.0, self.invoice)
        self.assertEqual(self._get_residuals(), [60.0, 0.0, 70.0])
        self._ask(40.0, self.invoice)
        self.assertEqual(self._get_residuals(), [100.0, 0.0, 70.0])

    def test_the_dialog_asks_of_which_invoice(self):
        with self.assertRaises(AssertionError):  # A required field.
            self._ask(20.0)
        wizard = (
            self.env["payment.refund.wizard"]
            .with_context(active_id=self.payment.id)
            .create({"payment_id": self.payment.id, "amount_to_refund": 20.0})
        )
        with self.assertRaisesRegex(UserError, "which invoice"):
            wizard.action_refund()

    def test_no_invoice_is_refunded_more_than_it_got(self):
        with self.assertRaisesRegex(UserError, r"Not more than \$50.00"):
            self._ask(55.0, self.late)
        self.assertFalse(self.tx.child_transaction_ids)

    def test_the_rest_is_refunded_without_a_question(self):
        self._ask(20.0, self.invoice)
        refund = self._ask()
        self.assertEqual(refund.amount, -90.0)
        self.assertEqual(self._get_residuals(), [100.0, 50.0, 70.0])

    def test_staff_and_receipt_say_what_is_open_again(self):
        self._ask(20.0, self.invoice)
        activity = self.invoices.activity_ids.filtered(
            lambda activity: activity.summary == REFUNDED
        )
        self.assertIn("Inv123 ($20.00)", activity.note)
        text = self._get_text(
            self._open_receipt(self.tx), "//*[@id='o_paynow_receipt']//dl"
        )
        self.assertIn("$60.00, of which $20.00 was refunded", text)

    def test_a_part_that_the_provider_refunded_is_left_to_a_person(self):
        """Test that nothing is guessed of which invoice it was."""
        self._settle(self.tx._refund(20.0))
        self.assertEqual(self._get_residuals(), [40.0, 0.0, 70.0])
        self.assertIn(REFUNDED, self.invoices.activity_ids.mapped("summary"))

    def test_all_that_the_provider_refunded_is_open_again(self):
        self._settle(self.tx._refund())
        self.assertEqual(self._get_residuals(), [100.0, 50.0, 70.0])

    def test_a_refund_that_failed_counts_for_nothing(self):
        self.tx._refund(110.0)._set_error("No.")
        self._ask(50.0, self.late)
        self.assertEqual(self._get_residuals(), [40.0, 50.0, 70.0])

    def test_the_client_is_mailed_what_is_to_be_paid_again(self):
        self._ask(20.0, self.invoice)
        body = self._get_refund_mail()
        self.assertIn("We refunded $20.00 of your payment", body)
        self.assertIn("So this is to be paid again: Inv123 $20.00", body)
        self.assertNotIn("You need not do anything", body)

    def test_a_credit_that_went_back_opens_nothing_and_goes_back_once(self):
        """Test a share that its invoice did not take, as it was paid in cash before."""
        tx = self._pay_invoices({self.invoice: 40.0, self.later: 30.0})
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=self.later.ids
        ).create({})._create_payments()
        self.tx, self.payment = tx, self._confirm(tx)
        before = tx.child_transaction_ids
        tx.action_paynow_refund_credit()
        with self.assertRaises(UserError, msg="It is not known what is left."):
            self._ask()
        self._settle(tx.child_transaction_ids - before)
        self.assertEqual(self._get_residuals(), [0.0, 0.0, 0.0])
        self.assertIn("You need not do anything", self._get_refund_mail())
        self.assertEqual(sum(tx._paynow_get_refundable().values()), 40.0)
        self._ask()
        self.assertEqual(self._get_residuals(), [40.0, 0.0, 0.0])
