# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.tests import tagged

from ..common_branch import PaynowBranchCommon


@tagged("post_install", "-at_install")
class TestBranchSite(PaynowBranchCommon):
    """A company without a website: no link, or that of the company above it."""

    def _get_path(self, url):
        """Return the path of an address of this server."""
        return "/" + url.split("/", 3)[3]

    def _render_mails(self, invoice):
        """Return the bodies of all mails on an invoice, and of its client's summary."""
        client = invoice.commercial_partner_id.with_company(invoice.company_id)
        bodies = []
        for name, record in (
            ("paynow_module.mail_template_invoice_delivery", invoice),
            ("paynow_module.mail_template_past_due", invoice),
            ("paynow_module.mail_template_account_summary", client),
            ("paynow_module.mail_template_secure_link", invoice),
            ("account.email_template_edi_invoice", invoice),
        ):
            template = self.env.ref(name).with_company(invoice.company_id)
            bodies.append(template._render_field("body_html", record.ids)[record.id])
        return bodies

    # === NO WEBSITE === #

    def test_mails_carry_no_link(self):
        """Test that nobody is led to a page that knows nothing of them."""
        self.assertFalse(self.branch_invoice.paynow_url)
        self.assertFalse(self.branch.paynow_address)
        self.assertFalse(self.branch.paynow_html)
        for body in self._render_mails(self.branch_invoice):
            self.assertNotIn("/PAYNOW", body)

    def test_reminder_names_no_page_to_opt_out_on(self):
        """Test the header that mail programs offer as a button."""
        notice = self.env["paynow.notice"].new(
            {"kind": "past_due", "company_id": self.branch, "partner_id": self.client}
        )
        template = self.env.ref("paynow_module.mail_template_past_due")
        values = notice._prepare_email_values(template, "a@example.com")
        self.assertNotIn("headers", values)

    def test_printed_invoice_carries_no_code(self):
        """Test that there is no address to print."""
        self.branch.paynow_qr_enabled = True
        self.assertIsNone(self.branch_invoice._paynow_get_printed_qr())

    def test_invoice_is_not_found_at_the_parent(self):
        """Test that without the switch each company is paid at its own page."""
        alert = self._get_alert(self._look_up(invoice="NB1"))
        self.assertIn("We found no open invoice", alert)

    def test_website_that_nobody_reaches_is_none(self):
        """Test a website without domain, where the address is another company's."""
        other = self.env["website"].create(
            {"name": "Branch", "company_id": self.branch.id, "sequence": 99}
        )
        self.assertEqual(self.branch.website_id, other)
        self.assertFalse(self.branch_invoice.paynow_url)
        other.domain = "https://north.example.com"
        self.env.invalidate_all()
        url = self.branch_invoice.paynow_url
        self.assertTrue(url.startswith("https://north.example.com/PAYNOW?link="), url)

    # === SERVED BY THE PARENT === #

    def test_parent_serves_its_branch(self):
        """Test the whole way at the parent's website, from the mail to the receipt."""
        self.company.paynow_serves_branches = True
        url = self.branch_invoice.paynow_url
        page = self.url_open(self._get_path(url))
        self.assertEqual(self._get_values(page)["invoice"], "NB1")
        for body in self._render_mails(self.branch_invoice):
            self.assertIn("/PAYNOW", body)
        response = self._look_up(invoice="NB1")
        page = self.url_open(response.headers["Location"])
        self.assertIn("North Branch", page.text)
        tx = self._pay_branch()
        receipt = self.url_open(tx.landing_route)
        self.assertEqual(
            self._get_text(receipt, "//dd[@data-name='company']"), "North Branch"
        )
        self.assertEqual(tx.company_id, self.branch)
        self.assertEqual(self.branch_invoice.amount_residual, 0.0)

    def test_mail_on_a_failed_payment_leads_where_the_client_can_log_in(self):
        """Test the link to the portal's page, which the branch has none of."""
        self.company.paynow_serves_branches = True
        self.website.domain = "https://pay.example.com"
        template = self.env.ref("paynow_module.mail_template_autopay_failed")
        invoice = self.branch_invoice
        body = template._render_field("body_html", invoice.ids)[invoice.id]
        self.assertIn('href="https://pay.example.com/my/autopay"', body)

    def test_own_invoices_are_found_as_ever(self):
        """Test that serving branches takes nothing away."""
        self.company.paynow_serves_branches = True
        self.assertEqual(self._look_up().status_code, 303)

    def test_switch_of_the_branch_counts(self):
        """Test that a branch decides for itself whether it takes payments."""
        self.company.paynow_serves_branches = True
        self.branch.paynow_enabled = False
        self.assertFalse(self.branch_invoice.paynow_url)
        alert = self._get_alert(self._look_up(invoice="NB1"))
        self.assertIn("We found no open invoice", alert)

    def test_who_paid_reads_the_receipt_although_the_branch_is_off(self):
        """Test that what was paid while it was on is answered, and no more."""
        self.company.paynow_serves_branches = True
        tx = self._pay_branch()
        self.branch.paynow_enabled = False
        receipt = self.url_open(tx.landing_route)
        self.assertEqual(
            self._get_text(receipt, "//dd[@data-name='company']"), "North Branch"
        )
        url = self.client._paynow_get_opt_out_url(self.branch)
        self.assertIn("reminders", self.url_open(self._get_path(url)).text)

    def test_page_of_the_parent_must_be_on(self):
        """Test that no link leads to a page that is off."""
        self.company.write({"paynow_serves_branches": True, "paynow_enabled": False})
        self.assertFalse(self.branch_invoice.paynow_url)

    def test_branch_with_a_website_of_its_own_is_paid_there(self):
        """Test that each company is paid at one place."""
        self.company.paynow_serves_branches = True
        self.env["website"].create(
            {
                "name": "Branch",
                "company_id": self.branch.id,
                "domain": "https://north.example.com",
            }
        )
        self.assertIn("https://north.example.com/", self.branch_invoice.paynow_url)
        alert = self._get_alert(self._look_up(invoice="NB1"))
        self.assertIn("We found no open invoice", alert)

    def test_branch_of_a_branch_is_served(self):
        """Test that the nearest company with a website decides."""
        self.company.paynow_serves_branches = True
        desk = self._create_branch("North Desk", self.branch)
        invoice = self._create_branch_bill(desk, "ND1", 100.0)
        self.assertIn("/PAYNOW?link=", invoice.paynow_url)
        self.assertEqual(self._look_up(invoice="ND1").status_code, 303)
        self.env["website"].create(
            {
                "name": "Branch",
                "company_id": self.branch.id,
                "domain": "https://north.example.com",
            }
        )
        self.assertFalse(invoice.paynow_url)
        self.assertNotEqual(self._look_up(invoice="ND1").status_code, 303)

    def test_other_companies_are_not_served(self):
        """Test that only branches are."""
        self.company.paynow_serves_branches = True
        other = self.setup_other_company()["company"]
        other.paynow_enabled = True
        self.assertNotIn(other, self.company._paynow_get_served())
        self.assertFalse(other._paynow_get_site_company())

    def test_safety_level_of_the_page_holds_for_the_branch(self):
        """Test that cards are hidden where strangers try them."""
        self.company.write(
            {"paynow_serves_branches": True, "paynow_safety_level": "3_no_card"}
        )
        _providers, methods = self.env["payment.provider"]._paynow_get_options(
            self.branch, self.website
        )
        self.assertFalse(methods)

    def test_client_opts_out_of_the_reminders_of_the_branch(self):
        """Test that the link in a reminder opens, and stops no others."""
        self.company.paynow_serves_branches = True
        url = self.client._paynow_get_opt_out_url(self.branch)
        page = self.url_open(self._get_path(url))
        self.assertIn("North Branch", page.text)
        self.url_open(self._get_path(url), data={"wanted": "0"})
        self.assertTrue(self.client.with_company(self.branch).paynow_no_reminder)
        self.assertFalse(self.client.with_company(self.company).paynow_no_reminder)

    def test_two_invoices_of_one_number_are_ambiguous(self):
        """Test that nobody pays the other company's invoice by mistake."""
        self.company.paynow_serves_branches = True
        journal = self._create_sale_journal("NBJ")
        twin = self._create_branch_bill(
            self.branch, "Inv123", 100.0, journal_id=journal.id
        )
        alert = self._get_alert(self._look_up())
        self.assertIn("We found no open invoice", alert)
        self.assertTrue(twin.activity_ids)

    def test_one_number_at_two_companies_is_nobody_s_invoice(self):
        """Test that such a pair is refused like others, and that people hear of it."""
        self.company.paynow_serves_branches = True
        twin = self._create_branch_bill(
            self.branch, "Inv123", 50.0, journal_id=self._create_sale_journal("PRJ").id
        )
        alert = self._get_alert(self._look_up(invoice="Inv123"))
        self.assertIn("We found no open invoice", alert)
        for invoice in (self.invoice, twin):
            self.assertIn(
                "Pay Now: two open invoices with the same number",
                invoice.activity_ids.mapped("summary"),
            )
