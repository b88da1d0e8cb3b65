"""Several invoices, one payment: from the list to the receipt, in a browser.

Each test has a client of its own, so they may run in any order.
"""

from itertools import count

import pytest
from arrival import arrive, owe
from ledger import fill
from payer import CHOICE, CONFIRMATION
from playwright.sync_api import expect
from windows import PHONE, ZOOMED

#: Milliseconds that the scripts of the page may take for a key, at the most.
KEY = 50
BOOKS = """
import json

invoices = env["account.move"].search([("name", "in", NUMBERS)], order="name")
txs = invoices.transaction_ids.filtered("is_paynow")
print(json.dumps({
    "rests": invoices.mapped("amount_residual"),
    "charged": txs.mapped("amount"),
    "states": txs.mapped("state"),
    "posted": txs.payment_id.mapped("amount"),
    "shares": {each.invoice_id.name: each.amount for each in txs.paynow_allocation_ids},
    "reasons": txs.paynow_allocation_ids.filtered("reason").mapped("reason"),
    "tokens": env["payment.token"].with_context(active_test=False).search_count([]),
}))
"""
CREDIT = """
move = env["account.move"].search([("name", "=", NUMBER)])
move._reverse_moves([{"invoice_date": move.invoice_date}], cancel=True)
env.cr.commit()
"""
#: What the focus is on, if the sum or the edge of the window hides any of it.
HIDDEN = """() => {
    const target = document.activeElement;
    if (!target.closest('.o_paynow_item')) return null;
    const box = target.getBoundingClientRect();
    const bar = document.querySelector('.o_paynow_sum').getBoundingClientRect();
    return box.bottom > Math.min(bar.top, innerHeight) || box.top < 0
        ? target.id : null;
}"""
#: How long the scripts work for one key, as the median of many.
MEASURE = """() => {
    const input = document.querySelector('.o_paynow_item [name^=amount_]');
    const times = [];
    for (let number = 0; number < 50; number++) {
        input.value = String(number);
        const begun = performance.now();
        input.dispatchEvent(new InputEvent('input', {bubbles: true}));
        times.push(performance.now() - begun);
    }
    return times.sort((a, b) => a - b)[25];
}"""
#: Three digits, which Odoo takes for no year.
names = (f"Journey{number:03}" for number in count(1))


@pytest.fixture
def client(shell):
    """A function that gives a new client three invoices: their list and numbers."""

    def give():
        name = next(names)
        numbers = [f"{name}{letter}" for letter in "ABC"]
        terms = zip(numbers, (100.0, 50.0, 70.5), (-12, -1, 9), strict=True)
        owed = {number: (total, days) for number, total, days in terms}
        return owe(shell, name, owed), numbers

    return give


def find_row(page, number):
    """Return the row of an invoice."""
    return page.locator("#paynow_items li").filter(has_text=number)


def expect_sum(page, invoices, amount):
    """Wait until the line at the bottom says how much is ticked."""
    line = page.locator("#o_paynow_sum")
    expect(line.locator("[data-name=count]")).to_have_text(invoices)
    expect(line.locator("[data-name=sum]")).to_have_text(amount)


def pick_all(page, numbers, less="60"):
    """Tick all, and pay less of the first, with a reason; end on the checkout."""
    page.get_by_role("button", name="Tick all", exact=True).click()
    page.get_by_label(f"Amount to pay of {numbers[0]}").fill(less)
    row = find_row(page, numbers[0])
    row.get_by_text("Paying less? Tell us why").click()
    page.get_by_label(f"Why you pay less of {numbers[0]}").fill("$40 less: damaged")
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("h1:visible")).to_have_text(CHOICE)


