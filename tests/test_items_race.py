"""Many clients' colleagues pay overlapping parts of one list at the same moment.

A live server with two workers, 50 browsers with the list of one client: each ticks
some of 20 invoices with some amount, which together is far more than there is, and all
press *Pay* at once. Whoever is refused opens the list again and takes what is left.
"""

import os
import random
import re
import time

import pytest
from items_ledger import ItemsLedger
from list_payer import ListPayer, arrive
from visitor import at_once

from dev.places import cache

WORKERS = int(os.environ.get("PAYNOW_WORKERS", "2"))
EMAIL = "items@client.example.com"
TOTALS = {f"Items{number:02}": 100.0 + number for number in range(20)}
PAYERS = 50
REFUSED = re.compile(
    r"(?P<number>Items\d\d): (?:A payment of|Only \$[\d.]+ can be paid now|There is"
    r" nothing left)"
)


@pytest.fixture(scope="module")
def books(stack, paynow_db, shell):
    """The books, with the invoices of one client."""
    ledger = ItemsLedger(stack, paynow_db, shell)
    ledger.invoice(EMAIL, TOTALS)
    return ledger


@pytest.fixture(scope="module")
def payers(books, shell, start_server):
    """Browsers that may see the list."""
    url = start_server(workers=WORKERS).url
    return arrive(shell, EMAIL, [ListPayer(url) for _payer in range(PAYERS)])


def choose(payer, chance, part):
    """Tick some of what can be paid now, with some amounts; remember the numbers.

    :param int part: at most one so many'th of what is left
    :return: whether there was anything
    :rtype: bool
    """
    rows = payer.read_list()
    some = chance.sample(sorted(rows), min(len(rows), chance.randint(2, 8)))
    amounts = {rows[number][0]: rows[number][1] for number in some}
    payer.numbers = set(some)
    if amounts:
        payer.pick(
            {
                id_: chance.randint(1, -(-cents // part))
                for id_, cents in amounts.items()
            }
        )
    return bool(amounts)


def press(payers):
    """Have all press *Pay* at the same moment.

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
        lines = answer["state_message"].split("\n")
        told = [REFUSED.match(line) for line in lines]
        assert all(told), answer
        assert {line["number"] for line in told} <= payer.numbers
        refused.append(payer)
    return winners, refused


def finish(winners):
    """Let the provider confirm the payments and their payers wait for the entry."""

    def settle(payer, reference):
        payer.settle(reference)
        assert payer.poll()["state"] == "done"

    at_once(lambda winner=winner: settle(*winner) for winner in winners)


def test_overlapping_picks_never_take_more_than_there_is(payers, books):
    """Each refused payer is told which rows; charges, allocations, entries are one."""
    chance, charges, waiting = random.Random(19), 0, payers
    log = cache("logs") / "test_items_race.log"
    for number, part in enumerate((4, 4, 2, 1), 1):
        before = log.read_text().count(" tries left")
        ready = [payer for payer in waiting if choose(payer, chance, part)]
        start = time.monotonic()
        winners, refused = press(ready)
        pressed = time.monotonic() - start
        finish(winners)
        lasted = time.monotonic() - start - pressed
        again = log.read_text().count(" tries left") - before
        print(
            f"round {number}: {len(ready)} press Pay, {len(winners)} pay,"
            f" {len(refused)} refused with their rows, in {pressed:.1f} s, {again} run"
            f" again; confirmed and posted in {lasted:.1f} s"
        )
        assert winners and (refused or number > 1)
        charges += len(winners)
        residuals, amounts = books.check(TOTALS)
        assert len(amounts) == charges
        waiting = refused
        if not waiting:
            break
    books.run_crons()  # Changes nothing.
    assert books.check(TOTALS) == (residuals, amounts)
    print(f"{sum(amounts) / 100:.2f} paid, {sum(residuals.values()) / 100:.2f} open")
