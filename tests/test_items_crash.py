"""No money of several invoices without its entry, whenever a process dies.

A client pays many invoices at once at a live server with two workers, and the workers
are killed (-9) between the charge and the end of the posting, at moments that are steps
through the time that the same request takes undisturbed. The entry has a line for each
invoice, matched with that one: all of it is there, or nothing.

PAYNOW_ITEMS_KILLS (default 4) is how often they are killed.
"""

import os
from collections import Counter

import pytest
from items_ledger import ItemsLedger
from ledger import NATIVE, WATCHDOG
from list_payer import ListPayer, arrive
from test_crash import (
    AGE,
    DUE,
    UNPOSTED,
    Payer,
    measure,
    wait_for_commits,
    write_receipts,
)

EMAIL = "itemscrash@client.example.com"
KILLS = int(os.environ.get("PAYNOW_ITEMS_KILLS", "4"))
#: Of one payment.
ITEMS = 5
#: Now and then a request is faster than the blow.
PAYMENTS = 4 + KILLS + KILLS // 2
TOTALS = {f"ItemsCrash{n:03}": 100 + n + n / 100 for n in range(ITEMS * PAYMENTS)}


@pytest.fixture(scope="module")
def books(stack, paynow_db, shell):
    """The books, with the invoices of one client."""
    ledger = ItemsLedger(stack, paynow_db, shell)
    ledger.invoice(EMAIL, TOTALS)
    return ledger


class ItemsPayer(ListPayer, Payer):
    """Someone who pays several invoices at a server whose processes we know."""

    def __init__(self, server):
        ListPayer.__init__(self, server.url)
        self.server = server

    def begin(self):
        """Tick the oldest invoices, half of the last one, and press *Pay*."""
        rows = list(self.read_list().items())[:ITEMS]
        amounts = dict(row for _number, row in rows)
        last = rows[-1][1][0]
        amounts[last] //= 2
        self.numbers = [number for number, _row in rows]
        self.pick(amounts).press_pay()
        return self


def test_killed_workers(stack, paynow_db, start_server, books, shell):
    """After each kill all or nothing is posted; in the end all, once, to the cent."""
    server = start_server(workers=2)
    payers = iter(
        arrive(shell, EMAIL, [ItemsPayer(server) for _payment in range(PAYMENTS)])
    )
    undisturbed = float("inf")
    for _warm_up in range(4):  # Each worker is slow at first; those to come are not.
        payer = next(payers).begin()
        payer.charge()
        undisturbed = min(undisturbed, measure(payer, "entry"))

    killed, left = 0, Counter()
    for payer in payers:
        if killed == KILLS:
            break
        payer.begin().charge()
        if payer.step("entry", undisturbed * (killed + 1) / (KILLS + 1)):
            undisturbed *= 0.9  # The blow came too late; the next ones come sooner.
            continue
        killed += 1
        wait_for_commits(books)
        ((unposted, _old),) = books.query(UNPOSTED)
        left["posted" if unposted == left["unposted"] else "unposted"] += 1
        books.check(TOTALS, unposted=left["unposted"])
    assert killed == KILLS
    print(f"killed: {killed}; then {dict(left)}; undisturbed: {undisturbed:.2f} s")

    books.query(AGE)
    # The scheduler goes on, too, with what took longer than its ten seconds.
    books.run_crons(*[WATCHDOG] * 3)
    for _time in range(2):  # Once more changes nothing.
        books.run_crons(WATCHDOG, NATIVE)
        assert write_receipts(stack, paynow_db, dies=False) == 0
        assert books.query(DUE) == [(0,)]
        residuals, charges = books.check(TOTALS)
        total = sum(round(100 * amount) for amount in TOTALS.values())
        assert sum(charges) == total - sum(residuals.values())
