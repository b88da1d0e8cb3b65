"""The rows of many visitors: workers, ten minutes of load, a slow provider."""

import random
import re
import shutil
import subprocess
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from pathlib import Path
from statistics import linear_regression, median

from client import Client, read_form
from measuring import p95
from place import place
from web import settle

from dev import debian
from dev.places import cache

BURSTS, BURST = 6, 5  # Bursts a contender, seconds each.
VISITORS = 200
ALONE = 20  # Visits of the single visitor with whom they are compared.
SETTLED = 40  # Seconds until all of them are on their way.
TICK = 10  # Seconds between two looks at the server.
PART = "10.00"  # Of an invoice of 100, which a visitor pays.
SLOW = 5  # Seconds that the slow provider takes to answer.
HERE = Path(__file__).parent
_CONNECTIONS = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s"
#: Visitors of one machine are told apart by address, but a company has limits, too.
_NO_LIMITS = "UPDATE paynow_limit SET active = false"


def measure_workers(stack, options):
    """Answers a second of one worker and of two, in bursts that take turns."""
    wrk, series = find_wrk(), {}
    with place(stack, workers=1) as one, place(stack, workers=2) as two:
        places = {"1 worker": one, "2 workers": two}
        invoices = {}
        for name, here in places.items():
            here.query(_NO_LIMITS)
            invoices[name] = iter(here.invoices(400))
            for kind in ("pages", "payments"):
                series[f"{kind}, {name}"] = []
            Client(here.url).get("/PAYNOW")
        for _burst in range(BURSTS):
            for name in random.sample(list(places), 2):
                here = places[name]
                series[f"pages, {name}"].append(pages_a_second(here, wrk))
                rate = payments_a_second(here, invoices[name])
                series[f"payments, {name}"].append(rate)
    return series


def find_wrk():
    """Return how `wrk` is called: the machine's, else Debian's, fetched once.

    :rtype: list[str]
    """
    if shutil.which("wrk"):
        return ["wrk"]
    folder = cache("wrk")
    programs = list(folder.glob("usr/bin/wrk"))
    if not programs:
        debian.fetch({"bookworm": ["wrk", "libluajit-5.1-2"]}, folder)
        programs = list(folder.glob("usr/bin/wrk"))
    libraries = ":".join(str(path) for path in folder.glob("usr/lib/*-linux-gnu"))
    return ["env", f"LD_LIBRARY_PATH={libraries}", str(programs[0])]


