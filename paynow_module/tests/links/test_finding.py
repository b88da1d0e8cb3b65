# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from urllib.parse import parse_qs, urlsplit

from lxml import html

from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from ..common import PaynowHttpCommon


@tagged("post_install", "-at_install")
class TestFinding(PaynowHttpCommon):
    """How clients find the page, and how the page shows where they came from."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = {
            "company_id": cls.company.id,
            "company_ids": [Command.set(cls.company.ids)],
        }
        cls.accountant, cls.clerk = (
            new_test_user(cls.env, login, groups, **company)
            for login, groups in (
                ("paynow_accountant", "account.group_account_manager"),
                ("paynow_clerk", "account.group_account_invoice"),
            )
        )
        cls.company._compute_website_id()
        cls.website.domain = "https://pay.example.com"

    def _get_menus(self):
        """Return the entries of the page in the website's menu."""
        return self.env["website.menu"].search(
            [("website_id", "=", self.website.id), ("url", "=", "/PAYNOW")]
        )

    def _get_fields(self, url):
        """Return what stands in the fields of the page at an address."""
        page = self._parse(self.url_open(url))
        inputs = page.xpath("//form[@id='o_paynow_form']//input")
        return {node.get("name"): node.get("value") for node in inputs}

    # === MENU === #

    def test_switch_creates_and_removes_the_entry(self):
        """Test that the switch is all there is to do, for an accountant, too."""
        company = self.company.with_user(self.accountant)
        self.assertFalse(company.paynow_menu)
        company.paynow_menu = True
        self.assertEqual(len(self._get_menus()), 1)
        self.assertEqual(self._get_menus().parent_id, self.website.menu_id)
        company.paynow_menu = True
        self.assertEqual(len(self._get_menus()), 1)
        self.assertIn('href="/PAYNOW"', self.url_open("/").text)
        company.paynow_menu = False
        self.assertFalse(self._get_menus())

    def test_switch_shows_what_the_menu_shows(self):
        """Test that an entry removed in the website's menu switches it off."""
        self.company.paynow_menu = True
        self._get_menus().unlink()
        self.env.invalidate_all()
        self.assertFalse(self.company.paynow_menu)

    def test_entry_hides_while_the_page_is_off(self):
        """Test that nobody is led to a page that isn't there."""
        self.company.paynow_menu = True
        self.company.paynow_enabled = False
        self.assertNotIn('href="/PAYNOW"', self.url_open("/").text)
        self.company.paynow_enabled = True
        self.assertIn('href="/PAYNOW"', self.url_open("/").text)

    def test_menus_of_other_companies_stay(self):
        """Test that each company has the menus of its own websites."""
        other = self.env["website"].create(
            {
                "name": "Other",
                "company_id": self.env["res.company"].create({"name": "Other"}).id,
            }
        )
        other.company_id.paynow_menu = True
        self.company.paynow_menu = True
        self.company.paynow_menu = False
        self.assertTrue(other.company_id.paynow_menu)

    # === OTHER WEBSITES === #

    def test_snippet_leads_to_the_page(self):
        """Test that what is copied works anywhere, as it is."""
        button = html.fromstring(self.company.paynow_html)
        self.assertEqual(self.company.paynow_address, "https://pay.example.com/PAYNOW")
        url = urlsplit(button.get("href"))
        self.assertEqual(url.netloc, "pay.example.com")
        self.assertEqual(button.text, "Pay Bills Online")
        fields = self._get_fields(f"{url.path}?{url.query}")
        self.assertEqual(fields["source"], "button")

    def test_snippet_can_not_break_out_of_its_attributes(self):
        """Test that colours of a company stay colours."""
        self.company.email_secondary_color = '"><script>'
        self.assertNotIn("<script>", self.company.paynow_html)

    # === NUMBER AND SOURCE === #

    def test_number_in_the_address_is_filled_in_and_nothing_else(self):
        """Test that whoever makes such an address prefills no e-mail and no amount."""
        fields = self._get_fields(
            "/PAYNOW?invoice=Inv123&email=billing@blueharbor.example.com&amount=100"
        )
        self.assertEqual(fields["invoice"], "Inv123")
        self.assertEqual((fields["email"], fields["amount"]), ("", ""))

    def test_number_says_nothing_of_whether_it_exists(self):
        """Test that the page with a number is the same for every number."""
        pages = [
            self._mask(self.url_open(f"/PAYNOW?invoice={number}"), number)
            for number in ("Inv123", "Inv999")
        ]
        self.assertEqual(*pages)

    def test_strange_numbers_are_left_out(self):
        """Test that nothing odd is echoed, and nothing fails."""
        for value in ("%00", "a%0Ab", "x" * 300, ""):
            with self.subTest(value=value):
                fields = self._get_fields(f"/PAYNOW?invoice={value}")
                self.assertEqual(fields["invoice"], "")
        page = self.url_open("/PAYNOW?invoice=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
        self.assertNotIn("<script>alert(1)", page.text)

    def test_look_up_remembers_where_the_client_came_from(self):
        """Test that the dashboard can tell the sources apart."""
        for source, kept in (("qr", "qr"), ("button", "button"), ("<x>", "page")):
            self._look_up(source=source)
            attempt = self.env["paynow.attempt"].search([], limit=1)
            self.assertEqual(attempt.source, kept)
        self._look_up(email="nobody@example.com", source="qr")
        attempt = self.env["paynow.attempt"].search([], limit=1)
        self.assertEqual((attempt.kind, attempt.source), ("lookup_failed", "qr"))

    def test_source_survives_a_mistake(self):
        """Test that the form shown again still knows it."""
        response = self._look_up(amount="999", source="qr")
        source = self._parse(response).xpath("//input[@name='source']")
        self.assertEqual([node.get("value") for node in source], ["qr"])

    # === INVOICE FORM === #

    def test_clerk_copies_the_link_and_shows_the_code(self):
        """Test that both are on an invoice that can be paid, and on no other."""
        with Form(self.invoice.with_user(self.clerk)) as form:
            self.assertIn("/PAYNOW?link=", form.paynow_url)
            self.assertTrue(form.paynow_qr)
        draft = self._create_bill("Inv900", 10.0, post=False)
        with Form(draft.with_user(self.clerk)) as form:
            self.assertFalse(form.paynow_url)
            self.assertFalse(form.paynow_qr)

    # === PRINTED INVOICE === #

    def _print(self, invoice=None):
        """Return the printed invoice as a tree."""
        report = self.env["ir.actions.report"].with_user(self.clerk)
        content, _type = report._render_qweb_html(
            "account.account_invoices", (invoice or self.invoice).ids
        )
        return html.fromstring(content)

    def _get_printed_url(self, invoice=None):
        """Return what the QR code on the printed invoice says, or None."""
        links = self._print(invoice).xpath("//*[@id='paynow_qr']/a")
        return links[0].get("href") if links else None

    def test_printed_code_opens_the_page_with_the_number(self):
        """Test that the paper says no more than the number."""
        self.company.paynow_qr_enabled = True
        url = self._get_printed_url()
        self.assertEqual(
            parse_qs(urlsplit(url).query), {"invoice": ["Inv123"], "source": ["qr"]}
        )
        self.assertTrue(url.startswith("https://pay.example.com/PAYNOW?"))

    def test_printed_code_opens_the_page_filled_in_where_preferred(self):
        """Test that the administrator may print the signed link instead."""
        self.company.write({"paynow_qr_enabled": True, "paynow_qr_target": "link"})
        url = urlsplit(self._get_printed_url())
        fields = self._get_fields(f"{url.path}?{url.query}")
        self.assertEqual(fields["email"], self.email)
        self.assertEqual(fields["amount"], "100.00")
        self.assertEqual(fields["source"], "qr")

    def test_printed_code_falls_back_to_the_number(self):
        """Test that a client without an address still gets a code."""
        self.company.write({"paynow_qr_enabled": True, "paynow_qr_target": "link"})
        self.client.email = False
        self.assertIn("invoice=Inv123", self._get_printed_url())

    def test_no_code_is_printed_without_the_switch_or_a_use(self):
        """Test that drafts, paid invoices and companies without Pay Now have none."""
        self.assertIsNone(self._get_printed_url())
        self.company.paynow_qr_enabled = True
        self.assertIsNone(
            self._get_printed_url(self._create_bill("Inv901", 10.0, post=False))
        )
        self.company.paynow_enabled = False
        self.assertIsNone(self._get_printed_url())
