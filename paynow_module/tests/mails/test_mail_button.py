# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from lxml import html

from odoo.tests import tagged

from odoo.addons.account.tests.common import AccountTestInvoicingCommon


@tagged("post_install", "-at_install")
class TestMailButton(AccountTestInvoicingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.company_data["company"]
        cls.company.write({"paynow_enabled": True, "paynow_email_links": True})
        # Without a website of this company there is no page that a button could open.
        cls.env["website"].get_current_website().company_id = cls.company
        cls.partner_a.email = "billing@client.example.com"
        cls.invoice = cls.init_invoice(
            "out_invoice", partner=cls.partner_a, amounts=[100.0], post=True
        )
        cls.template = cls.env.ref("account.email_template_edi_invoice")

    def _render(self, template=None, invoice=None):
        """Return the body of a mail on an invoice, as the sending of it makes it."""
        invoice = invoice or self.invoice
        template = template or self.template
        return template._render_field("body_html", invoice.ids, compute_lang=True)[
            invoice.id
        ]

    def _make_template(self, body):
        """Return a template of the administrator's own."""
        return self.env["mail.template"].create(
            {
                "name": "Our own",
                "model_id": self.env["ir.model"]._get_id("account.move"),
                "body_html": body,
            }
        )

    def test_odoo_invoice_mail_carries_one_button(self):
        """Test that Odoo's own template gets button, link and address, once each."""
        body = self._render()
        self.assertEqual(body.count("Pay Invoice"), 1)
        self.assertEqual(body.count(f'href="{self.invoice.paynow_url}"'), 2)
        links = html.fromstring(body).xpath("//a/text()")
        self.assertIn(self.invoice.paynow_url.split("?")[0], links, "As it is typed")

    def test_send_wizard_shows_the_button(self):
        """Test that who sends the invoice sees the button in the preview."""
        wizard = (
            self.env["account.move.send.wizard"]
            .with_context(active_model="account.move", active_ids=self.invoice.ids)
            .create({})
        )
        self.assertIn("Pay Invoice", wizard.body)

    def test_button_stands_before_the_signature(self):
        """Test that the button doesn't come after the name of who signed."""
        template = self._make_template("<p>Hello</p><div>--<br/>Mitchell</div>")
        body = self._render(template)
        self.assertLess(body.index("Pay Invoice"), body.index("Mitchell"))
        self.assertLess(body.index("Hello"), body.index("Pay Invoice"))

    def test_button_ends_a_body_without_signature(self):
        """Test that the button stays inside of the body's frame."""
        template = self._make_template("<div><p>Hello</p></div>")
        self.assertRegex(
            self._render(template), r"(?s)Hello.*Pay Invoice.*</p>\s*</div>\s*$"
        )

    def test_own_link_is_not_doubled(self):
        """Test that a body that has the link already gets no second one."""
        template = self._make_template('<a t-att-href="object.paynow_url">Pay</a>')
        self.assertNotIn("Pay Invoice", self._render(template))

    def test_template_can_do_without(self):
        """Test that a template can be kept free of the button."""
        template = self._make_template("<p>Hello</p>")
        template.paynow_no_button = True
        self.assertNotIn("Pay Invoice", self._render(template))

    def test_switches_turn_the_button_off(self):
        """Test that either switch of the company is enough to leave it out."""
        for field in ("paynow_enabled", "paynow_email_links"):
            with self.subTest(field=field):
                self.company[field] = False
                self.assertNotIn("Pay Invoice", self._render())
                self.company[field] = True

    def test_what_cannot_be_paid_carries_no_button(self):
        """Test that paid invoices and credit notes are mailed without it."""
        credit_note = self.init_invoice(
            "out_refund", partner=self.partner_a, amounts=[10.0], post=True
        )
        paid = self.init_invoice(
            "out_invoice", partner=self.partner_a, amounts=[10.0], post=True
        )
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=paid.ids
        ).create({})._create_payments()
        for move in credit_note + paid:
            with self.subTest(move=move.move_type):
                self.assertNotIn("Pay Invoice", self._render(invoice=move))

    def test_a_thousand_mails_cost_no_query_an_invoice_more(self):
        """Test that the button is rendered from what the mail has read anyway."""
        invoices = self.invoice.browse()
        for _index in range(6):
            invoices |= self.init_invoice(
                "out_invoice", partner=self.partner_a, amounts=[10.0], post=True
            )

        def count(records):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.template._render_field("body_html", records.ids, compute_lang=True)
            return self.env.cr.sql_log_count - before

        count(invoices)  # Views and parameters are cached from here on.
        with_one, with_six = count(invoices[0]), count(invoices)
        self.company.paynow_email_links = False
        without_one, without_six = count(invoices[0]), count(invoices)
        self.assertLessEqual(with_six - with_one, without_six - without_one)
