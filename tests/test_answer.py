"""After *Pay*: whatever happens to the connection, one definite answer and one charge.

Each test breaks one request of a payment in one way, in a real browser. What the payer
reads in the end is compared with what the books hold.
"""

import time

import pytest
from payer import Payer
from playwright.sync_api import Error, expect

EMAIL = "lost@client.example.com"
#: The requests of a payment after *Pay*, in their order.
BEGIN, PROVIDER, NEWS = (
    "**/PAYNOW/transaction/**",
    "**/payment/demo/simulate_payment",
    "**/PAYNOW/receipt/*/news",
)
MAKE = """
import json
from odoo.fields import Command, Date

partner = env["res.partner"].create({"name": EMAIL, "is_company": True, "email": EMAIL})
env["account.move"].create([{
    "name": f"Lost{number}", "move_type": "out_invoice", "partner_id": partner.id,
    "journal_id": env.ref("paynow_module.journal_services").id,
    "invoice_date": Date.today(), "invoice_line_ids": [Command.create(
        {"name": "Help desk", "price_unit": 100, "tax_ids": [Command.clear()]})],
} for number in range(40)]).action_post()
env["paynow.limit"].search([]).active = False
env.cr.commit()
"""
CHARGES = """
import json

txs = env["account.move"].search([("name", "=", NUMBER)]).transaction_ids
print(json.dumps([txs.mapped("state"), len(txs.payment_id)]))
"""
LOST = "The connection was lost"


def abort(route):
    """Break the connection before the server has the request."""
    route.abort("connectionfailed")


def swallow(route):
    """Break the connection after the server has answered."""
    route.fetch()
    route.abort("connectionreset")


def refuse(route):
    """Answer as a proxy does whose server is away."""
    route.fulfill(status=502, content_type="text/html", body="<h1>Bad Gateway</h1>")


def delay(route):
    """Take ten seconds, in which a payer loses patience."""
    time.sleep(10)
    route.continue_()


def swallow_with_page(route):
    """Answer with a proxy's page although the server has done its work."""
    route.fetch()
    route.fulfill(status=504, content_type="text/html", body="<h1>Timeout</h1>")


#: Each request in each way; each of them once outside of `bin/test all`.
FAULTS = [
    pytest.param(
        where,
        fault,
        id=f"{name}-{fault.__name__}",
        marks=[] if fault in usual else [pytest.mark.long],
    )
    for name, where, usual in (
        ("begin", BEGIN, [swallow_with_page]),
        ("pay", PROVIDER, [swallow, refuse]),
        ("news", NEWS, [abort]),
    )
    for fault in (abort, swallow, refuse, swallow_with_page, delay)
]


@pytest.fixture(scope="module")
def numbers(shell):
    """Numbers of invoices over 100.00, each for one test."""
    shell(f"EMAIL = {EMAIL!r}\n{MAKE}")
    return iter(f"Lost{number}" for number in range(40))


@pytest.fixture
def lost(page, numbers):
    """A payer on the confirmation of an invoice, and its number."""
    payer = Payer(page)
    number = next(numbers)
    payer.look_up(EMAIL, number, "100")
    payer.choose("Card")
    payer.proceed()
    return payer, number


def press(payer):
    """Press Pay."""
    payer.page.get_by_role("button", name="Pay $100.00").click()


def finish(payer):
    """Do what the page asks for, until it has a definite answer; return it."""
    page = payer.page
    for _second in range(60):
        heading, alert = look(page)
        if "/PAYNOW/receipt/" in page.url and heading and heading != "Paying…":
            return heading
        button = page.locator('[name="o_paynow_pay"]')
        if "press the button again" in alert and button.is_enabled():
            press(payer)
        time.sleep(0.5)
    raise AssertionError(f"No answer: {page.url} {heading} {alert}")


def look(page):
    """Return the heading and the alert that a page shows now, if it shows any."""
    try:
        return page.evaluate(
            """() => [
                [...document.querySelectorAll("h1")].find(
                    (el) => el.checkVisibility())?.textContent.trim() ?? "",
                document.querySelector("#o_paynow_alert")?.textContent.trim() ?? "",
            ]"""
        )
    except Error:  # It is just being left.
        return "", ""


