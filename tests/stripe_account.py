"""An account at the stand-in for Stripe, used as its script and its dashboard do."""

import subprocess
import time
from contextlib import contextmanager

import requests

from dev import standin
from dev.places import ROOT, cache
from dev.server import end, free_port

SECRET, WEBHOOK_SECRET = "sk_test_standin", "whsec_standin"
#: Seconds for news to arrive; the stand-in waits one before it sends them.
PATIENCE = 30


class Stripe:
    """The account: what it is asked goes over HTTP."""

    def __init__(self, url):
        self.url = url
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.headers["Authorization"] = f"Bearer {SECRET}"

    def ask(self, method, path, status=200, **data):
        """Send a request; return the answer, which has this status."""
        answer = self.http.request(method, f"{self.url}{path}", data=data, timeout=30)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.text else None

    def enter_card(self, number):
        """Enter a card; return its id."""
        card = {"number": number, "exp_month": 12, "exp_year": 2030, "cvc": "123"}
        fields = {f"card[{name}]": value for name, value in card.items()}
        return self.ask("POST", "/v1/payment_methods", type="card", **fields)["id"]

    def confirm(self, intent_id, number, status=200):
        """Pay an intent with a card, as Stripe's script does."""
        path = f"/v1/payment_intents/{intent_id}"
        self.ask("POST", path, payment_method=self.enter_card(number))
        return self.ask("POST", f"{path}/confirm", status=status)

    def confirm_setup(self, intent_id, number):
        """Save a card, as Stripe's script does."""
        self.ask(
            "POST",
            f"/v1/setup_intents/{intent_id}/confirm",
            payment_method=self.enter_card(number),
        )

    def has_sent(self, kind, object_id):
        """Tell whether news of this kind, of this object, were sent to Odoo."""
        return [kind, object_id] in self.ask("GET", "/v1/_sent")

    def charges(self, description):
        """Return the amounts of the charges that succeeded for a reference, in cents.

        :rtype: list[int]
        """
        events = self.ask("GET", "/v1/events?type=payment_intent.succeeded&limit=999")
        return [
            event["data"]["object"]["amount"]
            for event in events["data"]
            if event["data"]["object"]["description"] == description
        ]


@contextmanager
def running(stack):
    """Give an account at a stand-in that runs until the block ends.

    :param dev.stack.Stack stack: the platform
    :rtype: Stripe
    """
    folder, port = standin.ready(stack.python), free_port()
    paths = f"{folder}:{stack.environment['PYTHONPATH']}"
    with open(cache("logs") / "stripe.log", "w") as log:
        process = subprocess.Popen(
            [str(stack.python), str(ROOT / "tests" / "stripe_standin.py"), str(port)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**stack.environment, "PYTHONPATH": paths},
        )
    stripe = Stripe(f"http://127.0.0.1:{port}")
    try:
        wait_for(lambda: _answers(stripe))
        yield stripe
    finally:
        end(process)


def _answers(stripe):
    try:
        return stripe.ask("GET", "/v1/events")
    except requests.ConnectionError:
        return None


def wait_for(look):
    """Look until something is seen, and return it."""
    deadline = time.monotonic() + PATIENCE
    while not (seen := look()):
        assert time.monotonic() < deadline, "Nothing came."
        time.sleep(0.2)
    return seen
