"""The row of costs: what a page and a payment take of each part of the platform."""

import os
import time
from pathlib import Path

from client import Client
from place import SMALL, place
from workers import children, memory_of, pay

PAGES, PAYMENTS = 100, 20
TICKS = os.sysconf("SC_CLK_TCK")
_BACKENDS = (
    "SELECT pid FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
)
_WAL = "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint"
_SIZE = "SELECT pg_database_size(current_database())"


def measure_costs(stack, options):
    """Processor time of Odoo and of PostgreSQL, disk and memory, by page and payment.

    Processor time hardly depends on how busy the machine is; with it docs/scaling.md
    calculates.
    """
    with place(stack, SMALL) as here:
        here.query("UPDATE paynow_limit SET active = false")
        invoices = iter(here.invoices(PAYMENTS + 4))
        for _warm_up in range(4):
            Client(here.url).get("/PAYNOW")
            pay(Client(here.url), next(invoices))
        pages = spend(here, PAGES, lambda: Client(here.url).get("/PAYNOW"))
        payments = spend(here, PAYMENTS, lambda: pay(Client(here.url), next(invoices)))
        memory = memory_of(here.server.process.pid)
    return {
        **{f"{name} of a page": [value] for name, value in pages.items()},
        **{f"{name} of a payment": [value] for name, value in payments.items()},
        "memory of a worker and its parent, MB": [memory],
    }


def spend(here, times, call):
    """Return what one of so many calls takes: seconds of processors, bytes of disk.

    :rtype: dict[str, float]
    """
    before, start = look(here), time.monotonic()
    for _time in range(times):
        call()
    lasted = time.monotonic() - start
    spent = {name: (now - before[name]) / times for name, now in look(here).items()}
    return {**spent, "seconds": lasted / times}


def look(here):
    """Return what was spent so far.

    :rtype: dict[str, float]
    """
    backends = [pid for (pid,) in here.query(_BACKENDS, here.database)]
    return {
        "seconds of Odoo": sum(map(processor, children(here.server.process.pid))),
        "seconds of PostgreSQL": sum(map(processor, backends)),
        "bytes of WAL": here.query(_WAL)[0][0],
        "bytes of disk": here.query(_SIZE)[0][0],
    }


def processor(pid):
    """Return the seconds that a process has had a processor.

    :rtype: float
    """
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(words[11]) + int(words[12])) / TICKS
