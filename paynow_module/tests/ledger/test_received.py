# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.fields import Command
from odoo.tests import tagged

from ..common_books import PaynowBooksCommon
from ..common_received import PaynowReceivedMixin


@tagged("post_install", "-at_install")
class TestReceived(PaynowReceivedMixin, PaynowBooksCommon):
    """What payments without a journal entry leave to pay."""

    def _get_payable(self, invoices):
        return [invoice._paynow_get_payable() for invoice in invoices]

    def test_an_online_payment_is_deducted(self):
        tx = self._pay(amount=30.0)
        tx._post_process()
        self.assertFalse(tx.payment_id.move_id)
        self.assertEqual(self.invoice.amount_residual, 100.0)
        self.assertEqual(self.invoice._paynow_get_payable(), 70.0)

    def test_an_invoice_received_in_full_is_not_open(self):
        self._pay()._post_process()
        self.assertFalse(self.invoice._paynow_is_open())
        self.assertFalse(self.invoice.paynow_url)
        self.assertEqual(self.invoice._paynow_get_payable(), 0.0)

    def test_a_payment_registered_by_staff_is_deducted(self):
        self._receive(60.0)
        self.assertEqual(self.invoice._paynow_get_payable(), 40.0)

    def test_a_draft_or_cancelled_payment_is_not_deducted(self):
        payment = self._receive(60.0)
        payment.action_cancel()
        self.assertEqual(self.invoice._paynow_get_payable(), 100.0)
        payment.action_draft()
        self.assertEqual(self.invoice._paynow_get_payable(), 100.0)

    def test_an_outbound_payment_is_not_deducted(self):
        lines = self.bank.outbound_payment_method_line_ids
        lines.payment_account_id = False
        self._receive(60.0, payment_type="outbound")
        self.assertEqual(self.invoice._paynow_get_payable(), 100.0)

    def test_a_returned_payment_is_not_deducted(self):
        tx = self._pay_by_bank(amount=30.0)
        tx._paynow_mark_returned("R01", self.company._paynow_get_today())
        self.assertEqual(self.invoice._paynow_get_payable(), 100.0)

    def test_an_ordinary_payment_is_deducted_once(self):
        self._receive(30.0)
        self.env["account.payment.register"].with_context(
            active_model="account.move",
            active_ids=self.invoice.ids,
            force_payment_move=True,
        ).create({"amount": 20.0}).action_create_payments()
        self.assertEqual(self.invoice.amount_residual, 80.0)
        self.assertEqual(self.invoice._paynow_get_payable(), 50.0)

    def test_what_the_bank_statement_brought_is_deducted_once(self):
        payment = self._receive(30.0)
        self._match_bank(30.0)
        self.assertEqual(payment.state, "paid")
        self.assertEqual(self.invoice.amount_residual, 70.0)
        self.assertEqual(self.invoice._paynow_get_payable(), 70.0)

    def test_a_payment_marked_as_paid_by_hand_is_deducted(self):
        self._receive(30.0).action_validate()
        self.assertEqual(self.invoice.amount_residual, 100.0)
        self.assertEqual(self.invoice._paynow_get_payable(), 70.0)

    def test_one_payment_for_several_invoices_closes_the_first_due_first(self):
        second, third, first = (
            self._create_bill(
                number, 100.0, invoice_date_due=due, invoice_payment_term_id=False
            )
            for number, due in (
                ("Inv301", "2026-06-02"),
                ("Inv302", "2026-06-03"),
                ("Inv303", "2026-06-01"),
            )
        )
        invoices = first | second | third
        self._receive(130.0, invoices)
        self.assertEqual(self._get_payable(invoices), [0.0, 70.0, 100.0])
        self._receive(50.0, second)
        self.assertEqual(self._get_payable(invoices), [0.0, 20.0, 100.0])

    def test_two_payments_of_one_invoice_are_shared_with_the_next(self):
        early, late = (
            self._create_bill(
                number, 100.0, invoice_date_due=due, invoice_payment_term_id=False
            )
            for number, due in (("Inv304", "2026-06-01"), ("Inv305", "2026-06-02"))
        )
        self._receive(80.0, early)
        self._receive(80.0, early | late)
        self.assertEqual(self._get_payable(early | late), [0.0, 40.0])

    def test_a_payment_in_another_currency_is_converted_on_its_day(self):
        euro = self._use_currency("EUR")
        self._set_rate(euro, "2026-01-01", 0.5)
        self._set_rate(euro, "2026-03-01", 0.8)
        self._receive(20.0, currency_id=euro.id, date="2026-02-01")
        self.assertEqual(self.invoice._paynow_get_payable(), 60.0)

    def test_a_payment_worth_the_whole_leaves_no_cent(self):
        yen = self._use_currency("JPY")
        self._set_rate(yen, "2026-01-01", 0.03)
        # Three yen are worth 100.00 dollars; the other 2.99 are less than half a yen.
        invoice = self._create_bill("Inv306", 102.99)
        self._receive(3.0, invoice, currency_id=yen.id, date="2026-02-01")
        self.assertEqual(invoice._paynow_get_payable(), 0.0)

    def test_instalments_are_received_in_their_order(self):
        terms = self._create_terms((50, 0), (50, 30))
        invoice = self._create_bill("Inv307", 100.0, invoice_payment_term_id=terms.id)
        self._receive(70.0, invoice)
        received = invoice._paynow_allocate_received()
        lines = invoice.line_ids.filtered("date_maturity").sorted("date_maturity")
        self.assertEqual([received.get(line, 0.0) for line in lines], [50.0, 20.0])

    def test_an_early_payment_discount_is_granted(self):
        terms = self._create_terms(
            (100, 30),
            early_discount=True,
            discount_percentage=2,
            discount_days=10,
            early_pay_discount_computation="included",
        )
        for number, day, left in (
            ("Inv308", "2026-06-10", 0.0),
            ("Inv309", "2026-06-12", 2.0),
        ):
            with self.subTest(day=day):
                invoice = self._create_bill(
                    number,
                    100.0,
                    invoice_payment_term_id=terms.id,
                    invoice_date="2026-06-01",
                )
                self._receive(98.0, invoice, date=day)
                self.assertEqual(invoice._paynow_get_payable(), left)

    def test_a_captured_part_is_deducted(self):
        tx = self._pay("authorized", amount=60.0)
        captured = tx._create_child_transaction(25.0)
        captured._set_done()
        captured._post_process()
        self.assertEqual(captured.payment_id.invoice_ids, self.invoice)
        self.assertEqual(self.invoice._paynow_get_payable(), 40.0)

    def test_batches_are_read_at_once(self):
        invoices = self.env["account.move"]
        for number in range(6):
            invoice = self._create_bill(f"Inv31{number}", 100.0)
            self._receive(10.0, invoice)
            invoices |= invoice
        counts = []
        for batch in (invoices[:2], invoices):
            self.env.flush_all()
            self.env.invalidate_all()
            batch = batch.browse(batch.ids)
            before = self.env.cr.sql_log_count
            self.assertEqual(set(self._get_payable(batch)), {90.0})
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])

    def _use_currency(self, name):
        """Return another currency, without rates."""
        currency = self.env.ref(f"base.{name}")
        currency.active = True
        currency.rate_ids.unlink()
        return currency

    def _set_rate(self, currency, date, rate):
        """Set how many of a currency are worth one of the company's."""
        currency.rate_ids = [
            Command.create({"name": date, "rate": rate, "company_id": self.company.id})
        ]
