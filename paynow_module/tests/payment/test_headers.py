# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import PaynowHttpCommon


@tagged("post_install", "-at_install")
class TestHeaders(PaynowHttpCommon):
    """What every answer of ours tells caches, other sites and search engines."""

    def test_pages_are_not_kept_named_to_others_or_framed(self):
        """Test that no cache, other site or search engine gets hold of a page."""
        checkout = self._look_up().headers["Location"]
        receipt = self._pay("done")._paynow_get_landing_route()
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

    def test_pages_that_fail_are_not_kept_or_named_to_others(self):
        """Test that the token in the address of a page goes nowhere if it fails."""
        checkout = self._look_up().headers["Location"]
        self.patch(
            self.env.registry["account.move"],
            "_paynow_get_summary",
            lambda *args: 1 / 0,
        )
        with mute_logger("odoo.http"):
            failed = self.url_open(checkout)
        missing = self.url_open(f"{checkout}/more")
        self.assertEqual([failed.status_code, missing.status_code], [500, 404])
        for headers in (failed.headers, missing.headers):
            self.assertEqual(headers["Cache-Control"], "no-store")
            self.assertEqual(headers["Referrer-Policy"], "no-referrer")
            self.assertEqual(headers["X-Robots-Tag"], "noindex")

    @mute_logger("odoo.http")
    def test_answers_of_the_json_routes_are_not_kept(self):
        """Test that what is malformed, unwanted or off is as silent as a page."""
        routes = [
            f"/PAYNOW/{name}/{self.invoice.id}" for name in ("transaction", "chosen")
        ]
        kind = {"Content-Type": "application/json"}
        for route in routes:
            answers = [
                self.url_open(route, data=body, headers=kind, method="POST")
                for body in ("{", "[1]", "{}")
            ]
            answers.append(self.url_open(route))
            self.company.paynow_enabled = False
            answers.append(self.url_open(route, json={}, method="POST"))
            self.company.paynow_enabled = True
            self.assertEqual(
                [answer.status_code for answer in answers], [400, 400, 200, 405, 404]
            )
            for answer in answers:
                with self.subTest(route=route, status=answer.status_code):
                    headers = answer.headers
                    self.assertEqual(headers["Cache-Control"], "no-store")
                    self.assertEqual(headers["Referrer-Policy"], "no-referrer")
                    self.assertEqual(headers["X-Robots-Tag"], "noindex")

    @mute_logger("odoo.http")
    def test_options_start_nothing(self):
        """Test that the method that Odoo adds to each route runs none of ours."""
        form = self._prepare_form()
        call = {"jsonrpc": "2.0", "params": form}
        fields = {
            "email": self.email,
            "invoice": "Inv123",
            "amount": "100",
            "csrf_token": self._get_csrf_token(),
        }
        for route, body in (
            ("/PAYNOW", {"data": fields}),
            ("/paynow", {"data": fields}),
            ("/PAYNOW/link", {"data": fields}),
            (f"/PAYNOW/transaction/{self.invoice.id}", {"json": call}),
        ):
            with self.subTest(route=route):
                answer = self.url_open(route, method="OPTIONS", **body)
                self.assertEqual(answer.status_code, 405)
                self.assertTrue(answer.headers["Allow"])
                self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertFalse(self.invoice.transaction_ids)

    @mute_logger("odoo.http")
    def test_redirects_repeat_a_token_to_nobody(self):
        """Test that other spellings and wrong bodies are answered as silently."""
        lang = self.env["res.lang"]._activate_lang("fr_FR")
        self.website.language_ids = [Command.link(lang.id)]
        checkout = self._look_up().headers["Location"]
        token = checkout.rpartition("/")[2]
        for route in (
            f"/en{checkout}",
            f"/{lang.code}{checkout}",
            f"/PAYNOW//checkout/{token}",
            f"/PAYNOW/?proof={token}",
            f"{checkout}%00",
            f"/PAYNOW%00/{token}",
        ):
            with self.subTest(route=route):
                answer = self.url_open(route, allow_redirects=False)
                self.assertIn(answer.status_code, (301, 303, 308, 403, 404))
                self._assert_silent(answer)
        answer = self.url_open(
            f"/PAYNOW/transaction/{self.invoice.id}", data={"access_token": token}
        )
        self.assertEqual(answer.status_code, 415)
        self._assert_silent(answer)

    def _assert_silent(self, answer):
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertEqual(answer.headers["Referrer-Policy"], "no-referrer")
