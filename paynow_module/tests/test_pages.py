# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .common import PaynowHttpCommon

FORM = "//form[@id='o_paynow_form']"
ONE_ANSWER = "We found no open invoice with this number for this e-mail address."


@tagged("post_install", "-at_install")
class TestPages(PaynowHttpCommon):
    def _get_values(self, response):
        """Return what stands in the fields of the form, by name."""
        inputs = self._parse(response).xpath(f"{FORM}//input[not(@type='hidden')]")
        return {field.get("name"): field.get("value") or "" for field in inputs}

    # === FORM === #

    def test_form_is_served_in_both_spellings(self):
        """Test that the page answers in capital and in small letters."""
        for route in ("/PAYNOW", "/paynow"):
            with self.subTest(route=route):
                response = self.url_open(route)
                self.assertEqual(response.status_code, 200)
                self.assertEqual(
                    self._get_values(response),
                    {"email": "", "invoice": "", "amount": ""},
                )
                self.assertIsNone(self._get_alert(response))

    def test_every_field_has_label_hint_and_keyboard(self):
        """Test that people find, hear and type what is asked for, on a phone, too."""
        page = self._parse(self.url_open("/PAYNOW"))
        for name, label, type_, inputmode, autocomplete in (
            ("email", "Billing Email Address", "email", "email", "email"),
            ("invoice", "Invoice Number", "text", "text", "off"),
            ("amount", "Amount to pay", "text", "decimal", "transaction-amount"),
        ):
            with self.subTest(name=name):
                (field,) = page.xpath(f"{FORM}//input[@name='{name}']")
                (field_label,) = page.xpath(f"{FORM}//label[@for='{field.get('id')}']")
                self.assertEqual(field_label.text_content().strip(), label)
                self.assertEqual(field.get("type"), type_)
                self.assertEqual(field.get("inputmode"), inputmode)
                self.assertEqual(field.get("autocomplete"), autocomplete)
                hint_id = field.get("aria-describedby")
                self.assertTrue(page.xpath(f"//*[@id='{hint_id}'][normalize-space()]"))

    def test_proven_pair_leads_to_checkout(self):
        """Test that the right three fields lead to the payment methods."""
        for route in ("/PAYNOW", "/paynow"):
            with self.subTest(route=route):
                response = self._look_up(route=route)
                self.assertEqual(response.status_code, 303)
                self.assertTrue(
                    response.headers["Location"].startswith("/PAYNOW/checkout/")
                )
                self.assertNotIn("@", response.headers["Location"])

    def test_get_parameters_look_nothing_up(self):
        """Test that a link can't do what only the form may do."""
        response = self.url_open(
            f"/PAYNOW?email={self.email}&invoice=Inv123&amount=100",
            allow_redirects=False,
        )
        self.assertEqual(response.status_code, 200)
        self.assertEqual(self._get_values(response)["email"], "")

    def test_portal_user_finds_address_filled_in(self):
        """Test that who is logged in needn't type their address."""
        self.portal_user.email = "Portal.User@Example.com"
        self.authenticate("portal_user", "portal_user")
        self.assertEqual(
            self._get_values(self.url_open("/PAYNOW"))["email"],
            "portal.user@example.com",
        )

    def test_amount_is_read_in_the_language_of_the_page(self):
        """Test that the German page takes and shows German amounts."""
        german = self.env["res.lang"]._activate_lang("de_DE")
        self.website.language_ids = [Command.link(german.id)]
        self._create_bill("Inv300", 1234.56)
        response = self._look_up(
            invoice="Inv300", amount="1.234,56", route="/de/paynow"
        )
        self.assertEqual(response.status_code, 303, self._get_alert(response))
        page = self.url_open("/de" + response.headers["Location"])
        amount = self._get_text(
            page, "//dl[@id='o_paynow_summary']//dd[@name='amount']"
        )
        self.assertEqual(amount, "1.234,56 $")

    # === ERRORS === #

    def test_empty_fields_are_named(self):
        """Test that each empty field gets its own message, linked to the field."""
        for name, message in (
            ("email", "Please enter your billing e-mail address."),
            ("invoice", "Please enter the invoice number."),
            ("amount", "Please enter the amount to pay."),
        ):
            for value in ("", "  "):
                with self.subTest(name=name, value=value):
                    response = self._look_up(**{name: value})
                    self.assertEqual(response.status_code, 200)
                    self.assertEqual(self._get_alert(response), message)

    def test_error_is_linked_to_its_field_and_keeps_what_was_typed(self):
        """Test that an error is announced, leads to its field and loses nothing."""
        response = self._look_up(amount="100.01")
        page = self._parse(response)
        (alert,) = page.xpath(f"{FORM}//*[@role='alert']")
        (link,) = alert.xpath(".//a")
        (field,) = page.xpath(f"//*[@id='{link.get('href')[1:]}']")
        self.assertEqual(field.get("name"), "amount")
        self.assertEqual(field.get("aria-invalid"), "true")
        self.assertIn("($100.00)", alert.text_content())
        described_by = " ".join(
            page.xpath(f"//*[@id='{id_}']")[0].text_content()
            for id_ in field.get("aria-describedby").split()
        )
        self.assertIn(alert.text_content().strip(), described_by)
        self.assertEqual(
            self._get_values(response),
            {"email": self.email, "invoice": "Inv123", "amount": "100.01"},
        )
        self.assertFalse(page.xpath(f"{FORM}//input[@name='email'][@aria-invalid]"))

    def test_expired_form_loses_nothing(self):
        """Test that an old page can be sent again at once."""
        for csrf_token in ("", "0" * 40 + "o1", "x"):
            with self.subTest(csrf_token=csrf_token):
                response = self.url_open(
                    "/PAYNOW",
                    data={
                        "csrf_token": csrf_token,
                        "email": self.email,
                        "invoice": "Inv123",
                        "amount": "12.34",
                    },
                    allow_redirects=False,
                )
                self.assertEqual(response.status_code, 200)
                self.assertIn("open for too long", self._get_alert(response))
                values = self._get_values(response)
                self.assertEqual(
                    values,
                    {"email": self.email, "invoice": "Inv123", "amount": "12.34"},
                )
                new_token = self._parse(response).xpath(
                    f"{FORM}//input[@name='csrf_token']"
                )[0]
                again = self._look_up(csrf_token=new_token.get("value"), **values)
                self.assertEqual(again.status_code, 303)

    def test_form_of_another_visitor_is_not_taken(self):
        """Test that a foreign site can't send the form with a token of its own."""
        csrf_token = self._get_csrf_token()
        self.authenticate(None, None)
        response = self._look_up(csrf_token=csrf_token)
        self.assertEqual(response.status_code, 200)
        self.assertIn("open for too long", self._get_alert(response))

    def test_everything_but_a_proven_pair_gets_one_answer(self):
        """Test that no answer tells whether a number or an address exists."""
        cancelled = self._create_bill("Inv301", 100.0)
        cancelled.button_cancel()
        paid = self._create_bill("Inv302", 100.0)
        self._register_payment(paid)
        self._create_bill("Inv303", 100.0, post=False)
        self._create_bill("Inv304", 100.0, move_type="out_refund")
        self._create_bill(
            "Inv305",
            100.0,
            move_type="in_invoice",
            journal_id=self.company_data["default_journal_purchase"].id,
            invoice_date="2024-01-01",
        )
        other = self.setup_other_company()
        self._create_bill_of_company(other, "Inv306")
        self._create_bill("Inv307", 100.0)
        self._create_bill(
            "Inv307", 50.0, journal_id=self._create_sale_journal("PRJ").id
        )
        cases = {
            "unknown number": (self.email, "Inv999"),
            "unknown address": ("nobody@example.com", "Inv123"),
            "both unknown": ("nobody@example.com", "Inv999"),
            "address of another client": (self.stranger.email, "Inv123"),
            "no address": ("nobody", "Inv123"),
            "other case": (self.email, "INV123"),
            "canceled": (self.email, "Inv301"),
            "paid": (self.email, "Inv302"),
            "draft": (self.email, "Inv303"),
            "credit note": (self.email, "Inv304"),
            "vendor bill": (self.email, "Inv305"),
            "other company": (self.email, "Inv306"),
            "ambiguous": (self.email, "Inv307"),
            "wildcard": (self.email, "Inv12_"),
            "markup": (self.email, "<b>1</b>"),
        }
        answers = {}
        for case, (email, number) in cases.items():
            for amount in ("100", "1000000", "0", "abc"):
                response = self._look_up(email, number, amount)
                self.assertEqual(response.status_code, 200, case)
                self.assertIn(ONE_ANSWER, self._get_alert(response) or "", case)
                self.assertNotIn("<b>1</b>", response.text)
                number_shown = number.replace("<", "&lt;").replace(">", "&gt;")
                answers[case, amount] = self._mask(
                    response, f'"{email}"', number_shown, f'value="{amount}"'
                )
        self.assertEqual(len(set(answers.values())), 1, self._get_odd_ones(answers))

    def _create_bill_of_company(self, company_data, number):
        """Create an open invoice of the client in another company."""
        invoice = self.env["account.move"].create(
            {
                "name": number,
                "move_type": "out_invoice",
                "partner_id": self.client.id,
                "company_id": company_data["company"].id,
                "journal_id": company_data["default_journal_sale"].id,
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Service", "price_unit": 100.0, "tax_ids": []}
                    )
                ],
            }
        )
        invoice.action_post()
        return invoice

    def _get_odd_ones(self, answers):
        """Return which cases have another answer than most."""
        bodies = list(answers.values())
        usual = max(set(bodies), key=bodies.count)
        return [case for case, body in answers.items() if body != usual]

    def test_answer_to_an_untyped_request_is_the_same(self):
        """Test that files, lists and missing fields are no error of the server."""
        csrf_token = self._get_csrf_token()
        for data, files in (
            (
                {},
                {
                    "email": ("x.txt", b"x"),
                    "invoice": ("x", b"y"),
                    "amount": ("z", b""),
                },
            ),
            ({"email": ["a", "b"], "invoice": ["c", "d"], "amount": "1"}, None),
            ({"email": "\x00", "invoice": "\x00", "amount": "\x00"}, None),
            ({"email": "a" * 5000, "invoice": "b" * 5000, "amount": "1" * 5000}, None),
        ):
            with self.subTest(data=str(data)[:40], files=bool(files)):
                self._reset_limits()
                response = self.url_open(
                    "/PAYNOW",
                    data={"csrf_token": csrf_token, **data},
                    files=files,
                    allow_redirects=False,
                )
                self.assertEqual(response.status_code, 200)
                self.assertTrue(self._get_alert(response))
                self.assertNotIn("Traceback", response.text)

    # === LOG IN === #

    def test_log_in_button_leads_where_the_company_wants(self):
        """Test that every page has the button with the company's text and link."""
        self.company.write(
            {
                "paynow_login_label": "My <Account>",
                "paynow_login_url": "https://portal.example.com/login?a=b&c=d",
            }
        )
        checkout = self._look_up().headers["Location"]
        for route in ("/PAYNOW", checkout, "/PAYNOW/checkout/x", "/PAYNOW/receipt/x"):
            with self.subTest(route=route):
                page = self._parse(self.url_open(route))
                (button,) = page.xpath("//a[@id='o_paynow_login']")
                self.assertEqual(button.text_content().strip(), "My <Account>")
                self.assertEqual(
                    button.get("href"), "https://portal.example.com/login?a=b&c=d"
                )

    def test_log_in_button_leads_to_the_portal_by_default(self):
        """Test that nothing need be set up for the button to work."""
        (button,) = self._parse(self.url_open("/PAYNOW")).xpath(
            "//a[@id='o_paynow_login']"
        )
        self.assertEqual(button.text_content().strip(), "LOG IN")
        self.assertEqual(self.url_open(button.get("href")).status_code, 200)

    # === OFF === #

    def test_every_route_is_missing_while_off(self):
        """Test that nothing of ours answers where Pay Now is off, whatever is asked."""
        form = self._prepare_form()
        proof = form["access_token"]
        tx = self._pay("done")
        routes = {
            "/PAYNOW": 200,
            "/paynow": 200,
            f"/PAYNOW?proof={proof}": 200,
            f"/PAYNOW/checkout/{proof}": 200,
            "/PAYNOW/checkout/x": 403,
            tx._paynow_get_receipt_route(): 200,
            "/PAYNOW/receipt/x": 403,
        }
        for route, status in routes.items():
            with self.subTest(route=route):
                self.company.paynow_enabled = True
                self.assertEqual(self.url_open(route).status_code, status)
                self.company.paynow_enabled = False
                self.assertEqual(self.url_open(route).status_code, 404)
                self.assertEqual(self.url_open(route, method="HEAD").status_code, 404)

    def test_look_up_is_missing_while_off(self):
        """Test that an open form is of no use once Pay Now is off."""
        csrf_token = self._get_csrf_token()
        self.company.paynow_enabled = False
        for route in ("/PAYNOW", "/paynow"):
            response = self._look_up(csrf_token=csrf_token, route=route)
            self.assertEqual(response.status_code, 404)

    def test_transaction_is_missing_while_off(self):
        """Test that an open checkout is of no use once Pay Now is off."""
        form = self._prepare_form()
        self.company.paynow_enabled = False
        response = self._post_transaction(form)
        self.assertEqual(response.status_code, 404)
        self.assertNotIn("Traceback", response.text)
        self.assertNotIn('"debug"', response.text)
        self.assertFalse(self.invoice.transaction_ids)

    # === HEADERS === #

    def test_pages_are_not_kept_named_to_others_or_framed(self):
        """Test that no cache, other site or search engine gets hold of a page."""
        checkout = self._look_up().headers["Location"]
        receipt = self._pay("done")._paynow_get_receipt_route()
        for route in (
            "/PAYNOW",
            checkout,
            receipt,
            checkout.replace("/PAYNOW/checkout/", "/PAYNOW?proof="),
            "/PAYNOW/checkout/x",
            "/PAYNOW/receipt/x",
        ):
            with self.subTest(route=route):
                headers = self.url_open(route).headers
                self.assertEqual(headers["Cache-Control"], "no-store")
                self.assertEqual(headers["Referrer-Policy"], "no-referrer")
                self.assertEqual(headers["X-Frame-Options"], "SAMEORIGIN")
                self.assertIn(
                    "frame-ancestors 'self'", headers["Content-Security-Policy"]
                )
                self.assertEqual(
                    headers.get("X-Robots-Tag"),
                    None if route == "/PAYNOW" else "noindex",
                )

    def test_routes_are_not_in_the_sitemap(self):
        """Test that the sitemap of the website names no page of ours."""
        response = self.url_open("/sitemap.xml")
        self.assertEqual(response.status_code, 200)
        self.assertNotIn("paynow", response.text.lower())

    # === NO WRITING === #

    def test_get_and_head_write_nothing(self):
        """Test that robots, previews and scanners of mails change nothing."""
        # Scripts and styles may be compiled once, for another invoice.
        other_invoice = self._create_bill("Inv310", 50.0)
        other_tx = self._pay("pending", invoice_ids=[Command.set(other_invoice.ids)])
        for route in self._get_routes(other_invoice, other_tx):
            self.url_open(route)
        for method in ("HEAD", "GET"):
            invoice = self._create_bill(f"Inv311{method}", 50.0)
            tx = self._pay("pending", amount=20, invoice_ids=[Command.set(invoice.ids)])
            for route in self._get_routes(invoice, tx):
                with (
                    self.subTest(route=route, method=method),
                    self._assert_nothing_written(),
                ):
                    response = self.url_open(route, method=method)
                self.assertIn(response.status_code, (200, 403))

    def _get_routes(self, invoice, tx):
        """Return the address of each of our pages, those of an invoice included."""
        proof = invoice._paynow_sign(10.0, self.email)
        return (
            "/PAYNOW",
            "/paynow",
            f"/PAYNOW?proof={proof}",
            f"/PAYNOW/checkout/{proof}",
            tx._paynow_get_receipt_route(),
            "/PAYNOW/checkout/x",
        )

    def test_refused_post_writes_no_business_record(self):
        """Test that a wrong pair leaves no transaction, message or change behind."""
        models = ("payment.transaction", "mail.message", "mail.mail", "res.partner")
        before = [self.env[model].search_count([]) for model in models]
        self._look_up(self.stranger.email)
        self.assertEqual([self.env[model].search_count([]) for model in models], before)

    # === CHECKOUT === #

    def test_checkout_shows_invoice_and_what_is_paid_now(self):
        """Test that a payer sees what they are about to pay before they pay."""
        self._register_payment(self.invoice, amount=10.0)
        self.invoice.invoice_date_due = "2026-05-29"
        response = self.url_open(self._look_up(amount="40").headers["Location"])
        summary = {
            element.get("name"): element.text_content().strip()
            for element in self._parse(response).xpath(
                "//dl[@id='o_paynow_summary']/dd"
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
        (link,) = self._parse(response).xpath("//*[@id='o_paynow_change']//a")
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
            ("/PAYNOW/checkout/x", "POST"),
            ("/PAYNOW/receipt/x", "POST"),
        ):
            with self.subTest(route=route, method=method):
                response = self.url_open(route, method=method)
                self.assertEqual(response.status_code, 405)
