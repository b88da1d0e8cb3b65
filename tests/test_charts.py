"""Eight countries: from the installation to a payment in the books.

Each is begun as its company does it: the country and the language first, then the
add-on and the country's chart of accounts; there is no demo data. With `-s` you read
what their clients read.
"""

import re
from contextlib import closing
from datetime import date
from typing import NamedTuple

import pytest
from inbox import read_html
from ledger import Ledger, fill
from lxml import html
from shells import Shell
from visitor import Visitor

from dev import databases
from dev.places import cache
from dev.server import serving

CLIENT, CLERK = "billing@client.example.com", "clerk@company.example.com"
RECEIVABLE = "asset_receivable"
#: Words that stand in no text of the other languages that we ship.
ENGLISH = re.compile(r"\b(?:amount|due|invoice|is|pay|payment|the|thank|your)\b", re.I)


class Country(NamedTuple):
    """A country: how its company begins, and how its clients read and write."""

    code: str
    lang: str
    module: str
    chart: str
    date_format: str
    #: The total of the invoice with the chart's own tax, as mails write it.
    total: str
    #: How a client types it, and what stands before the cents.
    typed: str = "{:.2f}"
    point: str = "."

    @property
    def is_translated(self):
        """Whether we ship its language."""
        return self.lang[:2] in ("de", "es", "fr", "pt")


COMMA = {"point": ","}
COUNTRIES = (
    Country("FR", "fr_FR", "l10n_fr_account", "fr", "%d/%m/%Y", "1 481,40 €", **COMMA),
    Country("DE", "de_DE", "l10n_de", "de_skr03", "%d.%m.%Y", "1.469,06 €", **COMMA),
    Country("IN", "en_IN", "l10n_in", "in", "%d/%m/%Y", "₹1,296.22"),
    Country("BR", "pt_BR", "l10n_br", "br", "%d/%m/%Y", "R$ 1.444,37", **COMMA),
    Country("CA", "fr_CA", "l10n_ca", "ca_2023", "%Y-%m-%d", "1 296,23 $", **COMMA),
    Country("MX", "es_MX", "l10n_mx", "mx", "%d/%m/%Y", "$1,432.02"),
    Country("CH", "de_CH", "l10n_ch", "ch", "%d.%m.%Y", "CHF 1’334.49"),
    Country("JP", "ja_JP", "l10n_jp", "jp", "%Y/%m/%d", "￥13,580", "{:.0f}"),
)
BEGIN = """
lang = env["res.lang"].with_context(active_test=False).search([("code", "=", LANG)])
env["base.language.install"].create({"lang_ids": lang.ids}).lang_install()
country = env["res.country"].search([("code", "=", CODE)])
env.company.write({
    "name": "Nordwind", "street": "1", "city": "A", "zip": "10115",
    "country_id": country.id, "currency_id": country.currency_id.id,
    "state_id": country.state_ids[:1].id, "email": CLERK})
env["res.users"].search([]).write({"lang": LANG, "email": CLERK})
env["ir.default"].set("res.partner", "lang", LANG)
env["website"].search([]).write(
    {"language_ids": [(6, 0, lang.ids)], "default_lang_id": lang.id})
env.cr.commit()
"""
#: Switches Pay Now on, sells to a client, sends the mails.
SELL = """
import json
from datetime import timedelta
from odoo.tests import Form

env["account.chart.template"].try_loading(CHART, env.company, install_demo=False)
if "l10n_in_is_gst_registered" in env.company:
    env.company.l10n_in_is_gst_registered = True  # India: before, there is no tax.
env = env(user=env.ref("base.user_admin"), context={"lang": LANG}, su=False)
company = env.company
provider = env.ref("payment.payment_provider_demo")
card = env.ref("payment.payment_method_card")
provider.write({
    "state": "test", "is_published": True, "payment_method_ids": [(6, 0, card.ids)]})
card.active = True
# Odoo knows the demo provider in test mode alone, in which no guest is let pay.
provider.flush_recordset()
env.cr.execute("UPDATE payment_provider SET state = 'enabled' WHERE code = 'demo'")
provider.invalidate_recordset()
settings = env["paynow.settings"].browse(env["paynow.settings"].action_open()["res_id"])
with Form(settings) as form:
    form.paynow_enabled = True
    form.paynow_email_links = True
    form.paynow_invoice_delivery_enabled = True
Form(env["res.config.settings"])
client = env["res.partner"].create({
    "name": "Client", "email": CLIENT, "is_company": True, "lang": LANG,
    "country_id": company.country_id.id, "state_id": company.state_id.id})
today = company._paynow_get_today()
invoice = env["account.move"].create({
    "move_type": "out_invoice", "partner_id": client.id,
    "invoice_date": today - timedelta(days=30),
    "invoice_date_due": today - timedelta(days=15),
    "invoice_line_ids": [(0, 0, {
        "name": "1", "price_unit": PRICE,
        "tax_ids": [(6, 0, company.account_sale_tax_id.ids)]})]})
invoice.action_post()
# The PDF was made earlier: the machine of a test has no wkhtmltopdf.
env["ir.attachment"].create({
    "name": "1.pdf", "raw": b"%PDF-1.4 %%EOF", "mimetype": "application/pdf",
    "res_model": "account.move", "res_id": invoice.id,
    "res_field": "invoice_pdf_report_file"})
invoice.invalidate_recordset()
env["account.move.send.wizard"].with_context(
    active_model="account.move", active_ids=invoice.ids
).create({"sending_methods": ["email"]}).action_send_and_print()
env.cr.commit()  # Odoo sends it now.
settings.action_paynow_send_samples()
env.cr.commit()
print(json.dumps({
    "number": invoice.name, "total": invoice.amount_total, "tax": invoice.amount_tax,
    "link": invoice.paynow_url, "due": str(invoice.invoice_date_due),
    "red": [check["message"] for check in company._paynow_get_health()
            if check["state"] == "red"]}))
"""
SEND = 'env["mail.mail"].process_email_queue(); env.cr.commit()'
#: The entry of the payment: its journal is the provider's, and its lines are even.
ENTRY = """
SELECT p.journal_id = m.journal_id, sum(l.balance), sum(l.amount_currency),
       array_agg(a.account_type ORDER BY a.account_type)
  FROM account_payment p
  JOIN account_move m ON m.id = p.move_id
  JOIN account_move_line l ON l.move_id = m.id
  JOIN account_account a ON a.id = l.account_id
 GROUP BY p.id, m.id
"""


