"""The limits are exact at any number of workers, whoever comes at the same moment.

A live server with eight workers and the default limits; as far as it knows, it stands
behind a proxy that tells it the clients' addresses.
"""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from ledger import Ledger
from visitor import Visitor, at_once

WORKERS = 8
GUESSES = 200
#: Requests under way at the same moment: more than workers, so that none is idle.
THREADS = 32
EMAIL = "exact@client.example.com"
NUMBERS = ("Exact1", "Exact2", "Exact3")
ROWS = "SELECT count(*) FROM paynow_attempt WHERE kind = %s"
LINES = """
SELECT count(*) FROM account_payment_method_line line
  JOIN payment_provider p ON p.id = line.payment_provider_id AND p.code = 'demo'
 WHERE p.company_id = 1
"""
FORGET = "DELETE FROM paynow_attempt"
NO_WORK = "UPDATE paynow_limit SET active = false WHERE effect = 'slow'"
WORK = "UPDATE paynow_limit SET active = true WHERE effect = 'slow'"
#: The workers keep the limits in a cache, and are told as Odoo tells them.
CHANGED = "INSERT INTO orm_signaling_default DEFAULT VALUES"
#: Payments run one after the other, so a test of the default sixty would take long.
FEW = """
UPDATE paynow_limit SET maximum = 3
 WHERE kind IN ('payment_started', 'payment_refused') AND key = 'ip'
"""


@pytest.fixture(scope="module")
def books(stack, paynow_db, shell):
    """The books, with invoices of a client."""
    ledger = Ledger(stack, paynow_db, shell)
    ledger.invoice(EMAIL, dict.fromkeys(NUMBERS, 100.0), limited=True)
    ledger.query(FEW)
    return ledger


@pytest.fixture(scope="module")
def url(books, start_server):
    """The address of a server with eight workers, all awake by their first visitors."""
    url = start_server(workers=WORKERS, arguments=("--proxy-mode",)).url
    at_once([Visitor(url).open] * THREADS)
    return url


@pytest.fixture(autouse=True)
def forget(books):
    """Forget the tries of the test before."""
    books.query(FORGET)


def guess_at_once(url, guesses, addresses):
    """Have visitors make guesses at the same moment.

    :param list guesses: the address and the number that each types
    :param list[str] addresses: where the guesses come from, in turn
    :return: the answers by status
    :rtype: Counter
    """
    first = Visitor(url)
    first.open()
    start = Barrier(THREADS)

    def guess(part):
        # One session for all: it is the addresses that are told apart.
        visitors = [(number, Visitor(url, addresses[number % len(addresses)]))
                    for number in range(part, len(guesses), THREADS)]  # fmt: skip
        start.wait()
        answers = []
        for number, visitor in visitors:
            visitor.http.cookies = first.http.cookies
            visitor.csrf_token = first.csrf_token
            answers.append(visitor.post(*guesses[number], "10").status_code)
        return answers

    with ThreadPoolExecutor(THREADS) as threads:
        parts = threads.map(guess, range(THREADS))
        return Counter(status for part in parts for status in part)


def test_first_visitors_at_once(url, books):
    """Whoever comes first, the provider stays fit to be offered: with one line."""
    assert books.query(LINES) == [(1,)]


def test_guesses_of_one_address(url, books):
    """Of 200 guesses at once five get through, and leave five rows."""
    guesses = [(f"nobody{n}@client.example.com", f"No{n}") for n in range(GUESSES)]
    statuses = guess_at_once(url, guesses, ["203.0.113.9"])
    assert statuses == {200: 5, 429: GUESSES - 5}
    assert books.query(ROWS, "lookup_failed") == [(5,)]


def test_guesses_of_one_network(url, books):
    """Whoever has a whole network of addresses gets through as often as it may."""
    guesses = [(f"nobody{n}@client.example.com", f"No{n}") for n in range(GUESSES)]
    for network in ("192.0.2.{}", "2001:db8:1:{:x}00::1"):
        books.query(FORGET)
        addresses = [network.format(n) for n in range(1, GUESSES + 1)]
        statuses = guess_at_once(url, guesses, addresses)
        assert statuses == {200: 20, 429: GUESSES - 20}
        assert books.query(ROWS, "lookup_failed") == [(20,)]


def test_guesses_at_one_number_from_everywhere(url, books):
    """Nobody finds the address for a number by asking from 200 networks at once."""
    guesses = [(f"nobody{n}@client.example.com", "Exact1") for n in range(GUESSES)]
    addresses = [f"10.0.{n}.1" for n in range(1, GUESSES + 1)]
    statuses = guess_at_once(url, guesses, addresses)
    assert statuses == {200: 5, 429: GUESSES - 5}
    assert books.query(ROWS, "lookup_failed") == [(5,)]
    # Nor where their browsers work, or the work is no hindrance to them.
    books.query(FORGET)
    books.query(NO_WORK)
    books.query(CHANGED)
    try:
        statuses = guess_at_once(url, guesses, addresses)
    finally:
        books.query(WORK)
        books.query(CHANGED)
    assert statuses == {200: 20, 429: GUESSES - 20}
    assert books.query(ROWS, "lookup_failed") == [(20,)]


def test_right_pairs_of_one_address(url, books):
    """Honest clients of one address don't count as failed, and none is kept out."""
    addresses = ["203.0.113.10"]
    statuses = guess_at_once(url, [(EMAIL, "Exact2")] * 30, addresses)
    assert statuses == {303: 30}
    assert books.query(ROWS, "lookup_failed") == [(0,)]
    # The limit of those is exact, too.
    statuses = guess_at_once(url, [(EMAIL, "Exact2")] * WORKERS, addresses)
    assert statuses == {429: WORKERS}


def test_links_asked_for_at_once(url, books):
    """Three links are asked for from one address, not one for each worker."""
    visitor = Visitor(url, "203.0.113.11")
    visitor.open()
    fields = {"csrf_token": visitor.csrf_token, "invoice": "Exact2"}
    answers = at_once(
        [lambda: visitor.send("POST", "/PAYNOW/link", data=fields)] * THREADS
    )
    statuses = Counter(answer.status_code for answer in answers)
    assert statuses == {200: 3, 429: THREADS - 3}
    assert books.query(ROWS, "link_requested") == [(3,)]


def test_payments_started_at_once(url, books):
    """Of many payments at once of one address as many are started as may be."""
    visitors = [Visitor(url, "203.0.113.12") for _number in range(2 * WORKERS)]
    visitors[0].look_up(EMAIL, "Exact3", "10.00")
    for visitor in visitors[1:]:  # A proof is of use in one browser only.
        visitor.look_up(EMAIL, "Exact3", "10.00", like=visitors[0])
    answers = at_once(visitor.confirm for visitor in visitors)
    assert sum("reference" in answer for answer in answers) == 3
    assert books.read("Exact3")["transactions"] == [["draft", 1000]] * 3

    # Forged ones are no way around it.
    books.query(FORGET)
    for visitor in visitors:
        visitor.params = {**visitor.params, "amount": 0.5}
    at_once(visitor.confirm for visitor in visitors)
    assert books.query(ROWS, "payment_refused") == [(3,)]
