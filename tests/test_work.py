"""Browsers work for a moment before a look-up, while strangers try many.

The page that asks for it is one of ours, under our policy.
"""

import pytest
from payer import CHOICE

EMAIL = "billing@blueharbor.example.com"
LEVEL = """
env.ref("base.main_company").paynow_safety_level = {level!r}
env["paynow.attempt"].search([]).unlink()
env.cr.commit()
"""


@pytest.fixture(autouse=True)
def level(shell):
    """The level at which each look-up needs a captcha, of which there is none."""
    shell(LEVEL.format(level="1_captcha"))
    yield
    shell(LEVEL.format(level="0_normal"))


def test_browser_works_and_goes_on_by_itself(visit):
    """A client who types what is on the invoice gets to the payment all the same."""
    payer = visit()
    payer.look_up(EMAIL, "Inv200", "31")
    payer.expect_heading(CHOICE)
    # The browser itself tells of the status, and of fonts of other hosts.
    known = ("status of 429", "Security Policy")
    payer.complaints[:] = [
        text for text in payer.complaints if not any(part in text for part in known)
    ]


def test_client_without_scripts_reads_what_else_works(browser, server):
    """Nobody waits before a page that does nothing."""
    context = browser.new_context(
        base_url=server.url, locale="en-US", java_script_enabled=False
    )
    page = context.new_page()
    page.goto("/PAYNOW")
    page.get_by_label("Billing Email Address").fill(EMAIL)
    page.get_by_label("Invoice Number").fill("Inv200")
    page.get_by_label("Amount to pay").fill("31")
    page.get_by_role("button", name="Continue").click()
    text = page.locator("#wrap").inner_text()
    context.close()
    assert "runs no scripts" in text
    assert "works all the time" in text
