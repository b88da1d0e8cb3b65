"""Whatever is sent to our public routes: no failure, no traceback, no wrong row.

PAYNOW_FUZZ is the number of generated requests (1,500 by default, always the same ones;
another number makes new ones; 20,000 is the figure to tell of). Half of them are valid
requests with something altered, so that they get past the first checks; the limits are
switched off for the same reason.
"""

import json
import os
import re
from urllib.parse import urlencode

import pytest
from awkward import altered, content_types, damaged, scalars, texts, values
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from ledger import Ledger
from target import EMAIL, NUMBER, TOTAL, Target
from visitor import as_path

from dev.places import cache

DEFAULT = 600
TIMES = int(os.environ.get("PAYNOW_FUZZ", DEFAULT))
#: Of which a payment form may send what it likes, within what is said below.
KEYS = {
    "provider_id", "payment_method_id", "token_id", "amount", "flow",
    "tokenization_requested", "landing_route", "is_validation", "access_token",
    "csrf_token", "payment_reference", "recaptcha_token_response",
    "turnstile_captcha", "paynow_note", "paynow_copy_email",
}  # fmt: skip
PATHS = ("/PAYNOW", "/paynow")
GUESTS = """
env.ref("base.main_company").paynow_autopay_guest = True
env.ref("payment.payment_provider_demo").allow_tokenization = True
env.cr.commit()
"""


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


@pytest.fixture(scope="module")
def target(stack, paynow_db, shell, start_server):
    """A live server; in the end its rows and its log are looked at."""
    books = Ledger(stack, paynow_db, shell)
    books.invoice(EMAIL, {NUMBER: TOTAL})
    shell(GUESTS)
    log = cache("logs") / "test_fuzz.log"
    begin = log.stat().st_size if log.exists() else 0
    target = Target(start_server(workers=2), books, shell)
    yield target
    print(dict(target.statuses), sum(target.statuses.values()), "requests,",
          target.made, "payments begun")  # fmt: skip
    target.check_books()
    text = log.read_bytes()[begin:].decode(errors="replace")
    blocks = re.findall(r"Traceback \(most.*?(?=\n\d{4}-)", text, re.DOTALL)
    assert not [block for block in blocks if "/paynow_module/" in block]


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
    words = {"paynow_note": "PO 4711", "paynow_copy_email": "copy@client.example.com"}
    valid = valid | data.draw(st.sampled_from([{}, words]))
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
        target.note(answer)
        assert route == target.visitor.route
        assert is_offered(json.loads(body)["params"], valid)


@times(0.1)
@given(data=st.data())
def test_saving(target, data):
    """JSON: who has typed no code saves no method, whatever is sent."""
    valid = target.visitor.params | {
        "is_validation": True, "tokenization_requested": True, "paynow_consent": True,
    }  # fmt: skip
    params = data.draw(altered(valid) | altered(valid, scalars) | values)
    call = {"jsonrpc": "2.0", "method": "call", "id": 1, "params": params}
    answer = target.send(
        "POST",
        "/PAYNOW/autopay/transaction",
        data=json.dumps(call),
        headers={"Content-Type": "application/json"},
    )
    assert not is_made(answer)


def is_made(answer):
    """Tell whether an answer holds the values of a transaction."""
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
        target.note(answer)
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
