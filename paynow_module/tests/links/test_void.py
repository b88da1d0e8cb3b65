# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..common_link import PaynowLinkCommon


@tagged("post_install", "-at_install")
class TestVoid(PaynowLinkCommon):
    """Links in wrong hands are made void by an accounting administrator."""

    def test_all_links_of_a_client_are_void_at_once(self):
        """Test that links, open pages and receipts end, and new mails work."""
        other = self._create_bill("Inv301", 50.0, partner_id=self.stranger.id)
        tx = self._pay("done", amount=10.0)
        accountant = new_test_user(
            self.env,
            "paynow_voider",
            "account.group_account_manager,base.group_partner_manager",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        routes = [
            self._get_path(self.invoice),
            f"/PAYNOW/checkout/{self.invoice._paynow_sign(10.0, self.email)}",
            tx._paynow_get_landing_route(),
            f"/PAYNOW/receipt/{tx._paynow_get_mailed_url().rpartition('/')[2]}",
        ]
        for route in routes:
            self.assertEqual(self.url_open(route).status_code, 200, route)
        self.client.with_user(accountant).action_paynow_void_links()
        for route in routes:
            self.assertEqual(self.url_open(route).status_code, 403, route)
        self.env.invalidate_all()
        for invoice in (self.invoice, other):
            route = self._get_path(invoice)
            self.assertEqual(self.url_open(route).status_code, 200)
        self.assertIn("void", str(self.client.message_ids[0].body))

    def test_links_are_not_for_everyone_to_void(self):
        """Test that nobody cuts a client off but who answers for it."""
        for user in (self.portal_user, self.public_user, self.internal_user):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.client.with_user(user).action_paynow_void_links()
        self.assertFalse(self.client.sudo().paynow_link_key)

    def _get_path(self, invoice):
        """Return the mailed link of an invoice, as a path."""
        return f"/PAYNOW?link={invoice.paynow_url.partition('?link=')[2]}"
