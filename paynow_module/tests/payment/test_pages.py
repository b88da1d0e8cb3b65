# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).


from odoo.fields import Command
from odoo.tests import tagged

from ..common import PaynowHttpCommon

FORM = "//form[@id='o_paynow_form']"
ONE_ANSWER = "We found no open invoice with this number for this e-mail address."


@tagged("post_install", "-at_install")
class TestPages(PaynowHttpCommon):
    # === FORM === #

    def test_too_much_can_be_mended_with_one_tap(self):
        """Test that who has proven the invoice is led to what can be paid."""
        page = self._look_up(amount="250")
        (button,) = self._parse(page).xpath(
            "//a[normalize-space()='Pay $100.00 instead']"
        )
        checkout = self.url_open(button.get("href"))
        self.assertEqual(
            self._get_text(checkout, "//button[@name='o_paynow_pay']"), "Pay $100.00"
        )
        for values in ({"amount": "abc"}, {"email": "x@example.com", "amount": "250"}):
            self.assertNotIn("instead", self._look_up(**values).text)

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
            page, "//dl[@id='o_paynow_summary']//dd[@data-name='amount']"
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
        (link,) = alert.xpath("./a")
        (field,) = page.xpath(f"//*[@id='{link.get('href')[1:]}']")
        self.assertEqual(field.get("name"), "amount")
        self.assertEqual(field.get("aria-invalid"), "true")
        self.assertIn("($100.00)", alert.text_content())
        described_by = " ".join(
            page.xpath(f"//*[@id='{id_}']")[0].text_content()
            for id_ in field.get("aria-describedby").split()
        )
        self.assertIn(link.text_content().strip(), described_by)
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

    def test_browser_without_cookies_is_told_so(self):
        """Test that nobody presses Continue for ever, and keeps what they typed."""
        csrf_token = self._get_csrf_token()
        self.opener.cookies.clear()
        response = self._look_up(csrf_token=csrf_token)
        self.assertIn("allow cookies", self._get_alert(response))
        self.assertEqual(self._get_values(response)["invoice"], "Inv123")

    def test_everything_but_a_proven_pair_gets_one_answer(self):
        """Test that no answer tells whether a number or an address exists."""
        canceled = self._create_bill("Inv301", 100.0)
        canceled.button_cancel()
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
