# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import date, timedelta

from freezegun import freeze_time
from markupsafe import Markup

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import MODELS
from ..common_books import PaynowBooksCommon

CRON = "paynow_module.ir_cron_account_summary"
TODAY = date(2026, 6, 17)  # A Wednesday.


@tagged("-at_install", "post_install")
@freeze_time(TODAY)
class TestSummary(PaynowBooksCommon):
    """Each client who owes something gets one account summary a period."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {"paynow_summary_enabled": True, "paynow_summary_interval": "weekly"}
        )

    def _run(self, day=TODAY):
        """Run the scheduled action on a day and return the notices of the client."""
        with freeze_time(day):
            self._run_cron(CRON)
        return self._get_notices()

    def _get_notices(self, client=None):
        client = client or self.client
        return self.env["paynow.notice"].sudo().search([("partner_id", "=", client.id)])

    def test_one_summary_a_week_whatever_the_number_of_runs_and_invoices(self):
        self._create_bill("Second1", 10.0)
        for day in range(5):  # Wednesday to Sunday.
            self._run(TODAY + timedelta(days=day))
        mail = self._get_mails()
        self.assertEqual(len(mail), 1)
        self.assertIn("Second1", mail.body_html)
        self._run(TODAY + timedelta(days=5))
        self.assertEqual(
            self._get_notices().mapped("period"), ["2026-06-22", "2026-06-15"]
        )

    def test_the_chosen_day_decides(self):
        self.company.paynow_summary_weekday = "3"  # Thursday: it was due on the 11th.
        self.assertEqual(self._run().period, "2026-06-11")
        self._run(TODAY + timedelta(days=1))
        self.assertEqual(len(self._get_notices()), 2)

    def test_a_month_that_is_too_short_has_its_last_day(self):
        self.company.paynow_summary_interval = "monthly"
        self.company.paynow_summary_day = 31
        for today, due in (
            ("2026-06-29", "2026-05-31"),
            ("2026-06-30", "2026-06-30"),
            ("2027-02-28", "2027-02-28"),
            ("2027-03-30", "2027-02-28"),
        ):
            found = self.company._paynow_get_summary_due(date.fromisoformat(today))
            self.assertEqual(found, date.fromisoformat(due), today)

    def test_a_month_has_no_day_32(self):
        with self.assertRaises(ValidationError):
            self.company.paynow_summary_day = 32

    def test_another_interval_sends_nothing_a_second_time(self):
        self.company.paynow_summary_interval = "monthly"
        self._run()
        self.company.paynow_summary_interval = "weekly"
        self._run(TODAY + timedelta(days=1))
        self.assertEqual(len(self._get_mails()), 1)

    def test_a_clock_set_back_sends_nothing_again(self):
        self._run()
        self._run(TODAY - timedelta(days=7))
        self.assertEqual(len(self._get_mails()), 1)

    def test_who_owes_nothing_gets_none(self):
        self._create_bill("Credit1", 100.0, move_type="out_refund")
        notice = self._run()
        self.assertEqual(notice.state, "skipped")
        self.assertIn("owes nothing", notice.reason)
        self.assertFalse(self._get_notices(self.stranger))

    def test_what_names_a_contact_is_mailed_to_the_client_once(self):
        self.invoice.button_draft()
        contact = self.env["res.partner"].create(
            {"name": "Ann", "parent_id": self.client.id, "email": "ann@example.com"}
        )
        accounts = self.company_data
        entry = self.env["account.move"].create(
            {
                "date": "2026-01-01",
                "line_ids": [
                    Command.create(
                        {
                            "account_id": accounts["default_account_receivable"].id,
                            "partner_id": contact.id,
                            "balance": 300.0,
                        }
                    ),
                    Command.create(
                        {
                            "account_id": accounts["default_account_revenue"].id,
                            "balance": -300.0,
                        }
                    ),
                ],
            }
        )
        entry.action_post()
        notice = self._run()
        self.assertEqual(notice.state, "queued")
        self.assertIn("$300.00", notice.mail_id.body_html)
        self.assertFalse(self._get_notices(contact))

    def test_the_box_on_the_client_spares_it(self):
        self.client.paynow_no_reminder = True
        self.assertEqual(self._run().state, "skipped")
        self.assertFalse(self._get_mails())

    def test_another_company_of_ours_sends_its_own(self):
        other = self.setup_other_company()["company"]
        other.write({"paynow_enabled": True, "paynow_summary_enabled": True})
        self._run()
        self.assertEqual(self._get_notices().company_id, self.company)

    @mute_logger(f"{MODELS}.notices.paynow_notice")
    def test_a_template_that_fails_is_listed_and_tried_again_tomorrow(self):
        template = self.env.ref("paynow_module.mail_template_account_summary").sudo()
        body = template.body_html
        template.body_html += Markup(
            f"<t t-if=\"object.name == '{self.client.name}'\""
            ' t-out="1 / (object.id - object.id)" />'
        )
        self.assertEqual(self._run().state, "failed")
        template.body_html = body
        self.assertEqual(self._run(TODAY + timedelta(days=1)).state, "queued")

    def test_a_clerk_sends_one_now(self):
        self.client.with_user(self.clerk).action_paynow_send_summary()
        self.assertEqual(self._get_notices().state, "queued")
        with self.assertRaisesRegex(UserError, "today already"):
            self.client.with_user(self.clerk).action_paynow_send_summary()
        self._run()
        self.assertEqual(len(self._get_mails()), 1)

    def test_whoever_owes_nothing_gets_none_by_hand(self):
        with self.assertRaisesRegex(UserError, "owes nothing"):
            self.stranger.with_user(self.clerk).action_paynow_send_summary()

    def test_a_preview_counts_the_clients(self):
        settings = self.env["paynow.settings"].with_user(self.accountant).create({})
        action = settings.action_paynow_preview_summary()
        self.assertEqual(action["domain"], [("id", "in", self.client.ids)])
        self.assertEqual(action["name"], "1 client would get this")
