# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from ..common_books import PaynowBooksCommon

NOON = fields.Datetime.to_datetime("2026-05-29 12:00:00")
SUMMARY = "Pay Now: payment not allocated"


@tagged("post_install", "-at_install")
class TestToTheCent(PaynowBooksCommon):
    """The amount that the page promises is the one that closes the invoice."""

    def _pay_promised(self, invoice, amount=None):
        """Pay what the page says is still to pay, up to the books.

        :return: The payment, as a transaction.
        """
        amount = invoice._paynow_get_payable() if amount is None else amount
        tx = self._pay(
            amount=amount,
            currency_id=invoice.currency_id.id,
            invoice_ids=[Command.set(invoice.ids)],
        )
        tx._post_process()
        return tx

    def _assert_closed(self, invoice):
        """Assert that nothing is owed, to the last digit, in both currencies."""
        self.assertEqual(invoice.amount_residual, 0.0)
        self.assertIn(
            invoice.payment_state, ("paid", invoice._get_invoice_in_payment_state())
        )
        lines = invoice.line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        )
        self.assertTrue(all(lines.mapped("reconciled")))
        self.assertEqual(sum(lines.mapped("amount_residual")), 0.0)
        self.assertFalse(self._get_activities(invoice))

    # === EARLY PAYMENT DISCOUNT === #

    def _create_discount_bill(self, number):
        """Create an invoice of 100.00 with 2% off within 10 days, at noon."""
        terms = self._create_terms(
            (100.0, 30), early_discount=True, discount_percentage=2.0, discount_days=10
        )
        return self._create_bill(
            number,
            100.0,
            invoice_payment_term_id=terms.id,
            invoice_date=NOON.date(),
        )

    @freeze_time(NOON)
    def test_whole_amount_closes_an_invoice_with_discount(self):
        """Test that the page promises no discount, and the whole closes exactly."""
        invoice = self._create_discount_bill("Inv800")
        self.assertEqual(invoice._paynow_get_payable(), 100.0)
        tx = self._pay_promised(invoice)
        self.assertEqual(tx.payment_id.amount, 100.0)
        self._assert_closed(invoice)

    @freeze_time(NOON)
    def test_discounted_amount_closes_the_invoice_in_time(self):
        """Test that Odoo grants the discount to who pays exactly that amount."""
        invoice = self._create_discount_bill("Inv801")
        self.assertFalse(invoice._paynow_get_summary(98.0)["left"])
        self._pay_promised(invoice, 98.0)
        self._assert_closed(invoice)

    def test_discounted_amount_leaves_the_rest_too_late(self):
        """Test that after the date the page and the books leave the same rest."""
        with freeze_time(NOON):
            invoice = self._create_discount_bill("Inv802")
        with freeze_time(NOON + timedelta(days=11)):
            page = invoice.with_context(lang="en_US")._paynow_get_summary(98.0)
            self.assertEqual(page["left"], "$2.00")
            self._pay_promised(invoice, 98.0)
            self.assertEqual(invoice.amount_residual, 2.0)
            self._pay_promised(invoice)
            self._assert_closed(invoice)

    def test_discount_that_ends_while_ach_clears_is_granted(self):
        """Test that who pressed *Pay* in time keeps what the page promised."""
        with freeze_time(NOON):
            invoice = self._create_discount_bill("Inv803")
            tx = self._pay(
                "pending", amount=98.0, invoice_ids=[Command.set(invoice.ids)]
            )
        with freeze_time(NOON + timedelta(days=11)):
            tx._set_done()
            tx._post_process()
            self._assert_closed(invoice)

    @freeze_time(NOON)
    def test_discount_after_a_part_leaves_the_same_rest_everywhere(self):
        """Test that part and rest close an invoice with discount exactly."""
        invoice = self._create_discount_bill("Inv804")
        self._pay_promised(invoice, 50.0)
        self.assertEqual(invoice.amount_residual, 50.0)
        self.assertEqual(invoice._paynow_get_payable(), 50.0)
        self._pay_promised(invoice)
        self._assert_closed(invoice)

    # === INSTALMENTS AND ACCOUNTS === #

    def test_instalments_are_closed_by_the_whole(self):
        """Test that what is still to pay closes all instalments."""
        for number, percents in (
            ("Inv810", [(50.0, 0), (50.0, 30)]),
            ("Inv811", [(33.33, 0), (33.33, 30), (33.34, 60)]),
        ):
            terms = self._create_terms(*percents)
            invoice = self._create_bill(
                number, 100.01, invoice_payment_term_id=terms.id
            )
            self._pay_promised(invoice)
            self._assert_closed(invoice)

    def test_parts_are_taken_by_the_oldest_instalment_first(self):
        """Test that any parts add up to a closed invoice."""
        terms = self._create_terms((50.0, 0), (50.0, 30))
        invoice = self._create_bill("Inv812", 100.0, invoice_payment_term_id=terms.id)
        for amount, residual in ((30.0, 70.0), (60.01, 9.99)):
            self._pay_promised(invoice, amount)
            self.assertEqual(invoice.amount_residual, residual)
            self.assertEqual(invoice._paynow_get_payable(), residual)
        self._pay_promised(invoice)
        self._assert_closed(invoice)

    def test_instalments_on_two_receivable_accounts_are_closed(self):
        """Test that the whole closes an invoice whose instalments differ in account."""
        terms = self._create_terms((50.0, 0), (50.0, 30))
        invoice = self._create_bill(
            "Inv813", 100.0, post=False, invoice_payment_term_id=terms.id
        )
        account = self.company_data["default_account_receivable"].copy(
            {"code": "RCV2", "name": "Other receivable"}
        )
        invoice.line_ids.filtered(lambda line: line.display_type == "payment_term")[
            1
        ].account_id = account
        invoice.action_post()
        payable = invoice._paynow_get_payable()
        self._pay_promised(invoice, payable)
        self.assertEqual(invoice.amount_residual, 100.0 - payable)
        self.assertFalse(self._get_activities(invoice))

    # === CURRENCIES === #

    def test_foreign_currencies_are_closed_to_the_last_digit(self):
        """Test invoices in currencies with 0, 2 and 3 decimals, at changing rates."""
        self.provider.available_currency_ids = [Command.clear()]
        for number, code, decimals, total in (
            ("Inv820", "JPY", 0, 12345.0),
            ("Inv821", "EUR", 2, 1234.57),
            ("Inv822", "KWD", 3, 1234.567),
        ):
            with self.subTest(currency=code):
                currency = self.setup_other_currency(
                    code,
                    rates=[("2026-05-01", 0.7301), ("2026-05-20", 1.3707)],
                )
                self.assertEqual(currency.decimal_places, decimals)
                with freeze_time("2026-05-10 12:00:00"):
                    invoice = self._create_bill(
                        number,
                        total,
                        currency_id=currency.id,
                        invoice_date="2026-05-10",
                    )
                with freeze_time(NOON):
                    self.assertEqual(invoice._paynow_get_payable(), total)
                    tx = self._pay_promised(invoice)
                    self.assertEqual(tx.payment_id.amount, total)
                    self.assertEqual(tx.payment_id.currency_id, currency)
                    self._assert_closed(invoice)

    def test_parts_in_a_foreign_currency_add_up(self):
        """Test that thirds that can't be split evenly leave nothing over."""
        self.provider.available_currency_ids = [Command.clear()]
        for number, code, total, part in (
            ("Inv823", "JPY", 100.0, 33.0),
            ("Inv824", "EUR", 100.0, 33.33),
            ("Inv825", "KWD", 100.0, 33.333),
        ):
            with self.subTest(currency=code):
                currency = self.setup_other_currency(
                    code, rates=[("2026-05-01", 0.7301)]
                )
                invoice = self._create_bill(number, total, currency_id=currency.id)
                for _count in range(3):
                    self._pay_promised(invoice, part)
                self.assertEqual(
                    invoice._paynow_get_payable(), currency.round(total - 3 * part)
                )
                self._pay_promised(invoice)
                self._assert_closed(invoice)

    def test_many_small_parts_add_up(self):
        """Test that ten payments of ten cents pay a dollar, as people count."""
        invoice = self._create_bill("Inv826", 1.0)
        for _count in range(9):
            self._pay_promised(invoice, 0.1)
        self.assertEqual(invoice._paynow_get_payable(), 0.1)
        self._pay_promised(invoice)
        self._assert_closed(invoice)

    # === LOCK DATES === #

    def test_locked_period_loses_no_payment(self):
        """Test that a payment in a locked period is posted on the next open day."""
        for number, lock in (
            ("Inv830", "fiscalyear_lock_date"),
            ("Inv831", "hard_lock_date"),
        ):
            with self.subTest(lock=lock), freeze_time(NOON):
                invoice = self._create_bill(number, 100.0, invoice_date="2026-05-01")
                self.env["account.move"].search([("state", "=", "draft")]).unlink()
                self.company.sudo()[lock] = "2026-05-31"
                tx = self._pay_promised(invoice)
                self.assertTrue(tx.is_post_processed)
                self.assertEqual(str(tx.payment_id.move_id.date), "2026-06-01")
                self._assert_closed(invoice)
