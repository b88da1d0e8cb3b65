# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ...exceptions import PaynowRefusal
from ..common import PaynowCommon

NOT_FOUND = "We found no open invoice with this number for this e-mail address."


@tagged("post_install", "-at_install")
class TestPayable(PaynowCommon):
    """What is still to pay, without what is on its way."""

    def _set_age(self, tx, minutes):
        """Make a transaction this old, by the clock of the server."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE payment_transaction SET create_date = %s WHERE id = %s",
            (fields.Datetime.now() - timedelta(minutes=minutes), tx.id),
        )
        self.env.invalidate_all()

    def test_whole_balance_is_payable(self):
        """Test that nothing is withheld where nothing is on its way."""
        self.assertEqual(self.invoice._paynow_get_payable(), 100.0)

    def test_pending_payment_is_withheld(self):
        """Test that a bank payment that isn't cleared can't be made a second time."""
        self._pay("pending", amount=30.0)
        self.assertEqual(self.invoice._paynow_get_payable(), 70.0)
        summary = self.invoice._paynow_get_summary(70.0)
        self.assertEqual(summary["in_flight"], "$30.00")

    def test_authorized_payment_is_withheld(self):
        """Test that an authorized payment counts although nothing is captured."""
        self._pay("authorized", amount=30.0)
        self.assertEqual(self.invoice._paynow_get_payable(), 70.0)

    def test_settled_part_of_an_authorized_payment_is_not_withheld(self):
        """Test that what was captured is in the books and what was voided is free."""
        tx = self._pay("authorized", amount=60.0)
        captured = tx._create_child_transaction(25.0)
        captured._set_done()
        captured._post_process()
        self.assertEqual(self.invoice.amount_residual, 75.0)
        self.assertEqual(self.invoice._paynow_get_payable(), 40.0)
        tx._create_child_transaction(15.0)._set_canceled()
        self.assertEqual(self.invoice._paynow_get_payable(), 55.0)

    def test_unposted_payment_is_withheld(self):
        """Test that a confirmed payment counts until it is in the books, and once."""
        tx = self._pay("done", amount=30.0)
        self.assertEqual(self.invoice.amount_residual, 100.0)
        self.assertEqual(self.invoice._paynow_get_payable(), 70.0)
        tx._post_process()
        self.assertEqual(self.invoice.amount_residual, 70.0)
        self.assertEqual(self.invoice._paynow_get_payable(), 70.0)

    def test_young_draft_of_another_visitor_is_withheld(self):
        """Test that two payers at once can't both start to pay the whole."""
        self._set_age(self._pay("draft", amount=30.0), minutes=14)
        self.assertEqual(self.invoice._paynow_get_payable("another"), 70.0)

    def test_old_draft_is_not_withheld(self):
        """Test that a payment given up a quarter of an hour ago is in nobody's way."""
        self._set_age(self._pay("draft", amount=30.0), minutes=16)
        self.assertEqual(self.invoice._paynow_get_payable("another"), 100.0)

    def test_own_draft_is_not_withheld(self):
        """Test that a payer who went back can pay at once."""
        self._pay("draft", amount=30.0).paynow_visitor = "visitor"
        self.assertEqual(self.invoice._paynow_get_payable("visitor"), 100.0)
        self.assertEqual(self.invoice._paynow_get_payable("another"), 70.0)

    def test_own_pending_payment_is_withheld(self):
        """Test that nobody pays twice what their own bank is about to pay."""
        self._pay("pending", amount=30.0).paynow_visitor = "visitor"
        self.assertEqual(self.invoice._paynow_get_payable("visitor"), 70.0)

    def test_failed_payments_are_not_withheld(self):
        """Test that a declined payer can try again at once."""
        self._pay("error", amount=30.0)
        self._pay("cancel", amount=30.0)
        self.assertEqual(self.invoice._paynow_get_payable(), 100.0)

    def test_announced_wire_transfer_is_not_withheld(self):
        """Test that a promise to send money doesn't keep anyone from paying."""
        tx = self._pay("pending", amount=30.0)
        self.env.flush_all()
        # The code exists where `payment_custom` is installed, which we don't need.
        self.env.cr.execute(
            "UPDATE payment_provider SET code = 'custom' WHERE id = %s",
            (tx.provider_id.id,),
        )
        self.env.invalidate_all()
        self.assertEqual(self.invoice._paynow_get_payable(), 100.0)

    def test_wire_transfer_that_arrived_is_withheld(self):
        """Test that one that is confirmed, and not posted, is no promise any more."""
        tx = self._pay("done", amount=30.0)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE payment_provider SET code = 'custom' WHERE id = %s",
            (tx.provider_id.id,),
        )
        self.env.invalidate_all()
        self.assertEqual(self.invoice._paynow_get_payable(), 70.0)

    def test_refund_and_validation_are_not_withheld(self):
        """Test that money that goes the other way isn't counted."""
        self._pay("pending", amount=-30.0, operation="refund")
        self._pay("pending", amount=30.0, operation="validation")
        self.assertEqual(self.invoice._paynow_get_payable(), 100.0)

    def test_payments_elsewhere_in_odoo_are_withheld(self):
        """Test that a payment by a portal link counts like one of ours."""
        self._pay("pending", amount=30.0, is_paynow=False)
        self.assertEqual(self.invoice._paynow_get_payable(), 70.0)

    def test_balance_is_never_negative(self):
        """Test that more on its way than is owed leaves nothing to pay, not less."""
        self._pay("pending", amount=80.0)
        self._pay("pending", amount=80.0)
        self.assertEqual(self.invoice._paynow_get_payable(), 0.0)

    def test_nothing_is_payable_on_a_closed_invoice(self):
        """Test that a draft has no payable balance."""
        self.invoice.button_draft()
        self.assertEqual(self.invoice._paynow_get_payable(), 0.0)

    def test_instalments_are_payable_together(self):
        """Test that an invoice due in parts can be paid as a whole or in part."""
        terms = self._create_terms((50, 0), (50, 30))
        invoice = self._create_bill("Inv220", 100.0, invoice_payment_term_id=terms.id)
        self.assertEqual(invoice._paynow_get_payable(), 100.0)

    def test_what_stands_on_another_account_is_not_promised(self):
        """Test that only the account is paid on which Odoo matches the payment."""
        terms = self._create_terms((70, 0), (30, 30))
        invoice = self._create_bill(
            "Inv221", 100.0, post=False, invoice_payment_term_id=terms.id
        )
        lines = invoice.line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        )
        lines.sorted("date_maturity")[1].account_id = lines[0].account_id.copy()
        invoice.action_post()
        self.assertEqual(invoice._paynow_get_payable(), 70.0)
        self.invoice = invoice
        self._pay(amount=70.0)._post_process()
        self.assertEqual(invoice.amount_residual, 30.0)
        self.assertEqual(invoice._paynow_get_payable(), 0.0)

    def test_nothing_and_less_is_no_amount(self):
        """Test that no check lets them through, wherever they come from."""
        for amount in (0.0, -5.0):
            with self.assertRaisesRegex(PaynowRefusal, "more than zero"):
                self.invoice._paynow_check_payable(amount)

    def test_an_invoice_that_was_paid_online_stays(self):
        """Test that none is deleted while money came, or may come, for it."""
        for state in ("pending", "authorized", "done"):
            invoice = self.invoice = self._create_bill(f"Kept {state}", 100.0)
            self._pay(state)
            invoice.button_draft()
            with self.assertRaisesRegex(UserError, "paid online"):
                invoice.with_context(force_delete=True).unlink()

    def test_an_invoice_that_nobody_paid_may_go(self):
        """Test that a try that failed, and a payment of elsewhere, keep none."""
        self._pay("error")
        self._pay("pending", is_paynow=False)
        self.invoice.button_draft()
        self.invoice.with_context(force_delete=True).unlink()
        self.assertFalse(self.invoice.exists())
