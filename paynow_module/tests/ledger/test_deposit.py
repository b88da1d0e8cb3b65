# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import date

from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import tagged

from ..common import PaynowCommon

ISSUED = date(2026, 5, 1)


@tagged("-at_install", "post_install")
class TestDeposit(PaynowCommon):
    """Payment terms with a fixed amount, which may be more than the whole bill."""

    def setUp(self):
        super().setUp()
        self.invoice.button_draft()

    def _create_deposit_bill(self, amount, **values):
        """Create a bill of which $100.00 are due at once, and the rest in 30 days."""
        terms = self.env["account.payment.term"].create(
            {
                "name": "Deposit",
                "line_ids": [
                    Command.create(
                        {"value": kind, "value_amount": 100.0, "nb_days": days}
                    )
                    for kind, days in (("fixed", 0), ("percent", 30))
                ],
            }
        )
        return self._create_bill(
            "Deposit1", amount, invoice_date=ISSUED, invoice_payment_term_id=terms.id,
            **values,
        )  # fmt: skip

    @freeze_time("2026-05-02")
    def test_a_deposit_is_never_more_than_the_bill(self):
        """Test that what Odoo's last instalment takes back is not asked for."""
        bill = self._create_deposit_bill(60.0)
        self.assertEqual(
            sorted(bill._paynow_get_term_lines().mapped("amount_residual_currency")),
            [-40.0, 100.0],
        )
        (item,) = bill._paynow_get_open_items()
        self.assertEqual((item.rest, item.date_due), (60.0, ISSUED))
        self.assertEqual(bill._paynow_get_due_now(), (60.0, ISSUED))
        self.assertEqual(bill._paynow_get_payable(), 60.0)
        self.assertEqual(bill._paynow_get_mail_values()["amount_due"], "$60.00")
        (statement,) = self.client._paynow_get_statements(self.company).values()
        (table,) = statement["tables"]
        self.assertEqual(
            (table["total"], table["overdue"], table["credits"]), (60.0, 60.0, 0.0)
        )
        self.assertFalse(bill.paynow_credit)

    @freeze_time("2026-05-02")
    def test_a_deposit_paid_in_full_is_a_credit(self):
        """Test what Odoo's own dialog offers: all of the first instalment."""
        bill = self._create_deposit_bill(60.0)
        self._register_payment(bill, amount=100.0)
        self.assertEqual(bill._paynow_get_payable(), 0.0)
        values = bill._paynow_get_mail_values()
        self.assertEqual((values["is_paid"], values["amount_due"]), (True, "$0.00"))
        (item,) = self.client._paynow_get_open_items(self.company)
        self.assertEqual(item.rest, -40.0)

    @freeze_time("2026-05-02")
    def test_a_deposit_of_a_credit_note_is_not_owed(self):
        note = self._create_deposit_bill(60.0, move_type="out_refund")
        (item,) = self.client._paynow_get_open_items(self.company)
        self.assertEqual((item.line.move_id, item.rest), (note, -60.0))

    def test_a_deposit_of_a_larger_bill_stays_as_agreed(self):
        bill = self._create_deposit_bill(160.0)
        self.assertEqual(
            [item.rest for item in bill._paynow_get_open_items()], [100.0, 60.0]
        )
