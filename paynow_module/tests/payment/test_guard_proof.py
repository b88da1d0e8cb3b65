# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import fields
from odoo.tests import freeze_time, tagged

from ..common_guard import PaynowGuardCommon


@tagged("post_install", "-at_install")
class TestGuardProof(PaynowGuardCommon):
    """Forged, expired and foreign proofs posted to the transaction route."""

    def test_forged_proofs_are_refused(self):
        """Test that nothing but the proof of the page opens the way to a payment."""
        form = self._prepare_form()
        proof = form["access_token"]
        for access_token in (
            None, "", "x", proof[:-4], proof + "AAAA", proof[:-12] + "A" * 12,
            proof.swapcase(), [proof], {"proof": proof}, True, 1, "A" * 5000, "ÿ",
            self.invoice._portal_ensure_token(),
            self._pay("draft", amount=1.0)._paynow_get_landing_route().split("/")[-1],
        ):  # fmt: skip
            with self.subTest(access_token=str(access_token)[:20]):
                self._assert_refused({**form, "access_token": access_token})

    def test_expired_proof_is_refused(self):
        """Test that a page left open for more than half an hour can't pay."""
        form = self._prepare_form()
        with freeze_time(fields.Datetime.now() + timedelta(minutes=31)):
            message = self._assert_refused(form)
        self.assertIn("open for too long", message)

    def test_proof_of_another_invoice_is_refused(self):
        """Test that each proof pays its own invoice only."""
        other_invoice = self._create_bill("Inv400", 100.0)
        form = self._prepare_form()
        self._assert_refused(form, invoice=other_invoice)
        other_form = self._prepare_form(self._open_checkout(invoice="Inv400"))
        self._assert_refused(other_form, invoice=self.invoice)

    def test_invoices_that_do_not_exist_are_refused(self):
        """Test that no answer tells which invoices exist."""
        form = self._prepare_form()
        other_invoice = self._create_bill("Inv401", 100.0)
        messages = {
            self._assert_refused(form, route=f"/PAYNOW/transaction/{invoice_id}")
            for invoice_id in (0, other_invoice.id, 2**31 - 1)
        }
        self.assertEqual(len(messages), 1)

    def test_invoice_numbers_beyond_the_database_are_no_error(self):
        """Test that an impossible invoice gives no traceback."""
        form = self._prepare_form()
        for invoice_id in (2**31, 2**70):
            with self.subTest(invoice_id=invoice_id):
                route = f"/PAYNOW/transaction/{invoice_id}"
                response = self._post_transaction(form, route=route)
                self.assertIn(response.status_code, (200, 404))
                self.assertNotIn("Traceback", response.text)
        self.assertFalse(self.invoice.transaction_ids)
