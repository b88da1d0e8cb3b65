"""A returned bank payment on pictures: `bin/test e2e tests/pictures_return.py`.

From the accountant's click to the invoice that is open again and the client's mail; the
pictures go to docs/pictures, as those of `pictures.py` do.
"""

import pytest
from payer import Payer
from pictures import WIDE, save, take
from playwright.sync_api import expect

EMAIL, NUMBER = "office@stonebridge.example.com", "Inv124"
# In pixels: a mail is no wider, and the chatter stands beside what it is about.
MAIL, DESK = (720, 560), (1720, 860)
FIND = """
import json

invoice = env["account.move"].search([("name", "=", "Inv124")])
mails = env["mail.mail"].search([("model", "=", "payment.transaction")], order="id")
print(json.dumps({
    "invoice": invoice.id,
    "transaction": invoice.transaction_ids.id,
    "state": [invoice.payment_state, invoice.amount_residual],
    "payment": invoice.transaction_ids.payment_id.state,
    "told": invoice.activity_ids.mapped("summary"),
    "mail": [mails[-1:].email_to, mails[-1:].body_html],
}))
"""


@pytest.fixture
def visit(browser, server):
    """A function that gives a page of a new visitor in a window of a size."""
    contexts = []

    def give(size):
        contexts.append(
            browser.new_context(
                base_url=server.url,
                locale="en-US",
                viewport=dict(zip(("width", "height"), size, strict=True)),
            )
        )
        return contexts[-1].new_page()

    yield give
    for context in contexts:
        context.close()


def log_in(page):
    """Log in as the administrator."""
    page.goto("/web/login")
    page.get_by_label("Email").fill("admin")
    page.get_by_label("Password").fill("admin")
    page.get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_url("**/odoo**")


def test_pictures_of_a_returned_payment(visit, shell):
    """A click, a reason; the invoice is open, accountant and client are told."""
    payer = Payer(visit(WIDE))
    payer.look_up(EMAIL, NUMBER, "1234.50")
    payer.choose("ACH Direct Debit", details="110000000 000123456789")
    payer.proceed()
    assert payer.pay()["state"] == "done"
    found = shell(FIND)
    assert found["state"][1] == 0

    page = visit(WIDE)
    log_in(page)
    page.goto(f"/odoo/action-payment.action_payment_transaction/{found['transaction']}")
    button = page.get_by_role("button", name="Mark as returned")
    expect(button).to_be_visible()
    save(take(page, "return-transaction"), "return-transaction")

    button.click()
    dialog = page.get_by_role("dialog")
    dialog.locator("[name=code] input").click()
    page.locator(".o_select_menu_item", has_text="R01").click()
    dialog.locator("[name=note] input").fill("Reported by the bank this morning.")
    save(take(page, "return-dialog"), "return-dialog")
    dialog.get_by_role("button", name="Mark as returned").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("button", name="Mark as returned")).to_have_count(0)

    page.set_viewport_size(dict(zip(("width", "height"), DESK, strict=True)))
    page.goto(f"/odoo/action-account.action_move_out_invoice_type/{found['invoice']}")
    expect(page.locator(".o-mail-Chatter")).to_contain_text("returned by the bank")
    save(take(page, "return-invoice"), "return-invoice")

    found = shell(FIND)
    assert found["state"] == ["not_paid", 1234.5]
    assert found["payment"] == "rejected"
    assert found["told"] == ["Pay Now: payment returned"]
    recipient, body = found["mail"]
    assert recipient == EMAIL
    mail = visit(MAIL)
    mail.set_content(body)
    save(take(mail, "return-mail"), "return-mail")
    link = mail.get_by_role("link", name="Pay Invoice").get_attribute("href")
    mail.goto(link)
    Payer(mail).expect_fields(EMAIL, NUMBER, "1234.50")
