# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ..common_payment import PaynowPaymentCommon


@tagged("-at_install", "post_install")
class TestAgain(PaynowPaymentCommon):
    """A payer who begins a payment again, from another tab or after coming back."""

    def _start(self, context=None, **changes):
        """Press *Pay* on a checkout page and return the transaction.

        :rtype: payment.transaction
        """
        form = self._prepare_form(context or self._open_checkout(), **changes)
        result = self._post_transaction(form).json()["result"]
        self.assertNotEqual(result.get("state"), "error", result)
        return self._get_tx(result["reference"])

    def _create_method(self):
        """Return another method of the provider."""
        method = self.payment_method.copy({"code": "another", "name": "Another"})
        self.provider.payment_method_ids += method
        method.active = True
        return method

    # === THE SAME === #

    def test_same_try_is_one_transaction(self):
        """Test that two tabs of one checkout can't be paid twice."""
        context = self._open_checkout()
        first, second = self._start(context), self._start(context)
        self.assertEqual(first, second)
        self.assertEqual(self.invoice.transaction_ids, first)
        first._set_done()
        second._set_done()
        self._poll()
        self.assertEqual(self.invoice.amount_residual, 0.0)
        payments = self.env["account.payment"].search(
            [("partner_id", "=", self.client.id)]
        )
        self.assertEqual(payments.mapped("amount"), [100.0])

    def test_same_try_after_another_look_up_is_one_transaction(self):
        self.assertEqual(self._start(), self._start())

    def test_words_of_the_payer_are_those_of_the_last_time(self):
        context = self._open_checkout()
        self._start(context, paynow_note="PO 1")
        tx = self._start(context, paynow_note="PO 2")
        self.assertEqual(tx.paynow_note, "PO 2")
        self.assertFalse(self._start(context).paynow_note)

    def test_same_try_is_one_payer_in_the_funnel(self):
        context = self._open_checkout()
        self._start(context)
        self._start(context)
        self.env.flush_all()
        stages = (
            self.env["paynow.funnel"]
            .sudo()
            .search([("invoice_id", "=", self.invoice.id)])
        )
        self.assertEqual(stages.mapped("stage").count("4_confirmed"), 1)

    def test_try_of_somebody_else_is_not_taken_up(self):
        tx = self._start(amount=60.0, context=self._open_checkout("60"))
        self.authenticate(None, None)
        other = self._start(amount=40.0, context=self._open_checkout("40"))
        self.assertNotEqual(tx, other)
        self.assertEqual((tx.state, other.state), ("draft", "draft"))
        self.assertFalse(tx.paynow_replaced_by_id)

    def test_declined_try_is_not_taken_up(self):
        context = self._open_checkout()
        first = self._start(context)
        first._set_error("No")
        second = self._start(context)
        self.assertNotEqual(first, second)
        self.assertFalse(first.paynow_replaced_by_id)

    def test_provider_that_might_charge_twice_gets_a_new_transaction(self):
        """Test that two charges of one transaction can't hide one in the other."""
        self.patch(
            self.env.registry["payment.provider"],
            "_paynow_get_resume_time",
            lambda provider: timedelta(),
        )
        context = self._open_checkout()
        first, second = self._start(context), self._start(context)
        self.assertNotEqual(first, second)
        self.assertEqual(first.paynow_replaced_by_id, second)

    def test_only_the_very_same_is_taken_up(self):
        """Test that each thing that a payment is made of counts, and its age."""
        tx = self._pay("draft", amount=60.0)
        values = {
            "provider_id": tx.provider_id.id,
            "payment_method_id": tx.payment_method_id.id,
            "flow": "direct",
            "currency_id": tx.currency_id.id,
            "partner_id": tx.partner_id.id,
            "amount": 60.0,
            "custom_create_values": {"paynow_note": "PO", "paynow_copy_email": False},
        }
        self.assertEqual(tx._paynow_take_up(values), tx)
        self.assertEqual(tx.paynow_note, "PO")
        newest = self._pay("draft", amount=60.0)
        self.assertEqual((tx | newest)._paynow_take_up(values), newest)
        for name, other in {
            "provider_id": 0,
            "payment_method_id": 0,
            "flow": "redirect",
            "currency_id": self.env.ref("base.EUR").id,
            "partner_id": self.stranger.id,
            "amount": 60.01,
        }.items():
            with self.subTest(name):
                self.assertFalse(tx._paynow_take_up({**values, name: other}))
        self.patch(
            self.env.registry["payment.provider"],
            "_paynow_get_resume_time",
            lambda provider: timedelta(hours=2),
        )
        for hours in (3, 1):
            self.env.cr.execute(
                "UPDATE payment_transaction SET create_date = %s WHERE id = %s",
                [fields.Datetime.now() - timedelta(hours=hours), tx.id],
            )
            tx.invalidate_recordset()
            self.assertEqual(bool(tx._paynow_take_up(values)), hours == 1)
        tx._set_pending()
        self.assertFalse(tx._paynow_take_up(values))

    # === ANOTHER === #

    def test_another_amount_closes_the_older_try(self):
        first = self._start(self._open_checkout("100"))
        second = self._start(self._open_checkout("60"))
        self.assertEqual((first.state, second.state), ("cancel", "draft"))
        self.assertEqual(first.paynow_replaced_by_id, second)
        self.assertIn(second.reference, first.state_message)
        receipt = self._open_receipt(first)
        self.assertIn("Nothing was charged here", self._get_alert(receipt))

    def test_another_method_closes_the_older_try(self):
        method = self._create_method()
        context = self._open_checkout()
        first = self._start(context)
        second = self._start(context, payment_method_id=method.id)
        self.assertEqual((first.state, second.state), ("cancel", "draft"))

    def test_another_invoice_closes_nothing(self):
        other = self._create_bill("Inv124", 100.0)
        first = self._start()
        form = self._prepare_form(self._open_checkout(invoice=other.name))
        self._post_transaction(form, invoice=other)
        self.assertEqual(first.state, "draft")
        self.assertEqual(other.transaction_ids.state, "draft")

    def test_replaced_try_that_is_paid_all_the_same_is_a_second_payment(self):
        """Test that it is booked, told to payer and staff, and can be refunded."""
        context = self._open_checkout()
        first = self._start(context)
        second = self._start(context, payment_method_id=self._create_method().id)
        second._set_done()
        self._run_cron()
        first._set_done()
        self._run_cron()
        self.assertEqual(first.state, "done")
        self.assertEqual(first.payment_id.amount, 100.0)
        self.assertFalse(first.paynow_problem)
        self.assertEqual(self.invoice.amount_residual, 0.0)
        page = self._open_receipt(first)
        self.assertIn(
            "second payment: $100.00",
            self._get_text(page, "//*[@data-name='credit']"),
        )
        self.assertFalse(
            self._get_text(self._open_receipt(second), "//*[@data-name='credit']")
        )
        mails = self._get_mails().mapped("body_html")
        self.assertEqual(["second payment" in mail for mail in mails], [True, False])
        self.assertIn(
            "Pay Now: payment not allocated",
            self.invoice.activity_ids.mapped("summary"),
        )
        self.assertEqual(first.paynow_refundable_credit, 100.0)

    def test_replaced_try_that_is_pending_at_the_bank_is_on_its_way(self):
        context = self._open_checkout()
        first = self._start(context)
        self._start(context, payment_method_id=self._create_method().id)
        first._set_pending()
        self.assertEqual(first.state, "pending")
        self.assertEqual(self.invoice._paynow_get_payable(), 0.0)

    def test_replaced_try_that_fails_is_no_news(self):
        context = self._open_checkout()
        first = self._start(context)
        self._start(context, payment_method_id=self._create_method().id)
        first._set_error("The payer left")
        self.assertEqual(first.state, "cancel")
        self.assertFalse(self.invoice.activity_ids)

    def test_older_try_that_was_paid_meanwhile_is_not_paid_again(self):
        """Test that the provider's word on the older one, on closing it, decides."""
        context = self._open_checkout()
        first = self._start(context)
        method = self._create_method()
        self.patch(
            self.env.registry["payment.provider"],
            "_paynow_close",
            lambda provider, tx: tx._set_done(),
        )
        form = self._prepare_form(context, payment_method_id=method.id)
        result = self._post_transaction(form).json()["result"]
        self.assertEqual(result["state"], "error")
        self.assertIn("is being processed", result["state_message"])
        self.env.invalidate_all()
        self.assertEqual(first.state, "done")
        self.assertEqual(self.invoice.transaction_ids, first)

    def test_older_part_that_was_paid_leaves_the_rest(self):
        first = self._start(self._open_checkout("60"))
        self.patch(
            self.env.registry["payment.provider"],
            "_paynow_close",
            lambda provider, tx: tx._set_done(),
        )
        second = self._start(self._open_checkout("40"))
        self.assertEqual((first.state, second.state), ("done", "draft"))
        self.assertFalse(first.paynow_replaced_by_id)

    def test_older_draft_after_a_colleague_paid_is_a_second_payment(self):
        """Test that who completes late reads what became of their money."""
        first = self._start()
        self._create_transaction(
            "direct", reference="colleague", invoice_ids=[(6, 0, self.invoice.ids)],
            is_paynow=True, paynow_email=self.email, amount=100.0,
        )._set_done()  # fmt: skip
        self._run_cron()
        first._set_done()
        self._run_cron()
        page = self._open_receipt(first)
        self.assertIn("$100.00", self._get_text(page, "//*[@data-name='credit']"))
