# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.fields import Command
from odoo.tests import tagged

from ..common_autopay import PaynowAutopayCommon


@tagged("-at_install", "post_install")
class TestAutopayAmount(PaynowAutopayCommon):
    """No charge of nothing, none of what is on its way, and none forgotten."""

    def _get_amounts(self):
        return [amount for _reference, amount in self.charges]

    def test_an_instalment_on_its_way_is_not_charged(self):
        terms = self._create_terms((30, 0), (70, 30))
        bill = self._bill("One", 1000.0, invoice_payment_term_id=terms.id)
        self._choose(bill)
        self._pay("pending", amount=300.0, invoice_ids=[Command.set(bill.ids)])
        self._run()
        self.assertFalse(self.charges)
        self.assertFalse(self._get_txs(bill))

    def test_a_small_amount_is_charged(self):
        self._choose(self._bill("One", 0.5))
        self._run()
        self.assertEqual(self._get_amounts(), [0.5])

    def test_a_debit_refused_at_once_is_tried_again(self):
        """Test that only a debit that was under way comes back from the bank."""
        ach = self.env.ref("payment.payment_method_ach_direct_debit")
        self.token.payment_method_id = ach
        bill = self._bill("One")
        self._choose(bill)
        self._run("error")
        self.assertEqual(len(self.charges), 1)
        self.assertFalse(bill.paynow_autopay_reason)
        self.assertGreater(bill.paynow_autopay_date, self.today)

    def test_a_debit_that_came_back_is_not(self):
        ach = self.env.ref("payment.payment_method_ach_direct_debit")
        self.token.payment_method_id = ach
        bill = self._bill("One")
        self._choose(bill)
        self._run("pending")
        self._get_txs(bill)._set_error("R01")
        self.assertEqual(bill.paynow_autopay_reason, "returned")

    def test_a_client_without_an_address_is_noted_for_staff(self):
        bill = self._bill("One")
        self._choose(bill)
        (self.client | self.client.child_ids).email = False
        days = self.company._paynow_get_autopay_days()
        for day in days:
            self._run("error", days=day.days)
        self.assertEqual(bill.paynow_autopay_reason, "declined")
        notice = (
            self.env["paynow.notice"]
            .sudo()
            .search([("invoice_id", "=", bill.id), ("kind", "=", "autopay_failed")])
        )
        self.assertEqual(notice.state, "skipped")
        self.assertIn("no e-mail address", notice.reason)
