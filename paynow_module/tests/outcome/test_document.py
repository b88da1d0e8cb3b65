# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from unittest.mock import patch

from lxml import html

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.mail.tests.common import MailCommon

from ..common_payment import RECEIPT, PaynowPaymentCommon

PDF = b"%PDF-1.4 %%EOF"


@tagged("post_install", "-at_install")
class TestDocument(PaynowPaymentCommon, MailCommon):
    """The receipt as a document that an accountant files."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"street": "1 Lake Road", "vat": "US123456789"})
        cls.company.partner_id.tz = "America/New_York"
        cls.client.write({"street": "9 Elm Street", "vat": "US987654321"})

    def _pay_and_look(self, amount="40"):
        """Pay online; return the transaction, and its page as the payer sees it."""
        tx = self._pay_online(amount)
        tx.paynow_last_digits = "4242"
        tx._set_done()
        return tx, self.url_open(self._poll()["landing_route"])

    # === THE PAGE === #

    def test_payer_reads_who_paid_whom_when_and_with_what(self):
        with freeze_time("2026-07-01 16:00:00"):
            _tx, response = self._pay_and_look()
        values = self._get_receipt_values(response)
        self.assertEqual(self._get_text(response, f"{RECEIPT}//h2"), "Receipt")
        self.assertIn("1 Lake Road", values["company_address"])
        self.assertEqual(values["company_vat"], "US123456789")
        self.assertIn(self.client.name, values["payer"])
        self.assertIn("9 Elm Street", values["payer"])
        self.assertEqual(values["payer_vat"], "US987654321")
        self.assertEqual(values["digits"], "•••• 4242")
        self.assertIn("12:00", values["moment"])
        self.assertIn("(EDT)", values["moment"])

    def test_others_read_nothing_of_it(self):
        tx, _response = self._pay_and_look()
        self.opener.cookies.clear()
        text = self.url_open(tx._paynow_get_landing_route()).text
        for secret in ("9 Elm Street", "US987654321", "•••• 4242", self.client.name):
            self.assertNotIn(secret, text)

    def test_what_is_left_can_be_paid_at_once(self):
        _tx, response = self._pay_and_look("40")
        (link,) = self._parse(response).xpath(
            f"{RECEIPT}//a[normalize-space()='Pay the rest']"
        )
        self.assertIn("$60.00", self.url_open(link.get("href")).text)
        _tx, response = self._pay_and_look("60")
        self.assertNotIn("Pay the rest", response.text)

    def test_instalments_that_were_closed_are_named(self):
        terms = self._create_terms((50, 0), (50, 30))
        self.invoice = self._create_bill(
            "Terms1", 100.0, invoice_payment_term_id=terms.id
        )
        tx = self._pay("done", amount=80.0, invoice_ids=[Command.set(self.invoice.ids)])
        tx._post_process()
        self.assertEqual(
            tx._paynow_get_receipt()["items"],
            [
                {"number": "Terms1 (1 of 2)", "amount": "$50.00"},
                {"number": "Terms1 (2 of 2)", "amount": "$30.00"},
            ],
        )

    def test_each_provider_tells_the_digits_in_its_own_words(self):
        bank = {"type": "us_bank_account", "us_bank_account": {"last4": "6789"}}
        for code, data, digits in (
            ("stripe", {"payment_method": bank}, "6789"),
            ("stripe", {"payment_method": "pm_1"}, ""),
            ("adyen", {"additionalData": {"cardSummary": "1111"}}, "1111"),
            ("adyen", {"additionalData": "none"}, ""),
            ("razorpay", {"card": {"last4": "0008"}}, "0008"),
            ("flutterwave", {"card": {"last_4digits": "2950"}}, "2950"),
            ("demo", {"payment_details": "4242 6/2031"}, "4242"),
            ("demo", {"payment_details": "4242 4242 4242 1881 06/31"}, "1881"),
            ("demo", {"payment_details": "4111111111111111"}, "1111"),
            ("demo", {"payment_details": None}, ""),
            ("xendit", {"card": {"last4": "0008"}}, ""),
        ):
            tx = self._pay("draft", amount=1.0)
            with (
                self.subTest(code=code, data=data),
                patch.object(type(tx), "provider_code", code),
            ):
                self.assertEqual(tx._paynow_get_last_digits(data), digits)

    # === THE MAIL === #

    def _get_mail(self, tx):
        return (
            self.env["mail.mail"]
            .search([("model", "=", tx._name), ("res_id", "=", tx.id)])
            .filtered(lambda mail: mail.email_to == self.email)
        )

    def test_mailed_link_shows_the_whole_receipt_anywhere(self):
        tx, _response = self._pay_and_look()
        (link,) = html.fromstring(self._get_mail(tx).body_html).xpath(
            "//a[normalize-space()='Open the receipt']/@href"
        )
        self.opener.cookies.clear()
        self.assertIn("9 Elm Street", self.url_open(link).text)

    def test_copy_carries_no_link(self):
        tx, _response = self._pay_and_look()
        copy = tx.with_context(paynow_copy=True)._paynow_render_receipt()
        self.assertNotIn("Open the receipt", copy)

    def test_receipt_is_printed_when_its_mail_is_sent(self):
        tx, _response = self._pay_and_look()
        mail = self._get_mail(tx)
        self.assertTrue(mail.paynow_prints_receipt)
        self.assertFalse(mail.attachment_ids)
        Report = self.env.registry["ir.actions.report"]
        with (
            patch.object(Report, "get_wkhtmltopdf_state", lambda _self: "ok"),
            patch.object(Report, "_run_wkhtmltopdf", lambda *_args, **_kwargs: PDF),
        ):
            mail.with_context(force_report_rendering=True)._paynow_attach_receipt()
        (attachment,) = mail.attachment_ids
        self.assertEqual(attachment.raw, PDF)
        number = tx.payment_id.name.replace("/", "-")
        self.assertEqual(attachment.name, f"Receipt {number}.pdf")

    def test_what_cannot_be_printed_is_mailed_without(self):
        tx, _response = self._pay_and_look()
        mail, Report = self._get_mail(tx), self.env.registry["ir.actions.report"]
        with (
            patch.object(Report, "get_wkhtmltopdf_state", lambda _self: "ok"),
            patch.object(Report, "_render_qweb_pdf", side_effect=ValueError("broken")),
            self.assertLogs("odoo.addons.paynow_module", "WARNING"),
        ):
            mail._paynow_attach_receipt()
        self.assertFalse(mail.attachment_ids)
        self.assertIn("without its PDF", str(self.invoice.message_ids.mapped("body")))

    def test_each_mail_goes_once_its_receipt_is_printed(self):
        """Test a run that is killed while it prints: what was printed is mailed."""
        mails = self.env["mail.mail"]
        for amount in ("40", "30"):
            tx, _response = self._pay_and_look(amount)
            mails += self._get_mail(tx)
        printed = []

        def attach(mail):
            self.assertFalse(mail.paynow_prints_receipt, "It is not tried again.")
            self.assertEqual([each.state for each in printed], ["sent"] * len(printed))
            printed.append(mail)

        with (
            self.mock_mail_gateway(),
            patch.object(
                self.env.registry["mail.mail"], "_paynow_attach_receipt", attach
            ),
        ):
            mails.write({"auto_delete": False})
            mails.send()
        self.assertEqual(printed, list(mails))
        self.assertEqual(mails.mapped("state"), ["sent", "sent"])

    def test_paper_says_the_same(self):
        tx, _response = self._pay_and_look()
        paper, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "paynow_module.report_receipt", tx.ids
        )
        text = html.fromstring(paper).text_content()
        for wanted in ("Receipt", tx.payment_id.name, "9 Elm Street", "4242", "$60.00"):
            self.assertIn(wanted, text)
