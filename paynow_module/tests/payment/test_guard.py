# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import json

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common_guard import PaynowGuardCommon


@tagged("post_install", "-at_install")
class TestGuard(PaynowGuardCommon):
    """Forged values posted straight to the transaction route."""

    # === FORGED VALUES === #

    def test_honest_form_is_accepted(self):
        """Test that what the page sends makes a transaction: refusals rest on it."""
        response = self._post_transaction(self._prepare_form())
        tx = self.invoice.transaction_ids
        self.assertEqual(len(tx), 1)
        self.assertEqual(response.json()["result"]["reference"], tx.reference)

    def test_forged_amounts_are_refused(self):
        """Test that only the amount of the page can be paid."""
        form = self._prepare_form(self._open_checkout("60"))
        for amount in (
            100.01, 100.0, 60.01, 59.99, 60.000001, -60.0, -0.01, 0, 0.0, True, False,
            None, "", "60", "60.0", "1e5", "abc", "NaN", 1e17, 10**30, [60.0], [],
            {"amount": 60.0}, {},
        ):  # fmt: skip
            with self.subTest(amount=amount):
                self._assert_refused({**form, "amount": amount})

    def test_amounts_that_only_equal_the_amount_are_refused(self):
        """Test that what Python takes for one is not taken for a dollar."""
        form = self._prepare_form(self._open_checkout("1"))
        for amount in (True, "1", "1.0", [1]):
            with self.subTest(amount=amount):
                self._assert_refused({**form, "amount": amount})

    def test_numbers_that_are_none_are_refused(self):
        """Test that `NaN` and infinity, which Python's JSON takes, are refused."""
        form = self._prepare_form()
        for number in ("NaN", "Infinity", "-Infinity", "1e400"):
            with self.subTest(number=number):
                body = json.dumps(
                    {"jsonrpc": "2.0", "id": 0, "params": {**form, "amount": "NUMBER"}}
                )
                self._assert_refused(body.replace('"NUMBER"', number))

    def test_missing_values_are_refused(self):
        """Test that nothing is guessed for what the client left out."""
        form = self._prepare_form()
        for name in (
            "provider_id", "payment_method_id", "amount", "flow", "access_token",
        ):  # fmt: skip
            with self.subTest(name=name):
                self._assert_refused({k: v for k, v in form.items() if k != name})

    def test_forged_providers_are_refused(self):
        """Test that only a provider that the page offered can be used."""
        form = self._prepare_form()
        other_company = self.setup_other_company()["company"]
        foreign_provider = self._create_provider()
        foreign_provider.company_id = other_company
        foreign_provider.state = "test"
        for provider_id in (
            foreign_provider.id,
            self._create_provider(state="disabled").id,
            self._create_provider(state="test", is_published=False).id,
            self._create_provider(
                state="test", available_country_ids=self.country_france.ids
            ).id,
            0, -1, 2**31 - 1, 2**70, None, True, "", str(self.provider.id), 1.5,
            [self.provider.id], {}, float(self.provider.id),
        ):  # fmt: skip
            with self.subTest(provider_id=provider_id):
                self._assert_refused({**form, "provider_id": provider_id})

    def test_forged_payment_methods_are_refused(self):
        """Test that only a method that the page offered with the provider works."""
        form = self._prepare_form()
        other_provider = self._create_provider(state="test")
        unused, archived, of_other_provider = (
            self.payment_method.copy(
                {
                    "code": code,
                    "active": active,
                    "provider_ids": [Command.set(providers.ids)],
                }
            )
            for code, active, providers in (
                ("unused", True, self.provider.browse()),
                ("archived", False, self.provider),
                ("of_other_provider", True, other_provider),
            )
        )
        for method_id in (
            unused.id, archived.id, of_other_provider.id, 0, -1, 2**70, None, True,
            str(self.payment_method_id), [self.payment_method_id],
        ):  # fmt: skip
            with self.subTest(payment_method_id=method_id):
                self._assert_refused({**form, "payment_method_id": method_id})

    def test_saved_methods_are_refused(self):
        """Test that nobody can pay with a method that a client has saved."""
        token = self._create_token()
        form = self._prepare_form()
        for changes in (
            {"flow": "token", "token_id": token.id},
            {"flow": "token", "token_id": token.id, "payment_method_id": None},
            {"flow": "direct", "token_id": token.id},
            {"flow": "redirect", "token_id": str(token.id)},
            {"flow": "token"},
            {"token_id": 0},
            {"token_id": False},
        ):
            with self.subTest(changes=changes):
                self._assert_refused({**form, **changes})

    def test_forged_flows_and_switches_are_refused(self):
        """Test that the client can't have the method stored or nothing charged."""
        form = self._prepare_form()
        for changes in (
            {"flow": None},
            {"flow": "offline"},
            {"flow": "validation"},
            {"flow": ["direct"]},
            {"flow": {}},
            {"tokenization_requested": True},
            {"tokenization_requested": "false"},
            {"tokenization_requested": 1},
            {"is_validation": True},
            {"is_validation": "x"},
            {"is_validation": True, "amount": 0},
        ):
            with self.subTest(changes=changes):
                self._assert_refused({**form, **changes})

    def test_foreign_landing_routes_are_refused(self):
        """Test that nobody can be led elsewhere after paying."""
        form = self._prepare_form()
        for landing_route in (
            "https://evil.example/", "//evil.example", "javascript:alert(1)", "/my", "",
            "/PAYNOW/receipt/../../evil", "/PAYNOW/receipt@evil.example", True, 1, [],
            {},
        ):  # fmt: skip
            with self.subTest(landing_route=landing_route):
                self._assert_refused({**form, "landing_route": landing_route})

    def test_further_values_are_refused(self):
        """Test that no value of the transaction can be set from outside."""
        form = self._prepare_form()
        for name, value in (
            ("partner_id", self.stranger.id),
            ("currency_id", self.currency_euro.id),
            ("reference_prefix", "EVIL"),
            ("name_next_installment", "EVIL"),
            ("custom_create_values", {"state": "done"}),
            ("state", "done"),
            ("own_tx", 1),
            ("website", 1),
        ):
            with self.subTest(name=name):
                self._assert_refused({**form, name: value})

    def test_invoice_named_in_the_form_changes_nothing(self):
        """Test that the invoice of the address is paid, whatever the form names."""
        other_invoice = self._create_bill("Inv402", 100.0)
        self._post_transaction(self._prepare_form(invoice_id=other_invoice.id))
        self.assertTrue(self.invoice.transaction_ids)
        self.assertFalse(other_invoice.transaction_ids)

    def test_requests_without_a_form_are_refused(self):
        """Test that a body of any shape gets the same answer."""
        for body in (
            '{"jsonrpc": "2.0", "id": 0}',
            '{"jsonrpc": "2.0", "id": 0, "params": {}}',
            '{"jsonrpc": "2.0", "id": 0, "params": []}',
            '{"jsonrpc": "2.0", "id": 0, "params": [1]}',
            '{"jsonrpc": "2.0", "id": 0, "params": null}',
            '{"jsonrpc": "2.0", "id": 0, "params": "x"}',
            '{"jsonrpc": "2.0", "id": 0, "params": {"self": 1}}',
        ):
            with self.subTest(body=body):
                self._assert_refused(body, is_failure=True)  # Odoo's, before our code.

    def test_what_is_no_json_shows_no_traceback(self):
        """Test that a broken body is answered without a word of our code."""
        for body in ("", "{", "[]", "null", "1", '"x"', "\xff", '{"params": '):
            with self.subTest(body=body), mute_logger("odoo.http"):
                response = self.url_open(
                    f"/PAYNOW/transaction/{self.invoice.id}",
                    data=body.encode("latin-1"),
                    headers={"Content-Type": "application/json"},
                    method="POST",
                )
                self.assertNotIn("Traceback", response.text)
                self.assertNotIn('"debug"', response.text)
        self.assertFalse(self.invoice.transaction_ids)

    def test_call_whose_id_can_not_be_answered_is_refused(self):
        """Test that half a character for an id breaks off no answer, and pays nothing.

        It can be written in JSON, but not in the bytes of an answer.
        """
        form = self._prepare_form()
        for request_id in ("\ud800", ["\ud800"], {"\ud800": None}):
            with self.subTest(request_id=repr(request_id)):
                call = {"jsonrpc": "2.0", "id": request_id, "params": form}
                self._assert_refused(json.dumps(call), is_failure=True)

    def test_other_content_types_are_refused(self):
        """Test that a form on a foreign site can't start a payment."""
        body = json.dumps({"params": self._prepare_form()})
        for content_type in ("text/plain", "application/x-www-form-urlencoded"):
            with self.subTest(content_type=content_type), mute_logger("odoo.http"):
                response = self.url_open(
                    f"/PAYNOW/transaction/{self.invoice.id}",
                    data=body,
                    headers={"Content-Type": content_type},
                )
                self.assertEqual(response.status_code, 415)
        self.assertFalse(self.invoice.transaction_ids)

    # === FORCED VALUES === #

    def test_transaction_carries_what_the_server_decided(self):
        """Test that partner, money, landing route and storing are not the client's."""
        self.authenticate(
            "portal_user", "portal_user"
        )  # Someone who pays for a client.
        tx = self._pay_online("60")
        self.assertRecordValues(
            tx,
            [
                {
                    "partner_id": self.client.id,
                    "amount": 60.0,
                    "currency_id": self.currency.id,
                    "company_id": self.company.id,
                    "provider_id": self.provider.id,
                    "payment_method_id": self.payment_method_id,
                    "operation": "online_direct",
                    "tokenize": False,
                    "token_id": False,
                    "invoice_ids": self.invoice.ids,
                    "is_paynow": True,
                    "paynow_email": self.email,
                    "state": "draft",
                }
            ],
        )
        self.assertTrue(tx.reference.startswith("Inv123"))
        self.assertTrue(tx.landing_route.startswith("/PAYNOW/receipt/"))

    def test_failure_of_the_server_is_answered_like_a_refusal(self):
        """Test that an error in a provider shows no traceback and leaves no row."""
        form = self._prepare_form(flow="redirect")
        self.provider.redirect_form_view_id.arch = '<form t-att-action="1 / 0"/>'
        with mute_logger("odoo.addons.base.models.ir_qweb"):
            message = self._assert_refused(form, is_failure=True)
        self.assertIn("nothing was paid", message)
