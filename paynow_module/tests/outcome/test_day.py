# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import UTC, date, datetime, timedelta
from unittest.mock import patch
from zoneinfo import ZoneInfo

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from ..common_books import PaynowBooksCommon
from ..common_payment import PaynowPaymentCommon

#: When the company's day is not that of the server, as it reads there.
INSTANTS = [
    ("America/New_York", "2026-11-27 20:37"),
    ("America/New_York", "2026-12-31 23:59"),
    ("Pacific/Auckland", "2027-01-01 00:01"),
]
MORE_INSTANTS = [
    ("America/New_York", "2026-11-27 20:00"),
    ("America/New_York", "2026-11-27 23:59"),
    ("America/New_York", "2026-12-31 21:30"),
    ("America/Los_Angeles", "2026-07-31 17:30"),
    ("Pacific/Auckland", "2026-11-28 00:01"),
    ("Pacific/Auckland", "2026-11-28 09:00"),
    ("Pacific/Kiritimati", "2027-01-01 13:59"),
    ("Asia/Kolkata", "2026-12-01 00:01"),
]
#: Who posts a payment, see `_post_by_…`.
TRIGGERS = ("news", "cron", "watchdog", "staff", "capture", "refund")


class PaynowDayMixin:
    """A company somewhere on earth, at a fixed instant."""

    def _at(self, zone, time):
        """Return the clock at what a clock on the wall of the company reads."""
        self.company.partner_id.tz = zone
        self.env.flush_all()
        local = datetime.fromisoformat(time).replace(tzinfo=ZoneInfo(zone))
        return freeze_time(local.astimezone(UTC).replace(tzinfo=None))

    def _assert_day(self, tx, day, entry_day=None):
        """Assert that books and receipt have one day for a posted payment."""
        payment = tx.payment_id
        self.assertTrue(payment.move_id, "It is not posted")
        self.assertEqual(payment.date, day)
        self.assertEqual(payment.move_id.date, entry_day or day)
        self.assertEqual(
            set(payment.move_id.line_ids.mapped("date")), {entry_day or day}
        )
        self.assertEqual(tx._paynow_get_receipt()["date"], day)


