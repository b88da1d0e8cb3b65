"""Each public page and state, looked at on one walk for everyone; and the mails.

What axe-core says is in axe.json, in the cache's folder of reports.
"""

import pytest
from arrival import arrive, owe
from axe import WCAG, Report
from markup import Markup
from payer import CHOICE
from playwright.sync_api import expect
from windows import sizes

EMAIL = "billing@blueharbor.example.com"
READ_LINK = """
import json

url = env["account.move"].search([("name", "=", "Inv126")]).paynow_url
print(json.dumps(url))
"""
WRITE_MAILS = """
import json

invoice = env["account.move"].search([("name", "=", "Inv123")])
tx = env["payment.transaction"].create({
    "reference": "MAIL-1", "amount": 10.0, "currency_id": invoice.currency_id.id,
    "provider_id": env.ref("payment.payment_provider_demo").id,
    "payment_method_id": env.ref("payment.payment_method_card").id,
    "partner_id": invoice.partner_id.id, "invoice_ids": [(6, 0, invoice.ids)],
    "is_paynow": True, "paynow_email": "a@example.com", "operation": "online_direct",
    "paynow_note": "PO 4711", "state": "done",
})
code = env["paynow.code"].create({
    "invoice_id": invoice.id, "client_id": invoice.commercial_partner_id.id,
    "visitor": "x", "expiry_date": "2099-01-01",
})
records = {"payment.transaction": tx, "account.move": invoice,
           "res.partner": invoice.partner_id, "paynow.code": code}
templates = env["mail.template"].search([("model", "in", list(records))])
ours = templates.filtered(
    lambda t: (t.get_external_id()[t.id] or "").startswith("paynow_module."))
bodies = {}
for template in ours:
    template = template.with_company(invoice.company_id).with_context(
        paynow_code="123456")
    mail = template.send_mail(records[template.model].id)
    bodies[template.name] = str(env["mail.mail"].browse(mail).body_html)
env.cr.rollback()
print(json.dumps(bodies))
"""
PUBLISH_STATEMENT = """
env.ref("paynow_module.accessibility_page").is_published = True
env.cr.commit()
"""
SWITCH_PROVIDERS = """
env["payment.provider"].search([("code", "=", "demo")]).state = %r
env.cr.commit()
"""


@pytest.fixture(scope="module")
def report():
    """What axe-core and html-validate found in this module."""
    report = Report("axe", Markup("html"))
    yield report
    assert report.markup.validate() == []


@pytest.fixture
def visit(visit, report):
    """A function that gives a client with a window, whose documents are kept."""

    def give(*args, **options):
        payer = visit(*args, **options)
        report.markup.watch(payer.page)
        return payer

    return give


@pytest.fixture(scope="module")
def link(proxied, shell):
    """The mailed link of Inv126."""
    return shell(READ_LINK)


def test_the_way_to_the_invoice_is_for_everyone(visit, report):
    """The form, its errors, the secure link, the break after too many tries."""
    payer = visit()
    page = payer.page
    page.goto("/PAYNOW")
    report.look(page, "form")
    alert = page.get_by_role("alert")
    payer.look_up(EMAIL, "Inv200", "900")
    expect(alert).to_contain_text("more than what is still to pay")
    report.look(page, "form: wrong amount")
    payer.look_up(EMAIL, "Inv999", "1")
    expect(alert).to_contain_text("We found no open invoice")
    report.look(page, "form: wrong pair")
    page.get_by_role("button", name="Mail a secure link").click()
    payer.expect_heading("Please look at your mail")
    report.look(page, "secure link asked for")
    for number in range(5):
        payer.look_up(f"{number}@example.com", f"Inv99{number}", "1")
        expect(alert).to_be_visible()
    payer.expect_heading("Please try again later")
    report.look(page, "a break after too many tries")
    page.goto("/PAYNOW/checkout/gone")
    report.look(page, "expired")
    # The browser itself tells of the statuses 429 and 403.
    payer.complaints[:] = [c for c in payer.complaints if "status of 4" not in c]


def test_every_step_of_a_payment_is_for_everyone(visit, report):
    """Choice, form of the provider, confirmation, each kind of receipt."""
    payer = visit()
    page = payer.page
    for outcome in ("Successful", "Error", "Cancelled", "Pending"):
        payer.look_up(EMAIL, "Inv200", "11")
        payer.expect_heading(CHOICE)
        if outcome == "Successful":
            report.look(page, "choice of the method")
        payer.choose("ACH Direct Debit", outcome)
        if outcome == "Successful":
            report.look(page, "form of the provider")
        payer.proceed()
        if outcome == "Successful":
            report.look(page, "confirmation")
        payer.pay()
        report.look(page, f"receipt: {outcome.lower()}")
    payer.look_up(EMAIL, "Inv200", "899")
    expect(page.get_by_role("alert")).to_contain_text("being processed")
    report.look(page, "form: too much, with a payment under way")


