# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import tagged

from ...exceptions import PaynowRefusal
from ..common import PaynowCommon


@tagged("post_install", "-at_install")
class TestGuardRules(PaynowCommon):
    """What the guard lets through and what it makes of it, asked for directly."""

    def _guard(self, invoice=None, proof=None, **changes):
        """Ask the guard for a payment as the page does.

        :param account.move invoice: Whose page it is.
        :param str proof: What the page carries, if not the proof of the invoice.
        :param dict changes: What the form sends instead.
        :return: The values for the transaction.
        :rtype: dict
        """
        form = {
            "provider_id": self.provider.id,
            "payment_method_id": self.payment_method_id,
            "amount": 100.0,
            "flow": "direct",
            **changes,
        }
        return self.env["payment.transaction"]._paynow_guard(
            (invoice or self.invoice).id,
            proof or self.invoice._paynow_sign(100.0, self.email),
            form,
            self.website,
        )

    def _assert_refused(self, *args, **kwargs):
        """Assert that the guard refuses."""
        with self.assertRaises(PaynowRefusal):
            self._guard(*args, **kwargs)

    def test_transaction_is_what_was_proven_and_nothing_is_stored(self):
        """Test every value that the guard forces."""
        values = self._guard()
        custom = values.pop("custom_create_values")
        self.assertEqual(
            values,
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.payment_method_id,
                "token_id": None,
                "amount": 100.0,
                "currency_id": self.currency.id,
                "partner_id": self.client.id,
                "flow": "direct",
                "tokenization_requested": False,
                "landing_route": "/PAYNOW/receipt",
                "is_validation": False,
            },
        )
        self.assertEqual(custom["invoice_ids"], [Command.set(self.invoice.ids)])
        self.assertEqual(custom["paynow_email"], self.email)
        self.assertEqual(custom["paynow_source"], "page")
        self.assertIs(custom["is_paynow"], True)
        self.assertIs(custom["tokenize"], False)

    def test_payment_that_comes_while_waiting_is_deducted(self):
        """Test that nothing is read before the invoice is locked."""
        with patch.object(
            self.env.registry["account.move"],
            "_paynow_lock",
            lambda moves: self._pay("pending"),
        ):
            self._assert_refused()

    def test_proof_of_another_invoice_is_refused(self):
        """Test that a page pays the invoice that it was opened for."""
        self._assert_refused(invoice=self._create_bill("Inv124", 100.0))

    def test_proof_of_nothing_is_refused(self):
        self._assert_refused(proof="forged")

    def test_what_is_left_is_checked_again(self):
        """Test that what was paid since the page was opened counts."""
        self._pay("pending", amount=0.01)
        self._assert_refused()

    def test_each_value_is_checked_by_itself(self):
        """Test that a form with one wrong value is refused, whatever the others are."""
        for changes in (
            {"provider_id": True},
            {"payment_method_id": str(self.payment_method_id)},
            {"token_id": 0},
            {"amount": 99.99},
            {"amount": True},
            {"flow": "token"},
            {"tokenization_requested": True},
            {"is_validation": True},
            {"landing_route": "/elsewhere"},
            {"unknown": None},
        ):
            with self.subTest(changes=changes):
                self._assert_refused(**changes)

    def test_method_of_another_provider_is_refused(self):
        """Test that provider and method must belong together."""
        other = self.provider.copy({"name": "Other", "state": "enabled"})
        method = self.payment_method.copy(
            {"code": "other", "provider_ids": [Command.set(other.ids)]}
        )
        self._assert_refused(payment_method_id=method.id)