def test_all_are_paid_at_once_by_card(visit, shell, client):
    """Of one a part: one charge, and each invoice gets what was chosen."""
    payer, (url, numbers) = visit(), client()
    page = payer.page
    arrive(page, shell, url)
    expect_sum(page, "0 invoices", "$0.00")
    page.get_by_role("button", name="Tick all", exact=True).click()
    expect_sum(page, "3 invoices", "$220.50")
    pick_all(page, numbers)
    expect(page.locator("#o_paynow_summary")).to_contain_text("$180.50")
    payer.choose("Card")
    payer.proceed()
    confirmation = page.locator("#o_paynow_confirmation")
    for text in (*numbers, "$60.00", "$50.00", "$70.50", "damaged", "$180.50"):
        expect(confirmation).to_contain_text(text)
    receipt = payer.pay()
    assert receipt["state"] == "done"
    assert [receipt[number] for number in numbers] == ["$60.00", "$50.00", "$70.50"]
    assert (receipt["Amount"], receipt["Still to pay"]) == ("$180.50", "$40.00")

    books = shell(fill(BOOKS, NUMBERS=numbers))
    assert books["rests"] == [40.0, 0.0, 0.0]
    assert (books["charged"], books["posted"]) == ([180.5], [180.5])
    assert books["shares"] == dict(zip(numbers, (60.0, 50.0, 70.5), strict=True))
    assert books["reasons"] == ["$40 less: damaged"] and not books["tokens"]

    page.get_by_role("link", name="Your other open invoices").click()
    expect(page.locator("#paynow_items li")).to_have_count(1)
    expect(find_row(page, numbers[0])).to_contain_text("$40.00")


def test_all_are_paid_at_once_from_a_bank_account(visit, shell, client):
    """Not yet cleared, it is on its way in every row, and can't be paid again."""
    payer, (url, numbers) = visit(), client()
    page = payer.page
    arrive(page, shell, url)
    pick_all(page, numbers)
    payer.choose("ACH Direct Debit", "Pending")
    payer.proceed()
    receipt = payer.pay()
    assert receipt["state"] == "pending"
    assert "initiated, not yet cleared" in receipt["message"]
    assert [receipt[number] for number in numbers] == ["$60.00", "$50.00", "$70.50"]

    page.goto(url)
    for number, amount in zip(numbers, ("$60.00", "$50.00", "$70.50"), strict=True):
        row = find_row(page, number)
        expect(row).to_contain_text(f"Being processed {amount}")
        expect(row.get_by_role("checkbox")).to_be_enabled(enabled=number == numbers[0])
    page.get_by_role("button", name="Tick all", exact=True).click()
    expect_sum(page, "1 invoice", "$40.00")
    assert shell(fill(BOOKS, NUMBERS=numbers))["rests"] == [100.0, 50.0, 70.5]


def test_a_declined_payment_is_tried_again_with_all_ticked(visit, shell, client):
    """The amounts need not be typed a second time, nor is the reason lost."""
    payer, (url, numbers) = visit(), client()
    page = payer.page
    arrive(page, shell, url)
    pick_all(page, numbers)
    payer.choose("Card", "Error")
    payer.proceed()
    assert payer.pay()["state"] == "error"
    page.get_by_role("link", name="Try again").click()
    expect_sum(page, "3 invoices", "$180.50")
    reason = page.get_by_label(f"Why you pay less of {numbers[0]}")
    expect(reason).to_have_value("$40 less: damaged")
    page.get_by_role("button", name="Continue").click()
    payer.choose("Card")
    payer.proceed()
    assert payer.pay()["Amount"] == "$180.50"


def test_what_is_late_is_ticked_at_once(visit, shell, client):
    """One press, and one more unticks all; nothing that was typed is lost."""
    payer, (url, numbers) = visit(), client()
    page = payer.page
    arrive(page, shell, url)
    page.get_by_label(f"Amount to pay of {numbers[0]}").fill("1")
    page.get_by_role("button", name="Tick overdue").click()
    expect_sum(page, "2 invoices", "$51.00")
    page.get_by_role("button", name="Untick all").click()
    expect_sum(page, "0 invoices", "$0.00")
    expect(page.get_by_label(f"Amount to pay of {numbers[0]}")).to_have_value("1")


def test_the_sum_is_read_aloud_once_it_rests(visit, shell, client):
    """Not at each key: whoever hears the page would hear nothing else."""
    payer, (url, numbers) = visit(), client()
    page = payer.page
    arrive(page, shell, url)
    expect_sum(page, "0 invoices", "$0.00")
    page.evaluate(
        "window.said = []; const line = document.querySelector('#o_paynow_said');"
        "new MutationObserver(() => said.push(line.textContent))"
        ".observe(line, {childList: true, characterData: true, subtree: true})"
    )
    field = page.get_by_label(f"Amount to pay of {numbers[0]}")
    field.fill("")
    field.press_sequentially("12.34", delay=50)
    expect_sum(page, "1 invoice", "$12.34")
    status = page.get_by_role("status").filter(has_text="1 invoice")
    expect(status).to_have_text("1 invoice: $12.34")
    assert page.evaluate("said.length") == 1


