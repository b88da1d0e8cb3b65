"""What a client lives through, from the invoice number to the receipt, in a browser.

Each test pays an invoice of its own, so they may run in any order.
"""

import pytest
from payer import CHOICE, CONFIRMATION
from playwright.sync_api import expect

DENTAL = "billing@blueharbor.example.com"
LEGAL = "office@stonebridge.example.com"
PAYABLE = "ap@blueharbor.example.com"

BOOKS = """
import json

invoice = env["account.move"].search([("name", "=", "Inv123")])
payments = invoice.matched_payment_ids
provider = env.ref("payment.payment_provider_demo")
print(json.dumps({
    "invoice": [invoice.payment_state, invoice.amount_residual],
    "amounts": sorted(payments.mapped("amount")),
    "posted": payments.move_id.mapped("state"),
    "reconciled": payments.mapped("is_reconciled"),
    "names": sorted(payments.mapped("name")),
    "journals": payments.journal_id == provider.journal_id,
    "transactions": payments.payment_transaction_id.mapped("is_paynow"),
    "others": env["account.payment"].search_count(
        [("partner_id", "=", invoice.partner_id.id), ("date", "=", invoice.date),
         ("id", "not in", payments.ids)]),
    "tokens": env["payment.token"].with_context(active_test=False).search_count([]),
    "chatter": [text for body in invoice.message_ids.mapped("body")
                if (text := str(body))],
}))
"""


def test_an_invoice_is_paid_partly_by_card_and_the_rest_by_ach(payer, shell):
    """Two payments, and the books show them: Inv123 is paid, nothing is stored."""
    payer.look_up(f"  {DENTAL.upper()} ", "Inv123", "40.00")
    payer.choose("Card")
    payer.proceed()
    summary = payer.page.locator("#o_paynow_confirmation")
    for text in ("Lakeside IT Services", "Inv123", "Card", DENTAL, "$40.00", "$60.00"):
        expect(summary).to_contain_text(text)
    first = payer.pay()
    assert first["state"] == "done"
    assert (first["Amount"], first["Still to pay"]) == ("$40.00", "$60.00")
    assert (first["To"], first["With"]) == ("Lakeside IT Services", "Card")
    assert first["Last digits"] == "•••• 4242"

    payer.page.get_by_role("link", name="Pay another invoice").click()
    payer.expect_fields("", "", "")
    payer.look_up(DENTAL, "Inv123", "60")
    payer.choose("ACH Direct Debit", details="110000000 000123456789")
    payer.proceed()
    second = payer.pay()
    assert second["state"] == "done"
    assert (second["Amount"], second["Still to pay"]) == ("$60.00", "$0.00")

    books = shell(BOOKS)
    assert books["invoice"] in (["paid", 0.0], ["in_payment", 0.0])
    assert books["amounts"] == [40.0, 60.0]
    assert books["posted"] == ["posted", "posted"]
    assert books["reconciled"] == [True, True]
    assert books["names"] == sorted(
        receipt["Payment number"] for receipt in (first, second)
    )
    assert books["journals"] and books["transactions"] == [True, True]
    assert not books["others"] and not books["tokens"]
    chatter = " ".join(books["chatter"])
    for receipt in (first, second):
        assert receipt["Payment number"] in chatter


def test_a_paid_invoice_is_not_found_again(payer):
    """Its answer is that of an unknown number: Inv127 is paid in the demo data."""
    answers = set()
    for number in ("Inv127", "Inv999"):
        payer.look_up(DENTAL, number, "10")
        answers.add(payer.page.get_by_role("alert").inner_text())
    assert len(answers) == 1


