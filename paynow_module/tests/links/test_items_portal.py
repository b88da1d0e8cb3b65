# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.tests import new_test_user, tagged

from ..common_link import PaynowLinkCommon

BUTTON = "//a[@name='o_paynow_items']"


@tagged("post_install", "-at_install")
class TestItemsPortal(PaynowLinkCommon):
    """The way from the portal's invoices to the list, for those who log in."""

    def setUp(self):
        super().setUp()
        self.dana = new_test_user(
            self.env,
            "paynow_dana",
            "base.group_portal",
            email="dana@blueharbor.example.com",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        self.dana.partner_id.parent_id = self.client
        self.invoice.message_subscribe(self.dana.partner_id.ids)
        self.authenticate("paynow_dana", "paynow_dana")

    def _get_buttons(self):
        response = self.url_open("/my/invoices")
        self.assertEqual(response.status_code, 200)
        return self._parse(response).xpath(BUTTON)

    def test_button_leads_to_the_list_of_the_own_entity(self):
        (button,) = self._get_buttons()
        expected = f"/PAYNOW/items/{self.company.id}/{self.client.id}"
        self.assertEqual(button.get("href"), expected)
        self.assertEqual(button.text_content(), "Pay several invoices")

    def test_there_is_none_while_off(self):
        self.company.sudo().paynow_enabled = False
        self.assertFalse(self._get_buttons())

    def test_there_is_none_where_nothing_is_open(self):
        self._register_payment(self.invoice)
        self.assertFalse(self._get_buttons())

    def test_invoices_of_others_count_for_nothing(self):
        self.dana.partner_id.parent_id = self.stranger
        self.assertFalse(self._get_buttons())
