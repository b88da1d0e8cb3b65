"""A provider that answers late when it is asked to charge a saved method.

PAYNOW_BENCH_LANES is how many clients a worker of the scheduler charges at a time.
"""

import os
import time

from odoo.addons.payment_demo.models.payment_transaction import PaymentTransaction
from odoo.addons.paynow_module.models.autopay import payment_transaction_run

SECONDS = 0.3
_send = PaymentTransaction._send_payment_request


def _send_payment_request(self):
    """Wait as for an answer of the provider."""
    time.sleep(SECONDS)
    return _send(self)


PaymentTransaction._send_payment_request = _send_payment_request
if lanes := os.environ.get("PAYNOW_BENCH_LANES"):
    payment_transaction_run.LANES = int(lanes)
