"""One charge for one balance, whoever pays at the same moment.

A live server with two workers (another number: PAYNOW_WORKERS; 0 is threads), many
visitors, each with a session and a proof of its own; afterwards the books agree to the
cent. The default limits are switched off: here all visitors have one address.
"""

import os
import re
import threading
import time

import pytest
from ledger import NATIVE, WATCHDOG, Ledger, fill
from visitor import GATE_WIDTH, Visitor, at_once

from dev.places import cache

WORKERS = int(os.environ.get("PAYNOW_WORKERS", "2"))
EMAIL = "race@client.example.com"
NUMBERS = (
    "Race50", "Race10", "Race7", "RaceTabs", "RaceDrafts", "RaceAgain", "RacePending",
    "RaceNews", "RaceStaff", "RaceLate",
)  # fmt: skip
#: What who is late reads: of a payment that was made, or of one that was begun.
PROCESSED = re.compile("is being processed|was begun elsewhere")
NOTHING_LEFT = "There is nothing left to pay on this invoice."

#: Staff registers a payment in full; it takes a while until it is committed.
STAFF = """
import pathlib
import time

invoice = env["account.move"].search([("name", "=", NUMBER)])
env["account.payment.register"].with_context(
    active_model="account.move", active_ids=invoice.ids
).create({}).action_create_payments()
env.flush_all()
pathlib.Path(SIGNAL).touch()
time.sleep(PAUSE)
env.cr.commit()
"""


@pytest.fixture(scope="module")
def books(stack, paynow_db, shell):
    """The books, with invoices of $100.00 to race for."""
    ledger = Ledger(stack, paynow_db, shell)
    ledger.invoice(EMAIL, dict.fromkeys(NUMBERS, 100.0))
    return ledger


@pytest.fixture(scope="module")
def visit(books, start_server):
    """A function that gives visitors who have looked up an invoice."""
    url = start_server(workers=WORKERS).url

    def look_up(number, amount="100.00", times=1):
        first = Visitor(url).look_up(EMAIL, number, amount)
        others = [
            lambda: Visitor(url).look_up(EMAIL, number, amount, like=first)
        ] * (times - 1)  # fmt: skip
        return [first, *at_once(others)]

    return look_up


def confirm(visitors):
    """Have all confirm at the same moment.

    :return: those who may pay, with their values, and what the others are told
    :rtype: tuple[list, list]
    """
    answers = at_once(visitor.confirm for visitor in visitors)
    winners, messages = [], []
    for visitor, answer in zip(visitors, answers, strict=True):
        if "reference" in answer:
            winners.append((visitor, answer["reference"]))
        else:
            assert set(answer) == {"state", "state_message"}, answer
            assert answer["state"] == "error"
            messages.append(answer["state_message"])
    return winners, messages


def finish(winners):
    """Let the provider confirm the payments and their payers wait for the entry."""

    def settle(visitor, reference):
        visitor.settle(reference)
        assert visitor.poll()["state"] == "done"

    at_once(lambda winner=winner: settle(*winner) for winner in winners)


def test_of_fifty_at_once_one_pays(visit, books):
    """50 sessions confirm one invoice: one transaction, 49 calm refusals, one entry.

    Only those who began before the winner was done run again, and once: nobody waits
    for people who are refused themselves.
    """
    visitors = visit("Race50", times=50)
    log = cache("logs") / "test_race.log"
    before, start = log.read_text().count(" tries left"), time.monotonic()
    winners, messages = confirm(visitors)
    lasted = time.monotonic() - start
    again = log.read_text().count(" tries left") - before
    print(f"50 at once: {lasted:.1f} s, {again} run again")
    assert len(winners) == 1 and len(messages) == 49
    assert again < (WORKERS or GATE_WIDTH)
    assert all("payment of $100.00" in m and PROCESSED.search(m) for m in messages)
    assert books.read("Race50")["transactions"] == [["draft", 10000]]

    finish(winners)
    page = books.read("Race50")
    assert page["transactions"] == [["done", 10000]]
    assert (page["payments"], page["residual"]) == ([10000], 0)
    # The others may try again, and learn that there is nothing left.
    winners, messages = confirm(visitors[:10])
    assert not winners and set(messages) == {NOTHING_LEFT}


@pytest.mark.parametrize(
    ("number", "cents", "times", "fit"),
    [("Race10", 1000, 14, 10), ("Race7", 3000, 7, 3)],
)
def test_parallel_parts_fill_the_balance(visit, books, number, cents, times, fit):
    """Parts of an invoice of $100.00: as many as fit get through, none beyond."""
    winners, messages = confirm(visit(number, f"{cents / 100:.2f}", times))
    assert len(winners) == fit
    assert all(PROCESSED.search(message) for message in messages)

    finish(winners)
    page = books.read(number)
    assert page["transactions"] == [["done", cents]] * fit
    assert page["residual"] == 10000 - fit * cents
    assert page["receipts"] == fit


