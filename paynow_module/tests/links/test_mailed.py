# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import tagged

from ..common_link import PaynowLinkCommon

ITSELF = "//*[@id='o_paynow_invoice_itself']"
BUTTON = "//button[@name='o_payment_submit_button']"
PDF = b"%PDF-1.4 %%EOF"


@tagged("post_install", "-at_install")
class TestMailed(PaynowLinkCommon):
    """A mailed link opens the invoice itself, ready to be paid."""

    def _write_lines(self, *lines):
        """Give the invoice other lines: name, quantity and price of each."""
        self.invoice.button_draft()
        self.invoice.invoice_line_ids = [
            Command.clear(),
            *(
                Command.create(
                    {
                        "name": name,
                        "quantity": quantity,
                        "price_unit": price,
                        "tax_ids": [Command.clear()],
                    }
                )
                for name, quantity, price in lines
            ),
        ]
        self.invoice.action_post()

    def test_company_lines_and_dates_stand_there(self):
        self._write_lines(("Help desk", 2.5, 20.0), ("Backup", 1.0, 50.0))
        response = self._open(self._get_link_token())
        text = self._get_text(response, ITSELF)
        self.assertIn(self.company.name, text)
        self.assertIn("Help desk × 2.5 $50.00", text)
        self.assertIn("Backup $50.00", text)
        self.assertNotIn("Taxes", text)

    def test_many_lines_end_in_a_number(self):
        self._write_lines(*((f"Line {n}", 1.0, 1.0) for n in range(23)))
        text = self._get_text(self._open(self._get_link_token()), ITSELF)
        self.assertIn("Line 19", text)
        self.assertNotIn("Line 20", text)
        self.assertIn("and 3 more", text)

    def test_button_names_the_whole(self):
        response = self._open(self._get_link_token())
        context = self._get_payment_context(response)
        self.assertEqual(context["amount"], 100.0)
        self.assertEqual(self._get_text(response, BUTTON), "Pay $100.00 in full")

    def test_button_names_what_is_due_of_instalments(self):
        terms = self._create_terms((50, 0), (50, 30))
        bill = self._create_bill("Terms1", 80.0, invoice_payment_term_id=terms.id)
        response = self._open(self._get_link_token(bill))
        self.assertEqual(self._get_payment_context(response)["amount"], 40.0)
        self.assertEqual(self._get_text(response, BUTTON), "Pay $40.00")

    def test_invoice_is_paid_from_the_link_as_from_a_look_up(self):
        context = self._get_payment_context(self._open(self._get_link_token()))
        result = self._post_transaction(self._prepare_form(context)).json()["result"]
        tx = self._get_tx(result["reference"])
        self.assertEqual((tx.amount, tx.paynow_source), (100.0, "mail"))

    def test_three_fields_show_no_lines(self):
        """Test that who typed the fields reads no more than they proved."""
        response = self.url_open(self._look_up().headers["Location"])
        self.assertNotIn("o_paynow_invoice_itself", response.text)
        self.assertNotIn(self.invoice.invoice_line_ids.name, response.text)

    # === WHAT CAN'T BE PAID === #

    def test_what_became_of_the_invoice_is_said(self):
        """Test a sentence for each state in which an invoice takes no payment."""
        for words, change in (
            ("being corrected", lambda bill: bill.button_draft()),
            ("was cancelled", lambda bill: bill.button_cancel()),
            ("was credited", lambda bill: bill._reverse_moves(cancel=True)),
            ("nothing left to pay", self._register_payment),
        ):
            with self.subTest(words=words):
                bill = self._create_bill(f"State {words}", 50.0)
                token = self._get_link_token(bill)
                change(bill)
                self.assertIn(words, self._get_alert(self._open(token)))

    # === THE PDF === #

    def _keep_pdf(self):
        """Keep a PDF of the invoice, as Odoo does when it is sent."""
        self.env["ir.attachment"].create(
            {
                "name": "Inv123.pdf",
                "raw": PDF,
                "mimetype": "application/pdf",
                "res_model": "account.move",
                "res_id": self.invoice.id,
                "res_field": "invoice_pdf_report_file",
            }
        )
        self.invoice.invalidate_recordset()

    def test_pdf_is_opened_by_the_right_of_the_link(self):
        self._keep_pdf()
        response = self._open(self._get_link_token())
        (link,) = self._parse(response).xpath(f"{ITSELF}//a/@href")
        response = self.url_open(link)
        self.assertEqual(response.content, PDF)
        self.assertEqual(response.headers["Content-Type"], "application/pdf")
        self.assertIn("Inv123.pdf", response.headers["Content-Disposition"])
        self.assertEqual(response.headers["Cache-Control"], "no-store")

    def test_pdf_is_for_nobody_else(self):
        self._keep_pdf()
        other = self._create_bill("Inv301", 50.0, partner_id=self.stranger.id)
        self._open(self._get_link_token(other))
        for route in ("", "/pdf"):
            with self.subTest(route=route):
                response = self.url_open(f"/PAYNOW/invoice/{self.invoice.id}{route}")
                self.assertEqual(response.status_code, 403)

    def test_what_cannot_be_printed_is_not_offered(self):
        Report = self.env.registry["ir.actions.report"]
        with patch.object(Report, "get_wkhtmltopdf_state", lambda _self: "install"):
            self.assertNotIn("(PDF)", self._open(self._get_link_token()).text)
            response = self.url_open(f"/PAYNOW/invoice/{self.invoice.id}/pdf")
        self.assertEqual(response.status_code, 403)
