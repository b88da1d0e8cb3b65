"""The pictures of the documentation: `bin/test e2e tests/pictures.py` makes them anew.

They go to docs/pictures. With PICTURES=folder, full pages of every step go there, for
whoever reviews the design.
"""

import os
from io import BytesIO
from pathlib import Path

import pytest
from payer import Payer
from PIL import Image
from playwright.sync_api import expect

from dev.places import ADDON, ROOT

DOCS = ROOT / "docs" / "pictures"
#: The page in the list of apps has pictures of its own folder only.
APP = ADDON / "static" / "description"
#: Sizes of the window, in pixels.
WIDE, PHONE = (1280, 860), (390, 780)
#: Pictures further down are loaded when somebody gets there.
LOADED = "[...document.images].every(i => i.complete || i.loading === 'lazy')"
GAP = 24  # Pixels between the phones of the strip.
EMAIL = "billing@blueharbor.example.com"


@pytest.fixture
def visit(browser, server):
    """A function that gives a page in a window of a size."""
    contexts = []

    def give(size):
        width, height = size
        contexts.append(
            browser.new_context(
                base_url=server.url,
                locale="en-US",
                viewport={"width": width, "height": height},
            )
        )
        return contexts[-1].new_page()

    yield give
    for context in contexts:
        context.close()


def take(page, name):
    """Return a picture of the window; keep one of the full page if asked to.

    :rtype: PIL.Image.Image
    """
    page.wait_for_function(LOADED)
    page.mouse.move(0, 0)  # Nothing is underlined by chance.
    # Neither a blinking cursor nor a footer that has nothing to do with Pay Now.
    page.add_style_tag(content="* {caret-color: transparent} footer {display: none}")
    review = os.environ.get("PICTURES")
    if review:
        page.screenshot(path=Path(review) / f"{name}.png", full_page=True)
    return Image.open(BytesIO(page.screenshot(animations="disabled")))


def save(picture, name, *folders):
    """Write a picture in few colours: a screen has no more."""
    few = picture.convert("RGB").quantize(128, dither=Image.Dither.NONE)
    for folder in (DOCS, *folders):
        few.save(folder / f"{name}.png", optimize=True)


def walk(page, size, invoice, amount):
    """Pay an invoice and yield the name and the picture of each step."""
    suffix = "wide" if size == WIDE else "phone"
    payer = Payer(page)
    page.goto("/PAYNOW")
    page.get_by_label("Billing Email Address").fill(EMAIL)
    page.get_by_label("Invoice Number").fill(invoice)
    page.get_by_label("Amount to pay").fill(amount)
    yield "page", take(page, f"page-{suffix}")
    page.get_by_role("button", name="Continue").click()
    payer.choose("Card", details="4242 4242 4242 4242")
    yield "checkout", take(page, f"checkout-{suffix}")
    payer.proceed()
    yield "confirmation", take(page, f"confirmation-{suffix}")
    payer.pay()
    yield "receipt", take(page, f"receipt-{suffix}")


def refuse(payer, invoice, amount):
    """Look an invoice up in vain."""
    payer.look_up(EMAIL, invoice, amount)
    payer.page.get_by_role("alert").wait_for()


def test_pictures_of_the_clients_way(visit):
    """Each step on a wide screen; all of them on phones, side by side."""
    for name, picture in walk(visit(WIDE), WIDE, "Inv123", "40.00"):
        save(picture, name)
    phones = [
        picture for _name, picture in walk(visit(PHONE), PHONE, "Inv123", "60.00")
    ]
    width, height = PHONE
    strip = Image.new("RGB", (len(phones) * (width + GAP) - GAP, height), "white")
    for number, phone in enumerate(phones):
        strip.paste(phone, (number * (width + GAP), 0))
    save(strip, "phone", APP)


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_pictures_of_what_can_happen(visit, size):
    """The pages that a client rather does not see; for the review only."""
    page, suffix = visit(size), "wide" if size == WIDE else "phone"
    payer = Payer(page)
    refuse(payer, "Inv200", "900")
    take(page, f"error-field-{suffix}")
    refuse(payer, "inv200", "899")
    take(page, f"error-pair-{suffix}")
    page.goto("/PAYNOW/checkout/expired")
    take(page, f"expired-{suffix}")
    for outcome, amount in (("Error", "20"), ("Cancelled", "20"), ("Pending", "10")):
        payer.look_up(EMAIL, "Inv200", amount)
        payer.choose("ACH Direct Debit", outcome)
        take(page, f"checkout-ach-{suffix}")
        address = page.url
        payer.proceed()
        payer.pay()
        take(page, f"receipt-{outcome.lower()}-{suffix}")
    refuse(payer, "Inv200", "899")
    take(page, f"error-in-flight-{suffix}")
    page.goto(address)
    take(page, f"checkout-again-{suffix}")


