# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import http
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..common import MODELS
from ..common_code import NOON, PaynowCodeCommon


@tagged("post_install", "-at_install")
class TestCode(PaynowCodeCommon):
    """The code that shows a client's other open invoices."""

    # === RIGHT === #

    def test_right_code_opens_the_list_of_the_client(self):
        proof = self._prove()
        digits = self._get_code(proof)
        self._assert_opened(self._check(proof, digits))
        kept = http.root.session_store.get(self.session.sid)["paynow_clients"]
        token, source = kept[f"{self.company.id}-{self.client.id}"]
        named = self.env["res.partner"]._paynow_read_client(self.company, token)
        self.assertEqual(named, (self.company, self.client, self.email))
        self.assertEqual(source, "page")

    def test_code_is_read_as_people_type_it(self):
        for spell in (
            lambda digits: f" {digits[:3]} {digits[3:]} ",
            lambda digits: "".join("٠١٢٣٤٥٦٧٨٩"[int(x)] for x in digits),
        ):
            self._forget()
            proof = self._prove()
            digits = self._get_code(proof)
            self._assert_opened(self._check(proof, spell(digits)))

    def test_who_has_typed_a_code_needs_no_other_one(self):
        proof = self._prove()
        self._check(proof, self._get_code(proof))
        self._assert_opened(self._request_code(proof))
        self.assertEqual(len(self._get_codes()), 1)

    # === MAIL === #

    def test_mail_goes_to_the_billing_address_only(self):
        """Test that neither the address of the look-up nor a sent one gets it."""
        colleague = self._create_colleague()
        proof = self._prove(email=colleague.email)
        self._request_code(proof, email="evil@example.com", email_to="evil@example.com")
        self.assertFalse(self._get_mails())  # Nothing is mailed in the request.
        self._mail_codes()
        mail = self._get_mails()
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.email_to, self.email)
        self.assertFalse(mail.recipient_ids)
        self.assertFalse(mail.email_cc)
        self.assertNotIn("evil", mail.body_html)

    def test_mail_says_what_the_code_is_for(self):
        digits = self._get_code(self._prove())
        mail = self._get_mails()
        self.assertNotIn(digits, mail.subject)
        for text in (self.client.name, "Inv123", "ten minutes", "ignore this mail"):
            self.assertIn(text, mail.body_html)

    def test_beginning_of_the_mail_shows_no_code(self):
        """Test what mail programs and locked screens show beside the subject."""
        digits = self._get_code(self._prove())
        message = self._get_mails().mail_message_id
        look = self.company._paynow_get_mail_look(None, message)
        self.assertNotIn(digits, look["preheader"])

    def test_two_requests_before_the_mail_make_one_mail(self):
        """Test that who presses the button twice reads one code, which works."""
        proof = self._prove()
        self._request_code(proof)
        self._assert_opened(self._check(proof, self._get_code(proof)))
        self.assertEqual(len(self._get_mails()), 1)

    @mute_logger(f"{MODELS}.links.paynow_code")
    def test_a_code_that_can_not_be_mailed_is_told(self):
        self.patch(
            self.env.registry["mail.template"], "send_mail", lambda *_a, **_kw: 1 / 0
        )
        self._request_code(self._prove())
        self._mail_codes()
        self.assertTrue(self._get_codes().is_void)
        self.assertIn(
            "Pay Now: code not mailed", self.invoice.activity_ids.mapped("summary")
        )

    # === WRONG === #

    def test_wrong_code_keeps_what_was_typed(self):
        proof = self._prove()
        digits = self._get_code(proof)
        wrong = self._get_wrong(digits)
        response = self._check(proof, wrong)
        self._assert_refused(response)
        (field,) = self._parse(response).xpath("//input[@name='code']")
        self.assertEqual(field.get("value"), wrong)
        self.assertEqual(field.get("autocomplete"), "one-time-code")
        self.assertEqual(self._get_attempts("code_failed").client_id, self.client)
        self._assert_opened(self._check(proof, digits))

    def test_sixth_try_is_refused_though_it_is_right(self):
        proof = self._prove()
        digits = self._get_code(proof)
        for _try in range(5):
            self._assert_refused(self._check(proof, self._get_wrong(digits)))
        self._assert_refused(self._check(proof, digits))
        self.assertEqual(self._get_codes().tries, 5)

    def test_code_works_for_ten_minutes(self):
        for minutes, is_good in ((9, True), (11, False)):
            with self.subTest(minutes=minutes):
                self._forget()
                with freeze_time(NOON):
                    proof = self._prove()
                    digits = self._get_code(proof)
                with freeze_time(NOON + timedelta(minutes=minutes)):
                    response = self._check(proof, digits)
                if is_good:
                    self._assert_opened(response)
                else:
                    self._assert_refused(response)

    def test_code_works_once(self):
        proof = self._prove()
        digits = self._get_code(proof)
        self._assert_opened(self._check(proof, digits))
        self._assert_refused(self._check(proof, digits))

    def test_code_works_in_the_browser_that_asked_only(self):
        digits = self._get_code(self._prove())
        self.authenticate(None, None)  # Another browser, that proves the same.
        proof = self._prove()
        self._assert_refused(self._check(proof, digits))

    def test_code_works_for_the_invoice_of_the_mail_only(self):
        other = self._create_bill("Inv124", 50.0)
        stranger = self._create_bill("Inv700", 50.0, partner_id=self.stranger.id)
        digits = self._get_code(self._prove())
        for invoice in (other, stranger):
            proof = self._prove(invoice, invoice.partner_id.email)
            self._assert_refused(self._check(proof, digits))

    def test_newer_code_makes_the_older_one_void(self):
        proof = self._prove()
        older = self._get_code(proof)
        newer = self._get_code(proof)
        if older != newer:  # Once in a million times.
            self._assert_refused(self._check(proof, older))
        self._assert_opened(self._check(proof, newer))

    def test_code_is_void_once_the_address_is_another(self):
        proof = self._prove(email=self._create_colleague().email)
        digits = self._get_code(proof)
        self.client.email = "new@blueharbor.example.com"
        self._assert_refused(self._check(proof, digits))

    def test_void_links_end_codes(self):
        proof = self._prove()
        digits = self._get_code(proof)
        self.client.sudo().paynow_link_key += 1
        self.assertEqual(self._check(proof, digits).status_code, 403)
        self._assert_refused(self._check(self._prove(), digits))

    # === ROUTES === #

    def test_proof_is_needed(self):
        for route in ("/PAYNOW/code/x", "/PAYNOW/code/x/check"):
            self.assertEqual(self._post_code(route).status_code, 403)
        self.assertEqual(self.url_open("/PAYNOW/code/x").status_code, 403)

    def test_visit_asks_for_no_code(self):
        """Test that a GET has no effect, before and after a code was asked for."""
        proof = self._prove()
        response = self.url_open(f"/PAYNOW/code/{proof}", allow_redirects=False)
        self.assertEqual(response.status_code, 303)
        self.assertTrue(response.headers["Location"].endswith(f"checkout/{proof}"))
        self._request_code(proof)
        self.assertIn("six-digit", self.url_open(f"/PAYNOW/code/{proof}").text)
        self.assertEqual(len(self._get_codes()), 1)
        response = self.url_open(f"/PAYNOW/code/{proof}/check")
        self.assertEqual(response.status_code, 405)

    def test_foreign_sites_can_not_ask_for_a_code(self):
        proof = self._prove()
        response = self._request_code(proof, csrf_token="")
        self.assertEqual(response.status_code, 303)
        self.assertFalse(self._get_codes())

    def test_old_page_loses_nothing_typed(self):
        """Test that a form without our token is no try."""
        proof = self._prove()
        self._get_code(proof)
        response = self._check(proof, "123456", csrf_token="")
        self.assertIn("Nothing is lost", self._get_alert(response))
        self.assertIn('value="123456"', response.text)
        self.assertEqual(self._get_codes().tries, 0)

    def test_failed_captcha_asks_for_none(self):
        proof = self._prove()
        with self._patch_captcha(is_passed=False) as actions:
            response = self._request_code(proof)
        self.assertEqual(actions, ["paynow_code"])
        self.assertEqual(response.status_code, 303)
        self.assertFalse(self._get_codes())

    def test_off_is_off(self):
        proof = self._prove()
        self.company.paynow_enabled = False
        for route in (f"/PAYNOW/code/{proof}", f"/PAYNOW/code/{proof}/check"):
            self.assertEqual(self._post_code(route).status_code, 404)

    def test_page_is_kept_and_named_nowhere(self):
        proof = self._prove()
        self._request_code(proof)
        headers = self.url_open(f"/PAYNOW/code/{proof}").headers
        self.assertEqual(headers["Cache-Control"], "no-store")
        self.assertEqual(headers["Referrer-Policy"], "no-referrer")
        self.assertIn("nonce-", headers["Content-Security-Policy"])

    def test_old_codes_are_deleted(self):
        self._get_code(self._prove())
        self.env["paynow.code"].sudo()._gc_codes()
        self.assertEqual(len(self._get_codes()), 1)
        with freeze_time(self._get_codes().expiry_date + timedelta(seconds=1)):
            self.env["paynow.code"].sudo()._gc_codes()
        self.assertFalse(self._get_codes())
