"""The row of several invoices in one payment: what each request takes, and asks for."""

import json
import re
import time

from client import Client, expect, read_form
from ledger import fill
from list_payer import ARRIVE
from place import place
from web import settle

#: How many invoices, with a word for their numbers: digits would look like a year.
COUNTS = {1: "One", 20: "Twenty", 200: "Many"}
STEPS = (
    "list", "ticked", "checkout", "transaction route", "demo provider", "status page",
    "receipt", "news (Odoo posts)",
)  # fmt: skip
#: The end of what Odoo logs of a request: status, length, queries, seconds.
_REQUEST = re.compile(r'HTTP/1\.\d" \d{3} \S+ (?P<queries>\d+) [\d.]+ [\d.]+')
_INVOICES = """
from odoo.fields import Command, Date

partner = env["res.partner"].create({"name": EMAIL, "is_company": True, "email": EMAIL})
env["account.move"].create([{
    "name": f"{PREFIX}{number}",
    "move_type": "out_invoice",
    "journal_id": env.ref("paynow_module.journal_services").id,
    "partner_id": partner.id,
    "invoice_date": Date.today(),
    "invoice_line_ids": [Command.create(
        {"name": "Help desk", "price_unit": 100, "tax_ids": [Command.clear()]}
    )],
} for number in range(COUNT)]).action_post()
env.cr.commit()
"""


def measure_items(stack, options):
    """Pay 1, 20 and 200 invoices of a list at once, all requests one by one.

    :return: by the number of invoices and the request its queries, and its seconds
    :rtype: dict[str, list]
    """
    times, series = 5, {}
    with place(stack) as here:
        here.query("UPDATE paynow_limit SET active = false")
        for turn in range(times + 1):
            for count, word in COUNTS.items():
                prefix = f"Bench{'ABCDEF'[turn]}{word}"
                seconds, queries = pay_all(here, count, prefix)
                if not turn:  # It warms the worker up.
                    continue
                for step, lasted, asked in zip(
                    [*STEPS, "whole"],
                    [*seconds, sum(seconds)],
                    [*queries, sum(queries)],
                    strict=True,
                ):
                    series.setdefault(f"{count} {step}", []).append(lasted)
                    series.setdefault(f"{count} {step}, queries", []).append(asked)
    return series


def pay_all(here, count, prefix):
    """Pay all invoices of a new client.

    :param Place here: where
    :param int count: how many they are
    :param str prefix: the beginning of their numbers
    :return: the seconds and the queries of the requests
    :rtype: tuple[list[float], list[int]]
    """
    email = f"{prefix.lower()}@client.example.com"
    here.shell(fill(_INVOICES, EMAIL=email, PREFIX=prefix, COUNT=count))
    client = Client(here.url)
    client.get("/PAYNOW")
    sids = [client.cookies["session_id"]]
    url = json.loads(here.shell(fill(ARRIVE, EMAIL=email, SIDS=sids)))
    before = len(read_requests(here))
    page = client.get(f"{url}?tick=all")
    ids = re.findall(r'name="item"[^>]*value="(\d+)"', page.text)
    assert len(ids) == count, page.text
    amounts = {f"amount_{id_}": "100.00" for id_ in ids}
    answer = client.post(url, currency="USD", item=ids, **amounts)
    expect(answer.status == 303, "POST", url, answer)
    checkout = client.get(answer.location)
    seconds = [page.seconds, answer.seconds, checkout.seconds]
    seconds += settle(client, *read_form(checkout.text))
    time.sleep(0.5)  # For the log to be written.
    return seconds, read_requests(here)[before:]


def read_requests(here):
    """Return how many queries each request took, in the order of the log.

    :rtype: list[int]
    """
    found = map(_REQUEST.search, here.log.read_text(errors="replace").splitlines())
    return [int(line["queries"]) for line in found if line]
