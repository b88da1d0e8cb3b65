# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import json
from unittest.mock import patch

import requests

from odoo.tests import tagged

from ...models.autopay.payment_provider import ChargeAnswer
from ...models.autopay.payment_provider_decline import DECLINES
from ..common import PaynowCommon
from ..common_answer import CLASSES, SOFT, stripe_decline

WAITING = {
    "stripe": ["requires_action", "requires_confirmation"],
    "adyen": ["ChallengeShopper", "IdentifyShopper", "RedirectShopper"],
}


@tagged("-at_install", "post_install")
class TestProviderDecline(PaynowCommon):
    """What each decline of a provider means, by the codes of its manual."""

    def _as(self, code):
        """Have the provider be another one, whether installed or not."""
        return patch.object(self.env.registry["payment.provider"], "code", code)

    def _get_cases(self, code):
        """Yield each code of a provider with its class."""
        for name, codes in CLASSES[code].items():
            yield from ((each, name) for each in codes)
        yield from ((each, None) for each in SOFT[code])

    def _read_error(self, body, code="stripe"):
        """Return what is noted of the body of an error."""
        answer = ChargeAnswer()
        response = requests.Response()
        response._content = json.dumps(body).encode()
        with self._as(code):
            self.provider.with_context(paynow_answer=answer)._parse_response_error(
                response
            )
        return answer.get("decline")

    def _read_data(self, data, code):
        """Return the class of what a provider reports."""
        with self._as(code):
            return self.provider._paynow_get_decline(data)

    def test_the_classes_are_those_of_the_manuals(self):
        for code, classes in CLASSES.items():
            for name, codes in classes.items():
                found = sorted(c for c, cls in DECLINES[code].items() if cls == name)
                self.assertEqual(found, sorted(codes), (code, name))
            self.assertEqual(len(DECLINES[code]), sum(map(len, classes.values())))

    # === STRIPE === #

    def test_stripe_declines_a_charge(self):
        for code, name in self._get_cases("stripe"):
            with self.subTest(code=code):
                self.assertEqual(self._read_error(stripe_decline(code)), name)

    def test_stripe_names_an_expired_card_by_its_code_alone(self):
        error = {"error": {"type": "card_error", "code": "expired_card"}}
        self.assertEqual(self._read_error(error), "hard")

    def test_what_the_bank_forbids_counts_before_what_the_card_lacks(self):
        error = {"code": "expired_card", "decline_code": "stop_payment_order"}
        self.assertEqual(self._read_error({"error": error}), "unauthorized")

    def test_an_error_of_another_provider_is_read_by_none_of_stripes_words(self):
        self.assertIsNone(self._read_error(stripe_decline("lost_card"), "mollie"))

    def test_stripe_tells_later_of_a_decline(self):
        """Test the intent of a webhook, such as of a bank debit that failed."""
        for code, name in self._get_cases("stripe"):
            error = stripe_decline(code)["error"]
            intent = {"status": "requires_payment_method", "last_payment_error": error}
            with self.subTest(code=code):
                self.assertEqual(
                    self._read_data({"payment_intent": intent}, "stripe"), name
                )

    def test_stripe_tells_of_no_decline(self):
        for intent in (None, {}, {"last_payment_error": None}, {"status": "succeeded"}):
            with self.subTest(intent=intent):
                self.assertIsNone(self._read_data({"payment_intent": intent}, "stripe"))

    def test_stripe_waits_for_the_client(self):
        for status in WAITING["stripe"]:
            data = {"payment_intent": {"status": status}}
            self.assertEqual(self._read_data(data, "stripe"), "authentication")
        for status in ("processing", "requires_capture", "requires_payment_method"):
            data = {"payment_intent": {"status": status}}
            self.assertIsNone(self._read_data(data, "stripe"))

    # === ADYEN === #

    def test_adyen_refuses_a_charge(self):
        """Test the answer of /payments, and a notification, which has no code."""
        for code, name in self._get_cases("adyen"):
            data = {"resultCode": "Refused", "refusalReason": "No"}
            if code:
                data["refusalReasonCode"] = code
            with self.subTest(code=code):
                self.assertEqual(self._read_data(data, "adyen"), name)

    def test_adyen_waits_for_the_client(self):
        for result in WAITING["adyen"]:
            data = {"resultCode": result}
            self.assertEqual(self._read_data(data, "adyen"), "authentication")
        for result in ("Authorised", "Received", "Pending", "Error"):
            self.assertIsNone(self._read_data({"resultCode": result}, "adyen"))

    # === OTHERS === #

    def test_the_demo_provider_has_a_word_for_never(self):
        for state, name in (("cancel", "hard"), ("error", None), ("done", None)):
            self.assertEqual(self._read_data({"simulated_state": state}, "demo"), name)

    def test_every_decline_of_an_unknown_provider_is_for_now(self):
        data = {
            "simulated_state": "cancel",
            "refusalReasonCode": "5",
            "resultCode": "RedirectShopper",
            "payment_intent": {"last_payment_error": {"code": "expired_card"}},
        }
        self.assertIsNone(self._read_data(data, "mollie"))
