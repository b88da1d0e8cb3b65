"""Two servers, one book: `bin/test e2e tests/two_servers.py -s` tells the figures.

Two Odoo servers with workers behind nginx, PostgreSQL with a streaming replica, all on
this machine; see `machines.py`. nginx is Debian's (apt-get install nginx-light).
"""

import json
import os
import signal
import time
from collections import Counter

import machines as several
import pytest
from items_ledger import ItemsLedger
from list_payer import ListPayer, arrive, race
from visitor import Visitor, at_once

EMAIL = "machines@client.example.com"
KILLED = [f"MachinesKill{number}" for number in range(12)]
NUMBERS = ("MachinesRace", "MachinesLag", "MachinesMid", *KILLED)
PAGES = 100
ITEMS_EMAIL = "items@client.example.com"
ITEMS = {f"MachinesItems{number:02}": 100.0 + number for number in range(20)}


@pytest.fixture(scope="module")
def machines(stack):
    """The machines, which run."""
    with several.running(stack) as found:
        yield found


@pytest.fixture(scope="module")
def paynow_db(machines):
    """The database of the machines, for the fixtures of all tests."""
    return several.DATABASE


@pytest.fixture(scope="module")
def books(machines, shell_there):
    """The books, with invoices of $100.00, on both databases."""
    ledger = ItemsLedger(machines.stack, several.DATABASE, shell_there)
    ledger.invoice(EMAIL, dict.fromkeys(NUMBERS, 100.0), limited=True)
    ledger.invoice(ITEMS_EMAIL, ITEMS, limited=True)
    machines.await_replica()
    return ledger


@pytest.fixture(scope="module")
def shell_there(machines):
    """A function that runs Python in `odoo shell` on the machines."""
    return lambda script: machines.stack.shell(several.DATABASE, script)


@pytest.fixture
def unlimited(books):
    """Without limits: here all visitors have one address."""
    # The servers keep the limits in a cache, and are told as Odoo tells them.
    books.query("UPDATE paynow_limit SET active = false")
    books.query("INSERT INTO orm_signaling_default DEFAULT VALUES")
    yield
    books.query("UPDATE paynow_limit SET active = true")
    books.query("INSERT INTO orm_signaling_default DEFAULT VALUES")
    books.query("DELETE FROM paynow_attempt")


def shares(machines, *parts):
    """Return how many lines with these parts each server has logged."""
    return [
        sum(
            all(part in line for part in parts) for line in log.read_text().splitlines()
        )
        for log in machines.logs
    ]


def test_reads_go_to_the_replica(machines, books):
    """The bare page is read from the replica, what decides from the primary."""
    Visitor(machines.url).open()
    machines.await_replica()  # Of what the first page of all has made.
    before = count_reads(machines.replica)
    at_once([lambda: Visitor(machines.url).open() for _page in range(PAGES)])
    for _second in range(30):
        # PostgreSQL adds up once a second, the last ones after ten of rest.
        time.sleep(1)
        reads = count_reads(machines.replica) - before
        if reads >= PAGES:
            break
    pages = machines.lines("GET /PAYNOW HTTP", " 200 ")
    read_only = [line for line in pages if line.rstrip().endswith(" ro")]
    print(
        f"\n{PAGES} pages: {reads} transactions on the replica;"
        f" {len(read_only)} of {len(pages)} requests read-only; servers: "
        f"{shares(machines, 'GET /PAYNOW HTTP')}"
    )
    assert reads >= PAGES
    assert len(read_only) >= PAGES  # The first one may have made scripts and styles.
    assert all(shares(machines, "GET /PAYNOW HTTP"))


def test_race_of_one_balance_across_both_servers(machines, books, unlimited):
    """50 visitors, two servers, one invoice: one charge."""
    url = machines.url
    first = Visitor(url).look_up(EMAIL, "MachinesRace", "100.00")
    others = at_once(
        [lambda: Visitor(url).look_up(EMAIL, "MachinesRace", "100.00", like=first)] * 49
    )
    answers = at_once(visitor.confirm for visitor in [first, *others])
    winners = [
        (visitor, answer["reference"])
        for visitor, answer in zip([first, *others], answers, strict=True)
        if "reference" in answer
    ]
    print(
        f"\n50 at once: {len(winners)} may pay; confirmed on the servers:"
        f" {shares(machines, 'POST /PAYNOW/transaction')}"
    )
    assert len(winners) == 1
    assert all(shares(machines, "POST /PAYNOW/transaction"))
    ((winner, reference),) = winners
    winner.settle(reference)
    assert winner.poll()["state"] == "done"
    page = books.read("MachinesRace")
    assert page["transactions"] == [["done", 10000]]
    assert (page["payments"], page["residual"]) == ([10000], 0)


