# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import tagged

from ..common import PaynowCommon


@tagged("-at_install", "post_install")
class TestCardProvider(PaynowCommon):
    """What each provider tells of a card that is saved, in its own words."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider = cls._prepare_provider("demo")
        cls.payment_method = cls.env.ref("payment.payment_method_card")
        cls.payment_method_id = cls.payment_method.id

    def _read(self, code, payment_data):
        """Return what is understood of a provider's data, whether installed or not.

        :param str code: The provider's code.
        :param dict payment_data: What it sends.
        """
        count = self.env["payment.transaction"].search_count([])
        tx = self._create_transaction("direct", reference=f"read {count}")
        with patch.object(type(tx), "provider_code", code):
            return tx._paynow_get_card(payment_data)

    def _save(self, details, **data):
        """Save a card with the demo provider and return it."""
        count = self.env["payment.transaction"].search_count([])
        tx = self._create_transaction(
            "direct", reference=f"save {count}", tokenize=True
        )
        tx._process(
            "demo",
            {
                "reference": tx.reference,
                "simulated_state": "done",
                "payment_details": details,
                **data,
            },
        )
        return tx.token_id

    # === STRIPE === #

    def test_stripe_tells_brand_and_expiry(self):
        """Test the object PaymentMethod as Stripe's manual shows it."""
        data = {
            "payment_method": {
                "id": "pm_1",
                "type": "card",
                "card": {"brand": "mastercard", "exp_month": 8, "exp_year": 2031},
            }
        }
        self.assertEqual(
            self._read("stripe", data),
            {"brand": "MasterCard", "expiry_month": 8, "expiry_year": 2031},
        )

    def test_stripe_bank_account_has_no_expiry(self):
        """Test a bank account, a bare id, and nothing at all."""
        account = {"type": "us_bank_account", "us_bank_account": {"last4": "6789"}}
        for method in (account, "pm_1", None):
            self.assertEqual(self._read("stripe", {"payment_method": method}), {})

    # === ADYEN === #

    def test_adyen_tells_brand_and_expiry(self):
        """Test the additional data of an authorisation."""
        details = {"expiryDate": "3/2030", "paymentMethod": "visa"}
        self.assertEqual(
            self._read("adyen", {"additionalData": details}),
            {"brand": "VISA", "expiry_month": 3, "expiry_year": 2030},
        )

    def test_adyen_without_the_expiry_date_tells_the_brand(self):
        """Test an account whose additional data lack it, and one with nonsense."""
        for details in ({}, {"expiryDate": "soon"}, {"expiryDate": "13/2030"}):
            card = self._read(
                "adyen", {"additionalData": {**details, "paymentMethod": "visa"}}
            )
            self.assertEqual(card, {"brand": "VISA"})
        self.assertEqual(self._read("adyen", {}), {})

    # === DEMO === #

    def test_demo_card_expires_as_typed(self):
        """Test the way to try expiry out: it stands behind the number."""
        self.assertEqual(self._save("4242 6/2031").paynow_expiration, "6/2031")
        self.assertEqual(self._save("4242 06/31").paynow_expiration, "6/2031")

    @freeze_time("2026-11-25")
    def test_demo_card_lives_three_years(self):
        """Test a card of which nothing was typed, and one of nonsense."""
        self.assertEqual(self._save("4242").paynow_expiration, "11/2029")
        self.assertFalse(self._save("4242 13/2031").paynow_expiration)

    # === ALL === #

    def test_strange_data_fail_no_payment(self):
        """Test that a card is saved and paid with, whatever else is strange."""
        for details in (None, 7, "4242 0/0", "\x00"[1:]):
            with self.subTest(details=details):
                self.assertTrue(self._save(details))

    def test_unknown_provider_tells_nothing(self):
        """Test a provider of another module."""
        self.assertEqual(self._read("none", {"payment_method": {"card": {}}}), {})

    def test_renewed_card_is_noticed_with_the_next_payment(self):
        """Test the new expiry that Stripe tells when a saved card is charged."""
        token = self._save("4242 6/2027")
        tx = self._create_transaction("token", reference="renewed", token_id=token.id)
        card = {"brand": "visa", "exp_month": 6, "exp_year": 2031}
        data = {
            "reference": tx.reference,
            "simulated_state": "done",
            "payment_method": {"type": "card", "card": card},
        }
        tx._process("demo", data)
        self.assertEqual(token.paynow_expiration, "6/2027", "Demo tells nothing new")
        with patch.object(type(tx), "provider_code", "stripe"):
            tx._paynow_keep_card(tx._paynow_get_renewed_card(data))
        self.assertEqual(token.paynow_expiration, "6/2031")
