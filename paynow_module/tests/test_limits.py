# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import re
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger
from odoo.tools.misc import hmac

from .common_attempts import PaynowAttemptCommon

NOON = fields.Datetime.to_datetime("2026-05-29 12:00:00")
LIMIT = "paynow_module.limit_"


@tagged("post_install", "-at_install")
class TestLimits(PaynowAttemptCommon):
    """How many tries are let through, of whom, and what is written of them."""

    def _fail(self, times, ip=None, email="nobody{}@example.com", number="No{}"):
        """Look up what doesn't exist, each time under another number and address."""
        for count in range(times):
            response = self._try(email.format(count), number.format(count), ip=ip)
            self.assertEqual(response.status_code, 200)

    # === CLIENT IP === #

    @freeze_time("2026-05-29 12:00:00.600000")  # Dates in the database have it all.
    def test_five_failed_lookups_close_them_for_the_visitor(self):
        """Test that the sixth try within a quarter of an hour is turned away."""
        self._fail(5)
        wait = self._assert_closed(self._try("nobody@example.com", "Inv999"))
        self.assertEqual(wait, 15 * 60)

    def test_four_failed_lookups_close_nothing(self):
        """Test that a person who mistypes a few times gets through."""
        self._fail(4)
        self._assert_open(self._try())

    def test_closed_page_does_not_tell_a_right_pair(self):
        """Test that status, text and headers are the same for right and wrong."""
        self._fail(5)
        answers = [
            self._try(email, number, amount)
            for email, number, amount in (
                (self.email, "Inv123", "100"),
                (self.email, "Inv123", "1000"),
                (self.email, "Inv999", "100"),
                ("nobody@example.com", "Inv999", "100"),
            )
        ]
        for answer in answers:
            self._assert_closed(answer)
        self.assertEqual(len({self._mask(answer) for answer in answers}), 1)
        self.assertEqual(
            len({frozenset(set(answer.headers) - {"Date"}) for answer in answers}), 1
        )

    def test_other_visitors_are_not_affected(self):
        """Test that each IP address is counted by itself."""
        self._fail(5, ip="203.0.113.1")
        self._assert_closed(self._try(ip="203.0.113.1"))
        self._assert_open(self._try(ip="203.0.113.2"))

    def test_network_of_an_ipv6_address_counts_as_one(self):
        """Test that the owner of a /64 can't take a new address for each try."""
        for host in range(5):
            self._fail(1, ip=f"2001:db8:1:2::{host + 1:x}")
        self._assert_closed(self._try(ip="2001:db8:1:2:ffff::1"))
        self._assert_open(self._try(ip="2001:db8:1:3::1"))

    def test_ipv4_addresses_written_as_ipv6_are_told_apart(self):
        """Test that a proxy that speaks IPv6 doesn't make all visitors one."""
        self._fail(5, ip="::ffff:203.0.113.1")
        self._assert_closed(self._try(ip="::ffff:203.0.113.1"))
        self._assert_open(self._try(ip="::ffff:203.0.113.2"))

    def test_same_visitor_counts_once_in_both_spellings(self):
        """Test that an IPv4 address is the same one when written as IPv6."""
        self._fail(5, ip="::ffff:203.0.113.1")
        self._assert_closed(self._try(ip="203.0.113.1"))

    def test_strange_addresses_are_no_error_of_the_server(self):
        """Test that whatever a proxy passes on as address, the page answers."""
        for ip in ("unknown", "203.0.113.1:50000", "[2001:db8::1]:443", "_hidden"):
            with self.subTest(ip=ip):
                self._assert_open(self._try(ip=ip))

    # === NUMBER, ADDRESS, COMPANY === #

    def test_number_is_closed_after_five_failed_lookups(self):
        """Test that nobody finds the address for a number from many computers."""
        for count in range(5):
            self._fail(1, f"203.0.113.{count}", f"x{count}@example.com", "Inv123")
        self._assert_closed(self._try(ip="203.0.113.99"))
        other_invoice = self._create_bill("Inv600", 100.0)
        self._assert_open(self._try(number=other_invoice.name, ip="203.0.113.99"))

    def test_number_that_does_not_exist_is_closed_as_well(self):
        """Test that the limit tells nobody which numbers there are."""
        for count in range(5):
            self._fail(1, f"203.0.113.{count}", f"x{count}@example.com", "Inv999")
        self._assert_closed(self._try(number="Inv999", ip="203.0.113.99"))

    def test_address_is_closed_after_ten_failed_lookups(self):
        """Test that nobody finds the number for an address from many computers."""
        for count in range(10):
            self._fail(1, f"203.0.113.{count}", self.email, f"Inv9{count}")
        self._assert_closed(self._try(ip="203.0.113.99"))
        self._assert_closed(
            self._try(email=f" {self.email.upper()} ", ip="203.0.113.99")
        )
        self._assert_open(self._try_of_contact())

    def _try_of_contact(self):
        """Look the invoice up by another address of the client."""
        self.env["res.partner"].create(
            {
                "name": "Dana",
                "parent_id": self.client.id,
                "email": "dana@blueharbor.example.com",
            }
        )
        return self._try("dana@blueharbor.example.com", ip="203.0.113.99")

    def test_address_that_does_not_exist_is_closed_as_well(self):
        """Test that the limit tells nobody which addresses there are."""
        for count in range(10):
            self._fail(1, f"203.0.113.{count}", "nobody@example.com", f"Inv9{count}")
        self._assert_closed(self._try("nobody@example.com", ip="203.0.113.99"))

    def test_flood_closes_lookups_of_the_company(self):
        """Test that tries that have nothing in common are stopped all the same."""
        with freeze_time(NOON):
            for count in range(30):
                self._record(
                    "lookup_failed",
                    1,
                    ip=f"203.0.113.{count}",
                    email=f"x{count}@example.com",
                    number=f"Inv9{count}",
                )
            self.assertEqual(self._assert_closed(self._try(ip="198.51.100.1")), 60)
        with freeze_time(NOON + timedelta(seconds=61)):
            self._assert_open(self._try(ip="198.51.100.1"))

    def test_flood_in_another_company_closes_nothing_here(self):
        """Test that each company's page has counters of its own."""
        other_company = self.env["res.company"].create({"name": "Other Company"})
        for _count in range(30):
            self.env["paynow.attempt"]._record(
                other_company, "lookup_failed", ip="127.0.0.1"
            )
        self._assert_open(self._try())

    # === WHAT COUNTS === #

    def test_wrong_amount_is_no_failed_lookup(self):
        """Test that a client who mistypes the amount isn't locked out."""
        for amount in ("1000", "abc", "0", "-1", "100.01", "0.001", "1e5"):
            response = self._try(amount=amount)
            self.assertEqual(response.status_code, 200)
        self.assertFalse(self._get_attempts("lookup_failed"))
        self.assertEqual(len(self._get_attempts("lookup_matched")), 7)
        self._assert_open(self._try())

    def test_right_pairs_are_limited_as_well(self):
        """Test that a proven pair can't be used to keep the server busy."""
        with freeze_time(NOON):
            self._record("lookup_matched", 30, ip="127.0.0.1")
            self._assert_closed(self._try())

    def test_empty_and_expired_forms_are_not_counted(self):
        """Test that what looks nothing up leaves no trace."""
        self._try(email="")
        self._try(csrf_token="x")
        self.assertFalse(self._get_attempts())

    def test_opening_pages_is_not_counted(self):
        """Test that only the form counts, not looking at the page."""
        for _count in range(10):
            self.assertEqual(self.url_open("/PAYNOW").status_code, 200)
        self.assertFalse(self._get_attempts())

    def test_tries_that_are_turned_away_write_nothing(self):
        """Test that a flood fills no table, and doesn't make the wait longer."""
        self._fail(5)
        before = self._get_attempts()
        csrf_token = self._get_csrf_token()
        self._assert_closed(self._try(csrf_token=csrf_token))
        with self._assert_nothing_written():
            for _count in range(3):
                self._assert_closed(self._try(csrf_token=csrf_token))
        self.assertEqual(self._get_attempts(), before)

    # === WHAT IS STORED === #

    def test_nothing_typed_is_stored_in_clear(self):
        """Test that the table of attempts holds no address and no number."""
        self._try("Somebody@Example.com", "SECRET-77", amount="4711.47")
        self.env.cr.execute("SELECT to_jsonb(a)::text FROM paynow_attempt a")
        ((row,),) = self.env.cr.fetchall()
        for text in ("somebody", "example.com", "secret", "77", "4711"):
            hex_free = re.sub(r"[0-9a-f]{40,}", "", row.lower())
            self.assertNotIn(text, re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+", "", hex_free))

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

    # === MAILED LINK === #

    def test_mailed_link_works_while_lookups_are_closed(self):
        """Test that a real client can pay while a stranger tries numbers."""
        self._fail(5)
        self._assert_closed(self._try())
        response = self._try(link=self._get_link_token())
        self._assert_open(response)
        context = self._get_payment_context(self.url_open(response.headers["Location"]))
        result = self._post_form(self._prepare_form(context))
        self.assertEqual(result["state"], "draft")

    def test_mailed_link_opens_lookups_for_its_invoice_only(self):
        """Test that one link doesn't let a stranger try other numbers."""
        other_invoice = self._create_bill("Inv601", 100.0)
        token = self._get_link_token()
        self._fail(5)
        self._assert_closed(self._try(number=other_invoice.name, link=token))
        self._assert_closed(self._try(number="Inv999", link=token))

    def test_altered_link_does_not_open_lookups(self):
        """Test that only a link of ours lets anybody past the limits."""
        token = self._get_link_token()
        self._fail(5)
        for link in ("x", token[:-8] + "A" * 8, "", token + "AAAA"):
            with self.subTest(link=link[-10:]):
                self._assert_closed(self._try(link=link))

    # === TIME === #

    def test_lookups_open_again_by_themselves(self):
        """Test that the wait is as long as told, and no longer."""
        with freeze_time(NOON):
            self._fail(5)
            self.assertEqual(self._assert_closed(self._try()), 15 * 60)
        with freeze_time(NOON + timedelta(minutes=14)):
            self.assertEqual(self._assert_closed(self._try()), 60)
        with freeze_time(NOON + timedelta(minutes=15, seconds=1)):
            self._assert_open(self._try())

    def test_twenty_failed_lookups_close_them_for_the_day(self):
        """Test that patience doesn't help who comes back every quarter of an hour."""
        for hour in range(4):
            with freeze_time(NOON + timedelta(hours=hour)):
                self._fail(5, number=f"No{hour}{{}}", email=f"x{hour}{{}}@a.example")
        with freeze_time(NOON + timedelta(hours=4)):
            wait = self._assert_closed(self._try())
            self.assertEqual(wait, 20 * 3600)
        with freeze_time(NOON + timedelta(hours=24, seconds=1)):
            self._assert_open(self._try())

    # === PAYMENTS === #

    def _assert_payment_closed(self, form, invoice=None):
        """Assert that the transaction route asks to come back later, without a row."""
        before = self.env["payment.transaction"].sudo().search_count([])
        attempts = self._get_attempts()
        result = self._post_form(form, invoice)
        self.assertEqual(set(result), {"state", "state_message"})
        self.assertIn("too many tries", result["state_message"])
        self.assertEqual(
            self.env["payment.transaction"].sudo().search_count([]), before
        )
        self.assertEqual(self._get_attempts(), attempts)

    def test_payments_of_an_invoice_are_limited(self):
        """Test that nobody starts payments of an invoice without end."""
        form = self._prepare_form()
        self._record("payment_started", 30, invoice_id=self.invoice.id)
        self._assert_payment_closed(form)

    def test_payments_of_another_invoice_are_not_affected(self):
        """Test that each invoice is counted by itself."""
        other_invoice = self._create_bill("Inv602", 100.0)
        form = self._prepare_form(self._open_checkout(invoice="Inv602"))
        self._record("payment_started", 30, invoice_id=self.invoice.id)
        self.assertEqual(self._post_form(form, other_invoice)["state"], "draft")

    def test_payments_of_a_visitor_are_limited(self):
        """Test that nobody starts payments of many invoices without end."""
        form = self._prepare_form()
        self._record("payment_started", 60, ip="127.0.0.1")
        self._assert_payment_closed(form)

    def test_payments_of_the_company_are_limited(self):
        """Test that a flood of payments from everywhere is stopped."""
        form = self._prepare_form()
        with freeze_time(fields.Datetime.now()):
            self._record("payment_started", 120)
            self._assert_payment_closed(form)

    def test_five_declines_close_payments_of_the_invoice(self):
        """Test that stolen cards can't be tried one after the other."""
        form = self._prepare_form()
        for _count in range(4):
            self._pay("error", amount=10.0)
        self.assertEqual(self._post_form(form)["state"], "draft")
        self.invoice.sudo().transaction_ids.filtered(
            lambda tx: tx.state == "draft"
        )._set_error("Declined")
        self._assert_payment_closed(form)

    def test_declines_are_counted_for_whoever_started_the_payment(self):
        """Test that the visitor of a declined payment is known, not the provider's."""
        self._post_form(self._prepare_form())
        tx = self.invoice.sudo().transaction_ids
        started = self._get_attempts("payment_started")
        self.assertEqual(started.transaction_id, tx)
        self.assertEqual(started.ip, "127.0.0.1")
        tx._set_error("Declined")
        declined = self._get_attempts("payment_declined")
        self.assertRecordValues(
            declined,
            [
                {
                    "ip": "127.0.0.1",
                    "invoice_id": self.invoice.id,
                    "transaction_id": tx.id,
                    "company_id": self.company.id,
                }
            ],
        )

    def test_declines_of_a_visitor_close_payments_of_other_invoices(self):
        """Test that a stranger can't go from invoice to invoice with stolen cards."""
        form = self._prepare_form()
        self._record("payment_declined", 5, ip="127.0.0.1")
        self._assert_payment_closed(form)

    def test_declines_of_other_payments_of_odoo_are_not_counted(self):
        """Test that declines in the portal don't close Pay Now."""
        self._pay("error", is_paynow=False)
        self.assertFalse(self._get_attempts("payment_declined"))

    def test_payments_open_again_by_themselves(self):
        """Test that an invoice can be paid an hour after the last decline."""
        with freeze_time(NOON):
            self._record("payment_declined", 5, invoice_id=self.invoice.id)
        with freeze_time(NOON + timedelta(minutes=59)):
            self._assert_payment_closed(self._sign_form())
        with freeze_time(NOON + timedelta(minutes=60, seconds=1)):
            self.assertEqual(self._post_form(self._sign_form())["state"], "draft")

    def _sign_form(self):
        """Return what the page of a visitor who has just proven the pair sends."""
        return self._prepare_form(
            {
                "amount": 100.0,
                "landing_route": "/PAYNOW/receipt",
                "access_token": self.invoice._paynow_sign(100.0, self.email),
            }
        )

    def test_refused_payments_are_recorded_and_limited(self):
        """Test that forged requests are counted and stopped as well."""
        form = self._prepare_form(amount=1.0)
        self._post_form(form)
        refused = self._get_attempts("payment_refused")
        self.assertEqual(refused.ip, "127.0.0.1")
        self._record("payment_refused", 59, ip="127.0.0.1")
        self._assert_payment_closed(form)

    def test_failure_of_the_server_counts_for_the_same_visitor(self):
        """Test that an error costs a stranger as much as a refusal does."""
        logged = []
        self.patch(
            self.env.registry["paynow.attempt"],
            "_log",
            lambda _self, _company, kind, **values: logged.append((kind, values["ip"])),
        )
        self.patch(
            self.env.registry["payment.transaction"],
            "_get_processing_values",
            lambda _tx: 1 / 0,
        )
        form = self._sign_form()
        for params in (form, {**form, "amount": 1.0}):
            with mute_logger("odoo.http"):
                self._post(
                    f"/PAYNOW/transaction/{self.invoice.id}",
                    ip="2001:db8:1:2::1",
                    json={
                        "id": 0,
                        "jsonrpc": "2.0",
                        "method": "call",
                        "params": params,
                    },
                )
        self.assertFalse(self.invoice.transaction_ids)
        self.assertEqual(logged, [("payment_refused", "2001:db8:1:2::/64")] * 2)

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
                ("lookup", "lookup_failed", "number_hash", 5, 60),
                ("lookup", "lookup_failed", "email_hash", 10, 60),
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
        limit = self.env.ref(f"{LIMIT}lookup_failed_ip_quarter")
        limit.with_user(manager).maximum = 7
        self.assertEqual(limit.sudo().maximum, 7)
        with self.assertRaises(AccessError):
            limit.with_user(clerk).maximum = 8
