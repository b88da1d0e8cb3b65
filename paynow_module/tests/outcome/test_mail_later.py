# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from unittest.mock import patch

from odoo.tests import RecordCapturer, tagged
from odoo.tools import mute_logger

from ..common import MODELS
from ..common_payment import PaynowPaymentCommon


@tagged("post_install", "-at_install")
class TestMailLater(PaynowPaymentCommon):
    """The mail to who waits for the answer: written afterwards, once, and not lost."""

    def _ask(self, state="done", amount="40"):
        """Pay, and ask for news as the page does; return the payment."""
        tx = self._pay_online(amount)
        getattr(tx, f"_set_{state}")()
        self._open_receipt(tx)
        self.news = self.make_jsonrpc_request(f"{tx.landing_route}/news")
        return tx

    def _work_off(self):
        """Have the mail queue worked off, without sending."""
        Mail = self.env["mail.mail"].sudo()
        with patch.object(self.env.registry["mail.mail"], "send"):
            Mail.process_email_queue()

    def test_who_waits_for_the_answer_does_not_wait_for_the_mail(self):
        cron = self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()
        Trigger = self.env["ir.cron.trigger"].sudo()
        with RecordCapturer(Trigger, [("cron_id", "=", cron.id)]) as triggers:
            tx = self._ask()
        self.assertIn(tx.payment_id.name, self.news["html"])
        self.assertTrue(tx.paynow_is_mail_due)
        self.assertFalse(self._get_mails())
        self.assertTrue(triggers.records)

    def test_the_queue_writes_it_once(self):
        tx = self._ask()
        for _time in range(2):
            self._work_off()
            self.assertEqual(len(self._get_mails()), 1)
        self.assertFalse(tx.paynow_is_mail_due)
        self.assertIn(tx.payment_id.name, self._get_mails().body_html)

    def test_what_was_mailed_meanwhile_is_not_mailed_again(self):
        tx = self._ask()
        tx._paynow_mail_payer()
        self._work_off()
        self.assertEqual(len(self._get_mails()), 1)

    def test_what_was_cleared_before_the_queue_came_is_told_as_received(self):
        tx = self._ask("pending")
        tx._set_done()
        self._run_cron()
        self._work_off()
        self.assertIn("received", self._get_mails().subject)
        self.assertEqual(len(self._get_mails()), 1)

    def test_a_decline_is_told_on_the_page_only(self):
        self.assertFalse(self._ask("canceled").paynow_is_mail_due)

    @mute_logger(f"{MODELS}.outcome.payment_transaction_mail")
    def test_what_fails_stays_due_and_keeps_back_no_other(self):
        first, second = self._ask(), self._ask(amount="10")
        Tx = self.env.registry["payment.transaction"]
        write = Tx._paynow_mail_payer

        def fail(tx):
            if tx == first:
                raise ValueError("No room on the disk.")
            return write(tx)

        with patch.object(Tx, "_paynow_mail_payer", fail):
            self._work_off()
        self.assertIn(second.payment_id.name, self._get_mails().body_html)
        self.assertEqual(
            [first.paynow_is_mail_due, second.paynow_is_mail_due], [True, False]
        )
        self._work_off()
        self.assertEqual(len(self._get_mails()), 2)

    # === WHO HAS NO LANGUAGE === #

    def test_who_has_no_language_is_written_to_in_that_of_the_page(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.client.lang = False
        tx = self._pay_online("40")
        visitor = self.env["payment.transaction"].with_user(
            self.env.ref("base.public_user")
        )
        german = visitor.sudo().with_context(lang="de_DE")
        tx = german.create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": tx.payment_method_id.id,
                "amount": 1,
                "currency_id": tx.currency_id.id,
                "partner_id": self.client.id,
                "is_paynow": True,
            }
        )
        self.assertEqual(tx.partner_lang, "de_DE")

    def test_scheduled_actions_write_in_the_language_of_the_company(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.company.partner_id.lang = "de_DE"
        self.client.lang = False
        template = self.env.ref("paynow_module.mail_template_past_due")
        template = template.with_context(lang=False)
        langs = template._render_lang(self.invoice.ids)
        self.assertEqual(langs, {self.invoice.id: "de_DE"})
        self.client.lang = "en_US"
        langs = template._render_lang(self.invoice.ids)
        self.assertEqual(langs, {self.invoice.id: "en_US"})
