# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import tagged

from ...exceptions import PaynowRefusal
from ..common import PaynowCommon


@tagged("post_install", "-at_install")
class TestPortalRules(PaynowCommon):
    """What our rules take and refuse in the portal, asked for directly."""

    def _check(self, amount, moves=None, **changes):
        """Ask whether a client may pay this amount in the portal.

        :param float amount: The amount, in the currency of the invoices.
        :param account.move moves: What is paid; the invoice, if not given.
        :raise PaynowRefusal: If not.
        """
        form = {"amount": amount, "provider_id": self.provider.id, **changes}
        (moves or self.invoice)._paynow_guard_portal(form, self.client)

    def _assert_payable(self, amount, moves=None):
        """Assert that an amount is taken, and not a cent more."""
        self._check(amount, moves)
        with self.assertRaises(PaynowRefusal):
            self._check(self.currency.round(amount + 0.01), moves)

    def _create_receipt(self, number, amount, **values):
        """Create a sales receipt, which Odoo's portal lets a client pay."""
        return self._create_bill(number, amount, move_type="out_receipt", **values)

    def test_one_cent_can_be_paid(self):
        """Test that no part is too small."""
        self._check(0.01)

    def test_receipt_can_be_paid_and_no_more(self):
        """Test that a sales receipt is paid to the cent."""
        self._assert_payable(50.0, self._create_receipt("Rec1", 50.0))

    def test_payment_under_way_is_deducted_from_a_receipt(self):
        """Test that what is on its way for a sales receipt isn't paid again."""
        receipt = self._create_receipt("Rec1", 50.0)
        self._pay("pending", amount=20.0, invoice_ids=[Command.set(receipt.ids)])
        self._assert_payable(30.0, receipt)

    def test_draft_receipt_is_refused(self):
        """Test that a sales receipt that is not posted yet isn't paid."""
        with self.assertRaises(PaynowRefusal):
            self._check(50.0, self._create_receipt("Rec1", 50.0, post=False))

    def test_receipt_and_invoice_are_paid_together(self):
        """Test that the sum of both is taken, and no more."""
        self._assert_payable(150.0, self.invoice | self._create_receipt("Rec1", 50.0))

    def test_invoices_of_two_companies_are_refused(self):
        """Test that one payment goes to one company."""
        other = self.setup_other_company()["company"]
        foreign = self.init_invoice(
            "out_invoice", partner=self.client, amounts=[50.0], company=other, post=True
        )
        with self.assertRaises(PaynowRefusal):
            self._check(50.0, self.invoice | foreign)

    def test_payment_that_comes_while_waiting_is_deducted(self):
        """Test that nothing is read before the invoice is locked."""
        with (
            patch.object(
                self.env.registry["account.move"],
                "_paynow_lock",
                lambda moves: self._pay("pending"),
            ),
            self.assertRaises(PaynowRefusal),
        ):
            self._check(100.0)

    def test_provider_of_another_company_is_refused(self):
        """Test that it is offered to the company that is paid."""
        other = self.provider.copy({"name": "Other"})
        other.company_id = self.setup_other_company()["company"]
        other.state = "enabled"
        with self.assertRaises(PaynowRefusal):
            self._check(100.0, provider_id=other.id)