def pages_a_second(here, wrk):
    """Return how often a second the page is served to eight visitors at once.

    :param list wrk: How the program is called that asks for it.
    :rtype: float
    """
    told = subprocess.run(
        [*wrk, "-t1", "-c8", f"-d{BURST}s", "--timeout", "30s", f"{here.url}/PAYNOW"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    if re.search(r"Non-2xx|Socket errors", told):
        raise AssertionError(told)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", told)[1])


def payments_a_second(here, invoices):
    """Return how many whole payments a second four visitors make.

    :rtype: float
    """
    end = time.monotonic() + BURST
    lock = threading.Lock()

    def visit():
        count = 0
        while time.monotonic() < end:
            with lock:
                invoice = next(invoices, None)
            if not invoice:
                break
            pay(Client(here.url), invoice)
            count += 1
        return count

    start = time.monotonic()
    with ThreadPoolExecutor(4) as threads:
        counts = [
            thread.result() for thread in [threads.submit(visit) for _ in range(4)]
        ]
    return sum(counts) / (time.monotonic() - start)


def pay(client, invoice):
    """Pay one invoice, from the page to the receipt."""
    _id, number, email, _token = invoice
    client.get("/PAYNOW")
    checkout = client.get(client.look_up(email, number).location)
    settle(client, *read_form(checkout.text))


def measure_load(stack, options):
    """So many visitors for so many minutes on two workers: errors, p95, memory.

    A visitor opens the page, types for a while, looks an invoice up, reads the
    checkout; one of ten pays a part of it. Then the next one comes. Before them all
    one visitor makes the same requests alone.
    """
    seconds, errors, lock = [], Counter(), threading.Lock()
    with place(stack, workers=2) as here:
        here.query(_NO_LIMITS)
        invoices = here.invoices(400)
        # Odoo makes the provider's payment method line when it is first asked for, and
        # two where two ask at once.
        pay(Client(here.url), invoices.pop())
        with ThreadPoolExecutor(4) as threads:  # And so that no worker starts cold.
            warm_up = [invoices.pop() for _time in range(8)]
            list(threads.map(lambda invoice: pay(Client(here.url), invoice), warm_up))
        to_pay = cycle(invoices[100:])
        alone = visit_alone(here, to_pay)
        end = time.monotonic() + 60 * options.minutes

        def note(request, lasted):
            with lock:
                seconds.append((time.monotonic(), lasted, lasted / alone[request]))

        def visit(number):
            chance = random.Random(number)
            time.sleep(chance.uniform(0, 30))
            while time.monotonic() < end:
                client = Client(here.url)
                with lock:
                    pays = chance.random() < 0.1
                    invoice = next(to_pay) if pays else chance.choice(invoices[:100])
                try:
                    note("page", client.get("/PAYNOW").seconds)
                    time.sleep(chance.uniform(10, 20))
                    answer = client.look_up(invoice[2], invoice[1], PART)
                    note("look-up", answer.seconds)
                    checkout = client.get(answer.location)
                    note("checkout", checkout.seconds)
                    time.sleep(chance.uniform(5, 15))
                    if pays:
                        steps = settle(client, *read_form(checkout.text))
                        for step, lasted in enumerate(steps):
                            note(step, lasted)
                except Exception as error:  # noqa: BLE001  Counted, whatever it is.
                    with lock:
                        errors[type(error).__name__ + str(error)[:200]] += 1

        threads = [
            threading.Thread(target=visit, args=(number,), daemon=True)
            for number in range(VISITORS)
        ]
        for thread in threads:
            thread.start()
        start = time.monotonic()
        series = {
            name: []
            for name in (
                "second", "p95", "memory", "rate", "connections", "times as long",
                "alone",
            )
        }  # fmt: skip
        while time.monotonic() < end:
            time.sleep(TICK)
            now = time.monotonic()
            with lock:
                last = [noted for noted in seconds if noted[0] > now - TICK]
            series["second"].append(now - start)
            series["p95"].append(p95([lasted for _, lasted, _ in last] or [0]))
            if now - start > SETTLED:
                series["times as long"].append(p95([times for _, _, times in last]))
                series["alone"].append(1)
            series["rate"].append(len(last) / TICK)
            series["memory"].append(memory_of(here.server.process.pid))
            ((connections,),) = here.query(_CONNECTIONS, here.database)
            series["connections"].append(connections - 1)  # Less our own.
        for thread in threads:
            thread.join(120)
    settled = len(series["second"]) // 5  # Workers grow until they have seen all.
    slope = linear_regression(
        series["second"][settled:], series["memory"][settled:]
    ).slope
    answers = [lasted for _when, lasted, _times in seconds]
    slow = p95([times for _when, _lasted, times in seconds])
    failures = f" {dict(errors)!r}" if errors else ""
    first, last = series["memory"][settled], series["memory"][-1]
    series["told"] = [
        f"{VISITORS} visitors for {options.minutes:g} minutes on 2 workers:"
        f" {len(answers):,} answers, {sum(errors.values())} errors{failures}; median"
        f" {1000 * median(answers):.0f} ms, p95 {1000 * p95(answers):.0f} ms; 95 % of"
        f" the answers took no more than {slow:.2f} times what the same request takes"
        " a single visitor (median).",
        f"Memory of all processes: {first:.0f} MB after the first fifth, {last:.0f} MB"
        f" at the end, {60 * slope:+.2f} MB a minute.",
        f"Database connections: at most {max(series['connections'])}.",
    ]
    return series


def visit_alone(here, invoices):
    """Return what the requests of one visitor take, who is alone and always pays.

    :return: median seconds, by request; those of the payment by their place
    :rtype: dict[str | int, float]
    """
    seconds = {}
    for _time in range(ALONE):
        _id, number, email, _token = next(invoices)
        client = Client(here.url)
        seconds.setdefault("page", []).append(client.get("/PAYNOW").seconds)
        answer = client.look_up(email, number, PART)
        seconds.setdefault("look-up", []).append(answer.seconds)
        checkout = client.get(answer.location)
        seconds.setdefault("checkout", []).append(checkout.seconds)
        for step, lasted in enumerate(settle(client, *read_form(checkout.text))):
            seconds.setdefault(step, []).append(lasted)
    return {request: median(values) for request, values in seconds.items()}


def measure_slow(stack, options):
    """Look-ups while payments wait for a provider that takes seconds to answer."""
    told, figures = [], {}
    addons = f"--addons-path={addons_path(stack)},{HERE / 'addons'}"
    load = "--load=base,web,slow_provider"
    with place(stack, workers=2, arguments=[addons, load]) as here:
        here.query(_NO_LIMITS)
        invoices = iter(here.invoices(400))
        first = next(invoices)
        for waiting in (0, 1, 2):
            stop = threading.Event()
            payers = [
                threading.Thread(target=keep_paying, args=(here, invoices, stop))
                for _payer in range(waiting)
            ]
            for payer in payers:
                payer.start()
            time.sleep(2)
            seconds = []
            end = time.monotonic() + 40
            client = Client(here.url)
            client.get("/PAYNOW")
            while time.monotonic() < end:
                seconds.append(client.look_up(first[2], first[1]).seconds)
                time.sleep(0.05)
            stop.set()
            for payer in payers:
                payer.join()
            figures[f"{waiting} waiting"] = seconds
            told.append(
                f"2 workers, {waiting} payments waiting {SLOW} s for their provider:"
                f" look-up median {1000 * median(seconds):.0f} ms,"
                f" p95 {1000 * p95(seconds):.0f} ms."
            )
    return {**figures, "told": told}


def keep_paying(here, invoices, stop):
    """Start one payment after the other; each holds its worker while it waits."""
    lock_free = next(invoices)
    client = Client(here.url)
    client.get("/PAYNOW")
    checkout = client.get(client.look_up(lock_free[2], lock_free[1]).location)
    route, params = read_form(checkout.text)
    while not stop.is_set():
        client.call(route, **params)


def addons_path(stack):
    """Return the folders of add-ons that the platform's configuration names.

    :rtype: str
    """
    return re.search(r"addons_path = (.*)", stack.config.read_text())[1]


def memory_of(pid):
    """Return the memory of a process and its children that nobody shares, in MB.

    :rtype: float
    """
    total = 0
    for process in [pid, *children(pid)]:
        try:
            text = Path(f"/proc/{process}/smaps_rollup").read_text()
        except OSError:
            continue
        total += sum(int(kb) for kb in re.findall(r"Private_\w+:\s+(\d+) kB", text))
    return total / 1024


def children(pid):
    """Return the processes that a process has started.

    :rtype: list[int]
    """
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return [int(word) for word in text.split()]