def test_a_second_tab_after_the_first_has_paid(visit, books):
    """Two tabs of one session: done but not posted yet, then posted, both refuse."""
    (visitor,) = visit("RaceTabs")
    visitor.settle(visitor.confirm()["reference"])
    winners, messages = confirm([visitor] * 2)
    assert not winners and all(PROCESSED.search(message) for message in messages)
    page = visitor.post(EMAIL, "RaceTabs", "100.00")
    assert page.status_code == 200 and PROCESSED.search(page.text)

    visitor.poll()
    assert confirm([visitor]) == ([], [NOTHING_LEFT])
    page = books.read("RaceTabs")
    assert page["transactions"] == [["done", 10000]]
    assert page["residual"] == 0


def test_two_tries_of_one_session_are_one_payment(visit, books):
    """Two tabs, at once or one after the other: one transaction, one charge."""
    (visitor,) = visit("RaceDrafts")
    tries = [*at_once([visitor.confirm] * 2), visitor.confirm()]
    (reference,) = {values["reference"] for values in tries}
    page = Visitor(visitor.url).post(EMAIL, "RaceDrafts", "100.00")
    assert page.status_code == 200 and PROCESSED.search(page.text)  # A stranger waits.

    for _tab in tries:
        visitor.settle(reference)
    visitor.poll()
    books.run_crons()
    page = books.read("RaceDrafts")
    assert (page["payments"], page["residual"]) == ([10000], 0)
    assert page["told"] == []


def test_an_older_try_that_is_paid_all_the_same_is_told(visit, books):
    """What can't be prevented: what no invoice takes is the client's credit."""
    (visitor,) = visit("RaceAgain")
    older = visitor.confirm()
    newer = visitor.look_up(EMAIL, "RaceAgain", "60.00").confirm()
    assert newer["reference"] != older["reference"]
    for values in (newer, older):
        visitor.settle(values["reference"])
    books.run_crons()
    page = books.read("RaceAgain")
    assert (sorted(page["payments"]), page["residual"]) == ([6000, 10000], 0)
    assert page["told"] == ["Pay Now: payment not allocated"]


def test_paying_while_a_bank_payment_is_pending(visit, books):
    """Pending money counts, for its own payer too; cleared, it closes the invoice."""
    visitors = visit("RacePending", "60.00", times=2)
    reference = visitors[0].confirm()["reference"]
    visitors[0].settle(reference, "pending")
    assert visitors[0].poll()["state"] == "pending"
    winners, messages = confirm(visitors)
    assert not winners
    assert set(messages) == {
        "Only $40.00 can be paid now: a payment of $60.00 is being processed."
    }
    (rest,) = visit("RacePending", "40.00")
    rest.pay()
    visitors[0].settle(reference)
    visitors[0].poll()
    page = books.read("RacePending")
    assert (page["payments"], page["residual"]) == ([4000, 6000], 0)


def test_news_three_times_from_three_sides(visit, books):
    """The provider's news, the poll and the cron, three times each: one payment."""
    (visitor,) = visit("RaceNews")
    reference = visitor.confirm()["reference"]
    visitor.settle(reference)
    at_once(
        [lambda: visitor.settle(reference)] * 3
        + [visitor.poll] * 3
        + [lambda: books.run_crons(*[NATIVE, WATCHDOG] * 3)]
    )
    page = books.read("RaceNews")
    assert page["transactions"] == [["done", 10000]]
    assert page["payments"] == [10000]
    assert (page["receipts"], page["posted_notes"]) == (1, 1)


def register(shell, number, signal, pause):
    """Start to register a payment of staff; return once it is registered.

    :rtype: threading.Thread
    """
    script = fill(STAFF, NUMBER=number, SIGNAL=str(signal), PAUSE=pause)
    staff = threading.Thread(target=shell, args=(script,))
    staff.start()
    while not signal.exists() and staff.is_alive():
        time.sleep(0.02)
    return staff


def test_staff_registers_a_payment_meanwhile(visit, books, shell, tmp_path):
    """Whoever pays while a cheque is being booked waits for it, and is refused."""
    visitors = visit("RaceStaff", times=4)
    staff = register(shell, "RaceStaff", tmp_path / "registered", pause=2)
    winners, messages = confirm(visitors)
    staff.join()
    assert not winners and set(messages) == {NOTHING_LEFT}
    page = books.read("RaceStaff")
    assert (page["payments"], page["by_staff"]) == ([10000], 10000)
    assert not page["transactions"]


def test_staff_registers_a_payment_after_the_draft(visit, books, shell, tmp_path):
    """Too late to refuse: the charge is posted as credit, and the accountant told."""
    (visitor,) = visit("RaceLate")
    reference = visitor.confirm()["reference"]
    register(shell, "RaceLate", tmp_path / "registered", pause=0).join()
    finish([(visitor, reference)])
    page = books.read("RaceLate")
    assert (page["payments"], page["residual"]) == ([10000, 10000], 0)
    assert page["told"] == ["Pay Now: payment not allocated"]
