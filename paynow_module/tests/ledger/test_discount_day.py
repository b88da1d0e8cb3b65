# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import UTC, date, datetime, timedelta
from unittest.mock import patch
from zoneinfo import ZoneInfo

from odoo import fields
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import format_date

from ..common import PaynowHttpCommon
from ..common_books import PaynowBooksCommon
from ..common_received import PaynowReceivedMixin

#: A last minute of 27 November, and the first one after it.
ENDS = [
    (zone, f"2026-11-27 {last}", "2026-11-28 00:00")
    for zone in ("America/New_York", "Pacific/Auckland", "Asia/Kolkata", "UTC")
    for last in ("00:00", "20:37", "23:59")
]


class PaynowDiscountDayMixin:
    """An invoice of $115.00, or $112.70 if paid by 27 November."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tax = cls.env["account.tax"].create({"name": "15 %", "amount": 15.0})
        cls.terms = cls._create_terms(
            (100.0, 30),
            early_discount=True,
            discount_percentage=2.0,
            discount_days=10,
            early_pay_discount_computation="included",
        )

    def _create_discounted_bill(self, number="Inv880", day="2026-11-17"):
        """Create the invoice.

        :rtype: account.move
        """
        invoice = self._create_bill(
            number,
            100.0,
            invoice_date=day,
            invoice_payment_term_id=self.terms.id,
            tax_ids=self.tax.ids,
        )
        self.assertEqual(invoice.amount_total, 115.0)
        return invoice

    def _at(self, zone, time):
        """Return the clock at what a clock on the wall of the company reads."""
        self.company.partner_id.tz = zone
        self.env.flush_all()
        local = datetime.fromisoformat(time).replace(tzinfo=ZoneInfo(zone))
        return freeze_time(local.astimezone(UTC).replace(tzinfo=None))

    def _begin(self, invoice, state="done", amount=112.70):
        """Have a payer press *Pay* for the discounted amount."""
        ach = self.env.ref("payment.payment_method_ach_direct_debit")
        return self._pay(
            state,
            amount=amount,
            payment_method_id=ach.id,
            invoice_ids=[Command.set(invoice.ids)],
        )

    def _get_still_to_pay(self, tx):
        """Return what the receipt says is still to pay."""
        return tx.with_context(lang="en_US")._paynow_get_receipt()["still_to_pay"]


@tagged("post_install", "-at_install")
class TestDiscountDay(PaynowDiscountDayMixin, PaynowBooksCommon):
    """The day on which the payer pressed *Pay* decides on the discount."""

    def test_discount_is_granted_until_the_last_minute_of_the_company_s_day(self):
        """Test page, books and receipt at the first and the last minute, and after."""
        for number, (zone, last, after) in enumerate(ENDS):
            for time, left in ((last, 0.0), (after, 2.3)):
                with self.subTest(zone=zone, time=time), self._at(zone, time):
                    invoice = self._create_discounted_bill(f"Inv8{number}{time[8:10]}")
                    page = invoice._paynow_get_summary(112.70)
                    self.assertEqual(bool(page["left"]), bool(left))
                    tx = self._begin(invoice)
                    tx._post_process()
                    self.assertEqual(invoice.amount_residual, left)
                    self.assertEqual(self._get_still_to_pay(tx), f"${left:.2f}")

    def test_bank_payment_that_clears_later_keeps_the_discount(self):
        """Test that it is booked on the day it clears, with the discount."""
        for number, clears in enumerate(("2026-11-28 00:01", "2026-12-04 15:00")):
            with self.subTest(clears=clears):
                invoice = self._create_discounted_bill(f"Inv87{number}")
                with self._at("America/New_York", "2026-11-27 23:59"):
                    tx = self._begin(invoice, "pending")
                    self.assertEqual(self._get_still_to_pay(tx), "$0.00")
                with self._at("America/New_York", clears):
                    self.assertEqual(self._get_still_to_pay(tx), "$0.00")
                    tx._set_done()
                    tx._post_process()
                    self.assertEqual(invoice.amount_residual, 0.0)
                    self.assertEqual(self._get_still_to_pay(tx), "$0.00")
                day = date.fromisoformat(clears[:10])
                self.assertEqual(tx.payment_id.date, day)
                self.assertEqual(tx.payment_id.move_id.date, day)

    def test_capture_goes_by_the_day_of_the_payment(self):
        """Test that who was authorized in time doesn't wait for staff to capture."""
        invoice = self._create_discounted_bill()
        with self._at("America/New_York", "2026-11-27 20:37"):
            tx = self._begin(invoice, "authorized")
        with self._at("America/New_York", "2026-12-01 10:00"):
            part = tx._capture()
            part._set_done()
            part._post_process()
        self.assertEqual(invoice.amount_residual, 0.0)

    def test_nobody_takes_the_rest_while_it_clears(self):
        """Test that no page, reminder or automatic payment asks for the discount."""
        invoice = self._create_discounted_bill()
        with self._at("America/New_York", "2026-11-27 20:37"):
            tx = self._begin(invoice, "pending")
        with self._at("America/New_York", "2027-01-15 10:00"):
            self.assertEqual(invoice._paynow_get_payable(), 0.0)
            self.assertTrue(invoice._paynow_get_reminder_obstacle())
            tx._set_error("Insufficient funds")
            self.assertEqual(invoice._paynow_get_payable(), 115.0)

    def test_payment_of_another_amount_leaves_the_rest(self):
        """Test that a part payment in time earns nothing, and holds nothing."""
        invoice = self._create_discounted_bill()
        with self._at("America/New_York", "2026-11-27 20:37"):
            self._begin(invoice, "pending", amount=112.69)
            self.assertEqual(invoice._paynow_get_payable(), 2.31)

    def test_payment_of_the_day_after_leaves_the_discount(self):
        """Test that a bank payment that was begun too late is told so at once."""
        invoice = self._create_discounted_bill()
        with self._at("America/New_York", "2026-11-28 00:00"):
            tx = self._begin(invoice, "pending")
            self.assertEqual(self._get_still_to_pay(tx), "$2.30")
            tx._set_done()
            tx._post_process()
        self.assertEqual(invoice.amount_residual, 2.3)

    def test_payment_that_is_not_ours_goes_by_the_day_of_the_posting(self):
        """Test that Odoo's own payments are left to Odoo, which knows no other day."""
        invoice = self._create_discounted_bill()
        with self._at("America/New_York", "2026-11-27 20:37"):
            tx = self._pay(
                "pending",
                amount=112.70,
                is_paynow=False,
                invoice_ids=[Command.set(invoice.ids)],
            )
        with self._at("America/New_York", "2026-12-04 15:00"):
            tx._set_done()
            tx._post_process()
        self.assertEqual(invoice.amount_residual, 2.30)

    def test_day_stays_when_the_company_moves(self):
        """Test that another time zone takes nobody's discount."""
        invoice = self._create_discounted_bill()
        with self._at("America/New_York", "2026-11-27 23:00"):
            tx = self._begin(invoice, "pending")
        with self._at("Pacific/Auckland", "2026-12-01 10:00"):
            tx._set_done()
            tx._post_process()
        self.assertEqual(invoice.amount_residual, 0.0)

    def test_payment_of_an_older_version_goes_by_its_creation(self):
        """Test that what was on its way during an update is not forgotten."""
        self.company.partner_id.tz = "America/New_York"
        self.env.flush_all()
        now = fields.Datetime.now()
        today = self.company._paynow_get_today()
        tx = self._begin(self._create_discounted_bill(), "pending")
        tx.paynow_pressed_date = False
        self.env.cr.execute(
            "UPDATE payment_transaction SET create_date = %s WHERE id = %s",
            [now - timedelta(days=3), tx.id],
        )
        tx.invalidate_recordset()
        self.assertEqual(tx._paynow_get_day(), today - timedelta(days=3))

    def test_try_of_the_last_day_is_not_taken_up_on_the_next(self):
        """Test that nobody keeps the day by leaving a try open."""
        others = self._create_bill("Inv889", 100.0)
        with (
            patch.object(
                self.env.registry["payment.provider"],
                "_paynow_get_resume_time",
                lambda _provider: timedelta(days=9999),
            ),
            self._at("America/New_York", "2026-11-27 23:59"),
        ):
            txs = [
                self._begin(invoice, "draft")
                for invoice in (self._create_discounted_bill(), others)
            ]
            self.assertEqual([tx._paynow_may_be_resumed() for tx in txs], [True, True])
            with freeze_time("2026-11-28 05:01:00"):
                self.assertEqual(
                    [tx._paynow_may_be_resumed() for tx in txs], [False, True]
                )


