"""A client who pays several invoices at once, from the list of all that they owe."""

import re

from ledger import fill
from visitor import Visitor

#: What a browser holds that came by the link of a client's list.
_ARRIVE = """
import json
from datetime import timedelta
from odoo.http import root

client = env["res.partner"].search([("email", "=", EMAIL)])
company = env.ref("paynow_module.journal_services").company_id
for sid in SIDS:
    token = client._paynow_sign_client(company, EMAIL, timedelta(hours=2))
    session = root.session_store.get(sid)
    session.sid = sid  # One that nothing was kept of has no file.
    session["paynow_clients"] = {f"{company.id}-{client.id}": [token, "mail"]}
    root.session_store.save(session)
print(json.dumps(f"/PAYNOW/items/{company.id}/{client.id}"))
"""
_ROW = re.compile(
    r'<input[^>]*name="item"[^>]*value="(?P<id>\d+)".*?'
    r"<bdi[^>]*>(?P<number>[^<]+)</bdi>"
    r'(?P<rest>.*?)</li>',
    re.DOTALL,
)


class ListPayer(Visitor):
    """One session of a client who sees the list of all their open invoices."""

    def read_list(self):
        """Open the list.

        :return: The id and what is still to pay, in cents, of each item that can be
            paid now, by its number
        :rtype: dict[str, tuple[int, int]]
        """
        answer, rows = self.open(self.items_url), {}
        assert answer.status_code == 200, answer.text
        for row in _ROW.finditer(answer.text):
            if full := re.search(r'data-full="([\d.]+)"', row["rest"]):
                rows[row["number"]] = (int(row["id"]), round(100 * float(full[1])))
        return rows

    def pick(self, amounts):
        """Tick items of the list that was read; afterwards they can be paid.

        :param dict amounts: cents, by the id of the item
        :return: self
        """
        fields = {f"amount_{id_}": f"{c / 100:.2f}" for id_, c in amounts.items()}
        fields.update(csrf_token=self.csrf_token, currency="USD", item=list(amounts))
        answer = self.send("POST", self.items_url, data=fields, allow_redirects=False)
        assert answer.status_code == 303, answer.text
        self.checkout = answer.headers["Location"]
        self.read_checkout()
        return self


def arrive(shell, email, payers):
    """Have browsers come by the link to the list of a client.

    :param shell: the fixture
    :param str email: the client's address
    :param list[ListPayer] payers: whose browsers
    :return: the same
    """
    for payer in payers:
        payer.open()  # A browser has its session from a page.
    sids = [payer.http.cookies["session_id"] for payer in payers]
    url = shell(fill(_ARRIVE, EMAIL=email, SIDS=sids))
    for payer in payers:
        payer.items_url = url
    return payers
