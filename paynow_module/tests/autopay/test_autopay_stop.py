# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common_autopay import PaynowAutopayCommon


@tagged("-at_install", "post_install")
class TestAutopayStop(PaynowAutopayCommon):
    """The switches that stop automatic payments: of all clients, and of one."""

    def setUp(self):
        super().setUp()
        self.company.paynow_past_due_enabled = True
        self.invoice = self._bill("One")
        self.choice = self._choose()

    def _stop_client(self, is_stopped=True):
        client = self.client.commercial_partner_id
        client.with_company(self.company).paynow_autopay_stopped = is_stopped
        self.env.flush_all()
        self.env.invalidate_all()

    def _stop_all(self, is_stopped=True):
        self.company.paynow_autopay_stopped = is_stopped
        self.env.flush_all()
        self.env.invalidate_all()

    def _assert_stopped(self, stop):
        """Assert that nothing is charged, promised or lost, and that it goes on."""
        stop()
        self.assertFalse(self.invoice._paynow_get_autopay_date())
        self.assertFalse(self.invoice._paynow_get_summary(100.0)["autopay_date"])
        self.assertTrue(self.invoice._paynow_get_autopay_card()["is_stopped"])
        for days in (0, 1, 2):
            self._run(days=days)
        self.assertFalse(self.charges)
        self.assertTrue(self.choice.active)
        self.assertEqual(self.invoice.paynow_autopay_id, self.choice)
        with self._on(1):
            self._run_cron("paynow_module.ir_cron_past_due")
        self.assertIn("past due", " ".join(self._get_mails().mapped("subject")))
        with self._on(5):
            stop(False)
            tomorrow = self.today + timedelta(days=6)
            self.assertEqual(self.invoice._paynow_get_autopay_date(), tomorrow)
        self._run(days=5)
        self.assertFalse(self.charges, "A day to see that it goes on.")
        self._run(days=6)
        self.assertEqual(len(self.charges), 1)

    def test_all_clients_are_stopped_and_go_on(self):
        self._assert_stopped(self._stop_all)

    def test_one_client_is_stopped_and_goes_on(self):
        self._assert_stopped(self._stop_client)

    def test_the_others_are_charged_where_one_client_is_stopped(self):
        other = self.client.copy({"name": "Other", "email": "other@example.com"})
        token = self._create_token(
            partner_id=other.id, payment_details="1111", active=True
        )
        bill = self._bill("Two", partner_id=other.id)
        self.env["paynow.autopay"]._choose(
            other, token, "192.0.2.7", "I authorize it.", company=self.company
        )
        self._stop_client()
        self._run()
        self.assertEqual(self._get_txs(bill).state, "done")
        self.assertFalse(self._get_txs(self.invoice))

    def test_a_stop_in_one_company_stops_none_in_another(self):
        other = self.env["res.company"].create({"name": "Other company"})
        client = self.client.commercial_partner_id
        client.with_company(other).paynow_autopay_stopped = True
        self._run()
        self.assertEqual(len(self.charges), 1)

    def test_who_stopped_a_client_and_when_is_in_the_chatter(self):
        context = {"tracking_disable": False, "mail_notrack": False}
        client = self.client.with_context(**context)
        self.env.flush_all()
        self.cr.precommit.run()  # So that what was made before is none of it.
        before = client.message_ids
        client.paynow_autopay_stopped = True
        self.env.flush_all()
        self.cr.precommit.run()
        message = client.message_ids - before
        self.assertEqual(
            message.sudo().tracking_value_ids.field_id.name, "paynow_autopay_stopped"
        )
        self.assertTrue(message.author_id)

    def test_nobody_but_invoicing_staff_may_stop_or_resume_a_client(self):
        user = self._create_user("paynow_seller", "base.group_partner_manager")
        with self.assertRaises(AccessError):
            self.client.with_user(user).paynow_autopay_stopped = True
        groups = "account.group_account_invoice,base.group_partner_manager"
        user = self._create_user("paynow_bookkeeper", groups)
        self.client.with_user(user).paynow_autopay_stopped = True

    def test_what_was_due_later_keeps_its_day(self):
        later = self._bill("Later", due=20)
        self._stop_all()
        self._stop_all(False)
        self.assertEqual(
            later._paynow_get_autopay_date(), self.today + timedelta(days=20)
        )

    def test_the_portal_says_that_nothing_is_charged(self):
        page = self.env["paynow.autopay"].sudo()._get_page(self.company, self.client)
        self.assertFalse(page["standing"]["is_stopped"])
        self._stop_client()
        page = self.env["paynow.autopay"].sudo()._get_page(self.company, self.client)
        self.assertTrue(page["standing"]["is_stopped"])

    def test_setup_health_says_loudly_that_all_is_stopped(self):
        def get_check():
            return {
                check["title"]: check["state"]
                for check in self.company._paynow_get_health()
            }.get("Automatic payment")

        self.env.ref("paynow_module.ir_cron_autopay").write(
            {"active": True, "nextcall": fields.Datetime.now()}
        )
        self.assertEqual(get_check(), "green")
        self._stop_all()
        self.assertEqual(get_check(), "red")
        self._stop_all(False)
        self.env.ref("paynow_module.ir_cron_autopay").active = False
        self.assertEqual(get_check(), "red")
        self.company.paynow_autopay_enabled = False
        self.assertIsNone(get_check())
