"""From saving a card in the portal to an automatic charge in the books, in a browser.

`bin/test e2e tests/pictures_autopay.py` puts pictures of portal, invoice, mails and
the staff's screens into docs/pictures. The mails come over a mail server's socket.
"""

from io import BytesIO

import pytest
from editor import log_in
from inbox import read_html
from payer import Payer
from pictures import save
from PIL import Image
from playwright.sync_api import expect

EMAIL = "billing@blueharbor.example.com"
OFFICE = "office@stonebridge.example.com"
WIDE, PHONE = {"width": 1280, "height": 860}, {"width": 390, "height": 780}
MAIL = {"width": 680, "height": 400}
#: Pixels that staff have: the chatter stands beside what it is about.
DESK = {"width": 1720, "height": 860}
PREPARE = """
import json
from odoo.fields import Command

env.ref("payment.payment_provider_demo").allow_tokenization = True
user = env["res.users"].create({
    "name": "Dana Whitfield",
    "login": "dana",
    "password": "dana",
    "partner_id": env.ref("paynow_module.partner_dental_office").id,
    "group_ids": [Command.set(env.ref("base.group_portal").ids)],
})
invoice = env["account.move"].search([("name", "=", "Inv123")])
env.cr.commit()
print(json.dumps([invoice.id, env.ref("paynow_module.partner_dental").id]))
"""
#: Has the day come on which a bill is due, and the queue of mails worked off.
RUN = """
env.ref("paynow_module.ir_cron_autopay").method_direct_trigger()
env.cr.commit()
env.invalidate_all()
env["mail.mail"].process_email_queue()
env.cr.commit()
"""
DUE = """
invoice = env["account.move"].search([("name", "=", "Inv123")])
today = env.company._paynow_get_today()
invoice.line_ids.filtered("date_maturity").date_maturity = today
invoice._paynow_autopay_schedule()
env.cr.commit()
"""
BOOKS = """
import json
invoice = env["account.move"].search([("name", "=", "Inv123")])
payment = invoice.matched_payment_ids
tx = payment.payment_transaction_id
print(json.dumps({
    "residual": invoice.amount_residual,
    "is_paid": invoice.payment_state in ("paid", "in_payment"),
    "payments": payment.mapped("amount"),
    "operation": tx.operation,
    "charges": len(invoice.transaction_ids),
    "consent": [invoice.paynow_autopay_id.consent_ip,
                invoice.paynow_autopay_id.consent_user_id.login],
}))
"""
#: A client whose card is blocked and about to expire, and another one's payment that
#: was cut off while the provider was asked.
TROUBLE = """
import json
from datetime import timedelta
from dateutil.relativedelta import relativedelta
from odoo.fields import Command

company = env["account.move"].search([("name", "=", "Inv123")]).company_id
today = company._paynow_get_today()
soon = today + relativedelta(months=1)
Token, Move = env["payment.token"], env["account.move"]

def bill(xmlid, number, amount, state, expiry, nickname):
    client = env.ref(f"paynow_module.{xmlid}")
    token = Token.create({
        "provider_id": env.ref("payment.payment_provider_demo").id,
        "payment_method_id": env.ref("payment.payment_method_card").id,
        "partner_id": client.id, "provider_ref": number, "payment_details": "1881",
        "demo_simulated_state": state, "paynow_brand": "Visa",
        "paynow_nickname": nickname,
        "paynow_expiry_month": expiry.month, "paynow_expiry_year": expiry.year})
    move = Move.create({
        "move_type": "out_invoice", "partner_id": client.id, "name": number,
        "journal_id": env.ref("paynow_module.journal_services").id,
        "invoice_date": today, "invoice_date_due": today,
        "invoice_line_ids": [Command.create({
            "name": "Managed network", "price_unit": amount,
            "tax_ids": [Command.clear()]})]})
    move.action_post()
    env["paynow.autopay"]._choose(
        client, token, "203.0.113.7", "I authorize it.", invoice=move, company=company)
    return move

late = today + relativedelta(years=3)
cut = bill("partner_dental", "Inv302", 260.0, "done", late, "Front desk")
tx = cut._paynow_autopay_start()  # This is all that a killed run leaves.
# The demo provider makes one charge of two requests, but not after ten years.
env.flush_all()
env.cr.execute(
    "UPDATE payment_transaction SET create_date = create_date - interval '11 years'"
    " WHERE id = %s", (tx.id,))
declined = bill("partner_legal", "Inv301", 480.0, "cancel", soon, "Office card")
env.cr.commit()
env.ref("paynow_module.ir_cron_card_expiring").method_direct_trigger()
env.cr.commit()
print(json.dumps({"declined": declined.id, "cut": cut.id, "tx": tx.id}))
"""
FOUND = """
import json
moves = env["account.move"].search([("name", "in", ("Inv301", "Inv302"))], order="name")
print(json.dumps([
    [move.payment_state in ("paid", "in_payment"), move.amount_residual,
     move.transaction_ids.mapped("state"), move.activity_ids.mapped("summary")]
    for move in moves]))
"""


@pytest.fixture
def staff(browser, server):
    """A page of the administrator, whose console stays free of errors."""
    context = browser.new_context(base_url=server.url, locale="en-US", viewport=DESK)
    context.set_default_timeout(60_000)  # As for the client.
    page = context.new_page()
    payer = Payer(page)
    log_in(page)
    yield page
    context.close()
    assert not payer.complaints


@pytest.fixture
def reader(browser):
    """A blank page that shows mails.

    Not one of the portal, whose scripts would lose their document to the mail.
    """
    context = browser.new_context(viewport=MAIL)
    yield context.new_page()
    context.close()


