"""A client who pays several invoices at once, from the list of all that they owe."""

import random
import re
import time

from ledger import fill
from visitor import Visitor, at_once

#: What a browser holds that came by the link of a client's list.
ARRIVE = """
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
    r"(?P<rest>.*?)</li>",
    re.DOTALL,
)

#: What who is refused reads of each item: whose number, and why.
_REFUSED = re.compile(
    r"(?P<number>\w+): (?:A payment of|Only \$[\d.]+ can be paid now|There is nothing"
    r" left)"
)
#: At most one so many'th of what is left of an item is chosen, round by round.
PARTS = (4, 4, 2, 1)


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

    def choose(self, chance, part):
        """Tick some of what can be paid now, with some amounts; remember the numbers.

        :param random.Random chance: what decides
        :param int part: see `PARTS`
        :return: whether there was anything
        :rtype: bool
        """
        rows = self.read_list()
        some = chance.sample(sorted(rows), min(len(rows), chance.randint(2, 8)))
        self.numbers = set(some)
        if some:
            self.pick(
                {
                    id_: chance.randint(1, -(-cents // part))
                    for id_, cents in map(rows.get, some)
                }
            )
        return bool(some)


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
    url = shell(fill(ARRIVE, EMAIL=email, SIDS=sids))
    for payer in payers:
        payer.items_url = url
    return payers


def race(payers, books, totals):
    """Have clients press *Pay* at the same moment, and those who are refused again.

    Together they want far more than there is. After each round the provider confirms
    all charges, Odoo posts them, and the books are checked.

    :param list[ListPayer] payers: who may see the list
    :param ItemsLedger books: the books
    :param dict[str, float] totals: the invoices
    :return: by round how many pressed, paid and were refused, and the seconds until
        all were answered and until all was posted
    :rtype: list[tuple]
    """
    chance, charged, rounds = random.Random(19), 0, []
    for part in PARTS:
        payers = [payer for payer in payers if payer.choose(chance, part)]
        if not payers:
            break
        start = time.monotonic()
        winners, refused = press(payers)
        answered = time.monotonic()
        at_once(lambda winner=winner: settle(*winner) for winner in winners)
        posted = time.monotonic()
        times = (round(answered - start, 1), round(posted - answered, 1))
        rounds.append((len(payers), len(winners), len(refused), *times))
        charged += len(winners)
        residuals, charges = books.check(totals)
        assert winners and len(charges) == charged
        payers = refused
    books.run_crons()  # Changes nothing.
    assert books.check(totals) == (residuals, charges)
    assert all(rounds[0][:3])  # Some paid, some were refused.
    return rounds


def press(payers):
    """Have all press *Pay* at the same moment; who is refused is told which rows.

    :return: those who may pay, with their values, and the others
    :rtype: tuple[list, list]
    """
    winners, refused = [], []
    answers = at_once(payer.confirm for payer in payers)
    for payer, answer in zip(payers, answers, strict=True):
        if "reference" in answer:
            winners.append((payer, answer["reference"]))
            continue
        assert set(answer) == {"state", "state_message"}, answer
        told = [_REFUSED.match(line) for line in answer["state_message"].split("\n")]
        assert all(told), answer
        assert {line["number"] for line in told} <= payer.numbers
        refused.append(payer)
    return winners, refused


def settle(payer, reference):
    """Let the provider confirm a payment and its payer wait for the entry."""
    payer.settle(reference)
    assert payer.poll()["state"] == "done"
