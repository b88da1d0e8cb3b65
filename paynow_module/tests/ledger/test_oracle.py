# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import logging
import os
from collections import Counter
from random import randrange

from freezegun import freeze_time
from hypothesis import HealthCheck, Phase, example, given, seed, settings

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common_oracle_bills import PaynowOracleCommon
from ..common_oracle_books import Book
from ..common_oracle_steps import BOOK, BOOK_OF_ITEMS

_logger = logging.getLogger(__name__)

#: More on demand; the few of every run are always the same.
EXAMPLES = int(os.environ.get("PAYNOW_EXAMPLES", 0))
#: By which the same books are made again.
SEED = int(os.environ.get("PAYNOW_SEED", randrange(10_000)))


#: What was captured is not posted yet, but the payment that it is a part of is.
CAPTURED = {
    "now": "2026-06-30 23:59",
    "first": (
        "bill",
        {
            "terms": "3 parts",
            "is_credit_ignored": True,
            "age": 1,
            "cents": 100,
            "sent": "late",
            "is_branch": False,
            "taxes": ("a",),
            "currency": "EUR",
            "who": 2,
        },
    ),
    "steps": [("part", 2, 50, "capture", False), ("part", 2, 100, "void", True)],
    "zones": ("UTC", "Pacific/Auckland"),
}

#: A deposit is more than the whole: what is left takes it off again.
DEPOSIT = {
    "now": "2026-06-15 11:59",
    "first": (
        "bill",
        {
            "terms": "deposit",
            "is_credit_ignored": False,
            "age": 30,
            "cents": 2,
            "sent": "late",
            "is_branch": False,
            "taxes": ("c",),
            "currency": "USD",
            "who": 4,
        },
    ),
    "steps": [("hand", 6, 100, None), ("hand", 5, 30, "USD")],
    "zones": ("Pacific/Auckland", "Pacific/Auckland"),
}

#: A credit note is more than the whole, and the surplus is paid back.
CREDITED = {
    "now": "2026-06-15 04:01",
    "first": (
        "bill",
        {
            "terms": "deposit",
            "is_credit_ignored": False,
            "age": 1,
            "cents": 6892,
            "sent": "yes",
            "is_branch": False,
            "taxes": (),
            "currency": "USD",
            "who": 3,
        },
    ),
    "steps": [("note", 0, 120, True), ("hand", 0, 50, "USD")],
    "zones": ("Pacific/Auckland", "Pacific/Auckland"),
}

#: What a stranger has begun delays no reminder, and stands in no list.
STRANGER = {
    "now": "2026-06-15 04:01",
    "first": (
        "bill",
        {
            "terms": "2 parts",
            "is_credit_ignored": False,
            "age": 1,
            "cents": 100,
            "sent": "late",
            "is_branch": False,
            "taxes": ("c",),
            "currency": "USD",
            "who": 1,
        },
    ),
    "steps": [("online", 0, 100, "draft", 0, "")],
    "zones": ("America/New_York", "America/New_York"),
}


