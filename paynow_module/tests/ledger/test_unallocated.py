# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).


from odoo import fields
from odoo.tests import tagged

from ..common_books import PaynowBooksCommon

NOON = fields.Datetime.to_datetime("2026-05-29 12:00:00")
SUMMARY = "Pay Now: payment not allocated"


@tagged("post_install", "-at_install")
class TestUnallocated(PaynowBooksCommon):
    """Money that came although nothing, or less, was owed any more."""

    def _assert_credit(self, tx, credit):
        """Assert that a payment is posted, with an open credit of the client."""
        payment = tx.payment_id
        self.assertEqual(payment.amount, tx.amount)
        self.assertEqual(payment.move_id.state, "posted")
        self.assertEqual(payment.partner_id, self.client)
        lines = payment.move_id.line_ids.filtered(
            lambda line: line.account_id == payment.destination_account_id
        )
        self.assertEqual(lines.account_id.account_type, "asset_receivable")
        self.assertAlmostEqual(-sum(lines.mapped("amount_residual_currency")), credit)

    def test_payment_that_fits_is_nobody_s_problem(self):
        """Test that neither whole nor part raises an activity."""
        for amount in (40.0, 60.0):
            tx = self._pay(amount=amount)
            tx._post_process()
            self._assert_credit(tx, 0.0)
        self.assertFalse(self._get_activities())

    def test_second_payment_of_one_balance_is_a_credit(self):
        """Test that of two completed payments the second waits to be refunded."""
        first, second = self._pay(), self._pay()
        first._post_process()
        second._post_process()
        self._assert_credit(first, 0.0)
        self._assert_credit(second, 100.0)
        self.assertEqual(self.invoice.amount_residual, 0.0)
        self._assert_told_once(
            SUMMARY,
            second.reference,
            second.payment_id.name,
            "100.00",
            "Inv123",
            "Refund the credit",
            "allocate it",
        )

    def test_two_payments_posted_in_one_go_are_told_apart(self):
        """Test that both are posted, and only the second is told of."""
        txs = self._pay() | self._pay()
        txs._post_process()
        self._assert_credit(txs[0], 0.0)
        self._assert_credit(txs[1], 100.0)
        self._assert_told_once(SUMMARY, txs[1].reference)

    def test_part_that_no_invoice_took_is_told(self):
        """Test that the activity names what is left over, not the whole."""
        tx = self._pay("pending")
        self._register_payment(self.invoice, amount=70.0)
        tx._set_done()
        tx._post_process()
        self.assertEqual(self.invoice.amount_residual, 0.0)
        self._assert_credit(tx, 70.0)
        self._assert_told_once(SUMMARY, "70.00", "100.00")

    def test_invoice_paid_by_cheque_while_pending(self):
        """Test that ACH that clears after a cheque is a credit."""
        tx = self._pay("pending")
        self._register_payment(self.invoice)
        tx._set_done()
        tx._post_process()
        self._assert_credit(tx, 100.0)
        self._assert_told_once(SUMMARY, tx.reference)

    def test_invoice_credited_while_pending(self):
        """Test that ACH that clears after a credit note is a credit."""
        tx = self._pay("pending")
        credit_note = self._reverse_invoice(self.invoice, post=True)
        lines = (self.invoice | credit_note).line_ids.filtered(
            lambda line: line.display_type == "payment_term" and not line.reconciled
        )
        if lines:
            lines.reconcile()
        self.assertEqual(self.invoice.payment_state, "reversed")
        tx._set_done()
        tx._post_process()
        self._assert_credit(tx, 100.0)
        self.assertEqual(self.invoice.payment_state, "reversed")
        self._assert_told_once(SUMMARY, tx.reference)

    def test_invoice_cancelled_while_pending(self):
        """Test that ACH that clears after a cancellation is a credit."""
        tx = self._pay("pending")
        self.invoice.button_cancel()
        tx._set_done()
        tx._post_process()
        self._assert_credit(tx, 100.0)
        self.assertEqual(self.invoice.state, "cancel")
        self._assert_told_once(SUMMARY, tx.reference)

    def test_invoice_reset_to_draft_while_pending(self):
        """Test that the money is posted and somebody hears of it."""
        tx = self._pay("pending")
        self.invoice.button_draft()
        tx._set_done()
        tx._post_process()
        self.assertEqual(tx.payment_id.move_id.state, "posted")
        # Odoo posts an invoice anew that is paid online.
        self.assertEqual(self.invoice.state, "posted")
        self.assertEqual(self.invoice.amount_residual, 0.0)

    def test_invoice_raised_while_pending(self):
        """Test that more owed than paid is no problem of the payment."""
        tx = self._pay("pending")
        self.invoice.button_draft()
        self.invoice.invoice_line_ids.price_unit = 150.0
        self.invoice.action_post()
        tx._set_done()
        tx._post_process()
        self.assertEqual(self.invoice.amount_residual, 50.0)
        self.assertFalse(self._get_activities())

    def test_other_payments_of_odoo_raise_no_activity(self):
        """Test that double payments in the portal are as they were."""
        for _count in range(2):
            self._pay(is_paynow=False)._post_process()
        self.assertFalse(self._get_activities())

    def test_credit_is_told_once_however_often_it_is_processed(self):
        """Test that poll, cron and webhook together make one activity."""
        self._pay()._post_process()
        tx = self._pay()
        for _count in range(3):
            tx._set_done()
            tx._post_process()
        self._assert_told_once(SUMMARY, tx.reference)

    def test_each_credit_is_told(self):
        """Test that a third payment isn't lost behind the second."""
        txs = [self._pay() for _count in range(3)]
        for tx in txs:
            tx._post_process()
        self.assertEqual(len(self._get_activities()), 2)
