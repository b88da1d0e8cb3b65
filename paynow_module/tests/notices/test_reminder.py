# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import date, timedelta
from unittest.mock import patch

from freezegun import freeze_time
from markupsafe import Markup

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.autopay.account_move_plan import AutopayRun
from ..common import MODELS
from ..common_books import PaynowBooksCommon

CRON = "paynow_module.ir_cron_past_due"
RUN = f"{MODELS}.notices.paynow_notice_run"
NOTICE = f"{MODELS}.notices.paynow_notice"
TODAY = date(2026, 6, 20)


@tagged("-at_install", "post_install")
@freeze_time(TODAY)
class TestReminder(PaynowBooksCommon):
    """Clients are reminded of past due invoices, each stage once, if they should be."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.paynow_past_due_enabled = True
        cls._set_due(cls.invoice, 15)

    @classmethod
    def _set_due(cls, invoice, days):
        """Let an invoice be past due for some days."""
        due = TODAY - timedelta(days=days)
        invoice.button_draft()
        invoice.write(
            {
                "invoice_date": due,
                "invoice_payment_term_id": False,
                "invoice_date_due": due,
            }
        )
        invoice.action_post()

    def _run(self, day=TODAY):
        """Run the scheduled action on a day and return the notices of the invoice."""
        with freeze_time(day):
            self._run_cron(CRON)
        return self._get_notices()

    def _get_notices(self, invoice=None):
        invoice = invoice or self.invoice
        return (
            self.env["paynow.notice"].sudo().search([("invoice_id", "=", invoice.id)])
        )

    def _assert_skipped(self, words):
        notice = self._run()
        self.assertEqual(notice.state, "skipped")
        self.assertIn(words, notice.reason)
        self.assertFalse(self._get_mails())

    # === STAGES === #

    def test_the_stage_reached_is_mailed_once_however_often_it_runs(self):
        for _time in range(3):
            notice = self._run()
        self.assertEqual((notice.state, notice.period), ("queued", "15"))
        mail = self._get_mails()
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail, notice.mail_id)
        self.assertIn("15 days past due", mail.body_html)

    def test_stages_that_were_passed_are_not_sent_in_a_burst(self):
        self._set_due(self.invoice, 400)
        self.assertEqual(self._run().period, "30")
        self._run(TODAY + timedelta(days=1))
        self.assertEqual(len(self._get_mails()), 1)

    def test_each_stage_has_its_day(self):
        self._set_due(self.invoice, 0)
        for day in range(40):
            self._run(TODAY + timedelta(days=day))
        notices = self._get_notices().sorted("id")
        self.assertEqual(notices.mapped("period"), ["1", "15", "30"])
        self.assertEqual(
            [(notice.date - TODAY).days for notice in notices], [1, 15, 30]
        )

    def test_an_invoice_due_today_is_not_past_due(self):
        self._set_due(self.invoice, 0)
        self.assertFalse(self._run())

    def test_a_clock_set_back_sends_nothing_again(self):
        self._run()
        self._run(TODAY - timedelta(days=10))
        self._run()
        self.assertEqual(len(self._get_mails()), 1)

    def test_a_new_stage_waits_a_day_after_the_last_mail(self):
        self._run()
        self.company.paynow_past_due_days = "1,14,15"
        self._set_due(self.invoice, 16)
        self.company.paynow_past_due_days = "1,15,16"
        self.assertEqual(len(self._run()), 1)
        self.assertEqual(len(self._run(TODAY + timedelta(days=1))), 2)

    def test_the_time_zone_of_the_company_says_what_today_is(self):
        self.company.partner_id.tz = "Pacific/Auckland"
        self._set_due(self.invoice, 0)
        with freeze_time("2026-06-20 13:00:00"):  # The 21st in Auckland.
            self._run_cron(CRON)
        self.assertEqual(self._get_notices().period, "1")

    def test_switched_off_nothing_is_sent(self):
        self.company.paynow_past_due_enabled = False
        self.assertFalse(self._run())
        self.company.paynow_past_due_enabled = True
        self.company.paynow_enabled = False
        self.assertFalse(self._run())

    # === WHO IS SPARED === #

    def test_the_paid_are_not_reminded(self):
        self._pay()._post_process()
        self.assertFalse(self._run())

    def test_a_payment_in_flight_spares_the_client(self):
        self._pay("pending")
        self._assert_skipped("being processed")

    def test_a_part_in_flight_does_not(self):
        self._pay("pending", amount=40.0)
        self.assertEqual(self._run().state, "queued")

    def test_an_invoice_paid_automatically_is_not_reminded_of(self):
        method = "_paynow_get_autopay_runs"
        items = self.invoice._paynow_get_open_items()
        runs = [AutopayRun(TODAY, 100.0, [(item, item.rest) for item in items])]
        with patch.object(type(self.invoice), method, lambda move: runs):
            self._assert_skipped("automatically on 06/20/2026")

    def test_a_hold_spares_the_client_until_it_ends(self):
        self.invoice.paynow_hold_until = TODAY
        self.invoice.paynow_hold_reason = "The client disputes it."
        self._assert_skipped("The client disputes it.")
        notice = self._run(TODAY + timedelta(days=1))
        self.assertEqual((notice.state, notice.reason), ("queued", False))

    def test_the_box_on_the_invoice_spares_it(self):
        self.invoice.paynow_no_reminder = True
        self._assert_skipped("switched off")

    def test_the_box_on_the_client_spares_it_in_this_company_only(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.client.with_company(other).paynow_no_reminder = True
        self.assertEqual(self._run().state, "queued")
        self.client.with_company(self.company).paynow_no_reminder = True
        self.assertIn(
            "no reminders", self.invoice.sudo()._paynow_get_reminder_obstacle()
        )

    def test_the_box_on_a_contact_spares_it_in_this_company_only(self):
        contact = self.env["res.partner"].create(
            {"name": "Ann", "parent_id": self.client.id, "email": "ann@example.com"}
        )
        runner = self.env.ref("base.user_root").company_id  # Of the scheduler.
        self.assertNotEqual(runner, self.company)
        contact.sudo().with_company(runner).paynow_no_reminder = True
        self.invoice.button_draft()
        self.invoice.partner_id = contact
        self.invoice.action_post()
        self.assertEqual(self._run().state, "queued")

    def test_without_an_address_the_reason_is_listed(self):
        self.client.email = "nowhere"
        self._assert_skipped("no valid e-mail address")

    def test_credit_notes_and_drafts_are_none(self):
        self._set_due(self.invoice, 0)
        credit = self._create_bill("Credit1", 9.0, move_type="out_refund")
        draft = self._create_bill("Draft1", 9.0, post=False)
        credit.invoice_date_due = draft.invoice_date_due = TODAY - timedelta(days=15)
        self._run()
        for bill in (credit, draft):
            self.assertFalse(self._get_notices(bill))

    # === FAILURES === #

    @mute_logger(RUN, NOTICE)
    def test_one_failing_client_does_not_stop_the_others(self):
        invoices = self.invoice
        for number in range(1, 5):
            partner = self.env["res.partner"].create(
                {"name": f"Client {number}", "email": f"c{number}@example.com"}
            )
            bill = self._create_bill(f"Fail{number}", 10.0, partner_id=partner.id)
            self._set_due(bill, 15)
            invoices |= bill
        broken, bad_address, bad_template = invoices[1:4]
        self.env.cr.execute(
            "UPDATE res_partner SET lang = 'xx_XX' WHERE id = %s",
            [broken.partner_id.id],
        )
        self._import_email(bad_address.partner_id, "nobody@")
        template = self.env.ref("paynow_module.mail_template_past_due").sudo()
        template.body_html += Markup(
            f"<t t-if=\"object.name == '{bad_template.name}'\""
            ' t-out="1 / (object.id - object.id)" />'
        )
        self._run()
        states = {bill.name: self._get_notices(bill).state for bill in invoices}
        self.assertEqual(
            states,
            {
                "Inv123": "queued",
                "Fail1": "failed",
                "Fail2": "skipped",
                "Fail3": "failed",
                "Fail4": "queued",
            },
        )
        self.assertIn("division by zero", self._get_notices(bad_template).reason)
        self.assertTrue(self._get_notices(broken).reason)

    @mute_logger(RUN)
    def test_what_a_failing_client_had_begun_is_undone(self):
        def break_down(notice):
            notice.partner_id.comment = "half done"
            raise ValueError("It broke down.")

        with patch.object(type(self.env["paynow.notice"]), "_fulfil", break_down):
            notice = self._run()
        self.assertEqual((notice.state, notice.reason), ("failed", "It broke down."))
        self.assertFalse(self.client.comment)
        self.assertEqual(self._run(TODAY + timedelta(days=1)).state, "queued")

    # === BY HAND === #

    def test_a_clerk_sends_a_reminder_once_a_day_and_the_run_knows_it(self):
        self.company.paynow_past_due_enabled = False
        self.invoice.with_user(self.clerk).action_paynow_send_reminder()
        self.assertEqual(self._get_notices().state, "queued")
        with self.assertRaisesRegex(UserError, "today already"):
            self.invoice.with_user(self.clerk).action_paynow_send_reminder()
        self.company.paynow_past_due_enabled = True
        self._run()
        self.assertEqual(len(self._get_mails()), 1)

    def test_before_the_first_stage_a_reminder_by_hand_is_no_stage(self):
        self.company.paynow_past_due_days = "30"
        self.invoice.with_user(self.clerk).action_paynow_send_reminder()
        self.company.paynow_past_due_days = "15"
        self._run(TODAY + timedelta(days=1))
        self.assertEqual(len(self._get_mails()), 2)

    def test_a_reminder_by_hand_tells_why_it_is_not_sent(self):
        self._pay("pending")
        with self.assertRaisesRegex(UserError, "being processed"):
            self.invoice.with_user(self.clerk).action_paynow_send_reminder()

    def test_a_preview_tells_who_would_get_one_and_sends_nothing(self):
        second = self._create_bill("Second1", 10.0)
        spared = self._create_bill("Spared1", 10.0, paynow_no_reminder=True)
        for bill in (second, spared):
            self._set_due(bill, 1)
        settings = self.env["paynow.settings"].with_user(self.accountant).create({})
        action = settings.action_paynow_preview_past_due()
        self.assertEqual(action["name"], "1 client would get this")
        self.assertEqual(set(action["domain"][0][2]), set((self.invoice + second).ids))
        self.assertFalse(self._get_mails())
        self.assertFalse(self._get_notices())