def test_a_wrong_amount_is_linked_to_its_row(visit, shell, client):
    """What is ticked and typed stays; a reason is asked where less is paid only."""
    payer, (url, numbers) = visit(), client()
    page = payer.page
    arrive(page, shell, url)
    page.get_by_role("button", name="Tick all", exact=True).click()
    reason = find_row(page, numbers[1]).get_by_text("Paying less? Tell us why")
    expect(reason).to_be_hidden()
    field = page.get_by_label(f"Amount to pay of {numbers[1]}")
    field.fill("49")
    expect(reason).to_be_visible()
    field.fill("51")
    expect(reason).to_be_hidden()
    page.get_by_role("button", name="Continue").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("more than what is still to pay ($50.00)")
    expect(alert).to_be_focused()
    assert page.title().startswith("Error")
    expect_sum(page, "3 invoices", "$221.50")
    expect(field).to_have_attribute("aria-invalid", "true")
    alert.get_by_role("link").click()
    expect(field).to_be_focused()
    field.fill("50")
    page.get_by_role("button", name="Continue").click()
    payer.expect_heading(CHOICE)


def test_what_has_changed_meanwhile_is_told_by_row(visit, shell, client):
    """Paid by others before *Pay*: nothing is charged, and the list says which."""
    payer, (url, numbers) = visit(), client()
    page = payer.page
    arrive(page, shell, url)
    pick_all(page, numbers)
    payer.choose("Card")
    payer.proceed()
    shell(fill(CREDIT, NUMBER=numbers[1]))
    page.get_by_role("button", name="Pay ").click()
    alert = page.locator("#o_paynow_alert")
    expect(alert).to_contain_text(numbers[1])
    assert numbers[2] not in alert.inner_text()
    assert not shell(fill(BOOKS, NUMBERS=numbers))["charged"]
    payer.complaints.clear()  # Odoo's form tells the console of a refusal.


def test_reload_and_back_lose_nothing(visit, shell, client):
    """The list, the checkout and the confirmation come again as they were."""
    payer, (url, numbers) = visit(), client()
    page = payer.page
    arrive(page, shell, url)
    page.get_by_role("button", name="Tick all", exact=True).click()
    page.get_by_label(f"Amount to pay of {numbers[0]}").fill("60")
    find_row(page, numbers[2]).get_by_role("checkbox").uncheck()
    for _again in range(2):
        expect_sum(page, "2 invoices", "$110.00")
        page.reload()
    expect_sum(page, "2 invoices", "$110.00")
    page.get_by_role("button", name="Continue").click()
    payer.expect_heading(CHOICE)
    page.reload()
    payer.choose("Card")
    payer.proceed()
    page.go_back()
    payer.expect_heading(CHOICE)
    page.go_back()
    expect_sum(page, "2 invoices", "$110.00")
    expect(page.get_by_label(f"Amount to pay of {numbers[0]}")).to_have_value("60")
    page.go_forward()
    payer.expect_heading(CHOICE)
    page.get_by_role("link", name="Change the invoices or the amounts").click()
    expect_sum(page, "2 invoices", "$110.00")
    page.get_by_role("button", name="Continue").click()
    payer.choose("Card")
    payer.proceed()
    assert payer.pay()["Amount"] == "$110.00"
    page.reload()
    assert payer.read_receipt()["Amount"] == "$110.00"


