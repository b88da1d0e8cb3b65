# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import logging
from datetime import timedelta

from odoo import models
from odoo.exceptions import ValidationError

_logger = logging.getLogger(__name__)

#: For how long a payer may begin one transaction again without a second charge.
#: Odoo sends these providers an idempotency key made of the transaction; they remember
#: it for a day (Stripe, "Idempotent requests"), a week (Adyen, "API idempotency") and
#: six hours (PayPal, "PayPal-Request-Id" of orders), here less a margin. The last three
#: charge nothing.
RESUME_TIMES = {
    "adyen": timedelta(hours=20),
    "paypal": timedelta(hours=5),
    "stripe": timedelta(hours=20),
    "custom": timedelta(days=30),
    "demo": timedelta(days=30),
    "none": timedelta(days=30),
}


class PaymentProvider(models.Model):
    """What a provider can do about a payment that a payer began and did not end."""

    _inherit = "payment.provider"

    def _paynow_get_resume_time(self):
        """Return for how long a payer may begin the same transaction again.

        Override this method for a provider that makes one charge of it.

        :return: The time; zero if it might be charged twice: then a new one is begun.
        :rtype: timedelta
        """
        self.ensure_one()
        return RESUME_TIMES.get(self.code, timedelta())

    def _paynow_close(self, tx):
        """Have the provider close a payment that was begun, so that it can't be made.

        Override this method for a provider that can. What it says of the payment must
        be given to `_process`: it may have been made already.

        :param payment.transaction tx: The transaction, a draft.
        """
        self.ensure_one()
        if self.code == "stripe" and tx.provider_reference:
            self._paynow_close_intent(tx)

    def _paynow_close_intent(self, tx):
        """Cancel a payment intent at Stripe; if it is too late, take its news.

        Source: Stripe's API reference, "Cancel a PaymentIntent".

        :param payment.transaction tx: The transaction.
        """
        address = f"payment_intents/{tx.provider_reference}"
        try:
            intent = tx._send_api_request("POST", f"{address}/cancel")
        except ValidationError:
            try:
                intent = tx._send_api_request("GET", address)
            except ValidationError as error:
                # Not closed: should it be paid, it is booked and told as a second one.
                _logger.warning("Transaction %s can't be closed: %s", tx.id, error)
                return
        tx._process(
            "stripe",
            {
                "reference": tx.reference,
                "payment_intent": intent,
                "payment_method": intent.get("payment_method"),
            },
        )

    def _paynow_get_started_reference(self, values):
        """Return by which reference a provider knows a payment that was just begun.

        :param dict values: The processing values that the payer's browser gets.
        :return: The reference; None if the provider tells none yet.
        :rtype: str|None
        """
        self.ensure_one()
        if self.code == "stripe" and values.get("client_secret"):
            return values["client_secret"].partition("_secret_")[0]
        return None
