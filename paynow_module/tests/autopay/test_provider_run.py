# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.payment.models.payment_transaction import PaymentTransaction

from ..common import MODELS
from ..common_answer import AnsweringServer, stripe_decline
from ..common_autopay import PaynowAutopayCommon

CHARGE_LOGGER = f"{MODELS}.autopay.payment_transaction"


@tagged("-at_install", "post_install")
class TestProviderRun(PaynowAutopayCommon):
    """What a provider's answer does to the run of automatic payments."""

    def setUp(self):
        super().setUp()
        self.server = AnsweringServer()
        self.addCleanup(self.server.close)
        self.sent = []
        self.invoice = self._bill("One")
        self._choose(self.invoice)

    def _as(self, **values):
        """Have the provider be another one, whether installed or not."""
        Provider = self.env.registry["payment.provider"]
        return patch.multiple(Provider, **values)

    def _run_server(self, code="stripe", days=0):
        """Run the cron with a provider that asks the server, as Odoo's module does.

        :param str code: `stripe` or `adyen`.
        """

        def send_stripe(tx):
            try:
                tx.provider_id._send_api_request("POST", "payment_intents")
            except ValidationError as error:
                tx._set_error(str(error))
                return
            tx._set_done()

        def send_adyen(tx):
            answer = tx.provider_id._send_api_request("POST", "/payments")
            tx._apply_updates(answer)
            if answer["resultCode"] == "Refused":
                tx._set_error("Your payment was refused. Please try again.")
            else:
                tx._set_done()

        def send(tx):
            self.charges.append((tx.reference, tx.amount))
            self.sent.append(tx)  # And with it its environment, as Odoo may.
            with self._as(
                code=code,
                _build_request_url=lambda *args, **kwargs: self.server.url,
                _build_request_auth=lambda *args, **kwargs: None,
                _parse_response_content=lambda provider, response, **kw: (
                    response.json()
                ),
            ):
                {"stripe": send_stripe, "adyen": send_adyen}[code](tx)

        with (
            patch.object(
                self.env.registry["payment.transaction"], "_send_payment_request", send
            ),
            self._on(days),
            mute_logger(CHARGE_LOGGER, "odoo.addons.payment.models.payment_provider"),
        ):
            self._run_cron("paynow_module.ir_cron_autopay")
        self.env.invalidate_all()

    def _run_12_days(self, code):
        """Run every day; return the days on which the server was asked."""
        asked_on = []
        for days in range(12):
            count = len(self.server.requests)
            self._run_server(code, days)
            if len(self.server.requests) > count:
                asked_on.append(days)
        return asked_on

    def _age(self, hours):
        """Have the drafts be so many hours old."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE payment_transaction SET create_date = %s WHERE state = 'draft'",
            [fields.Datetime.now() - timedelta(hours=hours)],
        )
        self.env.invalidate_all()

    def _assert_off(self):
        self.assertEqual(self.invoice.paynow_autopay_reason, "declined")
        self.assertEqual(len(self._get_failure_mails()), 1)
        activity = self._get_activities()
        self.assertEqual(activity.summary, "Pay Now: automatic payment failed")

    # === DECLINES === #

    def test_a_decline_for_good_by_stripe_is_not_tried_again(self):
        self.server.answer(402, stripe_decline("lost_card"))
        self.assertEqual(self._run_12_days("stripe"), [0])
        self._assert_off()

    def test_a_decline_for_now_by_stripe_is_tried_on_days_0_3_and_7(self):
        self.server.answer(402, stripe_decline("insufficient_funds"))
        self.assertEqual(self._run_12_days("stripe"), [0, 3, 7])
        self._assert_off()

    def test_a_refusal_for_good_by_adyen_is_not_tried_again(self):
        self.server.answer(200, {"resultCode": "Refused", "refusalReasonCode": "5"})
        self.assertEqual(self._run_12_days("adyen"), [0])
        self._assert_off()

    def test_a_refusal_for_now_by_adyen_is_tried_on_days_0_3_and_7(self):
        self.server.answer(200, {"resultCode": "Refused", "refusalReasonCode": "12"})
        self.assertEqual(self._run_12_days("adyen"), [0, 3, 7])
        self._assert_off()

    def test_a_decline_for_good_that_comes_later_ends_it(self):
        """Test what a webhook tells of a charge that was pending, of whatever kind."""
        self._run("pending")
        tx = self._get_txs()

        def _apply_updates(tx, _data):
            tx._set_error("Refused")

        with (
            patch.object(
                self.env.registry["payment.provider"],
                "_paynow_get_decline",
                lambda provider, data: "hard",
            ),
            patch.object(PaymentTransaction, "_apply_updates", _apply_updates),
        ):
            tx._apply_updates({})
        self._assert_off()

    def test_a_connection_that_is_refused_is_tried_on_another_day(self):
        self.server.close()
        self._run_server()
        self.assertEqual(self._get_txs().state, "error")
        self.assertEqual(
            self.invoice.paynow_autopay_date, self.today + timedelta(days=3)
        )

    # === UNCLEAR === #

    def _assert_left_over(self):
        """Assert that nobody pays it again, neither the run nor the client."""
        self.assertEqual(self._get_txs().state, "draft")
        self.assertEqual(self.invoice._paynow_get_payable(), 0.0)
        self.assertFalse(self._get_failure_mails())

    def _assert_asked_once(self):
        """Assert that days later the provider was asked once, and a person now is."""
        with self._as(_paynow_get_repeat_time=lambda provider: timedelta()):
            for days in (0, 1, 3, 7):
                self._run_server(days=days)
                self._assert_left_over()
                self._age(1)
        self.assertEqual(len(self.server.requests), 1)
        self._assert_told_once("Pay Now: outcome of an automatic payment not known")

    def test_a_line_that_is_cut_is_no_decline(self):
        self.server.cut("reset")
        self._assert_asked_once()

    def test_half_of_an_answer_is_no_decline(self):
        self.server.cut("half")
        self._assert_asked_once()

    def test_an_error_of_the_provider_is_no_decline(self):
        self.server.answer(503, b"<html>Service unavailable</html>")
        self._assert_asked_once()

    def test_a_conflict_is_no_decline(self):
        self.server.answer(409, {"error": {"message": "Still being processed"}})
        self._assert_asked_once()

    def test_a_success_that_can_not_be_read_is_no_decline(self):
        self.server.answer(200, b"<html>OK</html>")
        self._assert_asked_once()

    def test_an_answer_is_noted_for_its_own_charge_only(self):
        """Test two charges of one run, of which one succeeds and one is unclear."""
        second = self._bill("Two")
        self._choose(second)
        self.server.answer(200, {"id": "pi_1"})
        self.server.then = "close"
        self._run_server()
        self.assertEqual(self._get_txs(self.invoice).state, "done")
        self.assertEqual(self._get_txs(second).state, "draft")

    # === ASKED AGAIN === #

    def _repeat(self, status, body):
        """Have the answer to a charge get lost, and that to its repetition not."""
        with self._as(_paynow_get_repeat_time=lambda provider: timedelta(hours=20)):
            self.server.cut("close")
            self._run_server()
            self._age(1)
            self.server.answer(status, body)
            self._run_server()

    def test_a_repeat_that_succeeds_is_booked(self):
        self._repeat(200, {"id": "pi_1"})
        self.assertEqual(len({reference for reference, _amount in self.charges}), 1)
        self.assertIn(self.invoice.payment_state, ("paid", "in_payment"))

    def test_a_repeat_that_is_turned_away_leaves_the_first_open(self):
        """Test a key that was changed meanwhile."""
        self._repeat(401, {"error": {"message": "Invalid API Key provided"}})
        self._assert_left_over()
        self._run_server(days=3)
        self.assertEqual(len({reference for reference, _amount in self.charges}), 1)

    def test_a_repeat_that_never_gets_there_leaves_the_first_open(self):
        with self._as(_paynow_get_repeat_time=lambda provider: timedelta(hours=20)):
            self.server.cut("close")
            self._run_server()
            self._age(1)
            self.server.close()
            self._run_server()
        self._assert_left_over()

    def test_a_repeat_that_is_declined_was_declined_the_first_time(self):
        self._repeat(402, stripe_decline("insufficient_funds"))
        self.assertEqual(self._get_txs().state, "error")
        self.assertEqual(self.invoice._paynow_get_payable(), 100.0)
