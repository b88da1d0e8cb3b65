"""Websites and what stands before them: a guest pays on each, or is told why not."""

import re
from urllib.parse import urlsplit

import pytest
from ledger import Ledger, fill
from operation import get_email, go_by, mail, pay_by_link, take_payments
from proxy import proxying
from visitor import Visitor

from dev.places import ROOT

pytestmark = pytest.mark.long
ADDRESS = """
env["ir.config_parameter"].set_param("web.base.url", URL)
"""
#: Ends a script: a server that runs forgets what it knew.
DONE = """
env.cr.commit()
env.registry.signal_changes()
"""
#: Two websites of one company, one of them French, and one of another company.
SITES = """
company, site = env.ref("base.main_company"), env["website"].search([], limit=1)
langs = env["res.lang"].with_context(active_test=False)
french = langs.search([("code", "=", "fr_FR")])
env["base.language.install"].create({"lang_ids": french.ids}).lang_install()
site.write({"domain": OWN, "language_ids": [(4, french.id)]})
other = env["res.company"].create({
    "name": "Second company", "email": "second@example.com", "paynow_enabled": True,
    "currency_id": company.currency_id.id})
env["account.chart.template"].try_loading("generic_coa", other, install_demo=False)
demo = env.ref("payment.payment_provider_demo")
demo.copy({
    "company_id": other.id, "state": "test", "is_published": True,
    "payment_method_ids": [(6, 0, demo.payment_method_ids.ids)]})
env["website"].create([
    {"name": "French", "company_id": company.id, "domain": FRENCH,
     "language_ids": [(6, 0, french.ids)], "default_lang_id": french.id},
    {"name": "Second", "company_id": other.id, "domain": SECOND},
])
"""
SELL = """
company = env["res.company"].search([("name", "=", "Second company")])
client = env["res.partner"].create({"name": EMAIL, "email": EMAIL})
env["account.move"].with_company(company).create([{
    "move_type": "out_invoice", "partner_id": client.id, "name": number,
    "invoice_date": "2026-01-02", "invoice_line_ids": [
        (0, 0, {"name": "Help desk", "price_unit": amount, "tax_ids": [(5,)]})],
} for number, amount in TOTALS.items()]).action_post()
env.cr.commit()
"""
COMING_SOON = """
env["website"].search([]).homepage_url = "/coming-soon"
env["website.page"].search([]).is_published = False
env["website.page"].create({
    "name": "Coming soon", "url": "/coming-soon", "type": "qweb", "is_published": True,
    "key": "website.coming-soon", "arch": "<t t-call='website.layout'>Soon</t>"})
"""
LOADED = re.compile(
    r'<(?:(?:script|img)[^>]* src|link rel="stylesheet"[^>]* href)="(/[^"]+)"'
)
RESTRICT = """
env["ir.ui.view"].search([("key", "=", "paynow_module.page")]).visibility = HOW
"""


@pytest.fixture(scope="module")
def books(stack, paynow_db, shell, inbox):
    """The books, whose mails go to the inbox."""
    inbox.connect(shell)
    return Ledger(stack, paynow_db, shell)


@pytest.fixture(scope="module")
def arguments():
    """All servers of this module are told that a proxy stands before them."""
    return ("--proxy-mode",)


def log_in(server):
    """Return a function that reads *Setup health* as the administrator."""
    visitor = Visitor(server.url)
    visitor.open("/web/login")
    form = {"csrf_token": visitor.csrf_token, "login": "admin", "password": "admin"}
    visitor.send("POST", "/web/login", data=form)

    def call(method, *args):
        params = {"model": "paynow.settings", "method": method, "kwargs": {}}
        content = {"jsonrpc": "2.0", "params": {**params, "args": args}}
        return visitor.send("POST", "/web/dataset/call_kw", json=content).json()

    def read():
        (settings,) = call("create", [{}])["result"]
        (values,) = call("read", [settings], ["paynow_health"])["result"]
        return values["paynow_health"]

    return read


def test_behind_a_proxy_with_two_hosts(server, books, shell, inbox):
    """Guests pay at both; mails lead to the one that is set, whoever asked for them."""
    with proxying(server.url) as address:
        port = urlsplit(address).port
        one, two = (f"http://{name}.example.com:{port}" for name in ("pay", "www"))
        shell(fill(ADDRESS + DONE, URL=one))
        visit = go_by(address)
        take_payments(books, shell, inbox, "OneHost", one, visit)
        email = get_email("TwoHosts")
        books.invoice(email, {"TwoHosts": 100.0})
        visit(two).look_up(email, "TwoHosts", "40").pay()
        link = mail(shell, inbox, "TwoHosts")
        assert link.startswith(one)
        # Its proof holds at either.
        pay_by_link(visit, link.replace(one, two), email, "TwoHosts", "60")
    assert books.read("TwoHosts")["residual"] == 0


