"""A code gets five tries in all and works once, whoever guesses at the same moment.

A live server with eight workers and the default limits; as far as it knows, it stands
behind a proxy that tells it the clients' addresses.
"""

import re
from collections import Counter

import pytest
from ledger import Ledger
from visitor import Visitor, at_once

WORKERS = 8
GUESSES = 200
#: At the same moment: more than workers, so that none is idle.
THREADS = 32
EMAIL = "code@client.example.com"
NUMBERS = ("Code1", "Code2", "Code3")
TRIES = "SELECT tries, is_void FROM paynow_code ORDER BY id DESC LIMIT 1"
ROWS = "SELECT count(*) FROM paynow_attempt WHERE kind = %s"
MAIL = "SELECT body_html FROM mail_mail ORDER BY id DESC LIMIT 1"
CRON = "paynow_module.ir_cron_code"


@pytest.fixture(scope="module")
def books(stack, paynow_db, shell):
    """The books, with invoices of a client."""
    ledger = Ledger(stack, paynow_db, shell)
    ledger.invoice(EMAIL, dict.fromkeys(NUMBERS, 100.0), limited=True)
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
    books.query("DELETE FROM paynow_attempt")
    books.query("DELETE FROM paynow_code")


def prove(url, number, ip):
    """Return a visitor who has looked an invoice up, and the route of its codes."""
    visitor = Visitor(url, ip)
    answer = visitor.post(EMAIL, number, "10")
    assert answer.status_code == 303, answer.text
    return visitor, answer.headers["Location"].replace("/checkout/", "/code/")


def send(visitor, route, **fields):
    """Send a form of ours and return the status."""
    data = {"csrf_token": visitor.csrf_token, **fields}
    answer = visitor.send("POST", route, data=data, allow_redirects=False)
    return answer.status_code


def get_code(books, visitor, route):
    """Ask for a code, and read it in the mail."""
    assert send(visitor, route) == 303
    books.run_crons(CRON)
    ((body,),) = books.query(MAIL)
    return re.search(r">\s*(\d{6})\s*<", body)[1]


def type_at_once(visitor, route, codes):
    """Type codes at the same moment in one browser, each from another network.

    :return: the answers by status
    :rtype: Counter
    """
    same = []
    for number, code in enumerate(codes):
        other = Visitor(visitor.url, f"10.0.{number}.1")
        other.http.cookies, other.csrf_token = visitor.http.cookies, visitor.csrf_token
        same.append(
            lambda other=other, code=code: send(other, f"{route}/check", code=code)
        )
    return Counter(at_once(same))


def test_guesses_at_once(url, books):
    """Of 200 guesses at once five are tries; then not even the right one opens."""
    visitor, route = prove(url, "Code1", "192.0.2.1")
    code = get_code(books, visitor, route)
    guesses = [f"{(int(code) + n) % 1_000_000:06}" for n in range(1, GUESSES + 1)]
    assert type_at_once(visitor, route, guesses) == {200: GUESSES}
    ((tries, is_void),) = books.query(TRIES)
    assert (tries, bool(is_void)) == (5, False)
    assert books.query(ROWS, "code_failed") == [(GUESSES,)]
    assert send(visitor, f"{route}/check", code=code) == 200


def test_right_code_at_once(url, books):
    """Typed in several tabs at once, a code opens the list once."""
    visitor, route = prove(url, "Code2", "192.0.2.2")
    code = get_code(books, visitor, route)
    assert type_at_once(visitor, route, [code] * 5) == {303: 1, 200: 4}
    assert books.query(TRIES)[0][1]


def test_codes_asked_for_at_once(url, books):
    """Three codes an hour are mailed for one invoice, not one to each browser."""
    browsers = [prove(url, "Code3", f"10.1.{n}.1") for n in range(THREADS)]
    statuses = at_once([lambda one=one: send(*one) for one in browsers])
    assert Counter(statuses) == {303: 3, 429: THREADS - 3}
    assert books.query(ROWS, "code_requested") == [(3,)]
