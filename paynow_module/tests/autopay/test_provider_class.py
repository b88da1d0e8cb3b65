# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import json
from contextlib import contextmanager
from typing import NamedTuple
from unittest.mock import patch

import requests

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.payment.models.payment_transaction import PaymentTransaction

from ..common import MODELS
from ..common_answer import stripe_decline
from ..common_autopay import PaynowAutopayCommon

CONFIRM = "the bank wants the client to confirm the payment"
DECLINED = "the payment was declined"


class Case(NamedTuple):
    """An answer of a provider, and what must come of it."""

    code: str
    #: The status and the body.
    answer: tuple
    #: The days on which the provider is asked in the first twelve.
    days: list
    reason: str
    #: What the mandate is then.
    mandate: str = "active"


CASES = {
    "Stripe, soft": Case(
        "stripe", (402, stripe_decline("insufficient_funds")), [0, 3, 7], DECLINED
    ),
    "Stripe, unknown code": Case(
        "stripe", (402, stripe_decline("of_tomorrow")), [0, 3, 7], DECLINED
    ),
    "Stripe, hard": Case("stripe", (402, stripe_decline("lost_card")), [0], DECLINED),
    "Stripe, authentication": Case(
        "stripe", (402, stripe_decline("authentication_required")), [0], CONFIRM
    ),
    "Stripe, waits for the client": Case(
        "stripe", (200, {"id": "pi_1", "status": "requires_action"}), [0], CONFIRM
    ),
    "Stripe, revoked at the bank": Case(
        "stripe",
        (402, stripe_decline("revocation_of_authorization")),
        [0],
        DECLINED,
        "stopped",
    ),
    "Stripe, R10": Case(
        "stripe", (402, stripe_decline("R10")), [0], DECLINED, "stopped"
    ),
    "Adyen, soft": Case(
        "adyen",
        (200, {"resultCode": "Refused", "refusalReasonCode": "12"}),
        [0, 3, 7],
        DECLINED,
    ),
    "Adyen, no code": Case(
        "adyen", (200, {"resultCode": "Refused"}), [0, 3, 7], DECLINED
    ),
    "Adyen, hard": Case(
        "adyen",
        (200, {"resultCode": "Refused", "refusalReasonCode": "5"}),
        [0],
        DECLINED,
    ),
    "Adyen, authentication": Case(
        "adyen",
        (200, {"resultCode": "Refused", "refusalReasonCode": "38"}),
        [0],
        CONFIRM,
    ),
    "Adyen, redirect": Case(
        "adyen",
        (200, {"resultCode": "RedirectShopper", "pspReference": "1"}),
        [0],
        CONFIRM,
    ),
    "Adyen, challenge": Case(
        "adyen",
        (200, {"resultCode": "ChallengeShopper", "pspReference": "1"}),
        [0],
        CONFIRM,
    ),
    "Adyen, revoked at the bank": Case(
        "adyen",
        (200, {"resultCode": "Refused", "refusalReasonCode": "26"}),
        [0],
        DECLINED,
        "stopped",
    ),
}


