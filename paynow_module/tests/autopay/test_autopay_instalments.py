# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import format_date

from ..common_autopay import PaynowAutopayCommon
from ..common_received import PaynowReceivedMixin


class PaynowLateInstalmentCommon(PaynowAutopayCommon):
    """A bill of $1,000.00: $300.00 late for 20 days, $300.00 in 10, $400.00 in 40."""

    def setUp(self):
        super().setUp()
        self.company.paynow_past_due_enabled = True
        self.company.paynow_past_due_days = "1,15,30"
        self.term = self._create_terms((30, 0), (30, 30), (40, 60))
        self.bill = self._bill_parts("Parts")

    def _bill_parts(self, number, **values):
        return self._bill(
            number, 1000.0, due=-20, invoice_payment_term_id=self.term.id, **values
        )

    def _pay_part(self, amount, state="done"):
        """Have the client pay a part of the bill themselves."""
        tx = self._pay(state, amount=amount, invoice_ids=[Command.set(self.bill.ids)])
        if state == "done":
            tx._post_process()
        return tx

    def _get_amounts(self):
        return [amount for _reference, amount in self.charges]

    def _get_rests(self):
        """Return what is left of each instalment in the books, by its number."""
        return {
            item.number[-7:]: item.rest for item in self.bill._paynow_get_open_items()
        }

    def _get_runs(self):
        """Return the automatic payments to come: days from today, and amounts."""
        return [
            ((run.date - self.today).days, run.amount)
            for run in self.bill._paynow_get_autopay_runs()
        ]

    def _get_reminders(self):
        """Return the mails about what is past due that were made."""
        self._run_cron("paynow_module.ir_cron_past_due")
        self.env.invalidate_all()
        return (
            self.env["paynow.notice"]
            .sudo()
            .search([("invoice_id", "=", self.bill.id)], order="id")
            .filtered(lambda notice: notice.kind == "past_due" and notice.message_id)
        )

    def _format_day(self, days):
        return format_date(self.env, self.today + timedelta(days=days))


