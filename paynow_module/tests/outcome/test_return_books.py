# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import date

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from ..common_books import PaynowBooksCommon
from ..common_received import PaynowReceivedMixin

PAID = "2026-11-12 15:00:00"
RETURNED = "2026-12-10 15:00:00"
NOVEMBER = date(2026, 11, 30)


@tagged("post_install", "-at_install")
class TestReturnBooks(PaynowBooksCommon):
    """A bank payment that comes back is taken back on that day, and not before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = "America/New_York"
        cls.bank = cls.provider.journal_id
        cls.euro = cls.setup_other_currency(
            "EUR", rates=[("2026-10-01", 0.9), ("2026-11-10", 0.8)]
        )

    def _pay_in_november(self, **values):
        """Have a bank payment cleared in November; return it."""
        with freeze_time(PAID):
            tx = self._pay_by_bank(**values)
        self.assertEqual(tx.payment_id.move_id.date, date(2026, 11, 12))
        return tx

    def _return(self, tx, at=RETURNED, **values):
        """Mark a payment as returned in the dialog; return the reversal."""
        with freeze_time(at):
            self.env["paynow.return"].with_user(self.accountant).create(
                {"transaction_id": tx.id, "code": "R01", **values}
            ).action_confirm()
        return tx.payment_id.move_id.reversal_move_ids

    def _get_balances(self, day=NOVEMBER):
        """Return what each account stands at on a day, in the company's currency."""
        self.env.flush_all()
        return {
            account.code: balance
            for account, balance in self.env["account.move.line"]._read_group(
                [
                    ("company_id", "=", self.company.id),
                    ("parent_state", "=", "posted"),
                    ("date", "<=", day),
                ],
                ["account_id"],
                ["balance:sum"],
            )
            if round(balance, 2)
        }

    def _assert_open(self, tx, amount=100.0):
        """Assert that the invoice is owed again, and the payment by nobody."""
        invoice = tx.invoice_ids
        self.assertEqual(invoice.amount_residual, amount)
        self.assertEqual(invoice.payment_state, "not_paid")
        self.assertEqual(tx.payment_id.state, "rejected")
        self.assertEqual(tx.payment_id.move_id.state, "posted")
        self.assertEqual(tx._paynow_get_credit(), 0.0)
        self.assertFalse(
            self.client._paynow_get_credits(self.company), "Nothing is left as a credit"
        )

    # === THE DAY === #

    def test_prior_period_stays_as_it_was(self):
        """Test that no account reads otherwise at the end of the month before."""
        tx = self._pay_in_november()
        before = self._get_balances()
        reversal = self._return(tx)
        self.assertEqual(reversal.date, date(2026, 12, 10))
        self.assertEqual(self._get_balances(), before)
        self._assert_open(tx)
        lines = (tx.payment_id.move_id | reversal).line_ids
        self.assertEqual(lines.mapped("reconciled"), [True] * 4)
        self.assertIn("R01 Insufficient funds", reversal.ref)

    def test_day_of_the_return_is_what_the_accountant_says(self):
        """Test that a return that is marked late is booked on its own day."""
        tx = self._pay_in_november()
        reversal = self._return(tx, date="2026-12-03")
        self.assertEqual(reversal.date, date(2026, 12, 3))

    def test_day_is_proposed_as_the_company_s(self):
        """Test that an evening in New York is not the next day, nor the next year."""
        tx = self._pay_in_november()
        for zone in ("Pacific/Auckland", "UTC", "America/New_York"):
            self.accountant.tz = zone
            with freeze_time("2027-01-01 02:30:00"):
                wizard = self.env["paynow.return"].with_user(self.accountant)
                wizard = wizard.create({"transaction_id": tx.id, "code": "R01"})
                self.assertEqual(wizard.date, date(2026, 12, 31))
        reversal = self._return(tx, at="2027-01-01 02:30:00")
        self.assertEqual(reversal.date, date(2026, 12, 31))

    def test_payment_that_was_booked_after_the_return_is_reversed_with_it(self):
        """Test that nothing is taken back on a day before it was there."""
        tx = self._pay_in_november()
        reversal = self._return(tx, date="2026-11-02")
        self.assertEqual(reversal.date, date(2026, 11, 12))

    # === CLOSED BOOKS === #

    def test_locked_period_of_the_payment_is_not_touched(self):
        """Test that a payment of a closed period can be returned."""
        self.env["account.move"].search([("state", "=", "draft")]).unlink()
        for number, lock in enumerate(
            (
                "fiscalyear_lock_date",
                "sale_lock_date",
                "tax_lock_date",
                "hard_lock_date",
            )
        ):
            with self.subTest(lock=lock):
                invoice = self._create_bill(
                    f"Inv7{number}", 100.0, invoice_date="2026-11-01"
                )
                tx = self._pay_in_november(invoice_ids=[Command.set(invoice.ids)])
                before = self._get_balances()
                self.company.sudo()[lock] = "2026-11-30"
                reversal = self._return(tx)
                self.assertEqual(reversal.date, date(2026, 12, 10))
                self.assertEqual(self._get_balances(), before)
                self._assert_open(tx)
                if lock != "hard_lock_date":
                    self.company.sudo()[lock] = False

    def test_locked_day_of_the_return_gives_the_first_open_day(self):
        """Test that a return of a month that was closed since is booked on the 1st."""
        tx = self._pay_in_november()
        self.company.sudo().fiscalyear_lock_date = "2026-11-30"
        reversal = self._return(tx, date="2026-11-25")
        self.assertEqual(reversal.date, date(2026, 12, 1))
        self._assert_open(tx)
        self._assert_told_once("Pay Now: payment returned", "2026-11-25")
        self.assertEqual(len(self._get_mails()), 1)

    def test_journal_that_is_sealed_takes_a_reversal(self):
        """Test that entries with a hash, that can't be canceled, can be returned."""
        tx = self._pay_in_november()
        self.bank.sudo().restrict_mode_hash_table = True
        tx.payment_id.move_id.sudo().button_hash()
        self.assertTrue(tx.payment_id.move_id.inalterable_hash)
        self._return(tx)
        self._assert_open(tx)

    # === WITH WHAT IT WAS RECONCILED === #

    def test_exchange_difference_goes_back_on_the_same_day(self):
        """Test that the difference of a foreign invoice stays in its period, too."""
        self.provider.available_currency_ids = [Command.clear()]
        invoice = self._create_bill(
            "Inv77", 90.0, invoice_date="2026-10-05", currency_id=self.euro.id
        )
        tx = self._pay_in_november(
            amount=90.0,
            currency_id=self.euro.id,
            invoice_ids=[Command.set(invoice.ids)],
        )
        difference = invoice.line_ids.matched_credit_ids.exchange_move_id
        self.assertEqual(sum(difference.line_ids.mapped("debit")), 12.5)
        before = self._get_balances()
        reversal = self._return(tx)
        self.assertEqual(self._get_balances(), before)
        self.assertEqual(difference.reversal_move_ids.date, reversal.date)
        self._assert_open(tx, 90.0)
        self.assertEqual(invoice.amount_residual_signed, 100.0)

    def test_tax_on_cash_basis_goes_back_on_the_same_day(self):
        """Test that the tax that was due on payment goes back with the payment."""
        self.company.tax_exigibility = True
        tax = self.env["account.tax"].create(
            {
                "name": "On payment",
                "amount": 10.0,
                "tax_exigibility": "on_payment",
                "cash_basis_transition_account_id": self.company_data[
                    "default_account_tax_sale"
                ]
                .copy({"reconcile": True})
                .id,
            }
        )
        invoice = self._create_bill(
            "Inv78", 100.0, invoice_date="2026-10-05", tax_ids=tax.ids
        )
        self.assertEqual(invoice.amount_total, 110.0)
        tx = self._pay_in_november(amount=110.0, invoice_ids=[Command.set(invoice.ids)])
        entry = invoice.tax_cash_basis_created_move_ids
        self.assertEqual(entry.date, date(2026, 11, 12))
        before = self._get_balances()
        reversal = self._return(tx)
        self.assertEqual(self._get_balances(), before)
        self.assertEqual(entry.reversal_move_ids.date, reversal.date)
        self._assert_open(tx, 110.0)

    def test_discount_that_was_granted_is_owed_again(self):
        """Test that the whole invoice is open, not less the discount."""
        terms = self._create_terms(
            (100.0, 30), early_discount=True, discount_percentage=2.0, discount_days=20
        )
        invoice = self._create_bill(
            "Inv79", 100.0, invoice_date="2026-11-01", invoice_payment_term_id=terms.id
        )
        tx = self._pay_in_november(amount=98.0, invoice_ids=[Command.set(invoice.ids)])
        self.assertEqual(invoice.amount_residual, 0.0)
        before = self._get_balances()
        self._return(tx)
        self.assertEqual(self._get_balances(), before)
        self._assert_open(tx)

    def test_part_return_of_a_capture_leaves_the_other_part(self):
        """Test that only the entry of the part that came back is reversed."""
        self.provider.support_manual_capture = "partial"
        with freeze_time(PAID):
            source = self._pay("authorized")
            parts = source._capture(60.0) | source._capture(40.0)
            parts._set_done()
            parts._post_process()
        before = self._get_balances()
        reversal = self._return(parts[0])
        self.assertEqual(reversal.date, date(2026, 12, 10))
        self.assertEqual(self._get_balances(), before)
        self.assertEqual(self.invoice.amount_residual, 60.0)
        self.assertEqual(self.invoice.payment_state, "partial")
        self.assertIn(parts[1].payment_id.state, ("in_process", "paid"))
        self.assertFalse(parts[1].payment_id.move_id.reversal_move_ids)

    def test_entry_that_was_reversed_by_hand_is_not_reversed_again(self):
        """Test that an accountant who was faster finds one reversal."""
        tx = self._pay_in_november()
        with freeze_time(RETURNED):
            self.env["account.move.reversal"].with_context(
                active_model="account.move", active_ids=tx.payment_id.move_id.ids
            ).create({"journal_id": self.bank.id}).reverse_moves()
        by_hand = tx.payment_id.move_id.reversal_move_ids
        self.assertEqual(self._return(tx), by_hand)
        self._assert_open(tx)

    # === THE BANK === #

    def _match_bank(self, amount, lines):
        """Match a line of the bank statement with lines of outstanding receipts."""
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank.id,
                "amount": amount,
                "date": "2026-11-14",
                "payment_ref": "Payout",
            }
        )
        _liquidity, suspense, _other = line._seek_for_lines()
        suspense.account_id = lines.account_id
        (suspense | lines).reconcile()
        return line, suspense

    def test_matched_payment_stays_matched_and_the_reversal_waits(self):
        """Test that the bank's line of the return finds the reversal, and no other."""
        tx = self._pay_in_november()
        liquidity, _counterpart, _other = tx.payment_id._seek_for_lines()
        _line, matched = self._match_bank(100.0, liquidity)
        self.assertEqual(tx.payment_id.state, "paid")
        before = self._get_balances()
        reversal = self._return(tx)
        self.assertEqual(self._get_balances(), before)
        self._assert_open(tx)
        self.assertTrue(liquidity.reconciled)
        self.assertEqual(liquidity.matched_debit_ids.ids, [])
        self.assertEqual(liquidity.matched_credit_ids.credit_move_id, matched)
        waiting = reversal.line_ids.filtered(
            lambda line: line.account_id == liquidity.account_id
        )
        self.assertEqual(waiting.amount_residual, -100.0)
        with freeze_time(RETURNED):
            self._match_bank(-100.0, waiting)
        self.assertTrue(waiting.reconciled)

    def test_payout_of_several_payments_stays_matched(self):
        """Test that a return out of a payout leaves the others of it alone."""
        txs = self.env["payment.transaction"]
        for amount in (30.0, 70.0):
            txs |= self._pay_in_november(amount=amount)
        lines = self.env["account.move.line"]
        for tx in txs:
            lines |= tx.payment_id._seek_for_lines()[0]
        _line, matched = self._match_bank(100.0, lines)
        self._return(txs[0])
        self.assertTrue(all(lines.mapped("reconciled")))
        self.assertTrue(matched.reconciled)
        self.assertEqual(self.invoice.amount_residual, 30.0)
        self.assertEqual(txs[1].payment_id.state, "paid")

    def test_payment_straight_on_the_bank_account_is_reversed_there(self):
        """Test that books without outstanding accounts say what the bank has."""
        self._get_provider_lines().payment_account_id = self.bank.default_account_id
        tx = self._pay_in_november()
        before = self._get_balances()
        self._return(tx)
        self.assertEqual(self._get_balances(), before)
        self.assertNotIn(
            self.bank.default_account_id.code, self._get_balances(date(2026, 12, 31))
        )
        self._assert_open(tx)


@tagged("post_install", "-at_install")
class TestReturnWithoutEntry(PaynowReceivedMixin, PaynowBooksCommon):
    """A payment without an entry has nothing to be reversed."""

    def test_payment_without_an_entry_is_canceled(self):
        """Test that it is taken back as ever, and the invoice is owed again."""
        tx = self._pay_by_bank()
        self.assertFalse(tx.payment_id.move_id)
        self.assertEqual(self.invoice._paynow_get_payable(), 0.0)
        tx._paynow_mark_returned("R01", self.company._paynow_get_today())
        self.assertEqual(tx.payment_id.state, "canceled")
        self.assertEqual(self.invoice._paynow_get_payable(), 100.0)
