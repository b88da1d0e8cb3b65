# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).


from odoo import fields
from odoo.tests import tagged

from ..common_attempts import PaynowAttemptCommon

NOON = fields.Datetime.to_datetime("2026-05-29 12:00:00")


@tagged("post_install", "-at_install")
class TestCaptcha(PaynowAttemptCommon):
    """The captcha of the website, where Pay Now asks for it."""

    def test_captcha_is_asked_for_on_each_way_in(self):
        """Test that look-up, payment and secure link are each verified, once."""
        with self._patch_captcha(is_passed=True) as actions:
            response = self._try()
            self._assert_open(response)
            context = self._get_payment_context(
                self.url_open(response.headers["Location"])
            )
            self.assertEqual(
                self._post_form(self._prepare_form(context))["state"], "draft"
            )
            self.assertEqual(self._request_link().status_code, 200)
        self.assertEqual(actions, ["paynow_lookup", "paynow_payment", "paynow_link"])

    def test_forms_name_the_captcha_that_protects_them(self):
        """Test that Odoo's scripts find what to ask for in each form."""
        page = self._parse(self._try("nobody@example.com"))
        for form_id, action in (
            ("o_paynow_form", "paynow_lookup"),
            ("o_paynow_link_form", "paynow_link"),
        ):
            (form,) = page.xpath(f"//form[@id='{form_id}']")
            self.assertEqual(form.get("data-captcha"), action)
        checkout = self._parse(self.url_open(self._try().headers["Location"]))
        (form,) = checkout.xpath("//form[@id='o_payment_form']")
        self.assertEqual(form.get("data-captcha"), "paynow_payment")

    def test_failed_captcha_on_lookup_loses_nothing_and_tells_nothing(self):
        """Test that the message is shown, the fields stay, and no row is written."""
        answers = set()
        with self._patch_captcha(is_passed=False):
            for email in (self.email, "nobody@example.com"):
                response = self._try(email, amount="12.34")
                self.assertEqual(response.status_code, 200)
                self.assertEqual(self._get_alert(response), "Are you a robot?")
                answers.add(self._mask(response, f'"{email}"'))
                fields_ = self._parse(response).xpath(
                    "//form[@id='o_paynow_form']//input[not(@type='hidden')]"
                )
                self.assertEqual(
                    [field.get("value") for field in fields_],
                    [email, "Inv123", "12.34"],
                )
        self.assertEqual(len(answers), 1)
        self.assertFalse(self._get_attempts())

    def test_failed_captcha_on_payment_creates_nothing(self):
        """Test that the payer reads the message in the form and no row is written."""
        form = self._prepare_form()
        self._reset_limits()
        with self._patch_captcha(is_passed=False) as actions:
            result = self._post_form(form)
        self.assertEqual(actions, ["paynow_payment"])
        self.assertEqual(
            result, {"state": "error", "state_message": "Are you a robot?"}
        )
        self.assertFalse(self.invoice.transaction_ids)
        self.assertFalse(self._get_attempts("payment_started"))

    def test_failed_captcha_on_secure_link_asks_for_none(self):
        """Test that no mail is asked for by robots."""
        with self._patch_captcha(is_passed=False):
            response = self._request_link()
        self.assertEqual(response.status_code, 303)
        self.assertFalse(self._get_attempts())

    def test_closed_lookups_cost_no_captcha(self):
        """Test that a flood doesn't make the server ask the captcha's provider."""
        self.company.sudo().paynow_safety_level = "2_links"
        with self._patch_captcha(is_passed=True) as actions:
            self._assert_closed(self._try())
        self.assertFalse(actions)

    def test_refused_payment_uses_up_no_captcha(self):
        """Test that a payer whose amount is refused can press *Pay* again."""
        form = self._prepare_form(amount=1.0)
        with self._patch_captcha(is_passed=True) as actions:
            self.assertEqual(self._post_form(form)["state"], "error")
        self.assertFalse(actions)
