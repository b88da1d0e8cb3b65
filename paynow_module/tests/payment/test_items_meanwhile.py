# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.tests import tagged

from ..common_items import PaynowItemsCommon


@tagged("-at_install", "post_install")
class TestItemsMeanwhile(PaynowItemsCommon):
    """What becomes of a payment of several items when books move while it comes."""

    def _create_instalments(self):
        """Create an invoice of three instalments, of 30 each."""
        terms = self._create_terms((33.33, 0), (33.33, 30), (33.34, 60))
        invoice = self._create_bill("Inv127", 90.0, invoice_payment_term_id=terms.id)
        return invoice._paynow_get_term_lines().sorted("date_maturity")

    def test_another_instalment_takes_what_its_item_no_longer_does(self):
        """Test that it does in the books as it was said to while it was on its way."""
        lines = self._create_instalments()
        tx = self._pay_lines({lines[0]: 30.0, self._get_line(self.late): 10.0})
        self._register_payment(lines.move_id, amount=30.0)
        items = lines.move_id._paynow_get_open_items()
        self.assertEqual([item.still_to_pay for item in items], [0.0, 30.0])
        self._confirm(tx)
        residuals = lines.mapped("amount_residual")
        self.assertEqual(residuals, [0.0, 0.0, 30.0])
        self.assertEqual(self.late.amount_residual, 40.0)
        self.assertEqual(tx._paynow_get_credit(), 0.0)

    def test_an_invoice_that_is_a_draft_is_posted_and_paid(self):
        tx = self._pay_invoices({self.invoice: 60.0, self.late: 50.0})
        self.late.button_draft()
        self._confirm(tx)
        self.assertEqual(self.late.state, "posted")
        self.assertEqual(self.late.amount_residual, 0.0)
        self.assertEqual(self.invoice.amount_residual, 40.0)

    def test_what_is_captured_of_an_item_as_a_whole_earns_its_discount(self):
        invoice = self._create_discounted("Inv128")
        tx = self._pay_invoices({invoice: 98.0, self.late: 50.0}, "authorized")
        part = tx._create_child_transaction(100.0)
        self._confirm(part)
        self.assertEqual(invoice.amount_residual, 0.0)
        self.assertEqual(self.late.amount_residual, 48.0)

    def test_what_is_captured_of_an_item_in_parts_earns_no_discount(self):
        invoice = self._create_discounted("Inv128")
        tx = self._pay_invoices({invoice: 98.0, self.late: 50.0}, "authorized")
        for amount in (90.0, 58.0):
            self._confirm(tx._create_child_transaction(amount))
        self.assertEqual(invoice.amount_residual, 2.0)
        self.assertEqual(self.late.amount_residual, 0.0)

    def test_the_draft_entry_of_a_payment_keeps_its_discount(self):
        invoice = self._create_discounted("Inv128")
        tx = self._pay_invoices({invoice: 98.0, self.late: 50.0})
        payment = self._confirm(tx)
        payment.action_draft()
        payment.date = self._days(-1)
        payment.action_post()
        self.assertEqual(invoice.amount_residual, 0.0)
        self.assertEqual(self.late.amount_residual, 0.0)

    def test_a_part_after_a_returned_one_pays_its_own_items(self):
        tx = self._pay_invoices({self.invoice: 60.0, self.late: 50.0}, "authorized")
        part = tx._create_child_transaction(60.0)
        self._confirm(part)
        part._paynow_mark_returned("R01", self.company._paynow_get_today())
        self._confirm(tx._create_child_transaction(50.0))
        self.assertEqual(self.invoice.amount_residual, 100.0)
        self.assertEqual(self.late.amount_residual, 0.0)

    def test_rows_of_less_than_a_cent_are_booked(self):
        """Test it with a currency of which one unit is less than a cent."""
        yen = self.setup_other_currency("JPY", rates=[("2020-01-01", 151.37)])
        bills = [
            self._create_bill(f"Inv13{index}", 9.0, currency_id=yen.id)
            for index in range(5)
        ]
        tx = self._pay_invoices(dict.fromkeys(bills, 1.0))
        payment = self._confirm(tx)
        self.assertEqual([bill.amount_residual for bill in bills], [8.0] * 5)
        balances = payment.move_id.line_ids.mapped("balance")
        self.assertEqual(self.currency.round(sum(balances)), 0.0)

    def test_invoices_on_several_receivable_accounts_are_paid(self):
        account = self.company_data["default_account_receivable"].copy()
        self.client.property_account_receivable_id = account
        other = self._create_bill("Inv129", 20.0)
        tx = self._pay_invoices({self.invoice: 60.0, other: 20.0})
        self._register_payment(other)
        self._confirm(tx)
        self.assertEqual(self.invoice.amount_residual, 40.0)
        self.assertEqual(tx._paynow_get_credit(), 20.0)
