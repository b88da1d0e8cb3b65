# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo.fields import Command
from odoo.tests import tagged

from ..common_announce import PaynowAnnounceCommon

WAITS = "Pay Now: automatic payment waits for its notice"


@tagged("-at_install", "post_install")
class TestAnnounce(PaynowAnnounceCommon):
    """Nothing is charged that the client was not told of in time."""

    def setUp(self):
        super().setUp()
        self.bill = self._bill("One", due=20)

    def test_a_notice_goes_out_ten_days_before_and_the_charge_follows(self):
        self._choose()
        self._tell(9)
        self.assertFalse(self._get_notices())
        self._tell(10)
        self._tell(10)
        self.assertEqual(self._get_told(self.bill), [("sent", 20, 100.0)])
        self._run(days=19)
        self.assertFalse(self.charges)
        self._run(days=20)
        self.assertEqual(self._get_amounts(), [100.0])
        self.assertEqual(self._get_txs(self.bill).paynow_notice_id, self._get_notices())

    def test_a_new_invoice_waits_for_its_notice_and_every_page_says_so(self):
        """Test one that is due in two days: told today, charged in ten."""
        self._choose()
        bill = self._bill("Soon", due=2)
        self.assertEqual(self._get_runs(bill), [(10, 100.0)])
        self.assertEqual(bill.paynow_autopay_date, self.today + timedelta(days=10))
        note = bill._paynow_get_mail_notes()[0]
        self.assertIn(f"automatic payment on {self._format_day(10)}.", note)
        self._tell()
        self.assertEqual(self._get_told(bill), [("sent", 10, 100.0)])
        for days in (2, 9):
            self._run(days=days)
        self.assertFalse(self.charges)
        self._run(days=10)
        self.assertEqual(self._get_amounts(), [100.0])
        self.assertFalse(self._get_activities(bill))

    def test_a_mail_that_is_only_queued_is_no_notice(self):
        self._choose()
        self._tell(10, sends=False)
        self._run(days=20)
        self.assertFalse(self.charges)
        self.assertEqual(self.bill.paynow_autopay_date, self.today + timedelta(days=30))
        notes = " ".join(str(body) for body in self.bill.message_ids.mapped("body"))
        self.assertIn("waits until", notes)
        with self._on(20):
            self.assertEqual(self._get_runs(self.bill), [(30, 100.0)])

    def test_what_waits_in_the_queue_for_too_long_is_replaced(self):
        self._choose()
        self._tell(10, sends=False)
        self._tell(12)
        self.assertEqual(
            self._get_told(self.bill), [("skipped", 20, 100.0), ("sent", 22, 100.0)]
        )
        notices = [mail for mail in self.mails if "will be charged" in mail[2]]
        self.assertEqual(len(notices), 1)
        self._run(days=22)
        self.assertEqual(self._get_amounts(), [100.0])

    def test_staff_are_told_once_where_the_mail_does_not_go_out(self):
        self._choose()
        for days in (10, 11, 12, 13, 14):
            self._tell(days, is_open=False)
        self.assertEqual(set(self._get_notices().mapped("state")), {"failed"})
        self.assertEqual(len(self._get_notices()), 3, "A person has to look.")
        activity = self._get_activities(self.bill)
        self.assertEqual(activity.mapped("summary"), [WAITS])
        with self._on(12):
            self.assertFalse(self._get_runs(self.bill), "The client is reminded.")
        self._run(days=25)
        self.assertFalse(self.charges)

    def test_staff_are_told_of_a_client_without_an_address(self):
        self._choose()
        self.client.email = False
        self._tell(10)
        self._tell(10)
        self.assertEqual(self._get_notices().mapped("state"), ["skipped"])
        self.assertEqual(self._get_activities(self.bill).mapped("summary"), [WAITS])

    def test_staff_are_told_of_a_wait_longer_than_the_notice(self):
        """Test that no cron of notices runs at all."""
        self._choose()
        for days in range(20, 45):
            self._run(days=days)
        self.assertFalse(self.charges)
        self.assertEqual(self._get_activities(self.bill).mapped("summary"), [WAITS])

    def test_less_than_was_told_is_charged_without_another_notice(self):
        self._choose()
        self._tell(10)
        self._pay(amount=30.0, invoice_ids=[Command.set(self.bill.ids)])._post_process()
        self._tell(11)
        self.assertEqual(len(self._get_notices()), 1)
        self._run(days=20)
        self.assertEqual(self._get_amounts(), [70.0])

    def test_more_than_was_told_needs_a_new_notice(self):
        self._choose()
        self._tell(10)
        self.bill.button_draft()
        self.bill.invoice_line_ids.price_unit = 150.0
        self.bill.action_post()
        with self._on(12):
            self.assertEqual(self._get_runs(self.bill), [(22, 150.0)])
        self._tell(12)
        self._run(days=20)
        self.assertFalse(self.charges)
        self._run(days=22)
        self.assertEqual(self._get_amounts(), [150.0])
        self.assertEqual(self._get_told(self.bill)[-1], ("sent", 22, 150.0))

    def test_each_instalment_has_a_notice_of_its_own(self):
        term = self._create_terms((40, 20), (60, 25))
        bill = self._bill("Parts", 1000.0, invoice_payment_term_id=term.id)
        self._choose(bill)
        for days in (9, 10, 14, 15):
            self._tell(days)
        self.assertEqual(
            self._get_told(bill), [("sent", 20, 400.0), ("sent", 25, 600.0)]
        )
        for days in (20, 25):
            self._run(days=days)
        self.assertEqual(self._get_amounts(), [400.0, 600.0])
        self.assertEqual(self._get_txs(bill).paynow_notice_id, self._get_notices(bill))

    def test_the_notice_of_one_instalment_is_none_of_the_next(self):
        term = self._create_terms((60, 20), (40, 22))
        bill = self._bill("Parts", 1000.0, invoice_payment_term_id=term.id)
        self._choose(bill)
        self._tell(10)
        self._pay(amount=600.0, invoice_ids=[Command.set(bill.ids)])._post_process()
        self._run(days=22)
        self.assertFalse(self.charges)
        with self._on(22):
            self.assertEqual(self._get_runs(bill), [(32, 400.0)])

    def test_a_due_date_that_is_moved_has_a_new_notice(self):
        self._choose()
        self._tell(10)
        lines = self.bill.line_ids.filtered("date_maturity")
        with self._on(11):
            lines.date_maturity = self.today + timedelta(days=40)
        self._tell(12)
        self._tell(30)
        self.assertEqual(
            self._get_told(self.bill), [("sent", 20, 100.0), ("sent", 40, 100.0)]
        )
        with self._on(31):
            lines.date_maturity = self.today + timedelta(days=34)
            self.assertEqual(self._get_runs(self.bill), [(34, 100.0)])

    def test_the_notice_that_was_in_time_is_the_proof_of_the_charge(self):
        """Test a day moved to a later one, of which another notice comes too late."""
        self._choose()
        self._tell(10)
        with self._on(15):
            self.bill.line_ids.filtered("date_maturity").date_maturity += timedelta(1)
        self._tell(16)
        self.assertEqual(
            self._get_told(self.bill), [("sent", 20, 100.0), ("sent", 21, 100.0)]
        )
        self._run(days=21)
        notice = self._get_txs(self.bill).paynow_notice_id
        self.assertEqual(notice, self._get_notices()[0])

    def test_a_retry_needs_no_notice_of_its_own(self):
        self._choose()
        self._tell(10)
        self._run("error", days=20)
        for days in (20, 21, 23):
            self._tell(days)
        self._run("done", days=23)
        self.assertEqual(len(self._get_notices()), 1)
        self.assertEqual(self._get_amounts(), [100.0, 100.0])
        self.assertEqual(self.bill._paynow_get_payable(), 0.0)

    def test_a_discount_that_ends_too_soon_to_be_told_is_left(self):
        """Test that nobody pays early for nothing."""
        for days, run in ((12, (12, 98.0)), (5, (30, 100.0))):
            terms = self._create_terms(
                (100, 30),
                early_discount=True,
                discount_percentage=2,
                discount_days=days,
            )
            bill = self._bill(f"D{days}", invoice_payment_term_id=terms.id)
            self._choose(bill, use_discounts=True)
            self.assertEqual(self._get_runs(bill), [run])

    def test_what_a_credit_holds_is_not_announced(self):
        """Test that staff are told, and the client once it is decided."""
        self._choose()
        payment = self.env["account.payment"].create(
            {
                "partner_id": self.client.id,
                "amount": 30.0,
                "journal_id": self.company_data["default_journal_bank"].id,
            }
        )
        payment.action_post()
        self._tell(10)
        self._run(days=20)
        self.assertFalse(self._get_notices())
        self._assert_told_once("Pay Now: a credit is not applied", invoice=self.bill)
        self.bill.paynow_ignore_credit = True
        self._tell(21)
        self._run(days=21)
        self.assertFalse(self.charges)
        self._run(days=31)
        self.assertEqual(self._get_amounts(), [100.0])

    def test_an_instalment_left_to_the_client_is_not_announced(self):
        term = self._create_terms((30, 0), (70, 35))
        bill = self._bill("Late", 1000.0, due=-20, invoice_payment_term_id=term.id)
        self._choose()
        for days in (0, 5, 15):
            self._tell(days)
        self.assertEqual(self._get_told(bill), [("sent", 15, 700.0)])

    def test_a_card_that_has_expired_is_not_announced(self):
        self._choose()
        expiry = self.today + timedelta(days=-40)
        self.token.write(
            {"paynow_expiry_month": expiry.month, "paynow_expiry_year": expiry.year}
        )
        self._tell(10)
        self.assertFalse(self._get_notices())
        self._run(days=20)
        self.assertEqual(self.bill.paynow_autopay_reason, "expired")

    def test_a_new_choice_needs_notices_of_its_own(self):
        self._choose()
        self._tell(10)
        with self._on(15):
            self._choose()
            self.assertEqual(self._get_runs(self.bill), [(25, 100.0)])
