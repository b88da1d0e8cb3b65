# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from ..common import PaynowHttpCommon

FORM = "//form[@id='o_paynow_form']"
ONE_ANSWER = "We found no open invoice with this number for this e-mail address."


@tagged("post_install", "-at_install")
class TestCheckout(PaynowHttpCommon):
    """The page of a proven pair, and the one without a way to pay."""

    # === CHECKOUT === #

    def test_checkout_shows_invoice_and_what_is_paid_now(self):
        """Test that a payer sees what they are about to pay before they pay."""
        self._register_payment(self.invoice, amount=10.0)
        self.invoice.invoice_date_due = "2026-05-29"
        response = self.url_open(self._look_up(amount="40").headers["Location"])
        summary = {
            element.get("data-name"): element.text_content().strip()
            for element in self._parse(response).xpath(
                "//dl[@id='o_paynow_summary']//dd"
            )
        }
        self.assertEqual(
            summary,
            {
                "invoice": "Inv123",
                "date_due": "05/29/2026",
                "total": "$100.00",
                "payable": "$90.00",
                "amount": "$40.00",
            },
        )
        confirmation = self._get_text(
            response, "//section[@id='o_paynow_confirmation']"
        )
        for text in (self.company.name, "Inv123", self.email, "$40.00"):
            self.assertIn(text, confirmation)
        self.assertEqual(
            self._get_text(response, "//button[@name='o_paynow_pay']"), "Pay $40.00"
        )

    def test_checkout_offers_no_saved_method_and_saves_none(self):
        """Test that neither a token nor a box to make one is on the page."""
        self._create_token()
        self.authenticate("portal_user", "portal_user")
        self.portal_user.partner_id.parent_id = self.client
        self._create_token(partner_id=self.portal_user.partner_id.id)
        response = self.url_open(self._look_up().headers["Location"])
        context = self._get_payment_context(response)
        self.assertEqual(context["token_ids"], [])
        self.assertEqual(context["payment_method_ids"], [self.payment_method_id])
        self.assertNotIn("o_payment_tokenize_checkbox", response.text)

    def test_checkout_leads_back_to_the_filled_form(self):
        """Test that going back loses nothing typed."""
        response = self.url_open(self._look_up(amount="40").headers["Location"])
        link, _tell_link = self._parse(response).xpath("//*[@id='o_paynow_change']//a")
        self.assertEqual(
            self._get_values(self.url_open(link.get("href"))),
            {"email": self.email, "invoice": "Inv123", "amount": "40.00"},
        )

    def test_expired_proof_says_so(self):
        """Test that an old page tells that it expired, and shows nothing."""
        checkout = self._look_up().headers["Location"]
        with freeze_time(fields.Datetime.now() + timedelta(minutes=31)):
            response = self.url_open(checkout)
        self.assertEqual(response.status_code, 403)
        self.assertIn("This page has expired", response.text)
        self.assertNotIn("Inv123", response.text)

    def test_altered_proof_says_the_same(self):
        """Test that an altered address of a page shows nothing either."""
        checkout = self._look_up().headers["Location"]
        for altered in (
            checkout[:-8] + "A" * 8,
            checkout + "AAAA",
            checkout[:-12],
            "/PAYNOW/checkout/x",
            "/PAYNOW/checkout/%00",
            "/PAYNOW/checkout/%FF",
            "/PAYNOW/checkout/" + "A" * 2000,
        ):
            with self.subTest(altered=altered[-20:]):
                response = self.url_open(altered)
                self.assertEqual(response.status_code, 403)
                self.assertIn("This page has expired", response.text)

    def test_proof_of_an_altered_link_fills_nothing(self):
        """Test that the form stays empty for a proof that is none."""
        for proof in ("x", "%00", "A" * 2000):
            response = self.url_open(f"/PAYNOW?proof={proof}")
            self.assertEqual(response.status_code, 200)
            self.assertEqual(self._get_values(response)["invoice"], "")

    def test_checkout_of_a_paid_invoice_says_so(self):
        """Test that a payer who comes late reads that nothing is left to pay."""
        checkout = self._look_up().headers["Location"]
        self._register_payment(self.invoice)
        response = self.url_open(checkout)
        self.assertEqual(response.status_code, 200)
        self.assertIn("nothing left to pay", self._get_alert(response))
        self.assertNotIn("o_payment_form", response.text)

    def test_proof_of_another_website_is_not_taken(self):
        """Test that a checkout is bound to the company of the website."""
        checkout = self._look_up().headers["Location"]
        other = self.env["res.company"].create(
            {"name": "Other Company", "paynow_enabled": True}
        )
        self.website.company_id = other
        self.assertEqual(self.url_open(checkout).status_code, 403)

    # === NO PROVIDER === #

    def test_amount_over_the_limit_of_the_provider_can_be_paid_in_parts(self):
        """Test that a payer reads how much can be paid at once, and chooses it."""
        self.provider.maximum_amount = 30.0
        page = self.url_open(self._look_up().headers["Location"])
        self.assertIn(
            "Not more than $30.00", self._get_text(page, "//*[@id='o_paynow_largest']")
        )
        self.assertNotIn("not available just now", page.text)
        (button,) = self._parse(page).xpath("//button[@name='choice']")
        self.assertEqual((button.get("value"), button.text), ("30.00", "Pay $30.00"))
        form = self._parse(page).xpath("//form[@id='o_paynow_amounts']")[0]
        page = self.url_open(
            form.get("action"),
            data={
                "csrf_token": form.xpath(".//input[@name='csrf_token']/@value")[0],
                "choice": "30.00",
            },
        )
        self.assertIn("o_payment_form", page.text)
        self.assertIsNone(self._get_text(page, "//*[@id='o_paynow_largest']"))

    def test_visitors_read_that_payment_is_not_available(self):
        """Test that without a provider there is no form, but a kind message."""
        self.provider.state = "disabled"
        response = self.url_open("/PAYNOW")
        self.assertEqual(response.status_code, 200)
        self.assertIn("Online payment is not available", self._get_alert(response))
        self.assertFalse(self._parse(response).xpath(FORM))
        self.assertNotIn("o_paynow_availability", response.text)
        self.assertTrue(self._parse(response).xpath("//a[@id='o_paynow_login']"))

    def test_only_the_administrator_reads_why(self):
        """Test that the reason is shown to accounting administrators alone."""
        self.provider.is_published = False
        values = {
            "company_id": self.company.id,
            "company_ids": [Command.set(self.company.ids)],
        }
        new_test_user(
            self.env, "paynow_admin", "account.group_account_manager", **values
        )
        new_test_user(
            self.env, "paynow_clerk", "account.group_account_invoice", **values
        )
        self.provider.state = "disabled"
        for login, is_told in (
            ("paynow_admin", True),
            ("paynow_clerk", False),
            ("portal_user", False),
        ):
            with self.subTest(login=login):
                self.authenticate(login, login)
                response = self.url_open("/PAYNOW")
                reason = self._get_text(response, "//*[@id='o_paynow_availability']")
                self.assertEqual(bool(reason), is_told)
                if is_told:
                    self.assertIn("No payment provider of this company", reason)

    def test_administrator_reads_that_a_provider_stores_methods(self):
        """Test that a provider that Pay Now leaves out is named, with the reason."""
        self.patch(
            self.env.registry["payment.provider"],
            "_is_tokenization_required",
            lambda provider, **kwargs: True,
        )
        new_test_user(
            self.env,
            "paynow_admin",
            "account.group_account_manager",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        self.authenticate("paynow_admin", "paynow_admin")
        reason = self._get_text(
            self.url_open("/PAYNOW"), "//*[@id='o_paynow_availability']"
        )
        self.assertIn(self.provider.name, reason)
        self.assertIn("insists on storing", reason)

    @mute_logger("odoo.http")
    def test_other_methods_are_not_allowed(self):
        """Test that pages are read and the form is posted, nothing else."""
        for route, method in (
            ("/PAYNOW", "PUT"),
            ("/PAYNOW", "DELETE"),
            ("/PAYNOW/checkout/x", "PUT"),
            ("/PAYNOW/receipt/x", "POST"),
        ):
            with self.subTest(route=route, method=method):
                response = self.url_open(route, method=method)
                self.assertEqual(response.status_code, 405)
                self.assertEqual(response.headers["Cache-Control"], "no-store")
                self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
                self.assertIn("Allow", response.headers)

    def test_page_gets_more_time_for_its_own_invoice_only(self):
        other = self._create_bill("Other1", 10.0)
        proof = self._open_checkout()["access_token"]
        for invoice, is_given in ((self.invoice, True), (other, False)):
            answer = self.make_jsonrpc_request(
                f"/PAYNOW/more/{invoice.id}", {"access_token": proof}
            )
            self.assertEqual("access_token" in answer, is_given)