@pytest.fixture
def company(stack, country):
    """A database of a company of the country, with the add-on."""
    name = f"paynow_e2e_country_{country.code.lower()}"
    databases.copy(stack, databases.without_demo(stack), name)
    stack.shell(name, fill(BEGIN, CODE=country.code, LANG=country.lang, CLERK=CLERK))
    databases.install(stack, name, [country.module, "paynow_module"], demo=False)
    log = (cache("logs") / f"{name}.install.log").read_text()
    assert not re.findall(r".* (?:ERROR|CRITICAL) .*|.* WARNING .*paynow.*", log)
    yield name
    databases.drop(stack, name)


@pytest.mark.long
@pytest.mark.parametrize("country", COUNTRIES, ids=[each.code for each in COUNTRIES])
def test_from_the_installation_to_the_payment(stack, company, country, inbox):
    """The settings open, a client reads page and mails, and pays; the books agree."""
    log, first = cache("logs") / f"{company}.log", len(inbox.messages)
    with (
        closing(Shell(stack, company)) as shell,
        serving(stack, company, log=log) as server,
    ):
        inbox.connect(shell)
        price = 12345 if country.code == "JP" else 1234.5
        values = {"CHART": country.chart, "CLIENT": CLIENT, "LANG": country.lang}
        sold = shell(fill(SELL, PRICE=price, **values))
        visitor = Visitor(server.url)
        page = visitor.open(sold["link"].removeprefix(server.url)).text
        assert f'lang="{country.lang.replace("_", "-")}"' in page
        typed = country.typed.format(sold["total"]).replace(".", country.point)
        visitor.look_up(CLIENT, sold["number"], typed).pay()
        shell(SEND)
        ledger = Ledger(stack, company, shell)
    messages = inbox.messages[first:]
    assert len(messages) == 5
    texts = [read_text(text) for text in (page, *map(read_html, messages))]
    subjects = [message["Subject"] for message in messages]
    print("", country.lang, f"tax {sold['tax']}", *subjects, *texts, sep="\n")
    due = date.fromisoformat(sold["due"]).strftime(country.date_format)
    assert all(country.total in text for text in texts), texts
    assert all(due in text for text in texts[:-1]), texts  # The last one: the receipt.
    if country.is_translated:
        assert not ENGLISH.findall(" ".join([*subjects, *texts]))
    books = ledger.read(sold["number"])
    assert (books["residual"], len(books["payments"])) == (0, 1)
    ((is_providers, balance, foreign, types),) = ledger.query(ENTRY)
    assert (is_providers, balance, foreign) == (True, 0, 0)
    assert types in (["asset_cash", RECEIVABLE], ["asset_current", RECEIVABLE])
    assert sold["tax"] > 0
    assert len(sold["red"]) == 1 and "https" in sold["red"][0]


def read_text(page):
    """Return the words of a page or a mail, without the frame of a website."""
    tree = html.fromstring(page)
    for element in tree.xpath("//script | //style | //header | //footer"):
        element.drop_tree()
    return " ".join(tree.text_content().split())
