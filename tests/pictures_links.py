"""Pictures of links that no longer pay: `bin/test e2e tests/pictures_links.py`.

They go to docs/pictures/mails, one strip for wide screens and one for phones.
"""

from io import BytesIO

import pytest
from payer import Payer
from pictures_mails import GAP, PHONE, save
from PIL import Image

#: What each page says, by what became of the link or its invoice.
SAYS = {
    "expired": "expired",
    "altered": "expired",
    "paid": "nothing left to pay",
    "cancelled": "was cancelled",
    "credited": "was credited",
    "off": "switched off",
}
DEAD = """
import json
from freezegun import freeze_time

Move = env["account.move"]
client = env.ref("paynow_module.partner_dental")
journal = env.ref("paynow_module.journal_services")

def bill(number):
    move = Move.create({
        "move_type": "out_invoice", "partner_id": client.id, "name": number,
        "journal_id": journal.id, "invoice_line_ids": [(0, 0, {
            "name": "Managed network", "price_unit": 50.0, "tax_ids": [(5,)]})]})
    move.action_post()
    return move

links = {}
for number, state in enumerate(("paid", "cancelled", "credited"), 301):
    move = bill(f"Inv{number}")
    links[state] = move.paynow_url
    if state == "paid":
        env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        ).create({})._create_payments()
    elif state == "cancelled":
        move.button_draft()
        move.button_cancel()
    else:
        move._reverse_moves(cancel=True)
links["altered"] = links["paid"][:-6] + "AAAAAA"
with freeze_time("2020-01-01"):
    links["expired"] = bill("Inv304").paynow_url
links["off"] = bill("Inv305").paynow_url
env.cr.commit()
print(json.dumps(links))
"""
SWITCH = "env.ref('base.main_company').paynow_enabled = {}\nenv.cr.commit()"


@pytest.fixture(scope="module")
def links(server, shell):
    """The addresses, by what became of each."""
    return shell(DEAD)


@pytest.mark.parametrize("width", [1280, PHONE], ids=["wide", "phone"])
def test_pictures_of_links_that_no_longer_pay(browser, shell, links, width):
    """Each says kindly what to do, and nothing that its holder did not know."""
    context = browser.new_context(viewport={"width": width, "height": 620})
    page = context.new_page()
    Payer(page)  # Nothing is loaded from elsewhere.
    pictures = []
    for state, words in SAYS.items():
        if state == "off":
            shell(SWITCH.format(False))
        page.goto(links[state])
        assert words in page.locator("#wrap, main").first.inner_text(), state
        page.add_style_tag(content="footer {display: none}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        shot = page.screenshot(animations="disabled")
        pictures.append(Image.open(BytesIO(shot)))
    shell(SWITCH.format(True))
    context.close()
    if width > PHONE:  # Two side by side are wide enough.
        half = [(picture.width // 2, picture.height // 2) for picture in pictures]
        pictures = [p.resize(size) for p, size in zip(pictures, half, strict=True)]
    suffix, columns = ("wide", 2) if width > PHONE else ("phone", 3)
    save([arrange(pictures, columns)], f"dead-links-{suffix}", "white")


def arrange(pictures, columns):
    """Return pictures of one size in rows, as one picture."""
    width, height = (size + GAP for size in pictures[0].size)
    rows = -(-len(pictures) // columns)
    whole = Image.new("RGB", (width * columns - GAP, height * rows - GAP), "#d0d4da")
    for number, picture in enumerate(pictures):
        whole.paste(picture, (number % columns * width, number // columns * height))
    return whole