def test_a_bank_payment_says_that_it_is_not_yet_cleared(payer):
    """Pending, it is told at once, and what is in flight can't be paid again."""
    payer.look_up(LEGAL, "Inv124", "1,000.00")
    payer.choose("ACH Direct Debit", "Pending")
    payer.proceed()
    receipt = payer.pay()
    assert receipt["state"] == "pending"
    assert "initiated, not yet cleared" in receipt["message"]
    assert "Payment number" not in receipt
    assert receipt["Still to pay"] == "$234.50"

    payer.look_up(LEGAL, "Inv124", "1,234.50")
    expect(payer.page.get_by_role("alert")).to_contain_text("$234.50")


@pytest.mark.parametrize("outcome", ["Error", "Cancelled"])
def test_a_declined_payment_is_tried_again_with_all_filled_in(payer, outcome):
    """The amount, the invoice and the address need not be typed a second time."""
    payer.look_up(PAYABLE, "Inv125", "480.00")
    payer.choose("Card", outcome)
    payer.proceed()
    receipt = payer.pay()
    assert receipt["state"] in ("error", "cancel")
    assert "Nothing was charged" in receipt["message"]

    payer.page.get_by_role("link", name="Try again").click()
    payer.choose("Card")
    payer.proceed()
    receipt = payer.pay()
    assert (receipt["state"], receipt["Amount"]) == ("done", "$480.00")


def test_back_loses_nothing_that_was_typed(payer):
    """The provider's own form stays as it was, and so does the choice of the method."""
    payer.look_up(DENTAL, "Inv200", "899")
    payer.choose("ACH Direct Debit", "Pending", details="110000000 42")
    payer.proceed()
    payer.page.get_by_role("button", name="Back").click()
    payer.expect_heading(CHOICE)
    option = payer.find_option("ACH Direct Debit")
    expect(option.get_by_role("radio")).to_be_checked()
    expect(option.get_by_role("radio")).to_be_focused()
    expect(option.locator("[name=customer_input]")).to_have_value("110000000 42")
    expect(option.locator("select")).to_have_value("pending")


def test_another_method_may_be_chosen_after_back(payer):
    """The confirmation names the method chosen last, and that one pays."""
    payer.look_up(LEGAL, "Inv200", "50")
    payer.choose("ACH Direct Debit", "Pending")
    payer.proceed()
    payer.page.get_by_role("button", name="Back").click()
    payer.choose("Card")
    payer.proceed()
    method = payer.page.locator("#o_paynow_confirmation [data-name=method]")
    expect(method).to_have_text("Card")
    receipt = payer.pay()
    assert (receipt["state"], receipt["With"]) == ("done", "Card")


def test_a_bank_account_of_the_us_does_not_pay_euros(payer):
    """Only the methods that suit the currency are offered; they work as ever."""
    payer.look_up(LEGAL, "Inv128", "50")
    payer.choose("Card")
    expect(payer.page.get_by_role("radio")).to_have_count(1)
    payer.proceed()
    receipt = payer.pay()
    assert (receipt["Amount"], receipt["Still to pay"]) == ("€50.00", "€200.00")


def test_a_keyboard_is_enough_to_pay(payer):
    """Tab, space, arrows and enter lead from the first field to the receipt."""
    page, press = payer.page, payer.page.keyboard.press
    page.goto("/PAYNOW")
    page.get_by_label("Billing Email Address").focus()
    for text in (LEGAL, "Inv126", "300"):
        page.keyboard.type(text)
        press("Tab")
    expect(page.get_by_role("button", name="Continue")).to_be_focused()
    press("Enter")

    payer.expect_heading(CHOICE)
    _tab_to(page, page.get_by_role("radio", name="Card"))
    press("Space")
    _tab_to(page, page.locator("[name=customer_input]:visible"))
    page.keyboard.type("4242")
    _tab_to(page, page.get_by_role("button", name="Continue"))
    press("Enter")

    payer.expect_heading(CONFIRMATION)
    expect(page.locator("#o_paynow_confirmation_title")).to_be_focused()
    _tab_to(page, page.get_by_role("button", name="Pay $300.00"))
    press("Enter")
    receipt = payer.read_receipt()
    assert (receipt["state"], receipt["Still to pay"]) == ("done", "$0.00")


