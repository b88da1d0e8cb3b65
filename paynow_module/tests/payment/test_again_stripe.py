# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import MODELS, PaynowCommon
from ..common_answer import AnsweringServer


@tagged("-at_install", "post_install")
class TestAgainStripe(PaynowCommon):
    """What is sent to Stripe of a try that was begun again.

    Over a real connection; what Odoo's own module makes of the answers, and Stripe of
    the requests, is tried in `tests/test_stripe.py`.
    """

    def setUp(self):
        super().setUp()
        self.server = AnsweringServer()
        self.addCleanup(self.server.close)
        self.asked, self.news = [], []
        self.tx = self._pay("draft", provider_reference="pi_1")
        self._be("stripe")
        self.startPatcher(
            patch.multiple(
                self.env.registry["payment.provider"],
                _build_request_url=self._build_request_url,
                _build_request_auth=lambda *args, **kwargs: None,
                _parse_response_content=lambda provider, response, **kw: (
                    response.json()
                ),
            )
        )
        self.startPatcher(
            patch.object(
                self.env.registry["payment.transaction"],
                "_process",
                lambda tx, code, data: self.news.append((tx, code, data)),
            )
        )

    def _build_request_url(self, endpoint, **kwargs):
        self.asked.append((endpoint, kwargs.get("idempotency_key")))
        return self.server.url

    def _be(self, code):
        """Have the provider be another one, whether installed or not."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE payment_provider SET code = %s WHERE id = %s",
            (code, self.provider.id),
        )
        self.env.invalidate_all()

    def test_the_intent_is_cancelled_and_its_news_are_taken(self):
        intent = {"id": "pi_1", "status": "canceled", "payment_method": "pm_1"}
        self.server.answer(200, intent)
        self.tx._paynow_close(lambda: None)
        self.assertEqual(self.asked, [("payment_intents/pi_1/cancel", None)])
        data = {
            "reference": self.tx.reference,
            "payment_intent": intent,
            "payment_method": "pm_1",
        }
        self.assertEqual(self.news, [(self.tx, "stripe", data)])

    def test_an_intent_that_can_not_be_cancelled_is_asked_for(self):
        """Test that both are tried, and that neither stops the payer's new try."""
        self.server.answer(400, {"error": {"message": "It has succeeded."}})
        with self.assertLogs(f"{MODELS}.payment.payment_provider_again", "WARNING"):
            self.tx._paynow_close(lambda: None)
        endpoints = [endpoint for endpoint, _key in self.asked]
        self.assertEqual(
            endpoints, ["payment_intents/pi_1/cancel", "payment_intents/pi_1"]
        )
        self.assertFalse(self.news)

    def test_nothing_is_asked_of_a_try_that_stripe_never_saw(self):
        self.tx.provider_reference = False
        self.tx._paynow_close(lambda: None)
        self.assertFalse(self.asked)

    def test_nothing_is_asked_of_another_provider(self):
        self._be("none")
        self.tx._paynow_close(lambda: None)
        self.assertFalse(self.asked)

    def test_the_intent_is_known_from_what_the_browser_gets(self):
        values = {"client_secret": "pi_1_secret_abc"}
        provider = self.tx.provider_id
        self.assertEqual(provider._paynow_get_started_reference(values), "pi_1")
        self.assertFalse(provider._paynow_get_started_reference({}))
        self._be("none")
        self.assertFalse(provider._paynow_get_started_reference(values))

    def test_a_try_makes_one_customer(self):
        """Test that the request for one carries a key of the try, and no other does."""
        self.server.answer(200, {"id": "cus_1"})
        for _time in range(2):
            self.tx._send_api_request("POST", "customers")
        self.tx._send_api_request("POST", "payment_intents")
        self.tx.is_paynow = False
        self.tx._send_api_request("POST", "customers")
        keys = [key for _endpoint, key in self.asked]
        self.assertTrue(keys[0])
        self.assertEqual(keys, [keys[0], keys[0], None, None])
        self.tx.is_paynow = True
        self._be("none")
        self.tx._send_api_request("POST", "customers")
        self.assertIsNone(self.asked[-1][1])

    @mute_logger("odoo.addons.payment.models.payment_provider")
    def test_how_long_a_try_may_be_begun_again(self):
        """Test the hours for which each provider makes one charge of a repetition."""
        hours = {"adyen": 20, "paypal": 5, "stripe": 20, "mollie": 0, "custom": 720}
        for code, expected in hours.items():
            self._be(code)
            time = self.tx.provider_id._paynow_get_resume_time()
            self.assertEqual(time.total_seconds(), expected * 3600, code)