@pytest.mark.parametrize(("where", "fault"), FAULTS)
def test_a_broken_connection_ends_in_an_answer_and_one_charge(
    lost, shell, where, fault
):
    payer, number = lost
    payer.page.route(where, fault, times=1)
    press(payer)
    assert finish(payer) == "Payment received"
    page = payer.page
    expect(page.locator('[data-name="payment_number"]')).to_be_visible()  # By itself.
    states, payments = shell(f"NUMBER = {number!r}\n{CHARGES}")
    assert (states, payments) == (["done"], 1)
    page.reload()
    payer.expect_heading("Payment received")


def test_offline_for_a_while(lost, shell):
    """The page asks until the connection is back, and says so meanwhile."""
    payer, number = lost
    page = payer.page
    page.context.set_offline(True)
    press(payer)
    expect(page.locator("#o_paynow_alert")).to_contain_text(LOST)
    page.wait_for_timeout(3000)
    page.context.set_offline(False)
    assert finish(payer) == "Payment received"
    expect(page.locator('[data-name="payment_number"]')).to_be_visible()
    assert shell(f"NUMBER = {number!r}\n{CHARGES}") == [["done"], 1]


def test_while_it_runs_nothing_else_can_be_done(lost, shell):
    """The button says so, Back is closed, and the browser's own Back stays here."""
    payer, number = lost
    page = payer.page

    held = []
    page.route(BEGIN, lambda route: held.append(route), times=1)  # noqa: PLW0108
    press(payer)
    button = page.locator('[name="o_paynow_pay"]')
    expect(button).to_have_text("Paying…")
    expect(button).to_be_disabled()
    expect(page.get_by_role("button", name="Back")).to_be_disabled()
    expect(page.locator("#o_paynow_paying")).to_contain_text("keep this page open")
    page.evaluate("history.back()")
    expect(button).to_have_text("Paying…")
    held[0].continue_()
    assert finish(payer) == "Payment received"
    expect(page.locator('[data-name="payment_number"]')).to_be_visible()
    assert shell(f"NUMBER = {number!r}\n{CHARGES}") == [["done"], 1]


def test_each_step_is_an_entry_of_the_history(lost):
    """The browser's Back leads from the confirmation to the form, with all kept."""
    payer, _number = lost
    payer.page.go_back()
    payer.expect_heading("How would you like to pay?")
    option = payer.find_option("Card")
    expect(option.locator("[name=customer_input]")).to_have_value("4242")
    payer.proceed()
    payer.page.get_by_role("button", name="Back").click()
    payer.expect_heading("How would you like to pay?")


def test_a_decline_says_why_and_keeps_the_rest(page, numbers):
    """The reason stays on the page; method and words are there for the next try."""
    payer = Payer(page)
    payer.look_up(EMAIL, next(numbers), "100")
    payer.choose("ACH Direct Debit", "Error")
    payer.proceed()
    page.get_by_text("Add a reference or a copy").click()
    page.get_by_label("Your reference or note").fill("PO 4711")
    press(payer)
    payer.expect_heading("Payment declined")
    assert page.title().startswith("Payment declined")
    expect(page.get_by_role("alert")).to_contain_text("try again")
    page.get_by_role("link", name="Try again").click()
    payer.expect_heading("How would you like to pay?")
    expect(payer.find_option("ACH Direct Debit").get_by_role("radio")).to_be_checked()
    payer.proceed()
    expect(page.get_by_label("Your reference or note")).to_have_value("PO 4711")


def test_another_browser_reads_the_same_answer(lost, browser, server):
    """The address says which payment it is, not the session."""
    payer, _number = lost
    press(payer)
    assert finish(payer) == "Payment received"
    context = browser.new_context(base_url=server.url)
    other = context.new_page()
    other.goto(payer.page.url)
    expect(other.locator("h1", has_text="Payment received")).to_be_visible()
    context.close()


def test_a_lost_session_is_no_lost_answer(lost):
    """The demo provider's script leads to Odoo's status page, which knows nobody."""
    payer, _number = lost
    page = payer.page

    def forget(route):
        answer = route.fetch()
        page.context.clear_cookies()
        route.fulfill(response=answer)

    page.route(PROVIDER, forget, times=1)
    press(payer)
    assert finish(payer) == "Payment received"
