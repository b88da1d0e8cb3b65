"""Whatever is sent to our public routes: no failure, no traceback, no wrong row.

PAYNOW_FUZZ is the number of generated requests (1,500 by default, always the same ones;
another number makes new ones; 20,000 is the figure to tell of). Half of them are valid
requests with something altered, so that they get past the first checks; the limits are
switched off for the same reason.
"""

import json
import os
import re
from collections import Counter
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from hypothesis.configuration import set_hypothesis_home_dir
from ledger import Ledger
from visitor import MISHAPS, Visitor, as_path

from dev.places import cache

DEFAULT = 1500
TIMES = int(os.environ.get("PAYNOW_FUZZ", DEFAULT))
set_hypothesis_home_dir(str(cache("hypothesis")))
EMAIL, NUMBER, CENT = "fuzz@client.example.com", "Fuzz1", 0.01
TOTAL = 1_000_000.0
#: Of which a payment form may send what it likes, within what is said below.
KEYS = {
    "provider_id", "payment_method_id", "token_id", "amount", "flow",
    "tokenization_requested", "landing_route", "is_validation", "access_token",
    "csrf_token", "payment_reference", "recaptcha_token_response",
    "turnstile_captcha",
}  # fmt: skip
PATHS = ("/PAYNOW", "/paynow")
ROWS = """
SELECT count(*), coalesce(max(id), 0) FROM payment_transaction
"""
WRONG_ROWS = """
SELECT id, reference, amount, state, operation, tokenize, landing_route
  FROM payment_transaction
 WHERE id > %s AND NOT (
       is_paynow AND amount = 0.01 AND state = 'draft' AND NOT tokenize
   AND token_id IS NULL AND operation IN ('online_direct', 'online_redirect')
   AND landing_route LIKE '/PAYNOW/receipt/%%' AND paynow_email = %s
   AND partner_id = (SELECT partner_id FROM account_move WHERE name = %s))
"""
LINK = """
import json

print(json.dumps(env["account.move"].search([("name", "=", NUMBER)]).paynow_url))
"""

# === WHAT IS SENT === #

anything = st.text(st.characters(), max_size=300)  # Lone surrogates and nul, too.
awkward = st.sampled_from([
    "", " ", "0", "-1", "1e5", "NaN", "Infinity", "1,00", "٣", "\x00", "%", "%00", "%s",
    "'", "\\", "' OR 1=1 --", "<script>", "{{7*7}}", "../..", "null", "true", "[]",
    "\r\nX: y", "9" * 400, "é" * 300, "\u202e", "\ud800", "=?utf-8?q?a?=", "@",
    "a@b.c, d@e.f",
])  # fmt: skip
texts = anything | awkward
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(2**31 - 2, 2**63 + 2)
    | st.floats()
    | texts
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4)
    ),
    max_leaves=8,
)
content_types = st.sampled_from([
    "application/json", "application/json-rpc", "text/plain", "text/xml", "",
    "application/x-www-form-urlencoded", "multipart/form-data", "image/png",
    "multipart/form-data; boundary=x", "application/json; charset=utf-16",
    "application/x-www-form-urlencoded; charset=none",
])  # fmt: skip


@st.composite
def damaged(draw, token):
    """A signed token with a character changed, left out or added; or cut, or whole."""
    place = draw(st.integers(0, len(token)))
    return draw(
        st.sampled_from([
            token, token[:place], token[place:], token[:place] + token[place + 1 :],
            token[:place] + "A" + token[place + 1 :],
            token[:place] + draw(texts) + token[place:], token * 2, token.swapcase(),
        ])
    )  # fmt: skip


@st.composite
def altered(draw, valid, value=values):
    """A dictionary with some values replaced, left out or added."""
    result = dict(valid)
    for key in draw(st.lists(st.sampled_from(sorted(valid)), max_size=3)):
        if draw(st.booleans()):
            result[key] = draw(value)
        else:
            result.pop(key, None)
    result.update(draw(st.dictionaries(texts, value, max_size=1)))
    return result


def times(share):
    """Return the settings of a test that has a share of all requests."""
    return settings(
        max_examples=max(1, round(TIMES * share)),
        deadline=None,
        database=None,
        derandomize=TIMES == DEFAULT,
        suppress_health_check=list(HealthCheck),
    )


