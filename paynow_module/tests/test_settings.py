# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from lxml import etree

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import PaynowCommon


@tagged("post_install", "-at_install")
class TestSettings(PaynowCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = {
            "company_id": cls.company.id,
            "company_ids": [(6, 0, cls.company.ids)],
        }
        cls.accountant, cls.bookkeeper, cls.administrator = (
            new_test_user(cls.env, login, groups, **company)
            for login, groups in (
                ("paynow_accountant", "account.group_account_manager"),
                ("paynow_bookkeeper", "account.group_account_user"),
                ("paynow_administrator", "base.group_system"),
            )
        )

    def _open_settings(self, user):
        """Return the settings that a user has open on their page."""
        action = self.env["paynow.settings"].with_user(user).action_open()
        self.assertEqual(action["res_model"], "paynow.settings")
        return self.env["paynow.settings"].with_user(user).browse(action["res_id"])

    def test_new_company_starts_with_everything_off(self):
        """Test that nothing is public before somebody decides so."""
        company = self.env["res.company"].create({"name": "Brand New Company"})
        for name in (
            "paynow_enabled",
            "paynow_email_links",
            "paynow_invoice_delivery_enabled",
            "paynow_past_due_enabled",
            "paynow_summary_enabled",
        ):
            self.assertFalse(company[name], name)
        self.assertEqual(company.paynow_login_label, "LOG IN")
        self.assertTrue(company._paynow_get_login_button()["url"].startswith("/"))
        self.assertEqual(company.paynow_past_due_days, "1,15,30")

    def test_fields_carry_the_labels_of_the_manual(self):
        """Test that the screen says what the documentation says."""
        fields = self.env["paynow.settings"].fields_get()
        for name, label in {
            "paynow_enabled": "Enable Pay Now",
            "paynow_login_label": "LOG IN text",
            "paynow_login_url": "LOG IN link",
            "paynow_email_links": "Include Pay Now link in organization emails",
            "paynow_invoice_delivery_enabled": "Individual Invoice Notifications",
            "paynow_past_due_enabled": "Past Due Notifications",
            "paynow_summary_enabled": "Account Summary",
        }.items():
            self.assertEqual(fields[name]["string"], label)

    def test_accounting_administrator_changes_settings(self):
        """Test that an accounting administrator needs no further right."""
        settings = self._open_settings(self.accountant)
        settings.write({"paynow_enabled": False, "paynow_login_label": "My Account"})
        self.assertFalse(self.company.paynow_enabled)
        self.assertEqual(self.company.paynow_login_label, "My Account")

    def test_system_administrator_changes_settings(self):
        """Test that the general settings show and write the same switches."""
        settings = (
            self.env["res.config.settings"].with_user(self.administrator).create({})
        )
        self.assertTrue(settings.paynow_enabled)
        settings.paynow_enabled = False
        settings.execute()
        self.assertFalse(self.company.paynow_enabled)

    def test_bookkeeper_can_not_open_settings(self):
        """Test that whoever posts invoices doesn't decide what is public."""
        for user in (self.bookkeeper, self.portal_user, self.public_user):
            with self.subTest(login=user.login), self.assertRaises(AccessError):
                self.env["paynow.settings"].with_user(user).create({})

    def test_bookkeeper_can_not_change_settings_of_the_company(self):
        """Test that there is no way around the settings page."""
        for user in (self.bookkeeper, self.portal_user, self.public_user):
            with self.subTest(login=user.login), self.assertRaises(AccessError):
                self.company.with_user(user).write({"paynow_enabled": False})

    def test_accounting_administrator_changes_nothing_else_of_the_company(self):
        """Test that the right to these settings is no right to the company."""
        company = self.company.with_user(self.accountant)
        with self.assertRaises(AccessError):
            company.write({"paynow_enabled": False, "name": "Taken Over"})
        with self.assertRaises(AccessError):
            company.write({"name": "Taken Over"})

    def test_settings_of_other_companies_are_out_of_reach(self):
        """Test that an accounting administrator changes their own companies only."""
        other = self.env["res.company"].create({"name": "Other Company"})
        with self.assertRaises(AccessError):
            other.with_user(self.accountant).write({"paynow_enabled": True})

    def test_settings_page_shows_no_other_company(self):
        """Test that neither a record nor its preview tells of another company."""
        other = self.env["res.company"].create({"name": "Other Company"})
        Settings = self.env["paynow.settings"].with_user(self.accountant)
        with self.assertRaises(AccessError):
            Settings.create({"company_id": other.id})
        with self.assertRaises(AccessError):
            self._open_settings(self.accountant).company_id = other
        with self.assertRaises(AccessError):
            Settings.onchange({"company_id": other.id}, [], {"paynow_address": {}})
        Settings.onchange({}, [], {"paynow_address": {}})

    def test_limits_are_changed_by_who_works_for_all_companies(self):
        """Test that no company closes, or opens, the page of another."""
        limit = self.env.ref("paynow_module.limit_words_ip").with_user(self.accountant)
        others = self.env["res.company"].search([("id", "!=", self.company.id)])
        others.paynow_enabled = False
        limit.maximum = 9
        self.env["res.company"].create({"name": "Other", "paynow_enabled": True})
        with self.assertRaises(AccessError):
            limit.maximum = 8
        with self.assertRaises(AccessError):
            limit.copy()
        with self.assertRaises(AccessError):
            limit.unlink()

    def test_each_company_has_its_own_settings(self):
        """Test that switching one company on leaves the others as they are."""
        other = self.env["res.company"].create({"name": "Other Company"})
        self.assertTrue(self.company.paynow_enabled)
        other.paynow_enabled = True
        self.company.paynow_enabled = False
        self.assertTrue(other.paynow_enabled)

    def test_safe_log_in_link_is_kept(self):
        """Test that the button may lead to a page or to a secure site."""
        for link in ("/my", "https://portal.example.com/login?a=b", False):
            with self.subTest(link=link):
                self.company.with_user(self.accountant).paynow_login_url = link
                self.assertEqual(self.company.paynow_login_url, link)

    def test_unsafe_log_in_link_is_refused_with_a_message(self):
        """Test that no public button can run a script or leave unencrypted."""
        company = self.company.with_user(self.accountant)
        for link in (
            "javascript:alert(1)",
            "data:text/html,x",
            "//evil.example",
            "/\\evil.example",
            "http://portal.example.com",
            "https://user@evil.example",
            "/my\n",
            "portal",
        ):
            with (
                self.subTest(link=link),
                self.assertRaisesRegex(ValidationError, "https://"),
            ):
                company.paynow_login_url = link

    def test_empty_log_in_link_and_text_fall_back(self):
        """Test that clearing both fields leaves a button that works."""
        self.company.write({"paynow_login_label": False, "paynow_login_url": False})
        self.assertEqual(
            self.company._paynow_get_login_button(),
            {"label": "LOG IN", "url": "/web/login"},
        )

    def test_log_in_text_is_translated(self):
        """Test that clients read the text that was written for their language."""
        self.env["res.lang"]._activate_lang("de_DE")
        self.company.paynow_login_label = "Portal"
        self.company.with_context(lang="de_DE").paynow_login_label = "Zum Portal"
        label = self.company.with_context(lang="de_DE")._paynow_get_login_button()
        self.assertEqual(label["label"], "Zum Portal")
        self.assertEqual(self.company._paynow_get_login_button()["label"], "Portal")

    def test_days_after_the_due_date_are_whole_numbers(self):
        """Test that a list of days is kept and anything else is refused."""
        for days in ("1", "1,15,30", "3, 7 ,365"):
            with self.subTest(days=days):
                self.company.paynow_past_due_days = days
        for days in ("", False, "0", "-1", "1,,2", "1;2", "a", "1.5", "1,", "1,1", "²"):
            with self.subTest(days=days), self.assertRaises(ValidationError):
                self.company.paynow_past_due_days = days

    def test_general_settings_show_all_that_the_page_shows(self):
        """Test that there is one set of switches, wherever it is looked at."""

        def get_settings(model):
            arch = self.env[model].get_view(view_type="form")["arch"]
            return {
                node.get("id"): {field.get("name") for field in node.iter("field")}
                for node in etree.fromstring(arch).iter("setting")
                if (node.get("id") or "").startswith("paynow_")
            }

        own = get_settings("paynow.settings")
        self.assertIn("paynow_enabled", own["paynow_enabled"])
        self.assertEqual(get_settings("res.config.settings"), own)

    def test_menu_is_for_accounting_administrators(self):
        """Test that the settings are found below Invoicing, by whom they are for."""
        menu = self.env["ir.ui.menu"].search(
            [("name", "=", "Pay Now Settings"), ("action", "!=", False)]
        )
        self.assertEqual(len(menu), 1)
        self.assertIn("/Configuration/Pay Now Settings", menu.complete_name)
        for user, is_shown in ((self.accountant, True), (self.bookkeeper, False)):
            visible = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
            self.assertEqual(menu.id in visible, is_shown, user.login)

    def test_what_is_refused_is_named_with_its_bounds(self):
        """Test that whoever set it reads which field, what stands there, what may."""
        for name, value, words in (
            ("paynow_link_days", 0, ("Days a mailed link works", "0", "1 to 3650")),
            ("paynow_link_days", 4000, ("Days a mailed link works", "4000", "3650")),
            ("paynow_attempt_days", -1, ("Days attempts are kept", "-1", "1 to 3650")),
            ("paynow_card_days", 0, ("Days a card counts as expiring", "1 to 3650")),
            ("paynow_summary_day", 32, ("account summary", "32", "1 to 31")),
            ("paynow_past_due_days", "1;15", ("Days after the due date", "1;15")),
            ("paynow_autopay_days", "0,40", ("0,40", "with 30 at most")),
        ):
            with (
                self.subTest(name=name, value=value),
                self.assertRaises(ValidationError) as refused,
                self.env.cr.savepoint(),
            ):
                self.company[name] = value
            for word in words:
                self.assertIn(word, str(refused.exception))

    def test_preview_of_nobody_shows_no_made_up_names(self):
        """Test that an empty list, which Odoo fills with samples, is not opened."""
        self.invoice.button_draft()
        settings = self._open_settings(self.accountant)
        for name in ("action_paynow_preview_past_due", "action_paynow_preview_summary"):
            action = getattr(settings, name)()
            self.assertEqual(action["params"]["message"], "Nobody would get one now.")
