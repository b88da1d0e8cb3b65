"""A client who arrives at the list of all that they owe, as by a mailed link."""

from ledger import fill

_OWE = """
import json
from datetime import timedelta
from odoo.fields import Command

company = env.ref("base.main_company")
today = company._paynow_get_today()
client = env["res.partner"].create(
    {"name": NAME, "is_company": True, "email": EMAIL, "lang": "en_US"})
env["account.move"].create([{
    "name": number,
    "move_type": "out_invoice",
    "journal_id": env.ref("paynow_module.journal_services").id,
    "partner_id": client.id,
    "invoice_date": today + timedelta(days=min(days, 0)),
    "invoice_date_due": today + timedelta(days=days),
    "invoice_line_ids": [Command.create(
        {"name": "Help desk", "price_unit": amount, "tax_ids": [Command.clear()]}
    )],
} for number, (amount, days) in OWED.items()]).action_post()
if not LIMITED:
    env["paynow.limit"].search([]).active = False
env.cr.commit()
print(json.dumps(f"/PAYNOW/items/{company.id}/{client.id}"))
"""
_ARRIVE = """
import json
from datetime import timedelta
from odoo.http import root

company = env.ref("base.main_company")
client = env["res.partner"].browse(int(URL.rpartition("/")[2]))
session = root.session_store.get(SID)
session.sid = SID  # Odoo keeps none that holds nothing.
token = client._paynow_sign_client(company, client.email, timedelta(days=1))
session["paynow_clients"] = {f"{company.id}-{client.id}": [token, "mail"]}
root.session_store.save(session)
print(json.dumps(True))
"""


def owe(shell, name, owed, limited=False):
    """Post invoices to a new client.

    :param shell: the fixture
    :param str name: the client's; their address is made of it
    :param dict owed: by number: the total, and in how many days it is due
    :param bool limited: whether the default limits stay
    :return: the path of their list
    :rtype: str
    """
    email = f"{name.lower().replace(' ', '.')}@client.example.com"
    script = fill(_OWE, NAME=name, EMAIL=email, OWED=owed, LIMITED=limited)
    return shell(script)


def arrive(page, shell, url, more=""):
    """Open a client's list in a browser that has proven to be theirs.

    :param playwright.sync_api.Page page: of the browser
    :param shell: the fixture
    :param str url: the path of the list
    :param str more: what follows the path
    """
    page.goto("/PAYNOW")  # A browser has its session from a page.
    (sid,) = [
        cookie["value"]
        for cookie in page.context.cookies()
        if cookie["name"] == "session_id"
    ]
    assert shell(fill(_ARRIVE, URL=url, SID=sid))
    page.goto(url + more)