def is_ours(part):
    """Tell whether an address with this last part leads to a route of ours at all.

    What doesn't is answered by Odoo's website, which fails on some; so it does at any
    other address that leads nowhere.
    """
    return part.strip(".") and not set(part) & {"/", "\x00"}


# === TO WHOM === #


class Target:
    """A server, and a visitor who knows what a valid request looks like."""

    def __init__(self, server, books, link):
        self.books = books
        self.link = link
        self.visitor = Visitor(server.url)
        self.visitor.look_up(EMAIL, NUMBER, "0.01")
        self.proof = self.visitor.checkout.rpartition("/")[2]
        values = self.visitor.confirm()
        ((self.count, self.last),) = books.query(ROWS)
        receipt = self.visitor.poll()["landing_route"]
        self.receipt = receipt.rpartition("/")[2]
        assert values["reference"]
        self.statuses = Counter()
        self.made = 0

    def send(self, method, path, **options):
        """Send a request and check the answer's manners."""
        answer = self.visitor.send(method, path, allow_redirects=False, **options)
        self.statuses[f"{method} {answer.status_code}"] += 1
        assert answer.status_code < 500, answer.text[-2000:]
        for mishap in (*MISHAPS, "psycopg2"):
            assert mishap not in answer.text, answer.text[-2000:]
        return answer

    def form(self, path, fields, **options):
        """Send a form, whatever its fields are."""
        pairs = [(key, as_text(value)) for key, value in fields.items()]
        body = urlencode(pairs, errors="surrogatepass")
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.send("POST", path, data=body, headers=kind, **options)


def as_text(value):
    """Return a value as a form would send it."""
    return value if isinstance(value, str) else json.dumps(value)


@pytest.fixture(scope="module")
def target(stack, paynow_db, shell, start_server):
    """A live server; in the end its rows and its log are looked at."""
    books = Ledger(stack, paynow_db, shell)
    books.invoice(EMAIL, {NUMBER: TOTAL})
    link = shell(f"NUMBER = {NUMBER!r}\n{LINK}").partition("link=")[2]
    log = cache("logs") / "test_fuzz.log"
    begin = log.stat().st_size if log.exists() else 0
    target = Target(start_server(workers=2), books, link)
    yield target
    print(dict(target.statuses), sum(target.statuses.values()), "requests,",
          target.made, "transactions")  # fmt: skip
    ((count, _last),) = books.query(ROWS)
    assert count - target.count == target.made
    assert books.query(WRONG_ROWS, target.last, EMAIL, NUMBER) == []
    assert books.read(NUMBER)["residual"] == 100 * TOTAL
    text = log.read_bytes()[begin:].decode(errors="replace")
    blocks = re.findall(r"Traceback \(most.*?(?=\n\d{4}-)", text, re.DOTALL)
    assert not [block for block in blocks if "/paynow_module/" in block]


# === AND WHAT COMES OF IT === #


@times(0.2)
@given(data=st.data())
def test_pages(target, data):
    """GET: the form with any parameters, checkout and receipt of any token."""
    token = data.draw(st.sampled_from([target.proof, target.link, target.receipt]))
    token = data.draw(texts | damaged(token))
    kind = data.draw(st.sampled_from(["page", "checkout", "receipt"]))
    query = data.draw(st.dictionaries(texts, texts, max_size=2))
    if kind == "page":
        path = data.draw(st.sampled_from(PATHS))
        query[data.draw(st.sampled_from(["proof", "link"]) | texts)] = token
    else:
        assume(is_ours(token.replace("\x00", "0")))
        path = f"/PAYNOW/{kind}/{as_path(token)}"
    target.send("GET", f"{path}?{urlencode(query, errors='surrogatepass')}")


@times(0.2)
@given(data=st.data())
def test_look_up(target, data):
    """POST /PAYNOW: valid fields with some altered, or fields of any name."""
    visitor = target.visitor
    valid = {"csrf_token": visitor.csrf_token, "email": EMAIL, "invoice": NUMBER,
             "amount": "0.01", "link": target.link}  # fmt: skip
    fields = data.draw(altered(valid) | st.dictionaries(texts, values, max_size=5))
    answer = target.form(data.draw(st.sampled_from(PATHS)), fields)
    if answer.status_code == 303 and "/checkout/" in answer.headers["Location"]:
        assert str(fields["email"]).strip().lower() == EMAIL
        assert fields["invoice"] == NUMBER


