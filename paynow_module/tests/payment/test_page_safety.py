# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).


from odoo.fields import Command
from odoo.tests import tagged

from ..common import PaynowHttpCommon

FORM = "//form[@id='o_paynow_form']"
ONE_ANSWER = "We found no open invoice with this number for this e-mail address."


@tagged("post_install", "-at_install")
class TestPageSafety(PaynowHttpCommon):
    """What no page of ours does: stay on while off, be kept, write."""

    # === OFF === #

    def test_every_route_is_missing_while_off(self):
        """Test that nothing of ours answers where Pay Now is off, whatever is asked.

        But for the answer to what was begun before, see `test_answer`.
        """
        form = self._prepare_form()
        proof = form["access_token"]
        routes = {
            "/PAYNOW": 200,
            "/paynow": 200,
            f"/PAYNOW?proof={proof}": 200,
            f"/PAYNOW/checkout/{proof}": 200,
            "/PAYNOW/checkout/x": 403,
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

    # === ROBOTS === #

    def test_routes_are_not_in_the_sitemap(self):
        """Test that the sitemap of the website names no page of ours."""
        response = self.url_open("/sitemap.xml")
        self.assertEqual(response.status_code, 200)
        self.assertNotIn("paynow", response.text.lower())

    # === FRAME === #

    def test_nothing_of_the_website_runs_where_somebody_pays(self):
        """Test that code and trackers of the website are on its own pages only."""
        self.env.ref("website.default_website").sudo().write(
            {
                "custom_code_head": "<script>headOfOurs()</script>",
                "custom_code_footer": "<script>footOfOurs()</script>",
                "google_analytics_key": "G-OFOURS",
                "plausible_shared_key": "plausibleOfOurs",
                "plausible_site": "ours.example.com",
                "cookies_bar": True,
            }
        )
        theirs = (
            "headOfOurs",
            "footOfOurs",
            "googletagmanager",
            "plausible",
            "website_cookies_bar",
            "fonts.gstatic.com",
        )
        bare = self.url_open("/PAYNOW").text
        self.assertEqual([code for code in theirs if code in bare], list(theirs))
        proof = self._prepare_form()["access_token"]
        for route in (
            f"/PAYNOW?proof={proof}",
            f"/PAYNOW/checkout/{proof}",
            "/PAYNOW/checkout/x",
            self._pay("done")._paynow_get_landing_route(),
            "/PAYNOW/receipt/x",
            f"/PAYNOW/tell/{proof}",
        ):
            page = self.url_open(route)
            self.assertEqual([code for code in theirs if code in page.text], [], route)
            self.assertTrue(self._parse(page).xpath("//header//img[@src]"), route)

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
            tx._paynow_get_landing_route(),
            "/PAYNOW/checkout/x",
        )

    def test_refused_post_writes_no_business_record(self):
        """Test that a wrong pair leaves no transaction, message or change behind."""
        models = ("payment.transaction", "mail.message", "mail.mail", "res.partner")
        before = [self.env[model].search_count([]) for model in models]
        self._look_up(self.stranger.email)
        self.assertEqual([self.env[model].search_count([]) for model in models], before)
