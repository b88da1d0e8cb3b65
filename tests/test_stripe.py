"""Odoo's Stripe module and a stand-in for Stripe talk to each other over HTTP.

The stand-in is localstripe, see tests/stripe_standin.py. What Stripe's script does in a
payer's browser is done here by the same requests, and once by a script in its place.
What this proves and what only a real account can is in docs/stripe.md.
"""

import time
from urllib.parse import urlsplit

import pytest
import stripe_account
import stripe_form
from ledger import Ledger, fill
from payer import CHOICE, Payer
from portal_user import PortalUser
from stripe_account import SECRET, WEBHOOK_SECRET, wait_for
from stripe_scripts import (
    CHARGE,
    REFUND,
    SETUP,
    TOKENS,
    TRANSACTIONS,
    WITHOUT_SECRET,
)
from visitor import Visitor

from dev.places import ROOT, cache

GOOD, DECLINED = "4242424242424242", "4000000000000341"
EMAIL = "stripe@client.example.com"
TOTALS = {f"Stripe{n}": 100.0 + n for n in range(12)}


@pytest.fixture(scope="module")
def stripe(stack):
    """An account at a running stand-in."""
    with stripe_account.running(stack) as account:
        yield account


@pytest.fixture(scope="module")
def arguments(stack):
    """Odoo sees the module of these tests, too."""
    addons = [*stack.odoo.addons, ROOT, ROOT / "tests"]
    return "--addons-path", ",".join(map(str, addons))


@pytest.fixture(scope="module")
def books(stack, paynow_db, arguments, shell, stripe):
    """The books of a company that takes cards with Stripe, and invoices to pay."""
    stack.run_odoo(
        "server", "-d", paynow_db, *arguments, "--no-http",
        "-i", "paynow_stripe_standin", "--stop-after-init",
        log=cache("logs") / "stripe.install.log",
        otherwise="payment_stripe could not be installed.",
    )  # fmt: skip
    ledger = Ledger(stack, paynow_db, shell)
    ledger.invoice(EMAIL, TOTALS)
    shell(
        fill(
            SETUP,
            SECRET=SECRET,
            WEBHOOK_SECRET=WEBHOOK_SECRET,
            URL=stripe.url,
            EMAIL=EMAIL,
        )
    )
    return ledger


@pytest.fixture(scope="module")
def url(books, start_server, stripe):
    """The address of a server, to which the stand-in sends its news."""
    server = start_server()
    stripe.ask(
        "POST",
        "/_config/webhooks/odoo",
        url=f"{server.url}/payment/stripe/webhook",
        secret=WEBHOOK_SECRET,
    )
    return server.url


def start(url, number):
    """Come to the last step of a payment on Pay Now.

    :return: the visitor, the reference and the id of the intent at Stripe
    """
    visitor = Visitor(url).look_up(EMAIL, number, f"{TOTALS[number]:.2f}")
    values = visitor.confirm()
    intent_id, _secret = values["client_secret"].split("_secret_")
    return visitor, values["reference"], intent_id


def pay(url, stripe, number):
    """Pay an invoice on Pay Now with a good card and return to the receipt."""
    visitor, reference, intent_id = start(url, number)
    stripe.confirm(intent_id, GOOD)
    answer = visitor.open(
        f"/payment/stripe/return?reference={reference}&payment_intent={intent_id}"
    )
    assert urlsplit(answer.url).path.startswith("/PAYNOW/receipt/")
    assert "Payment received" in answer.text  # Before the books know.
    assert visitor.poll()["state"] == "done"
    return reference, intent_id


def test_provider_without_webhook_secret_is_not_offered(books, shell):
    """Whoever knows the address of the webhook could say that a payment arrived."""
    without, with_it = shell(WITHOUT_SECRET)
    assert "webhook secret" in without
    assert not with_it


def test_payer_is_charged_once_and_the_books_say_so(url, stripe, books):
    """Charge: from the page to the entry; no card stays behind, at Odoo or Stripe."""
    tokens = books.query(TOKENS)
    reference, intent_id = pay(url, stripe, "Stripe0")
    assert stripe.charges(reference) == [10000]
    page = books.read("Stripe0")
    assert (page["residual"], page["payments"]) == (0, [10000])
    assert books.query(TOKENS) == tokens
    intent = stripe.ask("GET", f"/v1/payment_intents/{intent_id}")
    card = stripe.ask("GET", f"/v1/payment_methods/{intent['payment_method']}")
    assert card["customer"] is None, "The card is kept at Stripe"
    # The webhook repeats what the return told.
    wait_for(lambda: stripe.has_sent("payment_intent.succeeded", intent_id))
    assert books.read("Stripe0") == page


