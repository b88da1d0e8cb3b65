"""A client saves a card in the portal, in a real browser, and gives it a name."""

import os
from datetime import date, timedelta
from pathlib import Path

import pytest
from conftest import PATIENCE
from ledger import fill
from playwright.sync_api import expect

CLIENT = """
partner = env.ref("paynow_module.partner_dental_office")
env["res.users"].with_context(no_reset_password=True).create({
    "name": partner.name, "login": "dana", "password": "dana-whitfield",
    "partner_id": partner.id, "group_ids": env.ref("base.group_portal").ids})
env.ref("payment.payment_provider_demo").allow_tokenization = True
env.cr.commit()
"""
IDS = """
import json
client = env.ref("paynow_module.partner_dental")
print(json.dumps([client.id, client.paynow_token_ids.id]))
"""
#: In a month that is not over for anybody, and not far away.
SOON = date.today() + timedelta(days=20)
EXPIRY = f"{SOON.month}/{SOON.year}"
#: A folder for pictures of what is seen on the way.
PICTURES = os.environ.get("PAYNOW_PICTURES")


@pytest.fixture
def portal(payer, shell):
    """The page of saved methods, of a client logged in."""
    shell(fill(CLIENT))
    page = payer.page
    page.goto("/web/login")
    page.get_by_label("Email").fill("dana")
    page.get_by_label("Password").first.fill("dana-whitfield")
    page.get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_url("**/my")
    page.goto("/my/payment_method")
    return payer


def picture(page, name):
    """Take a picture, wide and as on a phone, where wanted."""
    if PICTURES:
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 844})
            page.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)


def test_client_saves_a_card_and_gives_it_a_name(portal):
    """Number, expiry and nickname are seen on the page."""
    page = portal.page
    option = portal.find_option("Card")
    option.locator(".o_payment_option_label").click()
    option.locator("[name=customer_input]").fill(f"4242 {EXPIRY}")
    page.get_by_role("button", name="Save").click()
    card = page.locator("[name=o_paynow_card]")
    expect(card).to_contain_text(f"Expires {EXPIRY}")
    expect(card).to_contain_text("Expiring Soon")
    picture(page, "portal-card")

    card.get_by_text("Give it a nickname").click()
    card.get_by_label("Nickname of Card").fill("Office card")
    picture(page, "portal-nickname")
    card.get_by_label("Nickname of Card").press("Enter")
    nickname = page.locator("[name=o_paynow_card_nickname]")
    expect(nickname).to_have_text("Office card")
    picture(page, "portal-named")
    assert not portal.complaints


def test_staff_see_and_correct_it(browser, server, shell):
    """It stands on the client's form; what the provider got wrong can be mended."""
    client_id, token_id = shell(IDS)
    context = browser.new_context(base_url=server.url, locale="en-US")
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto("/web/login")
    page.get_by_label("Email").fill("admin")
    page.get_by_label("Password").first.fill("admin")
    page.get_by_role("button", name="Log in", exact=True).click()

    page.goto(f"/odoo/res.partner/{client_id}")
    page.get_by_role("tab", name="Invoicing").click()
    cards = page.locator("[name=paynow_token_ids] .o_data_row")
    expect(cards).to_contain_text("Office card")
    expect(cards).to_contain_text(EXPIRY)
    expect(cards).to_contain_text("Expiring Soon")
    picture(page, "client-form")

    page.goto(f"/odoo/payment.token/{token_id}")
    page.get_by_label("Expiration").fill(str(SOON.month))
    year = page.locator("[name=paynow_expiry_year] input")
    year.fill(str(SOON.year + 3))
    year.press("Tab")
    picture(page, "card-form")
    page.locator(".o_form_button_save").click()
    state = page.locator("[name=paynow_expiry_state]")
    expect(state).to_have_text("Valid")
    context.close()
