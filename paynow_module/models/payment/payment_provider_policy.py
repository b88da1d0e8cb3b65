# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models

#: Where the form of each provider takes what it needs, by directive of the page's
#: policy; what is missing is our own site. Hosts of scripts, styles and forms are those
#: in the provider's module of Odoo; what its script asks for then, those that the
#: provider names: docs/security.md lists the sources. A bank's page for 3-D Secure can
#: be anywhere where the script doesn't keep it in a frame of its own; so can the page
#: to which a form leads whose address only the provider knows.
POLICIES = {
    "adyen": {
        "script-src": ("https://*.adyen.com",),
        "style-src": ("https://*.adyen.com",),
        "img-src": ("https://*.adyen.com",),
        "connect-src": ("https://*.adyen.com",),
        "frame-src": ("https:",),
        "form-action": ("https:",),
    },
    "aps": {
        "form-action": (
            "https://checkout.payfort.com",
            "https://sbcheckout.payfort.com",
        ),
    },
    "asiapay": {
        "form-action": (
            "https://test.paydollar.com",
            "https://test.pesopay.com",
            "https://test.siampay.com",
            "https://www.bimopay.com",
            "https://www.paydollar.com",
            "https://www.pesopay.com",
            "https://www.siampay.com",
        ),
    },
    "authorize": {
        "script-src": ("https://js.authorize.net", "https://jstest.authorize.net"),
        "connect-src": (
            "https://api.authorize.net",
            "https://api2.authorize.net",
            "https://apitest.authorize.net",
        ),
    },
    "buckaroo": {
        "form-action": (
            "https://checkout.buckaroo.nl",
            "https://testcheckout.buckaroo.nl",
        ),
    },
    "custom": {},
    "demo": {},
    "dpo": {"form-action": ("https://secure.3gdirectpay.com",)},
    "flutterwave": {"form-action": ("https:",)},
    "iyzico": {"form-action": ("https:",)},
    "mercado_pago": {
        "script-src": ("https://sdk.mercadopago.com", "https://http2.mlstatic.com"),
        "style-src": ("https://http2.mlstatic.com",),
        "img-src": ("https://http2.mlstatic.com",),
        "connect-src": (
            "https://*.mercadopago.com",
            "https://*.mercadolibre.com",
            "https://http2.mlstatic.com",
        ),
        "frame-src": ("https://*.mercadopago.com", "https://*.mercadolibre.com"),
        "form-action": ("https:",),
    },
    "mollie": {"form-action": ("https:",)},
    "nuvei": {
        "form-action": (
            "https://secure.safecharge.com",
            "https://ppp-test.safecharge.com",
        ),
    },
    "paymob": {"form-action": ("https://*.paymob.com",)},
    "paypal": dict.fromkeys(
        ("script-src", "style-src", "img-src", "connect-src", "frame-src"),
        ("https://*.paypal.com", "https://*.paypalobjects.com", "https://*.venmo.com"),
    ),
    "razorpay": {
        "script-src": ("https://checkout.razorpay.com",),
        "img-src": ("https://*.razorpay.com",),
        "connect-src": ("https://*.razorpay.com",),
        "frame-src": ("https://*.razorpay.com",),
        "form-action": ("https://*.razorpay.com",),
    },
    "redsys": {
        "form-action": ("https://sis.redsys.es", "https://sis-t.redsys.es:25443"),
    },
    "stripe": {
        "script-src": ("https://js.stripe.com", "https://*.js.stripe.com"),
        "img-src": ("https://*.stripe.com", "https://*.link.com"),
        "connect-src": (
            "https://api.stripe.com",
            "https://link.com",
            "https://*.link.com",
        ),
        "frame-src": (
            "https://js.stripe.com",
            "https://*.js.stripe.com",
            "https://hooks.stripe.com",
            "https://link.com",
            "https://*.link.com",
        ),
    },
    "worldline": {"form-action": ("https:",)},
    "xendit": {
        "script-src": ("https://js.xendit.co",),
        "connect-src": ("https://*.xendit.co",),
        "frame-src": ("https:",),
        "form-action": ("https:",),
    },
}


class PaymentProvider(models.Model):
    """What a provider's form may load on a page on which somebody pays."""

    _inherit = "payment.provider"

    def _paynow_get_policy(self):
        """Return what this provider's form needs beside our own site.

        For a provider that is not known here, override this method; with none, nothing
        is forbidden on a page that offers it, and setup health says so.

        :return: The sources of each directive of the Content-Security-Policy; None if
            they aren't known.
        :rtype: dict[str, tuple[str, ...]]|None
        """
        self.ensure_one()
        policy = POLICIES.get(self.code)
        if self.code == "adyen" and "paypal" in self.payment_method_ids.mapped("code"):
            # Adyen's form of PayPal is PayPal's own.
            more = POLICIES["paypal"]
            return {key: policy.get(key, ()) + more.get(key, ()) for key in policy}
        return policy
