# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common import PaynowHttpCommon
from .common_books import PaynowBooksCommon

NOON = fields.Datetime.to_datetime("2026-05-29 12:00:00")
SUMMARY = "Pay Now: payment not allocated"


@tagged("post_install", "-at_install")
class TestUnallocated(PaynowBooksCommon):
    """Money that came although nothing, or less, was owed any more."""

    def _assert_credit(self, tx, credit):
        """Assert that a payment is posted, with an open credit of the client."""
        payment = tx.payment_id
        self.assertEqual(payment.amount, tx.amount)
        self.assertEqual(payment.move_id.state, "posted")
        self.assertEqual(payment.partner_id, self.client)
        lines = payment.move_id.line_ids.filtered(
            lambda line: line.account_id == payment.destination_account_id
        )
        self.assertEqual(lines.account_id.account_type, "asset_receivable")
        self.assertAlmostEqual(-sum(lines.mapped("amount_residual_currency")), credit)

    def test_payment_that_fits_is_nobody_s_problem(self):
        """Test that neither whole nor part raises an activity."""
        for amount in (40.0, 60.0):
            tx = self._pay(amount=amount)
            tx._post_process()
            self._assert_credit(tx, 0.0)
        self.assertFalse(self._get_activities())

    def test_second_payment_of_one_balance_is_a_credit(self):
        """Test that of two completed payments the second waits to be refunded."""
        first, second = self._pay(), self._pay()
        first._post_process()
        second._post_process()
        self._assert_credit(first, 0.0)
        self._assert_credit(second, 100.0)
        self.assertEqual(self.invoice.amount_residual, 0.0)
        self._assert_told_once(
            SUMMARY,
            second.reference,
            second.payment_id.name,
            "100.00",
            "Inv123",
            "Refund it",
            "allocate it",
        )

    def test_two_payments_posted_in_one_go_are_told_apart(self):
        """Test that both are posted, and only the second is told of."""
        txs = self._pay() | self._pay()
        txs._post_process()
        self._assert_credit(txs[0], 0.0)
        self._assert_credit(txs[1], 100.0)
        self._assert_told_once(SUMMARY, txs[1].reference)

    def test_part_that_no_invoice_took_is_told(self):
        """Test that the activity names what is left over, not the whole."""
        tx = self._pay("pending")
        self._register_payment(self.invoice, amount=70.0)
        tx._set_done()
        tx._post_process()
        self.assertEqual(self.invoice.amount_residual, 0.0)
        self._assert_credit(tx, 70.0)
        self._assert_told_once(SUMMARY, "70.00", "100.00")

    def test_invoice_paid_by_cheque_while_pending(self):
        """Test that ACH that clears after a cheque is a credit."""
        tx = self._pay("pending")
        self._register_payment(self.invoice)
        tx._set_done()
        tx._post_process()
        self._assert_credit(tx, 100.0)
        self._assert_told_once(SUMMARY, tx.reference)

    def test_invoice_credited_while_pending(self):
        """Test that ACH that clears after a credit note is a credit."""
        tx = self._pay("pending")
        credit_note = self._reverse_invoice(self.invoice, post=True)
        lines = (self.invoice | credit_note).line_ids.filtered(
            lambda line: line.display_type == "payment_term" and not line.reconciled
        )
        if lines:
            lines.reconcile()
        self.assertEqual(self.invoice.payment_state, "reversed")
        tx._set_done()
        tx._post_process()
        self._assert_credit(tx, 100.0)
        self.assertEqual(self.invoice.payment_state, "reversed")
        self._assert_told_once(SUMMARY, tx.reference)

    def test_invoice_cancelled_while_pending(self):
        """Test that ACH that clears after a cancellation is a credit."""
        tx = self._pay("pending")
        self.invoice.button_cancel()
        tx._set_done()
        tx._post_process()
        self._assert_credit(tx, 100.0)
        self.assertEqual(self.invoice.state, "cancel")
        self._assert_told_once(SUMMARY, tx.reference)

    def test_invoice_reset_to_draft_while_pending(self):
        """Test that the money is posted and somebody hears of it."""
        tx = self._pay("pending")
        self.invoice.button_draft()
        tx._set_done()
        tx._post_process()
        self.assertEqual(tx.payment_id.move_id.state, "posted")
        # Odoo posts an invoice anew that is paid online.
        self.assertEqual(self.invoice.state, "posted")
        self.assertEqual(self.invoice.amount_residual, 0.0)

    def test_invoice_raised_while_pending(self):
        """Test that more owed than paid is no problem of the payment."""
        tx = self._pay("pending")
        self.invoice.button_draft()
        self.invoice.invoice_line_ids.price_unit = 150.0
        self.invoice.action_post()
        tx._set_done()
        tx._post_process()
        self.assertEqual(self.invoice.amount_residual, 50.0)
        self.assertFalse(self._get_activities())

    def test_other_payments_of_odoo_raise_no_activity(self):
        """Test that double payments in the portal are as they were."""
        for _count in range(2):
            self._pay(is_paynow=False)._post_process()
        self.assertFalse(self._get_activities())

    def test_credit_is_told_once_however_often_it_is_processed(self):
        """Test that poll, cron and webhook together make one activity."""
        self._pay()._post_process()
        tx = self._pay()
        for _count in range(3):
            tx._set_done()
            tx._post_process()
        self._assert_told_once(SUMMARY, tx.reference)

    def test_each_credit_is_told(self):
        """Test that a third payment isn't lost behind the second."""
        txs = [self._pay() for _count in range(3)]
        for tx in txs:
            tx._post_process()
        self.assertEqual(len(self._get_activities()), 2)