CLOSE = """
env["paynow.attempt"].search([]).unlink()
company = env["account.move"].search([("name", "=", "Inv123")]).company_id
for _count in range(60):
    env["paynow.attempt"]._record(company, KIND, ip="127.0.0.1")
env.cr.commit()
"""
OPEN = """
env["paynow.attempt"].search([]).unlink()
env.ref("payment.payment_provider_demo").is_published = True
env.cr.commit()
"""
HIDE = """
env.ref("payment.payment_provider_demo").is_published = False
env.cr.commit()
"""


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_pictures_of_closed_doors(visit, shell, size):
    """Too many tries, no way to pay, other ways on; for the review only."""
    page, suffix = visit(size), "wide" if size == WIDE else "phone"
    payer = Payer(page)
    shell(OPEN)
    payer.look_up(EMAIL, "Inv125", "100")
    payer.choose("Card")
    payer.proceed()
    shell(CLOSE.replace("KIND", "'payment_started'"))
    page.get_by_role("button", name="Pay ").click()
    expect(page.locator("#o_paynow_alert")).to_contain_text("too many tries")
    take(page, f"limit-payment-{suffix}")
    shell(OPEN)
    payer.look_up(EMAIL, "Inv125", "100")
    page.get_by_role("link", name="Tell us").click()
    take(page, f"tell-{suffix}")
    refuse(payer, "Inv999", "1")
    page.get_by_role("button", name="link").click()
    payer.expect_heading("Please look at your mail")
    take(page, f"link-requested-{suffix}")
    shell(CLOSE.replace("KIND", "'lookup_failed'"))
    payer.look_up(EMAIL, "Inv125", "100")
    payer.expect_heading("Please try again later")
    take(page, f"limit-look-up-{suffix}")
    shell(OPEN + HIDE)
    refuse(payer, "Inv999", "1")  # The bare page comes from a cache.
    expect(page.locator("#wrap")).to_contain_text("not available just now")
    take(page, f"not-available-{suffix}")
    shell(OPEN)


def test_pictures_of_the_settings(visit):
    """Pay Now Settings, all of it unfolded, and the block in Odoo's own settings."""
    page = visit(WIDE)
    page.goto("/web/login")
    page.get_by_label("Email").fill("admin")
    page.get_by_label("Password").fill("admin")
    page.get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_url("**/odoo**")
    page.goto("/odoo/action-paynow_module.paynow_settings_open_action")
    page.locator("#paynow_enabled_0, [name=paynow_enabled]").first.wait_for()
    page.locator("#paynow_health, .o_paynow_health").first.wait_for()
    take(page, "settings-wide")
    for name in ("email_links", "past_due_enabled", "summary_enabled"):
        page.locator(f"[name=paynow_{name}] input").check()
    # A window as high as all of it.
    width, height = WIDE
    hidden = "el => el.scrollHeight - el.clientHeight"
    height += page.locator(".o_content").first.evaluate(hidden)
    page.set_viewport_size({"width": width, "height": height})
    save(take(page, "settings-unfolded-wide"), "settings", APP)
    page.set_viewport_size({"width": width, "height": WIDE[1]})
    page.goto("/odoo/action-account.action_account_config")
    page.locator("#paynow_enabled").first.scroll_into_view_if_needed()
    take(page, "settings-general-wide")
