# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.tests import tagged
from odoo.tools import email_normalize

from odoo.addons.mail.tests.common import MailCommon

from ..common_books import PaynowBooksCommon

ANSWER = """\
Return-Path: <{email}>
From: {email}
To: {to}
Subject: Re: Your invoice
Message-ID: <answer@client.example.com>
In-Reply-To: {message_id}
References: {message_id}
Content-Type: text/plain

We paid last week.
"""


@tagged("-at_install", "post_install")
class TestReply(PaynowBooksCommon, MailCommon):
    """From whom the mails come, and where answers to them arrive."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"email": "office@lakeside.example.com"})
        cls.company.alias_domain_id = False
        cls.env["ir.mail_server"].search([]).unlink()
        cls.invoice.invoice_user_id = cls.clerk
        cls.clerk.email = "clerk@lakeside.example.com"

    def _remind(self):
        """Send a reminder; return what the mail server got, and the notice."""
        Notice = self.env["paynow.notice"].sudo()
        notice = Notice._claim(
            "past_due", self.company, self.client, "15", invoice=self.invoice
        )
        template = self.env.ref("paynow_module.mail_template_past_due")
        self.assertTrue(notice._queue(template, self.invoice, self.email))
        return self._send(notice.mail_id), notice

    def _send(self, mail):
        """Send a mail as the queue of another company would; return it as sent."""
        with self.mock_mail_gateway(mail_unlink_sent=True):
            mail.with_company(self.env.ref("base.main_company")).send()
        (sent,) = self.emails
        return {
            "from": email_normalize(sent["msg_from"]),
            "envelope": sent["smtp_from"],
            "reply_to": email_normalize(self._mails[0]["reply_to"]),
        }

    def _set_domain(self):
        """Give the company a domain with a catch-all, as its mail server takes it."""
        self.company.alias_domain_id = self.env["mail.alias.domain"].create(
            {
                "name": "mail.lakeside.example.com",
                "catchall_alias": "catchall",
                "bounce_alias": "bounce",
                "default_from": "notifications",
            }
        )

    def _add_server(self, from_filter):
        self.env["ir.mail_server"].create(
            {
                "name": from_filter,
                "smtp_host": "smtp.example.com",
                "smtp_encryption": "none",
                "from_filter": from_filter,
            }
        )

    def _answer(self, notice, to):
        self.env["mail.thread"].sudo().message_process(
            False,
            ANSWER.format(email=self.email, to=to, message_id=notice.message_id),
        )

    # === REPLY-TO === #

    def test_answers_to_a_reminder_go_to_the_salesperson(self):
        sent, _notice = self._remind()
        self.assertEqual(sent["reply_to"], "clerk@lakeside.example.com")
        self.assertEqual(sent["from"], "office@lakeside.example.com")

    def test_answers_go_to_the_company_when_the_salesperson_has_left(self):
        self.clerk.active = False
        sent, _notice = self._remind()
        self.assertEqual(sent["reply_to"], "office@lakeside.example.com")

    def test_answers_to_a_receipt_go_to_the_salesperson(self):
        self._pay()._post_process()
        sent = self._send(self._get_mails())
        self.assertEqual(sent["reply_to"], "clerk@lakeside.example.com")

    def test_answers_to_a_summary_go_to_the_salesperson_of_the_client(self):
        self.client.user_id = self.clerk
        self.client.action_paynow_send_summary()
        sent = self._send(self._get_mails())
        self.assertEqual(sent["reply_to"], "clerk@lakeside.example.com")

    def test_who_a_template_names_gets_the_answers(self):
        template = self.env.ref("paynow_module.mail_template_past_due")
        template.reply_to = "ar@lakeside.example.com"
        self._set_domain()
        sent, _notice = self._remind()
        self.assertEqual(sent["reply_to"], "ar@lakeside.example.com")

    # === CATCH-ALL === #

    def test_with_a_catch_all_an_answer_comes_to_the_invoice_and_a_person(self):
        self._set_domain()
        sent, notice = self._remind()
        self.assertEqual(sent["reply_to"], "catchall@mail.lakeside.example.com")
        self.assertFalse(notice.mail_id, "The mail is deleted once it is sent.")
        self.invoice.message_unsubscribe(self.clerk.partner_id.ids)
        with self.mock_mail_gateway():
            self._answer(notice, sent["reply_to"])
        self.assertIn("We paid last week.", str(self.invoice.message_ids[0].body))
        self.assertEqual(self.invoice.message_ids[0].email_from, self.email)
        self.assertIn(self.clerk.partner_id, self.invoice.message_partner_ids)

    def test_what_answers_something_else_goes_its_own_way(self):
        self._set_domain()
        _sent, notice = self._remind()
        before = self.invoice.message_ids
        notice.message_id = "<other@example.com>"
        answer = ANSWER.replace("{message_id}", "<another@example.com>")
        with self.mock_mail_gateway():
            self.env["mail.thread"].sudo().message_process(
                "res.partner",
                answer.format(email=self.email, to="else@lakeside.example.com"),
            )
        self.assertEqual(self.invoice.message_ids, before)

    def test_what_is_forwarded_to_an_alias_is_not_taken_away(self):
        self._set_domain()
        _sent, notice = self._remind()
        domain = self.company.alias_domain_id
        alias = self.env["mail.alias"].create(
            {
                "alias_name": "support",
                "alias_domain_id": domain.id,
                "alias_model_id": self.env["ir.model"]._get_id("res.partner"),
            }
        )
        before = self.invoice.message_ids
        with self.mock_mail_gateway():
            self._answer(notice, alias.alias_full_name)
        self.assertEqual(self.invoice.message_ids, before)

    def test_a_thread_that_began_elsewhere_stays_there(self):
        self._set_domain()
        sent, notice = self._remind()
        elsewhere = self.client.message_post(body=self.client.name)
        notice.message_id = "<first@example.com>"
        answer = ANSWER.replace(
            "References: {message_id}",
            f"References: {notice.message_id} {elsewhere.message_id}",
        ).replace("In-Reply-To: {message_id}", f"In-Reply-To: {elsewhere.message_id}")
        before = self.invoice.message_ids
        with self.mock_mail_gateway():
            self.env["mail.thread"].sudo().message_process(
                False, answer.format(email=self.email, to=sent["reply_to"])
            )
        self.assertEqual(self.invoice.message_ids, before)
        self.assertIn("We paid last week.", str(self.client.message_ids[0].body))

    # === SENDERS === #

    def test_bounces_come_to_the_domain_of_the_company(self):
        self._set_domain()
        sent, _notice = self._remind()
        self.assertEqual(sent["envelope"], "bounce@mail.lakeside.example.com")

    def test_a_server_for_the_domain_of_the_company_sends_as_it(self):
        self._add_server("else.example.com")
        self._add_server("lakeside.example.com")
        sent, _notice = self._remind()
        self.assertEqual(sent["from"], "office@lakeside.example.com")

    def test_a_server_for_the_alias_domain_only_sends_as_that(self):
        self._set_domain()
        self._add_server("mail.lakeside.example.com")
        sent, _notice = self._remind()
        self.assertEqual(sent["from"], "notifications@mail.lakeside.example.com")
