"""The pictures of the mails: `bin/test e2e tests/pictures_mails.py` makes them anew.

They go to docs/pictures/mails: each mail in three languages side by side, on a wide
screen, on a phone, in the dark and where pictures are not shown. So do Odoo's own
invoice mail and an edited copy of it, to which the button was added.
"""

import re
from base64 import b64encode
from io import BytesIO

import pytest
from inbox import read_html
from mailbag import WRITTEN, read
from PIL import Image, ImageDraw

from dev.places import ROOT

DOCS = ROOT / "docs" / "pictures" / "mails"
WIDE, PHONE = 680, 390  # Pixels.
GAP = 16  # Pixels between the languages.
KINDS = ("new-invoice", "past-due", "account-summary")
#: How a mail is shown: width, colors, with pictures or without.
WAYS = {
    "wide": (WIDE, "light", True),
    "phone": (PHONE, "light", True),
    "dark": (PHONE, "dark", True),
    "without-pictures": (PHONE, "light", False),
}
#: Sends an invoice with Odoo's own template, one with an administrator's edited copy.
INJECT = """
import json
from odoo.fields import Command

company = env.ref("base.main_company")
company.paynow_invoice_delivery_enabled = False
own = env.ref("account.email_template_edi_invoice")
edited = own.copy({"name": "Our invoice mail", "subject": "Our bill {{ object.name }}"})
edited.body_html = '''<div>
<p>Hi <t t-out="object.partner_id.name"/>,</p>
<p>here is what we did for you last month. Call us if anything is unclear.</p>
<p>Kind regards</p><div>--<br/>Rosa Lindqvist<br/>Lakeside IT Services</div></div>'''
client = env["res.partner"].create({
    "name": "Cedar Grove Clinic", "email": "injected@cedargrove.example.com"})
for number, template in (("US-201", own), ("US-202", edited)):
    move = env["account.move"].create({
        "move_type": "out_invoice", "partner_id": client.id, "name": number,
        "journal_id": env.ref("paynow_module.journal_services").id,
        "invoice_line_ids": [Command.create({
            "name": "Managed network", "price_unit": 480.0,
            "tax_ids": [Command.clear()]})]})
    move.action_post()
    # The PDF was made earlier: the machine of a test has no wkhtmltopdf.
    env["ir.attachment"].create({
        "name": f"{number}.pdf", "raw": b"%PDF-1.4 %%EOF",
        "mimetype": "application/pdf", "res_model": "account.move",
        "res_id": move.id, "res_field": "invoice_pdf_report_file"})
    move.invalidate_recordset()
    env["account.move.send.wizard"].with_context(
        active_model="account.move", active_ids=move.ids).create(
        {"sending_methods": ["email"], "template_id": template.id}
    ).action_send_and_print()
company.paynow_invoice_delivery_enabled = True
env.cr.commit()
env.invalidate_all()
env["mail.mail"].process_email_queue()
env.cr.commit()
"""
#: What is mailed about automatic payment, from the first day to the last.
AUTOPAY = """
from datetime import timedelta
from odoo.fields import Command

company = env.ref("base.main_company")
today = company._paynow_get_today()
provider = env.ref("payment.payment_provider_demo")
provider.allow_tokenization = True
client = env["res.partner"].create({
    "name": "Juniper Street Bakery", "email": "orders@juniper.example.com",
    "lang": "en_US", "country_id": env.ref("base.us").id})
token = env["payment.token"].create({
    "provider_id": provider.id, "partner_id": client.id, "provider_ref": "juniper",
    "payment_method_id": env.ref("payment.payment_method_ach_direct_debit").id,
    "payment_details": "6789"})
moves = env["account.move"]
for number, due, amount in (("US-301", 10, 480.0), ("US-302", 0, 260.0)):
    moves += env["account.move"].create({
        "move_type": "out_invoice", "partner_id": client.id, "name": number,
        "journal_id": env.ref("paynow_module.journal_services").id,
        "invoice_date": today, "invoice_date_due": today + timedelta(days=due),
        "invoice_line_ids": [Command.create({
            "name": "Managed network", "price_unit": amount,
            "tax_ids": [Command.clear()]})]})
moves.action_post()
mandate = env["paynow.mandate"]._authorize(
    company, client, kind="standing", medium="bank", notice_days=10, proof="login",
    email=client.email, token_id=token.id,
    method_name=token._paynow_get_autopay_name(),
    text="I authorize Lakeside IT Services to debit my account ending 6789 for what is"
    " due on each of my invoices. I can stop this at any time.")
choice = env["paynow.autopay"].create({
    "company_id": company.id, "partner_id": client.id, "token_id": token.id,
    "mandate_id": mandate.id})
env.cr.commit()
env.ref("paynow_module.ir_cron_autopay_notice").method_direct_trigger()
moves[1]._paynow_autopay_stop("declined")
choice._end("client")
env.cr.commit()
env.invalidate_all()
env["mail.mail"].process_email_queue()
env.cr.commit()
"""
AUTOPAY_SUBJECTS = (
    "Your authorization",
    "$480.00 will be charged",
    "US-302 failed",
    "Automatic payment is off",
)


