# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import date
from unittest.mock import patch

from hypothesis import HealthCheck, given, settings

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

from ..common_parts import WATCHDOG_LOGGER, PaynowPartsCommon
from ..common_parts_ledger import TOTAL, Ledger
from ..payment.test_parts_orders import EXAMPLES, STEPS

IN = ("received", "refund")


@tagged("post_install", "-at_install")
class TestReportPayments(PaynowPartsCommon):
    """*Pay Now ▸ Payments* against the lines of the journal entries."""

    # === HELPERS === #

    def _search(self, *domain, user=None):
        """Return what the menu lists, whatever filters are chosen there."""
        self.env.flush_all()
        action = self.env.ref("paynow_module.payment_transaction_action_paynow").sudo()
        return (
            self.env["payment.transaction"]
            .with_user(user or self.accountant)
            .search(
                [
                    *safe_eval(action.domain),
                    ("company_id", "=", self.company.id),
                    *domain,
                ]
            )
        )

    def _read_books(self):
        """Return what the entries say, in each currency.

        An entry that was reversed counts nothing, nor does what reversed it.

        :return: Amount, amount in company currency and number of payments.
        :rtype: dict[res.currency, tuple]
        """
        self.env.flush_all()
        self.env.cr.execute(
            """
            SELECT line.currency_id, SUM(line.amount_currency), SUM(line.balance),
                   COUNT(DISTINCT payment.id) FILTER (WHERE back.id IS NULL)
              FROM payment_transaction tx
              JOIN account_payment payment ON payment.id = tx.payment_id
              JOIN account_move move
                ON payment.move_id IN (move.id, move.reversed_entry_id)
              JOIN account_move_line line ON line.move_id = move.id
              JOIN account_account account ON account.id = line.account_id
              LEFT JOIN account_move back
                ON back.reversed_entry_id = payment.move_id AND back.state = 'posted'
             WHERE tx.is_paynow
               AND tx.company_id = %s
               AND move.state = 'posted'
               AND account.account_type = 'asset_current'
             GROUP BY line.currency_id
            """,
            [self.company.id],
        )
        return {
            self.env["res.currency"].browse(currency): (float(net), float(own), count)
            for currency, net, own, count in self.env.cr.fetchall()
        }

    def _read_list(self):
        """Return what the list sums up in each currency; see `_read_books`."""
        listed = self._search(("paynow_status", "in", IN))
        groups = listed._read_group(
            [("id", "in", listed.ids)],
            ["currency_id"],
            ["paynow_net_amount:sum", "paynow_company_net:sum", "__count"],
        )
        return {
            currency.sudo(): (float(net), float(own), count)
            for currency, net, own, count in groups
        }

    def _assert_agrees(self):
        """Assert that list and books say the same, and count what else is listed."""
        books, listed = self._read_books(), self._read_list()
        # A payment that came back leaves entries which add up to nothing.
        counted = {currency for currency, sums in books.items() if any(sums)}
        self.assertEqual(counted - set(listed), set())
        for currency, (net, own, count) in listed.items():
            in_books = books.get(currency, (0.0, 0.0, 0))
            self.assertEqual(count, in_books[2], currency.name)
            for amount, expected in ((net, in_books[0]), (own, in_books[1])):
                self.assertAlmostEqual(amount, expected, 6, currency.name)

    def _refund(self, tx, amount, post=True):
        refund = tx._create_child_transaction(amount, is_refund=True)
        refund._set_done()
        if post:
            self._post(refund)
        return refund

    # === THE TABLE === #

    def _pay_bill(self, number, currency, amount, state="done", total=None, **values):
        """Pay an invoice of its own, of which the payment is posted."""
        bill = self._create_bill(number, total or amount, currency_id=currency.id)
        tx = self._pay(
            state,
            amount=amount,
            currency_id=currency.id,
            invoice_ids=[Command.set(bill.ids)],
            **values,
        )
        if state == "done":
            self._post(tx)
        return tx

    def test_list_agrees_with_the_books_in_every_currency(self):
        dollar = self.company.currency_id
        euro, yen = self.env.ref("base.EUR"), self.env.ref("base.JPY")
        (euro | yen).active = True
        for currency, rate in ((euro, 0.87), (yen, 151.3)):
            self.env["res.currency.rate"].create(
                {
                    "currency_id": currency.id,
                    "company_id": self.company.id,
                    "name": "2020-01-01",
                    "rate": rate,
                }
            )
        expected = {}
        for n, (currency, amount, part) in enumerate(
            ((dollar, 100.0, 33.33), (euro, 77.77, 12.34), (yen, 10_001, 4_444))
        ):
            whole = self._pay_bill(f"A{n}", currency, amount)
            self._refund(whole, amount)
            some = self._pay_bill(f"B{n}", currency, amount)
            self._refund(some, part)
            self._refund(some, part)
            partial = self._pay_bill(f"C{n}", currency, part, total=amount)
            returned = self._pay_bill(f"D{n}", currency, amount)
            returned._paynow_mark_returned("R01", self.today)
            early = self._pay_bill(f"E{n}", currency, amount, state="draft")
            early._set_done()
            early._paynow_mark_returned("R01", self.today)
            pending = self._pay_bill(f"F{n}", currency, amount, state="pending")
            declined = self._pay_bill(f"G{n}", currency, amount, state="error")
            cancelled = self._pay_bill(f"H{n}", currency, amount, state="cancel")
            second = self._pay(
                amount=amount,
                currency_id=currency.id,
                invoice_ids=[Command.set(some.invoice_ids.ids)],
            )
            self._post(second)
            source = self._pay_bill(f"I{n}", currency, amount, state="authorized")
            capture = self._capture(source, part)
            self._post(capture)
            unposted = self._pay_bill(f"J{n}", currency, amount, state="draft")
            unposted._set_done()
            draft = self._pay_bill(f"K{n}", currency, amount, state="draft")
            expected |= {
                whole: ("received", amount),
                some: ("received", amount),
                partial: ("received", part),
                returned: ("returned", 0.0),
                early: ("returned", 0.0),
                pending: ("under_way", 0.0),
                declined: ("declined", 0.0),
                cancelled: ("cancelled", 0.0),
                second: ("received", amount),
                source: ("under_way", 0.0),
                capture: ("received", part),
                unposted: ("not_posted", amount),
                draft: ("begun", 0.0),
                whole._paynow_get_refunds(): ("refund", -amount),
            }
            for refund in some._paynow_get_refunds():
                expected[refund] = ("refund", -part)
            self.assertEqual(whole.paynow_refunded_amount, amount)
            self.assertEqual(
                some.paynow_refunded_amount, currency.round(2 * part), currency.name
            )
        self._assert_agrees()
        listed = self._search()
        self.assertEqual(len(listed), len(expected))
        for tx in listed.sudo():
            self.assertEqual(
                (tx.paynow_status, tx.paynow_net_amount), expected[tx], tx.reference
            )
        self.assertEqual(len(self._read_books()), 3)

    def test_payment_that_is_posted_later_moves_into_the_books(self):
        tx = self._pay()
        self.assertEqual(tx.paynow_status, "not_posted")
        self._post(tx)
        self.assertEqual(tx.paynow_status, "received")
        self._assert_agrees()

    def test_payment_that_staff_cancels_counts_nothing(self):
        tx = self._pay_by_bank()
        tx.payment_id.action_draft()
        self.assertEqual(tx.paynow_status, "not_posted")
        tx.payment_id.action_cancel()
        self.assertEqual((tx.paynow_status, tx.paynow_net_amount), ("cancelled", 0.0))
        self._assert_agrees()

    def test_refund_that_failed_counts_as_long_as_it_is_booked(self):
        """Test that the list says what the books say, until somebody mends them."""
        refund = self._refund(self._pay_by_bank(), 30.0)
        refund._set_error("Card closed", extra_allowed_states=("done",))
        self.assertEqual(
            (refund.paynow_status, refund.paynow_net_amount), ("refund", -30.0)
        )
        self._assert_agrees()
        refund.payment_id.action_draft()
        refund.payment_id.action_cancel()
        self.assertEqual(
            (refund.paynow_status, refund.paynow_net_amount), ("declined", 0.0)
        )
        self._assert_agrees()

    def test_announced_transfer_is_none_that_is_under_way(self):
        """Test that a promise, which nobody ends once it is kept, stands apart."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE payment_provider SET code = 'custom' WHERE id = %s",
            [self.provider.id],
        )
        self.env.invalidate_all()
        tx = self._pay("pending")
        self.assertEqual((tx.paynow_status, tx.paynow_net_amount), ("announced", 0.0))

    def test_payments_in_any_order_agree_with_the_books(self):
        """Test captures, voids, refunds, returns and late news at random."""
        count = EXAMPLES or 12

        @settings(
            max_examples=count,
            deadline=None,
            database=None,
            derandomize=not EXAMPLES,
            suppress_health_check=list(HealthCheck),
        )
        @given(STEPS)
        def run(steps):
            with self.env.cr.savepoint() as savepoint:
                self._play(steps)
                savepoint.rollback()
            self.env.invalidate_all()

        with mute_logger(
            WATCHDOG_LOGGER, "odoo.addons.payment.models.payment_transaction"
        ):
            run()

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
                self._assert_agrees()

    # === WHAT A ROW TELLS === #

    def test_day_is_that_of_the_entry(self):
        """Test that no date of an invoice is one of its payment."""
        bill = self._create_bill("Inv170", 100.0, invoice_date="2027-01-15")
        tx = self._pay_by_bank(invoice_ids=[Command.set(bill.ids)])
        self.assertEqual(tx.paynow_date, tx.payment_id.date)
        self.assertLess(tx.paynow_date, date(2027, 1, 15))
        tx.payment_id.action_draft()
        tx.payment_id.date = "2026-03-04"
        tx.payment_id.action_post()
        self.assertEqual(tx.paynow_date, date(2026, 3, 4))

    @freeze_time("2026-12-01 03:30:00")
    def test_day_of_what_is_not_posted_is_that_of_the_company(self):
        self.company.partner_id.tz = "America/New_York"
        self.assertEqual(self._pay("pending").paynow_date, date(2026, 11, 30))

    def test_rows_name_invoice_and_entry(self):
        source = self._authorize()
        part = self._capture(source)
        self._post(source | part)
        refund = self._refund(part, 30.0)
        for tx in (part, refund):
            with self.subTest(tx=tx.reference):
                row = tx.with_user(self.accountant)
                self.assertEqual(row.paynow_invoice_ids, self.invoice)
                self.assertEqual(row.payment_id.name, tx.payment_id.move_id.name)
        self.assertEqual(
            self._search(("source_transaction_id", "!=", False)).sudo(), part | refund
        )

    def test_list_is_read_as_the_browser_does(self):
        """Test the list of an accountant: grouped by currency, all columns."""
        self._refund(self._pay_by_bank(), 30.0)
        self.env.flush_all()
        Transaction = self.env["payment.transaction"].with_user(self.accountant)
        view = self.env.ref("paynow_module.payment_transaction_view_list_paynow")
        arch = Transaction.get_view(view.id, "list")["models"]["payment.transaction"]
        self.assertLessEqual(
            {"paynow_date", "paynow_invoice_ids", "payment_id", "paynow_net_amount"},
            set(arch),
        )
        action = self.env.ref("paynow_module.payment_transaction_action_paynow").sudo()
        domain = [*safe_eval(action.domain), ("company_id", "=", self.company.id)]
        groups = Transaction.web_read_group(
            domain,
            ["currency_id"],
            [
                "paynow_net_amount:sum",
                "currency_id:array_agg_distinct",
                "paynow_company_net:sum",
                "paynow_company_currency_id:array_agg_distinct",
            ],
        )["groups"]
        self.assertEqual([g["paynow_net_amount:sum"] for g in groups], [70.0])
        rows = Transaction.web_search_read(
            domain,
            {
                name: {"fields": {"display_name": {}}}
                if name in ("paynow_invoice_ids", "payment_id", "partner_id")
                else {}
                for name in arch
            },
        )["records"]
        txs = Transaction.browse([row["id"] for row in rows])
        self.assertEqual(
            {row["payment_id"]["display_name"] for row in rows},
            set(txs.payment_id.mapped("name")),
        )

    def test_invoices_of_other_companies_are_not_named(self):
        tx = self._pay_by_bank()
        other = self.env["res.company"].create({"name": "Fern & Co"})
        journal = (
            self.env["account.journal"]
            .sudo()
            .create(
                {
                    "name": "Fern",
                    "code": "FE",
                    "type": "general",
                    "company_id": other.id,
                }
            )
        )
        bill = journal.env["account.move"].create({"journal_id": journal.id})
        tx.invoice_ids |= bill
        self.assertEqual(tx.with_user(self.accountant).paynow_invoice_ids, self.invoice)

    def test_strangers_see_none(self):
        self._pay_by_bank()
        other = self.env["res.company"].create({"name": "Fern & Co"})
        stranger = self._create_user("fern", "account.group_account_manager", other)
        self.assertFalse(self._search(user=stranger))
        self.assertTrue(self._search())