@tagged("post_install", "-at_install")
class TestDay(PaynowDayMixin, PaynowBooksCommon):
    """Whoever posts a payment, from wherever, it is on the company's day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        methods = cls.env["payment.method"].with_context(active_test=False).search([])
        methods.support_refund = "partial"

        def _compute_feature_support_fields(providers):
            providers.support_refund = "partial"
            providers.support_manual_capture = "partial"

        cls.startClassPatcher(
            patch.object(
                cls.env.registry["payment.provider"],
                "_compute_feature_support_fields",
                _compute_feature_support_fields,
            )
        )
        cls.invoice = cls._create_bill("Inv990", 5000.0, invoice_date="2026-07-01")
        # The user who looks on is in yet another zone.
        cls.accountant.tz = cls.env.user.tz = "Asia/Tokyo"

    # === WHO POSTS === #

    def _post_by_news(self, tx):
        """Post it in the request of a visitor whose browser is elsewhere."""
        tx.with_user(self.public_user).sudo().with_context(
            tz="Europe/Paris"
        )._post_process()
        return tx

    def _post_by_cron(self, tx):
        """Post it as Odoo's scheduled action does."""
        self._run_cron("payment.cron_post_process_payment_tx")
        return tx

    def _post_by_watchdog(self, tx):
        """Post what was left unposted."""
        tx.last_state_change -= timedelta(minutes=20)
        self._run_watchdog()
        return tx

    def _post_by_staff(self, tx):
        """Press *Post now*."""
        tx.with_user(self.accountant).action_paynow_retry()
        return tx

    def _post_by_capture(self, _tx):
        """Capture an authorized payment by hand."""
        part = self._pay("authorized", amount=1.0).with_user(self.accountant).sudo()
        part = part.with_context(payment_backend_action=True)._capture()
        part._set_done()
        part._post_process()
        return part

    def _post_by_refund(self, tx):
        """Refund a payment by hand."""
        tx._post_process()
        refund = tx.with_user(self.accountant).sudo()._refund()
        refund._set_done()
        refund._post_process()
        return refund

    # === THE DAY === #

    def test_day_is_the_company_s_whoever_posts(self):
        """Test each instant with each trigger: payment, entry, lines and receipt."""
        cases = [(*instant, trigger) for instant in INSTANTS for trigger in TRIGGERS]
        cases += [(*instant, "news") for instant in MORE_INSTANTS]
        for zone, time, trigger in cases:
            with (
                self.subTest(zone=zone, time=time, trigger=trigger),
                self._at(zone, time),
            ):
                tx = getattr(self, f"_post_by_{trigger}")(self._pay(amount=1.0))
                self._assert_day(tx, date.fromisoformat(time[:10]))

    def test_refund_of_a_credit_has_the_company_s_day(self):
        """Test that what no invoice took is given back on that day, too."""
        with self._at("America/New_York", "2026-12-31 21:30"):
            tx = self._pay(amount=6000.0)
            tx._post_process()
            tx.with_user(self.accountant).action_paynow_refund_credit()
            refund = tx._paynow_get_refunds()
            refund._set_done()
            refund._post_process()
            self.assertEqual(refund.payment_id.move_id.date, date(2026, 12, 31))

    def test_exchange_difference_has_the_company_s_day(self):
        """Test that what a foreign payment gains or loses is of the same day."""
        euro = self.setup_other_currency(
            "EUR", rates=[("2026-10-01", 0.9), ("2026-11-10", 0.8)]
        )
        self.provider.available_currency_ids = [Command.clear()]
        for zone, time in (INSTANTS[0], *MORE_INSTANTS[:2]):
            with self.subTest(time=time), self._at(zone, time):
                invoice = self._create_bill(
                    f"Inv99{time[-2:]}{time[11:13]}",
                    90.0,
                    invoice_date="2026-10-05",
                    currency_id=euro.id,
                )
                tx = self._pay(
                    amount=90.0,
                    currency_id=euro.id,
                    invoice_ids=[Command.set(invoice.ids)],
                )
                tx._post_process()
                difference = invoice.line_ids.matched_credit_ids.exchange_move_id
                self.assertEqual(difference.date, date(2026, 11, 27))

    # === CLOSED BOOKS === #

    def test_closed_books_move_the_entry_and_not_the_payment(self):
        """Test that Odoo books on the first open day what was paid on a closed one."""
        self.company.sudo().fiscalyear_lock_date = "2026-12-31"
        for trigger in TRIGGERS:
            with (
                self.subTest(trigger=trigger),
                self._at("America/New_York", "2026-12-31 21:30"),
            ):
                tx = getattr(self, f"_post_by_{trigger}")(self._pay(amount=1.0))
                self._assert_day(tx, date(2026, 12, 31), date(2027, 1, 1))

    def test_books_that_are_closed_for_sales_take_payments(self):
        """Test that the lock of sales journals moves no payment."""
        self.company.sudo().sale_lock_date = "2026-12-31"
        with self._at("America/New_York", "2026-12-31 21:30"):
            tx = self._post_by_news(self._pay(amount=1.0))
            self._assert_day(tx, date(2026, 12, 31))

    def test_books_that_are_closed_for_taxes_take_payments(self):
        """Test that the tax return moves a payment only where it changes a tax."""
        tax = self.env["account.tax"].create({"name": "15 %", "amount": 15.0})
        terms = self._create_terms(
            (100.0, 30),
            early_discount=True,
            discount_percentage=2.0,
            discount_days=10,
            early_pay_discount_computation="included",
        )
        invoice = self._create_bill(
            "Inv995",
            100.0,
            invoice_date="2026-12-28",
            invoice_payment_term_id=terms.id,
            tax_ids=tax.ids,
        )
        self.company.sudo().tax_lock_date = "2026-12-31"
        with self._at("America/New_York", "2026-12-31 21:30"):
            tx = self._post_by_news(self._pay(amount=1.0))
            self._assert_day(tx, date(2026, 12, 31))
            tx = self._post_by_news(
                self._pay(amount=112.70, invoice_ids=[Command.set(invoice.ids)])
            )
            self._assert_day(tx, date(2026, 12, 31), date(2027, 1, 1))
        self.assertEqual(invoice.amount_residual, 0.0)

    def test_company_without_a_time_zone_has_that_of_its_accountant(self):
        """Test that the contact comes first, and somebody of the books after it."""
        administrator = self.company._paynow_get_administrator()
        administrator.tz = "Asia/Tokyo"
        with self._at("America/New_York", "2026-12-31 21:30"):
            self.assertEqual(self.company._paynow_get_today(), date(2026, 12, 31))
            self.company.partner_id.tz = False
            self.assertEqual(self.company._paynow_get_today(), date(2027, 1, 1))


@tagged("post_install", "-at_install")
class TestDayOfVisitor(PaynowDayMixin, PaynowPaymentCommon):
    """The status page of a payer posts on the company's day."""

    def test_poll_of_a_payer_posts_on_the_company_s_day(self):
        """Test an evening in New York over HTTP, by a visitor in Europe."""
        self.opener.cookies["tz"] = "Europe/Paris"
        with self._at("America/New_York", "2026-12-31 21:30"):
            tx = self._pay_online()
            tx._set_done()
            self._poll()
            tx.invalidate_recordset()
            self._assert_day(tx, date(2026, 12, 31))
