"""No money without an entry, whenever a process dies.

A payer pays at a live server with two workers, and the workers are killed (-9): while
they hear of the charge, while they post the payment, right after. A provider repeats
news that nobody took; the payer has gone. What is left is finished by Odoo's cron and
by our watchdog, which is killed as well, and so is who writes the receipts afterwards.
The moments are steps through the time that the same request takes undisturbed.
"""

import os
import signal
import subprocess
import threading
import time
from collections import Counter
from contextlib import suppress

import psutil
import pytest
import requests
from ledger import CRONS, NATIVE, WATCHDOG, Ledger, fill
from visitor import Visitor

EMAIL = "crash@client.example.com"
#: How many are killed on hearing of the charge; three times as many while posting.
TIMES = int(os.environ.get("PAYNOW_CRASH", "1"))
KILLS = {"charge": TIMES, "entry": 3 * TIMES}
#: Invoices more than kills: now and then a request is faster than the blow.
SPARE = 20 + 4 * TIMES
TOTALS = {f"Crash{n}": 100 + n + n / 100 for n in range(sum(KILLS.values()) + SPARE)}

#: All but one are beyond the four days after which Odoo gives up.
AGE = """
UPDATE payment_transaction
   SET last_state_change = now() at time zone 'utc'
       - CASE WHEN id < (
             SELECT max(id) FROM payment_transaction WHERE NOT is_post_processed
         ) THEN interval '5 days' ELSE interval '16 minutes' END
 WHERE is_paynow AND state = 'done' AND NOT is_post_processed
"""
#: What PostgreSQL still does for a process, though that is dead.
BUSY = """
SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid()
   AND backend_type = 'client backend' AND state <> 'idle'
"""
#: The part of the mail queue that writes them, without sending; it dies at the first
#: one, or doesn't.
WRITE = """
import os, signal

Tx = type(env["payment.transaction"])
write = Tx._paynow_mail_payer

def write_and_die(tx):
    write(tx)
    tx.env.flush_all()
    os.kill(os.getpid(), signal.SIGKILL)

if DIES:
    Tx._paynow_mail_payer = write_and_die
env["payment.transaction"]._paynow_mail_due(1000)
env.cr.commit()
"""
DUE = "SELECT count(*) FROM payment_transaction WHERE paynow_is_mail_due"
UNPOSTED = """
SELECT count(*), count(*) FILTER (WHERE last_state_change < now() - interval '4 days')
  FROM payment_transaction
 WHERE is_paynow AND state = 'done' AND NOT is_post_processed
"""


@pytest.fixture(scope="module")
def books(stack, paynow_db, shell):
    """The books, with invoices to pay."""
    ledger = Ledger(stack, paynow_db, shell)
    ledger.invoice(EMAIL, TOTALS)
    return ledger


class Payer(Visitor):
    """Someone who pays one invoice at a server whose processes we know."""

    def __init__(self, server, number):
        super().__init__(server.url)
        self.server = server
        self.look_up(EMAIL, number, f"{TOTALS[number]:.2f}").press_pay()

    def press_pay(self):
        """Press *Pay* at what was proven."""
        values = self.confirm()
        self.reference = values["reference"]
        self.news = f"{values['paynow_landing_route']}/news"

    def charge(self):
        """The provider takes the money and says so."""
        self.settle(self.reference)

    def entry(self):
        """The payer's page has the payment posted."""
        self._call(self.news, {})

    def step(self, name, delay):
        """Take a step; kill the workers, so the one that serves it, after a time.

        :return: whether it was answered before
        :rtype: bool
        """
        answered = threading.Event()

        def take():
            with suppress(requests.RequestException):
                getattr(self, name)()
                answered.set()

        workers = find_workers(self.server)
        thread = threading.Thread(target=take)
        thread.start()
        time.sleep(delay)
        for worker in workers if thread.is_alive() else ():
            worker.kill()
        thread.join()
        return answered.is_set()


