# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import MODELS
from ..common_autopay import PaynowAutopayCommon


@tagged("-at_install", "post_install")
class TestAutopayUnclear(PaynowAutopayCommon):
    """What happens where nobody knows whether a charge was made."""

    def _interrupt(self, error):
        """Have the provider's answer to a charge get lost; return the draft."""
        self.invoice = self._bill("One")
        self._choose(self.invoice)
        with mute_logger(f"{MODELS}.payment.payment_transaction"):
            self._run(error)
        tx = self._get_txs()
        self.assertEqual(tx.state, "draft")
        return tx

    def _age(self, tx):
        """Have a draft be an hour old."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE payment_transaction SET create_date = create_date - interval"
            " '1 hour' WHERE id = %s",
            [tx.id],
        )
        self.env.invalidate_all()

    def test_a_person_is_asked_and_nothing_charged_again(self):
        tx = self._interrupt(OSError("The line went dead"))
        self.assertEqual(self.invoice._paynow_get_payable(), 0.0)
        self._run()
        self.assertEqual(len(self.charges), 1, "Too young to be judged")
        self.assertFalse(tx.paynow_problem)
        self._age(tx)
        for day in (0, 1, 5):
            self._run(days=day)
        self.assertEqual(len(self.charges), 1)
        self.assertEqual(self.invoice._paynow_get_payable(), 0.0)
        self._assert_told_once(
            "Pay Now: outcome of an automatic payment not known", tx.reference
        )
        return tx

    def test_an_answer_before_the_line_went_dead_counts_for_nothing(self):
        """Test that what can't be written is neither a decline nor a payment."""
        for state in ("error", "done"):
            self.invoice = self._bill(f"Said {state}")
            self._choose(self.invoice)

            def _send_payment_request(tx, state=state):
                self.charges.append((tx.reference, tx.amount))
                getattr(tx, f"_set_{state}")(state_message="It said so.")
                raise OSError("The line went dead")

            with (
                self.subTest(state=state),
                mute_logger(f"{MODELS}.autopay.payment_transaction"),
                patch.object(
                    self.env.registry["payment.transaction"],
                    "_send_payment_request",
                    _send_payment_request,
                ),
                self._on(0),
            ):
                self._run_cron("paynow_module.ir_cron_autopay")
                self.env.invalidate_all()
                self.assertEqual(self._get_txs().state, "draft")
                self.assertFalse(self.invoice.paynow_autopay_tries)
                self.assertEqual(self.invoice._paynow_get_payable(), 0.0)

    def _settle_while_waiting(self, tx, **values):
        """Have others write on a payment while the invoice is waited for."""
        return patch.object(
            self.env.registry["account.move"],
            "_paynow_lock",
            lambda _moves: tx.write(values),
        )

    def test_news_that_come_while_waiting_are_not_asked_for(self):
        tx = self._interrupt(OSError("The line went dead"))
        with self._settle_while_waiting(tx, state="done"):
            tx._paynow_autopay_resolve()
        self.assertFalse(tx.paynow_problem)
        self.assertFalse(self._get_activities())

    def test_who_was_asked_while_waiting_is_not_asked_twice(self):
        tx = self._interrupt(OSError("The line went dead"))
        with self._settle_while_waiting(tx, paynow_problem="Look it up."):
            tx._paynow_autopay_resolve()
        self.assertEqual(tx.paynow_problem, "Look it up.")
        self.assertFalse(self._get_activities())

    def test_a_person_says_that_it_was_charged(self):
        tx = self.test_a_person_is_asked_and_nothing_charged_again()
        with self.assertRaises(AccessError):
            tx.with_user(self.clerk).action_paynow_autopay_charged()
        tx.with_user(self.accountant).action_paynow_autopay_charged()
        self.assertIn(self.invoice.payment_state, ("paid", "in_payment"))
        with self.assertRaises(UserError):
            tx.with_user(self.accountant).action_paynow_autopay_not_charged()

    def test_a_person_says_that_it_was_not_charged(self):
        tx = self.test_a_person_is_asked_and_nothing_charged_again()
        tx.with_user(self.accountant).action_paynow_autopay_not_charged()
        self.assertEqual(self.invoice._paynow_get_payable(), 100.0)
        self._run(days=3)
        self.assertEqual(len(self.charges), 2)
        self.assertIn(self.invoice.payment_state, ("paid", "in_payment"))

    def test_a_provider_that_makes_one_charge_of_two_requests_is_asked_again(self):
        tx = self._interrupt(OSError("The line went dead"))
        self._age(tx)
        self.patch(
            self.env.registry["payment.provider"],
            "_paynow_get_repeat_time",
            lambda provider: timedelta(hours=20),
        )
        self._run()
        self.assertEqual({ref for ref, _amount in self.charges}, {tx.reference})
        self.assertEqual(tx.state, "done")
        self.assertIn(self.invoice.payment_state, ("paid", "in_payment"))

    def test_news_that_come_late_settle_it(self):
        tx = self.test_a_person_is_asked_and_nothing_charged_again()
        tx._set_done()
        tx._post_process()
        self.assertFalse(tx.paynow_problem)
        self.assertIn(self.invoice.payment_state, ("paid", "in_payment"))


