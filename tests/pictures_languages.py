"""The pages in French and German: `bin/test e2e tests/pictures_languages.py`.

For each language, docs/pictures gets the client's way on phones side by side; with
PICTURES=folder, full pages go there, those of a wide screen too.
"""

import pytest
from pictures import GAP, PHONE, WIDE, save, take
from PIL import Image

#: Language of the address: client, their address, the number, the amount as typed, the
#: headings of the steps.
CLIENTS = {
    "fr": (
        ("Atelier Rivière", "compta@riviere.example.com", "FAC/2026/0042"),
        ("1 234,50", "Payer une facture", "Paiement reçu"),
    ),
    "de": (
        ("Praxis Nordlicht", "rechnung@nordlicht.example.com", "RE/2026/0042"),
        ("1.234,50", "Eine Rechnung bezahlen", "Zahlung erhalten"),
    ),
}
PREPARE = """
from odoo.fields import Command

langs = env["res.lang"].with_context(active_test=False).search(
    [("code", "in", ("fr_FR", "de_DE"))])
env["base.language.install"].create({
    "lang_ids": langs.ids, "overwrite": True,
    "website_ids": env["website"].search([]).ids}).lang_install()
company = env.ref("base.main_company")
for name, email, number in %r:
    move = env["account.move"].create({
        "move_type": "out_invoice", "name": number,
        "journal_id": env.ref("paynow_module.journal_services").id,
        "partner_id": env["res.partner"].create({"name": name, "email": email}).id,
        "currency_id": env.ref("base.EUR").id,
        "invoice_line_ids": [Command.create({
            "name": "Managed network", "price_unit": 2469,
            "tax_ids": [Command.clear()]})]})
    move.action_post()
env.cr.commit()
"""


@pytest.fixture(scope="module")
def server(start_server, shell):
    """A server whose website speaks both, with an invoice for a client of each."""
    shell(PREPARE % [client for client, _words in CLIENTS.values()])
    return start_server()


def walk(page, language, size):
    """Pay half of the invoice; return the picture of each step."""
    (_name, email, number), (amount, title, received) = CLIENTS[language]
    width = size[0]

    def look(name):
        return take(page, f"{name}-{language}-{width}")

    page.goto(f"/{language}/PAYNOW")
    page.get_by_role("heading", name=title).wait_for()
    for field, value in (("email", email), ("invoice", number), ("amount", amount)):
        page.locator(f"#o_paynow_{field}").fill(value)
    pictures = [look("page")]
    page.locator("#o_paynow_form button[type=submit]").click()
    card = page.locator("[data-payment-method-code=card]").first
    option = page.locator("[name=o_payment_option]", has=card)
    option.locator(".o_payment_option_label").click()
    option.locator("[name=customer_input]").fill("4242 4242 4242 4242")
    pictures.append(look("checkout"))
    page.locator("button[name=o_payment_submit_button]").click()
    page.locator("[name=o_paynow_pay]").wait_for()
    pictures.append(look("confirmation"))
    page.locator("[name=o_paynow_pay]").click()
    page.get_by_role("heading", name=received).wait_for()
    pictures.append(look("receipt"))
    return pictures


@pytest.mark.parametrize("language", CLIENTS)
def test_pictures_of_a_language(browser, server, language):
    """Half of the invoice on a wide screen, the other half on a phone."""
    for size in (WIDE, PHONE):
        width, height = size
        context = browser.new_context(
            base_url=server.url, viewport={"width": width, "height": height}
        )
        pictures = walk(context.new_page(), language, size)
        context.close()
    strip = Image.new("RGB", (len(pictures) * (width + GAP) - GAP, height), "white")
    for number, picture in enumerate(pictures):
        strip.paste(picture, (number * (width + GAP), 0))
    save(strip, f"language-{language}")
