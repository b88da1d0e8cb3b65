# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from contextlib import closing
from unittest.mock import patch

from odoo.sql_db import db_connect
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import MODELS
from ..common_attempts import PaynowAttemptCommon

LIMIT = f"{MODELS}.limits.paynow_limit"
PAIR = {"ip": "203.0.113.1", "email": "nobody@example.com", "number": "Inv999"}


@tagged("post_install", "-at_install")
class TestClaim(PaynowAttemptCommon):
    """Tries that are under way in other workers; `tests/test_exact.py` has eight."""

    def setUp(self):
        super().setUp()
        self.Limit = self.env["paynow.limit"]
        self.breaths = []
        self.enterContext(patch(f"{LIMIT}.time.sleep", self.breaths.append))

    def _begin_elsewhere(self, times, action="lookup", **visitor):
        """Have as many other workers let a visitor through, and not be done yet.

        :return: What ends the tries of all.
        """
        limits = self.Limit._prepare_limits(self.company, action, visitor)
        cursors = [
            self.enterContext(closing(db_connect(self.env.cr.dbname).cursor()))
            for _number in range(times)
        ]
        for cr in cursors:
            cr.execute(
                "SELECT pg_advisory_xact_lock_shared(lock)"
                " FROM unnest(%s::bigint[]) lock",
                [sorted({limit.lock for limit in limits})],
            )
        return lambda: [cr.rollback() for cr in cursors]

    def _claim(self, action="lookup", **visitor):
        return self.Limit._claim(self.company, action, **visitor)

    def test_tries_under_way_count_with_those_recorded(self):
        """Test that whoever might be one too many isn't let through."""
        self._record("lookup_failed", 3, **PAIR)
        self._begin_elsewhere(2, **PAIR)
        self.assertEqual(self._claim(**PAIR), 1)

    def test_last_one_is_let_through_beside_those_under_way(self):
        """Test that the limit is as high as told."""
        self._record("lookup_failed", 2, **PAIR)
        self._begin_elsewhere(2, **PAIR)
        self.assertEqual(self._claim(**PAIR), 0)
        self.assertFalse(self.breaths)

    def test_visitor_is_held_back_until_the_others_are_done(self):
        """Test that an honest visitor is let through once it is clear that they may."""
        end = self._begin_elsewhere(5, **PAIR)
        with patch(f"{LIMIT}.time.sleep", lambda _seconds: end()):
            self.assertEqual(self._claim(**PAIR), 0)

    def test_visitor_is_turned_away_once_the_others_have_failed(self):
        """Test that the wait is told as soon as it is clear."""
        end = self._begin_elsewhere(5, **PAIR)

        def fail(_seconds):
            end()
            self._record("lookup_failed", 5, **PAIR)

        with patch(f"{LIMIT}.time.sleep", fail):
            self.assertGreater(self._claim(**PAIR), 60)

    def test_tries_of_others_under_way_hold_nobody_back(self):
        """Test that each visitor, number and address is counted by itself."""
        other = {"ip": "203.0.113.2", "email": "x@example.com", "number": "Inv998"}
        self._begin_elsewhere(9, **PAIR)
        self.assertEqual(self._claim(**other), 0)
        self.assertEqual(self._claim("link", ip=PAIR["ip"]), 0)
        self.assertFalse(self.breaths)

    def test_payments_under_way_are_no_declines(self):
        """Test that several may pay at once from one address."""
        visitor = {"ip": PAIR["ip"], "invoice_id": self.invoice.id}
        self._begin_elsewhere(5, "payment", **visitor)
        self.assertEqual(self._claim("payment", **visitor), 0)

    def test_right_pair_and_wrong_pair_are_held_back_alike(self):
        """Test that being held back tells nothing of the pair."""
        pages = []
        for number in (self.invoice.name, "Inv999"):
            visitor = {**PAIR, "ip": "127.0.0.1", "number": number}
            end = self._begin_elsewhere(5, **visitor)
            response = self._try(number=number)
            self._assert_closed(response)
            pages.append((self._mask(response), response.headers["Retry-After"]))
            end()
        self.assertEqual(*pages)
        self.assertFalse(self._get_attempts())

    def test_failure_of_the_server_counts_as_a_failed_lookup(self):
        """Test that nobody guesses for free by making the server fail."""
        logged = []
        # The cursor of the tests would take a record back with all else.
        self.patch(
            self.env.registry["paynow.attempt"],
            "_log",
            lambda _self, _company, kind, **values: logged.append((kind, values)),
        )
        self.patch(
            self.env.registry["account.move"],
            "_paynow_lookup",
            lambda *_args, **_kwargs: 1 / 0,
        )
        with mute_logger("odoo.http"):
            response = self._try(PAIR["email"], PAIR["number"], ip=PAIR["ip"])
        self.assertEqual(response.status_code, 500)
        self.assertEqual(logged, [("lookup_failed", PAIR)])
