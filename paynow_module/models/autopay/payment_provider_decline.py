# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models

#: The classes of declines, the one that counts first where a provider names several.
#: Whoever pays has told their bank that we may not: nothing is charged by this mandate.
UNAUTHORIZED = "unauthorized"
#: The same card or account won't do next week either: it is not tried again.
HARD = "hard"
#: The bank wants the client to confirm the payment, which only they can.
AUTHENTICATION = "authentication"
#: All else, and where a provider tells nothing: it is tried again on the days set.
SOFT = "soft"
CLASSES = (UNAUTHORIZED, HARD, AUTHENTICATION)

#: The codes by which a provider names a decline that is not `SOFT`.
DECLINES = {
    # Source: Stripe's manual, "Decline codes" (docs.stripe.com/declines/codes),
    # "Network decline codes" of ACH and cards (docs.stripe.com/declines/network-codes)
    # and "Automate payment retries", the codes that it doesn't retry itself
    # (docs.stripe.com/billing/revenue-recovery/smart-retries).
    "stripe": {
        **dict.fromkeys(
            (
                "debit_not_authorized",
                "revocation_of_all_authorizations",
                "revocation_of_authorization",
                "stop_payment_order",
                # As the network names them, of bank accounts and of cards.
                *("R05", "R07", "R08", "R10", "R11", "R29", "R31"),
                *("R0", "R1", "R3"),
            ),
            UNAUTHORIZED,
        ),
        **dict.fromkeys(
            (
                "account_closed",
                "bank_account_closed",
                "bank_account_frozen",
                "bank_account_invalid_details",
                "expired_card",
                "fraudulent",
                "highest_risk_level",
                "incorrect_number",
                "invalid_account",
                "invalid_expiry_month",
                "invalid_expiry_year",
                "invalid_number",
                "lost_card",
                "no_account",
                "pickup_card",
                "recipient_deceased",
                "restricted_card",
                "stolen_card",
                "transaction_not_allowed",
            ),
            HARD,
        ),
        "authentication_required": AUTHENTICATION,
    },
    # Source: Adyen's manual, "Refusal reasons"
    # (docs.adyen.com/development-resources/refusal-reasons).
    "adyen": {
        "26": UNAUTHORIZED,  # Revocation of authorization
        # Blocked, expired, no valid number, fraud, PIN or signature required.
        **dict.fromkeys(("5", "6", "8", "20", "41", "43"), HARD),
        # 3D not authenticated, authentication required, no result of it, error in it.
        **dict.fromkeys(("11", "38", "39", "42"), AUTHENTICATION),
    },
}
#: The states in which a payment waits for what only the client can do in a browser.
# Source: Stripe's manual, "How PaymentIntents and SetupIntents work"; Adyen's, "Payment
# result codes".
WAITING = {
    "stripe": ("requires_action", "requires_confirmation"),
    "adyen": ("ChallengeShopper", "IdentifyShopper", "RedirectShopper"),
}


class PaymentProvider(models.Model):
    """What a decline of an automatic payment means: whether to try again, or who acts.

    The class is noted as `decline` in the `ChargeAnswer`.
    """

    _inherit = "payment.provider"

    def _parse_response_error(self, response):
        """Override of `payment` to note the class of a decline."""
        answer = self.env.context.get("paynow_answer")
        if answer is not None and self.code == "stripe":
            error = response.json().get("error", {})
            if decline := classify("stripe", read_stripe_codes(error)):
                answer["decline"] = decline
        return super()._parse_response_error(response)

    def _paynow_get_decline(self, payment_data):
        """Return the class of the decline that a provider reports of a payment.

        To tell it for another provider, override this method.

        :param dict payment_data: What the provider reports.
        :return: One of `CLASSES`; None if it is for now, or no decline at all.
        :rtype: str|None
        """
        self.ensure_one()
        if self._paynow_is_waiting(payment_data):
            return AUTHENTICATION
        match self.code:
            case "demo":  # Its word for "never" is the other one for "failed".
                return HARD if payment_data.get("simulated_state") == "cancel" else None
            case "adyen":
                return classify("adyen", {str(payment_data.get("refusalReasonCode"))})
            case "stripe":
                intent = payment_data.get("payment_intent") or {}
                error = intent.get("last_payment_error") or {}
                return classify("stripe", read_stripe_codes(error))
        return None

    def _paynow_is_waiting(self, payment_data):
        """Tell whether a payment waits for what the client does in a browser.

        There is none in an automatic payment, so it would wait for ever.

        :param dict payment_data: What the provider reports.
        :rtype: bool
        """
        self.ensure_one()
        match self.code:
            case "adyen":
                return payment_data.get("resultCode") in WAITING["adyen"]
            case "stripe":
                intent = payment_data.get("payment_intent") or {}
                return intent.get("status") in WAITING["stripe"]
        return False


def read_stripe_codes(error):
    """Return all by which Stripe names one decline.

    :param dict error: Stripe's error object.
    :rtype: set
    """
    names = ("code", "decline_code", "network_decline_code")
    return {error.get(name) for name in names}


def classify(provider_code, codes):
    """Return the class of a decline, the one that counts first of several.

    :param str provider_code: See `DECLINES`.
    :param set codes: What the provider names it.
    :return: One of `CLASSES`; None if it is `SOFT`.
    :rtype: str|None
    """
    found = {DECLINES[provider_code].get(code) for code in codes}
    return next((name for name in CLASSES if name in found), None)
