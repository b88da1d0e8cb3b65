"""The row of the payer's answer: from the provider's word to what the screen says."""

import os
import time
from contextlib import contextmanager
from itertools import count

from measuring import interleave
from payer import CHOICE, Payer
from place import place
from playwright.sync_api import sync_playwright

from dev import chromium

#: What the demo provider's form asks when the payer has pressed the last button.
PROVIDER = "**/payment/demo/simulate_payment"
PATIENCE = 60_000  # Milliseconds.
_VISITORS = count(1)


def measure_answer(stack, options):
    """From the demo provider's answer until the payer reads that the money has come.

    Ours ends on the receipt; theirs on Odoo's invoice page, to which its status page
    leads. One browser; each payer is new, and has the scripts of the page before.
    """
    times = min(options.times, 40)
    with place(stack) as here, sync_playwright() as playwright:
        sandbox = ["--no-sandbox"] if os.getuid() == 0 else []
        chrome = playwright.chromium.launch(
            executable_path=chromium.find(), args=sandbox
        )
        invoices = iter(here.invoices(2 * (times + 6)))

        def our_answer():
            _id, number, email, _token = next(invoices)
            here.forget_attempts()
            with visitor(chrome, here) as payer:
                payer.look_up(email, number, "1")
                payer.expect_heading(CHOICE)
                payer.choose("Card")
                payer.proceed()
                button = payer.page.get_by_role("button", name="Pay ")
                return time_answer(button, "#o_paynow_receipt[data-state=done]")

        def their_answer():
            id_, _number, _email, token = next(invoices)
            with visitor(chrome, here) as payer:
                payer.page.goto(f"/my/invoices/{id_}?access_token={token}&payment=True")
                payer.choose("Card")
                button = payer.page.locator("[name=o_payment_submit_button]")
                return time_answer(button, ".o_account_payment_tx_status")

        return interleave({"ours": our_answer, "theirs": their_answer}, times, 3)


@contextmanager
def visitor(chrome, here):
    """Give a payer with a browser and an address of their own.

    :param playwright.sync_api.Browser chrome: the browser
    :param Place here: where
    :rtype: payer.Payer
    """
    number = next(_VISITORS)
    context = chrome.new_context(
        base_url=here.url,
        extra_http_headers={
            "X-Forwarded-For": f"198.51.{number // 250}.{number % 250}"
        },
    )
    context.set_default_timeout(PATIENCE)
    try:
        yield Payer(context.new_page())
    finally:
        context.close()


def time_answer(button, selector):
    """Press a button; return the seconds from the provider's answer to the payer's.

    :param playwright.sync_api.Locator button: the last one
    :param str selector: of the payer's answer
    :rtype: float
    """
    page = button.page
    with page.expect_response(PROVIDER) as told:
        button.click()
    assert told.value.ok, told.value.status
    start = time.perf_counter()
    page.wait_for_selector(selector)
    return time.perf_counter() - start
