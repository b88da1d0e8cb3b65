# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import re
from unittest.mock import patch

from odoo.tests import new_test_user, tagged

from ..common import PaynowHttpCommon


@tagged("post_install", "-at_install")
class TestPageFrame(PaynowHttpCommon):
    def setUp(self):
        super().setUp()
        self.env.registry.clear_cache("templates")
        self.frames = []
        Website = self.env.registry["website"]

        def _paynow_make_frame(website, template, token):
            self.frames.append(template)
            return make(website, template, token)

        make = Website._paynow_make_frame
        self.startPatcher(
            patch.object(Website, "_paynow_make_frame", _paynow_make_frame)
        )
        self.other_invoice = self._create_bill("Inv777", 40.0)

    def _prove(self, invoice=None):
        """Look an invoice up as a new visitor; return the address of its checkout."""
        self.opener.cookies.clear()
        response = self._look_up(invoice=(invoice or self.invoice).name, amount="25")
        self.assertEqual(response.status_code, 303)
        return response.headers["Location"]

    def _open_whole(self, path):
        """Open a page as it is without the cache."""
        with patch.object(
            self.env.registry["website"], "_paynow_may_cache", lambda *_a, **_k: False
        ):
            return self.url_open(path)

    def _squeeze(self, response):
        """Return a page without tokens of forms, with single spaces."""
        return re.sub(r"\s+", "", self._mask(response))

    def test_framed_page_is_the_same_as_the_whole_one(self):
        """Test that checkout, message form and receipt lose and gain nothing."""
        checkout = self._prove()
        tell = checkout.replace("/checkout/", "/tell/")
        tx = self._pay_online("40")  # Some is left to pay: the checkout is still one.
        tx._set_done()
        receipt = tx.landing_route
        for path in (checkout, tell, receipt):
            self.opener.cookies.clear()
            whole = self._open_whole(path)
            self.url_open(path)  # Who comes first has the frame made.
            made = len(self.frames)
            for _visit in range(2):
                framed = self.url_open(path)
                self.assertEqual(self._squeeze(framed), self._squeeze(whole))
                for name in ("Content-Type", "Cache-Control", "X-Robots-Tag"):
                    self.assertEqual(framed.headers[name], whole.headers[name])
            self.assertEqual(len(self.frames), made)
        self.assertEqual(
            set(self.frames),
            {f"paynow_module.{name}" for name in ("checkout", "tell", "receipt")},
        )

    def test_frame_holds_nothing_of_the_first_visitor(self):
        """Test that another invoice's page names nothing of the one before."""
        first_path = self._prove()
        first = self.url_open(first_path)
        second_path = self._prove(self.other_invoice)
        second = self.url_open(second_path)
        self.assertEqual(self.frames, ["paynow_module.checkout"])
        self.assertIn(self.invoice.name, first.text)
        self.assertIn(self.other_invoice.name, second.text)
        self.assertIn(second_path.rpartition("/")[2], second.text)
        csrf_token = re.search(r'csrf_token: "(\w+)"', first.text)[1]
        for secret in (
            self.invoice.name,
            first_path.rpartition("/")[2],
            csrf_token,
        ):
            self.assertIn(secret, first.text)
            self.assertNotIn(secret, second.text)

    def test_frame_is_kept_for_its_language_only(self):
        """Test that a visitor who reads another language gets their own website."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.website.language_ids |= self.env["res.lang"]._lang_get("fr_FR")
        path = self._prove()
        self.url_open(path)
        french = self.url_open(f"/fr{path}")
        self.assertEqual(len(self.frames), 2)
        self.assertIn('lang="fr-FR"', french.text)

    def test_page_without_a_genuine_token_is_rendered_whole(self):
        """Test that what a stranger writes into an address is never kept."""
        for token in ("x", "y" * 200):
            response = self.url_open(f"/PAYNOW/checkout/{token}")
            self.assertEqual(response.status_code, 403)
        self.assertFalse(self.frames)

    def test_page_of_a_user_is_rendered_whole(self):
        """Test that who is logged in sees their own menus, and leaves none of them."""
        user = new_test_user(self.env, "paynow.frame", "base.group_portal")
        path = self._prove()
        self.authenticate(user.login, user.login)
        self.assertIn("o_logout", self.url_open(path).text)
        self.assertFalse(self.frames)
        self.logout()
        self.opener.cookies.clear()
        self.assertNotIn("o_logout", self.url_open(path).text)

    def test_change_of_the_website_shows_at_once(self):
        """Test that a new menu is in the next page."""
        path = self._prove()
        self.url_open(path)
        self.env["website.menu"].create(
            {
                "name": "Our newest menu",
                "url": "/newest",
                "parent_id": self.website.menu_id.id,
                "website_id": self.website.id,
            }
        )
        self.assertIn("Our newest menu", self.url_open(path).text)
