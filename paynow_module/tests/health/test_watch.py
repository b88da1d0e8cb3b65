# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta
from unittest.mock import patch

import requests

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ...models.payment.payment_provider_policy import POLICIES
from ...models.payment.paynow_page_policy import PaynowPage
from ..common import MODELS, PaynowHttpCommon

VISITOR = f"{MODELS}.health.visitor"
EVIL = "https://evil.example.com/skimmer.js"


@tagged("post_install", "-at_install")
class TestWatch(PaynowHttpCommon):
    """The list *Scripts of the Page*, and who learns of a change."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        place = {"company_id": cls.company.id, "company_ids": cls.company.ids}
        cls.accountant, cls.bookkeeper = (
            new_test_user(cls.env, login, groups, **place)
            for login, groups in (
                ("paynow_accountant", "account.group_account_manager"),
                ("paynow_bookkeeper", "account.group_account_user"),
            )
        )
        cls.scripts = cls.env["paynow.script"].sudo()
        cls.company._compute_website_id()
        cls.website.domain = cls.base_url()
        cls.startClassPatcher(patch.dict(POLICIES, none={}))  # That of the dummy.

    def _look(self):
        """Look at the page as the scheduled action does, through the front door."""
        with patch(f"{VISITOR}.requests.Session", lambda: self.opener):
            self._compare()
        return self._get_told()

    def _compare(self):
        seen = self.company._paynow_look()
        self.scripts._compare(self.company, *self.company._paynow_explain(*seen))

    def _get_told(self):
        """Return the open activities on the company, oldest first."""
        activities = self.company.sudo().partner_id.activity_ids.sorted("id")
        return [f"{activity.summary} {activity.note}" for activity in activities]

    def _get_rows(self, **values):
        """Return the names of what is listed with some values."""
        domain = [("company_id", "=", self.company.id)]
        domain += [(name, "=", value) for name, value in values.items()]
        return self.scripts.search(domain).mapped("name")

    def _inject(self, code=f'<script src="{EVIL}"/>'):
        """Put something into the head of our pages, as who changes a view would."""
        return (
            self.env["ir.ui.view"]
            .sudo()
            .create(
                {
                    "name": "Injected",
                    "type": "qweb",
                    "mode": "extension",
                    "inherit_id": self.env.ref("paynow_module.layout").id,
                    "arch": f'<data><xpath expr="//head" position="inside">{code}'
                    "</xpath></data>",
                }
            )
        )

    # === LIST === #

    def test_first_look_lists_what_runs_and_tells_nobody(self):
        self.assertEqual(self._look(), [])
        self.assertEqual(self._get_rows(state="accepted"), self._get_rows())
        self.assertIn("/paynow_module/static/src/frame/templates.js", self._get_rows())
        self.assertIn("web.assets_frontend_lazy.min.js", self._get_rows(kind="bundle"))
        self.assertEqual(len(self._get_rows(kind="inline")), 2)
        self.assertEqual(self._get_rows(kind="other"), [])
        self.assertEqual(
            self._get_rows(kind="header"),
            [
                "Cache-Control",
                "Content-Security-Policy",
                "Cross-Origin-Opener-Policy",
                "Permissions-Policy",
                "Referrer-Policy",
            ],
        )
        for script in self.scripts.search([("kind", "in", ("bundle", "file"))]):
            self.assertRegex(script.value, r"^sha384-[A-Za-z0-9+/]{64}$")
            self.assertTrue(script.owner and script.purpose)

    def test_scheduled_action_looks_where_there_is_a_page(self):
        looked = []

        def explain(company, *_seen):
            looked.append(company)
            return {}, False

        cron = self.env.ref("paynow_module.ir_cron_watch")
        with patch.multiple(
            type(self.company),
            _paynow_look=lambda _company: (None, False),
            _paynow_explain=explain,
        ):
            cron.method_direct_trigger()
            self.assertIn(self.company, looked)
            looked.clear()
            self.company.paynow_enabled = False
            cron.method_direct_trigger()
            self.assertNotIn(self.company, looked)

    def test_checkout_is_looked_at_where_there_is_an_open_invoice(self):
        url, is_checkout = self.company._paynow_get_watched_path()
        self.assertTrue(is_checkout)
        page = self._parse(self.url_open(url))
        self.assertTrue(page.xpath("//*[@id='o_payment_form']"))

    def test_a_look_writes_nothing(self):
        """Test that the page is opened, not paid, and counts as nobody's try."""
        url, _is_checkout = self.company._paynow_get_watched_path()
        self.url_open(url)
        url, _is_checkout = self.company._paynow_get_watched_path()
        with self._assert_nothing_written():
            self.url_open(url)

    def test_a_second_look_finds_the_same(self):
        """Test that neither tokens and nonces nor the invoice count as a change."""
        self._look()
        self.invoice.button_cancel()
        self.assertEqual(self._look(), [])
        self._create_bill("Inv124", 70.0)
        self.assertEqual(self._look(), [])
        self.assertFalse(self.scripts.search([("state", "!=", "accepted")]))

    def test_providers_are_listed_with_their_hosts(self):
        self._look()
        policy = {
            "script-src": ("https://*.pay.example.com",),
            "frame-src": ("https:",),
        }
        with patch.dict(POLICIES, none=policy):
            [told] = self._look()
            self.assertIn("https://*.pay.example.com", told)
            self.scripts.with_user(self.accountant).action_accept()
            # Its script may stand on a page that offers it, or not.
            self._inject('<script src="https://js.pay.example.com/form.js"/>')
            self.assertEqual(self._look(), [])
        [row] = self.scripts.search([("kind", "=", "provider")])
        self.assertEqual(row.owner, self.provider.name)
        self.assertIn("changes without us", row.shown_value)

    def test_provider_that_is_offered_no_longer_is_no_alarm(self):
        policy = {"script-src": ("https://*.pay.example.com",)}
        with patch.dict(POLICIES, none=policy):
            self._look()
        self.assertEqual(self._look(), [])

    def test_days_without_an_open_invoice_are_no_alarm(self):
        """Test that the page in place of the checkout is not taken for a change."""
        with patch.dict(POLICIES):
            del POLICIES["none"]  # Of which nobody knows what it needs.
            self._look()
            self.assertEqual(self._get_rows(kind="other"), ["none"])
            self.invoice.button_cancel()
            self.assertEqual(self._look(), [])

    def test_code_of_the_website_is_not_on_the_page(self):
        self._look()
        self.website.sudo().write(
            {
                "custom_code_head": "<script>headOfOurs()</script>",
                "google_analytics_key": "G-OFOURS",
            }
        )
        self.assertEqual(self._look(), [])

    # === CHANGES === #

    def test_injected_script_is_told_once(self):
        self._look()
        self._inject()
        [told] = self._look()
        self.assertIn(EVIL, told)
        self.assertEqual(self._get_rows(state="new"), [EVIL])
        self.assertEqual(len(self._look()), 1)
        self._inject("<script>steal()</script>")
        told = self._look()
        self.assertEqual(len(told), 2, "Another change is told, too.")
        self.assertIn("steal()", told[1])

    def test_script_behind_the_name_of_another_is_told(self):
        self._look()
        self._inject('<script id="web.layout.odooscript">steal()</script>')
        self.assertEqual(len(self._look()), 1)
        self.assertEqual(self._get_rows(state="changed"), ["web.layout.odooscript"])

    def test_changed_header_is_told(self):
        self._look()
        prepare = PaynowPage._prepare_policy

        def weaken(page, *args):
            headers = prepare(page, *args)
            headers.pop("Permissions-Policy")
            policy = headers["Content-Security-Policy"]
            policy = policy.replace("script-src ", f"script-src {EVIL} ")
            return {**headers, "Content-Security-Policy": policy}

        with patch.object(PaynowPage, "_prepare_policy", weaken):
            [told] = self._look()
        self.assertIn(EVIL, told)
        self.assertEqual(self._get_rows(state="gone"), ["Permissions-Policy"])
        self.assertEqual(self._get_rows(state="changed"), ["Content-Security-Policy"])

    def test_update_of_an_addon_explains_a_change(self):
        self._look()
        self._inject('<script src="/web/static/src/boot.js"/>')
        self.env["ir.module.module"].sudo().search([("name", "=", "web")]).write(
            {"latest_version": "19.0.9.9"}
        )
        self.assertEqual(self._look(), [])
        self.assertIn("/web/static/src/boot.js", self._get_rows(state="accepted"))

    def test_update_does_not_explain_an_unknown_script(self):
        self._look()
        self._inject()
        self.env["ir.module.module"].sudo().search([("name", "=", "web")]).write(
            {"latest_version": "19.0.9.9"}
        )
        self.assertEqual(len(self._look()), 1)

    def test_health_shows_what_waits(self):
        self._look()
        company = self.company.with_user(self.accountant)
        self.assertEqual(company._paynow_get_check_policy()["state"], "green")
        self._inject()
        self._look()
        check = company._paynow_get_check_policy()
        self.assertEqual(check["state"], "amber")
        self.assertIn("paynow_script_action", check["url"])
        self.scripts.with_user(self.accountant).action_accept()
        self.assertEqual(company._paynow_get_check_policy()["state"], "green")
        self.scripts.search([]).seen_date = fields.Datetime.now() - timedelta(days=3)
        self.assertIn("for days", company._paynow_get_check_policy()["message"])

    # === ACCEPT === #

    def test_accepting_ends_it(self):
        self._look()
        view = self._inject()
        self.assertEqual(len(self._look()), 1)
        self.scripts.with_user(self.accountant).action_accept()
        self.assertEqual(self._get_told(), [])
        self.assertEqual(self._look(), [])
        row = self.scripts.search([("name", "=", EVIL)])
        self.assertEqual((row.state, row.accepted_uid), ("accepted", self.accountant))
        view.unlink()
        self.assertEqual(len(self._look()), 1, "That it is gone is told.")
        self.scripts.with_user(self.accountant).action_accept()
        self.assertFalse(row.exists())

    def test_lesser_users_neither_read_nor_accept(self):
        self._look()
        self._inject()
        self._look()
        scripts = self.scripts.search([("company_id", "=", self.company.id)])
        for records in (self.scripts, scripts):
            with self.assertRaises(AccessError):
                records.sudo(False).with_user(self.bookkeeper).action_accept()
        with self.assertRaises(AccessError):
            scripts.sudo(False).with_user(self.bookkeeper).read(["name"])
        with self.assertRaises(AccessError):
            scripts.sudo(False).with_user(self.accountant).write({"value": "x"})
        self.assertEqual(len(self._get_told()), 1)

    # === FAILURES === #

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_qweb")
    def test_page_that_does_not_open_is_told_once(self):
        self._look()
        view = self._inject('<t t-out="1 / 0"/>')
        [told] = self._look()
        self.assertIn("500", told)
        self.assertEqual(len(self._look()), 1)
        self.assertEqual(self._get_rows(state="gone"), [], "Nothing else is told.")
        view.unlink()
        self._look()
        self.assertFalse(self.scripts.search([("state", "!=", "accepted")]))

    def test_page_of_which_a_part_is_missing_is_told(self):
        """Test that a website that stops answering is no page without scripts."""
        self._look()
        get = self.opener.get

        def answer(url, **kwargs):
            if "/web/assets/" in url:
                raise requests.ReadTimeout()
            return get(url, **kwargs)

        with patch.object(self.opener, "get", answer):
            [told] = self._look()
        self.assertIn("ReadTimeout", told)
        self.assertEqual(self._get_rows(state="gone"), [])

    def test_out_of_reach_the_page_is_made_within_the_process(self):
        self._look()
        self._inject()
        with (
            patch.object(requests.Session, "get", side_effect=requests.ConnectionError),
            self.allow_requests(all_requests=True),
        ):
            self._compare()
        [told] = self._get_told()
        self.assertIn(EVIL, told)