@tagged("-at_install", "post_install")
class TestOracle(PaynowOracleCommon):
    """Any books: what the add-on says is owed is what the tables say, line by line."""

    def test_any_books_are_read_as_the_tables_say(self):
        """Test page, guard, summary, reminders and automatic payment of any books."""
        known = [CAPTURED, CREDITED, DEPOSIT, STRANGER]
        self._run(BOOK, 25, known, is_each_compared=bool(EXAMPLES))

    def test_any_payments_of_several_items_do_what_was_chosen(self):
        """Test them after each step, whatever becomes of payment and invoices."""
        self._run(BOOK_OF_ITEMS, 10, [])
        self.assertTrue(self.seen["items booked"])

    def _run(self, books, count, known, **values):
        """Compare books by chance, and some that once were wrong.

        :param books: Which books there may be, as `hypothesis` has it.
        :param int count: How many, unless more are asked for.
        :param list known: Those that once were wrong.
        :param dict values: See `Book`.
        """
        count = EXAMPLES or count

        @settings(
            max_examples=count,
            deadline=None,
            database=None,
            derandomize=not EXAMPLES,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(books)
        def run(book):
            with (
                freeze_time(book["now"]),
                self.env.cr.savepoint() as savepoint,
            ):
                self._check(book, **values)
                savepoint.rollback()
            self.env.invalidate_all()

        for book in known:
            run = example(book)(run)
        if EXAMPLES:
            run = seed(SEED)(run)
        with mute_logger(
            "odoo.addons.payment.models.payment_transaction", "odoo.sql_db"
        ):
            run()
        if EXAMPLES:  # Asked for by hand; it is in the log of the run.
            seen = dict(sorted(self.seen.items()))
            _logger.info("Seed: %s. Seen: %s", SEED, seen)
        self.assertGreaterEqual(self.seen["books"], count)

    def _check(self, book, **values):
        made = Book(self, **values)
        made.fill(book)
        for company in self.companies:
            self._check_run(company)
        self._check_report()
        self._check_autopay()
        self.seen["books"] += 1
        self.seen["steps"] += len(book["steps"])
        self.seen.update(made.seen)

    def _compare(self, made):
        """Compare what is said of each client and each invoice.

        :param Book made: The books, after a step.
        """
        self.bills = self.env["account.move"].union(*made.bills)
        self.oracle = made.read()
        self.env.invalidate_all()
        for company in self.companies:
            self.assertEqual(company._paynow_get_today(), self.oracle.today[company.id])
            for client in self.clients:
                self._check_client(client, company)
        for bill in self.bills:
            self._check_bill(bill)
        self.seen["comparisons"] += 1

    # === A CLIENT === #

    def _check_client(self, client, company):
        """Compare the open items, the credits and the account summary of a client."""
        oracle = self.oracle
        lines = oracle.get_items(company.id, client.id)
        self.assertEqual(
            sorted(map(self._read_item, client._paynow_get_open_items(company))),
            sorted(map(self._read_line, lines)),
        )
        self.assertEqual(
            {
                (client.id, account.id, currency.id): round(
                    sum(amount for _name, amount in amounts), 4
                )
                for (client, account, currency), amounts in (
                    client._paynow_get_credits(company).items()
                )
            },
            {
                line.key[1:]: float(oracle.get_credit(line.key))
                for line in lines
                if line.rest < 0
            },
        )
        self.assertEqual(
            sorted(map(self._read_item, client._paynow_get_payable_items(company))),
            sorted(map(self._read_line, oracle.get_list(company.id, client.id))),
        )
        contact = client.child_ids[-1:]  # It is the client's, whoever is asked for.
        tables = contact._paynow_get_statements(company)[contact]["tables"]
        self.assertEqual(
            {table["currency"].id: self._read_table(table) for table in tables},
            {
                currency_id: self._prepare_table(
                    [line for line in lines if line.currency_id == currency_id]
                )
                for currency_id in {line.currency_id for line in lines}
            },
        )

    def _read_item(self, item):
        return (
            item.line.id, item.number, item.date_due, round(item.amount, 4),
            round(item.rest, 4), round(item.on_its_way, 4),
            item.is_late(item.line.company_id._paynow_get_today()),
        )  # fmt: skip

    def _read_line(self, line):
        return (
            line.id, self.oracle.get_number(line), line.due, float(line.amount),
            float(line.rest), float(line.on_its_way), self.oracle.is_late(line),
        )  # fmt: skip

    def _read_table(self, table):
        self.assertFalse(table["hidden_count"])
        names = ("total", "overdue", "credits", "on_its_way")
        return (
            *(round(table[name], 4) for name in names),
            Counter(
                ("open" if row["status"] == "new" else row["status"], row["number"])
                for row in table["lines"]
            ),
        )

    def _prepare_table(self, lines):
        oracle = self.oracle
        statuses = Counter(
            (
                "credit" if line.rest < 0
                else "processing" if line.still <= 0
                else "past_due" if oracle.is_late(line)
                else "open",
                oracle.get_number(line),
            )
            for line in lines
        )  # fmt: skip
        return (
            float(sum(line.rest for line in lines)),
            float(sum(line.still for line in lines if oracle.is_late(line))),
            float(sum(line.rest for line in lines if line.rest < 0)),
            float(sum(line.on_its_way for line in lines)),
            statuses,
        )
