# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo.fields import Command
from odoo.tests import tagged

from ..common_autopay import PaynowAutopayCommon
from ..common_received import PaynowReceivedMixin

SUMMARY = "Pay Now: a credit is not applied"


class PaynowCreditCommon(PaynowAutopayCommon):
    """A client who has paid something that is on no invoice yet."""

    def _pay_in_advance(self, amount, **values):
        """Post a payment of the client that is applied to nothing.

        :rtype: account.payment
        """
        payment = self.env["account.payment"].create(
            {
                "partner_id": self.client.id,
                "amount": amount,
                "journal_id": self.company_data["default_journal_bank"].id,
                **values,
            }
        )
        payment.action_post()
        self.env.invalidate_all()
        return payment

    def _apply(self, payment, invoice):
        """Reconcile a payment with an invoice, as staff do."""
        lines = (payment.move_id | invoice).line_ids
        lines.filtered(lambda line: line.account_type == "asset_receivable").reconcile()

    def _get_amounts(self):
        return [amount for _reference, amount in self.charges]


@tagged("post_install", "-at_install")
class TestAutopayCredit(PaynowCreditCommon):
    """Nobody is charged who has paid already, though not for this invoice yet."""

    def setUp(self):
        super().setUp()
        self.bill = self._bill("One", due=1)
        self._choose(self.bill)

    def _assert_held(self):
        self._run(days=1)
        self.assertFalse(self.charges)

    def _assert_charged(self, amount=100.0):
        self._run(days=1)
        self.assertEqual(self._get_amounts(), [amount])

    def test_a_payment_that_is_not_applied_holds_the_charge(self):
        payment = self._pay_in_advance(100.0, memo="One")
        self._assert_held()
        self._assert_told_once(
            SUMMARY, payment.name, "$100.00", "One", "Ignore credits", invoice=self.bill
        )

    def test_staff_are_told_once(self):
        self._pay_in_advance(100.0)
        for days in (1, 1, 2, 3):
            self._run(days=days)
        self.assertEqual(len(self._get_activities(self.bill)), 1)

    def test_a_part_and_a_credit_note_hold_it_too(self):
        for make in (
            lambda: self._pay_in_advance(0.01),
            lambda: self._bill("Credit", 10.0, move_type="out_refund"),
        ):
            with self.subTest(), self.env.cr.savepoint() as savepoint:
                make()
                self.env.flush_all()
                self._assert_held()
                savepoint.rollback()

    def test_a_credit_that_is_applied_leaves_the_rest_to_charge(self):
        payment = self._pay_in_advance(30.0)
        self._assert_held()
        self._apply(payment, self.bill)
        self._assert_charged(70.0)

    def test_a_credit_that_is_applied_in_full_leaves_nothing(self):
        payment = self._pay_in_advance(100.0)
        self._assert_held()
        self._apply(payment, self.bill)
        self._run(days=2)
        self.assertFalse(self.charges)

    def test_a_credit_that_was_refunded_holds_nothing(self):
        self._pay_in_advance(100.0)
        self._pay_in_advance(100.0, payment_type="outbound")
        self._assert_charged()

    def test_staff_may_have_it_charged_all_the_same(self):
        self._pay_in_advance(100.0)
        self._assert_held()
        self.bill.with_user(self.clerk).paynow_ignore_credit = True
        self._assert_charged()

    def test_credits_of_others_hold_nothing(self):
        self._pay_in_advance(100.0, partner_id=self.stranger.id)
        self._assert_charged()

    def test_credits_in_another_currency_hold_nothing(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self._pay_in_advance(100.0, currency_id=euro.id)
        self._assert_charged()

    def test_credits_on_another_account_hold_nothing(self):
        account = self.company_data["default_account_receivable"].copy()
        self._pay_in_advance(100.0, destination_account_id=account.id)
        self._assert_charged()

    def test_credits_with_another_company_hold_nothing(self):
        other = self.setup_other_company()
        self.env["account.payment"].with_company(other["company"]).create(
            {
                "partner_id": self.client.id,
                "amount": 100.0,
                "journal_id": other["default_journal_bank"].id,
            }
        ).action_post()
        self._assert_charged()

    def test_no_charge_is_promised_meanwhile(self):
        day = self.today + timedelta(days=1)
        self.assertEqual(self.bill._paynow_get_autopay_date(), day)
        payment = self._pay_in_advance(30.0)
        self.assertFalse(self.bill._paynow_get_autopay_date())
        self.assertFalse(self.bill._paynow_get_mail_notes())
        (statement,) = self.client._paynow_get_statements(self.company).values()
        (table,) = statement["tables"]
        self.assertFalse(any(line["autopay_date"] for line in table["lines"]))
        self._apply(payment, self.bill)
        self.assertEqual(self.bill._paynow_get_autopay_date(), day)

    def test_the_portal_says_that_it_waits(self):
        self._pay_in_advance(30.0)
        card = self.bill._paynow_get_autopay_card()
        self.assertTrue(card["is_held"])
        self.assertFalse(card["date"])

    def test_credits_of_many_clients_are_read_at_once(self):
        counts = []
        bills = self.bill
        for number in range(6):
            partner = self.client.copy({"name": f"Client {number}"})
            self._pay_in_advance(5.0, partner_id=partner.id)
            bill = self._bill(f"Many{number}", due=1, partner_id=partner.id)
            bill.paynow_autopay_date = self.today
            bills |= bill
        for batch in (bills[1:3], bills[1:]):
            self.env.flush_all()
            self.env.invalidate_all()
            batch = batch.browse(batch.ids)
            before = self.env.cr.sql_log_count
            self.assertEqual(set(batch.mapped("paynow_credit")), {5.0})
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])


