"""What Authorize.net and Adyen tell of a saved card, through Odoo's own modules.

Authorize.net is played by a small server that answers as its manual shows; nothing of
Odoo is replaced but its address.
"""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from ledger import fill

from dev import databases

ANSWERS = {
    "getTransactionDetailsRequest": {"transaction": {"authAmount": 10.0}},
    "createCustomerProfileFromTransactionRequest": {
        "customerProfileId": "39931060",
        "customerPaymentProfileIdList": ["36223863"],
    },
    "getCustomerPaymentProfileRequest": {
        "paymentProfile": {
            "customerProfileId": "39931060",
            "customerPaymentProfileId": "36223863",
            "payment": {
                "creditCard": {
                    "cardNumber": "XXXX1111",
                    "expirationDate": "XXXX",
                    "cardType": "Visa",
                }
            },
        }
    },
}
PAY = """
import json
from odoo.addons.payment_authorize.models import authorize_request
init = authorize_request.AuthorizeAPI.__init__
def __init__(self, provider):
    init(self, provider)
    self.url = URL
authorize_request.AuthorizeAPI.__init__ = __init__

def pay(code, data, method="card"):
    provider = env["payment.provider"].search([("code", "=", code)], limit=1)
    count = env["payment.transaction"].search_count([])
    tx = env["payment.transaction"].create({
        "provider_id": provider.id, "reference": f"card-{count}", "amount": 10,
        "payment_method_id": env.ref(f"payment.payment_method_{method}").id,
        "currency_id": env.ref("base.USD").id, "tokenize": True,
        "partner_id": env.ref("paynow_module.partner_dental").id})
    tx._process(code, data)
    token = tx.token_id
    return [tx.state, token.paynow_brand, token.paynow_expiration]

env["payment.provider"].search([("code", "=", "authorize")]).available_currency_ids = (
    env.ref("base.USD"))
answer = {"x_response_code": "1", "x_trans_id": "1", "x_type": "auth_capture",
          "payment_method_code": "Visa"}
details = {"recurring.recurringDetailReference": "8415", "cardSummary": "1111",
           "recurring.shopperReference": "ODOO", "paymentMethod": "mc"}
approval = {"resultCode": "Authorised", "pspReference": "9914",
            "amount": {"value": 1000, "currency": "USD"},
            "paymentMethod": {"type": "scheme", "brand": "mc"}}
found = {name: pay("authorize", {"response": answer})
         for name in ("authorize", "authorize masks", "authorize fails")}
for name, more in (("adyen", {"expiryDate": "3/2030"}), ("adyen without", {})):
    found[name] = pay("adyen", {**approval, "additionalData": {**details, **more}})
print(json.dumps(found))
"""


#: What Authorize.net says of the expiry, card after card, and with what status.
EXPIRIES = [("2031-06", 200), ("XXXX", 200), ("2031-06", 500)]


class AuthorizeNet(BaseHTTPRequestHandler):
    """Answers as the manual shows."""

    def do_POST(self):
        length = int(self.headers["Content-Length"])
        ((name, asked),) = json.loads(self.rfile.read(length)).items()
        answer, status = json.dumps(ANSWERS[name]), 200
        if asked.get("unmaskExpirationDate") == "true":
            expiry, status = next(self.server.expiries)
            answer = answer.replace('"XXXX"', json.dumps(expiry))
        self.send_response(status)
        self.end_headers()
        self.wfile.write(answer.encode())

    def log_message(self, *args):
        """Keep quiet."""


@pytest.fixture(scope="module")
def found(stack, paynow_db, shell):
    """The state of a payment, the brand and the expiry of the saved card, by case."""
    databases.install(stack, paynow_db, ["payment_authorize", "payment_adyen"])
    with HTTPServer(("127.0.0.1", 0), AuthorizeNet) as server:
        server.expiries = iter(EXPIRIES)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        found = shell(fill(PAY, URL=f"http://127.0.0.1:{server.server_port}"))
        server.shutdown()
    return found


def test_brand_and_expiry_are_read_from_each_provider(found):
    """Odoo asks Authorize.net for what it masks; Adyen tells if it is told to."""
    assert found["authorize"] == ["done", "VISA", "6/2031"]
    assert found["adyen"][0::2] == ["done", "3/2030"]


@pytest.mark.parametrize(
    "case", ["authorize masks", "authorize fails", "adyen without"]
)
def test_payment_and_saved_card_survive_a_silent_provider(found, case):
    """A masked expiry and a failing request cost the expiry, nothing else."""
    state, _brand, expiration = found[case]
    assert (state, expiration) == ("done", False)
