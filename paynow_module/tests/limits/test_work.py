# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged

from ..common_attempts import PaynowAttemptCommon

NOON = fields.Datetime.to_datetime("2026-05-29 12:00:00")


@tagged("post_install", "-at_install")
class TestWork(PaynowAttemptCommon):
    """The work of the browser that takes the place of a closed page."""

    def setUp(self):
        super().setUp()
        self._record("lookup_failed", 5, ip="203.0.113.1", number="Inv123")

    def test_work_opens_a_number_that_strangers_tried(self):
        """Test that the sixth try is looked up once the browser has worked."""
        response = self._try(amount="12.34")
        self.assertEqual(self._assert_work(response), 15)
        self.assertFalse(self._get_attempts("lookup_matched"))
        self._assert_open(self._work(response))
        self.assertTrue(self._get_attempts("lookup_matched"))

    def test_work_is_asked_for_whatever_was_typed(self):
        """Test that right and wrong pairs are asked for the same."""
        pages = {
            self._mask(self._try(email), f'"{email}"')
            for email in (self.email, "nobody@example.com")
        }
        self.assertEqual(len(pages), 1)

    def test_wrong_pair_fails_after_work_and_is_counted(self):
        """Test that work opens nothing but the look-up."""
        response = self._work(self._try("nobody@example.com"))
        self.assertEqual(response.status_code, 200)
        self.assertEqual(len(self._get_attempts("lookup_failed")), 6)

    def test_wrong_answer_opens_nothing(self):
        """Test that the server reckons the hash, too."""
        for answer in ("", "x", "-1", "9" * 21, "\u0664"):
            with self.subTest(answer=answer):
                self._assert_work(self._work(self._try(), answer=answer))

    def test_answer_is_for_one_pair_only(self):
        """Test that who has worked once can't try other addresses or numbers."""
        response = self._try("nobody@example.com")
        self._assert_work(self._work(response, email=self.email))
        self._record("lookup_failed", 5, ip="203.0.113.1", number="Inv999")
        self._assert_work(self._work(self._try(), invoice="Inv999"))

    def test_answer_is_for_one_browser_only(self):
        """Test that nobody has others work for them."""
        response = self._try()
        self.authenticate(None, None)  # Another session.
        self._assert_work(self._work(response, csrf_token=self._get_csrf_token()))

    def test_answer_expires(self):
        """Test that nobody keeps answers for later."""
        with freeze_time(NOON):
            self._record("lookup_failed", 5, ip="203.0.113.1", number="Inv123")
            response = self._try()
        with freeze_time(NOON + timedelta(minutes=11)):
            self._assert_work(self._work(response))

    def test_own_puzzles_are_none(self):
        """Test that nobody makes the puzzle easier."""
        response = self._try()
        for puzzle in ("", "x", "AAAA"):
            with self.subTest(puzzle=puzzle):
                self._assert_work(self._work(response, puzzle=puzzle))

    def test_work_grows_with_what_was_tried(self):
        """Test that each further limit that is reached doubles the work."""
        self._record("lookup_failed", 10, ip="203.0.113.1", number="Inv123")
        self.assertEqual(self._assert_work(self._try()), 16)
        self._record("lookup_failed", 30, ip="203.0.113.1", email=self.email)
        self.assertEqual(self._assert_work(self._try()), 18)
        self.company.sudo().paynow_safety_level = "1_captcha"
        self.assertEqual(self._assert_work(self._try()), 19)

    def test_work_opens_nothing_to_who_is_closed_out(self):
        """Test that a network that tries too often has to wait."""
        response = self._try()
        self._record("lookup_failed", 5, ip="127.0.0.1")
        self._assert_closed(self._work(response))

    def test_captcha_takes_the_place_of_work(self):
        """Test that nobody has to do both."""
        set_param = self.env["ir.config_parameter"].sudo().set_param
        set_param("recaptcha_public_key", "public")
        set_param("recaptcha_private_key", "private")
        with self._patch_captcha(is_passed=True) as actions:
            self._assert_open(self._try())
        self.assertEqual(actions, ["paynow_lookup"])

    def test_mailed_link_needs_no_work(self):
        """Test that who came by a link is not slowed down."""
        self.company.sudo().paynow_safety_level = "1_captcha"
        self._assert_open(self._try(link=self._get_link_token()))

    def test_client_who_is_logged_in_needs_no_work(self):
        """Test that what strangers tried slows no known client down."""
        self.company.sudo().paynow_safety_level = "1_captcha"
        self.portal_user.partner_id.parent_id = self.client
        self.authenticate(self.portal_user.login, self.portal_user.login)
        self._assert_open(self._try())

    def test_page_tells_who_has_no_scripts(self):
        """Test that there is a way on without any."""
        page = self._parse(self._try())
        (text,) = page.xpath("//noscript")
        self.assertIn("runs no scripts", text.text_content())
        self.assertIn("works all the time", page.text_content())
        self.assertIn("again in 60 minutes", " ".join(page.text_content().split()))

    def test_policy_holds_on_the_page(self):
        """Test that the page runs no more than the others of ours."""
        policy = self._try().headers["Content-Security-Policy"]
        self.assertIn("script-src 'self' 'nonce-", policy)
        self.assertNotIn("unsafe-eval", policy)

    def test_only_lookups_can_be_slowed_down(self):
        """Test that no limit is set that would do nothing."""
        limit = self.env.ref("paynow_module.limit_link_requested_ip").sudo()
        with self.assertRaises(ValidationError):
            limit.effect = "slow"

    def test_a_slow_limit_reads_as_a_sentence(self):
        """Test that who sets it knows that it closes nothing."""
        limit = self.env.ref("paynow_module.limit_lookup_failed_company")
        self.assertEqual(
            limit.sudo().with_context(lang="en_US").sentence,
            "Look-ups need a captcha, or some work of the browser, after “Look-up"
            " failed” from 30 networks within 1 minute, for the same: Company.",
        )
