# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import tagged

from ..common_link import PaynowLinkCommon

NOTE = 'id="o_paynow_neutralized"'


@tagged("post_install", "-at_install")
class TestNeutralize(PaynowLinkCommon):
    """A copy for tests, made by `odoo neutralize` or with a restored dump."""

    def _neutralize(self):
        """Run what we add to Odoo's own neutralization."""
        self.env.flush_all()
        for query in get_neutralization_queries(["paynow_module"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        self.env.registry.clear_cache("templates")

    def test_links_of_the_original_open_nothing_in_a_copy(self):
        """Test that links, proofs and receipts that were mailed are void."""
        tx = self._pay("done", amount=10.0)
        routes = [
            f"/PAYNOW?link={self.invoice.paynow_url.partition('?link=')[2]}",
            f"/PAYNOW/checkout/{self.invoice._paynow_sign(10.0, self.email)}",
            tx._paynow_get_landing_route(),
        ]
        self._neutralize()
        for route in routes:
            self.assertEqual(self.url_open(route).status_code, 403, route)

    def test_links_of_a_copy_are_no_links_of_the_original(self):
        """Test that both may sign with one secret, and still don't speak alike."""
        token = self.invoice.paynow_url.partition("?link=")[2]
        key = self.client.sudo().paynow_link_key
        self._neutralize()
        copied = self.invoice.paynow_url.partition("?link=")[2]
        self.assertEqual(self._open(copied).status_code, 200)
        self.client.sudo().paynow_link_key = key
        self.env.flush_all()
        self.assertEqual(self._open(token).status_code, 200)
        self.assertEqual(self._open(copied).status_code, 403)

    def test_the_pages_of_a_copy_say_that_they_are_one(self):
        """Test the note on the form, and in the frame of the other pages, once."""
        self.assertNotIn(NOTE, self.url_open("/PAYNOW").text)
        self._neutralize()
        for route in ("/PAYNOW", self._look_up().headers["Location"]):
            self.assertEqual(self.url_open(route).text.count(NOTE), 1, route)

    def test_nobody_is_charged_automatically_in_a_copy(self):
        """Test that a scheduled action that is switched on again charges nobody."""
        self._neutralize()
        companies = self.env["res.company"].sudo().search([])
        self.assertTrue(all(companies.mapped("paynow_autopay_stopped")))
