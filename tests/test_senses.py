"""Who pays with high contrast, a screen reader, and without motion."""

from payer import CHOICE, CONFIRMATION
from playwright.sync_api import expect

EMAIL = "billing@blueharbor.example.com"


def test_forced_colours_leave_everything_to_be_seen(visit):
    """High contrast: buttons, fields and boxes keep a border, the choice a mark."""
    payer = visit(forced_colors="active")
    page = payer.page
    page.goto("/PAYNOW")
    for element in ("#o_paynow_email", "#o_paynow_form button[type=submit]"):
        _expect_border(page.locator(element))
    payer.look_up(EMAIL, "Inv200", "17")
    radio = page.get_by_role("radio", name="Card", exact=True)
    pictures = []
    for choice in ("ACH Direct Debit", "Card"):
        payer.choose(choice)
        page.evaluate("document.activeElement.blur()")
        pictures.append(radio.screenshot())
    assert pictures[0] != pictures[1], "The choice is not to be seen"
    assert radio.bounding_box()["width"] >= 13
    _expect_border(page.locator("button[name=o_payment_submit_button]"))
    payer.proceed()
    _expect_border(page.locator("[name=o_paynow_pay]"))
    _expect_border(page.locator("[name=o_paynow_back]"))


def _expect_border(locator):
    """Expect a line around something: colours may be gone."""
    style = locator.evaluate(
        "el => { const s = getComputedStyle(el);"
        " return [s.borderTopStyle, parseFloat(s.borderTopWidth)]; }"
    )
    assert style[0] != "none" and style[1] >= 1, style


def test_nothing_moves_for_those_who_want_it_still(visit):
    """Reduced motion: whatever is shown or hidden is so at once."""
    payer = visit(reduced_motion="reduce")
    page = payer.page
    payer.look_up(EMAIL, "Inv200", "18")
    payer.expect_heading(CHOICE)
    page.evaluate(
        "window.moved = []; document.querySelector('#wrap').addEventListener("
        "'transitionrun', ev => moved.push(ev.target.outerHTML.slice(0, 200)))"
    )
    payer.choose("ACH Direct Debit")
    payer.proceed()
    assert not page.evaluate("moved")
    assert not page.evaluate(
        "document.getAnimations().filter(a => a.playState === 'running').length"
    )


def test_each_step_is_named_to_a_screen_reader(visit):
    """Titles, headings, landmarks: where one is, and where the error is."""
    payer = visit()
    page = payer.page
    page.goto("/PAYNOW")
    assert page.title().startswith("Pay Now")
    expect(page.get_by_role("main")).to_have_count(1)
    expect(page.get_by_role("heading", level=1)).to_have_text("Pay an invoice")
    payer.look_up(EMAIL, "Inv200", "abc")
    expect(page.get_by_role("alert")).to_contain_text("in figures")
    assert page.title().startswith("Error")
    expect(page.get_by_label("Amount to pay")).to_be_focused()
    payer.look_up(EMAIL, "Inv200", "19")
    payer.choose("Card")
    assert page.title().startswith(CHOICE)
    payer.proceed()
    expect(page.get_by_role("region", name=CONFIRMATION)).to_be_visible()
    assert page.title().startswith(CONFIRMATION)
    payer.pay()
    assert page.title().startswith("Payment received")
    expect(page.get_by_role("status").filter(has_text="was received")).to_have_count(1)
