# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import fields
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from ..common_books import PaynowBooksCommon


@tagged("post_install", "-at_install")
class TestReportDays(PaynowBooksCommon):
    """How long clients take to pay, before and after Pay Now."""

    def setUp(self):
        super().setUp()
        self.company.paynow_enabled_date = "2026-05-01"

    def _register(self, invoice, amount, day):
        """Register a payment of an invoice as staff does."""
        return (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"amount": amount, "payment_date": day})
            ._create_payments()
        )

    def _get_rows(self, *invoices):
        """Return the rows of these invoices, or of all, for the accountant."""
        self.env.flush_all()
        domain = [("company_id", "=", self.company.id)]
        if invoices:
            domain.append(("invoice_id", "in", [invoice.id for invoice in invoices]))
        self.env["paynow.days"].invalidate_model()
        return self.env["paynow.days"].with_user(self.accountant).search(domain)

    def _refund(self, tx, amount):
        refund = tx._create_child_transaction(amount, is_refund=True)
        refund._set_done()
        refund._post_process()
        return refund

    def _bill_with_deposit(self, number, **values):
        """Return an invoice of $100.00 with a deposit of $500.00."""
        terms = self.env["account.payment.term"].create(
            {
                "name": "Deposit",
                "line_ids": [
                    Command.create(
                        {"value": value, "value_amount": amount, "nb_days": days}
                    )
                    for value, amount, days in (
                        ("fixed", 500.0, 5),
                        ("percent", 100.0, 90),
                    )
                ],
            }
        )
        return self._create_bill(
            number, 100.0, invoice_payment_term_id=terms.id, **values
        )

    def test_days_to_pay_are_counted_before_and_after(self):
        """Test that the last payment counts, and the day on which Pay Now came."""
        self.company.paynow_enabled_date = "2026-05-01"
        before, after, part = (
            self._create_bill(number, 100.0, invoice_date=date)
            for number, date in (
                ("Inv160", "2026-04-01"),
                ("Inv161", "2026-05-01"),
                ("Inv162", "2026-05-02"),
            )
        )
        for invoice, amount, date in (
            (before, 60.0, "2026-04-10"),
            (before, 40.0, "2026-05-11"),
            (after, 100.0, "2026-05-04"),
            (part, 99.0, "2026-05-04"),
        ):
            self.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=invoice.ids
            ).create({"amount": amount, "payment_date": date})._create_payments()
        self.env.flush_all()
        rows = (
            self.env["paynow.days"]
            .with_user(self.accountant)
            .search([("invoice_id", "in", (before | after | part).ids)], order="id")
        )
        self.assertEqual(rows.invoice_id, before | after)
        self.assertEqual(rows.mapped("days"), [40, 3])
        self.assertEqual(rows.mapped("period"), ["1_before", "2_after"])
        self.assertEqual(rows.mapped("is_paynow"), [False, False])

    def test_the_first_day_of_pay_now_is_kept(self):
        """Test that switching it off and on doesn't begin a new count."""
        company = self.env["res.company"].create({"name": "Fern & Co"})
        self.assertFalse(company.paynow_enabled_date)
        with freeze_time("2026-05-01"):
            company.paynow_enabled = True
            self.env.flush_all()
        company.paynow_enabled = False
        self.env.flush_all()
        company.paynow_enabled = True
        self.assertEqual(str(company.paynow_enabled_date), "2026-05-01")

    @freeze_time("2026-05-01 03:00:00")
    def test_the_first_day_is_that_of_the_company(self):
        company = self.env["res.company"].create({"name": "Fern & Co"})
        company.partner_id.tz = "America/New_York"
        company.paynow_enabled = True
        self.assertEqual(company.paynow_enabled_date, fields.Date.to_date("2026-04-30"))

    def test_day_is_that_of_the_payment_not_of_an_invoice_dated_ahead(self):
        ahead = self._create_bill("Inv163", 100.0, invoice_date="2027-01-15")
        self._register(ahead, 100.0, "2026-11-28")
        row = self._get_rows(ahead)
        self.assertEqual(row.paid_date, fields.Date.to_date("2026-11-28"))
        self.assertEqual(row.days, -48)

    def test_day_is_not_that_of_what_the_invoice_itself_takes_off(self):
        ahead = self._bill_with_deposit("Inv165", invoice_date="2027-01-15")
        self._register(ahead, 100.0, "2026-11-28")
        self.assertEqual(ahead.payment_state, "paid")
        row = self._get_rows(ahead)
        self.assertEqual(row.paid_date, fields.Date.to_date("2026-11-28"))

    def test_credit_notes_alone_pay_nothing(self):
        """Test a credit note of more than the invoice, and what that is paid back."""
        bill = self._bill_with_deposit("Inv166", invoice_date="2026-05-02")
        note = self._create_bill(
            "Note2",
            120.0,
            move_type="out_refund",
            invoice_date="2026-05-09",
            invoice_date_due="2026-05-09",  # Before the line that takes the rest off.
        )
        (bill.line_ids | note.line_ids).filtered(
            lambda line: line.account_type == "asset_receivable"
        ).reconcile()
        self._register(bill, 20.0, "2026-05-10")
        self.assertEqual(bill.payment_state, "paid")
        self.assertFalse(self._get_rows(bill))
        self._register(self.invoice, 100.0, "2026-05-10")
        self.assertTrue(self._get_rows(self.invoice))

    def test_payments_that_came_back_leave_the_invoice_unpaid(self):
        tx = self._pay_by_bank()
        self.assertTrue(self._get_rows(self.invoice))
        tx._paynow_mark_returned("R01", tx.payment_id.date)
        self.assertFalse(self._get_rows(self.invoice))

    def test_payments_that_were_refunded_leave_the_invoice_unpaid(self):
        """Test that a part given back counts as the whole does, in any currency."""
        for currency, amount, part in (("USD", 100.0, 0.01), ("JPY", 10_000, 10_000)):
            currency = self.env.ref(f"base.{currency}")
            currency.active = True
            bill = self._create_bill(
                "J" + currency.name, amount, currency_id=currency.id
            )
            tx = self._pay_by_bank(
                invoice_ids=[Command.set(bill.ids)],
                amount=amount,
                currency_id=currency.id,
            )
            with self.subTest(currency=currency.name):
                self.assertTrue(self._get_rows(bill).is_paynow)
                self._refund(tx, part)
                self.assertEqual(bill.payment_state, "paid")
                self.assertFalse(self._get_rows(bill))

    def test_credit_that_was_paid_back_leaves_the_invoice_paid(self):
        """Test that of a payment only what the invoice took counts."""
        self._pay_by_bank(amount=70.0)
        second = self._pay_by_bank()  # The invoice takes 30 of it.
        self._refund(second, 70.0)
        self.assertTrue(self._get_rows(self.invoice))
        self._refund(second, 10.0)
        self.assertFalse(self._get_rows(self.invoice))

    def test_second_payment_does_not_make_an_invoice_one_of_pay_now(self):
        self._register(self.invoice, 100.0, self.company._paynow_get_today())
        self._pay_by_bank()
        self.assertFalse(self._get_rows(self.invoice).is_paynow)

    def test_part_paid_at_pay_now_counts_as_paid_there(self):
        self._pay_by_bank(amount=1.0)
        self._register(self.invoice, 99.0, self.company._paynow_get_today())
        self.assertTrue(self._get_rows(self.invoice).is_paynow)

    def test_what_is_not_in_the_books_is_not_paid(self):
        self._pay("pending")
        self._pay("done")
        self.assertFalse(self._get_rows(self.invoice))

    def test_sale_receipts_count_and_credit_notes_do_not(self):
        receipt, note = (
            self._create_bill(number, 100.0, move_type=kind, invoice_date="2026-05-02")
            for number, kind in (("Rec1", "out_receipt"), ("Note1", "out_refund"))
        )
        self._register(receipt, 100.0, "2026-05-09")
        self._register(note, 100.0, "2026-05-09")
        self.assertEqual(self._get_rows(receipt, note).invoice_id, receipt)
        self.assertEqual(self._get_rows(receipt).days, 7)

    def test_exchange_differences_are_no_payment(self):
        """Test euros that were paid at another rate, booked on another day."""
        euro = self.env.ref("base.EUR")
        euro.active = True
        for day, rate in (("2026-04-01", 0.5), ("2026-05-10", 0.8)):
            self.env["res.currency.rate"].create(
                {
                    "currency_id": euro.id,
                    "company_id": self.company.id,
                    "name": day,
                    "rate": rate,
                }
            )
        bill = self._create_bill(
            "Inv164", 100.0, invoice_date="2026-05-02", currency_id=euro.id
        )
        self.company.fiscalyear_lock_date = False
        payment = self._register(bill, 100.0, "2026-05-12")
        partials = bill.line_ids.matched_credit_ids
        self.assertTrue(partials.exchange_move_id)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move_line SET date = '2026-05-31' WHERE move_id = ANY(%s)",
            [partials.exchange_move_id.ids],
        )
        self.env.invalidate_all()
        self.assertEqual(self._get_rows(bill).paid_date, payment.date)

    def test_rows_are_the_paid_invoices_of_the_books(self):
        """Test by another way, with invoices that are paid in all sorts of parts."""
        today = self.company._paynow_get_today()
        for number in range(12):
            bill = self._create_bill(f"B{number}", 100.0, invoice_date="2026-05-02")
            shares = ((100.0,), (30.0, 70.0), (33.33,), (50.0, 25.0, 25.0))[number % 4]
            for day, share in enumerate(shares):
                if (number + day) % 3:
                    self._register(bill, share, f"2026-05-{10 + 3 * number % 9 + day}")
                else:
                    tx = self._pay_by_bank(
                        amount=share, invoice_ids=[Command.set(bill.ids)]
                    )
                    self.assertEqual(tx.payment_id.date, today)
        bills = self.env["account.move"].search(
            [
                ("company_id", "=", self.company.id),
                ("move_type", "=", "out_invoice"),
                ("payment_state", "in", ("paid", "in_payment")),
            ]
        )
        self.assertEqual(len(bills), 9)
        expected = {
            bill: max(bill.line_ids.matched_credit_ids.credit_move_id.mapped("date"))
            for bill in bills
        }
        rows = self._get_rows().sudo()
        self.assertEqual({row.invoice_id: row.paid_date for row in rows}, expected)
        for row in rows:
            self.assertEqual(row.days, (row.paid_date - row.invoice_date).days)
            self.assertEqual(
                row.is_paynow,
                any(tx.is_paynow for tx in row.invoice_id.transaction_ids),
            )