def test_what_else_could_be_paid_is_for_everyone(visit, report):
    """Instalments, the amounts that are offered, an amount that is too much."""
    payer = visit()
    page = payer.page
    payer.look_up(EMAIL, "Inv125", "4800")
    payer.expect_heading(CHOICE)
    report.look(page, "instalments")
    page.get_by_text("Another amount").click()
    page.get_by_label("Amount to pay").fill("5000")
    page.get_by_role("button", name="Change", exact=True).click()
    expect(page.get_by_label("Amount to pay")).to_be_focused()
    expect(page.locator("#o_paynow_amount_error")).to_contain_text("more than what is")
    report.look(page, "another amount: too much")


def test_several_invoices_are_for_everyone(visit, report, shell):
    """The list, its errors, what was ticked, the confirmation, the receipt."""
    owed = {f"Several{number}": (100.0, number - 2) for number in range(6)}
    url = owe(shell, "Several invoices", owed, limited=True)
    payer = visit()
    page = payer.page
    arrive(page, shell, url)
    report.look(page, "list of invoices")
    page.get_by_role("button", name="Tick all", exact=True).click()
    page.get_by_label("Amount to pay of Several0").fill("90")
    page.get_by_text("Paying less? Tell us why").first.click()
    page.get_by_label("Why you pay less of Several0").fill("A piece was damaged")
    page.get_by_label("Amount to pay of Several1").fill("101")
    report.look(page, "list of invoices: ticked")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_contain_text("more than what is still to pay")
    report.look(page, "list of invoices: wrong amount")
    page.get_by_label("Amount to pay of Several1").fill("100")
    page.get_by_role("button", name="Continue").click()
    payer.expect_heading(CHOICE)
    report.look(page, "choice of the method for several invoices")
    page.locator("#o_paynow_summary summary").click()
    report.look(page, "choice of the method, all invoices shown")
    payer.choose("ACH Direct Debit", "Pending")
    payer.proceed()
    report.look(page, "confirmation of several invoices")
    payer.pay()
    report.look(page, "receipt of several invoices")
    page.goto(url)
    report.look(page, "list of invoices: being processed")


def test_what_clients_say_is_for_everyone(visit, report):
    """The form that says what is wrong, its errors, the thanks."""
    payer = visit()
    page = payer.page
    payer.look_up(EMAIL, "Inv200", "21")
    page.get_by_role("link", name="Tell us").click()
    payer.expect_heading("Tell us about invoice Inv200")
    report.look(page, "tell us")
    page.get_by_label("I will pay on the day below").check()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_contain_text("choose a day")
    expect(page.get_by_label("Day of the payment")).to_be_focused()
    report.look(page, "tell us: error")
    page.get_by_label("I have already paid").check()
    page.get_by_label("Your message").fill("By cheque, last week")
    page.get_by_role("button", name="Send").click()
    payer.expect_heading("Thank you, we have noted it")
    report.look(page, "told")


def test_the_way_to_other_invoices_is_for_everyone(visit, report):
    """The form for the code that was mailed, and its error."""
    payer = visit()
    page = payer.page
    payer.look_up(EMAIL, "Inv200", "21")
    page.get_by_role("button", name="See your other open invoices").click()
    payer.expect_heading("Please look at your mail")
    expect(page.get_by_label("Code from the mail")).to_be_focused()
    report.look(page, "code")
    page.get_by_label("Code from the mail").fill("123 45x")
    page.get_by_role("button", name="Continue").click()
    payer.expect_heading("Please look at your mail")  # The browser says what lacks.
    page.get_by_label("Code from the mail").fill("123 456")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_contain_text("This code is wrong")
    expect(page.get_by_label("Code from the mail")).to_have_value("123 456")
    expect(page.get_by_label("Code from the mail")).to_be_focused()
    report.look(page, "code: error")
    page.reload()
    page.get_by_role("link", name="Back to the payment").click()
    payer.expect_heading(CHOICE)


@sizes
def test_the_mails_are_for_everyone(visit, report, size, shell):
    """Each mail that Pay Now writes, as it is queued."""
    page = visit(size).page
    mails = shell(WRITE_MAILS)
    assert len(mails) == len(set(mails)) >= 5
    for name, body in mails.items():
        page.goto("about:blank")
        page.set_content(f"<html lang='en'><title>{name}</title>{body}")
        report.check(page, f"mail: {name}", [("body", WCAG)])


# Last: the server hears of no change made in a shell, and keeps the page in a cache.
def test_what_cannot_be_paid_says_so_to_everyone(visit, report, link, shell):
    """A link to a paid invoice, and a page without any provider."""
    payer = visit()
    page = payer.page
    payer.open_link(link, "Inv126")
    report.look(page, "the invoice itself")
    page.get_by_text("Another amount").click()
    report.look(page, "the invoice itself, another amount")
    payer.choose("Card")
    payer.proceed()
    payer.pay()
    page.goto(link)
    payer.expect_heading("Invoice Inv126")
    report.look(page, "nothing left to pay")
    shell(PUBLISH_STATEMENT)
    page.goto("/paynow-accessibility")
    payer.expect_heading("Accessibility of our online payment")
    report.look(page, "accessibility statement")
    shell(SWITCH_PROVIDERS % "disabled")
    try:
        page.goto("/PAYNOW")
        report.look(page, "online payment not available")
    finally:
        shell(SWITCH_PROVIDERS % "test")
