# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from odoo import fields
from odoo.tests import freeze_time, tagged

from ..common_link import PaynowLinkCommon

NOON = fields.Datetime.to_datetime("2026-05-29 12:00:00")


@tagged("post_install", "-at_install")
class TestItemsLink(PaynowLinkCommon):
    """The mailed link to all that a client owes."""

    def setUp(self):
        super().setUp()
        self.company.sudo().paynow_email_links = True
        self.list_url = f"/PAYNOW/items/{self.company.id}/{self.client.id}"

    def _get_url(self, *args, **kwargs):
        return self.client._paynow_get_items_url(
            self.company, self.email, *args, **kwargs
        )

    def _get_token(self):
        return parse_qs(urlsplit(self._get_url()).query)["items"][0]

    def _arrive(self, token, query=""):
        return self.url_open(f"/PAYNOW?items={token}{query}", allow_redirects=False)

    def _get_address(self, response):
        """Return where a response leads, without the host."""
        self.assertEqual(response.status_code, 303)
        _scheme, _host, path, query, _fragment = urlsplit(response.headers["Location"])
        return f"{path}?{query}" if query else path

    def _assert_expired(self, response):
        self.assertEqual(response.status_code, 403)
        self.assertIn("This page has expired", response.text)

    # === ADDRESS === #

    def test_link_starts_with_the_address_of_the_site(self):
        start = "https://books.example.com/PAYNOW?items="
        self.assertTrue(self._get_url().startswith(start))
        self.website.sudo().domain = "https://pay.example.com"
        start = "https://pay.example.com/PAYNOW?items="
        self.assertTrue(self._get_url().startswith(start))

    def test_link_names_currency_and_what_to_tick_but_no_address(self):
        url = self._get_url(self.currency, "overdue")
        self.assertTrue(url.endswith(f"&currency={self.currency.name}&tick=overdue"))
        self.assertNotIn("@", url)
        self.assertNotIn("blueharbor", url)

    def test_there_is_none_without_page_switch_or_address(self):
        for field in ("paynow_email_links", "paynow_enabled"):
            with self.subTest(field=field):
                self.company.sudo()[field] = False
                self.assertFalse(self._get_url())
                self.company.sudo()[field] = True
        self.assertFalse(self.client._paynow_get_items_url(self.company, False))

    # === ARRIVAL === #

    def test_link_is_exchanged_on_arrival(self):
        address = self._get_address(self._arrive(self._get_token()))
        self.assertEqual(address, self.list_url)

    def test_currency_and_tick_are_kept(self):
        response = self._arrive(self._get_token(), "&currency=EUR&tick=overdue")
        expected = f"{self.list_url}?currency=EUR&tick=overdue"
        self.assertEqual(self._get_address(response), expected)

    def test_what_is_not_known_is_not_kept(self):
        for query in ("&currency=EURO", "&currency=eu%0A", "&tick=1", "&currency=%E2"):
            with self.subTest(query=query):
                response = self._arrive(self._get_token(), query)
                self.assertEqual(self._get_address(response), self.list_url)

    def test_a_get_writes_nothing(self):
        token = self._get_token()
        self._arrive(token)  # What is asked once and kept, is kept now.
        with self._assert_nothing_written():
            self._arrive(token)

    def test_altered_and_other_tokens_say_that_they_expired(self):
        token = self._get_token()
        for bad in (token[:-4] + "AAAA", token[:-6], "x", self._get_link_token()):
            with self.subTest(bad=bad[-20:]):
                self._assert_expired(self._arrive(bad))
        self._assert_expired(self._open(token))

    def test_link_works_for_as_many_days_as_set(self):
        self.company.sudo().paynow_link_days = 7
        with freeze_time(NOON):
            token = self._get_token()
        with freeze_time(NOON + timedelta(days=7, seconds=-1)):
            self._get_address(self._arrive(token))
        with freeze_time(NOON + timedelta(days=7, seconds=1)):
            self._assert_expired(self._arrive(token))

    def test_link_ends_with_the_address_of_the_client(self):
        token = self._get_token()
        self.client.email = "new@blueharbor.example.com"
        self._assert_expired(self._arrive(token))

    def test_link_ends_when_links_are_made_void(self):
        token = self._get_token()
        self.client.sudo().paynow_link_key += 1
        self._assert_expired(self._arrive(token))

    def test_link_tells_that_online_payment_is_switched_off(self):
        token = self._get_token()
        self.company.sudo().paynow_enabled = False
        response = self._arrive(token)
        self.assertEqual(response.status_code, 404)
        self.assertIn("Online payment is switched off", response.text)
        self.assertNotIn("switched off", self._arrive("x").text)