def find_workers(server):
    """Return the processes that serve pages.

    :rtype: list[psutil.Process]
    """
    workers = []
    for child in psutil.Process(server.process.pid).children():
        with suppress(psutil.NoSuchProcess):  # Gone, or killed and not yet buried.
            if "gevent" not in child.cmdline():
                workers.append(child)
    return workers


def wait_for_commits(books):
    """Wait until the database does nothing more that a dead process asked for."""
    deadline = time.monotonic() + 30
    while books.query(BUSY) != [(0,)]:
        assert time.monotonic() < deadline, "The database does not come to rest."
        time.sleep(0.02)


def measure(payer, name):
    """Return the seconds that a step takes, undisturbed."""
    start = time.monotonic()
    getattr(payer, name)()
    return time.monotonic() - start


def watch_and_die(stack, database, books):
    """Run the watchdog in a process of its own; kill it as soon as it posts."""
    before = books.query(UNPOSTED)
    watchdog = subprocess.Popen(
        stack.command("shell", "-d", database, "--no-http", "--log-level=critical"),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        env=stack.environment,
    )
    watchdog.stdin.write(fill(CRONS, NAMES=[WATCHDOG]).encode())
    watchdog.stdin.close()
    while books.query(UNPOSTED) == before and watchdog.poll() is None:
        time.sleep(0.005)
    watchdog.kill()
    assert watchdog.wait() == -signal.SIGKILL


def write_receipts(stack, database, dies):
    """Write the receipts that are due; return the code with which that ended."""
    return subprocess.run(
        stack.command("shell", "-d", database, "--no-http", "--log-level=critical"),
        input=fill(WRITE, DIES=dies).encode(),
        env=stack.environment,
        check=False,
    ).returncode


def test_killed_workers(stack, paynow_db, start_server, books):
    """After each kill all or nothing is posted; in the end all, once, to the cent."""
    server = start_server(workers=2)
    numbers = iter(TOTALS)
    paid = [next(numbers) for _time in range(4)]
    times = dict.fromkeys(KILLS, float("inf"))
    for number in paid:  # Each worker is slow at first; those to come are not.
        payer = Payer(server, number)
        times = {name: min(times[name], measure(payer, name)) for name in KILLS}

    killed, left = Counter(), Counter()
    for number in numbers:
        if killed.total() == sum(KILLS.values()):
            break
        name = "charge" if killed["charge"] < KILLS["charge"] else "entry"
        payer = Payer(server, number)
        if name == "entry":
            payer.charge()
        if payer.step(name, times[name] * (killed[name] + 1) / (KILLS[name] + 1)):
            times[name] *= 0.9  # The blow came too late; the next ones come sooner.
        else:
            killed[name] += 1
            if name == "charge":
                payer.charge()  # The provider repeats what nobody took.
        wait_for_commits(books)
        page = books.read(number)
        assert page["transactions"] == [["done", round(100 * TOTALS[number])]]
        left["posted" if page["payments"] else "unposted"] += 1
        paid.append(number)
    assert killed == KILLS
    print(f"killed: {dict(killed)}; then {dict(left)}; undisturbed: {times}")

    books.query(AGE)
    ((unposted, old),) = books.query(UNPOSTED)
    assert unposted == left["unposted"] and old
    books.run_crons(NATIVE)
    assert books.query(UNPOSTED) == [(old, old)]  # Odoo never looks at those again.
    for _time in range(2):
        watch_and_die(stack, paynow_db, books)
    ((rest, _old),) = books.query(UNPOSTED)
    print(f"unposted: {unposted}, {old} of them old, after two killed watchdogs {rest}")
    assert 0 < rest <= old - 2

    due = books.query(DUE)
    assert due > [(0,)]
    assert write_receipts(stack, paynow_db, dies=True) == -signal.SIGKILL
    assert books.query(DUE) == due
    for _time in range(2):  # Once more changes nothing.
        books.run_crons(WATCHDOG, NATIVE)
        assert write_receipts(stack, paynow_db, dies=False) == 0
        for number in paid:
            page = books.read(number)
            assert page["payments"] == [round(100 * TOTALS[number])]
            assert (page["residual"], page["receipts"]) == (0, 1)
            assert page["posted_notes"] == 1 and not page["told"]
