"""Addresses with something behind their token: no script runs, nobody is led astray."""

import re
from urllib.parse import quote

import pytest
from ledger import Ledger
from target import EMAIL, NUMBER, TOTAL, Target
from visitor import Visitor

OTHER_EMAIL, OTHER = "victim@client.example.com", "Victim1"
#: What Odoo's own reader of tokens skips, of all lengths that base64 fills up.
PADDINGS = ("", "=", "==", "===")
SCRIPT = '"><img src=x onerror="window.hacked=1">'
FRENCH = """
env["res.lang"]._activate_lang("fr_FR")
website = env["website"].search([], limit=1)
website.language_ids |= env["res.lang"].search([("code", "=", "fr_FR")])
env.cr.commit()
"""
OPT_OUT = """
import json

client = env["res.partner"].search([("email", "=", EMAIL)])
company = env.ref("base.main_company")
print(json.dumps(client._paynow_get_opt_out_url(company)))
"""


@pytest.fixture(scope="module")
def target(stack, paynow_db, shell, start_server):
    """A website in two languages, an attacker's invoice and a client's."""
    shell(FRENCH)
    books = Ledger(stack, paynow_db, shell)
    books.invoice(EMAIL, {NUMBER: TOTAL})
    books.invoice(OTHER_EMAIL, {OTHER: 50.0})
    return Target(start_server(), books, shell)


def test_no_page_runs_what_stands_behind_its_token(browser, target, shell):
    """On every page with a token, in every spelling that Odoo would read."""
    opt_out = shell(f"EMAIL = {EMAIL!r}\n{OPT_OUT}").partition("client=")[2]
    tokens = {
        "/PAYNOW/checkout/": target.proof,
        "/PAYNOW/tell/": target.proof,
        "/PAYNOW/receipt/": target.receipt,
        "/PAYNOW/reminders?client=": opt_out,
        "/PAYNOW?link=": target.link,
        "/PAYNOW?proof=": target.proof,
    }
    context = browser.new_context(base_url=target.visitor.url)
    page = context.new_page()
    opened, hacked = 0, []
    for path, token in tokens.items():
        for padding in PADDINGS:
            # Somebody else was here in the same minute.
            Visitor(target.visitor.url).open(path + token)
            page.goto(path + quote(token + padding + SCRIPT, safe=""))
            opened += 1
            if page.evaluate("window.hacked") or page.locator("img[src=x]").count():
                hacked.append(path)
    context.close()
    print(f"{opened} pages opened, {len(hacked)} ran the script: {sorted(set(hacked))}")
    assert not hacked


def test_nobody_is_led_to_the_invoice_of_somebody_else(browser, target):
    """Whatever was opened before, the language menu keeps to the own invoice."""
    own = Visitor(target.visitor.url).look_up(OTHER_EMAIL, OTHER, "50")
    token = own.checkout.rpartition("/")[2]
    for padding in PADDINGS[1:]:
        spelled = quote(target.proof + padding + '"x', safe="")
        # In a language in which nobody was here before: what is kept is made now.
        attacker = Visitor(target.visitor.url)
        attacker.send("GET", f"/fr/PAYNOW/checkout/{spelled}")
    context = browser.new_context(base_url=target.visitor.url)
    session_id = own.http.cookies["session_id"]
    context.add_cookies(
        [{"name": "session_id", "value": session_id, "url": target.visitor.url}]
    )
    page = context.new_page()
    page.goto("/fr" + own.checkout)
    html = page.content()
    led = set(re.findall(r"/PAYNOW/checkout/([\w%=-]+)", html))
    print(f"{len(led)} tokens on the page, {len(led - {token})} of somebody else")
    assert led == {token}
    english = page.locator("a.js_change_lang[data-url_code=en]").first
    page.goto(english.get_attribute("href"))
    assert OTHER in page.content() and NUMBER not in page.content()
    context.close()
