# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta
from smtplib import SMTPDataError
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import RecordCapturer, tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_mail_server import IrMail_Server
from odoo.addons.mail.tests.common import MailCommon

from ..common_books import PaynowBooksCommon

BOUNCE = """\
Return-Path: <>
From: MAILER-DAEMON@example.com
To: bounce@example.com
Subject: Undelivered
Message-ID: <bounce@example.com>
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

No such mailbox here.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; example.com

Final-Recipient: rfc822; {email}
Action: failed
Status: 5.1.1

--b
Content-Type: message/rfc822

Message-Id: {message_id}
From: us@example.com
To: {email}
Subject: Account summary

Hello
--b--
"""


@tagged("-at_install", "post_install")
class TestNotice(PaynowBooksCommon, MailCommon):
    """A notice tells what became of its mail."""

    def setUp(self):
        super().setUp()
        self.client.with_user(self.clerk).action_paynow_send_summary()
        self.notice = (
            self.env["paynow.notice"].sudo().search([], order="id desc", limit=1)
        )

    def _capture_triggers(self):
        """Capture the calls for the mail queue meanwhile."""
        cron = self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()
        Trigger = self.env["ir.cron.trigger"].sudo()
        return RecordCapturer(Trigger, [("cron_id", "=", cron.id)])

    def _get_all(self):
        return self.env["paynow.notice"].sudo().search([])

    def _send(self):
        """Have the queue send the mail of the notice."""
        with self.mock_mail_gateway():
            self.notice.mail_id.send()
        return self._mails

    def test_what_was_sent_is_sent_with_a_way_to_opt_out(self):
        (mail,) = self._send()
        self.assertEqual(mail["email_to"], [self.email])
        self.assertEqual(self.notice.state, "sent")
        url = self.client._paynow_get_opt_out_url(self.company).partition("client=")[0]
        self.assertIn(url, mail["headers"]["List-Unsubscribe"])
        self.assertIn(url, mail["body"])

    @mute_logger("odoo.addons.mail.models.mail_mail")
    def test_a_mail_that_could_not_be_delivered_is_listed_with_the_reason(self):
        def refuse(*_args, **_kwargs):
            raise SMTPDataError(554, b"This looks like spam.")

        with (
            self.mock_mail_gateway(),
            patch.object(IrMail_Server, "send_email", refuse),
        ):
            self.notice.mail_id.send()
        self.assertEqual(self.notice.state, "failed")
        self.assertIn("This looks like spam.", self.notice.reason)

    def test_a_mail_that_comes_back_is_listed_with_the_answer(self):
        self._send()
        self.env["mail.thread"].sudo().message_process(
            "res.partner",
            BOUNCE.format(email=self.email, message_id=self.notice.message_id),
        )
        self.assertEqual(self.notice.state, "failed")
        self.assertIn("No such mailbox here.", self.notice.reason)

    def test_a_mail_deleted_in_the_queue_is_listed_as_failed(self):
        self.notice.mail_id.unlink()
        with freeze_time(fields.Datetime.now() + timedelta(hours=2)):
            self.env["mail.mail"].sudo().process_email_queue()
        self.assertEqual(self.notice.state, "failed")
        self.assertIn("deleted in the queue", self.notice.reason)

    def test_an_accountant_sends_it_again(self):
        with self.assertRaisesRegex(UserError, "still on its way"):
            self.notice.with_user(self.accountant).action_resend()
        self._send()
        self.notice.with_user(self.accountant).action_resend()
        self.assertEqual(self.notice.state, "queued")
        self.assertEqual(len(self._send()), 1)

    def test_what_is_no_longer_owed_is_not_sent_again(self):
        self._send()
        self.client.paynow_no_reminder = True
        with self.assertRaisesRegex(UserError, "no reminders"):
            self.notice.with_user(self.accountant).action_resend()

    def test_the_list_is_kept_to_own_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        stranger = self._create_user("other", "account.group_account_manager", other)
        self.assertFalse(self.env["paynow.notice"].with_user(stranger).search([]))

    def test_the_queue_is_called_at_once(self):
        with self._capture_triggers() as triggers:
            self.stranger.email = "office@stonebridge.example.com"
            self._create_bill("Stranger1", 10.0, partner_id=self.stranger.id)
            self.stranger.with_user(self.clerk).action_paynow_send_summary()
        self.assertTrue(triggers.records)

    def test_the_queue_calls_itself_until_no_notice_is_left(self):
        self._create_bill("Queue1", 10.0, partner_id=self.stranger.id)
        self.stranger.with_user(self.clerk).action_paynow_send_summary()
        Mail = self.env["mail.mail"].sudo()
        Mail.search([("id", "not in", self._get_all().mail_id.ids)]).unlink()
        with self.mock_mail_gateway(), self._capture_triggers() as triggers:
            Mail.process_email_queue(batch_size=1)
            self.assertEqual(len(triggers.records), 1)
            Mail.process_email_queue()
            self.assertEqual(len(triggers.records), 1)
        self.assertEqual(len(self._mails), 2)
