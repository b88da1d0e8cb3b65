"""A bank debit on the page: its words above *Pay*, on the receipt, and on paper.

With PICTURES=folder, pictures of each step go there.
"""

import os
from pathlib import Path

import pytest
from axe import Report
from playwright.sync_api import expect

EMAIL = "billing@blueharbor.example.com"
WIDTHS = {"wide": (1280, 900), "phone": (390, 844)}
MANDATE = """
import json

mandate = env["paynow.mandate"].search([], limit=1)
print(json.dumps([mandate.text, mandate.reference, mandate.proof, mandate.amount,
                  mandate.invoice_ids.mapped("name")]))
"""
STOP = """
mandate = env["paynow.mandate"].search([], limit=1)
mandate._stop("R10")
env.cr.commit()
print("null")
"""


@pytest.fixture(scope="module")
def report():
    """What axe-core found in this module."""
    return Report("axe-mandate")


def look(report, page, name):
    """Have axe look at the page, and take its picture, wide and on a phone."""
    window = page.viewport_size
    for kind, (width, height) in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        report.check(page, f"{name}, {kind}")
        if folder := os.environ.get("PICTURES"):
            page.screenshot(
                path=Path(folder) / f"mandate-{name}-{kind}.png", full_page=True
            )
    page.set_viewport_size(window)


def test_the_words_above_pay_are_those_of_the_mandate(payer, shell, report):
    """They come and go with the method; the receipt repeats them, with a number."""
    page = payer.page
    words = page.locator("[name=o_paynow_authorization]:visible")
    payer.look_up(EMAIL, "Inv200", "11")
    payer.choose("Card")
    payer.proceed()
    expect(words).to_have_count(0)
    page.get_by_role("button", name="Back").click()
    payer.choose("ACH Direct Debit", "Pending")
    payer.proceed()
    expect(words).to_have_count(1)
    text = words.inner_text()
    assert "$11.00, once, on" in text
    pay = page.locator("[name=o_paynow_pay]")
    assert pay.get_attribute("aria-describedby") == words.get_attribute("id")
    assert words.bounding_box()["y"] < pay.bounding_box()["y"]
    look(report, page, "confirmation")
    payer.pay()
    kept, number, proof, amount, invoices = shell(MANDATE)
    assert (kept, proof, amount, invoices) == (text, "fields", 11, ["Inv200"])
    again = page.locator("#o_paynow_mandate")
    expect(again).to_contain_text(number)
    expect(again).to_contain_text(text)
    look(report, page, "receipt")
    url = again.get_by_role("link").get_attribute("href")
    document = page.request.get(url)
    assert document.ok
    if document.headers["content-type"] == "application/pdf":
        assert document.body().startswith(b"%PDF")
        if folder := os.environ.get("PICTURES"):
            (Path(folder) / "mandate.pdf").write_bytes(document.body())


def test_no_bank_debit_is_offered_to_whom_a_return_has_stopped(payer, shell):
    """The card is, and the payer is not told of others' trouble."""
    shell(STOP)
    payer.look_up(EMAIL, "Inv200", "12")
    expect(payer.find_option("Card")).to_be_visible()
    expect(payer.find_option("ACH Direct Debit")).to_have_count(0)
