# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta
from runpy import run_path

from odoo import fields
from odoo.tests import freeze_time, tagged
from odoo.tools import file_path

from ...utils import get_client_key
from ..common_attempts import PaynowAttemptCommon

NOON = fields.Datetime.to_datetime("2026-05-29 12:00:00")
LIMIT = "paynow_module.limit_"


@tagged("post_install", "-at_install")
class TestLimits(PaynowAttemptCommon):
    """How many tries are let through, of whom, and what is written of them."""

    def test_a_limit_reads_as_a_sentence(self):
        limit = self.env.ref("paynow_module.limit_lookup_failed_ip_quarter")
        self.assertEqual(
            limit.sudo().with_context(lang="en_US").sentence,
            "Look-ups are closed after “Look-up failed” 5 times within 15 minutes, for"
            " the same: Client IP.",
        )

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

    def test_wider_ipv6_networks_count_as_one_as_well(self):
        """Test that a /56 and a /48 are no 256 and 65,536 visitors."""
        for tries, network, inside, outside in (
            (10, "2001:db8:1:{:x}::1", "2001:db8:1:ff::1", "2001:db8:1:100::1"),
            (20, "2001:db8:1:{:x}00::1", "2001:db8:1:ff00::1", "2001:db8:2::1"),
        ):
            with self.subTest(network=network):
                self._reset_limits()
                for number in range(tries):
                    self._record(
                        "lookup_failed", 1, ip=get_client_key(network.format(number))
                    )
                self._assert_closed(self._try(ip=inside))
                self._assert_open(self._try(ip=outside))

    def test_ipv4_network_counts_as_one(self):
        """Test that the owner of a /24 closes look-ups to that, and to nobody else."""
        for number in range(20):
            self._record("lookup_failed", 1, ip=f"203.0.113.{number}")
        self._assert_closed(self._try(ip="203.0.113.99"))
        self._assert_open(self._try(ip="203.0.114.1"))

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

    def _fail_from_networks(self, count, **values):
        """Have look-ups fail from different networks."""
        for number in range(count):
            tried = {"email": f"x{number}@example.com", "number": f"No{number}"}
            tried.update(values, ip=f"10.0.{number}.1")
            self._record("lookup_failed", 1, **tried)

    def test_number_is_closed_after_twenty_networks_failed(self):
        """Test that nobody finds the address for a number from many computers."""
        with freeze_time(NOON):
            self._fail_from_networks(19, number="Inv123")
            response = self._try(ip="203.0.113.99")
            self._assert_open(self._work(response, ip="203.0.113.99"))
            self._fail_from_networks(20, number="Inv123")
        self.enterContext(freeze_time(NOON + timedelta(minutes=2)))
        self._assert_closed(self._try(ip="203.0.113.99"))
        other_invoice = self._create_bill("Inv600", 100.0)
        self._assert_open(self._try(number=other_invoice.name, ip="203.0.113.99"))

    def test_number_that_does_not_exist_is_closed_as_well(self):
        """Test that the limit tells nobody which numbers there are."""
        self._fail_from_networks(20, number="Inv999")
        self._assert_closed(self._try(number="Inv999", ip="203.0.113.99"))

    def test_one_network_closes_no_number_to_others(self):
        """Test that a stranger keeps no client from their invoice."""
        self._record("lookup_failed", 100, ip="203.0.113.1", number="Inv123")
        self._assert_closed(self._try(ip="203.0.113.1"))
        self._assert_open(self._work(self._try()))

    def test_one_network_tries_a_number_five_times(self):
        """Test that who has many addresses of a network has no more tries for that."""
        self._fail(5, "203.0.113.1", number="Inv123")
        response = self._try(ip="203.0.113.2")
        self.assertGreater(self._assert_closed(response), 15 * 60)
        other_invoice = self._create_bill("Inv600", 100.0)
        self._assert_open(self._try(number=other_invoice.name, ip="203.0.113.2"))

    def test_one_network_tries_an_address_ten_times(self):
        """Test that numbers can't be counted up for an address from one network."""
        for number in range(10):
            ip = f"203.0.113.{number}"
            self._record("lookup_failed", 1, ip=ip, email=self.email)
        self._assert_closed(self._try(ip="203.0.113.99"))

    def test_one_network_closes_no_address_to_others(self):
        """Test that a stranger who knows an address keeps nobody out."""
        self._record("lookup_failed", 100, ip="203.0.113.1", email=self.email)
        self._assert_open(self._work(self._try()))

    def test_one_network_closes_the_page_to_nobody_else(self):
        """Test that a flood from one place is its own trouble only."""
        with freeze_time(NOON):
            self._record("lookup_failed", 100, ip="2001:db8:1::/64")
            self._assert_open(self._try(ip="2001:db8:2::1"))

    def test_address_is_closed_after_thirty_networks_failed(self):
        """Test that nobody finds the number for an address from many computers."""
        with freeze_time(NOON):
            self._fail_from_networks(30, email=self.email)
        self.enterContext(freeze_time(NOON + timedelta(minutes=2)))
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
        self._fail_from_networks(30, email="nobody@example.com")
        self._assert_closed(self._try("nobody@example.com", ip="203.0.113.99"))

    def test_flood_slows_lookups_of_the_company_down(self):
        """Test that tries that have nothing in common are not for free, either."""
        with freeze_time(NOON):
            self._fail_from_networks(30)
            response = self._try(ip="198.51.100.1")
            self._assert_work(response)
            self.assertEqual(response.headers["Retry-After"], "60")
        with freeze_time(NOON + timedelta(seconds=61)):
            self._assert_open(self._try(ip="198.51.100.1"))

    def test_wait_ends_when_enough_networks_have_been_calm(self):
        """Test that the wait is that of the network whose last try is the oldest."""
        with freeze_time(NOON):
            self._fail_from_networks(1, number="Inv123")
        with freeze_time(NOON + timedelta(minutes=10)):
            self._fail_from_networks(20, number="Inv123")
        with freeze_time(NOON + timedelta(minutes=30)):
            wait = self._assert_closed(self._try(ip="203.0.113.99"))
        self.assertEqual(wait, 40 * 60)

    # === KNOWN CLIENTS === #

    def test_strangers_close_nothing_to_a_client_who_is_logged_in(self):
        """Test that clients have an allowance of their own, their network's aside."""
        with freeze_time(NOON):
            self._fail_from_networks(30, number="Inv123", email=self.email)
            self._assert_closed(self._try(ip="203.0.113.99"))
            self.portal_user.partner_id.parent_id = self.client
            self.authenticate(self.portal_user.login, self.portal_user.login)
            self._assert_open(self._try(ip="203.0.113.99"))
            self._record("lookup_failed", 5, ip="203.0.113.99")
            self._assert_closed(self._try(ip="203.0.113.99"))

    def test_login_of_a_stranger_opens_nothing(self):
        """Test that who can register on a website is no client yet."""
        self._fail_from_networks(20, number="Inv123")
        self.authenticate(self.portal_user.login, self.portal_user.login)
        self._assert_closed(self._try(ip="203.0.113.99"))

    def test_known_clients_are_limited_too(self):
        """Test that the allowance of clients is none without end."""
        for number in range(20):
            self._record(
                "lookup_failed",
                1,
                ip=f"10.0.{number}.1",
                number="Inv123",
                is_known=True,
            )
        self._assert_open(self._try(ip="203.0.113.99"))
        self.portal_user.partner_id.parent_id = self.client
        self.authenticate(self.portal_user.login, self.portal_user.login)
        self._assert_closed(self._try(ip="203.0.113.99"))

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
            response = self._try()
            self.assertEqual(self._assert_closed(response), 20 * 3600)
            self.assertIn("again in 20 hours.", self._get_alert(response))
        with freeze_time(NOON + timedelta(hours=24, seconds=1)):
            self._assert_open(self._try())

    # === UPDATE === #

    def test_update_counts_networks_where_nobody_changed_a_limit(self):
        """Test that a database in use is closed to all no more, and keeps its own."""
        number = self.env.ref(f"{LIMIT}lookup_failed_number").sudo()
        email = self.env.ref(f"{LIMIT}lookup_failed_email").sudo()
        number.write({"maximum": 5, "by_network": False})
        email.write({"maximum": 77, "by_network": False})
        self.env.flush_all()
        path = file_path("paynow_module/migrations/19.0.1.1.0/post-limits.py")
        run_path(path)["migrate"](self.env.cr, "19.0.1.0.0")
        self.env.invalidate_all()
        self.assertEqual((number.maximum, number.by_network), (20, True))
        self.assertEqual((email.maximum, email.by_network), (77, False))
