# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.tests import tagged

from ..common import PaynowHttpCommon


@tagged("post_install", "-at_install")
class TestSaleReceipt(PaynowHttpCommon):
    """A sale receipt is owed like an invoice, and paid like one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.paynow_email_links = True
        cls.receipt = cls._create_bill("Rec700", 80.0, move_type="out_receipt")

    def test_receipt_is_paid_and_booked(self):
        """Test the whole way, in two parts: Odoo posts and reconciles."""
        context = self._open_checkout("30", invoice="Rec700")
        answer = self._post_transaction(self._prepare_form(context), self.receipt)
        tx = self._get_tx(answer.json()["result"]["reference"])
        tx._set_done()
        tx._post_process()
        self.assertEqual(tx.payment_id.move_id.state, "posted")
        self.assertEqual(self.receipt.amount_residual, 50.0)
        self.assertEqual(self.receipt.payment_state, "partial")
        context = self._open_checkout("50", invoice="Rec700")
        answer = self._post_transaction(self._prepare_form(context), self.receipt)
        tx = self._get_tx(answer.json()["result"]["reference"])
        tx._set_done()
        tx._post_process()
        self.assertIn(self.receipt.payment_state, ("paid", "in_payment"))
        self.assertFalse(self.receipt.amount_residual)
        self.assertEqual(tx._paynow_get_receipt()["invoice_number"], "Rec700")
        self.assertIn(
            "We found no open invoice",
            self._get_alert(self._look_up(invoice="Rec700", amount="1")),
        )

    def test_receipt_has_a_link_and_our_mail(self):
        """Test that mails on a receipt lead to the page, filled in."""
        self.assertIn("/PAYNOW?link=", self.receipt.paynow_url)
        self.company.paynow_invoice_delivery_enabled = True
        self.assertEqual(
            self.receipt._get_mail_template(),
            self.env.ref("paynow_module.mail_template_invoice_delivery"),
        )
        page = self.url_open(self.receipt.paynow_url.partition("8069")[2] or "/PAYNOW?"
                             + self.receipt.paynow_url.partition("?")[2])  # fmt: skip
        self.assertEqual(self._get_values(page)["invoice"], "Rec700")

    def test_receipt_is_reminded_of(self):
        """Test that a late receipt is owed a reminder."""
        domain = self.env["paynow.notice"]._get_past_due_domain(self.company)
        self.company.paynow_past_due_days = "1"
        self.receipt.button_draft()
        self.receipt.write(
            {"invoice_date": "2020-01-01", "invoice_date_due": "2020-01-01"}
        )
        self.receipt.action_post()
        domain = self.env["paynow.notice"]._get_past_due_domain(self.company)
        self.assertIn(self.receipt, self.env["account.move"].search(domain))
