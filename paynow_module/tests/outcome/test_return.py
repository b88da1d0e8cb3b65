# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from ..common_books import PaynowBooksCommon

NOON = fields.Datetime.to_datetime("2026-05-29 12:00:00")
LATE_NEWS = "Pay Now: late news from the provider"


@tagged("post_install", "-at_install")
class TestReturn(PaynowBooksCommon):
    """Bank payments that come back, and news that come too late."""

    def _return(self, tx, user=None, **values):
        """Mark a payment as returned in the dialog, as an accountant."""
        wizard = (
            self.env["paynow.return"]
            .with_user(user or self.accountant)
            .create(
                {
                    "transaction_id": tx.id,
                    "code": "R01",
                    "date": "2026-05-29",
                    "note": "Seen on the statement.",
                    **values,
                }
            )
        )
        return wizard.action_confirm()

    def test_returned_payment_opens_the_invoice_again(self):
        """Test that the payment is reversed natively and the whole is owed again."""
        tx = self._pay_by_bank()
        payment = tx.payment_id
        self.assertEqual(self.invoice.amount_residual, 0.0)
        self._return(tx)
        self.assertEqual(tx.state, "cancel")
        self.assertEqual(payment.state, "rejected")
        self.assertEqual(payment.move_id.state, "posted")
        self.assertEqual(payment.move_id.reversal_move_ids.state, "posted")
        self.assertEqual(self.invoice.state, "posted")
        self.assertEqual(self.invoice.amount_residual, 100.0)
        self.assertEqual(self.invoice.payment_state, "not_paid")
        self.assertEqual(self.invoice._paynow_get_payable(), 100.0)

    def test_returned_part_leaves_the_other_payments(self):
        """Test that only what came back is owed again."""
        part = self._pay_by_bank(amount=40.0)
        rest = self._pay_by_bank(amount=60.0)
        self._return(part)
        self.assertEqual(self.invoice.amount_residual, 40.0)
        self.assertEqual(rest.state, "done")
        self.assertIn(rest.payment_id.state, ("in_process", "paid"))

    def test_return_is_told_in_the_chatter(self):
        """Test that invoice and activity tell code, meaning, date, amount and note."""
        tx = self._pay_by_bank()
        self._return(tx)
        facts = (
            tx.reference,
            "100.00",
            "R01 Insufficient funds",
            "2026-05-29",
            "Seen on the statement.",
        )
        lines = self.invoice.message_ids.filtered(
            lambda message: "was returned by the bank" in message.body
        )
        self.assertEqual(len(lines), 1)
        for fact in facts:
            self.assertIn(fact, lines.body)
        self._assert_told_once("Pay Now: payment returned", *facts)

    def test_client_gets_a_mail_with_a_new_link(self):
        """Test that the payer reads that it is still to pay, and finds the way."""
        tx = self._pay_by_bank()
        self._return(tx)
        mail = self._get_mails()
        self.assertEqual(len(mail), 1)
        self.assertIn("returned", mail.subject)
        self.assertIn("$100.00", mail.body_html)
        self.assertNotIn("Seen on the statement.", mail.body_html)
        token = mail.body_html.partition("/PAYNOW?link=")[2].partition('"')[0]
        invoice, email = self.env["account.move"]._paynow_read_link(self.company, token)
        self.assertEqual((invoice.id, email), (self.invoice.id, self.email))

    def test_returned_payment_can_be_paid_again(self):
        """Test that a new payment after the return closes the invoice."""
        self._return(self._pay_by_bank())
        again = self._pay()
        again._post_process()
        self.assertEqual(self.invoice.amount_residual, 0.0)
        self.assertFalse(again.paynow_problem)

    def test_payment_that_is_returned_while_waiting_is_not_returned_again(self):
        tx = self._pay_by_bank()
        with (
            patch.object(
                self.env.registry["account.move"],
                "_paynow_lock",
                lambda _moves: tx.write({"state": "cancel"}),
            ),
            self.assertRaisesRegex(UserError, "that was received"),
        ):
            self._return(tx)

    def test_return_is_noted_as_staff_s_doing(self):
        tx = self._pay_by_bank()
        before = self.invoice.message_ids
        self._return(tx)
        authors = (self.invoice.message_ids - before).author_id
        self.assertNotIn(self.client, authors)

    def test_return_before_posting_is_told_with_its_amount(self):
        self._return(self._pay())
        self._assert_told_once("Pay Now: payment returned", "100.00")
        self.assertIn("$100.00", self._get_mails().body_html)

    def test_return_before_posting_posts_nothing_later(self):
        """Test that a payment that comes back before it is booked never is."""
        with freeze_time(NOON):
            tx = self._pay()
            self._return(tx)
        self.assertFalse(tx.payment_id)
        with freeze_time(NOON + timedelta(days=1)):
            self._run_watchdog()
        self.assertFalse(tx.payment_id)
        self.assertEqual(self.invoice.amount_residual, 100.0)

    def test_return_of_an_unallocated_payment_takes_the_credit_back(self):
        """Test that a second payment that comes back leaves no credit."""
        self._pay_by_bank()
        second = self._pay_by_bank()
        self._return(second)
        self.assertEqual(second.payment_id.state, "rejected")
        self.assertEqual(self.invoice.amount_residual, 0.0)

    def test_return_settles_the_problem_that_the_provider_reported(self):
        """Test that a payment leaves the list once it is marked as returned."""
        tx = self._pay_by_bank()
        with mute_logger("odoo.addons.payment.models.payment_transaction"):
            tx._set_error("Insufficient funds")
        self.assertIn(tx, self._get_listed())
        self._return(tx)
        self.assertFalse(tx.paynow_problem)
        self.assertNotIn(tx, self._get_listed())

    def test_return_of_a_day_to_come_is_refused_as_a_whole(self):
        """Test that a slip of the pen changes nothing."""
        with freeze_time(NOON):
            tx = self._pay_by_bank()
            with self.assertRaises(UserError):
                self._return(tx, date="2026-05-30")
        self.assertEqual(tx.state, "done")
        self.assertEqual(self.invoice.amount_residual, 0.0)
        self.assertFalse(self._get_mails())

    # === WHAT CAN BE RETURNED === #

    def test_only_received_pay_now_payments_can_be_returned(self):
        """Test that nothing is taken back that wasn't there."""
        txs = [
            self._pay(state, amount=10.0)
            for state in ("draft", "pending", "authorized", "cancel", "error")
        ]
        txs.append(self._pay(is_paynow=False, amount=10.0))
        for tx in txs:
            with self.subTest(state=tx.state, is_paynow=tx.is_paynow):
                state = tx.state
                with self.assertRaises(UserError):
                    self._return(tx)
                self.assertEqual(tx.state, state)
        self.assertFalse(self._get_activities())

    def test_payment_is_returned_once(self):
        """Test that a second click changes nothing and mails nobody."""
        tx = self._pay_by_bank()
        self._return(tx)
        with self.assertRaises(UserError):
            self._return(tx)
        self.assertEqual(len(self._get_mails()), 1)
        self.assertEqual(len(self._get_activities()), 1)

    def test_every_reason_of_the_rules_can_be_chosen(self):
        """Test that each code is there once, with its meaning, from R01 to R85."""
        Return = self.env["paynow.return"].with_user(self.accountant)
        selection = Return._fields["code"]._description_selection(Return.env)
        codes = [code for code, _label in selection]
        # Nacha Operating Rules, Appendix Four; the missing numbers are not in use.
        numbers = [
            *range(1, 48), *range(50, 54), 61, 62, *range(67, 78), *range(80, 86),
        ]  # fmt: skip
        self.assertEqual(codes, [f"R{number:02}" for number in numbers])
        for code, label in selection:
            self.assertRegex(label, rf"^{code} \w")

    def test_dialog_of_each_reason_can_be_saved(self):
        """Test that an accountant opens the dialog and picks any of the reasons."""
        tx = self._pay_by_bank()
        action = tx.with_user(self.accountant).action_paynow_return()
        Return = self.env["paynow.return"].with_user(self.accountant)
        selection = Return._fields["code"]._description_selection(Return.env)
        for code, _label in selection[:: len(selection) - 1]:
            with Form(Return.with_context(**action["context"])) as form:
                form.code = code
            wizard = form.record
            self.assertEqual(wizard.transaction_id, tx)
            self.assertEqual(wizard.amount, 100.0)
            self.assertEqual(wizard.date, self.company._paynow_get_today())

    def test_others_can_not_mark_as_returned(self):
        """Test that clerks, strangers and other companies' accountants can't."""
        tx = self._pay_by_bank()
        other_company = self.env["res.company"].sudo().create({"name": "Other"})
        stranger = self._create_user(
            "other", "account.group_account_manager", other_company
        )
        for user in (
            self.clerk,
            self.internal_user,
            self.portal_user,
            self.public_user,
            stranger,
        ):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    self._return(tx, user=user)
                with self.assertRaises(AccessError):
                    tx.with_user(user).action_paynow_return()
        self.assertEqual(tx.state, "done")
