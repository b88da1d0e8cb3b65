"""Many people of one client pay overlapping parts of its list at the same moment.

A live server with two workers (another number: PAYNOW_WORKERS; 0 is threads), 50
browsers with the list of one client: each ticks some of 20 invoices with some amount,
together far more than there is, and all press *Pay* at once. Whoever is refused opens
the list again and takes what is left.
"""

import os

import pytest
from items_ledger import ItemsLedger
from list_payer import ListPayer, arrive, race

from dev.places import cache

WORKERS = int(os.environ.get("PAYNOW_WORKERS", "2"))
EMAIL = "items@client.example.com"
TOTALS = {f"Items{number:02}": 100.0 + number for number in range(20)}
PAYERS = 50


@pytest.fixture(scope="module")
def books(stack, paynow_db, shell):
    """The books, with the invoices of one client."""
    ledger = ItemsLedger(stack, paynow_db, shell)
    ledger.invoice(EMAIL, TOTALS)
    return ledger


def test_overlapping_picks_never_take_more_than_there_is(books, shell, start_server):
    """Each refused payer is told which rows; charges, allocations, entries are one."""
    url = start_server(workers=WORKERS).url
    payers = arrive(shell, EMAIL, [ListPayer(url) for _payer in range(PAYERS)])
    log = cache("logs") / "test_items_race.log"
    for number, figures in enumerate(race(payers, books, TOTALS), 1):
        print(
            "round {}: {} press Pay, {} pay, {} are refused with their rows, in {} s;"
            " confirmed and posted in {} s".format(number, *figures)
        )
    print(f"run again: {log.read_text().count(' tries left')} requests")
