"""Reminders and account summaries cost each client the same, however many there are.

PAYNOW_VOLUME lists the numbers of clients, each with three past due invoices; 10,40 by
default, 1000,10000 are the figures to tell of. Each crowd is mailed by a process of its
own, whose queries and memory are counted.
"""

import os

import pytest
from crowd import gather
from ledger import Ledger, fill

SIZES = [int(n) for n in os.environ.get("PAYNOW_VOLUME", "10,40").split(",")]
INVOICES = 3
MEASURE = """
import json, resource, time

Notice = env["paynow.notice"]
getattr(Notice, NAME)  # What is loaded once is not counted.
env["paynow.notice"].search_count([])
def used():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
memory, queries, start = used(), env.cr.sql_log_count, time.monotonic()
getattr(Notice, NAME)()
print(json.dumps({
    "seconds": time.monotonic() - start,
    "queries": env.cr.sql_log_count - queries,
    "memory": used() - memory,
}))
"""
MAILS = "SELECT count(*) FROM paynow_notice WHERE kind = %s AND state = 'queued'"
CRONS = {"past_due": "_cron_past_due", "account_summary": "_cron_account_summary"}


@pytest.fixture(scope="module")
def books(stack, paynow_db, shell):
    """The books."""
    return Ledger(stack, paynow_db, shell)


@pytest.mark.long
def test_queries_and_memory_stay_flat(books, shell):
    """From the first size to the last, a mail costs no more queries and no memory."""
    figures = {}
    for number, size in enumerate(SIZES):
        gather(shell, f"Volume{number}", size, INVOICES)
        for kind, method in CRONS.items():
            ((before,),) = books.query(MAILS, kind)
            figure = shell(fill(MEASURE, NAME=method))
            mails = books.query(MAILS, kind)[0][0] - before
            figures[kind, size] = {
                "mails": mails,
                "queries a mail": round(figure["queries"] / mails, 1),
                "ms a mail": round(1000 * figure["seconds"] / mails, 1),
                "MB": round(figure["memory"], 1),
            }
            print(f"{kind}, {size} clients: {figures[kind, size]}")
            owed = size * (INVOICES if kind == "past_due" else 1)
            assert owed <= mails <= owed + 10  # The demo data owe a few.
    for kind in CRONS:
        first, last = figures[kind, SIZES[0]], figures[kind, SIZES[-1]]
        assert last["queries a mail"] <= 1.1 * first["queries a mail"]
        # What the first mails load stays; a megabyte for each thousand more is noise.
        assert last["MB"] <= first["MB"] + 20 + SIZES[-1] / 1000
