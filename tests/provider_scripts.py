"""Stand-ins for the scripts of payment providers, as far as the page's policy goes.

Each has what Odoo's form of that provider calls. Once its form is to be shown, it asks
what the real one asks, or what the provider's manual says that it may ask: frames,
scripts and styles of its own, its interface, pictures. No card is taken.
"""

import json
from dataclasses import dataclass, field
from urllib.parse import urlsplit

#: Asks for what a provider needs, in a box of the page.
NEED = """
window.need = async (box, needs) => {
    const add = (name, values, parent) => new Promise((resolve) => {
        const el = document.createElement(name);
        el.addEventListener("load", resolve);
        el.addEventListener("error", resolve);
        parent.append(Object.assign(el, values));
    });
    const style = document.createElement("style");
    style.textContent = ".stand-in { color: rebeccapurple; }";
    document.head.append(style);
    await Promise.all([
        ...needs.scripts.map((src) => add("script", {src}, document.head)),
        ...needs.styles.map(
            (href) => add("link", {rel: "stylesheet", href}, document.head)
        ),
        ...needs.images.map((src) => add("img", {src, alt: ""}, box)),
        ...needs.frames.map((src) => add("iframe", {src}, box)),
        ...needs.calls.map((url) => fetch(url, {method: "POST"})),
    ]).catch(() => {});
    box.dataset.standIn = "done";
};
"""
STRIPE = """
window.Stripe = () => ({
    elements: () => ({
        create: () => ({
            mount: (box) => need(box, NEEDS),
            on: () => {},
            update: () => {},
        }),
        getElement: () => null,
        submit: async () => ({}),
        update: () => {},
    }),
});
"""
ADYEN = """
window.AdyenWeb = {
    AdyenCheckout: async (configuration) => configuration,
    createComponent: () => ({
        mount(box) {
            need(box, NEEDS);
            return this;
        },
    }),
};
"""
AUTHORIZE = """
window.Accept = {dispatchData: () => {}};
need(document.querySelector("[name=o_authorize_form]"), NEEDS);
"""
#: PayPal writes a frame of its own at once, with scripts that bear the page's mark.
PAYPAL = """
const {cspNonce} = document.currentScript.dataset;
window.paypal = {
    FUNDING: {PAYPAL: "paypal"},
    Buttons: () => ({
        close: () => {},
        hide: () => {},
        show: () => {},
        render: async (selector) => {
            const box = document.querySelector(selector);
            const frame = document.createElement("iframe");
            box.append(frame);
            frame.contentDocument.write(
                `<script nonce="${cspNonce}">frameElement.dataset.drawn = 1</script>`
            );
            frame.contentDocument.close();
            await need(box, NEEDS);
        },
    }),
};
"""


@dataclass(frozen=True)
class Provider:
    """What Odoo and the browser are told of a provider."""

    script: str
    #: The script's address; where it has parameters, without them.
    address: str
    #: What Odoo keeps of the account.
    account: dict
    #: Where its form is, as a selector.
    form: str
    method: str = "card"
    method_name: str = "Card"
    #: How many frames its script writes by itself.
    drawn: int = 0
    frames: list = field(default_factory=list)
    scripts: list = field(default_factory=list)
    styles: list = field(default_factory=list)
    images: list = field(default_factory=list)
    calls: list = field(default_factory=list)

    def get_needs(self):
        """Return the addresses that are asked, by kind.

        :rtype: dict[str, list[str]]
        """
        kinds = ("frames", "scripts", "styles", "images", "calls")
        return {kind: getattr(self, kind) for kind in kinds}

    def answer(self, route):
        """Answer a request of the page to another host than ours."""
        url, kind = route.request.url, route.request.resource_type
        body, content_type = "", "text/html"
        if kind == "script":
            content_type = "text/javascript"
            if url.partition("?")[0] == self.address:
                needs = json.dumps(self.get_needs())
                body = NEED + "{" + self.script.replace("NEEDS", needs) + "}"
        elif kind == "stylesheet":
            content_type = "text/css"
        elif kind == "image":
            body = '<svg xmlns="http://www.w3.org/2000/svg"/>'
            content_type = "image/svg+xml"
        headers = {"Access-Control-Allow-Origin": "*"}
        route.fulfill(body=body, content_type=content_type, headers=headers)

    def get_hosts(self):
        """Return the hosts that are asked.

        :rtype: set[str]
        """
        urls = [self.address, *sum(self.get_needs().values(), [])]
        return {urlsplit(url).hostname for url in urls}


ADYEN_HOST = "https://checkoutshopper-test.adyen.com/checkoutshopper"
PROVIDERS = {
    "stripe": Provider(
        STRIPE,
        "https://js.stripe.com/v3/",
        {
            "stripe_publishable_key": "pk_test_standin",
            "stripe_secret_key": "sk_test_standin",
            "stripe_webhook_secret": "whsec_standin",
        },
        "[name=o_stripe_element_container]",
        frames=[
            "https://js.stripe.com/v3/elements-inner-payment.html",
            "https://b.js.stripe.com/v3/controller.html",
            "https://hooks.stripe.com/3d_secure_2/hosted",
            "https://link.com/pay",
        ],
        scripts=["https://js.stripe.com/v3/fingerprinted/js/shared.js"],
        images=["https://q.stripe.com/"],
        calls=["https://api.stripe.com/v1/elements/sessions"],
    ),
    "adyen": Provider(
        ADYEN,
        "https://checkoutshopper-live.adyen.com/checkoutshopper/sdk/6.9.0/adyen.js",
        {
            "adyen_merchant_account": "StandIn",
            "adyen_api_key": "stand-in",
            "adyen_client_key": "test_STANDIN",
            "adyen_hmac_key": "00",
            "adyen_api_url_prefix": "checkout-test",
        },
        "[name=o_adyen_component_container]",
        frames=[
            f"{ADYEN_HOST}/securedfields/securedFields.html",
            "https://acs.bank.example.com/challenge",
        ],
        scripts=[f"{ADYEN_HOST}/sdk/6.9.0/chunk.js"],
        images=[f"{ADYEN_HOST}/images/logos/visa.svg"],
        calls=[f"{ADYEN_HOST}/v3/analytics"],
    ),
    "authorize": Provider(
        AUTHORIZE,
        "https://jstest.authorize.net/v1/Accept.js",
        {
            "authorize_login": "stand-in",
            "authorize_transaction_key": "stand-in",
            "authorize_signature_key": "00",
            "authorize_client_key": "stand-in",
        },
        "[name=o_authorize_form]",
        scripts=["https://jstest.authorize.net/v1/AcceptCore.js"],
        calls=["https://apitest.authorize.net/xml/v1/request.api"],
    ),
    "paypal": Provider(
        PAYPAL,
        "https://www.paypal.com/sdk/js",
        {
            "paypal_email_account": "standin@example.com",
            "paypal_client_id": "stand-in",
            "paypal_client_secret": "stand-in",
        },
        "#o_paypal_enabled_button_0",
        method="paypal",
        method_name="Paypal",
        drawn=1,
        frames=["https://www.sandbox.paypal.com/smart/buttons"],
        scripts=["https://www.paypalobjects.com/checkout/js/chunk.js"],
        styles=["https://www.paypalobjects.com/checkout/css/button.css"],
        images=["https://www.paypalobjects.com/js-sdk-logos/paypal-blue.svg"],
        calls=["https://www.sandbox.paypal.com/xoplatform/logger/api/logger"],
    ),
}
