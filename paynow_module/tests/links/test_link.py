# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import base64
from datetime import timedelta

from odoo import fields
from odoo.tests import freeze_time, tagged

from ..common_link import PaynowLinkCommon

NOON = fields.Datetime.to_datetime("2026-05-29 12:00:00")


@tagged("post_install", "-at_install")
class TestLink(PaynowLinkCommon):
    """The signed link to an invoice."""

    def _assert_expired(self, response):
        """Assert that a page is the kind note that a link no longer works."""
        self.assertEqual(response.status_code, 403)
        self.assertIn("This page has expired", response.text)
        self.assertNotIn("Inv123", response.text)
        self.assertNotIn(self.email, response.text)

    # === ADDRESS === #

    def test_link_starts_with_the_base_address(self):
        """Test that without a website domain the parameter `web.base.url` counts."""
        self.assertTrue(
            self.invoice.paynow_url.startswith("https://books.example.com/PAYNOW?link=")
        )

    def test_link_starts_with_the_domain_of_the_website(self):
        """Test that the website's own domain comes first."""
        self.website.sudo().domain = "https://pay.example.com"
        self.invoice.invalidate_recordset()
        self.assertTrue(
            self.invoice.paynow_url.startswith("https://pay.example.com/PAYNOW?link=")
        )

    def test_link_names_no_address_in_clear(self):
        """Test that a link that ends up in a log tells nobody's address."""
        url = self.invoice.paynow_url
        self.assertNotIn("@", url)
        # After the version, the expiry and the signature, which may be any bytes.
        payload = base64.urlsafe_b64decode(self._get_link_token() + "===")[41:]
        self.assertNotIn(b"@", payload)
        self.assertNotIn(b"blueharbor", payload)

    # === OPENING === #

    def test_link_opens_the_filled_form(self):
        """Test that the three fields are filled in and only *Continue* is left."""
        self._register_payment(self.invoice, amount=60.0)
        response = self._open(self._get_link_token())
        self.assertEqual(response.status_code, 200)
        self.assertEqual(
            self._get_values(response),
            {"email": self.email, "invoice": "Inv123", "amount": "40.00"},
        )
        self.assertIsNone(self._get_alert(response))

    def test_filled_form_leads_to_the_checkout(self):
        """Test that the form of a link proves the pair, without the link in it."""
        token = self._get_link_token()
        self.assertNotIn(token, self._open(token).text)
        self._assert_open(self._try(amount="40.00"))

    def test_link_is_exchanged_on_arrival(self):
        """Test that the address of the page is of use to no other browser."""
        token = self._get_link_token()
        response = self._open(token, allow_redirects=False)
        self.assertEqual(response.status_code, 303)
        address = response.headers["Location"]
        self.assertNotIn(token, address)
        self.assertEqual(self.url_open(address).status_code, 200)
        self.opener.cookies.clear()
        response = self.url_open(address)
        self._assert_expired(response)
        self.assertIn("allow cookies", response.text)

    def test_link_fills_in_the_address_of_the_contact(self):
        """Test that the invoice's own contact comes before its company."""
        contact = self.env["res.partner"].create(
            {"name": "Dana", "parent_id": self.client.id}
        )
        self._import_email(
            contact, '"Dana" <Dana@BlueHarbor.example.com>, x@example.com'
        )
        invoice = self._create_bill("Inv610", 50.0, partner_id=contact.id)
        values = self._get_values(self._open(self._get_link_token(invoice)))
        self.assertEqual(values["email"], "dana@blueharbor.example.com")

    def test_link_is_that_of_the_only_contact_with_an_address(self):
        """Test that a mail to a contact carries a link where the client has no address.

        With two of them nobody knows whose it is to be.
        """
        client = self.env["res.partner"].create({"name": "Quiet", "is_company": True})
        invoice = self._create_bill("Inv620", 50.0, partner_id=client.id)
        self.assertFalse(invoice.paynow_url)
        values = {"parent_id": client.id, "type": "contact"}
        contacts = self.env["res.partner"].create(
            [
                {**values, "name": "Ann", "email": "ann@quiet.example.com"},
                {**values, "name": "Bob"},
            ]
        )
        invoice.invalidate_recordset()
        opened = self._get_values(self._open(self._get_link_token(invoice)))
        self.assertEqual(opened["email"], "ann@quiet.example.com")
        contacts[1].email = "bob@quiet.example.com"
        invoice.invalidate_recordset()
        self.assertFalse(invoice.paynow_url)

    def test_get_and_head_change_nothing(self):
        """Test that scanners and previews of mails start nothing."""
        token = self._get_link_token()
        self._open(token)  # Scripts and styles may be compiled once.
        for method in ("GET", "HEAD"):
            with self.subTest(method=method), self._assert_nothing_written():
                # Not followed by `requests` for HEAD, unless told.
                answer = self._open(token, method=method, allow_redirects=True)
                self.assertEqual(answer.status_code, 200)
        self.assertFalse(self.invoice.transaction_ids)

    def test_link_can_be_opened_more_than_once(self):
        """Test that a scanner that comes first uses nothing up."""
        token = self._get_link_token()
        for _count in range(3):
            self.assertEqual(self._get_values(self._open(token))["invoice"], "Inv123")

    def test_page_of_a_link_is_not_kept_or_indexed(self):
        """Test that the token leaks neither to caches nor to other sites."""
        headers = self._open(self._get_link_token()).headers
        self.assertEqual(headers["Cache-Control"], "no-store")
        self.assertEqual(headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(headers["X-Robots-Tag"], "noindex")

    def test_link_works_for_as_many_days_as_set(self):
        """Test that a link expires after 90 days, unless set otherwise."""
        for days in (90, 7):
            with self.subTest(days=days):
                self.company.sudo().paynow_link_days = days
                self.invoice.invalidate_recordset()
                with freeze_time(NOON):
                    token = self._get_link_token()
                with freeze_time(NOON + timedelta(days=days, seconds=-1)):
                    self.assertEqual(self._open(token).status_code, 200)
                with freeze_time(NOON + timedelta(days=days, seconds=1)):
                    self._assert_expired(self._open(token))

    def test_altered_link_says_that_it_expired(self):
        """Test that no character of a link can be changed, cut off or added."""
        token = self._get_link_token()
        for altered in (
            token[:-8] + "A" * 8, token + "AAAA", token[:-12], token.swapcase(),
            "B" + token[1:], "x", "%00", "%FF", "A" * 2000,
        ):  # fmt: skip
            with self.subTest(altered=altered[-20:]):
                self._assert_expired(self._open(altered))

    def test_tokens_of_other_purposes_are_no_link(self):
        """Test that neither a proof nor a receipt opens the form as a link."""
        proof = self.invoice._paynow_sign(100.0, self.email)
        receipt = self._pay("draft")._paynow_get_landing_route().rpartition("/")[2]
        for token in (proof, receipt):
            self._assert_expired(self._open(token))
        response = self.url_open(f"/PAYNOW/checkout/{self._get_link_token()}")
        self._assert_expired(response)

    def test_link_to_another_company_says_that_it_expired(self):
        """Test that a website shows its own company's invoices only."""
        token = self._get_link_token()
        self.website.sudo().company_id = (
            self.env["res.company"]
            .sudo()
            .create({"name": "Other Company", "paynow_enabled": True})
        )
        self._assert_expired(self._open(token))

    def test_link_ends_with_the_address_of_the_client(self):
        """Test that a former contact's link no longer opens the invoice."""
        token = self._get_link_token()
        self.client.email = "new@blueharbor.example.com"
        self._assert_expired(self._open(token))

    def test_link_is_missing_while_off(self):
        """Test that no mail carries a link to a page that isn't there."""
        token = self._get_link_token()
        self.company.sudo().paynow_enabled = False
        self.invoice.invalidate_recordset()
        self.assertFalse(self.invoice.paynow_url)
        response = self._open(token)
        self.assertEqual(response.status_code, 404)
        self.assertIn("Online payment is switched off", response.text)
        self.assertNotIn("Inv123", response.text)
        self.assertNotIn("switched off", self._open("x").text)

    def test_link_to_a_paid_invoice_says_so_kindly(self):
        """Test that who comes late reads that nothing is left to pay."""
        token = self._get_link_token()
        self._register_payment(self.invoice)
        response = self._open(token)
        self.assertEqual(response.status_code, 200)
        self.assertIn("nothing left to pay", self._get_alert(response))
        self.assertIn("Inv123", response.text)

    def test_link_tells_that_a_payment_is_being_processed(self):
        """Test that who opens the mail again while ACH clears doesn't pay twice."""
        token = self._get_link_token()
        self._pay("pending")
        response = self._open(token)
        self.assertEqual(response.status_code, 200)
        self.assertFalse(self._get_values(response))
        self.assertIn("being processed", response.text)
        self.assertIn("$100.00", self._get_alert(response))

    def test_invoices_that_can_not_be_paid_have_no_link(self):
        """Test that drafts, credit notes, paid and canceled invoices have none."""
        draft = self._create_bill("Inv611", 100.0, post=False)
        credit_note = self._create_bill("Inv612", 100.0, move_type="out_refund")
        paid = self._create_bill("Inv613", 100.0)
        self._register_payment(paid)
        canceled = self._create_bill("Inv614", 100.0)
        canceled.button_cancel()
        nobody = self.env["res.partner"].create({"name": "No Address"})
        unreachable = self._create_bill("Inv615", 100.0, partner_id=nobody.id)
        for invoice in draft | credit_note | paid | canceled | unreachable:
            with self.subTest(invoice=invoice.name):
                self.assertFalse(invoice.paynow_url)
