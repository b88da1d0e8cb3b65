# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from unittest.mock import patch

from werkzeug.exceptions import abort

from odoo.http import request
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import MODELS, PaynowHttpCommon

VISIT = f"{MODELS}.health.res_company_visit"


@tagged("post_install", "-at_install")
class TestStranger(PaynowHttpCommon):
    """*Setup health* and the daily look see what a stranger gets of the page."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company._compute_website_id()
        cls.website.domain = cls.base_url()

    def _lead_to(self, url):
        """Have strangers led elsewhere, as modules do that ask for a login."""
        pre_dispatch = self.env.registry["ir.http"]._pre_dispatch

        @staticmethod
        def _pre_dispatch(rule, args):
            if request.httprequest.path.startswith("/PAYNOW"):
                abort(request.redirect(url, local=False))
            return pre_dispatch(rule, args)

        self.patch(self.env.registry["ir.http"], "_pre_dispatch", _pre_dispatch)

    def _ask(self):
        with patch(f"{VISIT}.request", True), self.allow_requests(all_requests=True):
            return self.company._paynow_get_check_page()

    def test_an_open_page_is_green(self):
        check = self._ask()
        self.assertEqual(check["state"], "green", check["message"])

    def test_a_login_before_the_page_is_told(self):
        self._lead_to("/web/login")
        check = self._ask()
        self.assertEqual(check["state"], "red", check["message"])
        self.assertIn("/web/login", check["message"])

    def test_another_website_before_the_page_is_told(self):
        self._lead_to("https://login.example.com/")
        check = self._ask()
        self.assertEqual(check["state"], "red")
        self.assertIn("led to another website", check["message"])

    def test_a_look_that_failed_is_told(self):
        for error, words in (
            (ValueError("No such thing"), "No such thing"),
            (TimeoutError(), "TimeoutError"),
        ):
            with (
                self.subTest(error=error),
                patch(f"{VISIT}.Visitor.ask", side_effect=error),
                mute_logger(VISIT),
            ):
                check = self._ask()
                self.assertEqual(check["state"], "amber", check["message"])
                self.assertIn(words, check["message"])

    def test_the_daily_look_takes_a_login_for_no_page(self):
        self._lead_to("/web/login")
        with patch(f"{MODELS}.health.visitor.requests.Session", lambda: self.opener):
            seen = self.company._paynow_look()
        found, is_whole = self.company._paynow_explain(*seen)
        self.assertEqual(found["page", "/PAYNOW"]["value"], "200 /web/login")
        self.assertFalse(is_whole)
