# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import date
from unittest.mock import patch

from odoo.tests import freeze_time, tagged

from ...models.autopay.account_move_plan import AutopayRun
from ..common import PaynowCommon


@tagged("post_install", "-at_install")
class TestMails(PaynowCommon):
    """What the mails say, how they look, and when they are chosen."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "paynow_email_links": True,
                "paynow_invoice_delivery_enabled": True,
                "street": "1 Lake Road",
                "city": "Duluth",
                "phone": "+1 555-555-5556",
                "email": "billing@lakeside.example.com",
            }
        )
        cls.delivery = cls.env.ref("paynow_module.mail_template_invoice_delivery")
        cls.past_due = cls.env.ref("paynow_module.mail_template_past_due")
        cls.summary = cls.env.ref("paynow_module.mail_template_account_summary")

    def _mail(self, template, record=None, **email_values):
        """Return the whole mail that a template makes, with its frame."""
        record = (record or self.invoice).with_company(self.company)
        template = template.with_company(self.company)
        mail_id = template.send_mail(record.id, email_values=email_values)
        return self.env["mail.mail"].browse(mail_id)

    # === INVOICE === #

    def test_new_invoice_tells_what_to_pay_until_when(self):
        """Test that number, due date, amount and button stand in the mail, once."""
        self.invoice.invoice_date_due = "2026-06-12"
        body = self._mail(self.delivery).body_html
        for text in ("Inv123", "06/12/2026", "$100.00"):
            self.assertIn(text, body)
        self.assertEqual(body.count("Pay Invoice"), 1)
        self.assertNotIn("automatic payment", body)

    def test_automatic_payment_is_announced(self):
        """Test that the client reads when the invoice is paid by itself, and what."""
        with patch.object(
            self.env.registry["account.move"],
            "_paynow_get_autopay_runs",
            lambda _self: [AutopayRun(date(2026, 6, 10), 100.0, [])],
        ):
            body = self._mail(self.delivery).body_html
        self.assertRegex(body, r"automatic payment on 06/10/2026\.")
        self.assertIn("$100.00 will be charged on that day.", body)

    def test_payment_under_way_is_named(self):
        """Test that nobody is asked twice for what is being processed."""
        self._pay("pending", amount=40.0)
        body = self._mail(self.past_due).body_html
        self.assertRegex(body, r"A payment of \$40\.00 is being processed")

    def test_past_due_counts_the_days_of_the_company(self):
        """Test that days are counted where the company has its day, one as one."""
        self.company.partner_id.tz = "America/Chicago"
        self.invoice.invoice_date_due = "2026-05-29"
        for now, text in (
            ("2026-05-31 04:00:00", "is 1 day past due"),
            ("2026-06-13 12:00:00", "days past due"),
            ("2026-05-30 04:00:00", "A reminder of your invoice"),
        ):
            with self.subTest(now=now), freeze_time(now):
                self.assertIn(text, self._mail(self.past_due).body_html)

    def test_switch_takes_the_buttons_out(self):
        """Test that without *Include Pay Now link* no button is left."""
        self.company.paynow_email_links = False
        for template in (self.delivery, self.past_due):
            body = self._mail(template).body_html
            self.assertNotIn("/PAYNOW?link=", body)
            self.assertNotIn("Pay Invoice", body)

    def test_paid_invoice_is_delivered_with_thanks(self):
        """Test that a paid invoice that is sent again asks for nothing."""
        self._register_payment(self.invoice)
        body = self._mail(self.delivery).body_html
        self.assertIn("It is paid already", body)
        self.assertNotIn("Pay Invoice", body)

    # === FRAME === #

    def test_frame_names_the_company_and_the_portal(self):
        """Test that every mail ends in address, phone and the way to the portal."""
        self.company.paynow_login_url = "/my/home"
        for template in (self.delivery, self.past_due):
            body = self._mail(template).body_html
            for text in ("1 Lake Road", "Duluth", "+1 555-555-5556", "GO TO PORTAL"):
                self.assertIn(text, body)
            self.assertIn(f'href="{self.company.get_base_url()}/my/home"', body)

    def test_portal_elsewhere_is_linked_as_it_is(self):
        """Test that a LOG IN link to another site is kept."""
        self.company.paynow_login_url = "https://portal.example.com/x"
        body = self._mail(self.past_due).body_html
        self.assertIn('href="https://portal.example.com/x"', body)

    def test_frame_survives_on_its_way_through_the_queue(self):
        """Test that the style sheet for phones and the dark is in what is sent."""
        mail = self._mail(self.past_due, email_to="someone@example.com")
        sent = mail._prepare_outgoing_list()[0]["body"]
        self.assertIn("prefers-color-scheme: dark", sent)
        self.assertIn("max-width: 620px", sent)

    def test_frame_reads_from_right_to_left(self):
        """Test that a client who reads from right to left gets a mail that does."""
        self.env["res.lang"]._activate_lang("ar_001")
        self.client.lang = "ar_001"
        body = self._mail(self.past_due).body_html
        self.assertIn('dir="rtl"', body)
        self.assertIn('lang="ar-001"', body)

    # === SENDING === #

    def _send(self, invoice):
        """Send an invoice as the wizard does; return the wizard and the mails."""
        wizard = (
            self.env["account.move.send.wizard"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"sending_methods": ["email"]})
        )
        wizard.template_id.auto_delete = False  # To be read after the sending.
        wizard.action_send_and_print()
        return wizard, invoice.message_ids.sudo().mail_ids

    def test_wizard_sends_our_template_in_our_frame(self):
        """Test that with the switch on Odoo's wizard takes ours, whole."""
        wizard, mails = self._send(self.invoice)
        self.assertEqual(wizard.template_id, self.delivery)
        self.assertIn("New invoice", mails.body_html)
        self.assertIn("GO TO PORTAL", mails.body_html)
        self.assertEqual(mails.body_html.count("Pay Invoice"), 1)

    def test_automatic_sending_takes_our_template_as_well(self):
        """Test that invoices sent without anybody looking are the same."""
        settings = self.env["account.move.send"]._get_default_sending_settings(
            self.invoice, sending_methods={"email"}
        )
        self.assertEqual(settings["mail_template"], self.delivery)

    def test_credit_notes_and_switched_off_companies_keep_the_other(self):
        """Test that only what the switch names is changed."""
        credit_note = self._create_bill("Inv901", 10.0, move_type="out_refund")
        self.assertNotEqual(credit_note._get_mail_template(), self.delivery)
        for field in ("paynow_enabled", "paynow_invoice_delivery_enabled"):
            with self.subTest(field=field):
                self.company[field] = False
                self.assertEqual(
                    self.invoice._get_mail_template(),
                    self.env.ref("account.email_template_edi_invoice"),
                )
                self.company[field] = True

    def test_other_templates_keep_their_frame(self):
        """Test that an invoice sent with Odoo's template looks as Odoo has it."""
        self.company.paynow_invoice_delivery_enabled = False
        _wizard, mails = self._send(self.invoice)
        self.assertIn("Pay Invoice", mails.body_html)
        self.assertNotIn("GO TO PORTAL", mails.body_html)

    # === ACCOUNT SUMMARY === #

    def _get_statement(self, **values):
        """Return what the account summary tells, in the agreed shape."""
        line = {
            "status": "past_due",
            "number": "Inv123",
            "date_issued": date(2026, 5, 1),
            "date_due": date(2026, 5, 29),
            "amount": 1234.5,
            "balance": 234.5,
            "url": "https://books.example.com/PAYNOW?link=x",
            "on_its_way": 0.0,
            "autopay_date": False,
        }
        credit = {"status": "credit", "balance": -50.0, "url": False}
        table = {
            "currency": self.currency,
            "lines": [
                line,
                {**line, "number": "Inv124", "status": "new"},
                {**line, "number": "Inv125", "status": "open"},
                {**line, "number": "RInv1", **credit},
            ],
            "hidden_count": 12,
            "links": [],
            "total": 653.5,
            "overdue": 234.5,
            "credits": 0.0,
            "on_its_way": 0.0,
        }
        return {
            "partner_name": self.client.name,
            "cards": [],
            "tables": [table],
            "portal_url": "https://books.example.com/web/login",
            **values,
        }

    def _render_summary(self, **values):
        """Return the body of an account summary of given values."""
        statement = self._get_statement(**values)
        with patch.object(
            self.env.registry["res.partner"],
            "_paynow_get_statements",
            lambda clients, _company: dict.fromkeys(clients, statement),
        ):
            return self._mail(self.summary, self.client).body_html

    def test_summary_lists_what_is_owed(self):
        """Test that each line has its status word, amounts and link, and the sums."""
        body = self._render_summary()
        for text in (
            "Past Due", "New", "Open", "Credit", "Inv124", "05/29/2026",
            "$1,234.50", "-$50.00", "TOTAL", "$653.50", "OVERDUE", "more</a>",
        ):  # fmt: skip
            self.assertIn(text, body)
        self.assertEqual(body.count("/PAYNOW?link=x"), 3)
        self.assertNotIn("Expiring Cards", body)
        self.assertNotIn("(USD)", body)

    def test_summary_lists_cards_that_expire(self):
        """Test that the client reads which saved card to replace."""
        card = {"type": "Visa", "nickname": "Office card", "expiration": "6/2023"}
        body = self._render_summary(
            cards=[{"is_expired": True, **card}, {"is_expired": False, **card}]
        )
        for text in ("Expiring Cards", "Expired", "Expiring Soon", "Office card"):
            self.assertIn(text, body)

    def test_summary_has_a_table_for_each_currency(self):
        """Test that amounts of different currencies are never added."""
        table = self._get_statement()["tables"][0]
        euros = {**table, "currency": self.env.ref("base.EUR")}
        body = self._render_summary(tables=[table, euros])
        for text in ("(USD)", "(EUR)", "€1,234.50"):
            self.assertIn(text, body)
        self.assertEqual(body.count("TOTAL"), 2)