@tagged("post_install", "-at_install")
class TestToTheCent(PaynowBooksCommon):
    """The amount that the page promises is the one that closes the invoice."""

    def _pay_promised(self, invoice, amount=None):
        """Pay what the page says is still to pay, up to the books.

        :return: The payment, as a transaction.
        """
        amount = invoice._paynow_get_payable() if amount is None else amount
        tx = self._pay(
            amount=amount,
            currency_id=invoice.currency_id.id,
            invoice_ids=[Command.set(invoice.ids)],
        )
        tx._post_process()
        return tx

    def _assert_closed(self, invoice):
        """Assert that nothing is owed, to the last digit, in both currencies."""
        self.assertEqual(invoice.amount_residual, 0.0)
        self.assertIn(
            invoice.payment_state, ("paid", invoice._get_invoice_in_payment_state())
        )
        lines = invoice.line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        )
        self.assertTrue(all(lines.mapped("reconciled")))
        self.assertEqual(sum(lines.mapped("amount_residual")), 0.0)
        self.assertFalse(self._get_activities(invoice))

    def _create_terms(self, *lines, **values):
        """Create payment terms.

        :param lines: Pairs of percent and days.
        """
        return self.env["account.payment.term"].create(
            {
                "name": "Terms",
                "line_ids": [
                    Command.create(
                        {
                            "value": "percent",
                            "value_amount": percent,
                            "nb_days": days,
                        }
                    )
                    for percent, days in lines
                ],
                **values,
            }
        )

    # === EARLY PAYMENT DISCOUNT === #

    def _create_discount_bill(self, number):
        """Create an invoice of 100.00 with 2% off within 10 days, at noon."""
        terms = self._create_terms(
            (100.0, 30), early_discount=True, discount_percentage=2.0, discount_days=10
        )
        return self._create_bill(
            number,
            100.0,
            invoice_payment_term_id=terms.id,
            invoice_date=NOON.date(),
        )

    @freeze_time(NOON)
    def test_whole_amount_closes_an_invoice_with_discount(self):
        """Test that the page promises no discount, and the whole closes exactly."""
        invoice = self._create_discount_bill("Inv800")
        self.assertEqual(invoice._paynow_get_payable(), 100.0)
        tx = self._pay_promised(invoice)
        self.assertEqual(tx.payment_id.amount, 100.0)
        self._assert_closed(invoice)

    @freeze_time(NOON)
    def test_discounted_amount_closes_the_invoice_in_time(self):
        """Test that Odoo grants the discount to who pays exactly that amount."""
        invoice = self._create_discount_bill("Inv801")
        self.assertFalse(invoice._paynow_get_summary(98.0)["left"])
        self._pay_promised(invoice, 98.0)
        self._assert_closed(invoice)

    def test_discounted_amount_leaves_the_rest_too_late(self):
        """Test that after the date the page and the books leave the same rest."""
        with freeze_time(NOON):
            invoice = self._create_discount_bill("Inv802")
        with freeze_time(NOON + timedelta(days=11)):
            page = invoice.with_context(lang="en_US")._paynow_get_summary(98.0)
            self.assertEqual(page["left"], "$2.00")
            self._pay_promised(invoice, 98.0)
            self.assertEqual(invoice.amount_residual, 2.0)
            self._pay_promised(invoice)
            self._assert_closed(invoice)

    def test_discount_that_ends_while_ach_clears_leaves_the_rest(self):
        """Test that what is lost with the date stays owed, and can be paid."""
        with freeze_time(NOON):
            invoice = self._create_discount_bill("Inv803")
            tx = self._pay(
                "pending", amount=98.0, invoice_ids=[Command.set(invoice.ids)]
            )
        with freeze_time(NOON + timedelta(days=11)):
            tx._set_done()
            tx._post_process()
            self.assertEqual(invoice.amount_residual, 2.0)
            self.assertEqual(invoice._paynow_get_payable(), 2.0)

    @freeze_time(NOON)
    def test_discount_after_a_part_leaves_the_same_rest_everywhere(self):
        """Test that part and rest close an invoice with discount exactly."""
        invoice = self._create_discount_bill("Inv804")
        self._pay_promised(invoice, 50.0)
        self.assertEqual(invoice.amount_residual, 50.0)
        self.assertEqual(invoice._paynow_get_payable(), 50.0)
        self._pay_promised(invoice)
        self._assert_closed(invoice)

    # === INSTALMENTS AND ACCOUNTS === #

    def test_instalments_are_closed_by_the_whole(self):
        """Test that what is still to pay closes all instalments."""
        for number, percents in (
            ("Inv810", [(50.0, 0), (50.0, 30)]),
            ("Inv811", [(33.33, 0), (33.33, 30), (33.34, 60)]),
        ):
            terms = self._create_terms(*percents)
            invoice = self._create_bill(
                number, 100.01, invoice_payment_term_id=terms.id
            )
            self._pay_promised(invoice)
            self._assert_closed(invoice)

    def test_parts_are_taken_by_the_oldest_instalment_first(self):
        """Test that any parts add up to a closed invoice."""
        terms = self._create_terms((50.0, 0), (50.0, 30))
        invoice = self._create_bill("Inv812", 100.0, invoice_payment_term_id=terms.id)
        for amount, residual in ((30.0, 70.0), (60.01, 9.99)):
            self._pay_promised(invoice, amount)
            self.assertEqual(invoice.amount_residual, residual)
            self.assertEqual(invoice._paynow_get_payable(), residual)
        self._pay_promised(invoice)
        self._assert_closed(invoice)

    def test_instalments_on_two_receivable_accounts_are_closed(self):
        """Test that the whole closes an invoice whose instalments differ in account."""
        terms = self._create_terms((50.0, 0), (50.0, 30))
        invoice = self._create_bill(
            "Inv813", 100.0, post=False, invoice_payment_term_id=terms.id
        )
        account = self.company_data["default_account_receivable"].copy(
            {"code": "RCV2", "name": "Other receivable"}
        )
        invoice.line_ids.filtered(lambda line: line.display_type == "payment_term")[
            1
        ].account_id = account
        invoice.action_post()
        payable = invoice._paynow_get_payable()
        self._pay_promised(invoice, payable)
        self.assertEqual(invoice.amount_residual, 100.0 - payable)
        self.assertFalse(self._get_activities(invoice))

    # === CURRENCIES === #

    def test_foreign_currencies_are_closed_to_the_last_digit(self):
        """Test invoices in currencies with 0, 2 and 3 decimals, at changing rates."""
        self.provider.available_currency_ids = [Command.clear()]
        for number, code, decimals, total in (
            ("Inv820", "JPY", 0, 12345.0),
            ("Inv821", "EUR", 2, 1234.57),
            ("Inv822", "KWD", 3, 1234.567),
        ):
            with self.subTest(currency=code):
                currency = self.setup_other_currency(
                    code,
                    rates=[("2026-05-01", 0.7301), ("2026-05-20", 1.3707)],
                )
                self.assertEqual(currency.decimal_places, decimals)
                with freeze_time("2026-05-10 12:00:00"):
                    invoice = self._create_bill(
                        number,
                        total,
                        currency_id=currency.id,
                        invoice_date="2026-05-10",
                    )
                with freeze_time(NOON):
                    self.assertEqual(invoice._paynow_get_payable(), total)
                    tx = self._pay_promised(invoice)
                    self.assertEqual(tx.payment_id.amount, total)
                    self.assertEqual(tx.payment_id.currency_id, currency)
                    self._assert_closed(invoice)

    def test_parts_in_a_foreign_currency_add_up(self):
        """Test that thirds that can't be split evenly leave nothing over."""
        self.provider.available_currency_ids = [Command.clear()]
        for number, code, total, part in (
            ("Inv823", "JPY", 100.0, 33.0),
            ("Inv824", "EUR", 100.0, 33.33),
            ("Inv825", "KWD", 100.0, 33.333),
        ):
            with self.subTest(currency=code):
                currency = self.setup_other_currency(
                    code, rates=[("2026-05-01", 0.7301)]
                )
                invoice = self._create_bill(number, total, currency_id=currency.id)
                for _count in range(3):
                    self._pay_promised(invoice, part)
                self.assertEqual(
                    invoice._paynow_get_payable(), currency.round(total - 3 * part)
                )
                self._pay_promised(invoice)
                self._assert_closed(invoice)

    def test_many_small_parts_add_up(self):
        """Test that ten payments of ten cents pay a dollar, as people count."""
        invoice = self._create_bill("Inv826", 1.0)
        for _count in range(9):
            self._pay_promised(invoice, 0.1)
        self.assertEqual(invoice._paynow_get_payable(), 0.1)
        self._pay_promised(invoice)
        self._assert_closed(invoice)

    # === LOCK DATES === #

    def test_locked_period_loses_no_payment(self):
        """Test that a payment in a locked period is posted on the next open day."""
        for number, lock in (
            ("Inv830", "fiscalyear_lock_date"),
            ("Inv831", "hard_lock_date"),
        ):
            with self.subTest(lock=lock), freeze_time(NOON):
                invoice = self._create_bill(number, 100.0, invoice_date="2026-05-01")
                self.env["account.move"].search([("state", "=", "draft")]).unlink()
                self.company.sudo()[lock] = "2026-05-31"
                tx = self._pay_promised(invoice)
                self.assertTrue(tx.is_post_processed)
                self.assertEqual(str(tx.payment_id.move_id.date), "2026-06-01")
                self._assert_closed(invoice)