def test_decline_is_told_by_the_webhook_and_another_card_pays(url, stripe, books):
    """Decline: the invoice stays open, and is paid at the next try."""
    _visitor, reference, intent_id = start(url, "Stripe1")
    error = stripe.confirm(intent_id, DECLINED, status=402)["error"]
    assert error["code"] == "card_declined"
    wait_for(lambda: books.query(TRANSACTIONS, reference, reference)[0][0] == "error")
    assert books.read("Stripe1")["residual"] == 10100
    second, _intent_id = pay(url, stripe, "Stripe1")
    assert (stripe.charges(reference), stripe.charges(second)) == ([], [10100])
    assert books.read("Stripe1")["payments"] == [10100]


def test_webhook_alone_brings_the_money_into_the_books(url, stripe, books):
    """Webhook: the payer closes the tab; Stripe's signed news and the cron do it."""
    _visitor, reference, intent_id = start(url, "Stripe2")
    stripe.confirm(intent_id, GOOD)
    wait_for(lambda: books.query(TRANSACTIONS, reference, reference)[0][0] == "done")
    books.run_crons()
    page = books.read("Stripe2")
    assert (page["residual"], page["payments"]) == (0, [10200])


def test_forged_news_are_refused(url, stripe, books):
    """Webhook: who can't sign is told so, whatever they claim."""
    visitor, reference, intent_id = start(url, "Stripe3")
    intent = stripe.ask("GET", f"/v1/payment_intents/{intent_id}")
    event = {
        "type": "payment_intent.succeeded",
        "data": {"object": {**intent, "status": "succeeded"}},
    }
    now = int(time.time())
    for signature in ("", f"t={now},v1=", f"t={now},v1={'0' * 64}"):
        answer = visitor.send(
            "POST",
            "/payment/stripe/webhook",
            json=event,
            headers={"Stripe-Signature": signature} if signature else {},
        )
        assert answer.status_code >= 400
    assert books.query(TRANSACTIONS, reference, reference)[0][0] == "draft"
    assert books.read("Stripe3")["residual"] == 10300


def save_card(url, stripe, books, number):
    """Save a card on the portal's page; return its row."""
    portal = PortalUser(url)
    portal.log_in("stripe", "stripe-client")
    values = portal.save_card()
    intent_id, _secret = values["client_secret"].split("_secret_")
    before = len(books.query(TOKENS))
    stripe.confirm_setup(intent_id, number)
    portal.open(
        f"/payment/stripe/return?reference={values['reference']}"
        f"&setup_intent={intent_id}"
    )
    assert len(books.query(TOKENS)) == before + 1
    return books.query(TOKENS)[-1], portal.open("/my/payment_method").text


def test_saved_card_is_charged_once_though_the_process_dies(url, stripe, books, shell):
    """Saved card: brand and expiry are kept; the repeated charge is Stripe's first."""
    (token_id, *card), page = save_card(url, stripe, books, GOOD)
    assert card == ["Visa", 12, 2030, "4242"] or card == ["VISA", 12, 2030, "4242"]
    assert "Expires 12/2030" in " ".join(page.split())

    script = {"TOKEN": token_id, "NUMBER": "Stripe4"}
    shell(fill(CHARGE, CRASH=True, **script))  # Charged, but Odoo forgot it.
    assert stripe.charges("auto-Stripe4") == [10400]
    again = shell(fill(CHARGE, CRASH=False, **script))
    assert again[0] == "done"
    assert stripe.charges("auto-Stripe4") == [10400], "Charged twice"
    for _time in range(9):  # Stripe's own news may come in the midst of it.
        books.run_crons()
        if books.read("Stripe4")["payments"]:
            break
    assert books.read("Stripe4")["payments"] == [10400]


def test_saved_card_that_is_declined_leaves_the_invoice_open(url, stripe, books, shell):
    """Saved card: Stripe's words on the decline are kept for staff."""
    (token_id, *_card), _page = save_card(url, stripe, books, DECLINED)
    state, message, _ref = shell(
        fill(CHARGE, TOKEN=token_id, NUMBER="Stripe5", CRASH=False)
    )
    assert state == "error"
    assert "Your card was declined." in message
    assert books.read("Stripe5")["residual"] == 10500