@tagged("post_install", "-at_install")
class TestReminderCredit(PaynowCreditCommon):
    """Who has a credit that covers a late invoice is not reminded of it."""

    def setUp(self):
        super().setUp()
        self.company.paynow_past_due_enabled = True
        self.bill = self._bill("Late", due=-20)

    def _remind(self):
        """Run the reminders; return the states of the notices, by number."""
        self._run_cron("paynow_module.ir_cron_past_due")
        notices = self.env["paynow.notice"].sudo().search([("kind", "=", "past_due")])
        return {notice.invoice_id.name: notice.state for notice in notices}

    def test_a_late_invoice_that_a_credit_covers_is_not_reminded(self):
        payment = self._pay_in_advance(100.0)
        self.assertEqual(self._remind(), {"Late": "skipped"})
        self._assert_told_once(SUMMARY, payment.name, invoice=self.bill)

    def test_a_credit_note_covers_it_too(self):
        self._bill("Credit", 120.0, move_type="out_refund")
        self.assertEqual(self._remind(), {"Late": "skipped"})

    def test_a_late_invoice_that_a_credit_covers_in_part_is_reminded(self):
        self._pay_in_advance(99.0)
        self.assertEqual(self._remind(), {"Late": "queued"})
        self.assertFalse(self._get_activities(self.bill))

    def test_one_credit_covers_the_oldest_invoice_only(self):
        self._bill("Later", due=-18)
        self._pay_in_advance(100.0)
        self.assertEqual(self._remind(), {"Late": "skipped", "Later": "queued"})

    def test_staff_may_have_it_reminded_all_the_same(self):
        self._pay_in_advance(100.0)
        self.bill.with_user(self.clerk).paynow_ignore_credit = True
        self.assertEqual(self._remind(), {"Late": "queued"})

    def test_a_held_automatic_payment_is_not_reminded(self):
        self._choose(self.bill)
        self._pay_in_advance(30.0)
        self.assertEqual(self._remind(), {"Late": "skipped"})


@tagged("post_install", "-at_install")
class TestCreditWithoutEntry(PaynowReceivedMixin, PaynowCreditCommon):
    """A payment without a journal entry that names no invoice is a credit, too."""

    def test_a_payment_for_no_invoice_holds_the_charge(self):
        bill = self._bill("One", due=1)
        self._choose(bill)
        payment = self._receive(100.0, self.env["account.move"])
        self._run(days=1)
        self.assertFalse(self.charges)
        self._assert_told_once(SUMMARY, payment.name, invoice=bill)
        payment.invoice_ids = [Command.set(bill.ids)]
        self._run(days=2)
        self.assertFalse(self.charges)
        self.assertEqual(bill._paynow_get_payable(), 0.0)

    def test_a_payment_for_no_invoice_is_not_reminded_over(self):
        self.company.paynow_past_due_enabled = True
        bill = self._bill("Late", due=-20)
        self.assertFalse(bill._paynow_get_reminder_obstacle())
        self._receive(100.0, self.env["account.move"])
        self.env.invalidate_all()
        self.assertIn("credit", bill._paynow_get_reminder_obstacle())
