"""A client who logs in to the portal, without a browser."""

import re

from visitor import Visitor, read


class PortalUser(Visitor):
    """One session of someone who has a login."""

    def log_in(self, login, password):
        """Log in as the page does."""
        self.open("/web/login")
        data = {"login": login, "password": password, "csrf_token": self.csrf_token}
        self.send("POST", "/web/login", data=data)

    def save_card(self):
        """Choose a card on the page of saved methods; have a transaction made.

        :return: its processing values
        :rtype: dict
        """
        page = self.open("/my/payment_method").text
        form = re.search(r'<form[^>]*id="o_payment_form".*?>', page, re.DOTALL)[0]
        option = re.search(r'<input[^>]*data-payment-method-code="card".*?/>', page)[0]
        return self._call(
            read(form, "transaction-route"),
            {
                "provider_id": int(read(option, "provider-id")),
                "payment_method_id": int(read(option, "payment-option-id")),
                "token_id": None,
                "amount": None,
                "currency_id": None,
                "partner_id": int(read(form, "partner-id")),
                "reference_prefix": read(form, "reference-prefix"),
                "flow": "direct",
                "tokenization_requested": True,
                "landing_route": read(form, "landing-route"),
                "is_validation": True,
                "access_token": read(form, "access-token"),
            },
        )
