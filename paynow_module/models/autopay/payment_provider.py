# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import ssl
from datetime import timedelta

import requests
from urllib3.exceptions import NewConnectionError

from odoo import models
from odoo.exceptions import ValidationError

# For how long a charge may be asked for again: these providers remember an idempotency
# key for a day or longer, and Odoo sends them one with every charge of a saved method.
# Source: the manuals of Stripe ("Idempotent requests", 24 hours) and Adyen ("API
# idempotency", 7 days at least), less a margin. The demo provider charges nothing.
REPEATABLE = {
    "adyen": timedelta(hours=20),
    "demo": timedelta(hours=20),
    "stripe": timedelta(hours=20),
}
# The answers by which a provider refuses a request without carrying it out. All others
# that are no success, as a conflict or an error of its own, leave it open.
# Source: the manuals of Stripe ("Errors") and Adyen ("API error codes").
REFUSALS = {400, 401, 402, 403, 404, 405, 413, 415, 422, 429}
# Of those, the one by which Stripe repeats what became of a request that it knows.
ANSWER_TO_REPEAT = 402


class ChargeAnswer(dict):
    """What is noted of a provider's answer to one charge, and of that one only.

    No two are equal: Odoo takes an environment that is there already for one whose
    context is equal, and what is noted would land with another charge.
    """

    __eq__ = object.__eq__
    __hash__ = object.__hash__


class PaymentProvider(models.Model):
    """What a provider's answer to an automatic payment means.

    The run passes a `ChargeAnswer` as `paynow_answer` in the context, for what Odoo
    leaves out of the transaction: `is_unclear`, and `decline` (its class, see
    `payment_provider_decline.py`); `is_repeat` tells that the provider may have carried
    out the request before.
    """

    _inherit = "payment.provider"

    def _paynow_get_repeat_time(self):
        """Return for how long the charge of a transaction may be asked for again.

        Override this method for a provider that makes one charge of two requests for
        the same transaction.

        :return: The time; zero if a second request might be a second charge.
        :rtype: timedelta
        """
        self.ensure_one()
        return REPEATABLE.get(self.code, timedelta())

    def _send_api_request(self, method, endpoint, **kwargs):
        """Override of `payment` to tell a charge of unknown outcome from a decline."""
        try:
            return super()._send_api_request(method, endpoint, **kwargs)
        except ValidationError as error:
            answer = self.env.context.get("paynow_answer")
            if answer is not None and self._paynow_is_unclear(
                error.__context__, is_repeat=answer.get("is_repeat")
            ):
                answer["is_unclear"] = True
            raise

    def _paynow_is_unclear(self, cause, is_repeat=False):
        """Tell whether a charge may have been made although a request for it failed.

        That the second request never got there, or was turned away at the door, says
        nothing of the first one.

        :param Exception|None cause: What `requests` raised.
        :param bool is_repeat: Whether the provider may have heard of it before.
        :rtype: bool
        """
        if isinstance(cause, requests.exceptions.HTTPError):
            status = cause.response.status_code
            return status != ANSWER_TO_REPEAT if is_repeat else status not in REFUSALS
        if is_repeat:
            return True
        return isinstance(
            cause, requests.exceptions.RequestException
        ) and not is_unsent(cause)


def is_unsent(error):
    """Tell whether a request failed before anything of it was sent.

    No connection came about: it was refused, took too long, the host has no address, or
    showed a certificate that isn't its own.

    :param requests.exceptions.RequestException error: How it failed.
    :rtype: bool
    """
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return True
    # That of urllib3, which says what it was.
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, NewConnectionError) or isinstance(
        reason.args[0] if reason and reason.args else None,
        ssl.SSLCertVerificationError,
    )