def test_refund_from_odoo_reaches_stripe_once(url, stripe, books, shell):
    """Refund: a part, by staff; the news of it by webhook add no second one."""
    reference, intent_id = pay(url, stripe, "Stripe6")
    shell(fill(REFUND, REFERENCE=reference, AMOUNT=40.0))
    path = f"/v1/refunds?payment_intent={intent_id}"
    (refund,) = stripe.ask("GET", path)["data"]
    # Stripe tells what Odoo knows.
    wait_for(lambda: stripe.has_sent("charge.refunded", refund["charge"]))
    refunds = stripe.ask("GET", path)["data"]
    assert [refund["amount"] for refund in refunds] == [4000]
    states = [row[:2] for row in books.query(TRANSACTIONS, reference, reference)]
    assert states == [("done", 10600), ("done", -4000)]


def test_refund_at_stripe_is_told_by_the_webhook(url, stripe, books):
    """Refund: made in Stripe's dashboard, it comes into the books as one."""
    reference, intent_id = pay(url, stripe, "Stripe7")
    stripe.ask("POST", "/v1/refunds", payment_intent=intent_id, amount=2500)
    wait_for(lambda: len(books.query(TRANSACTIONS, reference, reference)) == 2)
    books.run_crons()
    rows = books.query(TRANSACTIONS, reference, reference)
    assert rows == [("done", 10700, True), ("done", -2500, True)]


def test_payment_begun_twice_is_one_intent(url, stripe, books):
    """Again: the second tab gets the first one's intent; one charge, one entry."""
    visitor, reference, intent_id = start(url, "Stripe8")
    customers = len(stripe.ask("GET", "/v1/customers")["data"])
    again = visitor.confirm()
    assert again["reference"] == reference
    assert again["client_secret"].startswith(f"{intent_id}_secret_")
    assert len(stripe.ask("GET", "/v1/customers")["data"]) == customers
    stripe.confirm(intent_id, GOOD)
    visitor.open(
        f"/payment/stripe/return?reference={reference}&payment_intent={intent_id}"
    )
    assert visitor.poll()["state"] == "done"
    assert stripe.charges(reference) == [10800]
    page = books.read("Stripe8")
    assert (page["residual"], page["payments"]) == (0, [10800])


def test_another_amount_closes_the_older_intent(url, stripe, books):
    """Again: what the payer left can't be paid any more, at Stripe neither."""
    visitor, reference, intent_id = start(url, "Stripe9")
    second = visitor.look_up(EMAIL, "Stripe9", "60").confirm()
    assert second["reference"] != reference
    intent = stripe.ask("GET", f"/v1/payment_intents/{intent_id}")
    assert intent["status"] == "canceled"
    assert books.query(TRANSACTIONS, reference, reference)[0][0] == "cancel"
    assert stripe.charges(reference) == []


def test_older_intent_that_was_paid_is_not_paid_again(url, stripe, books):
    """Again: on closing it Stripe says that it is paid, so nothing more is."""
    visitor, reference, intent_id = start(url, "Stripe10")
    visitor.look_up(EMAIL, "Stripe10", "60")
    stripe.confirm(intent_id, GOOD)
    refusal = visitor.confirm()  # Before the news of it, or after: the same.
    assert "is being processed" in refusal["state_message"]
    assert books.query(TRANSACTIONS, reference, reference)[0][0] == "done"
    # Whoever brings the same news at that moment has Odoo's cron try again later.
    wait_for(lambda: books.run_crons() or books.read("Stripe10")["payments"])
    page = books.read("Stripe10")
    assert (page["residual"], page["payments"]) == (0, [11000])


def test_odoos_form_of_stripe_pays_after_the_confirmation(url, stripe, books, browser):
    """Browser: wallets come first, and their window only when *Pay* is pressed."""
    with browser.new_context(base_url=url, locale="en-US") as context:
        payer = Payer(context.new_page())
        asked = stripe_form.listen(payer.page, lambda id_: stripe.confirm(id_, GOOD))
        payer.look_up(EMAIL, "Stripe11", "111.00")
        payer.expect_heading(CHOICE)
        payer.proceed()
        assert payer.pay()["state"] == "done"
        assert not payer.complaints
    assert asked == [
        ("order", ["apple_pay", "google_pay"], False),
        ("submit", None, True),
        ("confirm", None, True),
    ]
    assert books.read("Stripe11")["payments"] == [11100]
