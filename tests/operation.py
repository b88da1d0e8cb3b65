"""However Odoo is operated, a guest must be able to pay: by number, by mailed link."""

import re
from html import unescape
from urllib.parse import urlsplit

from inbox import read_html
from ledger import fill
from visitor import Visitor

MAIL = """
env["account.move"].search([("name", "=", NUMBER)]).company_id.paynow_email_links = True
invoice = env["account.move"].search([("name", "=", NUMBER)])
template = env.ref("paynow_module.mail_template_invoice_delivery")
template.send_mail(invoice.id, force_send=True)
env.cr.commit()
"""
LINK = re.compile(r'href="(http[^"]+/PAYNOW\?link=[^"]+)"')


def get_email(number):
    """Return the address of the client of an invoice.

    :rtype: str
    """
    return f"{number.lower()}@client.example.com"


def mail(shell, inbox, number, email=None):
    """Have an invoice mailed; return the link in the mail that arrived.

    :param str email: its client's, unless it is that of `get_email`
    :rtype: str
    """
    shell(fill(MAIL, NUMBER=number))
    message = inbox.find(email or get_email(number), "New invoice")
    return unescape(LINK.search(read_html(message))[1])


def take_payments(books, shell, inbox, number, url, visit=Visitor, sell=None):
    """Have one guest pay by number, another by the link of a mail; look at the books.

    :param Ledger books: the books
    :param shell: the fixture
    :param Inbox inbox: the mailbox of all clients
    :param str number: of the invoice that is made for it, of 100.00
    :param str url: with which the addresses of this way begin
    :param visit: a function that returns a visitor who goes to such an address
    :param sell: a function that makes invoices as `Ledger.invoice` does
    """
    email = get_email(number)
    (sell or books.invoice)(email, {number: 100.0})
    visit(url).look_up(email, number, "40").pay()
    link = mail(shell, inbox, number)
    assert link.startswith(f"{url}/PAYNOW?link="), link
    pay_by_link(visit, link, email, number, "60")
    page = books.read(number)
    assert (page["residual"], page["payments"]) == (0, [4000, 6000])


def pay_by_link(visit, link, email, number, amount):
    """Pay as somebody does who follows a mailed link."""
    parts = urlsplit(link)
    guest = visit(f"{parts.scheme}://{parts.netloc}")
    answer = guest.open(f"{parts.path}?{parts.query}")
    assert answer.status_code == 200 and number in answer.text, answer.text
    guest.look_up(email, number, amount).pay()


def go_by(address):
    """Return a function that gives visitors of any host, as it answers here.

    :param str address: where all of the hosts are
    """

    def visit(url):
        visitor = Visitor(address)
        visitor.http.headers["Host"] = urlsplit(url).netloc
        return visitor

    return visit