def look(page, name, size=WIDE, full=True):
    """Keep a picture of a page.

    :param dict size: of the window
    :param bool full: whether to show what is below the window, too
    """
    page.set_viewport_size(size)
    page.mouse.move(0, 0)  # Nothing is underlined by chance.
    page.add_style_tag(content="* {caret-color: transparent} footer {display: none}")
    page.wait_for_timeout(500)  # Milliseconds for what still slides in.
    shot = page.screenshot(full_page=full, animations="disabled")
    save(Image.open(BytesIO(shot)), f"autopay-{name}")


def look_at_mail(reader, inbox, recipient, subject, name):
    """Keep a picture of the one mail of a subject to somebody; return the mail."""
    mail = read_html(inbox.find(recipient, subject))
    reader.set_content(mail)
    look(reader, name, MAIL)
    return mail


def test_a_saved_card_pays_an_invoice_on_its_day(
    page, payer, staff, reader, shell, inbox
):
    """The client saves a card, chooses, is charged once; the books and mails say so."""
    page.set_default_timeout(60_000)  # milliseconds; new pages compile their styles
    inbox.connect(shell)
    invoice_id, client_id = shell(PREPARE)
    page.goto("/web/login?redirect=/my/payment_method")
    page.get_by_label("Email").fill("dana")
    page.get_by_label("Password").fill("dana")
    page.get_by_role("button", name="Log in").click()

    card = payer.find_option("Card")
    card.locator(".o_payment_option_label").click()
    card.locator("[name=customer_input]").fill("4242")
    card.locator("select").select_option(label="Successful")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/my/payment_method")
    expect(page.locator("#o_payment_form")).to_contain_text("4242")
    look(page, "card")

    page.goto("/my/autopay")
    box = page.locator("#o_paynow_autopay")
    expect(box).to_contain_text("I authorize Lakeside IT Services")
    look(page, "choose-phone", PHONE)
    look(page, "choose")
    box.get_by_label("I authorize").check()
    box.get_by_role("button", name="Pay my invoices automatically").click()
    expect(box.locator("[name=standing]")).to_contain_text("4242")
    row = box.locator("[name=invoices] li", has_text="Inv123")
    expect(row).to_contain_text("Paid automatically on")
    look(page, "chosen")

    page.goto(f"/my/invoices/{invoice_id}")
    side = page.locator("#o_paynow_autopay")
    expect(side).to_contain_text("This invoice will be paid on")
    look(page, "invoice")

    payer.look_up(EMAIL, "Inv123", "100")
    expect(page.locator("#o_paynow_autopay")).to_contain_text("Paying now replaces it")
    look(page, "early")

    staff.goto(f"/odoo/customer-invoices/{invoice_id}")
    button = staff.get_by_role("button", name="Cancel automatic payment")
    expect(button).to_be_visible()
    expect(staff.locator("[name=paynow_autopay]")).to_contain_text("4242")
    look(staff, "staff-invoice", DESK, full=False)
    staff.goto(f"/odoo/action-account.res_partner_action_customer/{client_id}")
    staff.get_by_role("tab", name="Invoicing").click()
    cards = staff.locator("[name=paynow_cards]")
    expect(cards).to_contain_text("4242")
    cards.scroll_into_view_if_needed()
    look(staff, "staff-client", DESK, full=False)

    shell(DUE)
    shell(RUN)
    assert shell(BOOKS) == {
        "residual": 0.0,
        "is_paid": True,
        "payments": [100.0],
        "operation": "offline",
        "charges": 1,
        "consent": ["127.0.0.1", "dana"],
    }
    page.goto("/my/autopay")
    expect(row).to_have_count(0)
    page.goto(f"/my/invoices/{invoice_id}")
    receipt = look_at_mail(reader, inbox, EMAIL, "received (Inv123)", "receipt")
    assert "$100.00" in receipt


def test_what_goes_wrong_is_told(page, payer, staff, reader, shell, inbox):
    """A blocked card, one about to expire, a charge of which nobody knows the end."""
    inbox.connect(shell)
    made = shell(TROUBLE)
    shell(RUN)
    mail = look_at_mail(reader, inbox, OFFICE, "expires", "expiring")
    assert "Office card" in mail
    mail = look_at_mail(reader, inbox, OFFICE, "Inv301 failed", "declined")
    assert "$480.00" in mail
    link = reader.get_by_role("link", name="Pay Invoice").get_attribute("href")
    page.goto(link)
    payer.expect_fields(OFFICE, "Inv301", "480.00")

    staff.goto(f"/odoo/customer-invoices/{made['declined']}")
    expect(staff.locator("[name=paynow_autopay_off]")).to_be_visible()
    look(staff, "staff-declined", DESK, full=False)
    staff.goto("/odoo/action-paynow_module.payment_transaction_action_unposted")
    row = staff.locator(".o_data_row", has_text="Inv302")
    expect(row).to_contain_text("outcome is not known")
    look(staff, "staff-list", {**DESK, "height": 320}, full=False)
    row.locator("[name=reference]").click()
    button = staff.get_by_role("button", name="It was charged")
    expect(button).to_be_visible()
    look(staff, "staff-unknown", WIDE, full=False)
    button.click()
    staff.get_by_role("dialog").get_by_role("button", name="Ok").click()
    expect(staff.get_by_role("button", name="It was charged")).to_have_count(0)
    failed, charged = shell(FOUND)
    assert failed == [
        False,
        480.0,
        ["cancel"],
        ["Pay Now: automatic payment failed"],
    ]
    assert charged[:3] == [True, 0.0, ["done"]]
