# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from unittest.mock import patch

from odoo.tests import new_test_user, tagged

from ...controllers.paynow import PaynowController
from ..common import PaynowHttpCommon


@tagged("post_install", "-at_install")
class TestPageCache(PaynowHttpCommon):
    def setUp(self):
        super().setUp()
        self.env.registry.clear_cache("templates")
        # All within one minute, in which a page is kept.
        self.patch(self.env.registry["website"], "_paynow_get_minute", lambda _site: 1)
        self.renderings = []

        def _render(controller, *args, **kwargs):
            self.renderings.append(args)
            return render(controller, *args, **kwargs)

        render = PaynowController._paynow_render_form
        self.startPatcher(
            patch.object(PaynowController, "_paynow_render_form", _render)
        )

    def _open_anew(self, **headers):
        """Open the bare page as a visitor who was never here."""
        self.opener.cookies.clear()
        return self.url_open("/PAYNOW", headers=headers)

    def test_page_is_rendered_once_for_all_who_are_not_logged_in(self):
        """Test that the second visitor gets the page of the first, headers included."""
        first, second = self._open_anew(), self._open_anew()
        self.assertEqual(len(self.renderings), 1)
        self.assertEqual(self._mask(first), self._mask(second))
        for name in ("Cache-Control", "X-Frame-Options", "Referrer-Policy"):
            self.assertEqual(first.headers[name], second.headers[name])
        self.assertNotIn("X-Robots-Tag", second.headers)

    def test_each_visitor_gets_a_token_of_their_own(self):
        """Test that a kept page carries nobody else's token, and that its own works."""
        first = self._parse(self._open_anew()).xpath("//input[@name='csrf_token']")
        second = self._parse(self._open_anew()).xpath("//input[@name='csrf_token']")
        self.assertEqual(len(self.renderings), 1)
        self.assertNotEqual(first[0].get("value"), second[0].get("value"))

        stolen = self._look_up(csrf_token=first[0].get("value"))
        self.assertEqual(stolen.status_code, 200)
        self.assertIn("This page was open for too long", self._get_alert(stolen))
        own = self._look_up(csrf_token=second[0].get("value"))
        self.assertEqual(own.status_code, 303)

    def test_change_of_the_settings_shows_at_once(self):
        """Test that the button and the company's phone are never old."""
        self._open_anew()
        self.company.write({"paynow_login_label": "My account", "phone": "+1 555 0100"})
        text = self._open_anew().text
        self.assertIn("My account", text)
        self.assertIn("+1 555 0100", text)
        self.company.update_field_translations(
            "paynow_login_label", {"en_US": "Come in"}
        )
        self.assertIn("Come in", self._open_anew().text)

    def test_switched_off_page_is_not_served_from_the_cache(self):
        """Test that nothing is kept of a page that was switched off."""
        self._open_anew()
        self.company.paynow_enabled = False
        self.assertEqual(self._open_anew().status_code, 404)

    def test_user_neither_sees_nor_leaves_a_kept_page(self):
        """Test that the page of somebody logged in is theirs alone."""
        user = new_test_user(
            self.env, "paynow.cache", "base.group_portal", email="me@client.example.com"
        )
        self._open_anew()
        self.authenticate(user.login, user.login)
        self.assertIn("me@client.example.com", self.url_open("/PAYNOW").text)
        self.logout()
        self.assertNotIn("me@client.example.com", self._open_anew().text)

    def test_page_without_a_payment_method_is_not_kept(self):
        """Test that the form is back as soon as a payment method is."""
        with self._without_options():
            self.assertNotIn("o_paynow_form", self._open_anew().text)
        self.assertIn("o_paynow_form", self._open_anew().text)

    def test_kept_page_is_renewed_after_a_minute(self):
        """Test that what nobody tells the cache of is seen a minute later."""
        self._open_anew()
        Website = self.env.registry["website"]
        with patch.object(Website, "_paynow_get_minute", lambda _site: 2):
            self._open_anew()
        self.assertEqual(len(self.renderings), 2)

    def test_kept_page_is_of_who_chose_the_same_cookies(self):
        """Test that who refused optional cookies gets no page of who accepted them."""
        self.website.cookies_bar = True
        for is_accepted in ("true", "false"):
            self.opener.cookies.clear()
            choice = f'{{"required": true, "optional": {is_accepted}}}'
            self.opener.cookies.set("website_cookies_bar", choice)
            self.url_open("/PAYNOW")
        self.assertEqual(len(self.renderings), 2)

    def _without_options(self):
        """Return a context in which no payment method is offered."""
        Provider = self.env.registry["payment.provider"]
        nothing = (
            self.env["payment.provider"].browse(),
            self.env["payment.method"].browse(),
        )
        return patch.object(
            Provider, "_paynow_get_options", lambda *_args, **_kwargs: nothing
        )
