# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from unittest.mock import patch

from lxml import etree

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from ..common_payment import PaynowPaymentCommon


@tagged("post_install", "-at_install")
class TestPayment(PaynowPaymentCommon):
    """A payment from the form to the books."""

    # === BOOKS === #

    def test_payment_of_the_whole_settles_the_invoice(self):
        """Test that money goes from the form to the books with nothing done by hand."""
        tx = self._pay_online()
        tx._set_done()
        self.assertEqual(self._poll()["state"], "done")
        self._assert_books(tx, 100.0)
        self.assertEqual(self.invoice.amount_residual, 0.0)
        self.assertEqual(
            self.invoice.payment_state, self.invoice._get_invoice_in_payment_state()
        )

    def test_payment_raises_the_rank_and_reads_nothing_else_of_the_client(self):
        """Test that what Odoo counts once all is committed is not compared as well."""
        with self.enter_registry_test_mode():
            self.env.cr.postcommit.run()  # What was posted before.
        self.env.invalidate_all()
        rank = self.client.customer_rank
        self._pay("done")._post_process()
        Partner = self.env.registry["res.partner"]
        with (
            self.enter_registry_test_mode(),
            patch.object(Partner, "_track_prepare") as compare,
        ):
            self.env.cr.postcommit.run()
        self.env.invalidate_all()
        self.assertEqual(self.client.customer_rank, rank + 1)
        compare.assert_not_called()

    def test_part_and_rest_settle_the_invoice(self):
        """Test that a partial payment leaves the rest, to be paid the same way."""
        part = self._pay_online("40")
        part._set_done()
        self._poll()
        self._assert_books(part, 40.0)
        self.assertEqual(self.invoice.payment_state, "partial")
        self.assertEqual(self.invoice.amount_residual, 60.0)

        rest = self._pay_online("60.00", flow="redirect")
        rest._set_done()
        self._poll()
        self._assert_books(rest, 60.0)
        self.assertEqual(self.invoice.amount_residual, 0.0)
        self.assertNotEqual(part.payment_id, rest.payment_id)

    def test_nothing_is_stored_of_the_method(self):
        """Test that no payment of ours leaves a saved method behind."""
        tokens = self.env["payment.token"].with_context(active_test=False)
        before = tokens.search_count([])
        self.assertTrue(self.provider.allow_tokenization)
        self.assertTrue(self.payment_method.support_tokenization)
        for flow in ("direct", "redirect"):
            tx = self._pay_online("10", flow=flow)
            self.assertFalse(tx.tokenize)
            tx._set_done()
            self._poll()
            self.assertFalse(tx.token_id)
        self.assertEqual(tokens.search_count([]), before)

    def test_invoice_of_a_contact_is_paid(self):
        """Test that the payment is the company's where the invoice is a contact's."""
        contact = self.env["res.partner"].create(
            {"name": "Dana", "parent_id": self.client.id, "type": "invoice"}
        )
        invoice = self._create_bill("Inv500", 50.0, partner_id=contact.id)
        tx = self._pay_online_for(invoice, "50")
        self._assert_books(tx, 50.0)
        self.assertEqual(invoice.amount_residual, 0.0)

    def _pay_online_for(self, invoice, amount):
        """Pay an invoice as a visitor does, up to the books."""
        form = self._prepare_form(self._open_checkout(amount, invoice=invoice.name))
        reference = self._post_transaction(form, invoice).json()["result"]["reference"]
        tx = self._get_tx(reference)
        tx._set_done()
        self._poll()
        return tx

    def test_currencies_with_other_decimals_are_paid_exactly(self):
        """Test that yen, dinars and euros arrive in the books as they were typed."""
        self.provider.available_currency_ids = [Command.clear()]
        for number, code, total, typed, amount in (
            ("Inv510", "JPY", 5001.0, "5,001", 5001.0),
            ("Inv511", "KWD", 12.345, "12.345", 12.345),
            ("Inv512", "EUR", 19.99, "19.99", 19.99),
        ):
            with self.subTest(currency=code):
                currency = self._enable_currency(code)
                invoice = self._create_bill(number, total, currency_id=currency.id)
                tx = self._pay_online_for(invoice, typed)
                self._assert_books(tx, amount)
                self.assertEqual(invoice.amount_residual, 0.0)
                self.assertNotIn("partial", invoice.payment_state)

    def test_declined_payment_changes_no_books(self):
        """Test that neither an error nor a cancellation makes a payment."""
        for state in ("error", "canceled"):
            with self.subTest(state=state):
                tx = self._pay_online("10")
                getattr(tx, f"_set_{state}")(state_message="Declined")
                self._poll()
                self.assertFalse(tx.payment_id)
                self.assertEqual(self.invoice.amount_residual, 100.0)
        self.assertFalse(self._get_mails())

    def test_invoice_paid_meanwhile_leaves_a_credit(self):
        """Test that money that came all the same is in the books, on the client."""
        tx = self._pay_online()
        self._register_payment(self.invoice)
        tx._set_done()
        self._poll()
        self.assertEqual(tx.payment_id.amount, 100.0)
        self.assertEqual(tx.payment_id.move_id.state, "posted")
        self.assertEqual(tx.payment_id.partner_id, self.client)

    def test_closed_tab_is_finished_by_the_cron(self):
        """Test that a payer who never comes back is served without their browser."""
        tx = self._pay_online()
        tx._set_done()
        self._run_cron()
        self._assert_books(tx, 100.0)
        self.assertEqual(len(self._get_mails()), 1)

    def test_poll_and_cron_together_make_one_payment_and_one_mail(self):
        """Test that it doesn't matter how often a payment is finished, and by whom."""
        tx = self._pay_online()
        tx._set_done()
        for _time in range(3):
            self._poll()
            tx.is_post_processed = False
            self._run_cron()
            tx.is_post_processed = False
        self._assert_books(tx, 100.0)
        self.assertEqual(
            self.env["account.payment"].search_count(
                [("payment_transaction_id", "=", tx.id)]
            ),
            1,
        )
        self.assertEqual(len(self._get_mails()), 1)

    # === BACK OFFICE === #

    def test_pay_now_payments_and_invoices_can_be_filtered(self):
        """Test that an accountant finds what was paid on the page."""
        tx = self._pay("done", amount=50.0)
        tx._post_process()
        other_tx = self._pay("done", amount=50.0, is_paynow=False)
        other_tx._post_process()
        other_invoice = self._create_bill("Inv520", 10.0)
        for paid, others in (
            (tx.payment_id, other_tx.payment_id),
            (self.invoice, other_invoice),
            (tx, other_tx),
        ):
            with self.subTest(model=paid._name):
                found = paid.search(self._get_filter_domain(paid._name))
                self.assertIn(paid, found)
                self.assertNotIn(others, found)

    def _get_filter_domain(self, model):
        """Return the domain of the filter "Pay Now" of a model."""
        views = self.env["ir.ui.view"].search(
            [("model", "=", model), ("type", "=", "search")]
        )
        for view in views:
            arch = etree.fromstring(self.env[model].get_view(view.id, "search")["arch"])
            for node in arch.xpath("//filter[@string='Pay Now']"):
                return safe_eval(node.get("domain"))
        self.fail(f"No filter on {model}")

    def test_chatter_of_the_invoice_tells_each_step(self):
        """Test that the invoice tells when it was paid, with which payment."""
        tx = self._pay_online()
        tx._set_done()
        self._poll()
        bodies = " ".join(self.invoice.message_ids.mapped("body"))
        self.assertIn(tx.reference, bodies)
        self.assertIn(tx.payment_id.name, bodies)

    def test_chatter_is_in_the_language_of_the_company(self):
        """Test that neither the payer nor the scheduler decide what staff read."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.company.partner_id.lang = "fr_FR"
        tx = self._pay_online()
        tx._set_done()
        self._poll()
        bodies = " ".join(self.invoice.message_ids.mapped("body"))
        self.assertIn("a été", bodies)
        self.assertNotIn("transaction with reference", bodies)
        self.assertNotIn("has been posted", bodies)

    def test_chatter_of_the_invoice_tells_of_a_decline(self):
        """Test that staff who are called read what the payer was told."""
        for state in ("error", "canceled"):
            tx = self._pay_online("10")
            getattr(tx, f"_set_{state}")(state_message="Do not honor")
            bodies = " ".join(self.invoice.message_ids.mapped("body"))
            with self.subTest(state=state):
                self.assertIn(tx.reference, bodies)
                self.assertIn("Do not honor", bodies)
