# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools.misc import hmac

from ..common_attempts import PaynowAttemptCommon

NOON = fields.Datetime.to_datetime("2026-05-29 12:00:00")
LIMIT = "paynow_module.limit_"


@tagged("post_install", "-at_install")
class TestAttempts(PaynowAttemptCommon):
    """What attempts hold, how long, who reads them and who sets the limits."""

    # === WHAT IS STORED === #

    def test_nothing_typed_is_stored_in_clear(self):
        """Test that the table of attempts holds no address and no number."""
        self._try("Somebody@Example.com", "SECRET-NUMBER", amount="4711471147.11")
        self.env.cr.execute("SELECT to_jsonb(a)::text FROM paynow_attempt a")
        ((row,),) = self.env.cr.fetchall()
        # None of them can be read by chance in an id, a date or a hash.
        for text in ("somebody", "example.com", "secret-number", "4711471147"):
            self.assertNotIn(text, row.lower())

    def test_number_hash_is_equal_for_equal_numbers_only(self):
        """Test that the same typed number is recognised, another one isn't."""
        hashes = [
            self._try_and_get_attempt(number=number).number_hash
            for number in ("Inv900", "Inv900", "Inv901", "INV900")
        ]
        self.assertEqual(hashes[0], hashes[1])
        self.assertEqual(len(set(hashes)), 3)

    def test_email_hash_is_equal_for_the_same_address(self):
        """Test that capital letters and spaces make no new address."""
        hashes = [
            self._try_and_get_attempt(email).email_hash
            for email in ("x@example.com", " X@Example.COM ", "y@example.com")
        ]
        self.assertEqual(hashes[0], hashes[1])
        self.assertNotEqual(hashes[0], hashes[2])

    def _try_and_get_attempt(self, email="nobody@example.com", number="Inv999"):
        """Look something up and return the attempt that it left."""
        self._reset_limits()
        self._try(email, number)
        attempt = self._get_attempts()
        self.assertEqual(len(attempt), 1)
        return attempt

    def test_hashes_are_keyed_with_the_secret_of_the_database(self):
        """Test that nobody without the secret can try addresses against a dump."""
        before = self._try_and_get_attempt().email_hash
        self.assertGreaterEqual(len(before), 32)
        self.env["ir.config_parameter"].sudo().set_param("database.secret", "other")
        scope = "paynow_module.attempt"
        after = hmac(self.env(su=True), scope, ("email", "nobody@example.com"))
        self.assertNotEqual(before, after)

    def test_attempt_tells_source_and_invoice_once_proven(self):
        """Test that a mailed link is told from the page, and the invoice is noted."""
        attempt = self._try_and_get_attempt(self.email, "Inv123")
        self.assertRecordValues(
            attempt,
            [
                {
                    "company_id": self.company.id,
                    "kind": "lookup_matched",
                    "source": "page",
                    "ip": "127.0.0.1",
                    "invoice_id": self.invoice.id,
                }
            ],
        )
        self._reset_limits()
        self._try(link=self._get_link_token())
        self.assertEqual(self._get_attempts().source, "mail")

    # === SETTINGS === #

    def test_limits_can_be_changed_and_switched_off(self):
        """Test that the numbers of the administrator are those that count."""
        limit = self.env.ref(f"{LIMIT}lookup_failed_ip_quarter").sudo()
        limit.maximum = 2
        self._fail(2)
        self._assert_closed(self._try())
        limit.active = False
        self._assert_open(self._try())

    def test_limit_that_closes_for_good_is_refused(self):
        """Test that times and minutes are positive."""
        limit = self.env.ref(f"{LIMIT}lookup_failed_ip_quarter").sudo()
        for values in ({"maximum": 0}, {"minutes": 0}, {"maximum": -1}):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                limit.write(values)

    def test_default_limits_are_there(self):
        """Test that each action is limited for each key out of the box."""
        limits = self.env["paynow.limit"].sudo().search([])
        self.assertLessEqual(
            {
                ("lookup", "lookup_failed", "ip", 5, 15),
                ("lookup", "lookup_failed", "ip_56", 10, 15),
                ("lookup", "lookup_failed", "network", 20, 15),
                ("lookup", "lookup_failed", "number_hash", 5, 60),
                ("lookup", "lookup_failed", "number_hash", 20, 60),
                ("lookup", "lookup_failed", "email_hash", 10, 60),
                ("lookup", "lookup_failed", "email_hash", 30, 60),
                ("lookup", "lookup_failed", "company_id", 30, 1),
                ("payment", "payment_declined", "invoice_id", 5, 60),
                ("payment", "payment_declined", "ip", 5, 60),
                ("payment", "payment_started", "invoice_id", 30, 60),
                ("link", "link_requested", "ip", 3, 60),
            },
            {(x.action, x.kind, x.key, x.maximum, x.minutes) for x in limits},
        )

    # === VACUUM === #

    def _create_attempts(self, company, *days):
        """Create attempts that are some days old; return them in this order."""
        attempts = self.env["paynow.attempt"]
        for age in days:
            with freeze_time(NOON - timedelta(days=age)):
                attempt = attempts._record(company, "lookup_failed", ip="192.0.2.1")
                self._set_date(attempt)
                attempts |= attempt
        return attempts.sudo()

    def test_old_attempts_are_deleted(self):
        """Test that attempts are kept for 30 days, unless set otherwise."""
        kept, old = self._create_attempts(self.company, 29, 31)
        with freeze_time(NOON):
            self.env["paynow.attempt"].sudo()._gc_attempts()
        self.assertTrue(kept.exists())
        self.assertFalse(old.exists())

    def test_each_company_keeps_attempts_for_its_own_time(self):
        """Test that the setting of one company deletes nothing of another."""
        self.company.sudo().paynow_attempt_days = 7
        other = (
            self.env["res.company"]
            .sudo()
            .create({"name": "Other Company", "paynow_attempt_days": 90})
        )
        kept, old = self._create_attempts(self.company, 6, 8)
        other_kept, other_old = self._create_attempts(other, 89, 91)
        with freeze_time(NOON):
            count, is_left = self.env["paynow.attempt"].sudo()._gc_attempts()
        self.assertEqual((kept | other_kept).exists(), kept | other_kept)
        self.assertFalse((old | other_old).exists())
        self.assertEqual((count, is_left), (2, False))

    # === RIGHTS === #

    def _create_people(self, company, suffix):
        """Return an accounting administrator, a clerk and an internal user."""
        return [
            new_test_user(
                self.env,
                f"{login}_{suffix}",
                groups,
                company_id=company.id,
                company_ids=[Command.set(company.ids)],
            )
            for login, groups in (
                ("manager", "account.group_account_manager"),
                ("clerk", "account.group_account_invoice"),
                ("internal", "base.group_user"),
            )
        ]

    def test_accounting_administrators_read_attempts_of_their_company(self):
        """Test that nobody sees who tried what at another company."""
        other = self.env["res.company"].sudo().create({"name": "Other Company"})
        (own,) = self._create_attempts(self.company, 1)
        (foreign,) = self._create_attempts(other, 1)
        for company, seen in ((self.company, own), (other, foreign)):
            manager = self._create_people(company, company.id)[0]
            found = self.env["paynow.attempt"].with_user(manager).search([])
            self.assertEqual(found.ids, seen.ids)
            self.assertTrue(found.mapped("ip"))
            with self.assertRaises(AccessError):
                (own | foreign).with_user(manager).mapped("ip")

    def test_others_read_neither_attempts_nor_limits(self):
        """Test that clerks, internal, portal and public users see none of it."""
        (attempt,) = self._create_attempts(self.company, 1)
        limit = self.env["paynow.limit"].sudo().search([], limit=1)
        _manager, clerk, internal = self._create_people(self.company, "a")
        for user in (clerk, internal, self.portal_user, self.public_user):
            for record in (attempt, limit):
                with self.subTest(user=user.login, model=record._name):
                    with self.assertRaises(AccessError):
                        record.with_user(user).read(["create_date"])
                    with self.assertRaises(AccessError):
                        record.with_user(user).search([])

    def test_nobody_changes_attempts(self):
        """Test that even the accounting administrator can't change what happened."""
        (attempt,) = self._create_attempts(self.company, 1)
        attempt = attempt.with_user(self._create_people(self.company, "a")[0])
        with self.assertRaises(AccessError):
            attempt.ip = "192.0.2.2"
        with self.assertRaises(AccessError):
            attempt.unlink()
        with self.assertRaises(AccessError):
            attempt.create({"company_id": self.company.id, "kind": "lookup_failed"})

    def test_accounting_administrators_change_limits_in_one_place(self):
        """Test that they, and not clerks, set the limits."""
        manager, clerk, _internal = self._create_people(self.company, "a")
        enabled = self.env["res.company"].sudo().search([("paynow_enabled", "=", True)])
        manager.sudo().company_ids |= enabled
        limit = self.env.ref(f"{LIMIT}lookup_failed_ip_quarter")
        limit.with_user(manager).maximum = 7
        self.assertEqual(limit.sudo().maximum, 7)
        with self.assertRaises(AccessError):
            limit.with_user(clerk).maximum = 8