@tagged("post_install", "-at_install")
class TestDiscountDayWithoutEntry(
    PaynowDiscountDayMixin, PaynowReceivedMixin, PaynowBooksCommon
):
    """A payment that has no entry keeps its discount as well."""

    def test_payment_without_an_entry_keeps_the_discount(self):
        """Test that nothing is asked for after a bank payment that was in time."""
        invoice = self._create_discounted_bill()
        with self._at("America/New_York", "2026-11-27 20:37"):
            tx = self._begin(invoice, "pending")
        with self._at("America/New_York", "2026-12-04 15:00"):
            tx._set_done()
            tx._post_process()
            self.assertFalse(tx.payment_id.move_id)
            self.assertEqual(tx.payment_id.date, date(2026, 12, 4))
            self.assertEqual(invoice._paynow_get_payable(), 0.0)
            self.assertEqual(self._get_still_to_pay(tx), "$0.00")


@tagged("post_install", "-at_install")
class TestDiscountDayPage(PaynowDiscountDayMixin, PaynowHttpCommon):
    """The page says which day counts before anything is paid."""

    def _get_notice(self, amount):
        """Return what the checkout says of the discount for an amount, or None."""
        response = self._look_up(amount=amount)
        page = self.url_open(response.headers["Location"])
        return self._get_text(page, "//*[@data-name='discount']")

    def test_checkout_says_which_day_counts(self):
        """Test that the last day and its time zone stand there, where it matters."""
        self.company.partner_id.tz = "America/New_York"
        today = self.company._paynow_get_today()
        self.invoice = self._create_discounted_bill(day=today)
        notice = self._get_notice("112.70")
        self.assertIn("if you press Pay by", notice)
        self.assertIn(format_date(self.env, today + timedelta(days=10)), notice)
        self.assertIn("America/New_York", notice)
        self.assertIsNone(self._get_notice("115"))
