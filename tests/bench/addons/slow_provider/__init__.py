"""A provider that takes its time: the demo provider, asked before a payment is made.

It waits where the real ones call their service, within the transaction route.
"""

import time

from odoo.addons.payment_demo.models.payment_transaction import PaymentTransaction

SECONDS = 5


def _get_specific_processing_values(self, processing_values):
    """Wait as for an answer of the provider."""
    time.sleep(SECONDS)
    return {}


PaymentTransaction._get_specific_processing_values = _get_specific_processing_values
