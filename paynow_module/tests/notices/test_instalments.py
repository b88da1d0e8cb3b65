# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from contextlib import suppress
from datetime import date, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..common_books import PaynowBooksCommon

CRON = "paynow_module.ir_cron_past_due"
ISSUED = date(2026, 5, 1)
#: Three instalments of $1,000.00, due 31 May, 30 June and 30 July.
TERMS = ((30.0, 30), (30.0, 60), (40.0, 90))


class PaynowInstalmentCommon(PaynowBooksCommon):
    """A bill of $1,000.00 in three instalments."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice.button_draft()
        cls.company.paynow_past_due_enabled = True
        cls.company.paynow_email_links = True
        cls.company.paynow_past_due_days = "2,9,30"
        terms = cls._create_terms(*TERMS)
        cls.bill = cls._create_bill(
            "Parts1", 1000.0, invoice_date=ISSUED, invoice_payment_term_id=terms.id
        )

    def _run(self, day):
        """Run the reminders on a day.

        :return: The notices of the bill so far, the first one first.
        :rtype: paynow.notice
        """
        with freeze_time(day):
            self.env.invalidate_all()  # Another day.
            self._run_cron(CRON)
        notices = self.env["paynow.notice"].sudo()
        return notices.search([("invoice_id", "=", self.bill.id)], order="id")

    def _get_rows(self, day, *names):
        """Return columns of the rows of the account summary on a day."""
        with freeze_time(day):
            (statement,) = self.client._paynow_get_statements(self.company).values()
            (table,) = statement["tables"]
        return [tuple(row[name] for name in names) for row in table["lines"]], table


@tagged("-at_install", "post_install")
class TestInstalments(PaynowInstalmentCommon):
    """Each instalment is an open item with a due date of its own."""

    # === WHAT IS OPEN === #

    def _get_items(self):
        return [
            (item.number, item.date_due, item.rest, item.on_its_way)
            for item in self.bill._paynow_get_open_items()
        ]

    def test_each_instalment_is_an_open_item(self):
        self.assertEqual(
            self._get_items(),
            [
                ("Parts1 (1 of 3)", date(2026, 5, 31), 300.0, 0.0),
                ("Parts1 (2 of 3)", date(2026, 6, 30), 300.0, 0.0),
                ("Parts1 (3 of 3)", date(2026, 7, 30), 400.0, 0.0),
            ],
        )

    def test_what_is_on_its_way_pays_the_oldest_first(self):
        self._pay("pending", invoice_ids=[Command.set(self.bill.ids)], amount=450.0)
        self.assertEqual(
            [
                (rest, on_its_way)
                for _number, _due, rest, on_its_way in self._get_items()
            ],
            [(300.0, 300.0), (300.0, 150.0), (400.0, 0.0)],
        )

    def test_numbers_stay_once_an_instalment_is_paid(self):
        self._pay(
            invoice_ids=[Command.set(self.bill.ids)], amount=350.0
        )._post_process()
        self.assertEqual(
            self._get_items(),
            [
                ("Parts1 (2 of 3)", date(2026, 6, 30), 250.0, 0.0),
                ("Parts1 (3 of 3)", date(2026, 7, 30), 400.0, 0.0),
            ],
        )

    def test_due_now_is_what_is_late_and_what_is_due_today(self):
        for day, amount in (
            ("2026-05-02", 300.0),  # The next one, where none is due.
            ("2026-05-31", 300.0),
            ("2026-06-29", 300.0),
            ("2026-06-30", 600.0),
            ("2026-12-01", 1000.0),
        ):
            with self.subTest(day=day), freeze_time(day):
                due = self.bill._paynow_get_due_now()
                self.assertEqual(due, (amount, date(2026, 5, 31)))

    # === ACCOUNT SUMMARY === #

    def test_the_summary_has_a_row_for_each_instalment(self):
        rows, table = self._get_rows(
            "2026-06-10", "number", "date_due", "amount", "balance", "status"
        )
        self.assertEqual(
            rows,
            [
                ("Parts1 (1 of 3)", date(2026, 5, 31), 300.0, 300.0, "past_due"),
                ("Parts1 (2 of 3)", date(2026, 6, 30), 300.0, 300.0, "open"),
                ("Parts1 (3 of 3)", date(2026, 7, 30), 400.0, 400.0, "open"),
            ],
        )
        self.assertEqual((table["total"], table["overdue"]), (1000.0, 300.0))

    def test_what_is_being_processed_is_not_overdue(self):
        self._pay("pending", invoice_ids=[Command.set(self.bill.ids)], amount=300.0)
        rows, table = self._get_rows("2026-06-10", "status", "balance", "url")
        self.assertEqual(rows[0], ("processing", 300.0, False))
        self.assertTrue(rows[1][2])
        self.assertEqual(
            (table["total"], table["overdue"], table["on_its_way"]),
            (1000.0, 0.0, 300.0),
        )

    def test_a_part_being_processed_is_named(self):
        self._pay("pending", invoice_ids=[Command.set(self.bill.ids)], amount=100.0)
        rows, table = self._get_rows("2026-06-10", "status", "balance", "on_its_way")
        self.assertEqual(rows[0], ("past_due", 300.0, 100.0))
        self.assertEqual((table["overdue"], table["on_its_way"]), (200.0, 100.0))

    def test_credits_are_not_taken_from_what_is_overdue(self):
        """Test $500 late, $300 not due and $360 of credits."""
        self.bill.button_draft()
        for number, amount, due in (
            ("Late1", 500.0, date(2026, 6, 1)),
            ("Later1", 300.0, date(2026, 8, 1)),
        ):
            self._create_bill(
                number, amount, invoice_date=ISSUED, invoice_payment_term_id=False,
                invoice_date_due=due,
            )  # fmt: skip
        self._create_bill("Credit1", 360.0, move_type="out_refund", invoice_date=ISSUED)
        _rows, table = self._get_rows("2026-06-10", "status")
        self.assertEqual(
            (table["total"], table["overdue"], table["credits"]),
            (440.0, 500.0, -360.0),
        )

    # === REMINDERS === #

    def test_each_instalment_is_reminded_of_by_its_own_days(self):
        self.assertFalse(self._run("2026-06-01"))
        self.assertEqual(self._run("2026-06-02").mapped("period"), ["2"])
        self.assertEqual(self._run("2026-06-09").mapped("period"), ["2", "9"])
        # The second one is late, too; the first one is what counts.
        self.assertEqual(self._run("2026-07-02").mapped("period"), ["2", "9", "30"])
        self._pay(
            invoice_ids=[Command.set(self.bill.ids)], amount=300.0
        )._post_process()
        notices = self._run("2026-07-03")
        self.assertEqual(notices.mapped("period"), ["2", "9", "30", "2"])
        self.assertEqual(set(notices.mapped("state")), {"queued"})
        self.assertEqual(len(self._run("2026-07-03")), 4)
        self.assertEqual(self._run("2026-07-09")[-1].period, "9")

    def test_the_reminder_names_what_is_late(self):
        notice = self._run("2026-07-02")
        text = notice.mail_id.body_html
        self.assertIn("32 days past due", text)
        for words in ("$600.00", "$1,000.00", "Parts1 (2 of 3)", "05/31/2026"):
            self.assertIn(words, text)

    def test_an_instalment_on_its_way_is_not_reminded_of(self):
        self._pay("pending", invoice_ids=[Command.set(self.bill.ids)], amount=300.0)
        notice = self._run("2026-06-02")
        self.assertEqual(notice.state, "skipped")
        self.assertIn("being processed", notice.reason)

    def test_a_credit_that_covers_what_is_late_holds_the_reminder(self):
        self._create_bill("Credit1", 300.0, move_type="out_refund", invoice_date=ISSUED)
        notice = self._run("2026-06-02")
        self.assertIn("credit", notice.reason)
        # Not what is late after it.
        self.assertEqual(self._run("2026-07-02")[-1].state, "queued")

    # === WHAT CLIENTS NEVER GOT === #

    def test_nobody_is_reminded_of_what_was_never_sent(self):
        self.bill.is_move_sent = False
        notice = self._run("2026-06-10")
        self.assertEqual(notice.state, "skipped")
        self.assertIn("never sent", notice.reason)

    def test_days_count_from_the_day_of_sending(self):
        self.bill.paynow_sent_date = "2026-06-20"
        self.assertFalse(self._run("2026-06-21"))
        notice = self._run("2026-06-22")
        self.assertEqual((notice.state, notice.period), ("queued", "2"))
        self.assertIn("2 days past due", notice.mail_id.body_html)

    def test_a_person_may_say_that_the_client_has_it(self):
        self.bill.is_move_sent = False
        self.bill.with_user(self.clerk).paynow_sent_date = "2026-05-02"
        self.assertEqual(self._run("2026-06-02").state, "queued")

    def test_sending_notes_the_day(self):
        self.bill.is_move_sent = False
        with freeze_time("2026-06-20 12:00"):
            self.env["account.move.send"]._generate_and_send_invoices(
                self.bill, sending_methods=["manual"]
            )
        self.assertTrue(self.bill.is_move_sent)
        self.assertEqual(self.bill.paynow_sent_date, date(2026, 6, 20))

    def test_what_could_not_be_sent_is_not_noted(self):
        self.bill.is_move_sent = False
        template = self.env.ref("account.email_template_edi_invoice")
        post = patch.object(
            type(self.bill), "message_post", side_effect=UserError("No mail today")
        )
        # Not assertRaises, which would take the note back.
        with post, suppress(UserError):
            self.env["account.move.send"]._send_mail(self.bill, template)
        self.assertFalse(self.bill.paynow_sent_date)

    # === ADDRESSEES === #

    def test_all_mails_go_to_the_invoice_address(self):
        """Test that summary, reminder and link name one address."""
        for own in (False, "office@example.com"):
            with self.subTest(own=own):
                client = self.env["res.partner"].create(
                    {"name": "Two", "is_company": True, "email": own}
                )
                self.env["res.partner"].create(
                    {
                        "name": "Payables",
                        "parent_id": client.id,
                        "type": "invoice",
                        "email": "payables@example.com",
                    }
                )
                bill = self._create_bill(f"Two{own}", 10.0, partner_id=client.id)
                self.assertEqual(
                    bill._paynow_get_recipients()[bill], "payables@example.com"
                )
                self.assertEqual(bill._paynow_get_link_email(), "payables@example.com")
                self.assertEqual(
                    client._paynow_get_recipients()[client], "payables@example.com"
                )
                self.assertTrue(bill.paynow_url)
                delivery = self.env.ref("paynow_module.mail_template_invoice_delivery")
                contacts = self.env["account.move.send"]._get_default_mail_partner_ids(
                    bill, delivery, "en_US"
                )
                self.assertEqual(contacts.mapped("email"), ["payables@example.com"])

    def test_a_sale_receipt_without_a_client_is_sent_to_nobody(self):
        receipt = self._create_bill(
            "Till1", 10.0, move_type="out_receipt", partner_id=False
        )
        delivery = self.env.ref("paynow_module.mail_template_invoice_delivery")
        contacts = self.env["account.move.send"]._get_default_mail_partner_ids(
            receipt, delivery, "en_US"
        )
        self.assertFalse(contacts)

    def test_a_contact_named_on_the_invoice_gets_it(self):
        contact = self.env["res.partner"].create(
            {"name": "Ann", "parent_id": self.client.id, "email": "ann@example.com"}
        )
        bill = self._create_bill("Ann1", 10.0, partner_id=contact.id)
        self.assertEqual(bill._paynow_get_recipients()[bill], "ann@example.com")
        contact.email = False
        self.assertEqual(bill._paynow_get_recipients()[bill], self.email)


@tagged("-at_install", "post_install")
class TestManyInstalments(PaynowInstalmentCommon):
    """However many open items: the queries stay the same."""

    def test_queries_of_a_summary_do_not_grow_with_its_items(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            with freeze_time("2026-06-10"):
                self.client._paynow_get_statements(self.company)
            return self.cr.sql_log_count - before

        count()  # What is kept over requests.
        few = count()
        terms = self._create_terms(*[(10.0, 10 * number) for number in range(10)])
        for number in range(5):
            self._create_bill(
                f"Ten{number}", 100.0, invoice_date=ISSUED + timedelta(number),
                invoice_payment_term_id=terms.id,
            )  # fmt: skip
        self.assertLessEqual(count(), few)
