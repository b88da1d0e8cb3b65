# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta
from unittest.mock import patch

from odoo.tests import freeze_time, tagged

from ..common_code import NOON, PaynowCodeCommon


@tagged("post_install", "-at_install")
class TestCodeStranger(PaynowCodeCommon):
    """A stranger who knows one number and one address, and asks for codes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # A client whose only address is that of a contact who gets no invoices.
        cls.silent = cls.env["res.partner"].create(
            {
                "name": "Silent Client",
                "is_company": True,
                "child_ids": [
                    (0, 0, {"name": "Contact", "email": "contact@silent.example.com"})
                ],
            }
        )
        cls.silent_invoice = cls._create_bill("Inv950", 100.0, partner_id=cls.silent.id)
        cls.pairs = (
            (cls.invoice, cls.email),
            (cls.silent_invoice, "contact@silent.example.com"),
        )

    def _count(self, call):
        """Return how many queries a request takes, and its response."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        response = call()
        return self.env.cr.sql_log_count - before, response

    def test_client_without_a_billing_address_gets_no_mail(self):
        self.assertFalse(self.silent_invoice._paynow_get_link_email())
        self.assertIsNone(self._get_code(self._prove(*self.pairs[1])))
        self.assertTrue(self._get_codes().is_void)

    def test_answers_are_the_same_with_and_without_a_billing_address(self):
        """Test status, body and number of queries, of each step."""
        for _time in range(2):  # What is asked once and kept, is kept then.
            steps = []
            for pair in self.pairs:
                self._forget()
                proof = self._prove(*pair)
                asked, request = self._count(lambda p=proof: self._request_code(p))
                self._mail_codes()
                shown, page = self._count(
                    lambda p=proof: self.url_open(f"/PAYNOW/code/{p}")
                )
                tried, wrong = self._count(lambda p=proof: self._check(p, "12345x"))
                steps.append(
                    (
                        [asked, shown, tried],
                        [request.status_code, page.status_code, wrong.status_code],
                        self._mask(page, proof),
                        self._mask(wrong, proof),
                    )
                )
        for name, *both in zip(
            ("queries", "status", "page", "error"), *steps, strict=True
        ):
            self.assertEqual(*both, name)

    def test_page_names_no_address(self):
        proof = self._prove()
        self._request_code(proof)
        text = self.url_open(f"/PAYNOW/code/{proof}").text
        for secret in (self.email, self.client.name, "blueharbor"):
            self.assertNotIn(secret, text)

    def test_button_is_the_same_whether_or_not_there_are_others(self):
        def get_button():
            page = self.url_open(f"/PAYNOW/checkout/{self._prove()}")
            return self._get_text(page, "//form[@id='o_paynow_code_request']")

        alone = get_button()
        self.assertIn("See your other open invoices", alone)
        self._create_bill("Inv124", 50.0)
        self.assertEqual(get_button(), alone)

    def test_button_needs_no_query(self):
        """Test the checkout with and without it."""
        view = self.env.ref("paynow_module.checkout_code").sudo()
        counts = []
        for is_shown in (True, False):
            view.active = is_shown
            route = f"/PAYNOW/checkout/{self._prove()}"
            self.url_open(route)
            count, page = self._count(lambda route=route: self.url_open(route))
            self.assertEqual("o_paynow_code_request" in page.text, is_shown)
            counts.append(count)
        self.assertEqual(*counts)

    # === LIMITS === #

    def test_five_codes_a_day_for_a_client(self):
        """Test that guesses are five times five a day, wherever they come from."""
        others = [self._create_bill(f"Inv{n}", 50.0) for n in range(800, 806)]
        for number, invoice in enumerate(others):
            self.authenticate(None, None)
            with freeze_time(NOON + timedelta(hours=number)):
                self._set_date(self._get_attempts())
                response = self._request_code(self._prove(invoice), f"10.0.{number}.1")
            if number < 5:
                self.assertEqual(response.status_code, 303)
            else:
                self._assert_closed(response)
        self.assertEqual(len(self._get_codes()), 5)

    def test_who_is_kept_from_codes_can_pay(self):
        self._record(
            "code_requested", 5, client_id=self.client.id, invoice_id=self.invoice.id
        )
        proof = self._prove()
        self._assert_closed(self._request_code(proof))
        self.assertEqual(self.url_open(f"/PAYNOW/checkout/{proof}").status_code, 200)

    def test_strangers_keep_no_known_client_from_codes(self):
        self._record(
            "code_requested", 5, client_id=self.client.id, invoice_id=self.invoice.id
        )
        self.url_open(f"/PAYNOW?link={self._get_link_token()}")
        self.assertEqual(self._request_code(self._prove()).status_code, 303)

    def test_fourth_code_of_one_computer_within_an_hour_is_refused(self):
        self._record("code_requested", 3, ip="127.0.0.1")
        self._assert_closed(self._request_code(self._prove()))

    def test_one_computer_types_ten_wrong_codes_an_hour(self):
        proof = self._prove()
        digits = self._get_code(proof)
        self._record("code_failed", 10, ip="127.0.0.1")
        self._assert_closed(self._check(proof, digits))
        self.assertEqual(self._get_codes().tries, 0)

    def test_mailbox_is_not_filled(self):
        """Test that the mails that visitors cause to an address are counted."""
        self._record("mail_caused", 9, email=self.email)
        proof = self._prove()
        self.assertTrue(self._get_code(proof))
        self.assertIsNone(self._get_code(proof))

    # === AT ONCE === #

    def test_each_try_takes_its_turn_before_it_reads(self):
        """Test that nobody guesses beside others; `tests/test_code.py` has 200."""
        statements = []
        with patch.object(
            type(self.env.cr),
            "execute",
            autospec=True,
            side_effect=type(self.env.cr).execute,
        ) as execute:
            self.env["paynow.code"]._redeem(self.invoice.sudo(), "visitor", "123456")
        statements = [str(call.args[1]) for call in execute.call_args_list]
        lock = next(n for n, text in enumerate(statements) if "LOCK TABLE" in text)
        reads = [n for n, text in enumerate(statements) if '"paynow_code"' in text]
        self.assertLess(lock, min(n for n in reads if n != lock))