def test_behind_a_proxy_that_hands_on_some_paths(server, books, shell, inbox):
    """Those of the manual are enough: for payments, and for all that the pages load."""
    manual = (ROOT / "docs" / "operation.md").read_text()
    names = re.search(r"location ~ \^/\(([\w|]+)\)", manual)[1].split("|")
    with proxying(server.url, tuple(f"/{name}" for name in names)) as address:
        shell(fill(ADDRESS + DONE, URL=address))
        take_payments(books, shell, inbox, "SomePaths", address)
        visitor = Visitor(address)
        books.invoice(get_email("Loads"), {"Loads": 100.0})
        visitor.look_up(get_email("Loads"), "Loads", "100")
        pages = [visitor.open(page).text for page in ("/PAYNOW", visitor.checkout)]
        loaded = {path for text in pages for path in LOADED.findall(text)}
        assert len(loaded) > 3
        found = {path: visitor.open(path).status_code for path in loaded}
        assert set(found.values()) == {200}, found


def test_an_address_below_a_path_is_told(server, books, shell):
    """Odoo's pages lead to the root of their host: the administrator reads it."""
    read_health = log_in(server)  # Odoo learns the address by it.
    assert "lead to the root" not in read_health()
    shell(fill(ADDRESS + DONE, URL="https://www.example.com/erp"))
    assert "lead to the root" in read_health()


def test_a_website_that_is_coming_soon(server, books, shell, inbox):
    """No page of it is published but one: invoices are paid as ever."""
    shell(fill(ADDRESS + COMING_SOON + DONE, URL=server.url))
    assert "Soon" in Visitor(server.url).open("/").text
    take_payments(books, shell, inbox, "Soon", server.url)


@pytest.mark.parametrize("how", ["connected", "password"])
def test_a_restricted_page(server, books, shell, inbox, how):
    """Strangers are kept out at once, the administrator reads it; mailed links pay."""
    number = f"Closed{how}"
    email = get_email(number)
    books.invoice(email, {number: 100.0})
    read_health = log_in(server)
    assert Visitor(server.url).open().status_code == 200  # Kept for the next one.
    shell(fill(RESTRICT + DONE, HOW=how))
    try:
        assert Visitor(server.url).open().status_code == 403
        assert "answered: 403" in read_health()
        pay_by_link(Visitor, mail(shell, inbox, number), email, number, "100")
    finally:
        shell(fill(RESTRICT + DONE, HOW=""))
    assert Visitor(server.url).open().status_code == 200


def test_a_website_per_language_and_per_company(server, books, shell, inbox):
    """Each is paid at its own, in its language; nobody finds another company's."""
    with proxying(server.url) as address:
        port = urlsplit(address).port
        own, french, second = (
            f"http://{name}.example.com:{port}" for name in ("own", "fr", "second")
        )
        shell(fill(SITES + DONE, OWN=own, FRENCH=french, SECOND=second))
        visit = go_by(address)
        assert 'lang="fr-FR"' in visit(french).open().text
        assert 'lang="fr-FR"' in visit(own).open("/fr/PAYNOW").text
        take_payments(books, shell, inbox, "OwnSite", own, visit)
        email = get_email("FrenchSite")
        books.invoice(email, {"FrenchSite": 100.0, "FrenchRest": 100.0})
        visit(french).look_up(email, "FrenchSite", "100,00").pay()
        assert books.read("FrenchSite")["residual"] == 0

        def sell(email, totals):
            shell(fill(SELL, EMAIL=email, TOTALS=totals))

        take_payments(books, shell, inbox, "Second1", second, visit, sell)
        sell(email, {"Second2": 100.0})
        for url, number in ((own, "Second2"), (second, "FrenchRest")):
            answer = visit(url).post(email, number, "100")
            assert answer.status_code == 200 and 'role="alert"' in answer.text
        link = mail(shell, inbox, "Second2", email)
        path = f"/PAYNOW?{urlsplit(link).query}"
        assert visit(own).open(path).status_code == 403
