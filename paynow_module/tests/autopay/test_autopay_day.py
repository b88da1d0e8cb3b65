# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import format_date

from ..common_autopay import PaynowAutopayCommon


@tagged("-at_install", "post_install")
class TestAutopayDay(PaynowAutopayCommon):
    """One invoice, paid on a day that the client chose, up to its due date."""

    def _choose_day(self, invoice, days):
        """Have the client choose a day so many days from today."""
        return self._choose(invoice, day=self.today + timedelta(days=days))

    def test_it_is_charged_on_the_day_and_once(self):
        bill = self._bill("Day", 80.0, due=10)
        self._choose_day(bill, 4)
        for days in (3, 4, 5, 10):
            self._run(days=days)
        self.assertEqual([amount for _reference, amount in self.charges], [80.0])
        self.assertEqual(
            self._get_txs(bill)._paynow_get_run_date(), self.today + timedelta(days=4)
        )

    def test_today_is_a_day(self):
        bill = self._bill("Today", 80.0, due=10)
        self._choose_day(bill, 0)
        self._run()
        self.assertEqual(len(self.charges), 1)

    def test_due_date_moved_before_the_day_counts(self):
        bill = self._bill("Moved", 80.0, due=10)
        self._choose_day(bill, 8)
        bill.invoice_date_due = self.today + timedelta(days=5)
        self.assertEqual(
            bill._paynow_get_autopay_date(), self.today + timedelta(days=5)
        )

    def test_due_date_moved_to_later_leaves_the_day(self):
        bill = self._bill("Later", 80.0, due=10)
        self._choose_day(bill, 8)
        bill.invoice_date_due = self.today + timedelta(days=30)
        self.assertEqual(
            bill._paynow_get_autopay_date(), self.today + timedelta(days=8)
        )

    def test_other_days_are_refused(self):
        bill = self._bill("Refused", 80.0, due=10)
        late = self._bill("Late", 80.0, due=-1)
        terms = self._create_terms((50, 10), (50, 20))
        parts = self._bill("Parts", 80.0, invoice_payment_term_id=terms.id)
        for invoice, days in ((bill, -1), (bill, 11), (late, 0), (parts, 5)):
            with self.subTest(invoice=invoice.name, days=days):
                with self.assertRaises(ValidationError):
                    self._choose_day(invoice, days)
                self.assertFalse(invoice.paynow_autopay_id)

    def test_consent_mails_and_summary_name_the_day_and_the_amount(self):
        bill = self._bill("Words", 80.0, due=10)
        day = self.today + timedelta(days=4)
        spelled = format_date(self.env, day)
        text = self.env["paynow.autopay"]._get_consent_text(self.company, bill, day=day)
        self.assertIn(f"on {spelled}, or on its due date", text)
        self.assertIn(f"that is {bill._paynow_format(80.0)} on {spelled}.", text)
        choice = self._choose_day(bill, 4)
        self.assertIn(spelled, choice._get_summary())
        note = bill._paynow_get_mail_notes()[0]
        self.assertIn(f"automatic payment on {spelled}", note)
        self.assertIn("80.00", note)

    def test_discount_that_the_day_earns_is_taken(self):
        terms = self._create_terms(
            (100, 30), early_discount=True, discount_percentage=2, discount_days=10
        )
        bill = self._bill(
            "Early", 100.0, invoice_date=self.today, invoice_payment_term_id=terms.id
        )
        self._choose_day(bill, 5)
        self._run(days=5)
        self.assertEqual([amount for _reference, amount in self.charges], [98.0])
