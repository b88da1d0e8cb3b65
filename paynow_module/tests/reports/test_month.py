# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import os
from collections import Counter
from datetime import date
from pathlib import Path

from odoo.fields import Command
from odoo.tests import tagged

from ..common_month import PaynowMonthCommon
from ..common_month_books import OCTOBER, SEPTEMBER


@tagged("post_install", "-at_install")
class TestMonth(PaynowMonthCommon):
    """Payments of every kind in one October; `PAYNOW_MONTH=file` writes the books."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.harbor, cls.stone = cls.client, cls.stranger
        cls.maple, cls.lumiere = cls.env["res.partner"].create(
            [
                {
                    "name": name,
                    "is_company": True,
                    "email": f"office@{mail}.example.com",
                }
                for name, mail in (("Maple Bakery", "maple"), ("Lumière", "lumiere"))
            ]
        )
        cls.clients = cls.harbor | cls.stone | cls.maple | cls.lumiere
        journal = cls.env["account.journal"].create(
            {
                "name": "Euro bank",
                "code": "EURB",
                "type": "bank",
                "currency_id": cls.euro.id,
            }
        )
        cls.euro_provider = cls._create_provider("Euro provider", journal)
        cls.euro_outstanding = cls.outstanding.copy({"name": "Outstanding in euro"})
        cls.provider.available_currency_ids = [Command.clear()]
        lines = journal.inbound_payment_method_line_ids
        lines.payment_account_id = cls.euro_outstanding
        lines = journal.outbound_payment_method_line_ids
        lines.payment_account_id = cls.euro_outstanding
        cls.bank.outbound_payment_method_line_ids.payment_account_id = cls.outstanding
        cls.outstanding_accounts = cls.outstanding | cls.euro_outstanding
        cls.wire = cls._create_provider("Wire transfer", cls.bank)
        cls.env.flush_all()
        # The code exists where `payment_custom` is installed, which we don't need.
        cls.env.cr.execute(
            "UPDATE payment_provider SET code = 'custom' WHERE id = %s", [cls.wire.id]
        )
        cls.env.invalidate_all()
        method = cls.payment_method.copy({"name": "Wire transfer"})
        method.code = "wire_transfer"
        cls.wire.payment_method_ids = method
        cls.tax = cls.env["account.tax"].create({"name": "15 %", "amount": 15.0})
        for lines in (
            cls.tax.invoice_repartition_line_ids,
            cls.tax.refund_repartition_line_ids,
        ):
            lines.filtered(
                lambda line: line.repartition_type == "tax"
            ).account_id = cls.company_data["default_account_tax_sale"]
        cls.discount_terms = cls._create_terms(
            (100.0, 30),
            early_discount=True,
            discount_percentage=2.0,
            discount_days=10,
            early_pay_discount_computation="included",
        )
        cls.instalment_terms = cls._create_terms((30.0, 0), (70.0, 21))

    # === OCTOBER === #

    def test_an_october_of_payments_of_every_kind_adds_up(self):
        self._play_first_days()
        self._play_second_week()
        self._play_rest_of_the_month()
        book = self._get_balances(OCTOBER)
        self._assert_october(book)
        self._play_november()
        self.assertEqual(self._get_balances(OCTOBER), book, "October has changed")
        self._assert_november()
        self._assert_paper()

    def _play_first_days(self):
        harbor, stone, maple = self.harbor, self.stone, self.maple
        with self._on_day("01", "*Invoices are sent*"):
            whole = self._invoice("H1", 1200.0, harbor)
            evening = self._invoice("S1", 80.0, stone)
            self.parts = self._invoice("H2", 900.0, harbor)
            self.back_soon = self._invoice("S2", 450.0, stone)
            self.back_late = self._invoice("S3", 780.0, stone)
            self.last = self._invoice("S4", 640.0, stone)
            cleared = self._invoice("H3", 2000.0, harbor)
            self.instalments = self._invoice(
                "H4",
                1000.0,
                harbor,
                day="2026-10-01",
                invoice_payment_term_id=self.instalment_terms.id,
            )
            terms = {
                "day": "2026-10-01",
                "invoice_payment_term_id": self.discount_terms.id,
                "tax_ids": self.tax.ids,
            }
            self.discounts = [
                self._invoice(f"M{number}", 100.0, maple, **terms)
                for number in (1, 2, 3)
            ]
            self.refunds = [
                self._invoice(number, amount, maple)
                for number, amount in (("M4", 150.0), ("M5", 220.0))
            ]
            self.twice = self._invoice("H5", 95.0, harbor)
            self.by_hand = self._invoice("S5", 310.0, stone)
            self.captured = self._invoice("M6", 500.0, maple)
            self.voided = self._invoice("M7", 260.0, maple)
            self.automatic = self._invoice("H6", 75.0, harbor)
            self.transfer = self._invoice("S6", 330.0, stone)
            euro = {"currency_id": self.euro.id}
            self.euros = [
                self._invoice(number, amount, self.lumiere, **euro)
                for number, amount in (("L1", 900.0), ("L2", 450.0), ("L3", 90.0))
            ]
            self.receipt = self._invoice("R1", 60.0, maple, move_type="out_receipt")
            self._choose(self.automatic)
        with self._on_day("01 10:05", "H1 is paid by card"):
            self._card(whole, 1200.0)
        with self._on_day("01 21:40", "S1 is paid by card late in the evening"):
            self._card(evening, 80.0)
        with self._on_day("02", "A third of H2 is paid by card"):
            self._card(self.parts, 300.0)
        with self._on_day("05", "ACH payment of H3 begins"):
            clearing = self._debit(cleared, 2000.0)
        with self._on_day("05 15:00", "Another part of H2 is paid by card"):
            self._card(self.parts, 250.50)
        with self._on_day("06", "ACH payment of S2 begins"):
            self.returning = self._debit(self.back_soon, 450.0)
        with self._on_day("07", "M4 and M5 are paid by card"):
            self.refunded = [
                self._card(invoice, invoice.amount_total) for invoice in self.refunds
            ]
        with self._on_day("08", "First instalment of H4 is paid by card"):
            self._card(self.instalments, 300.0)
        with self._on_day("09", "ACH payment of H3 clears"):
            self._confirm(clearing)

    def _play_second_week(self):
        with self._on_day("09 14:00", "H5 is paid by card"):
            tries = self._begin(self.twice, 95.0)
            tries |= self._pay(
                "draft",
                amount=95.0,
                partner_id=self.harbor.id,
                invoice_ids=[Command.set(self.twice.ids)],
            )
            self._confirm(tries[0])
        with self._on_day("09 14:02", "H5 is paid again, from an older window"):
            self._confirm(tries[1])
        with self._on_day(
            "10", "M1 is paid with its discount, on the last day but one"
        ):
            self._card(self.discounts[0], 112.70)
        with self._on_day("11 23:30", "ACH payment of M2 with its discount begins"):
            in_time = self._debit(self.discounts[1], 112.70)
        with self._on_day("12", "L1, in euro, is paid by card at a better rate"):
            self._card(self.euros[0], 900.0)
        with self._on_day("12 14:00", "ACH payment of S2 clears"):
            self._confirm(self.returning)
        with self._on_day("12 15:00", "ACH payment of S5 begins"):
            slow = self._debit(self.by_hand, 310.0)
        with self._on_day("13", "M6 and M7 are authorized by card"):
            self.hold = self._begin(self.captured, 500.0, "authorized")
            void = self._begin(self.voided, 260.0, "authorized")
        with self._on_day("14", "M7 is voided"):
            void._void()._set_canceled()
            void._post_process()
        with self._on_day("14 11:00", "M4 is refunded"):
            self.refund_whole = self._confirm(self.refunded[0]._refund())
        with self._on_day("14 15:00", "A check for S5 is registered"):
            self._register(self.by_hand, 310.0)
        with self._on_day("15", "$300 of M6 are captured"):
            self._confirm(self.hold._capture(300.0))
        with self._on_day("15 13:00", "H6 is due, and not charged beside the credit"):
            self._run_autopay()
        with self._on_day("15 16:00", "ACH payment of M2 clears, with the discount"):
            self._confirm(in_time)
        with self._on_day("16", "ACH payment of S5 clears: a credit"):
            self.credit = self._confirm(slow)
        with self._on_day("16 13:00", "$70 of M5 are refunded"):
            self.refund_part = self._confirm(self.refunded[1]._refund(70.0))
        with self._on_day("16 14:00", "The credit of H5 is refunded"):
            self._refund_credit(tries[1])
        with self._on_day("16 15:00", "H6 is paid automatically"):
            self._run_autopay(75.0)

    def _play_rest_of_the_month(self):
        with self._on_day("19", "S2 comes back: R01, insufficient funds"):
            self._return(self.returning)
        with self._on_day("20", "The rest of H2 is paid by card"):
            self._card(self.parts, 349.50)
        with self._on_day("20 15:00", "S2 is paid anew, by card"):
            self._card(self.back_soon, 450.0)
        with self._on_day("21", "$120 of M6 are captured"):
            self._confirm(self.hold._capture(120.0))
        with self._on_day("22", "The last $80 of M6 are voided"):
            self.hold._void(80.0)._set_canceled()
            self.hold._post_process()
        with self._on_day("22 10:00", "S6: a wire transfer is announced"):
            wire = {"payment_method_id": self.wire.payment_method_ids.id}
            self._begin(
                self.transfer, 330.0, "pending", provider_id=self.wire.id, **wire
            )
        with self._on_day("23", "R1, a sale receipt, is paid by card"):
            self._card(self.receipt, 60.0)
        with self._on_day("23 12:30", "A card is declined for S3"):
            self._begin(self.back_late, 780.0, "error")
        with self._on_day("24", "Part of L2 is paid, into the journal in euro"):
            self._card(self.euros[1], 200.0, provider_id=self.euro_provider.id)
        with self._on_day("25", "M3 is paid too late for its discount"):
            self._card(self.discounts[2], 112.70)
        with self._on_day("26", "ACH payment of S3 begins"):
            self.late_return = self._debit(self.back_late, 780.0)
        with self._on_day("26 12:30", "The wire transfer for S6 arrives at the bank"):
            self._match(330.0, "S6", self._get_open_lines(self.transfer))
        with self._on_day("27", "The provider pays out what came until October 12"):
            lines = self.env["account.move.line"].search(
                [
                    ("account_id", "=", self.outstanding.id),
                    ("date", "<=", "2026-10-12"),
                    ("currency_id", "=", self.currency.id),
                    ("reconciled", "=", False),
                    ("move_id.reversal_move_ids", "=", False),
                    ("parent_state", "=", "posted"),
                ]
            )
            self.payout = sum(lines.mapped("balance"))
            self._match(self.payout, "Payout", lines)
        with self._on_day("27 12:30", "The provider's fees"):
            expenses = self.company_data["default_account_expense"]
            fees = expenses.copy({"name": "Provider Fees"})
            self._match(-131.07, "Fees", account=fees)
        with self._on_day("28", "ACH payment of S4 begins"):
            self.open_end = self._debit(self.last, 640.0)
        with self._on_day("29", "ACH payment of S3 clears"):
            self._confirm(self.late_return)
        with self._on_day("30", "Part of the second instalment of H4 is paid by card"):
            self._card(self.instalments, 200.0)
        with self._on_day("30 12:30", "Credit notes for the refunds of M4 and M5"):
            self._credit("C1", self.refunds[0], 150.0, self.refund_whole)
            self._credit("C2", self.refunds[1], 70.0, self.refund_part)
        with self._on_day("31 23:50", "L3, in euro, is paid in the last minutes"):
            self._card(self.euros[2], 90.0)

    # === NOVEMBER === #

    def _play_november(self):
        with self._on_day("11-02", "*October is locked*"):
            self.company.sudo().fiscalyear_lock_date = OCTOBER
        with self._on_day("11-03", "ACH payment of S4 clears"):
            self._confirm(self.open_end)
        with self._on_day("11-04", "S3 comes back; the bank says: on October 30"):
            self._return(self.late_return, date="2026-10-30")
        with self._on_day("11-05", "The credit of S5 is refunded"):
            self._refund_credit(self.credit)

    # === WHAT MUST COME OUT === #

    def _get_named(self, book):
        """Return balances by the names of their accounts."""
        return {account.name: balance for account, balance in book.items()}

    def _get_still_owed(self):
        """Return what account summaries say of each client, by currency."""
        return {
            (client.name, table["currency"].name): table["total"]
            for client in self.clients
            for table in client._paynow_get_statements(self.company)[client]["tables"]
        }

    def _assert_october(self, book):
        """Assert the closing balances, reckoned by hand from the events."""
        self.assertEqual(
            self._get_named(self._get_balances(SEPTEMBER)),
            {"Accounts Receivable": 9650.0, "Product Sales": -9650.0},
        )
        self.assertEqual(
            self._get_named(book),
            {
                "Accounts Receivable": 1450.08,
                "Bank": 5002.13,
                "Outstanding Receipts": 4102.40,
                "Outstanding in euro": 250.0,
                "Tax Received": -44.40,
                "Product Sales": -10730.0,
                "Foreign Exchange Gain": -165.28,
                "Provider Fees": 131.07,
                "Cash Discount Loss": 4.0,
            },
        )
        self.assertEqual(
            self._get_still_owed(),
            {
                (self.harbor.name, "USD"): 500.0,
                (self.stone.name, "USD"): 330.0,
                (self.maple.name, "USD"): 342.30,
                (self.lumiere.name, "EUR"): 250.0,
            },
        )
        for invoice, payable in (
            (self.instalments, 500.0),
            (self.last, 0.0),
            (self.by_hand, 0.0),
            (self.discounts[2], 2.30),
            (self.captured, 80.0),
            (self.voided, 260.0),
            (self.euros[1], 250.0),
        ):
            self.assertEqual(invoice._paynow_get_payable(), payable, invoice.name)
        self.assertEqual(self.payout, 4803.20)
        txs = self.env["payment.transaction"].sudo().search(
            [("company_id", "=", self.company.id), ("paynow_status", "!=", False)]
        )  # fmt: skip
        states = Counter(txs.mapped("paynow_status"))
        self.assertEqual(
            states,
            {
                "received": 25,
                "refund": 3,
                "returned": 1,
                "under_way": 1,
                "announced": 1,
                "declined": 1,
                "cancelled": 2,
            },
        )
        self.assertFalse(self._get_listed() & txs)

    def _assert_november(self):
        """Assert that only the rest of November is in November."""
        self.assertEqual(self.late_return.payment_id.move_id.date, date(2026, 10, 29))
        reversal = self.late_return.payment_id.move_id.reversal_move_ids
        self.assertEqual(reversal.date, date(2026, 11, 1))
        self.assertEqual(self._get_still_owed()[self.stone.name, "USD"], 780.0)

    def _assert_paper(self):
        """Assert that the manual shows this month; or write it to PAYNOW_MONTH."""
        paper = self._render_month()
        if path := os.environ.get("PAYNOW_MONTH"):
            Path(path).write_text(paper)
        manual = Path(__file__).parents[3] / "docs" / "accountant-month.md"
        if manual.exists() and not path:  # The add-on may stand alone.
            for table in paper.split("\n\n"):
                self.assertIn(table.strip(), manual.read_text())
