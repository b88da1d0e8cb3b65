# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.tests import tagged

from ..common_autopay import PaynowAutopayCommon


@tagged("-at_install", "post_install")
class TestAutopayEnd(PaynowAutopayCommon):
    """What an automatic payment is made of, and how the choice ends."""

    def setUp(self):
        super().setUp()
        self.invoice = self._bill("End")

    def _start(self, *states):
        """Have the run charge the invoice of a choice for it alone."""
        self.choice = self._choose(self.invoice)
        self._run(*states)
        return self._get_txs()

    def _assert_ended(self, reason):
        self.assertEqual(self.invoice.paynow_autopay_reason, reason)
        self.assertTrue(self.invoice.paynow_autopay_off)
        self.assertFalse(self.invoice.paynow_autopay_id)
        self.assertFalse(self.invoice.paynow_autopay_date)

    def test_it_is_ours_and_stores_nothing(self):
        tx = self._start()
        self.assertTrue(tx.is_paynow)
        self.assertFalse(tx.tokenize)
        self.assertEqual(tx.token_id, self.token)

    def test_a_choice_that_is_no_longer_active_charges_nothing(self):
        """Test that no other field keeps a charge alive without the consent."""
        self.choice = self._choose(self.invoice)
        self.choice.sudo().active = False
        self._run()
        self.assertFalse(self.charges)

    def test_a_bank_debit_that_comes_back_before_it_arrived_ends_it(self):
        self.token.payment_method_id = self.env.ref(
            "payment.payment_method_ach_direct_debit"
        )
        tx = self._start("pending")
        self.assertTrue(tx._paynow_is_bank_debit())
        tx._set_error("R01")
        self._assert_ended("returned")
        self.assertEqual(len(self._get_failure_mails()), 1)
        self._run(days=3)
        self.assertEqual(len(self.charges), 1)

    def test_a_card_that_is_declined_late_is_tried_again(self):
        tx = self._start("pending")
        tx._set_error("Do not honor")
        self.assertFalse(self.invoice.paynow_autopay_reason)
        self.assertEqual(self.invoice.paynow_autopay_tries, 1)
        self._run(days=3)
        self.assertEqual(len(self.charges), 2)
        self.assertEqual(self.invoice.amount_residual, 0.0)

    def test_what_is_declined_for_good_ends_the_choice_of_one_invoice(self):
        self._start("error")
        for days in (3, 7):
            self._run("error", days=days)
        self._assert_ended("declined")
        self.assertFalse(self.choice.active)
        self.assertTrue(self.choice.end_date)

    def test_the_choice_of_all_invoices_outlives_one(self):
        choice = self._choose()
        self.invoice = self._bill("Other")
        for days in (0, 3, 7):
            self._run("error", days=days)
        self._assert_ended("declined")
        self.assertTrue(choice.active)

    def test_what_was_paid_early_waits_for_no_day(self):
        self.choice = self._choose(self.invoice)
        self._pay()._post_process()
        self._run()
        self.assertFalse(self.charges)
        self.assertFalse(self.invoice.paynow_autopay_date)