@tagged("-at_install", "post_install")
class TestProviderClass(PaynowAutopayCommon):
    """What becomes of each class of declines, and who is told, as the docs say."""

    def setUp(self):
        super().setUp()
        self.asked = []

    @contextmanager
    def _answer(self, case):
        """Have the provider's module get this answer and read it as Odoo's do."""
        status, body = case.answer

        def request(_method, url, **_kwargs):
            self.asked.append(url)
            response = requests.Response()
            is_cancel = url.endswith("/cancel")
            response.status_code = 200 if is_cancel else status
            content = {**body, "status": "canceled"} if is_cancel else body
            response._content = json.dumps(content).encode()
            return response

        def ask(tx):
            try:
                answer = tx.provider_id._send_api_request("POST", "payments")
            except ValidationError as error:
                tx._set_error(str(error))
                return
            is_stripe = case.code == "stripe"
            tx._apply_updates({"payment_intent": answer} if is_stripe else answer)

        def send(tx):
            with patch.multiple(
                self.env.registry["payment.provider"],
                code=case.code,
                _build_request_url=lambda provider, endpoint, **kw: endpoint,
                _build_request_headers=lambda *args, **kw: {},
                _build_request_auth=lambda *args, **kw: None,
                _parse_response_content=lambda provider, response, **kw: (
                    response.json()
                ),
            ):
                ask(tx)

        def _apply_updates(tx, data):
            """Do what Odoo's modules do of what isn't ours."""
            if data.get("payment_intent", {}).get("status") == "canceled":
                tx._set_canceled()
            elif data.get("resultCode") == "Refused":
                tx._set_error("Your payment was refused. Please try again.")

        def _process(tx, _code, data):
            tx._apply_updates(data)
            return tx

        Transaction = self.env.registry["payment.transaction"]
        with (
            patch.object(requests, "request", request),
            patch.object(PaymentTransaction, "_apply_updates", _apply_updates),
            patch.object(PaymentTransaction, "_process", _process),
            patch.object(Transaction, "_send_payment_request", send),
            mute_logger(
                f"{MODELS}.autopay.payment_transaction",
                "odoo.addons.payment.models.payment_provider",
            ),
        ):
            yield

    def _run_12_days(self, case):
        """Run every day; return the days on which the provider was asked to charge."""
        days = []
        for day in range(12):
            count = self.asked.count("payments")
            with self._answer(case), self._on(day):
                self._run_cron("paynow_module.ir_cron_autopay")
            self.env.invalidate_all()
            if self.asked.count("payments") > count:
                days.append(day)
        return days

    def test_each_class_is_tried_as_often_and_told_to_whom_it_should_be(self):
        for name, case in CASES.items():
            with self.subTest(case=name):
                self.asked.clear()
                self.env["mail.mail"].sudo().search([]).unlink()
                invoice = self._bill(name)
                choice = self._choose()
                self.assertEqual(self._run_12_days(case), case.days)
                self.assertEqual(invoice._paynow_get_autopay_reason(), case.reason)
                self.assertTrue(choice.active, "It stays for the next invoices.")
                self.assertEqual(choice.mandate_id.state, case.mandate)
                self.assertEqual(invoice._paynow_get_payable(), 100.0)
                # The client has a link, once, and reads why.
                mail = self._get_failure_mails()
                self.assertEqual(len(mail), 1)
                self.assertIn(case.reason, mail.body_html)
                self.assertIn("/PAYNOW?link=", mail.body_html)
                # And one of staff has an activity.
                self.assertEqual(
                    self._get_activities(invoice).mapped("summary"),
                    ["Pay Now: automatic payment failed"],
                )
                stops = self.client.activity_ids.filtered(
                    lambda a, m=choice.mandate_id: m.reference in a.summary
                )
                self.assertEqual(len(stops), case.mandate == "stopped")
                self.assertFalse(
                    invoice.transaction_ids.filtered(
                        lambda tx: tx.state in ("draft", "pending")
                    )
                )

    def test_a_payment_that_waits_is_closed_at_the_provider(self):
        """Test that nobody may complete what the client is asked to pay otherwise."""
        self._bill("One")
        self._choose()
        self._run_12_days(CASES["Stripe, waits for the client"])
        self.assertEqual(self.asked, ["payments", "payment_intents/pi_1/cancel"])

    def test_the_next_invoice_is_charged_after_a_confirmation_was_asked(self):
        self._bill("One")
        self._choose()
        self._run_12_days(CASES["Stripe, authentication"])
        second = self._bill("Two", due=20)
        self._run("done", days=20)
        self.assertEqual(len(self._get_txs(second)), 1)
        self.assertIn(second.payment_state, ("paid", "in_payment"))

    def test_nothing_is_charged_after_the_bank_said_no_to_all(self):
        self._bill("One")
        self._choose()
        self._run_12_days(CASES["Stripe, R10"])
        second = self._bill("Two", due=20)
        self._run("done", days=20)
        self.assertFalse(self._get_txs(second))