@tagged("post_install", "-at_install")
class TestIdempotence(PaynowHttpCommon):
    """Whoever brings the news, and however often: one payment, one mail."""

    def _get_state(self, tx):
        """Return all that there should be one of, by name."""
        self.env.invalidate_all()
        bodies = self.invoice.message_ids.mapped("body")
        return {
            "payments": self.env["account.payment"]
            .sudo()
            .search_count([("payment_transaction_id", "=", tx.id)]),
            "mails": self.env["mail.mail"]
            .sudo()
            .search_count([("email_to", "ilike", self.email)]),
            "lines of ours": sum("Pay Now" in body for body in bodies),
            "lines of Odoo": sum("has been posted" in body for body in bodies),
            "activities": len(self.invoice.activity_ids),
            "residual": self.invoice.amount_residual,
        }

    def _bring_news(self, tx, who):
        """Finish a payment as the status page, the scheduler or the provider does."""
        if who == "poll":
            self._poll()
        elif who == "cron":
            self.env.ref(
                "payment.cron_post_process_payment_tx"
            ).sudo().method_direct_trigger()
        elif who == "watchdog":
            with_age = tx.last_state_change - timedelta(minutes=20)
            tx.last_state_change = with_age
            self.env.ref(
                "paynow_module.ir_cron_watchdog"
            ).sudo().method_direct_trigger()
        else:
            tx._set_done()
        self.env.invalidate_all()

    def test_news_in_any_order_three_times_each_give_one_payment(self):
        """Test that all ways to finish a payment, repeated, make one of each."""
        ways = ("webhook", "poll", "cron", "watchdog")
        orders = (
            ways * 3,
            ways[::-1] * 3,
            [way for way in ways for _count in range(3)],
        )
        for order in orders:
            with self.subTest(order=order):
                savepoint = self.env.cr.savepoint(flush=True)
                tx = self._pay_online()
                for who in order:
                    self._bring_news(tx, who)
                self.assertTrue(tx.is_post_processed)
                self.assertEqual(
                    self._get_state(tx),
                    {
                        "payments": 1,
                        "mails": 1,
                        "lines of ours": 0,
                        "lines of Odoo": 1,
                        "activities": 0,
                        "residual": 0.0,
                    },
                )
                savepoint.rollback()
                savepoint.close(rollback=False)
                self.env.invalidate_all()

    def test_stale_list_of_the_cron_makes_no_second_payment(self):
        """Test that a payment that was posted meanwhile isn't posted again."""
        tx = self._pay_online()
        tx._set_done()
        stale = self._get_tx(tx.reference)
        self._poll()
        before = self._get_state(tx)
        for _count in range(3):
            stale._post_process()
        self.assertEqual(self._get_state(tx), before)

    def test_return_before_and_after_the_webhook_is_the_same(self):
        """Test that the payer's return and the webhook may come in any order."""
        for order in (("poll", "webhook", "poll"), ("webhook", "poll", "webhook")):
            with self.subTest(order=order):
                savepoint = self.env.cr.savepoint(flush=True)
                tx = self._pay_online()
                for who in order:
                    self._bring_news(tx, who)
                state = self._get_state(tx)
                self.assertEqual((state["payments"], state["mails"]), (1, 1))
                savepoint.rollback()
                savepoint.close(rollback=False)
                self.env.invalidate_all()
