# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import tagged

from ...models.payment import payment_provider_policy
from ..common import PaynowCommon

ENFORCED, REPORTED = (
    "Content-Security-Policy",
    "Content-Security-Policy-Report-Only",
)


@tagged("post_install", "-at_install")
class TestPolicy(PaynowCommon):
    """What browsers are told of a page on which somebody pays."""

    def _prepare_policies(self, **policies):
        """Return the headers of a page that offers the provider of the tests."""
        code = self.provider.code
        known = {**payment_provider_policy.POLICIES, code: policies.get(code)}
        with patch.object(payment_provider_policy, "POLICIES", known):
            return self.env["paynow.page"]._prepare_policy("mark", self.provider)

    def test_known_provider_gets_its_hosts_and_no_others(self):
        """Test that what it needs is added to what is ours, by directive."""
        policy = {"frame-src": ("https://form.example.com",)}
        headers = self._prepare_policies(**{self.provider.code: policy})
        self.assertNotIn(REPORTED, headers)
        sources = dict(part.split(" ", 1) for part in headers[ENFORCED].split("; "))
        self.assertEqual(sources["frame-src"], "'self' https://form.example.com")
        self.assertEqual(sources["script-src"], "'self' 'nonce-mark'")
        self.assertEqual(sources["connect-src"], "'self'")

    def test_unknown_provider_is_only_reported(self):
        """Test that a form of which nothing is known works, and is watched."""
        headers = self._prepare_policies()
        self.assertNotIn("script-src", headers[ENFORCED])
        self.assertIn("object-src 'none'", headers[ENFORCED])
        self.assertIn("script-src 'self' 'nonce-mark'", headers[REPORTED])

    def test_adyen_gets_the_hosts_of_paypal_where_it_offers_that(self):
        """Test that Adyen's PayPal, which is PayPal's own script, may load it."""
        paypal = self.env.ref("payment.payment_method_paypal")
        paypal.provider_ids = self.provider  # Else it can't be switched on.
        paypal.active = True
        card = self.env.ref("payment.payment_method_card")
        for methods, is_allowed in ((card, False), (card | paypal, True)):
            provider = self.env["payment.provider"].new(
                {"code": "adyen", "payment_method_ids": [Command.set(methods.ids)]}
            )
            hosts = provider._paynow_get_policy()["script-src"]
            self.assertEqual("https://*.paypal.com" in hosts, is_allowed)
            self.assertIn("https://*.adyen.com", hosts)

    def test_website_may_have_its_files_elsewhere(self):
        """Test that a content delivery network of the website's own is let through."""
        website = self.env["website"].get_current_website()
        for url, host in (
            ("https://cdn.example.com/x", "https://cdn.example.com"),
            ("//cdn.example.com/", "cdn.example.com"),
            ("https://a;b", ""),
        ):
            website.write({"cdn_activated": True, "cdn_url": url})
            policy = self._prepare_policies(**{self.provider.code: {}})[ENFORCED]
            own = f"script-src 'self' 'nonce-mark' {host}".strip()
            self.assertIn(f"{own};", policy)
        website.cdn_activated = False
        policy = self._prepare_policies(**{self.provider.code: {}})[ENFORCED]
        self.assertNotIn("cdn", policy)
