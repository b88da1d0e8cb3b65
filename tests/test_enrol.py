"""A guest pays, and has the next invoices paid automatically, up to the books.

The codes are read in the mails, as they arrive over a mail server's socket. What
axe-core says of each page is in axe_enrol.json, in the cache's folder of reports.
"""

import re

import pytest
from arrival import owe
from axe import Report
from inbox import read_html
from ledger import fill
from playwright.sync_api import expect

PREPARE = """
env.ref("base.main_company").paynow_autopay_guest = True
env.ref("payment.payment_provider_demo").allow_tokenization = True
env.ref("payment.payment_method_card").support_tokenization = True
env.cr.commit()
"""
MAIL = """
env.ref("paynow_module.ir_cron_code").method_direct_trigger()
env.cr.commit()
env.invalidate_all()
env["mail.mail"].process_email_queue()
env.cr.commit()
"""
#: One more invoice of the client, due today, and the run that pays it.
NEXT = """
from odoo.fields import Command

company = env.ref("base.main_company")
today = company._paynow_get_today()
env["account.move"].create({
    "name": NUMBER, "move_type": "out_invoice", "invoice_date": today,
    "journal_id": env.ref("paynow_module.journal_services").id,
    "partner_id": env["res.partner"].search([("email", "=", EMAIL)]).id,
    "invoice_date_due": today, "invoice_line_ids": [Command.create(
        {"name": "Help desk", "price_unit": 70.0, "tax_ids": [Command.clear()]})],
}).action_post()
env.cr.commit()
env.ref("paynow_module.ir_cron_autopay").method_direct_trigger()
env.cr.commit()
"""
BOOKS = """
import json

moves = env["account.move"].search([("name", "in", NUMBERS)], order="name")
client = moves.commercial_partner_id
choice = env["paynow.autopay"].search([("partner_id", "=", client.id)])
tokens = env["payment.token"].search([("partner_id", "child_of", client.id)])
print(json.dumps({
    "rests": moves.mapped("amount_residual"),
    "operations": [move.transaction_ids.mapped("operation") for move in moves],
    "dates": [str(move._paynow_get_autopay_date() or "") for move in moves],
    "tokens": [len(move.transaction_ids.token_id) for move in moves],
    "saved": tokens.mapped("payment_details"),
    "choice": [choice.active, choice.token_id == tokens, choice.mandate_id.proof,
               choice.mandate_id.email, str(choice.day or "")],
}))
"""


@pytest.fixture(scope="module")
def mailbox(server, shell, inbox):
    """The mailbox of all clients, once automatic payment is offered to guests."""
    shell(PREPARE)
    inbox.connect(shell)
    return inbox


@pytest.fixture
def enrol(payer, shell, mailbox):
    """A function with which a new client pays an invoice and types the mailed code."""

    def walk(name, owed, look=lambda _state: None):
        owe(shell, name, owed)
        page, email = payer.page, f"{name.lower()}@client.example.com"
        number, (amount, _days) = next(iter(owed.items()))
        payer.look_up(email, number, str(amount))
        payer.choose("Card", details="1111")
        payer.proceed()
        assert payer.pay()["state"] == "done"
        look("receipt with a line on the next ones")
        page.get_by_role("link", name="Pay the next ones automatically").click()
        payer.expect_heading("Pay the next ones automatically")
        look("what follows")
        page.get_by_role("button", name="Mail me the code").click()
        payer.expect_heading("Please look at your mail")
        look("code")
        shell(MAIL)
        html = read_html(mailbox.find(email, "Your code for automatic payment"))
        page.get_by_label("Code from the mail").fill(
            re.search(r">\s*(\d{6})\s*<", html)[1]
        )
        page.get_by_role("button", name="Continue").click()
        payer.expect_heading("What is paid automatically?")
        look("choices")
        return email

    return walk


def save(payer, outcome="Successful"):
    """Tick the words and save a card."""
    payer.page.get_by_role("checkbox", name="I authorize").check()
    payer.choose("Card", outcome, details="4242")
    payer.page.get_by_role("button", name="Save and authorize").click()


def test_all_invoices_to_come(payer, shell, enrol):
    """From the payment to the next invoice, which the run charges to the saved card."""
    report, page = Report("axe_enrol"), payer.page
    look = lambda state: report.look(page, state)  # noqa: E731
    owed = {"Guest1": (100.0, 5), "Guest2": (80.0, 9)}
    email = enrol("Guest", owed, look)
    page.get_by_role("link", name="Choose all invoices").click()
    payer.expect_heading("Authorize automatic payment")
    look("words and method")
    save(payer)
    payer.expect_heading("Automatic payment is on")
    look("on")
    page.reload()
    payer.expect_heading("Automatic payment is on")
    shell(fill(NEXT, NUMBER="Guest3", EMAIL=email))
    books = shell(fill(BOOKS, NUMBERS=["Guest1", "Guest2", "Guest3"]))
    assert books["rests"] == [0.0, 80.0, 0.0]
    assert books["operations"] == [["online_direct"], [], ["offline"]]
    # Not the card of the payment just made: that one was not stored.
    assert (books["tokens"], books["saved"]) == ([0, 0, 1], ["4242"])
    assert books["choice"] == [True, True, "code", email, ""]
    assert books["dates"][1]
    page.goto("/PAYNOW/autopay")
    payer.expect_heading("Automatic payment is set already")
    look("set already")


def test_one_invoice_on_a_day(payer, shell, enrol):
    """A day up to the due date; another one is refused in words."""
    page = payer.page
    enrol("Daily", {"Daily1": (100.0, 5), "Daily2": (80.0, 9)})
    field = page.get_by_label("Day of the payment of Daily2")
    first = field.get_attribute("min")
    field.fill(first)
    page.get_by_role("button", name="Choose Daily2").click()
    payer.expect_heading("Authorize automatic payment")
    expect(page.get_by_text("on its due date if that is moved")).to_be_visible()
    save(payer)
    payer.expect_heading("Automatic payment is on")
    books = shell(fill(BOOKS, NUMBERS=["Daily1", "Daily2"]))
    assert books["dates"] == ["", first]
    assert books["choice"][4] == first
    page.goto("/PAYNOW/autopay/save?invoice=1&day=x")
    expect(page.get_by_role("alert")).to_contain_text("one of your open invoices")


def test_a_declined_card_leaves_nothing(payer, shell, enrol):
    """The page says so, and the next card is taken."""
    page = payer.page
    enrol("Declined", {"Declined1": (100.0, 5), "Declined2": (80.0, 9)})
    page.get_by_role("link", name="Choose all invoices").click()
    save(payer, "Error")
    payer.expect_heading("Nothing was saved")
    books = shell(fill(BOOKS, NUMBERS=["Declined1", "Declined2"]))
    assert (books["saved"], books["dates"]) == ([], ["", ""])
    page.get_by_role("link", name="Try again").click()
    page.get_by_role("link", name="Choose all invoices").click()
    save(payer)
    payer.expect_heading("Automatic payment is on")


def test_nothing_is_saved_before_the_box_is_ticked(payer, enrol):
    """The browser says what is missing."""
    page = payer.page
    enrol("Unticked", {"Unticked1": (100.0, 5)})
    page.get_by_role("link", name="Choose all invoices").click()
    payer.choose("Card")
    page.get_by_role("button", name="Save and authorize").click()
    box = page.get_by_role("checkbox", name="I authorize")
    expect(box).to_be_focused()
    payer.expect_heading("Authorize automatic payment")
    box.check()
    page.get_by_role("button", name="Save and authorize").click()
    payer.expect_heading("Automatic payment is on")
