# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import config

from odoo.addons.base.models.ir_mail_server import MailDeliveryException
from odoo.addons.http_routing.tests.common import MockRequest
from odoo.addons.mail.tests.common import MockEmail

from ...models.health.res_company_jobs import PROMISES
from ..common import MODELS, PaynowHttpCommon


@tagged("post_install", "-at_install")
class TestHealth(MockEmail, PaynowHttpCommon):
    """The panel *Setup health*, *Try it* and *Send me the three mails*."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = {
            "company_id": cls.company.id,
            "company_ids": [Command.set(cls.company.ids)],
        }
        cls.accountant, cls.administrator, cls.bookkeeper = (
            new_test_user(
                cls.env, login, groups, email=f"{login}@example.com", **company
            )
            for login, groups in (
                ("paynow_accountant", "account.group_account_manager"),
                ("paynow_administrator", "base.group_system"),
                ("paynow_bookkeeper", "account.group_account_user"),
            )
        )
        cls.settings = cls.env["paynow.settings"].with_user(cls.accountant).create({})

    def _get_state(self, title, user=None):
        """Return the colour and the words of one check.

        :rtype: tuple[str, str]
        """
        company = self.company.with_user(user or self.accountant)
        checks = {check["title"]: check for check in company._paynow_get_health()}
        return checks[title]["state"], checks[title]["message"]

    def _assert_state(self, title, state, words):
        """Assert that a check has a colour and says these words."""
        found, message = self._get_state(title)
        self.assertEqual(found, state, message)
        self.assertIn(words, message)

    # === CHECKS === #

    def test_every_check_says_what_to_do_and_where(self):
        """Test that all that is not green is told in words, to whom may read it."""
        for user in (self.accountant, self.administrator):
            checks = self.company.with_user(user)._paynow_get_health()
            self.assertEqual(len(checks), 13)
            for check in checks:
                self.assertIn(check["state"], ("green", "amber", "red"))
                self.assertGreater(len(check["message"]), 10, check["title"])

    def test_links_lead_only_where_the_reader_may_act(self):
        """Test that nobody is sent to a page that refuses them."""
        for user, is_shown in ((self.accountant, False), (self.administrator, True)):
            company = self.company.with_user(user)
            places = [check["url"] or "" for check in company._paynow_get_health()]
            is_found = any("ir_cron" in place for place in places)
            self.assertEqual(is_found, is_shown, user.login)

    def test_page_needs_a_website_and_the_switch(self):
        """Test the check of the page itself."""
        self.company._compute_website_id()
        self._assert_state("The page", "green", "/PAYNOW")
        self.company.paynow_enabled = False
        self._assert_state("The page", "amber", "Enable Pay Now")
        self.company.website_id = False
        self._assert_state("The page", "red", "no website")

    def test_page_is_green_only_where_a_guest_can_pay(self):
        """Test what leaves the page without a method, while a provider is on."""
        title = "The page"
        self._assert_state(title, "green", "Clients pay at")
        self.provider.is_published = False
        self._assert_state(title, "red", "Nobody can pay")
        self.provider.is_published = True
        self.provider.payment_method_ids.active = False
        self._assert_state(title, "red", "Nobody can pay")
        self._assert_state("Payment provider", "red", "no payment method")
        self.provider.with_context(active_test=False).payment_method_ids.active = True
        self._assert_state(title, "green", "Clients pay at")
        self.provider.available_currency_ids = self._enable_currency("EUR")
        self._assert_state(title, "amber", "Nobody can pay in USD")
        self.provider.available_currency_ids = False
        self.company.paynow_safety_level = "2_links"
        self._assert_state(title, "amber", "mailed links only")
        self.company.paynow_safety_level = "3_no_card"
        self._assert_state(title, "red", "Nobody can pay")

    def test_company_without_website_has_no_links(self):
        """Test that what mails can't carry is told, also to a branch."""
        self.company.paynow_email_links = True
        self._assert_state("Links in mails", "green", "Pay Invoice")
        self.company.website_id = False
        for title in ("The page", "Links in mails", "Domain and https"):
            self._assert_state(title, "red", "no website")
        with self.assertRaisesRegex(UserError, "no website"):
            self.settings.action_paynow_try()

    def test_branch_reads_how_its_parent_may_serve_it(self):
        """Test the checks of a branch at each step of its way to a page."""
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id, "paynow_enabled": True}
        )
        self.accountant.company_ids += branch
        main, self.company = self.company, branch
        self._assert_state("The page", "red", "serves branches")
        main.paynow_serves_branches = True
        self._assert_state("The page", "green", "Clients pay at")
        main.paynow_enabled = False
        self._assert_state("The page", "red", "Pay Now is off there")
        website = self.env["website"].create(
            {"name": "Branch", "company_id": branch.id, "sequence": 99}
        )
        self._assert_state("The page", "red", "no domain")
        website.domain = "https://branch.example.com"
        self._assert_state("The page", "green", "https://branch.example.com/PAYNOW")

    def test_provider_is_live_in_test_mode_or_missing(self):
        """Test that green means that real clients pay real money."""
        self._assert_state("Payment provider", "green", "takes payments")
        self.provider.write({"state": "test", "is_published": True})
        self._assert_state("Payment provider", "amber", "no real money")
        self.provider.write({"state": "enabled", "is_published": False})
        self._assert_state("Payment provider", "amber", "Publish it")
        self.env["payment.provider"].search(
            [("company_id", "=", self.company.id)]
        ).state = "disabled"
        self._assert_state("Payment provider", "red", "enable one")

    def test_bank_payments_are_offered_or_not(self):
        """Test that ACH is asked for where it exists: in US dollars."""
        title = "Bank payments (ACH)"
        ach = self.env.ref("payment.payment_method_ach_direct_debit")
        self._assert_state(title, "amber", "enable it")
        self.provider.payment_method_ids += ach
        ach.active = True
        self._assert_state(title, "green", "ACH")

    def test_posting_needs_its_crons(self):
        """Test that a cron that is off or late is told."""
        title = "Posting of payments"
        crons = self.env.ref("payment.cron_post_process_payment_tx")
        crons += self.env.ref("paynow_module.ir_cron_watchdog")
        crons.write({"active": True, "nextcall": fields.Datetime.now()})
        self._assert_state(title, "green", "by themselves")
        crons[1].nextcall = fields.Datetime.now() - timedelta(hours=2)
        self._assert_state(title, "amber", crons[1].name)
        crons[0].active = False
        self._assert_state(title, "red", crons[0].name)

    def test_all_that_is_promised_needs_its_cron(self):
        """Test that the queue of mails counts always, others where switched on."""
        title = "Other scheduled actions"
        self.company.paynow_past_due_enabled = False
        for xmlid in PROMISES:
            self.env.ref(xmlid).write(
                {"active": True, "nextcall": fields.Datetime.now()}
            )
        self._assert_state(title, "green", "by itself")
        reminders = self.env.ref("paynow_module.ir_cron_past_due")
        reminders.active = False
        self._assert_state(title, "green", "by itself")
        self.company.paynow_past_due_enabled = True
        self._assert_state(title, "red", reminders.name)
        reminders.active = True
        queue = self.env.ref("mail.ir_cron_mail_scheduler_action")
        queue.nextcall = fields.Datetime.now() - timedelta(hours=2)
        self._assert_state(title, "amber", queue.name)

    def test_a_cron_that_was_deleted_or_put_off_is_told(self):
        """Test what an administrator may do to a cron in its form."""
        title, xmlid = "Other scheduled actions", "paynow_module.ir_cron_code"
        for each in PROMISES:
            self.env.ref(each).write(
                {"active": True, "nextcall": fields.Datetime.now()}
            )
        cron = self.env.ref(xmlid)
        cron.nextcall = fields.Datetime.now() + timedelta(days=300)
        self._assert_state(title, "red", cron.name)
        cron.unlink()
        self._assert_state(title, "red", xmlid)
        self.company.paynow_autopay_enabled = True
        cron = self.env.ref("paynow_module.ir_cron_autopay")
        cron.write({"active": True, "nextcall": "2999-01-01"})
        self._assert_state("Automatic payment", "red", cron.name)
        cron.unlink()
        self._assert_state("Automatic payment", "red", "ir_cron_autopay")

    def test_links_in_mails_follow_their_switch(self):
        """Test the check of the links."""
        self.company.paynow_email_links = False
        self._assert_state("Links in mails", "amber", "Switch on")
        self.company.paynow_email_links = True
        self._assert_state("Links in mails", "green", "Pay Invoice")

    def test_address_is_secure_and_settled(self):
        """Test that http is red where real invoices are paid."""
        title = "Domain and https"
        self.company._compute_website_id()
        self.website.domain = "https://pay.example.com"
        self._assert_state(title, "green", "https://pay.example.com")
        self.website.domain = "http://pay.example.com"
        self._assert_state(title, "amber", "not https")
        self.website.domain = "https://www.example.com/erp"
        self._assert_state(title, "red", "lead to the root")
        self.website.domain = "http://pay.example.com"
        self.patch(
            self.env.registry["payment.provider"],
            "_paynow_is_trial_database",
            lambda provider: False,
        )
        self._assert_state(title, "red", "not https")

    def test_what_runs_beside_the_card_is_told(self):
        """Test that a provider of which nothing is known is named."""
        title = "Scripts beside the card"
        self._assert_state(title, "amber", f"the form of {self.provider.name} loads")
        self.patch(
            self.env.registry["payment.provider"], "_paynow_get_policy", lambda _p: {}
        )
        self._assert_state(title, "green", "and no others")

    def test_captcha_is_told(self):
        """Test the check of the captcha."""
        self._assert_state("Captcha", "amber", "No captcha")
        self.env["ir.config_parameter"].set_param("cf.turnstile_secret_key", "secret")
        self._assert_state("Captcha", "green", "robots")

    def test_proxy_that_odoo_is_not_told_of_is_red(self):
        """Test that all visitors counting as one is no small matter."""
        title = "Proxy and client addresses"
        self._assert_state(title, "green", "own address")
        module = f"{MODELS}.health.res_company_web"
        with MockRequest(self.env) as request:
            request.httprequest.headers = {"X-Forwarded-For": "203.0.113.7"}
            request.httprequest.remote_addr = "10.0.0.1"
            with (
                patch(f"{module}.request", request),
                patch.dict(config.options, {"proxy_mode": False}),
            ):
                self._assert_state(title, "red", "10.0.0.1")
            with (
                patch(f"{module}.request", request),
                patch.dict(config.options, {"proxy_mode": True}),
            ):
                self._assert_state(title, "amber", "X-Forwarded-Host")

    # === TRY IT === #

    def test_try_it_opens_the_page_filled_in(self):
        """Test that a click shows what a client with a link sees."""
        action = self.settings.action_paynow_try()
        page = self._parse(self.url_open(action["url"]))
        fields_ = {
            name: page.xpath(f"//input[@name='{name}']")[0].get("value")
            for name in ("email", "invoice", "amount")
        }
        self.assertEqual(
            fields_,
            {"email": self.email, "invoice": self.invoice.name, "amount": "100.00"},
        )

    def test_try_it_says_what_is_missing(self):
        """Test that without an invoice to show, the way to one is told."""
        self.invoice.button_cancel()
        with self.assertRaisesRegex(UserError, "Create one"):
            self.settings.action_paynow_try()
        self.company.paynow_enabled = False
        with self.assertRaisesRegex(UserError, "Switch on Enable Pay Now"):
            self.settings.action_paynow_try()

    def test_bookkeeper_gets_no_link_by_trying(self):
        """Test that the buttons are for those who may change the settings."""
        settings = self.settings.with_user(self.bookkeeper)
        self.env.invalidate_all()
        for name in ("action_paynow_try", "action_paynow_send_samples"):
            with self.assertRaises(AccessError):
                getattr(settings, name)()

    # === SEND ME THE THREE MAILS === #

    def test_three_mails_come_to_whoever_asks_and_to_nobody_else(self):
        """Test that the client gets nothing and the invoice shows nothing."""
        count = len(self.invoice.message_ids)
        for user in (self.accountant, self.administrator):
            with self.mock_mail_gateway():
                company = self.company.with_user(user)
                company._paynow_send_samples(user)
            self.assertEqual(len(self._mails), 3)
            for mail in self._mails:
                self.assertEqual(mail["email_to"], [user.email_formatted])
                self.assertIn("[Sample]", mail["subject"])
            self.assertIn(self.invoice.name, self._mails[0]["body"])
        self.assertEqual(len(self.invoice.message_ids), count)
        self.assertFalse(self.client.message_ids.filtered("mail_ids"))

    def test_refusal_of_the_mail_server_is_told(self):
        """Test that whoever tries reads why no mail comes."""

        def send(mail, **options):
            raise MailDeliveryException("Unable to connect to SMTP Server", "refused")

        self.patch(self.env.registry["mail.mail"], "send", send)
        with self.assertRaisesRegex(UserError, "Unable to connect .* refused"):
            self.settings.action_paynow_send_samples()
