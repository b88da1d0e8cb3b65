# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, models

# What Odoo's payment form sends to a transaction route; anything else is an attempt.
FORM_KEYS = {
    "provider_id",
    "payment_method_id",
    "token_id",
    "amount",
    "flow",
    "tokenization_requested",
    "landing_route",
    "is_validation",
    "csrf_token",
    "payment_reference",  # From `account_payment`.
    "recaptcha_token_response",  # The captcha's, like the next.
    "turnstile_captcha",
}


class PaymentTransaction(models.Model):
    """What the payment form sends, and what of it other rooms ask for."""

    _inherit = "payment.transaction"

    @api.model
    def _paynow_get_form_keys(self):
        """Return what the payment form may send.

        To take more that is no field of a transaction, override this; `mandates` takes
        the words that the payer has read.

        :rtype: set[str]
        """
        return FORM_KEYS | set(self._paynow_get_extra_fields())

    @api.model
    def _paynow_prepare_authorization(self, proven, method_sudo, form):
        """Prepare what the payer authorizes by this payment.

        `mandates` overrides it to record what is agreed to above *Pay*. It is the last
        step of the guard, so whoever is refused here leaves nothing.

        :param Proof proven: What the payer has proven.
        :param payment.method method_sudo: The method.
        :param dict form: What the payment form sent; nothing in it is trusted.
        :return: Further values of the transaction.
        :rtype: dict
        :raise PaynowRefusal: If the payer has not agreed to it.
        """
        return {}