@pytest.fixture(scope="module", autouse=True)
def logo(server, shell):
    """A logo of the company, so that one can be seen to be missing."""
    # On white, as most are: in the dark it must not vanish.
    picture = Image.new("RGB", (480, 120), "white")
    draw = ImageDraw.Draw(picture)
    draw.polygon([(20, 100), (70, 20), (120, 100)], fill="#1f6f8b")
    draw.polygon([(70, 100), (110, 45), (150, 100)], fill="#99c24d")
    draw.text((170, 34), "Lakeside", fill="#1f2937", font_size=52)
    content = BytesIO()
    picture.save(content, "PNG")
    text = b64encode(content.getvalue()).decode()
    shell(f"env.ref('base.main_company').logo = '{text}'\nenv.cr.commit()")


@pytest.fixture
def show(browser):
    """A function that returns the picture of a mail in a window of a width."""
    contexts = []

    def take(mail, width, scheme="light", has_pictures=True):
        context = browser.new_context(
            viewport={"width": width, "height": 400}, color_scheme=scheme
        )
        contexts.append(context)
        page = context.new_page()
        if not has_pictures:
            page.route("**/*", lambda route: route.abort())
        page.set_content(mail)
        page.wait_for_function("[...document.images].every(i => i.complete)")
        seen = page.evaluate("[...document.images].every(i => i.naturalWidth > 0)")
        assert seen or not has_pictures
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"The mail is {wide} pixels wide."
        return Image.open(BytesIO(page.screenshot(full_page=True)))

    yield take
    for context in contexts:
        context.close()


def save(pictures, name, color="#f3f4f6"):
    """Write pictures side by side in few colors: a mail has no more."""
    height = max(picture.height for picture in pictures)
    width = sum(picture.width + GAP for picture in pictures) - GAP
    strip = Image.new("RGB", (width, height), color)
    left = 0
    for picture in pictures:
        strip.paste(picture, (left, 0))
        left += picture.width + GAP
    DOCS.mkdir(parents=True, exist_ok=True)
    few = strip.quantize(64, dither=Image.Dither.NONE)
    few.save(DOCS / f"{name}.png", optimize=True)


@pytest.mark.parametrize("number", range(len(KINDS)), ids=KINDS)
@pytest.mark.parametrize("way", WAYS)
def test_pictures_of_the_mails(inbox, clients, show, number, way):
    """One strip for each mail and each way to show it."""
    mails = [read(inbox, clients, lang, number) for lang in WRITTEN]
    color = "#111418" if way == "dark" else "#f3f4f6"
    save([show(mail, *WAYS[way]) for mail in mails], f"{KINDS[number]}-{way}", color)


def test_pictures_of_mails_with_an_added_button(inbox, clients, shell, show):
    """Odoo's own invoice mail beside an administrator's, wide and on a phone."""
    shell(INJECT)
    mails = [
        read_html(inbox.find("injected@cedargrove.example.com", number))
        for number in ("US-201", "US-202")
    ]
    for mail in mails:
        links = re.findall(r'href="[^"]*/PAYNOW\?link=', mail)
        assert len(links) == 2  # The button and the link beneath it.
    for way in ("wide", "phone"):
        save([show(mail, *WAYS[way]) for mail in mails], f"added-button-{way}")


def test_pictures_of_the_mails_about_automatic_payment(inbox, clients, shell, show):
    """The copy, the notice, the failure and the end, wide and on a phone."""
    shell(AUTOPAY)
    mails = [
        read_html(inbox.find("orders@juniper.example.com", subject))
        for subject in AUTOPAY_SUBJECTS
    ]
    for way in ("wide", "phone"):
        save([show(mail, *WAYS[way]) for mail in mails], f"autopay-{way}")
