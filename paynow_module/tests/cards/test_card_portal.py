# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.http import Request
from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from ..common import PaynowHttpCommon

#: Digits alone may turn up in a token or a hash on a page.
CARD = "Owner9876"
ROUTE = "/my/payment_method/%s/nickname"


@tagged("-at_install", "post_install")
class TestCardPortal(PaynowHttpCommon):
    """Saved cards on the pages: for their owner only."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner = cls.portal_user
        cls.owner.partner_id.parent_id = cls.client
        cls.card = cls._save_card(cls.owner.partner_id)
        cls.foreign_card = cls._save_card(cls.stranger)

    @classmethod
    def _save_card(cls, partner):
        return cls.env["payment.token"].create(
            {
                "provider_id": cls.provider.id,
                "payment_method_id": cls.payment_method_id,
                "payment_details": CARD,
                "partner_id": partner.id,
                "provider_ref": "card",
                "paynow_expiry_month": 1,
                "paynow_expiry_year": 2020,
                "paynow_nickname": "Office card",
            }
        )

    def _rename(self, card, nickname, **data):
        """Post the form of a nickname, as the page or as a forger does."""
        data = {"csrf_token": Request.csrf_token(self), "nickname": nickname, **data}
        with mute_logger("odoo.http"):
            return self.url_open(ROUTE % card.id, data=data, allow_redirects=False)

    # === OWNER === #

    def test_owner_sees_nickname_and_expiry(self):
        """Test the page with the saved methods."""
        self.authenticate("portal_user", "portal_user")
        page = self.url_open("/my/payment_method")
        text = self._get_text(page, "//*[@name='o_paynow_card']")
        for part in ("Office card", "Expires 1/2020", "Expired"):
            self.assertIn(part, text)

    def test_page_is_odoos_own_where_pay_now_is_off(self):
        """Test that nothing is added for companies that don't use Pay Now."""
        self.company.paynow_enabled = False
        self.authenticate("portal_user", "portal_user")
        page = self.url_open("/my/payment_method")
        self.assertIn(CARD, page.text)
        self.assertNotIn("o_paynow_card", page.text)
        self.assertEqual(self._rename(self.card, "New").status_code, 404)

    def test_owner_renames_a_card_with_the_form_of_the_page(self):
        """Test the nickname's way: the form, its field and back to the page."""
        self.authenticate("portal_user", "portal_user")
        page = self._parse(self.url_open("/my/payment_method"))
        (field,) = page.xpath("//input[@name='nickname']")
        (form,) = page.xpath(f"//form[@id='{field.get('form')}']")
        self.assertFalse(form.xpath("ancestor::form"), "Forms can't be nested")
        data = {
            hidden.get("name"): hidden.get("value") for hidden in form.iter("input")
        }
        response = self.url_open(
            form.get("action"),
            data={**data, "nickname": "  Dana's \n <b>card</b> "},
        )
        self.assertEqual(self.card.paynow_nickname, "Dana's <b>card</b>")
        self.assertIn("Dana&#39;s &lt;b&gt;card&lt;/b&gt;", response.text)

    def test_nickname_can_be_taken_away(self):
        """Test an empty name, and one that is too long."""
        self.authenticate("portal_user", "portal_user")
        self.assertEqual(self._rename(self.card, "x" * 100).status_code, 303)
        self.assertEqual(self.card.paynow_nickname, "x" * 40)
        self._rename(self.card, "")
        self.assertFalse(self.card.paynow_nickname)

    def test_what_is_no_name_changes_nothing(self):
        self.authenticate("portal_user", "portal_user")
        data = {"csrf_token": Request.csrf_token(self)}
        files = {"nickname": ("a.txt", b"x")}
        response = self.url_open(ROUTE % self.card.id, data=data, files=files)
        self.assertEqual(response.status_code, 400)
        self.assertEqual(self.card.paynow_nickname, "Office card")
        self._rename(self.card, "a\x00b\x07c")
        self.assertEqual(self.card.paynow_nickname, "a b c")

    def test_card_of_the_owners_company_can_be_renamed(self):
        """Test what Odoo's page lists as well: methods of the commercial partner."""
        self.card.partner_id = self.client
        self.authenticate("portal_user", "portal_user")
        self._rename(self.card, "Ours")
        self.assertEqual(self.card.paynow_nickname, "Ours")

    # === OTHERS === #

    def test_card_of_others_is_not_found(self):
        """Test a portal user with another's card, and a form without its token."""
        self.authenticate("portal_user", "portal_user")
        self.assertEqual(self._rename(self.foreign_card, "Mine").status_code, 404)
        self.assertEqual(self._rename(self.card, "x", csrf_token="").status_code, 400)
        self.assertEqual(self.card.paynow_nickname, "Office card")
        self.assertEqual(self.foreign_card.paynow_nickname, "Office card")

    def test_anonymous_visitor_reaches_no_saved_card(self):
        """Test every way to a card for who knows e-mail, number and the card's id."""
        context = self._open_checkout()
        portal = f"/invoice/transaction/{self.invoice.id}"
        form = self._prepare_form(context, token_id=self.card.id, flow="token")
        tries = {
            "pay on Pay Now": lambda: self._post_transaction(form),
            "pay with the direct flow": lambda: self._post_transaction(
                {**form, "flow": "direct"}
            ),
            "pay at Odoo's route with Pay Now's proof": lambda: self._post_transaction(
                {
                    **form,
                    "payment_reference": "x",
                    "landing_route": "/",
                },
                route=portal,
            ),
            "pay anything": lambda: self._post_transaction(
                {
                    **form,
                    "partner_id": self.owner.partner_id.id,
                    "currency_id": self.currency.id,
                    "reference_prefix": "x",
                    "landing_route": "/",
                },
                route="/payment/transaction",
            ),
            "rename": lambda: self._rename(self.card, "Mine"),
            "list": lambda: self.url_open("/my/payment_method"),
            "delete": lambda: self.make_jsonrpc_request(
                "/payment/archive_token", {"token_id": self.card.id}
            ),
            "ask what it is used for": lambda: self.make_jsonrpc_request(
                "/web/dataset/call_kw",
                {
                    "model": "payment.token",
                    "method": "get_linked_records_info",
                    "args": [self.card.id],
                    "kwargs": {},
                },
            ),
            "read": lambda: self.make_jsonrpc_request(
                "/web/dataset/call_kw",
                {
                    "model": "payment.token",
                    "method": "search_read",
                    "args": [[]],
                    "kwargs": {},
                },
            ),
        }
        before = self.env["payment.transaction"].search([])
        for name, attempt in tries.items():
            with self.subTest(attempt=name), mute_logger("odoo.http"):
                try:
                    answer = attempt().text
                except JsonRpcException as error:
                    answer = str(error)
                for secret in (CARD, "Office card"):
                    self.assertNotIn(secret, answer)
        self.assertEqual(self.env["payment.transaction"].search([]), before)
        self.card.invalidate_recordset()
        self.assertTrue(self.card.active)
        self.assertEqual(self.card.paynow_nickname, "Office card")

    def test_public_pages_name_no_saved_card(self):
        """Test look-up, checkout and mailed link, also for the owner logged in."""
        for login in (None, "portal_user"):
            self.authenticate(login, login)
            response = self._look_up()
            pages = [
                self.url_open("/PAYNOW"),
                self.url_open(response.headers["Location"]),
                self.url_open(self.invoice.paynow_url),
            ]
            for page in pages:
                for secret in (CARD, "Office card", "o_payment_token_"):
                    self.assertNotIn(secret, page.text)
