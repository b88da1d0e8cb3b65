"""Who waits for the page, and who takes more time than it has."""

from playwright.sync_api import expect

DENTAL = "billing@blueharbor.example.com"


def test_whose_scripts_are_blocked_reads_so(payer):
    """An extension lets no script through: after a while the page says why it waits."""
    page = payer.page
    page.route("**/web/assets/**/*.js", lambda route: route.abort())
    payer.look_up(DENTAL, "Inv200", "899")
    late = page.locator("#o_paynow_late")
    expect(late).to_be_visible()
    expect(late).to_contain_text("something blocks the scripts")
    payer.complaints.clear()  # The browser tells of what was blocked.


def test_who_needs_more_time_gets_it(payer):
    """After 25 minutes the page says that it closes; one press keeps all of it open."""
    page = payer.page
    page.clock.install()
    payer.look_up(DENTAL, "Inv200", "12.34")
    payer.choose("Card")
    form = page.locator("#o_paynow_time")
    expect(form).to_contain_text("works for 30 minutes")
    more = page.get_by_role("button", name="I need 30 minutes more")
    expect(more).not_to_be_visible()
    page.clock.run_for(25 * 60 * 1000)
    expect(page.get_by_role("status").filter(has_text="five more")).to_be_visible()
    before = form.get_attribute("data-proof")
    more.click()
    expect(more).not_to_be_visible()
    assert form.get_attribute("data-proof") != before
    tell = page.get_by_role("link", name="Tell us").get_attribute("href")
    assert tell.endswith(form.get_attribute("data-proof"))
    expect(payer.find_option("Card").locator("[name=customer_input]")).to_have_value(
        "4242"
    )
    payer.proceed()
    assert payer.pay()["Amount"] == "$12.34"