@tagged("-at_install", "post_install")
class TestAutopayDecline(PaynowAutopayCommon):
    """What follows when a payment can't be made."""

    def _assert_off(self, invoice, reason):
        """Assert that it is off, that the client and one of staff were told once."""
        self.assertFalse(invoice._paynow_get_autopay_date())
        self.assertEqual(invoice.paynow_autopay_reason, reason)
        mail = self._get_failure_mails()
        self.assertEqual(len(mail), 1)
        self.assertIn("/PAYNOW?link=", mail.body_html)
        activity = self._get_activities(invoice)
        self.assertEqual(activity.summary, "Pay Now: automatic payment failed")
        self._run(days=30)
        self.assertEqual(len(self._get_failure_mails()), 1)

    def test_three_tries_on_days_0_3_and_7(self):
        invoice = self._bill("One")
        self._choose(invoice)
        charged_on = []
        for day in range(12):
            count = len(self.charges)
            self._run("error", days=day)
            if len(self.charges) > count:
                charged_on.append(day)
        self.assertEqual(charged_on, [0, 3, 7])
        self._assert_off(invoice, "declined")
        self.assertEqual(invoice._paynow_get_payable(), 100.0)

    def test_a_try_that_succeeds_ends_them(self):
        invoice = self._bill("One")
        self._choose(invoice)
        self._run("error")
        self._run("done", days=3)
        self._run("done", days=7)
        self.assertEqual(len(self.charges), 2)
        self.assertFalse(self._get_failure_mails())
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))

    def test_an_archived_token_is_not_charged(self):
        invoice = self._bill("One")
        self._choose(invoice)
        self.token.active = False
        self._run()
        self.assertFalse(self.charges)
        self._assert_off(invoice, "removed")

    def test_an_expired_card_is_not_charged(self):
        invoice = self._bill("One")
        self._choose(invoice)
        self.token.write({"paynow_expiry_month": 1, "paynow_expiry_year": 2020})
        self._run()
        self.assertFalse(self.charges)
        self._assert_off(invoice, "expired")

    def test_a_currency_other_than_the_providers_is_not_charged(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        invoice = self._bill("Euro", currency_id=euro.id)
        self._choose(invoice)
        self.provider.available_currency_ids = [Command.set(self.currency.ids)]
        self._run()
        self.assertFalse(self.charges)
        self._assert_off(invoice, "unsupported")

    def test_a_disabled_provider_keeps_it_waiting_and_staff_is_told_once(self):
        invoice = self._bill("One")
        self._choose(invoice)
        # Odoo archives the saved methods of a provider that is disabled by hand.
        self.env.cr.execute(
            "UPDATE payment_provider SET state = 'disabled' WHERE id = %s",
            [self.provider.id],
        )
        self.env.invalidate_all()
        self._run()
        self._run(days=1)
        self.assertFalse(self.charges)
        self.assertTrue(invoice.paynow_autopay_date)
        self.assertEqual(
            self._get_activities(invoice).mapped("summary"),
            ["Pay Now: automatic payment is waiting"],
        )
        self.assertFalse(self._get_failure_mails())

    def test_a_returned_bank_debit_switches_it_off_at_once(self):
        self.invoice = self._bill("One")
        self._choose(self.invoice)
        self._run("done")
        tx = self._get_txs()
        tx._paynow_mark_returned("R01", self.today)
        self.assertEqual(self.invoice.paynow_autopay_reason, "returned")
        self.assertFalse(self._get_failure_mails(), "The mail on the return tells it.")
        self._run(days=1)
        self.assertEqual(len(self.charges), 1)

    def test_a_decline_says_nothing_of_attacks_on_the_page(self):
        invoice = self._bill("One")
        self._choose(invoice)
        self._run("error")
        attempts = self.env["paynow.attempt"].sudo().search([])
        self.assertNotIn("payment_declined", attempts.mapped("kind"))
