"""What each class of declines by Stripe's stand-in makes of an automatic payment.

The run asks the stand-in over HTTP through Odoo's own module; see tests/test_stripe.py.
"""

import pytest
import stripe_account
from ledger import Ledger, fill
from stripe_account import SECRET, WEBHOOK_SECRET
from stripe_scripts import SETUP

from dev.places import ROOT, cache

EMAIL = "stripe-autopay@client.example.com"
#: The number of a card at the stand-in, and what must come of it: how often it is asked
#: to charge in twelve days, why the invoice is off, and the state of the mandate.
CASES = {
    "soft": ("4000000000001018", 3, "declined", "revoked"),
    "hard": ("4000000000001026", 1, "declined", "revoked"),
    "revoked": ("4000000000001034", 1, "declined", "stopped"),
    "authentication": ("4000000000001042", 1, "authentication", "revoked"),
    # One of Stripe's own: the intent waits for the client's action.
    "waits": ("4000002760003184", 1, "authentication", "revoked"),
}
#: Saves the cards that are at the stand-in, and chooses them, each for its invoice.
CHOOSE = """
client = env["res.partner"].search([("email", "=", EMAIL)])
stripe = env["payment.provider"].search(
    [("code", "=", "stripe"), ("company_id", "=", env.ref("base.main_company").id)])
for number, (customer, card) in CARDS.items():
    token = env["payment.token"].create({
        "provider_id": stripe.id, "partner_id": client.id, "provider_ref": customer,
        "stripe_payment_method": card, "payment_details": number,
        "payment_method_id": env.ref("payment.payment_method_card").id})
    invoice = env["account.move"].search([("name", "=", f"Class-{number}")])
    env["paynow.autopay"]._choose(
        client, token, "192.0.2.7", "I authorize it.",
        invoice=invoice, company=env.company)
env.cr.commit()
"""
#: Runs the cron every day for twelve days; tells what became of each invoice.
RUN = """
import json
from datetime import timedelta
Company = env.registry["res.company"]
today = Company._paynow_get_today
mandates = {}
invoices = env["account.move"].search([("name", "=like", "Class-%")])
mandates = {i.id: i.paynow_autopay_id.mandate_id for i in invoices}
for day in range(12):
    Company._paynow_get_today = lambda self, d=day: today(self) + timedelta(days=d)
    env["payment.transaction"]._cron_paynow_autopay()
    env.cr.commit()
Company._paynow_get_today = today
env.invalidate_all()
print(json.dumps({
    invoice.name: {
        "transactions": [[tx.state, tx.provider_reference]
                         for tx in invoice.transaction_ids.sorted("id")],
        "reason": invoice.paynow_autopay_reason,
        "mandate": mandates[invoice.id].state,
        "mails": env["mail.mail"].search_count([
            ("subject", "like", f"Automatic payment of {invoice.name} failed")]),
        "activities": invoice.activity_ids.mapped("summary"),
    }
    for invoice in invoices
}))
"""


@pytest.fixture(scope="module")
def arguments(stack):
    """Odoo sees the module of these tests, too."""
    addons = [*stack.odoo.addons, ROOT, ROOT / "tests"]
    return "--addons-path", ",".join(map(str, addons))


@pytest.fixture(scope="module")
def outcomes(stack, paynow_db, arguments, shell):
    """What became of one invoice for each class."""
    with stripe_account.running(stack) as stripe:
        stack.run_odoo(
            "server", "-d", paynow_db, *arguments, "--no-http",
            "-i", "paynow_stripe_standin", "--stop-after-init",
            log=cache("logs") / "stripe.install.log",
            otherwise="payment_stripe could not be installed.",
        )  # fmt: skip
        Ledger(stack, paynow_db, shell).invoice(
            EMAIL, {f"Class-{name}": 100.0 for name in CASES}
        )
        shell(
            fill(
                SETUP,
                SECRET=SECRET,
                WEBHOOK_SECRET=WEBHOOK_SECRET,
                URL=stripe.url,
                EMAIL=EMAIL,
            )
        )
        cards = {}
        for name, (number, *_rest) in CASES.items():
            customer = stripe.ask("POST", "/v1/customers", email=EMAIL)["id"]
            card = stripe.enter_card(number)
            path = f"/v1/payment_methods/{card}/attach"
            stripe.ask("POST", path, customer=customer)
            cards[name] = (customer, card)
        shell(fill(CHOOSE, EMAIL=EMAIL, CARDS=cards))
        found = shell(RUN)
        for outcome in found.values():
            outcome["intents"] = [
                stripe.ask("GET", f"/v1/payment_intents/{reference}")["status"]
                for _state, reference in outcome["transactions"]
                if reference
            ]
    return found


@pytest.mark.parametrize("name", CASES)
def test_each_class_of_declines(outcomes, name):
    """As often as the class says; the client and one of staff are told once."""
    _number, tries, reason, mandate = CASES[name]
    outcome = outcomes[f"Class-{name}"]
    print(name, outcome)
    assert len(outcome["transactions"]) == tries
    assert {state for state, _reference in outcome["transactions"]} <= {
        "error",
        "cancel",
    }
    assert outcome["reason"] == reason
    assert outcome["mandate"] == mandate
    assert outcome["mails"] == 1
    assert outcome["activities"] == ["Pay Now: automatic payment failed"]
    if name == "waits":
        assert outcome["intents"] == ["canceled"], "Somebody may still complete it."
