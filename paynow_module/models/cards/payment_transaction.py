# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import logging
import re

import requests
from dateutil.relativedelta import relativedelta

from odoo import fields, models

_logger = logging.getLogger(__name__)

#: Years that a card of the demo provider lives when nobody says otherwise.
DEMO_YEARS = 3


class PaymentTransaction(models.Model):
    """What the provider tells of a card: its brand and when it expires.

    Nothing here may fail a payment: what is missing or strange is left out, and staff
    can enter it.
    """

    _inherit = "payment.transaction"

    def _tokenize(self, payment_data):
        """Override of `payment` to keep what is on the card that is saved."""
        known = self.token_id
        result = super()._tokenize(payment_data)
        if self.token_id and self.token_id != known:
            self._paynow_keep_card(self._paynow_get_card(payment_data))
        return result

    def _process(self, provider_code, payment_data):
        """Override of `payment` to notice that a saved card was renewed.

        Networks renew cards behind the merchant's back; providers then tell the new
        expiry with the next payment.
        """
        tx = super()._process(provider_code, payment_data)
        if tx.token_id and tx.operation in ("online_token", "offline"):
            tx._paynow_keep_card(tx._paynow_get_renewed_card(payment_data))
        return tx

    def _paynow_keep_card(self, card):
        """Write on the saved method what the provider told.

        :param dict card: See `_paynow_get_card`.
        """
        token = self.token_id.sudo()  # Whoever charges it may not change it.
        values = {
            f"paynow_{name}": value
            for name, value in card.items()
            if value and token[f"paynow_{name}"] != value
        }
        if values:
            token.write(values)

    def _paynow_get_card(self, payment_data):
        """Return what the provider tells of the card that has just been saved.

        For a provider that is not known here, override this method; check the
        provider's code first.

        :param dict payment_data: What the provider sent, as for `_tokenize`.
        :return: What is known, as {'brand': str, 'expiry_month': int,
            'expiry_year': int}; each may be left out.
        :rtype: dict
        """
        self.ensure_one()
        match self.provider_code:
            case "adyen":
                return self._paynow_get_adyen_card(payment_data)
            case "authorize":
                return self._paynow_get_authorize_card()
            case "demo":
                return self._paynow_get_demo_card(payment_data)
            case "stripe":
                return self._paynow_get_stripe_card(payment_data)
        return {}

    def _paynow_get_renewed_card(self, payment_data):
        """Return what the provider tells of the saved card with a payment by it.

        :param dict payment_data: What the provider sent, as for `_process`.
        :return: As `_paynow_get_card`, which must not be asked for here: with some
            providers, that takes a request of its own.
        :rtype: dict
        """
        self.ensure_one()
        match self.provider_code:
            case "adyen":
                return self._paynow_get_adyen_card(payment_data)
            case "stripe":
                return self._paynow_get_stripe_card(payment_data)
        return {}

    def _paynow_get_stripe_card(self, payment_data):
        """Return what Stripe tells, in the object PaymentMethod.

        See https://docs.stripe.com/api/payment_methods/object.
        """
        method = payment_data.get("payment_method")
        card = method.get("card") if isinstance(method, dict) else None
        if not card:
            return {}
        return {
            "brand": self._paynow_get_brand_name(card.get("brand")),
            **read_expiry(card.get("exp_month"), card.get("exp_year")),
        }

    def _paynow_get_adyen_card(self, payment_data):
        """Return what Adyen tells, where its additional data have the expiry date.

        See https://docs.adyen.com/development-resources/additional-data, "Card bin"
        and "Expiry date".
        """
        details = payment_data.get("additionalData")
        if not isinstance(details, dict):
            return {}
        expiry = re.findall(r"\d+", str(details.get("expiryDate", "")))  # 6/2031
        if len(expiry) != 2:
            expiry = (None, None)
        return {
            "brand": self._paynow_get_brand_name(details.get("paymentMethod")),
            **read_expiry(*expiry),
        }

    def _paynow_get_authorize_card(self):
        """Return what Authorize.net tells, which takes a request of its own.

        See getCustomerPaymentProfileRequest in
        https://developer.authorize.net/api/reference/; the order of its elements is
        fixed.
        """
        # Imported here as the provider's module is optional.
        from odoo.addons.payment_authorize.models.authorize_request import AuthorizeAPI

        try:
            answer = AuthorizeAPI(self.provider_id)._make_request(
                "getCustomerPaymentProfileRequest",
                {
                    "customerProfileId": self.token_id.authorize_profile,
                    "customerPaymentProfileId": self.token_id.provider_ref,
                    "unmaskExpirationDate": "true",
                },
            )
        except (requests.exceptions.RequestException, ValueError) as error:
            _logger.info(
                "No expiry of saved method %s: %s", self.token_id.id, type(error)
            )
            return {}
        profile = answer.get("paymentProfile") or {}
        card = (profile.get("payment") or {}).get("creditCard") or {}
        expiry = re.findall(r"\d+", str(card.get("expirationDate", "")))  # 2031-06
        year, month = expiry if len(expiry) == 2 else (None, None)
        return {
            "brand": self._paynow_get_brand_name(card.get("cardType")),
            **read_expiry(month, year),
        }

    def _paynow_get_demo_card(self, payment_data):
        """Return what the demo provider makes up; type 4242 6/2031 to say when."""
        if self.payment_method_code == "ach_direct_debit":
            return {}  # A bank account does not expire.
        details = str(payment_data.get("payment_details") or "")
        typed = re.search(r"\b(\d{1,2})/(\d{4}|\d{2})\b", details)
        if typed:
            return read_expiry(*typed.groups())
        date = fields.Date.today() + relativedelta(years=DEMO_YEARS)
        return read_expiry(date.month, date.year)

    def _paynow_get_brand_name(self, code):
        """Return the name of a card brand, as Odoo's list of payment methods has it.

        :param str code: What the provider calls it, such as visa or MasterCard.
        :rtype: str|bool
        """
        if not code or not isinstance(code, str):
            return False
        method = (
            self.env["payment.method"]
            .with_context(active_test=False, lang="en_US")
            .search(["|", ("code", "=", code.lower()), ("name", "=ilike", code)])
        )
        return method[:1].name or code.replace("_", " ").title()


def read_expiry(month, year):
    """Return the expiry of a card as values, if it makes sense.

    :param month: 1 to 12, as a number or text
    :param year: the same, of two or four digits
    :rtype: dict
    """
    try:
        month, year = int(month), int(year)
    except (TypeError, ValueError):
        return {}
    year += 2000 if year < 100 else 0
    if not (1 <= month <= 12 and 2000 <= year <= 2099):
        return {}
    return {"expiry_month": month, "expiry_year": year}