def test_a_keyboard_is_enough_for_the_list(visit, shell, client):
    """Tab, space and enter; what has the focus is never hidden by the sum."""
    payer, (url, numbers) = visit(ZOOMED), client()
    page, press = payer.page, payer.page.keyboard.press
    arrive(page, shell, url)
    expect_sum(page, "0 invoices", "$0.00")
    _tab_to(page, page.get_by_role("checkbox", name=numbers[0]))
    press("Space")
    expect_sum(page, "1 invoice", "$100.00")
    _tab_to(page, page.get_by_label(f"Amount to pay of {numbers[0]}"))
    page.keyboard.type("20")
    expect_sum(page, "1 invoice", "$20.00")
    _tab_to(page, find_row(page, numbers[0]).locator("summary"))
    press("Enter")
    _tab_to(page, page.get_by_label(f"Why you pay less of {numbers[0]}"))
    page.keyboard.type("Damaged")
    _tab_to(page, page.get_by_role("checkbox", name=numbers[2]))
    press("Space")
    expect_sum(page, "2 invoices", "$90.50")
    _tab_to(page, page.get_by_role("button", name="Continue"))
    press("Enter")
    payer.expect_heading(CHOICE)
    _tab_to(page, page.get_by_role("radio", name="Card"))
    press("Space")
    _tab_to(page, page.locator("[name=customer_input]:visible"))
    page.keyboard.type("4242")
    _tab_to(page, page.get_by_role("button", name="Continue"))
    press("Enter")
    payer.expect_heading(CONFIRMATION)
    _tab_to(page, page.get_by_role("button", name="Pay $90.50"))
    press("Enter")
    assert payer.read_receipt()["Amount"] == "$90.50"


def _tab_to(page, target):
    """Press Tab until an element has the focus; all on the way is to be seen."""
    for _ in range(40):
        assert not page.evaluate(HIDDEN)
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} can't be reached with the Tab key")


def test_the_checkout_is_reached_without_javascript(visit, shell, client):
    """Links tick, an amount that is wrong is told, what was typed stays."""
    payer, (url, numbers) = visit(java_script_enabled=False), client()
    page = payer.page
    arrive(page, shell, url)
    page.get_by_role("link", name="Tick overdue").click()
    expect(page.locator("[name=item]:checked")).to_have_count(2)
    page.get_by_role("link", name="Untick all").click()
    expect(page.locator("[name=item]:checked")).to_have_count(0)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_contain_text("at least one")
    page.get_by_role("link", name="Tick all", exact=True).click()
    expect(page.locator("[name=item]:checked")).to_have_count(3)
    field = page.get_by_label(f"Amount to pay of {numbers[0]}")
    field.fill("600")
    find_row(page, numbers[0]).get_by_text("Paying less? Tell us why").click()
    page.get_by_label(f"Why you pay less of {numbers[0]}").fill("Damaged")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_contain_text(numbers[0])
    expect(field).to_have_value("600")
    field.fill("60")
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("#o_payment_form")).to_be_visible()
    summary = page.locator("#o_paynow_summary")
    for text in (*numbers, "$60.00", "Damaged", "$180.50"):
        expect(summary).to_contain_text(text)
    page.get_by_role("link", name="Change the invoices or the amounts").click()
    expect(field).to_have_value("60.00")


def test_200_invoices_are_paid_on_a_phone(visit, shell):
    """Each key is quick, the sum in sight, and the methods near the top."""
    numbers = [f"Many{number:03}" for number in range(200)]
    owed = {number: (10.0, index - 100) for index, number in enumerate(numbers)}
    url = owe(shell, "Many invoices", owed)
    payer = visit(PHONE)
    page = payer.page
    arrive(page, shell, url)
    expect(page.locator("#paynow_items li")).to_have_count(200)
    page.get_by_role("button", name="Tick all", exact=True).click()
    expect_sum(page, "200 invoices", "$2,000.00")
    expect(page.get_by_role("button", name="Continue")).to_be_in_viewport(ratio=1)
    time = page.evaluate(MEASURE)
    print(f"One key among 200 invoices: {time:.1f} ms")
    assert time < KEY
    page.get_by_label("Amount to pay of Many000").fill("9")
    expect_sum(page, "200 invoices", "$1,999.00")
    page.get_by_role("button", name="Continue").click()
    payer.expect_heading(CHOICE)
    expect(page.get_by_role("radio", name="Card")).to_be_in_viewport()
    page.locator("#o_paynow_summary").get_by_text("200 invoices").click()
    expect(page.locator("#o_paynow_summary [data-name=item]").last).to_be_visible()
    page.locator("#o_paynow_summary").get_by_text("200 invoices").click()
    payer.choose("Card")
    payer.proceed()
    expect(page.get_by_role("button", name="Pay $1,999.00")).to_be_in_viewport()
    receipt = payer.pay()
    assert receipt["state"] == "done"
    assert receipt["Invoices"].startswith("200 invoices Many000 $9.00 Many001 $10.00")
    books = shell(fill(BOOKS, NUMBERS=numbers))
    assert books["rests"] == [1.0] + [0.0] * 199
    assert books["posted"] == [1999.0]
