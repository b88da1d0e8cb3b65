# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import smtplib
from contextlib import ExitStack
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MailCommon

from ..common_books import PaynowBooksCommon

# Minutes after the first try; then a day is over.
TRIES = [5, 10, 20, 40, 80, 160, 320, 560, 800, 1040, 1280, 1440]
AWAY = ConnectionRefusedError("Nobody listens.")
SUMMARY = "Pay Now: mails could not be sent"


@tagged("-at_install", "post_install")
class TestOutage(PaynowBooksCommon, MailCommon):
    """What becomes of mails while the mail server is away, or hangs up."""

    def setUp(self):
        super().setUp()
        self.start = fields.Datetime.now()
        self.env["mail.mail"].sudo().search([]).unlink()  # Of others.
        self.client.with_user(self.clerk).action_paynow_send_summary()
        self.notice = (
            self.env["paynow.notice"].sudo().search([], order="id desc", limit=1)
        )
        self.mail = self.notice.mail_id

    def _try(self, minutes=0, away=None, answer=None):
        """Work the queue off; return the addresses that got a mail.

        :param int minutes: How long after the first try.
        :param Exception away: What happens when Odoo connects.
        :param Exception|Callable answer: What happens when it hands over a mail.
        """
        with ExitStack() as stack:
            stack.enter_context(freeze_time(self.start + timedelta(minutes=minutes)))
            stack.enter_context(self.mock_mail_gateway())
            stack.enter_context(mute_logger("odoo.addons.mail.models.mail_mail"))
            if away:
                stack.enter_context(patch("smtplib.SMTP", side_effect=away))
            if answer:
                stack.enter_context(
                    patch.object(
                        self.testing_smtp_session,
                        "send_message",
                        side_effect=answer,
                        create=True,
                    )
                )
            self.env["mail.mail"].sudo().process_email_queue()
            self.env.flush_all()
            return [email for mail in self.emails for email in mail["smtp_to_list"]]

    def _get_wait(self):
        """Return how many minutes after the first try it is tried again."""
        return (self.mail.scheduled_date - self.start) // timedelta(minutes=1)

    def _get_lost_activities(self):
        return self.company.partner_id.activity_ids.filtered(
            lambda activity: activity.summary == SUMMARY
        )

    # === THE SERVER IS AWAY === #

    def test_it_is_tried_with_growing_waits_for_a_day(self):
        self._try(0, away=AWAY)
        tries = []
        while self.mail.state == "outgoing":
            self.assertEqual(self.notice.state, "queued")
            self.assertIn("Nobody listens.", self.notice.reason)
            tries.append(self._get_wait())
            self._try(tries[-1] - 1)
            self.assertEqual(self.mail.state, "outgoing", "It waits.")
            self._try(tries[-1], away=AWAY)
        self.assertEqual(tries, TRIES)
        self.assertEqual((self.mail.state, self.notice.state), ("exception", "failed"))

    def test_what_was_tried_in_vain_goes_out_once(self):
        self._try(0, away=AWAY)
        self.assertEqual(self._try(5), [self.email])
        self.assertEqual((self.mail.state, self.notice.state), ("sent", "sent"))
        self.assertFalse(self.notice.reason)
        self.assertFalse(self._try(10))

    def test_the_queue_calls_itself_when_it_is_time(self):
        cron = self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()
        Trigger = self.env["ir.cron.trigger"].sudo()
        self._try(0, away=AWAY)
        date = self.start + timedelta(minutes=5)
        self.assertTrue(
            Trigger.search([("cron_id", "=", cron.id), ("call_at", "=", date)])
        )

    def test_receipts_wait_as_well(self):
        self._pay(amount=40.0)._post_process()
        receipt = self._get_mails() - self.mail
        self._try(0, away=AWAY)
        self.assertEqual(receipt.state, "outgoing")
        self.assertEqual(self._try(5).count(self.email), 2)

    def test_invoices_that_are_sent_wait_as_well(self):
        self.company.write(
            {"paynow_enabled": True, "paynow_invoice_delivery_enabled": True}
        )
        self.mail.unlink()
        with (
            self.mock_mail_gateway(),
            patch("smtplib.SMTP", side_effect=AWAY),
            mute_logger("odoo.addons.mail.models.mail_mail"),
        ):
            self.env["account.move.send"]._generate_and_send_invoices(
                self.invoice, sending_methods=["email"]
            )
        mail = self.env["mail.mail"].sudo().search([])
        self.assertIn("New invoice", mail.subject)
        self.assertEqual(mail.state, "outgoing")
        self.assertEqual(self._try(6), [self.email])
        self.assertFalse(self._try(30))

    def test_a_reminder_that_is_no_longer_right_is_taken_back(self):
        self._try(0, away=AWAY)
        self._pay()._post_process()
        self.env["mail.mail"].sudo().search([]).filtered(
            lambda mail: mail != self.mail
        ).unlink()
        self.assertFalse(self._try(5))
        self.assertEqual((self.mail.state, self.notice.state), ("cancel", "skipped"))
        self.assertFalse(self.notice.message_id, "The next one is owed as ever.")

    def test_what_is_of_use_for_minutes_is_not_tried_for_a_day(self):
        self.mail.paynow_patience = 5
        self._try(0, away=AWAY)
        self.assertEqual(self._get_wait(), 5)
        self._try(5, away=AWAY)
        self.assertEqual(self.mail.state, "exception")
        self._try(5000)
        self.assertFalse(self._get_lost_activities())

    def test_a_mail_that_is_not_ours_is_left_to_the_platform(self):
        mail = self.env["mail.mail"].sudo().create({"email_to": "else@example.com"})
        self._try(0, away=AWAY)
        self.assertEqual((mail.state, mail.scheduled_date), ("exception", False))

    # === WHAT IT ANSWERS === #

    def test_a_server_that_asks_to_come_back_is_asked_again(self):
        for error in (
            smtplib.SMTPSenderRefused(451, b"Busy", "us@example.com"),
            smtplib.SMTPRecipientsRefused({self.email: (450, b"Greylisted")}),
            smtplib.SMTPRecipientsRefused(
                {
                    "gone@client.example.com": (550, b"Nobody"),
                    self.email: (450, b"Greylisted"),
                }
            ),
            smtplib.SMTPDataError(421, b"Too many"),
        ):
            with self.subTest(error=error):
                self._try(0, answer=error)
                self.assertEqual((self.mail.state, self._get_wait()), ("outgoing", 5))
            self.mail.write({"scheduled_date": False, "paynow_tried_date": False})

    def test_what_is_refused_is_not_tried_again(self):
        for error in (
            smtplib.SMTPRecipientsRefused({self.email: (550, b"Nobody")}),
            smtplib.SMTPDataError(554, b"Spam"),
            UnicodeError("No such address"),
        ):
            with self.subTest(error=error):
                self._try(0, answer=error)
                self.assertEqual(self.mail.state, "exception")
                self.assertEqual(self.notice.state, "failed")
            self._try(5000)
            self.assertFalse(self._get_lost_activities())
            self.mail.mark_outgoing()
            self.notice.state = "queued"

    def test_a_server_that_hangs_up_is_asked_again(self):
        with mute_logger("odoo.addons.mail.models.mail_mail"):
            self._try(0, answer=smtplib.SMTPServerDisconnected("Bye"))
        self.assertEqual((self.mail.state, self._get_wait()), ("outgoing", 5))
        self.assertEqual(self._try(5), [self.email])

    def test_what_it_may_have_taken_is_not_sent_again_but_told(self):
        def data(*_args):
            raise smtplib.SMTPServerDisconnected("Bye")

        self._try(0, answer=data)
        self.assertEqual((self.mail.state, self.notice.state), ("exception", "failed"))
        self.assertFalse(self._try(50))
        self.assertFalse(self._get_lost_activities())
        self.assertFalse(self._try(100))
        self.assertEqual(len(self._get_lost_activities()), 1)

    # === WHO IS TOLD === #

    def test_staff_are_told_once_after_a_day(self):
        self._pay(amount=40.0)._post_process()
        self._try(0, away=AWAY)
        for minutes in TRIES[:-1]:
            self._try(minutes, away=AWAY)
            self.assertFalse(self._get_lost_activities())
        self._try(TRIES[-1], away=AWAY)
        for hours in range(25, 30):
            self._try(hours * 60)
        activity = self._get_lost_activities()
        self.assertEqual(len(activity), 1)
        self.assertTrue(activity.user_id.has_group("account.group_account_manager"))
        self.assertIn("2 mails", str(activity.note))

    def test_who_retries_by_hand_has_another_day(self):
        for minutes in (0, *TRIES, 25 * 60):
            self._try(minutes, away=AWAY)
        self.mail.action_retry()
        self.start += timedelta(days=2)
        self._try(0, away=AWAY)
        self.assertEqual((self.mail.state, self._get_wait()), ("outgoing", 5))
