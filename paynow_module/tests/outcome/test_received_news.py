# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.tests import tagged

from ..common_books import PaynowBooksCommon
from ..common_received import PaynowReceivedMixin


@tagged("post_install", "-at_install")
class TestReceivedNews(PaynowReceivedMixin, PaynowBooksCommon):
    """What clients and staff read of payments without a journal entry."""

    def test_the_receipt_says_what_is_still_to_pay(self):
        tx = self._pay(amount=30.0)
        tx._post_process()
        receipt = tx._paynow_get_receipt()
        self.assertEqual(receipt["still_to_pay"], "$70.00")
        self.assertEqual(receipt["payment_number"], tx.payment_id.name)
        self.assertIn("$70.00", self._get_mails().body_html)

    def test_a_refund_is_no_credit(self):
        """Test that what goes out is not taken for money that no invoice took."""
        tx = self._pay()
        tx._post_process()
        refund = tx._create_child_transaction(30.0, is_refund=True)
        refund._set_done()
        refund._post_process()
        self.assertTrue(refund.payment_id)
        self.assertEqual(refund.paynow_refundable_credit, 0.0)
        self.assertNotIn(
            "Pay Now: payment not allocated",
            self.invoice.activity_ids.mapped("summary"),
        )

    def test_a_mail_names_what_is_left(self):
        self._receive(30.0)
        values = self.invoice._paynow_get_mail_values()
        self.assertEqual((values["amount_due"], values["is_paid"]), ("$70.00", False))
        self._receive(70.0)
        values = self.invoice._paynow_get_mail_values()
        self.assertEqual((values["amount_due"], values["is_paid"]), ("$0.00", True))

    def test_an_invoice_received_in_full_is_not_reminded(self):
        self.invoice.button_draft()
        self.invoice.write({"invoice_date": "2026-01-01", "invoice_date_due": False})
        self.invoice.invoice_payment_term_id = False
        self.invoice.invoice_date_due = "2026-01-01"
        self.invoice.action_post()
        self.assertFalse(self.invoice._paynow_get_reminder_obstacle())
        self._receive(100.0)
        self.assertIn("paid", self.invoice._paynow_get_reminder_obstacle())

    def test_the_account_summary_asks_for_what_is_left(self):
        second = self._create_bill("Inv320", 50.0)
        self._receive(130.0, self.invoice | second)
        (statement,) = self.client._paynow_get_statements(self.company).values()
        (table,) = statement["tables"]
        self.assertEqual(len(table["lines"]), 1)
        self.assertEqual(table["lines"][0]["balance"], 20.0)
        self.assertEqual(table["total"], 20.0)

    def test_who_owes_nothing_gets_no_account_summary(self):
        self.assertFalse(
            self.client._paynow_get_summary_obstacles(self.company)[self.client]
        )
        self._receive(100.0)
        self.assertTrue(
            self.client._paynow_get_summary_obstacles(self.company)[self.client]
        )

    def test_a_payment_for_no_invoice_is_a_credit_on_the_account_summary(self):
        payment = self._receive(30.0, self.env["account.move"])
        (statement,) = self.client._paynow_get_statements(self.company).values()
        (table,) = statement["tables"]
        balances = {line["number"]: line["balance"] for line in table["lines"]}
        self.assertEqual(balances, {"Inv123": 100.0, payment.name: -30.0})
        self.assertEqual(table["total"], 70.0)

    def test_a_payment_for_no_invoice_that_covers_all_stops_the_account_summary(self):
        self._receive(100.0, self.env["account.move"])
        self.assertTrue(
            self.client._paynow_get_summary_obstacles(self.company)[self.client]
        )

    def test_what_was_refunded_of_a_payment_is_no_credit(self):
        first, second = self._pay(), self._pay(amount=40.0)
        (first | second)._post_process()
        refund = second._create_child_transaction(25.0, is_refund=True)
        refund._set_done()
        refund._post_process()
        self.assertFalse(refund.payment_id.move_id)
        (statement,) = self.client._paynow_get_statements(self.company).values()
        (table,) = statement["tables"]
        self.assertEqual([line["balance"] for line in table["lines"]], [-15.0])

    def test_an_invoice_half_received_is_not_in_the_days_to_pay(self):
        self.company.paynow_enabled_date = "2026-01-01"
        self._match_bank(20.0)
        self._receive(30.0)
        self.env.flush_all()
        self.assertEqual(self.invoice.payment_state, "in_payment")
        domain = [("invoice_id", "=", self.invoice.id)]
        self.assertFalse(self.env["paynow.days"].search_count(domain))

    def test_an_accountant_is_told_of_money_that_no_invoice_took(self):
        first, second = self._pay(), self._pay(amount=40.0)
        first._post_process()
        self.assertFalse(self._get_activities())
        second._post_process()
        self._assert_told_once(
            "Pay Now: payment not allocated", second.payment_id.name, "40.00", "Inv123"
        )

    def test_an_accountant_is_told_after_the_bank_statement_closed_the_invoice(self):
        self._match_bank(100.0)
        self._pay(amount=40.0)._post_process()
        self._assert_told_once("Pay Now: payment not allocated", "40.00")

    def test_paid_not_posted_lists_it_with_the_reason_until_it_is_matched(self):
        tx = self._pay()
        tx._post_process()
        self.assertIn(tx, self._get_listed())
        reason = tx.with_user(self.accountant).paynow_reason
        self.assertIn("no journal entry", reason)
        self.assertIn(self.provider.journal_id.name, reason)
        self._match_bank(100.0)
        self.assertEqual(tx.payment_id.state, "paid")
        self.assertNotIn(tx, self._get_listed())

    def test_paid_not_posted_lists_no_payment_with_an_entry(self):
        account = self.provider._get_payment_method_outstanding_account_id(
            self._get_provider_lines().payment_method_id
        )
        self._get_provider_lines().payment_account_id = account
        tx = self._pay()
        tx._post_process()
        self.assertTrue(tx.payment_id.move_id)
        self.assertNotIn(tx, self._get_listed())

    def test_the_provider_is_offered_all_the_same(self):
        self.assertIsNone(self.provider.sudo()._paynow_get_problem())

    def test_the_provider_is_offered_without_any_outstanding_account(self):
        self._drop_default_account()
        self.assertIsNone(self.provider.sudo()._paynow_get_problem())
        self._pay()._post_process()
        self.assertEqual(self.invoice._paynow_get_payable(), 0.0)

    def test_setup_health_says_what_it_is_and_what_to_do(self):
        self.provider.sudo().is_published = True
        checks = self.company.with_user(self.accountant)._paynow_get_health()
        (check,) = [c for c in checks if c["title"] == "Payment provider"]
        self.assertEqual(check["state"], "amber")
        self.assertIn("without a journal entry", check["message"])
        self.assertIn("outstanding", check["message"])

    def _drop_default_account(self):
        """Leave Odoo no account to fall back on."""
        line = self._get_provider_lines()
        account_id = self.provider._get_payment_method_outstanding_account_id(
            line.payment_method_id
        )
        self.env["ir.model.data"].search(
            [("model", "=", "account.account"), ("res_id", "=", account_id)]
        ).unlink()
        self.company.transfer_account_id = False
