# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ..common import PaynowHttpCommon

NOON = fields.Datetime.to_datetime("2026-05-29 12:00:00")
SUMMARY = "Pay Now: payment not allocated"


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
