"""A flood of look-ups guesses nothing, fills no table and keeps no client out.

PAYNOW_FLOOD is the number of look-ups of each flood (500 by default; 10,000 is the
figure to tell of). The limits are the default ones, the server has two workers and
stands, as far as it knows, behind a proxy that tells it the clients' addresses.
"""

import os
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from math import ceil

import pytest
from ledger import WATCHDOG, Ledger
from visitor import Visitor

TIMES = int(os.environ.get("PAYNOW_FLOOD", "150"))
WORKERS = 2
CLIENT = "flood@client.example.com"
NUMBERS = ("Flood1", "Flood2", "Flood3", "Flood4")
THREADS = 16

LINKS = """
import json

invoices = env["account.move"].search([("name", "in", NUMBERS)])
print(json.dumps(
    {move.name: move.paynow_url.partition("/PAYNOW")[2] for move in invoices}
))
"""
ATTEMPTS = "SELECT count(*) FROM paynow_attempt WHERE kind LIKE 'lookup%%'"
CHATTER = """
SELECT count(*) FROM mail_message m JOIN account_move i ON i.id = m.res_id
 WHERE m.model = 'account.move' AND i.move_type = 'out_invoice'
   AND i.name <> ALL(%s)
"""
LEVEL = """
SELECT c.paynow_safety_level, count(a.id)
  FROM res_company c
  LEFT JOIN mail_activity a
    ON a.res_model = 'res.partner' AND a.res_id = c.partner_id
 WHERE c.id = 1 GROUP BY c.id
"""


@pytest.fixture(scope="module")
def books(stack, paynow_db, shell):
    """The books, with invoices of a real client."""
    ledger = Ledger(stack, paynow_db, shell)
    ledger.invoice(CLIENT, dict.fromkeys(NUMBERS, 100.0), limited=True)
    return ledger


@pytest.fixture(scope="module")
def links(books, shell):
    """The links that were mailed to the client, by number."""
    return shell(f"NUMBERS = {NUMBERS}\n{LINKS}")


@pytest.fixture(scope="module")
def url(books, start_server):
    """The address of a server behind a proxy."""
    return start_server(workers=WORKERS, arguments=("--proxy-mode",)).url


def flood(url, addresses, times, meanwhile):
    """Guess at addresses and numbers, as fast as can be.

    :param list[str] addresses: where the guesses come from, in turn
    :param meanwhile: a function that is called when half of them are made
    :return: the answers by status, and the seconds that it took
    :rtype: tuple[Counter, float]
    """
    sessions = [Visitor(url, ip) for ip in addresses]
    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(Visitor.open, sessions))

    def guess(number):
        visitor = sessions[number % len(sessions)]
        # Some numbers exist, some addresses do, no pair does.
        email = CLIENT if number % 3 else f"nobody{number}@client.example.com"
        answer = visitor.post(email, f"Inv{number}", "10")
        assert answer.status_code in (200, 429)
        if answer.status_code == 429:
            assert int(answer.headers["Retry-After"]) > 0
        return answer.status_code

    statuses, start = Counter(), time.monotonic()
    with ThreadPoolExecutor(THREADS) as threads:
        for part in (range(times // 2), range(times // 2, times)):
            answers = threads.map(guess, part)
            if part.start:
                meanwhile()
            statuses.update(answers)
    return statuses, time.monotonic() - start


def pay_by_link(url, link, number):
    """Pay an invoice as the client who got the mail; return the seconds it took."""
    start = time.monotonic()
    client = Visitor(url, "198.51.100.77")
    assert client.open(f"/PAYNOW{link}").status_code == 200
    client.look_up(CLIENT, number, "100.00", link=link.partition("link=")[2])
    client.pay()
    return time.monotonic() - start


def run(books, links, url, number, addresses):
    """Let a flood come while a client pays; return what it came to.

    :rtype: dict
    """
    ((before,),), chatter = books.query(ATTEMPTS), books.query(CHATTER, list(NUMBERS))
    seconds = []

    def pay():
        seconds.append(pay_by_link(url, links[number], number))

    statuses, lasted = flood(url, addresses, TIMES, pay)
    ((after,),) = books.query(ATTEMPTS)
    page = books.read(number)
    assert (page["residual"], page["transactions"]) == (0, [["done", 10000]])
    assert books.query(CHATTER, list(NUMBERS)) == chatter
    figures = {
        "look-ups": sum(statuses.values()),
        "through": statuses[200],
        # With that of the client, unless look-ups were closed just then.
        "rows": after - before,
        "minutes": lasted / 60,
        "client paid in": seconds[0],
    }
    print(figures)
    return figures


def test_from_one_address(books, links, url):
    """Five guesses in a quarter of an hour, five rows; others may look up as ever."""
    figures = run(books, links, url, "Flood1", ["203.0.113.9"])
    assert 5 <= figures["through"] <= 5 * (1 + int(figures["minutes"] / 15))
    assert 0 <= figures["rows"] - figures["through"] <= 1
    # Nobody else is kept out, with no link either.
    Visitor(url, "198.51.100.78").look_up(CLIENT, "Flood3", "100.00")


def test_from_all_addresses_of_a_network(books, links, url):
    """Twenty guesses in a quarter of an hour, and nobody else is kept out."""
    addresses = [f"192.0.2.{n}" for n in range(1, 201)]
    figures = run(books, links, url, "Flood2", addresses)
    assert figures["through"] <= 20 * (1 + int(figures["minutes"] / 15))
    assert 0 <= figures["rows"] - figures["through"] <= 1
    books.run_crons(WATCHDOG, WATCHDOG)
    assert books.query(LEVEL) == [("0_normal", 0)]
    # Whose address was tried lets the browser work.
    client = Visitor(url, "198.51.100.78")
    answer = client.post(CLIENT, "Flood3", "100.00")
    assert client.work(answer).status_code == 303


def test_from_two_hundred_networks(books, links, url):
    """Thirty guesses a minute for the whole company, then each costs some work."""
    addresses = [f"10.0.{n}.1" for n in range(1, 201)]
    figures = run(books, links, url, "Flood4", addresses)
    minutes = ceil(figures["minutes"]) + 1
    assert figures["through"] <= 30 * minutes
    assert 0 <= figures["rows"] - figures["through"] <= 1


def test_browsers_work_and_links_need_not(books, links, url):
    """The watchdog calls for a captcha after many failed look-ups, and says so, once.

    There is none, so each look-up needs some work; who came by a link pays as ever.
    """
    books.query(
        "INSERT INTO paynow_attempt (company_id, kind, network, create_date)"
        " SELECT 1, 'lookup_failed', '10.0.' || n || '.0/24',"
        " now() at time zone 'utc' FROM generate_series(1, 150) n"
    )
    books.run_crons(WATCHDOG, WATCHDOG)
    assert books.query(LEVEL) == [("1_captcha", 1)]
    honest = Visitor(url, "198.51.100.79")
    answer = honest.post(CLIENT, "Flood3", "100.00")
    assert answer.status_code == 429
    assert honest.work(answer).status_code == 303
    pay_by_link(url, links["Flood3"], "Flood3")
    assert books.read("Flood3")["residual"] == 0