@tagged("-at_install", "post_install")
class TestAutopayInstalments(PaynowLateInstalmentCommon):
    """Each open item is paid automatically or reminded of, by its own day."""

    # === WHAT IS LATE WHEN ALL INVOICES ARE CHOSEN === #

    def test_what_is_late_is_left_to_the_client_and_the_others_are_taken(self):
        self._choose()
        self.assertEqual(self._get_runs(), [(10, 300.0), (40, 400.0)])
        self._run()
        self.assertFalse(self.charges)
        self._run(days=10)
        self._run(days=40)
        self.assertEqual(self._get_amounts(), [300.0, 400.0])
        self.assertEqual(self._get_rests(), {"1 of 3)": 300.0}, "As it was left.")
        self._run(days=70)
        self.assertEqual(len(self.charges), 2)

    def test_a_charge_is_matched_with_the_instalment_it_was_made_for(self):
        self._choose()
        self._run(days=10)
        payment = self._get_txs(self.bill).payment_id
        self.assertTrue(payment.is_reconciled)
        lines = self.bill.line_ids.filtered("date_maturity").sorted("date_maturity")
        self.assertEqual(lines.mapped("reconciled"), [False, True, False])

    def test_the_client_is_reminded_of_what_is_late_all_along(self):
        self._choose()
        (first,) = self._get_reminders()
        self.assertEqual((first.period, first.line_id.date_maturity),
                         ("15", self.today - timedelta(days=20)))  # fmt: skip
        body = first.mail_id.body_html
        self.assertIn("20 days past due", body)
        for text in ("$300.00 is past due and is not paid", "$300.00 will be charged"):
            self.assertIn(text, body)
        self._run(days=10)
        with self._on(12):  # The second one is paid, and reminded of at no time.
            reminders = self._get_reminders()
        self.assertEqual(reminders.mapped("period"), ["15", "30"])
        self.assertEqual(reminders.line_id, first.line_id)

    def test_nobody_is_reminded_of_what_the_run_will_take(self):
        """Test the second one, late by its day, to be charged five days after it."""
        self._choose(timing="after", days=5)
        self._pay_part(300.0)
        with self._on(12):
            self.assertFalse(self.bill._paynow_get_dunned_items())
            self.assertIn("automatically", self.bill._paynow_get_reminder_obstacle())
            self.assertFalse(self._get_reminders())

    def test_what_is_late_and_paid_by_the_client_is_deducted_from_no_other(self):
        self._choose()
        for state in ("pending", "done"):
            with self.subTest(state=state), self.env.cr.savepoint() as savepoint:
                self._pay_part(300.0, state)
                self.assertEqual(self._get_runs(), [(10, 300.0), (40, 400.0)])
                self._run(days=10)
                self._run(days=40)
                self.assertEqual(self._get_amounts(), [300.0, 400.0])
                self.assertEqual(self.bill._paynow_get_payable(), 0.0)
                savepoint.rollback()
                self.charges.clear()

    def test_what_the_client_pays_beyond_it_is_deducted(self):
        self._choose()
        self._pay_part(450.0)
        self.assertEqual(self._get_runs(), [(10, 150.0), (40, 400.0)])
        self._run(days=10)
        self.assertEqual(self._get_amounts(), [150.0])

    def test_a_charge_on_its_way_pays_what_it_is_for(self):
        """Test a bank debit that clears weeks later."""
        self._choose()
        self._run("pending", days=10)
        with self._on(12):
            items = self.bill._paynow_get_open_items()
            self.assertEqual([i.on_its_way for i in items], [0.0, 300.0, 0.0])
            (late,) = self.bill._paynow_get_dunned_items()
            self.assertEqual(late.still_to_pay, 300.0)
            self.assertEqual(self._get_runs(), [(40, 400.0)])
        self._run("pending", days=40)
        self.assertEqual(self._get_amounts(), [300.0, 400.0])
        for tx in self._get_txs(self.bill):
            tx._set_done()
            tx._post_process()
        self.assertEqual(self._get_rests(), {"1 of 3)": 300.0})

    def test_an_invoice_of_which_all_is_late_is_not_taken(self):
        self.bill.button_draft()
        term = self._create_terms((50, 0), (50, 10))
        bill = self._bill("Late", due=-20, invoice_payment_term_id=term.id)
        self._choose()
        self.assertFalse(bill.paynow_autopay_id)

    def test_a_new_invoice_is_taken_whole(self):
        """Test one that is dated back: it is among those to come."""
        self.bill.button_draft()
        self._choose()
        self.bill = self._bill_parts("New")
        self.assertEqual(self._get_runs(), [(0, 300.0), (10, 300.0), (40, 400.0)])

    def test_an_invoice_that_is_posted_again_is_not_new(self):
        """Test what was late when the choice was made, and the choice for it."""
        late = self._bill("Late", due=-3)
        self._choose()
        for bill in (late, self.bill):
            bill.button_draft()
            bill.action_post()
        self.assertFalse(late.paynow_autopay_id)
        self.assertEqual(self._get_runs(), [(10, 300.0), (40, 400.0)])

    def test_a_due_date_moved_to_the_past_by_mistake_is_still_taken(self):
        self._choose()
        lines = self.bill.line_ids.filtered("date_maturity").sorted("date_maturity")
        lines[1].date_maturity = self.today - timedelta(days=30)
        self.assertEqual(self._get_runs(), [(1, 300.0), (40, 400.0)])

    def test_a_new_choice_looks_anew_at_what_is_late(self):
        self._choose()
        with self._on(15):
            self._choose(timing="after", days=1)
            self.assertEqual(self._get_runs(), [(41, 400.0)])
        self._run(days=41)
        self.assertEqual(self._get_amounts(), [400.0])

    def test_a_charge_that_fails_for_good_leaves_all_to_be_reminded_of(self):
        self._choose()
        for days in (10, 13, 17):
            self._run("error", days=days)
        with self._on(17):
            dunned = self.bill._paynow_get_dunned_items()
        self.assertEqual([item.rest for item in dunned], [300.0, 300.0])

    # === ONE INVOICE IS CHOSEN === #

    def test_who_has_this_invoice_be_paid_has_all_of_it_paid(self):
        text = self.env["paynow.autopay"]._get_consent_text(self.company, self.bill)
        payments = ", ".join(
            f"{amount} on {self._format_day(days)}"
            for amount, days in (("$300.00", 0), ("$300.00", 10), ("$400.00", 40))
        )
        self.assertIn("what is past due at once", text)
        self.assertIn(f"that is {payments}.", text)
        self._choose(self.bill)
        for days in (0, 10, 40):
            self._run(days=days)
        self.assertEqual(self._get_amounts(), [300.0, 300.0, 400.0])
        self.assertFalse(self._get_rests())

    def test_what_was_left_before_is_taken_by_a_choice_for_this_invoice(self):
        self._choose()
        self._choose(self.bill)
        self.assertEqual(self._get_runs(), [(0, 300.0), (10, 300.0), (40, 400.0)])

    # === WHAT IS SAID IS WHAT IS CHARGED === #

    def test_the_mail_names_amounts_and_days(self):
        self._choose()
        self.assertEqual(
            self.bill._paynow_get_mail_notes(),
            [
                "Invoice is configured for automatic payment on"
                f" {self._format_day(10)}. $300.00 will be charged on that day.",
                f"After that: $400.00 on {self._format_day(40)}.",
                "$300.00 is past due and is not paid automatically. Please pay this"
                " amount yourself.",
            ],
        )

    def test_the_page_and_the_portal_name_the_amount(self):
        self._choose()
        day = self.today + timedelta(days=10)
        for values in (
            self.bill._paynow_get_summary(300.0),
            self.bill._paynow_get_mail_values(),
            self.bill._paynow_get_autopay_card(),
        ):
            self.assertEqual(
                (values["autopay_date"], values["autopay_amount"]), (day, "$300.00")
            )
        self.assertEqual(self.bill.paynow_autopay_amount, 300.0)

    def test_the_summary_names_the_payment_of_each_row(self):
        self.company.paynow_email_links = True
        self._choose()
        (statement,) = self.client._paynow_get_statements(self.company).values()
        (table,) = statement["tables"]
        rows = [
            (
                row["balance"],
                bool(row["url"]),
                row["autopay_date"],
                row["autopay_amount"],
            )
            for row in table["lines"]
        ]
        days = [self.today + timedelta(days=days) for days in (10, 40)]
        self.assertEqual(
            rows,
            [
                (300.0, True, False, 0.0),
                (300.0, True, days[0], 300.0),
                (400.0, True, days[1], 400.0),
            ],
        )
        text = self.client.with_company(self.company)._paynow_render_statement()
        self.assertIn(f"Automatic payment of $300.00 on {self._format_day(10)}", text)

    def test_what_is_named_is_what_is_charged(self):
        """Test parts paid by hand and on their way, received and late."""
        self._choose()
        for parts in (
            (), (("done", 120.0),), (("pending", 350.0),), (("done", 400.0),),
            (("done", 50.0), ("pending", 600.0)), (("pending", 999.99),),
        ):  # fmt: skip
            with self.subTest(parts=parts), self.env.cr.savepoint() as savepoint:
                for state, amount in parts:
                    self._pay_part(amount, state)
                runs = self._get_runs()
                for days in (10, 40, 41):
                    self._run(days=days)
                self.assertEqual(self._get_amounts(), [amount for _day, amount in runs])
                savepoint.rollback()
                self.charges.clear()

    def test_nothing_is_named_where_all_is_on_its_way(self):
        self._choose()
        self._pay_part(1000.0, "pending")
        self.assertFalse(self.bill._paynow_get_autopay_runs())
        notes = self.bill._paynow_get_mail_notes()
        self.assertFalse([note for note in notes if "automatic" in note])


@tagged("-at_install", "post_install")
class TestAutopayInstalmentsWithoutEntry(
    PaynowReceivedMixin, PaynowLateInstalmentCommon
):
    """The same in books where a payment has no journal entry at first."""

    def test_a_charge_pays_what_it_was_made_for(self):
        self._choose()
        self._run(days=10)
        self.assertFalse(self._get_txs(self.bill).payment_id.move_id)
        self.assertEqual(self._get_rests(), {"1 of 3)": 300.0, "3 of 3)": 400.0})
        self._run(days=40)
        self.assertEqual(self._get_amounts(), [300.0, 400.0])