@times(0.1)
@given(data=st.data())
def test_secure_link(target, data):
    """POST /PAYNOW/link: any number; the answer says nothing of it."""
    valid = {"csrf_token": target.visitor.csrf_token, "invoice": NUMBER}
    fields = data.draw(altered(valid) | st.dictionaries(texts, values, max_size=3))
    target.form("/PAYNOW/link", fields)


@times(0.1)
@given(data=st.data())
def test_words(target, data):
    """POST /PAYNOW/tell: any words, kind and day, of a proven invoice or none."""
    valid = {
        "csrf_token": target.visitor.csrf_token,
        "kind": "wrong",
        "words": "One chair too many",
        "date": "2026-06-10",
    }
    fields = data.draw(altered(valid) | st.dictionaries(texts, values, max_size=3))
    proof = data.draw(st.just(target.proof) | texts.filter(is_ours))
    target.form(f"/PAYNOW/tell/{as_path(proof)}", fields)


@times(0.35)
@given(data=st.data())
def test_transaction(target, data):
    """JSON: a transaction is made if, and only if, the page offered just that."""
    valid = target.visitor.params
    params = data.draw(altered(valid) | altered(valid, scalars) | values)
    call = data.draw(
        st.just({"jsonrpc": "2.0", "method": "call", "id": 1, "params": params})
        | altered({"jsonrpc": "2.0", "method": "call", "id": 1, "params": params})
    )
    body = json.dumps(call)
    if data.draw(st.integers(0, 9)) == 9:
        body = body[: data.draw(st.integers(0, len(body)))]
    route = target.visitor.route
    if data.draw(st.integers(0, 9)) == 9:
        invoice = data.draw(st.integers(0, 2**40).map(str) | texts.filter(is_ours))
        route = f"/PAYNOW/transaction/{as_path(invoice)}"
    answer = target.send(
        "POST", route, data=body, headers={"Content-Type": "application/json"}
    )
    if is_made(answer):
        target.made += 1
        assert route == target.visitor.route
        assert is_offered(json.loads(body)["params"], valid)


def is_made(answer):
    """Tell whether an answer holds the values of a new transaction."""
    kind = answer.headers.get("Content-Type", "")
    return kind.startswith("application/json") and '"reference"' in answer.text


def is_offered(params, valid):
    """Tell whether a payment form that nobody tampered with may send this."""
    same = ("provider_id", "payment_method_id", "amount", "access_token")
    return (
        params.keys() <= KEYS
        and all(params.get(key) == valid[key] for key in same)
        and params.get("flow") in ("direct", "redirect")
        and params.get("token_id") is None
        and not params.get("tokenization_requested")
        and not params.get("is_validation")
        and params.get("landing_route") in (None, valid["landing_route"])
    )


@times(0.15)
@given(data=st.data())
def test_methods_and_bodies(target, data):
    """Any method, content type and body, at each of our addresses."""
    method = data.draw(
        st.sampled_from(["HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "POST", "GET"])
    )
    path = data.draw(
        st.sampled_from([
            *PATHS, "/PAYNOW/link", f"/PAYNOW/checkout/{target.proof}",
            f"/PAYNOW/receipt/{target.receipt}", target.visitor.route,
            f"/PAYNOW?link={target.link}", "/PAYNOW/", "/PAYNOW/checkout/",
            f"/PAYNOW/tell/{target.proof}",
            target.visitor.route.replace("transaction", "chosen"),
        ])
    )  # fmt: skip
    valid = json.dumps({"jsonrpc": "2.0", "params": target.visitor.params}).encode()
    body = data.draw(st.binary(max_size=200) | damaged(valid.decode()).map(as_bytes))
    kind = data.draw(content_types)
    answer = target.send(method, path, data=body, headers={"Content-Type": kind})
    if is_made(answer):
        target.made += 1
        assert method == "POST" and path == target.visitor.route


def as_bytes(text):
    """Return any text as bytes."""
    return text.encode(errors="surrogatepass")


@times(0.01)
@given(data=st.data())
def test_files(target, data):
    """Files where texts are expected."""
    names = ["csrf_token", "email", "invoice", "amount", "link"]
    files = {
        name: ("a", data.draw(st.binary(max_size=20)))
        for name in data.draw(st.lists(st.sampled_from(names), min_size=1))
    }
    fields = {"csrf_token": target.visitor.csrf_token, "invoice": NUMBER}
    for path in ("/PAYNOW", "/PAYNOW/link"):
        target.send("POST", path, data=fields, files=files)