def _tab_to(page, target):
    """Press Tab until an element has the focus; no more often than a patient person."""
    for _ in range(25):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} can't be reached with the Tab key")


def test_an_error_is_announced_and_linked_to_its_field(payer):
    """What was typed is kept, the field has the focus and tells what is wrong."""
    payer.look_up(DENTAL, "Inv200", "900")
    alert = payer.page.get_by_role("alert")
    expect(alert).to_contain_text("more than what is still to pay ($899.00)")
    payer.expect_fields(DENTAL, "Inv200", "900")
    field = payer.page.get_by_label("Amount to pay")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    described = field.get_attribute("aria-describedby").split()
    texts = [payer.page.locator(f"#{id_}").inner_text() for id_ in described]
    link = alert.get_by_role("link").first
    assert link.inner_text() in texts
    link.click()
    expect(field).to_be_focused()


def test_a_wrong_pair_is_announced_without_naming_a_field(payer):
    """Nothing tells whether it is the address or the number that is unknown."""
    payer.look_up(LEGAL, "Inv123", "10")
    alert = payer.page.get_by_role("alert")
    expect(alert).to_contain_text("We found no open invoice")
    assert not alert.get_by_role("link").count()
    assert not payer.page.locator("[aria-invalid]").count()
    payer.expect_fields(LEGAL, "Inv123", "10")


def test_the_invoice_or_the_amount_can_be_changed(payer):
    """The way back from the checkout fills the three fields."""
    payer.look_up(LEGAL, "Inv200", "2000")
    payer.expect_heading(CHOICE)
    payer.page.get_by_role("link", name="Change the invoice or the amount").click()
    payer.expect_fields(LEGAL, "Inv200", "2000.00")
    payer.page.get_by_label("Amount to pay").fill("1300")
    payer.page.get_by_role("button", name="Continue").click()
    payer.expect_heading(CHOICE)
    expect(payer.page.locator("#o_paynow_summary [data-name=amount]")).to_have_text(
        "$1,300.00"
    )


def test_what_is_due_is_paid_in_place_of_all(payer):
    """Of an invoice in instalments: one button for what is late."""
    payer.look_up(DENTAL, "Inv125", "1")
    payer.expect_heading(CHOICE)
    rows = payer.page.locator("#o_paynow_instalments li")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("Past Due")
    button = payer.page.locator("#o_paynow_amounts [data-kind=due]")
    # Other payers of this module may have something under way.
    amount = f"${float(button.get_attribute('value')):,.2f}"
    expect(button).to_contain_text(f"Pay {amount}, due")
    button.click()
    expect(payer.page.locator("#o_paynow_summary [data-name=amount]")).to_have_text(
        amount
    )
    payer.choose("Card")
    payer.proceed()
    assert payer.pay()["Amount"] == amount


def test_the_payment_form_is_reached_without_javascript(browser, server):
    """The look-up, its errors and the way to the checkout are plain HTML."""
    context = browser.new_context(base_url=server.url, java_script_enabled=False)
    page = context.new_page()
    for amount in ("900", "899"):
        page.goto("/PAYNOW")
        page.locator("#o_paynow_email").fill(DENTAL)
        page.locator("#o_paynow_invoice").fill("Inv200")
        page.locator("#o_paynow_amount").fill(amount)
        page.get_by_role("button", name="Continue").click()
        if amount == "900":
            expect(page.get_by_role("alert")).to_contain_text("$899.00")
    expect(page.locator("#o_payment_form")).to_be_visible()
    expect(page.get_by_role("radio", name="Card")).to_be_visible()
    expect(page.locator("noscript p")).to_contain_text("needs JavaScript")
    expect(page.locator("#o_paynow_late")).not_to_be_visible()
    context.close()
