# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import RecordCapturer, tagged

from ..common_books import PaynowBooksCommon

CRON = "paynow_module.ir_cron_account_summary"


@tagged("-at_install", "post_install")
class TestThrottle(PaynowBooksCommon):
    """A mail provider that takes so many mails an hour gets no more."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.paynow_summary_enabled = True
        clients = cls.env["res.partner"].create(
            [
                {"name": f"Client {number}", "email": f"client{number}@example.com"}
                for number in range(5)
            ]
        )
        for number, client in enumerate(clients):
            cls._create_bill(f"Throttle{number}", 10.0, partner_id=client.id)
        cls.owed = len(clients) + 1  # And the client of all tests.

    def _run(self):
        """Run the cron; return how many account summaries there are."""
        self._run_cron(CRON)
        return self._get_made()

    def _get_made(self):
        return self.env["paynow.notice"].search_count(
            [("company_id", "=", self.company.id), ("state", "=", "queued")]
        )

    def _pass(self, **delta):
        """Have time pass since the mails were made."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE paynow_notice SET write_date = write_date - %s",
            [timedelta(**delta)],
        )

    def test_without_a_limit_all_are_made_at_once(self):
        self.assertEqual(self._run(), self.owed)

    def test_a_run_makes_its_part_and_comes_back_for_the_rest(self):
        self.company.paynow_mails_per_hour = 24
        Trigger = self.env["ir.cron.trigger"].sudo()
        cron = self.env.ref(CRON).sudo()
        with RecordCapturer(Trigger, [("cron_id", "=", cron.id)]) as triggers:
            self.assertEqual(self._run(), 2)
        (date,) = triggers.records.mapped("call_at")
        self.assertGreater(date, fields.Datetime.now() + timedelta(minutes=4))
        self.assertEqual([self._run(), self._run()], [4, 6])
        with RecordCapturer(Trigger, [("cron_id", "=", cron.id)]) as triggers:
            self.assertEqual(self._run(), self.owed)
        self.assertFalse(triggers.records, "Nothing is left.")

    def test_an_hour_has_no_more_than_its_number(self):
        self.company.paynow_mails_per_hour = 2
        self.assertEqual([self._run(), self._run(), self._run()], [1, 2, 2])
        self._pass(minutes=61)
        self.assertEqual([self._run(), self._run(), self._run()], [3, 4, 4])

    def test_who_is_skipped_takes_nobodys_place(self):
        self.company.paynow_mails_per_hour = 24
        self.env["res.partner"].search(
            [("email", "in", ["client0@example.com", "client1@example.com"])]
        ).with_company(self.company).paynow_no_reminder = True
        self.assertEqual(self._run(), 2)

    def test_receipts_and_mails_by_hand_do_not_wait(self):
        self.company.paynow_mails_per_hour = 1
        self._run()
        made = self._get_made()
        other = self.env["res.partner"].search([("email", "=", "client4@example.com")])
        other.with_user(self.clerk).action_paynow_send_summary()
        self._pay()._post_process()
        self.assertEqual(self._get_made(), made + 1)
        self.assertEqual(len(self._get_mails()), 2)

    def test_no_limit_is_below_zero(self):
        with self.assertRaisesRegex(ValidationError, "Mails an hour"):
            self.company.paynow_mails_per_hour = -1
