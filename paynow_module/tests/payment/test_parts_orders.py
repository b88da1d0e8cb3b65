# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import logging
import os
from collections import Counter
from unittest.mock import patch

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common_parts import WATCHDOG_LOGGER, PaynowPartsCommon
from ..common_parts_ledger import TOTAL, Ledger

_logger = logging.getLogger(__name__)

#: More on demand; the few of every run are always the same.
EXAMPLES = int(os.environ.get("PAYNOW_EXAMPLES", 0))
WHICH = st.integers(0, 5)
AMOUNTS = st.sampled_from((0.01, 10.0, 33.33, 60.0, 99.99, 100.0))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("pay"), AMOUNTS, st.sampled_from(("done", "authorized"))),
        st.tuples(st.just("capture"), WHICH, AMOUNTS),
        st.tuples(st.just("void"), WHICH, AMOUNTS),
        st.tuples(
            st.just("news"),
            WHICH,
            st.sampled_from(("pending", "authorized", "done", "canceled", "error")),
        ),
        st.tuples(st.just("news"), WHICH, st.just("done")),
        st.tuples(st.just("post"), WHICH, st.booleans()),
        st.tuples(st.just("watchdog"), st.sets(WHICH, max_size=3), st.none()),
        st.tuples(st.just("refund"), WHICH, AMOUNTS),
        st.tuples(st.just("return"), WHICH, st.none()),
    ),
    min_size=3,
    max_size=14,
)


@tagged("-at_install", "post_install")
class TestPartsOrders(PaynowPartsCommon):
    """Payments, captures, voids, refunds and returns in any order, news in any too."""

    seen = Counter()

    def test_money_is_booked_on_its_way_or_told_in_any_order(self):
        """Test that nothing is asked for twice and nothing is lost, whatever comes."""
        count = EXAMPLES or 25

        @settings(
            max_examples=count,
            deadline=None,
            database=None,
            derandomize=not EXAMPLES,
            suppress_health_check=list(HealthCheck),
        )
        @given(STEPS)
        # Orders that chance seldom finds: the source and its part hear of one charge …
        @example(
            [
                ("capture", 0, TOTAL),
                ("news", 0, "done"),
                ("post", 0, False),
                ("news", 1, "done"),
                ("post", 1, False),
            ]
        )
        # … the part can't be posted when its source is settled …
        @example(
            [
                ("capture", 0, TOTAL),
                ("news", 1, "done"),
                ("post", 0, False),
                ("post", 1, True),
                ("pay", TOTAL, "done"),
            ]
        )
        # … the provider confirms more than was authorized, and one part comes back …
        @example(
            [("capture", 0, TOTAL), ("capture", 0, 0.01), ("news", 1, "done"),
             ("news", 2, "done"), ("return", 1, None)]
        )  # fmt: skip
        # … and what was captured in two parts is returned in two.
        @example(
            [("capture", 0, 60.0), ("news", 1, "done"), ("capture", 0, TOTAL),
             ("news", 2, "done"), ("watchdog", set(), None), ("return", 1, None),
             ("pay", TOTAL, "done"), ("return", 2, None), ("pay", TOTAL, "done")]
        )  # fmt: skip
        def run(steps):
            with self.env.cr.savepoint() as savepoint:
                self._play(steps)
                savepoint.rollback()
            self.env.invalidate_all()

        with (
            mute_logger(
                WATCHDOG_LOGGER, "odoo.addons.payment.models.payment_transaction"
            ),
        ):
            run()
        self.assertGreaterEqual(self.seen["example"], count)
        _logger.info("Seen: %s", dict(self.seen))

    def _play(self, steps):
        ledger = Ledger(self)
        registry = self.env.registry["payment.transaction"]
        create_payment = registry._create_payment

        def _create_payment(tx, **values):
            if tx in ledger.failing:
                raise UserError("The moon is full.")  # pylint: disable=translation-required
            return create_payment(tx, **values)

        with patch.object(registry, "_create_payment", _create_payment):
            for name, *arguments in [("pay", TOTAL, "authorized"), *steps]:
                getattr(ledger, "return_" if name == "return" else name)(*arguments)
                ledger.check()
                self.seen[name] += 1
            ledger.check_end()
        self.seen["example"] += 1
        self.seen["contradicted"] += bool(ledger.contradicted)
        self.seen["booked"] += bool(self.invoice.transaction_ids.payment_id)
