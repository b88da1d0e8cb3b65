# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common_parts import PaynowPartsCommon

SUMMARY = "Pay Now: payment failed"


@tagged("-at_install", "post_install")
class TestFailure(PaynowPartsCommon):
    """Payments that were on their way and fail, days later as a rule."""

    def _begin_bank_payment(self):
        """Begin a bank payment, of which the payer was told that it is on its way."""
        ach = self.env.ref("payment.payment_method_ach_direct_debit")
        tx = self._pay("pending", payment_method_id=ach.id)
        tx._post_process()
        self._get_mails().unlink()
        self._assert_payable(0.0)
        return tx

    def test_payer_of_a_bank_payment_that_fails_is_mailed_a_fresh_link(self):
        for state in ("error", "canceled"):
            with self.subTest(state=state):
                tx = self._begin_bank_payment()
                getattr(tx, f"_set_{state}")(state_message="R01 from the bank")
                tx._post_process()
                mail = self._get_mails()
                self.assertEqual(len(mail), 1)
                self.assertIn("failed", mail.subject)
                self.assertNotIn("R01 from the bank", mail.body_html)
                token = mail.body_html.partition("/PAYNOW?link=")[2].partition('"')[0]
                invoice, email = self.env["account.move"]._paynow_read_link(
                    self.company, token
                )
                self.assertEqual((invoice.id, email), (self.invoice.id, self.email))
                self._assert_payable(100.0)
                self._assert_told_once(SUMMARY, tx.reference, "R01 from the bank")
                self._get_activities().unlink()
                mail.unlink()

    def test_news_that_come_again_tell_nobody_again(self):
        tx = self._begin_bank_payment()
        for _time in range(3):
            tx._set_error("No")
            tx._post_process()
        self.assertEqual(len(self._get_mails()), 1)
        self._assert_told_once(SUMMARY)

    def test_reminders_resume(self):
        due = self.today - timedelta(days=5)
        self.invoice = self._create_bill(
            "Late", 100.0, invoice_date=due, invoice_date_due=due,
            invoice_payment_term_id=False,
        )  # fmt: skip
        tx = self._begin_bank_payment()
        self.assertIn("processed", self.invoice._paynow_get_reminder_obstacle())
        tx._set_error("No")
        self.assertFalse(self.invoice._paynow_get_reminder_obstacle())

    def test_decline_at_once_is_told_on_the_page_only(self):
        tx = self._pay("error")
        tx._post_process()
        self.assertFalse(self._get_mails())
        self.assertFalse(self._get_activities())

    def test_wire_transfer_that_was_never_made_is_no_failure(self):
        tx = self._pay("pending")
        # The code exists where `payment_custom` is installed, which we don't need.
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE payment_provider SET code = 'custom' WHERE id = %s",
            [self.provider.id],
        )
        self.env.invalidate_all()
        tx._set_canceled()
        self.assertFalse(self._get_mails())
        self.assertFalse(self._get_activities())

    def test_amount_that_differs_is_not_called_nothing(self):
        """Test that the payer is not told that nothing came while money may have."""
        tx = self._begin_bank_payment()
        data = {"amount": 90.0, "currency_code": "USD"}
        self.patch(
            self.env.registry["payment.transaction"],
            "_extract_amount_data",
            lambda tx, payment_data: payment_data,
        )
        with mute_logger("odoo.addons.payment.models.payment_transaction"):
            tx._process(self.provider.code, data)
        self.assertEqual(tx.state, "error")
        self.assertFalse(self._get_mails())
        self._assert_told_once("Pay Now: the provider took another amount")

    def test_staff_who_void_are_not_told_what_they_did(self):
        source = self._authorize()
        source = source.with_context(payment_backend_action=True)
        source._void()._set_canceled()
        self.assertEqual(len(self._get_mails()), 1)
        self.assertFalse(self._get_activities())

    def test_payer_without_an_address_is_not_mailed(self):
        tx = self._begin_bank_payment()
        tx.paynow_email = False
        mails = self.env["mail.mail"].sudo().search_count([])
        tx._set_error("No")
        self.assertEqual(self.env["mail.mail"].sudo().search_count([]), mails)
        self._assert_told_once(SUMMARY)

    def test_mail_that_can_not_be_made_loses_no_news(self):
        tx = self._begin_bank_payment()
        with self._broken_template("failed"):
            tx._set_error("No")
        self.assertEqual(tx.state, "error")
        self._assert_told_once(SUMMARY)
