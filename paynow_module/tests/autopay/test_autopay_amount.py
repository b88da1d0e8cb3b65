# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import tagged

from ..common_autopay import PaynowAutopayCommon


@tagged("-at_install", "post_install")
class TestAutopayAmount(PaynowAutopayCommon):
    """No charge of nothing, none of what is on its way, and none forgotten."""

    def _get_amounts(self):
        return [amount for _reference, amount in self.charges]

    def test_an_instalment_on_its_way_is_not_charged(self):
        terms = self._create_terms((30, 0), (70, 30))
        bill = self._bill("One", 1000.0, invoice_payment_term_id=terms.id)
        self._choose(bill)
        self._pay("pending", amount=300.0, invoice_ids=[Command.set(bill.ids)])
        self._run()
        self.assertFalse(self.charges)
        self.assertFalse(self._get_txs(bill))

    def test_the_next_payment_is_named_and_no_other(self):
        """Test that a small first instalment is the one that is named, and charged."""
        terms = self._create_terms((0.5, 10), (99.5, 30))
        bill = self._bill("One", invoice_payment_term_id=terms.id)
        self.assertEqual(bill.paynow_autopay_amount, 0.0)
        self.assertFalse(bill.paynow_autopay_next_date)
        self._choose(bill)
        self.assertEqual(bill.paynow_autopay_amount, 0.5)
        first = self.today + timedelta(days=10)
        self.assertEqual(bill.paynow_autopay_next_date, first)
        self._run(days=10)
        self.assertEqual(self._get_amounts(), [0.5])

    def test_nothing_is_started_but_on_its_day_with_a_choice_that_is_on(self):
        """Test each condition by itself, whatever the run looked for before."""
        bill = self._bill("One")
        choice = self._choose(bill)
        tomorrow = self.today + timedelta(days=1)
        for record, name, value in (
            (self.company, "paynow_enabled", False),
            (self.company, "paynow_autopay_enabled", False),
            (choice.sudo(), "active", False),
            (bill, "paynow_autopay_date", False),
            (bill, "paynow_autopay_date", tomorrow),
        ):
            with self.subTest(name=name, value=value):
                before = record[name]
                record[name] = value
                self.assertFalse(bill._paynow_autopay_start())
                record[name] = before
        self.assertTrue(bill._paynow_autopay_start())

    def test_an_invoice_over_the_limit_is_not_charged(self):
        """Test a limit that was lowered since the invoice was planned."""
        bill = self._bill("One")
        choice = self._choose(bill, limit=100.0)
        choice.sudo().limit_amount = 99.0
        self._run()
        self.assertFalse(self.charges)
        self.assertEqual(bill.paynow_autopay_reason, "limit")

    def test_a_method_that_ended_is_told_before_a_limit(self):
        bill = self._bill("One")
        choice = self._choose(bill, limit=100.0)
        choice.sudo().limit_amount = 99.0
        self.token.active = False
        self._run()
        self.assertFalse(self.charges)
        self.assertNotEqual(bill.paynow_autopay_reason, "limit")

    def test_an_abandoned_try_of_a_payer_is_in_nobody_s_way(self):
        bill = self._bill("One")
        self._choose(bill)
        self._pay("draft", invoice_ids=[Command.set(bill.ids)])
        self._run(days=1)
        self.assertEqual(self._get_amounts(), [100.0])

    def test_what_is_paid_while_waiting_is_not_started(self):
        """Test that nothing is summed up before the invoice is locked."""
        bill = self._bill("One")
        self._choose(bill)
        values = {"invoice_ids": [Command.set(bill.ids)]}
        with patch.object(
            self.env.registry["account.move"],
            "_paynow_lock",
            lambda _moves: self._pay("pending", **values),
        ):
            self.assertFalse(bill._paynow_autopay_start())

    def test_what_is_charged_while_waiting_is_not_charged_again(self):
        bill = self._bill("One")
        self._choose(bill)
        tx = bill._paynow_autopay_start()
        self.env.flush_all()
        with (
            patch.object(
                self.env.registry["account.move"],
                "_paynow_lock",
                lambda moves: moves.transaction_ids.write({"state": "done"}),
            ),
            self._provider("done"),
            self.enter_registry_test_mode(),
            self.registry.cursor() as cr,
        ):
            tx.with_env(self.env(cr=cr))._paynow_autopay_charge()
        self.assertFalse(self.charges)

    def test_what_is_charged_is_never_charged_again(self):
        """Test a draft that others charged while it was waited for."""
        bill = self._bill("One")
        self._choose(bill)
        self._run()
        self.env.flush_all()
        with (
            self._provider("done"),
            self.enter_registry_test_mode(),
            self.registry.cursor() as cr,
        ):
            self._get_txs(bill).with_env(self.env(cr=cr))._paynow_autopay_charge()
        self.assertEqual(self._get_amounts(), [100.0])

    def test_a_small_amount_is_charged(self):
        bill = self._bill("One", 0.5)
        self._choose(bill)
        self._run()
        self.assertEqual(self._get_amounts(), [0.5])
        (tx,) = self._get_txs(bill)
        self.assertTrue(tx.is_paynow)
        self.assertFalse(tx.tokenize)  # The method is saved already.

    def test_a_debit_refused_at_once_is_tried_again(self):
        """Test that only a debit that was under way comes back from the bank."""
        ach = self.env.ref("payment.payment_method_ach_direct_debit")
        self.token.payment_method_id = ach
        bill = self._bill("One")
        self._choose(bill)
        self._run("error")
        self.assertEqual(len(self.charges), 1)
        self.assertFalse(bill.paynow_autopay_reason)
        self.assertGreater(bill.paynow_autopay_date, self.today)

    def test_a_debit_that_came_back_is_not(self):
        ach = self.env.ref("payment.payment_method_ach_direct_debit")
        self.token.payment_method_id = ach
        bill = self._bill("One")
        self._choose(bill)
        self._run("pending")
        self._get_txs(bill)._set_error("R01")
        self.assertEqual(bill.paynow_autopay_reason, "returned")

    def test_each_debit_that_came_back_is_told(self):
        """Test that a second one on another day is told to the client as well."""
        ach = self.env.ref("payment.payment_method_ach_direct_debit")
        self.token.payment_method_id = ach
        bill = self._bill("One")
        for day in (0, 9):
            with self._on(day):
                self._choose(bill)
            self._run("pending", days=day)
            with self._on(day):
                self._get_txs(bill)[-1:]._set_error("R01")
        self.assertEqual(len(self._get_failure_mails()), 2)

    def test_a_client_without_an_address_is_noted_for_staff(self):
        bill = self._bill("One")
        self._choose(bill)
        (self.client | self.client.child_ids).email = False
        days = self.company._paynow_get_autopay_days()
        for day in days:
            self._run("error", days=day.days)
        self.assertEqual(bill.paynow_autopay_reason, "declined")
        notice = (
            self.env["paynow.notice"]
            .sudo()
            .search([("invoice_id", "=", bill.id), ("kind", "=", "autopay_failed")])
        )
        self.assertEqual(notice.state, "skipped")
        self.assertIn("no e-mail address", notice.reason)