def test_race_of_overlapping_picks_across_both_servers(
    machines, books, shell_there, unlimited
):
    """50 browsers, two servers, 20 invoices: each is paid what was chosen, no more."""
    payers = [ListPayer(machines.url) for _payer in range(50)]
    before = shares(machines, "POST /PAYNOW/transaction")
    read = lambda script: json.loads(shell_there(script))  # noqa: E731
    rounds = race(arrive(read, ITEMS_EMAIL, payers), books, ITEMS)
    after = shares(machines, "POST /PAYNOW/transaction")
    here = [new - old for new, old in zip(after, before, strict=True)]
    for figures in rounds:
        print(
            "\n{} press Pay, {} pay, {} are refused with their rows, in {} s; posted in"
            " {} s".format(*figures)
        )
    print(
        f"confirmed on the servers: {here}; run again:"
        f" {sum(shares(machines, ' tries left'))}"
    )
    assert all(here)


def test_limits_are_shared(machines, books):
    """What one server counts, the other knows: five failed look-ups, then a break."""
    visitor = Visitor(machines.url, "203.0.113.7")
    before = shares(machines, "POST /PAYNOW HTTP")
    statuses = [
        visitor.post("nobody@client.example.com", f"Guess{number}", "1.00").status_code
        for number in range(12)
    ]
    after = shares(machines, "POST /PAYNOW HTTP")
    here = [new - old for new, old in zip(after, before, strict=True)]
    print(f"\n12 guesses of one address, on the servers {here}: {Counter(statuses)}")
    assert all(here)
    assert statuses == [200] * 5 + [429] * 7
    books.query("DELETE FROM paynow_attempt")


def test_lagging_replica_decides_nothing(machines, books, unlimited):
    """Paid on the primary, still open on the replica: nobody can pay it again."""
    early = Visitor(machines.url).look_up(EMAIL, "MachinesLag", "100.00")
    machines.await_replica()
    machines.replica.query("SELECT pg_wal_replay_pause()")
    try:
        Visitor(machines.url).look_up(EMAIL, "MachinesLag", "100.00").pay()
        ((old,),) = machines.replica.query(
            "SELECT amount_residual FROM account_move WHERE name = 'MachinesLag'"
        )
        refusal = early.confirm()
        late = Visitor(machines.url).post(EMAIL, "MachinesLag", "100.00")
        page = Visitor(machines.url).open()
    finally:
        machines.replica.query("SELECT pg_wal_replay_resume()")
    print(
        f"\nOn the replica {old} are still to pay; confirmed: {refusal};"
        f" looked up: {late.status_code}; page: {page.status_code}"
    )
    assert old == 100
    assert refusal["state"] == "error"
    assert late.status_code == 200 and "no open invoice" in late.text
    assert page.status_code == 200
    assert books.read("MachinesLag")["payments"] == [10000]


def test_killed_server_loses_nothing(machines, books, unlimited):
    """A server dies amid payments: each invoice is paid once, the other goes on."""
    mid = Visitor(machines.url).look_up(EMAIL, "MachinesMid", "100.00")
    reference = mid.confirm()["reference"]
    visitors = {
        number: Visitor(machines.url).look_up(EMAIL, number, "100.00")
        for number in KILLED
    }
    process = machines.servers[0].process

    def kill():
        time.sleep(0.15)
        os.killpg(process.pid, signal.SIGKILL)

    def confirm(visitor):
        try:
            return visitor.confirm().get("reference")
        except Exception:  # noqa: BLE001  The connection broke: 502, or no answer.
            return None

    references = at_once([*(lambda v=v: confirm(v) for v in visitors.values()), kill])[
        :-1
    ]
    answered = sum(map(bool, references))
    time.sleep(1)
    start = time.monotonic()
    mid.settle(reference)
    assert mid.poll()["state"] == "done"
    # Whoever got an answer goes on; the others try again, as people do.
    for visitor, known in zip(visitors.values(), references, strict=True):
        visitor.settle(known or visitor.confirm()["reference"])
        assert visitor.poll()["state"] == "done"
    print(
        f"\nOne of two servers killed while {len(KILLED)} pay: {answered} had their"
        f" answer, {len(KILLED) - answered} tried again; all paid after"
        f" {time.monotonic() - start:.1f} s on the other server"
    )
    for number in ("MachinesMid", *KILLED):
        page = books.read(number)
        assert page["residual"] == 0
        assert page["payments"] == [10000]
        assert [state for state, _amount in page["transactions"]].count("done") == 1


def count_reads(cluster):
    """Return how many transactions a database has seen."""
    ((count,),) = cluster.query(
        "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = %s",
        several.DATABASE,
    )
    return count
