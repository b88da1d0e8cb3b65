# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common_parts import PaynowPartsCommon


@tagged("-at_install", "post_install")
class TestNotOurs(PaynowPartsCommon):
    """Payments of the portal and of payment links, which are Odoo's own affair.

    Whatever becomes of them: no mail of ours, no activity, no problem, no list.
    """

    def _pay(self, state="done", **values):
        """Override to make a payment that is not one of ours.

        The address is there, so that nothing but that keeps a mail from it.
        """
        return super()._pay(state, **{"is_paynow": False, **values})

    def _assert_left_alone(self, txs):
        self.env.flush_all()
        self.assertFalse(self._get_mails().filtered(lambda m: "Pay Now" in m.body_html))
        self.assertFalse(self._get_mails())
        self.assertFalse(self._get_activities())
        for tx in txs:
            self.assertFalse(tx.paynow_problem)
            self.assertFalse(tx.paynow_mailed_state)
            self.assertFalse(tx.paynow_refundable_credit)
            self.assertNotIn(tx, self._get_listed())

    def test_one_that_is_received(self):
        tx = self._pay()
        tx._post_process()
        self.assertEqual(self.invoice.amount_residual, 0.0)
        self._assert_left_alone(tx)

    def test_one_that_is_too_much(self):
        """Test that a credit that it leaves is neither told nor refunded by us."""
        first, second = self._pay(), self._pay()
        (first | second)._post_process()
        self.assertEqual(second.payment_id.state, "in_process")
        self._assert_left_alone(first | second)

    def test_one_that_is_refunded(self):
        tx = self._pay()
        tx._post_process()
        refund = tx._create_child_transaction(40.0, is_refund=True)
        self.assertFalse(refund.is_paynow)
        refund._set_done()
        refund._post_process()
        self.assertTrue(refund.payment_id)
        self._assert_left_alone(tx | refund)

    def test_one_that_fails_late(self):
        for state in ("pending", "authorized"):
            tx = self._pay(state, amount=10.0)
            tx._set_error("The account is closed")
            self._assert_left_alone(tx)

    @mute_logger("odoo.addons.payment.models.payment_transaction")
    def test_one_of_which_news_come_late(self):
        tx = self._pay()
        tx._post_process()
        tx._set_canceled()
        tx._set_error("No")
        self.assertEqual(tx.state, "done")
        self._assert_left_alone(tx)

    @mute_logger("odoo.addons.payment.models.payment_transaction")
    def test_one_of_which_the_provider_took_another_amount(self):
        tx = self._pay("draft")
        self.patch(
            self.env.registry["payment.transaction"],
            "_extract_amount_data",
            lambda *_args: {"amount": 40.0, "currency_code": "USD"},
        )
        tx._process("none", {})
        self.assertEqual(tx.state, "error")
        self._assert_left_alone(tx)

    def test_one_that_is_captured_in_parts(self):
        """Test that what Odoo books of it is what Odoo books without us."""
        source = self._pay("authorized")
        part = self._capture(source, 60.0)
        part._post_process()
        self.assertFalse(part.is_paynow)
        self._assert_left_alone(source | part)

    def test_one_of_which_source_and_part_are_confirmed(self):
        """Test that Odoo books both, as it does without us."""
        source = self._pay("authorized")
        part = source._capture(60.0)
        source._set_done()
        source._post_process()
        part._set_done()
        part._post_process()
        self.assertTrue(source.payment_id)
        self.assertTrue(part.payment_id)
        self._assert_left_alone(source | part)

    def test_one_that_is_confirmed_beside_a_part(self):
        """Test that what Odoo makes no entry of is none of our problems."""
        source = self._pay("authorized")
        part = self._capture(source, 60.0)
        part._post_process()
        source._set_done()
        source._post_process()
        self.assertFalse(source.payment_id)
        self._assert_left_alone(source | part)

    def test_one_that_is_too_much_and_refunded(self):
        """Test that Odoo matches nothing, as without us."""
        first, second = self._pay(), self._pay()
        (first | second)._post_process()
        refund = second._create_child_transaction(100.0, is_refund=True)
        refund._set_done()
        refund._post_process()
        self.assertFalse(refund.payment_id.move_id.line_ids.filtered("reconciled"))
        refund._set_error("Card closed", extra_allowed_states=("done",))
        self._assert_left_alone(first | second | refund)

    def test_one_that_nobody_posted(self):
        tx = self._pay()
        tx.last_state_change = fields.Datetime.now() - timedelta(days=5)
        self._run_watchdog()
        self.assertFalse(tx.is_post_processed)
        self._assert_left_alone(tx)

    def test_one_that_was_returned(self):
        tx = self._pay()
        tx._post_process()
        with self.assertRaisesRegex(UserError, "Only a Pay Now payment"):
            tx._paynow_mark_returned("R01", self.today)
        self.assertEqual(self.invoice.amount_residual, 0.0)

    def test_one_that_pays_several_invoices(self):
        other = self._create_bill("Inv500", 50.0)
        invoices = self.invoice | other
        tx = self._pay(amount=150.0, invoice_ids=[Command.set(invoices.ids)])
        tx._post_process()
        self.assertEqual(invoices.mapped("amount_residual"), [0.0, 0.0])
        self._assert_left_alone(tx)

    def test_one_that_is_declined(self):
        """Test that it counts for no limit and no safety level."""
        self._pay("error")
        declined = self.env["paynow.attempt"].search_count(
            [("kind", "=", "payment_declined")]
        )
        self.assertFalse(declined)
