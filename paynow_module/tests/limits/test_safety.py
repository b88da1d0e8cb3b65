# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from ..common_attempts import PaynowAttemptCommon

NOON = fields.Datetime.to_datetime("2026-05-29 12:00:00")


@tagged("post_install", "-at_install")
class TestSafety(PaynowAttemptCommon):
    """The safety level of the page and what it closes."""

    def setUp(self):
        super().setUp()
        self.company_sudo = self.company.sudo()

    # === LADDER === #

    def _happen(self, when, **counts):
        """Have attempts of some kinds happen, then let the watchdog look.

        :param datetime when: The time.
        :param dict counts: How many of each kind.
        :return: The level that it then is.
        :rtype: str
        """
        self._reset_limits()
        self.env["paynow.attempt"].sudo().create(
            [
                {"company_id": self.company.id, "kind": kind}
                for kind, count in counts.items()
                for _number in range(count)
            ]
        )
        with freeze_time(when):
            self._set_date(self._get_attempts())
            self.env.ref("paynow_module.ir_cron_watchdog").method_direct_trigger()
        return self.company_sudo.paynow_safety_level

    def _get_levels_told(self):
        """Return the summaries of the activities on the company, oldest first."""
        activities = self.company_sudo.partner_id.activity_ids.sorted("id")
        for activity in activities:
            self.assertTrue(
                activity.user_id.has_group("account.group_account_manager"),
                activity.user_id.login,
            )
            self.assertIn(self.company, activity.user_id.company_ids)
        return [summary.rpartition(": ")[2] for summary in activities.mapped("summary")]

    def test_normal_traffic_changes_nothing(self):
        """Test that below the thresholds the level stays, and nobody is told."""
        level = self._happen(
            NOON,
            lookup_failed=59,
            payment_declined=9,
            lookup_matched=500,
            payment_started=500,
        )
        self.assertEqual(level, "0_normal")
        self.assertFalse(self._get_levels_told())

    def test_level_follows_what_happens(self):
        """Test from how many networks look-ups fail when the captcha is called for.

        No number of them closes look-ups: strangers would close them to all.
        """
        for count, expected in (
            (59, "0_normal"),
            (60, "1_captcha"),
            (1000, "1_captcha"),
        ):
            with self.subTest(count=count):
                self.company_sudo.write(
                    {"paynow_safety_level": "0_normal", "paynow_safety_date": False}
                )
                self.assertEqual(self._happen(NOON, lookup_failed=count), expected)

    def test_one_network_raises_no_level(self):
        """Test that a stranger's own computers change nothing for clients."""
        self._record("lookup_failed", 200, ip="2001:db8:1::/64")
        self._record("lookup_failed", 200, ip="2001:db8:1:ff00::/64")
        self._record("payment_declined", 200, ip="203.0.113.1")
        self.company_sudo._paynow_update_safety()
        self.assertEqual(self.company_sudo.paynow_safety_level, "0_normal")
        self.assertFalse(self.company_sudo.paynow_cards_hidden_until)

    def test_declines_hide_cards_and_close_no_lookup(self):
        """Test that cards come back after a calm half hour, and a person is told."""
        with freeze_time(NOON):
            self.assertEqual(self._happen(NOON, payment_declined=24), "0_normal")
            self.assertFalse(self.company_sudo._paynow_hides_cards())
            self.assertEqual(self._happen(NOON, payment_declined=25), "0_normal")
            self.assertTrue(self.company_sudo._paynow_hides_cards())
            self._assert_open(self._try())
        later = NOON + timedelta(minutes=20)
        self._happen(later, payment_declined=25)
        with freeze_time(later + timedelta(minutes=29)):
            self.assertTrue(self.company_sudo._paynow_hides_cards())
        with freeze_time(later + timedelta(minutes=31)):
            self.assertFalse(self.company_sudo._paynow_hides_cards())
        activity = self.company_sudo.partner_id.activity_ids
        self.assertEqual(activity.mapped("summary"), ["Pay Now: cards are hidden"])
        self.assertIn("30 minutes", activity.note)

    def test_older_attempts_do_not_count(self):
        """Test that only the last ten minutes count."""
        self._happen(NOON, lookup_failed=10)
        self.env["paynow.attempt"].sudo().create(
            [{"company_id": self.company.id, "kind": "lookup_failed"}] * 60
        )
        with freeze_time(NOON - timedelta(minutes=11)):
            self._set_date(self._get_attempts())
        with freeze_time(NOON):
            self.company_sudo._paynow_update_safety()
        self.assertEqual(self.company_sudo.paynow_safety_level, "0_normal")

    def test_level_comes_down_one_step_for_each_calm_half_hour(self):
        """Test the way down by itself, with an activity for each step."""
        with freeze_time(NOON):
            self.company_sudo._paynow_set_safety("3_no_card")
        steps = (
            (5, {}, "3_no_card"),
            (29, {}, "3_no_card"),
            (31, {}, "2_links"),
            (41, {}, "2_links"),
            (62, {}, "1_captcha"),
            (80, {"lookup_failed": 60}, "1_captcha"),
            (109, {}, "1_captcha"),
            (111, {}, "0_normal"),
            (200, {}, "0_normal"),
        )
        for minutes, counts, expected in steps:
            with self.subTest(minutes=minutes):
                level = self._happen(NOON + timedelta(minutes=minutes), **counts)
                self.assertEqual(level, expected)
        self.assertEqual(
            self._get_levels_told(),
            [
                "Cards hidden, bank payments stay",
                "Mailed links only",
                "Captcha on every look-up and payment",
                "Normal",
            ],
        )

    def test_level_goes_up_again_after_coming_down(self):
        """Test that a second wave meets the level that it calls for, at once."""
        self._happen(NOON, lookup_failed=60)
        self._happen(NOON + timedelta(minutes=31))
        level = self._happen(NOON + timedelta(minutes=36), lookup_failed=60)
        self.assertEqual(level, "1_captcha")

    def test_less_trouble_keeps_the_level_for_half_an_hour(self):
        """Test that a smaller wave doesn't open the page before it is calm."""
        with freeze_time(NOON):
            self.company_sudo.paynow_safety_level = "2_links"
        level = self._happen(NOON + timedelta(minutes=10), lookup_failed=60)
        self.assertEqual(level, "2_links")

    def test_level_set_by_hand_holds_for_half_an_hour(self):
        """Test that what an administrator sets isn't undone by the next run."""
        with freeze_time(NOON):
            self.env["paynow.settings"].sudo().create(
                {"company_id": self.company.id, "paynow_safety_level": "2_links"}
            )
        self.assertEqual(self.company_sudo.paynow_safety_level, "2_links")
        self.assertEqual(self._happen(NOON + timedelta(minutes=5)), "2_links")
        self.assertEqual(self._happen(NOON + timedelta(minutes=36)), "1_captcha")

    def test_saving_other_settings_is_no_change_of_the_level(self):
        """Test that the page, which writes all settings, moves no date."""
        with freeze_time(NOON):
            self.company_sudo.paynow_safety_level = "2_links"
        since = self.company_sudo.paynow_safety_date
        self.env["paynow.settings"].sudo().create(
            {
                "company_id": self.company.id,
                "paynow_safety_level": "2_links",
                "paynow_link_days": 30,
            }
        )
        self.assertEqual(self.company_sudo.paynow_safety_date, since)

    def test_each_company_has_its_own_level(self):
        """Test that strangers at one company's page change nothing at another's."""
        other = (
            self.env["res.company"]
            .sudo()
            .create({"name": "Other Company", "paynow_enabled": True})
        )
        self.assertEqual(self._happen(NOON, lookup_failed=60), "1_captcha")
        self.assertEqual(other.paynow_safety_level, "0_normal")

    def test_company_without_an_administrator_has_one_of_elsewhere_told(self):
        """Test that what needs a person is nobody's in no company."""
        other = self.env["res.company"].sudo().create({"name": "Other Company"})
        users = self.env["res.users"].sudo().search([("company_ids", "=", other.id)])
        users.write({"company_ids": [Command.unlink(other.id)]})
        other._paynow_set_safety("1_captcha")
        activity = other.partner_id.activity_ids
        self.assertTrue(activity.user_id.has_group("base.group_system"))
        self.assertTrue(activity.user_id.active)

    def test_watchdog_sets_the_level(self):
        """Test that the scheduled action looks at the attempts of late."""
        self._record("lookup_failed", 60)  # Of no network known: each counts.
        self.env["ir.cron"].flush_model()
        self.env.ref("paynow_module.ir_cron_watchdog").sudo().method_direct_trigger()
        self.assertEqual(self.company_sudo.paynow_safety_level, "1_captcha")

    # === WHAT EACH LEVEL CLOSES === #

    def _set_captcha_keys(self):
        """Set a website's keys for reCAPTCHA."""
        set_param = self.env["ir.config_parameter"].sudo().set_param
        set_param("recaptcha_public_key", "public")
        set_param("recaptcha_private_key", "private")

    def test_captcha_level_without_a_key_lets_browsers_work(self):
        """Test that where no captcha can be asked for, each look-up takes a while."""
        self.company_sudo.paynow_safety_level = "1_captcha"
        response = self._try()
        self._assert_work(response)
        self._assert_open(self._work(response))
        self._assert_open(self._try(link=self._get_link_token()))

    def test_captcha_level_with_a_key_keeps_lookups_open(self):
        """Test that who passes the captcha gets through."""
        self.company_sudo.paynow_safety_level = "1_captcha"
        self._set_captcha_keys()
        with self._patch_captcha(is_passed=True) as actions:
            self._assert_open(self._try())
        self.assertEqual(actions, ["paynow_lookup"])

    def test_turnstile_is_a_captcha_as_well(self):
        """Test that Cloudflare's captcha keeps look-ups open, too."""
        self.company_sudo.paynow_safety_level = "1_captcha"
        self.env["ir.config_parameter"].sudo().set_param(
            "cf.turnstile_secret_key", "secret"
        )
        with self._patch_captcha(is_passed=True):
            self._assert_open(self._try())

    def test_links_level_closes_lookups_whatever_the_captcha_says(self):
        """Test that only mailed links work, and they lead to a payment."""
        self._set_captcha_keys()
        for level in ("2_links", "3_no_card"):
            with self.subTest(level=level):
                self.company_sudo.paynow_safety_level = level
                with self._patch_captcha(is_passed=True):
                    self._assert_closed(self._try())
                    self._assert_open(self._try(link=self._get_link_token()))
        self.company_sudo.paynow_safety_level = "2_links"
        with self._patch_captcha(is_passed=True):
            form = self._prepare_form(self._open_mailed_link())
            self.assertEqual(self._post_form(form)["state"], "draft")

    def _open_mailed_link(self):
        """Go from a mailed link to the checkout; return its payment context."""
        response = self._try(link=self._get_link_token())
        self._assert_open(response)
        return self._get_payment_context(self.url_open(response.headers["Location"]))

    def _offer_ach(self):
        """Let the provider offer ACH beside its card-like method."""
        ach = self.env.ref("payment.payment_method_ach_direct_debit").sudo()
        ach.active = True
        self.provider.payment_method_ids = [Command.link(ach.id)]
        return ach

    def test_no_card_level_hides_cards_and_keeps_ach(self):
        """Test that a bank payment stays possible while cards are tried."""
        ach = self._offer_ach()
        methods = self._open_mailed_link()["payment_method_ids"]
        self.assertEqual(set(methods), {ach.id, self.payment_method_id})
        self.company_sudo.paynow_safety_level = "3_no_card"
        context = self._open_mailed_link()
        self.assertEqual(context["payment_method_ids"], [ach.id])
        form = self._prepare_form(context, payment_method_id=ach.id)
        self.assertEqual(self._post_form(form)["state"], "draft")

    def test_hidden_cards_are_hidden_whatever_the_level(self):
        """Test that look-ups stay open while cards are tried, for bank payments."""
        ach = self._offer_ach()
        self.company_sudo._paynow_hide_cards()
        response = self._try()
        self._assert_open(response)
        context = self._get_payment_context(self.url_open(response.headers["Location"]))
        self.assertEqual(context["payment_method_ids"], [ach.id])

    def test_no_card_level_refuses_cards_of_open_pages(self):
        """Test that a card can't be used from a page that was opened before."""
        self._offer_ach()
        form = self._prepare_form(self._open_mailed_link())
        self.company_sudo.paynow_safety_level = "3_no_card"
        result = self._post_form(form)
        self.assertEqual(result["state"], "error")
        self.assertFalse(self.invoice.transaction_ids)

    def test_level_is_the_same_page_as_the_limits(self):
        """Test that right and wrong pairs can't be told apart at any level."""
        for level in ("1_captcha", "2_links", "3_no_card"):
            self.company_sudo.paynow_safety_level = level
            answers = {
                self._mask(self._try(email, number), f'"{email}"', f'"{number}"')
                for email, number in (
                    (self.email, "Inv123"),
                    (self.email, "Inv999"),
                    ("nobody@example.com", "Inv123"),
                )
            }
            self.assertEqual(len(answers), 1, level)
