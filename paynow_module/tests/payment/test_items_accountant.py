# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.fields import Command
from odoo.tests import tagged

from ..common_items import PaynowItemsCommon


@tagged("-at_install", "post_install")
class TestItemsAccountant(PaynowItemsCommon):
    """What an accountant looks at of a payment of several invoices."""

    def _create_foreign(self):
        """Return a currency of which 1 is worth less when it is paid."""
        day = self.company._paynow_get_today()
        return self.setup_other_currency("EUR", rates=[("2020-01-01", 0.5), (day, 0.8)])

    def _create_foreign_bills(self, currency, amounts):
        return [
            self._create_bill(
                f"Inv14{index}",
                amount,
                currency_id=currency.id,
                invoice_date="2024-03-01",
            )
            for index, amount in enumerate(amounts)
        ]

    def _assert_balanced(self, payment):
        """Assert that an entry is balanced, with one outstanding line."""
        lines = payment.move_id.line_ids
        self.assertEqual(self.currency.round(sum(lines.mapped("balance"))), 0.0)
        liquidity, _counterpart, _write_off = payment._seek_for_lines()
        self.assertEqual(liquidity.mapped("amount_currency"), [payment.amount])

    def test_each_invoice_has_its_own_exchange_difference(self):
        currency = self._create_foreign()
        whole, part = self._create_foreign_bills(currency, (100.0, 60.0))
        tx = self._pay_invoices({whole: 100.0, part: 30.0})
        payment = self._confirm(tx)
        self._assert_balanced(payment)
        liquidity, counterpart, _write_off = payment._seek_for_lines()
        self.assertEqual(liquidity.balance, 162.5)
        self.assertEqual(sorted(counterpart.mapped("balance")), [-125.0, -37.5])
        self.assertEqual([whole.amount_residual, part.amount_residual], [0.0, 30.0])
        losses = {
            invoice: sum(
                self._get_line(invoice)
                .matched_credit_ids.exchange_move_id.line_ids.filtered(
                    lambda line: line.account_type == "asset_receivable"
                )
                .mapped("balance")
            )
            for invoice in (whole, part)
        }
        self.assertEqual(losses, {whole: -75.0, part: -22.5})
        self.assertEqual(self._get_line(whole).amount_residual, 0.0)
        self.assertEqual(self._get_line(part).amount_residual, 60.0)

    def test_a_return_takes_back_the_exchange_differences(self):
        currency = self._create_foreign()
        bills = self._create_foreign_bills(currency, (100.0, 60.0))
        tx = self._pay_invoices(dict(zip(bills, (100.0, 30.0), strict=True)))
        self._confirm(tx)
        tx._paynow_mark_returned("R01", self.company._paynow_get_today())
        lines = [self._get_line(invoice) for invoice in bills]
        self.assertEqual([line.amount_residual for line in lines], [200.0, 120.0])

    def test_each_mode_of_discount_is_booked_with_its_taxes(self):
        """Test them all in one payment, beside an invoice without."""
        tax = self.env["account.tax"].create({"name": "15%", "amount": 15.0})
        amounts, taxes = {self.late: 20.0}, {}
        for mode in ("included", "excluded", "mixed"):
            bill = self._create_discounted(
                f"Disc-{mode}", mode=mode, tax_ids=[Command.set(tax.ids)]
            )
            amounts[bill] = bill._paynow_get_discounted()
            taxes[mode] = amounts[bill]
        self.assertEqual(taxes, {"included": 112.7, "excluded": 113.0, "mixed": 112.7})
        payment = self._confirm(self._pay_invoices(amounts))
        self._assert_balanced(payment)
        residuals = [bill.amount_residual for bill in amounts]
        self.assertEqual(residuals, [30.0, 0.0, 0.0, 0.0])
        _liquidity, counterpart, write_off = payment._seek_for_lines()
        self.assertTrue(all(counterpart.mapped("reconciled")))
        tax_lines = write_off.filtered("tax_line_id")
        # Of *included* 0.30 of tax is given back; *mixed* had less from the beginning.
        self.assertEqual(tax_lines.mapped("balance"), [0.3])

    def test_a_discount_in_another_currency_leaves_nothing(self):
        currency = self._create_foreign()
        bill = self._create_discounted("Inv150", currency_id=currency.id)
        other, *_others = self._create_foreign_bills(currency, (60.0,))
        payment = self._confirm(self._pay_invoices({bill: 98.0, other: 60.0}))
        self._assert_balanced(payment)
        lines = self._get_line(bill) + self._get_line(other)
        self.assertEqual(lines.mapped("amount_residual"), [0.0, 0.0])
        self.assertEqual(lines.mapped("amount_residual_currency"), [0.0, 0.0])

    def _create_cash_basis(self):
        """Have the tax of this company be due when it is paid; return such a tax."""
        self.company.tax_exigibility = True
        return self.env["account.tax"].create(
            {
                "name": "Cash basis",
                "amount": 15.0,
                "tax_exigibility": "on_payment",
                "cash_basis_transition_account_id": self.env["account.account"]
                .create(
                    {
                        "name": "Tax in waiting",
                        "code": "TAXWAIT",
                        "account_type": "liability_current",
                        "reconcile": True,
                    }
                )
                .id,
            }
        )

    def _get_cash_basis(self, invoice):
        """Return what tax became due by the payments of an invoice."""
        moves = self.env["account.move"].search(
            [("tax_cash_basis_origin_move_id", "=", invoice.id)]
        )
        lines = moves.line_ids.filtered("tax_line_id")
        return self.currency.round(-sum(lines.mapped("balance")))

    def test_tax_on_payment_is_due_for_each_invoice_by_what_was_paid_of_it(self):
        tax = self._create_cash_basis()
        whole, part = [
            self._create_bill(number, 100.0, tax_ids=[Command.set(tax.ids)])
            for number in ("Inv160", "Inv161")
        ]
        tx = self._pay_invoices({whole: 115.0, part: 46.0, self.late: 50.0})
        self._confirm(tx)
        self.assertEqual(self._get_cash_basis(whole), 15.0)
        self.assertEqual(self._get_cash_basis(part), 6.0)
        tx._paynow_mark_returned("R01", self.company._paynow_get_today())
        self.assertEqual(self._get_cash_basis(whole), 0.0)
        self.assertEqual(self._get_cash_basis(part), 0.0)
