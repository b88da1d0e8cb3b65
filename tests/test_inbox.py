"""The mails as clients receive them, over SMTP, and where their links lead."""

import re

import pytest
from lxml import html
from mailbag import WRITTEN, read
from playwright.sync_api import expect

#: The links are the same in all languages: the others are followed in `bin/test all`.
FOLLOWED = [
    pytest.param(lang, marks=[pytest.mark.long] if lang == "de_DE" else [])
    for lang in WRITTEN
]


def get_links(mail):
    """Return the addresses of a mail that open the page filled in."""
    return re.findall(r'href="([^"]*/PAYNOW\?link=[^"]*)"', mail)


@pytest.mark.parametrize("lang", WRITTEN)
def test_each_client_receives_each_mail_once_in_their_language(inbox, clients, lang):
    """Words, dates and money are written as the client writes them."""
    received = [to for to in inbox.recipients if to == [clients[lang][0]]]
    assert len(received) == 3
    mail = html.fromstring(read(inbox, clients, lang, 1)).text_content()
    mail = " ".join(mail.split())
    for text in (*WRITTEN[lang]["texts"], "1 Lake Road", "+1 218-555-0134"):
        assert text in mail


def test_no_mail_is_wider_than_a_phone(inbox, clients, browser):
    """What Odoo takes from messages when it cleans them is seen in none."""
    with browser.new_context(viewport={"width": 390, "height": 780}) as context:
        page = context.new_page()
        for number in range(3):
            page.set_content(read(inbox, clients, "en_US", number))
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= 390, WRITTEN["en_US"]["subjects"][number]


def test_the_new_invoice_brings_its_pdf_and_words_for_old_programs(inbox, clients):
    """A program without HTML shows the amount and the link all the same."""
    message = inbox.find(clients["en_US"][0], "New invoice")
    text = message.get_body(("plain",)).get_content()
    assert "$480.00" in text
    assert "/PAYNOW?link=" in text
    assert [part.get_content_type() for part in message.iter_attachments()] == [
        "application/pdf"
    ]


@pytest.mark.parametrize("lang", FOLLOWED)
def test_the_links_of_mails_lead_to_paid_invoices(
    inbox, clients, payer, server, shell, lang
):
    """New invoice and reminder: click, method, Pay twice; the books agree."""
    email, *numbers = clients[lang]
    for index, number in enumerate(numbers):
        payer.open_link(get_links(read(inbox, clients, lang, index))[0], number)
        expect(payer.page.locator("#o_paynow_email")).to_have_value(email)
        expect(payer.page.locator("#o_paynow_invoice")).to_have_value(number)
        payer.choose("Card")
        payer.proceed()
        assert payer.pay()["state"] == "done"
        (state,) = shell(
            "import json\n"
            f"invoice = env['account.move'].search([('name', '=', '{number}')])\n"
            "print(json.dumps([invoice.payment_state]))"
        )
        assert state in ("in_payment", "paid")
    payer.page.goto(get_links(read(inbox, clients, lang, 0))[0])
    expect(payer.page.get_by_role("alert")).to_contain_text("nothing left to pay")


def test_the_portal_button_leads_to_the_log_in_page(inbox, clients, page, server):
    """GO TO PORTAL is the LOG IN link."""
    mail = html.fromstring(read(inbox, clients, "en_US", 2))
    (link,) = mail.xpath("//a[normalize-space()='GO TO PORTAL']/@href")
    page.goto(link)
    assert page.url == f"{server.url}/web/login"
