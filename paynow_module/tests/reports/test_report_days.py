# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.tests import freeze_time, tagged

from ..common_books import PaynowBooksCommon


@tagged("post_install", "-at_install")
class TestReportDays(PaynowBooksCommon):
    """How long clients take to pay, before and after Pay Now."""

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
