# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..common_autopay import PaynowAutopayCommon


@tagged("-at_install", "post_install")
class TestAutopayChoice(PaynowAutopayCommon):
    """What a client chooses, and what of it holds for which invoice."""

    def test_one_invoice_is_set_for_its_due_date(self):
        invoice = self._bill("One", due=5)
        other = self._bill("Other", due=5)
        choice = self._choose(invoice)
        self.assertEqual(
            invoice._paynow_get_autopay_date(), self.today + timedelta(days=5)
        )
        self.assertFalse(other._paynow_get_autopay_date())
        self.assertEqual(choice.consent_ip, "192.0.2.7")
        self.assertEqual(choice.consent_source, "login")
        self.assertTrue(choice.consent_date)

    def test_all_invoices_take_the_choice_when_posted(self):
        before = self._bill("Before", due=2)
        late = self._bill("Late", due=-2)
        self._choose(timing="after", days=3)
        after = self._bill("After", due=4)
        self.assertEqual(before.paynow_autopay_date, self.today + timedelta(days=5))
        self.assertEqual(after.paynow_autopay_date, self.today + timedelta(days=7))
        self.assertFalse(late.paynow_autopay_date)

    def test_an_invoice_over_the_limit_is_left_to_the_client(self):
        self._choose(limit=100.0)
        self.assertTrue(self._bill("At", 100.0, due=2).paynow_autopay_date)
        over = self._bill("Over", 100.01, due=2)
        self.assertFalse(over.paynow_autopay_date)
        self.assertEqual(over.paynow_autopay_reason, "limit")

    def test_a_date_before_today_is_today(self):
        self._choose(timing="before", days=10)
        self.assertEqual(self._bill("Soon", due=2).paynow_autopay_date, self.today)

    def test_a_new_choice_replaces_the_old_one_which_stays_as_evidence(self):
        invoice = self._bill("One", due=5)
        old = self._choose()
        new = self._choose(timing="before", days=1)
        self.assertFalse(old.active)
        self.assertTrue(old.end_date)
        self.assertEqual(invoice.paynow_autopay_id, new)
        self.assertEqual(invoice.paynow_autopay_date, self.today + timedelta(days=4))

    def test_switching_off_one_invoice_leaves_the_others(self):
        one, two = self._bill("One", due=5), self._bill("Two", due=5)
        self._choose()
        one.with_user(self.clerk).action_paynow_autopay_cancel()
        self.assertFalse(one._paynow_get_autopay_date())
        self.assertTrue(two._paynow_get_autopay_date())
        one.button_draft()
        one.action_post()
        self.assertFalse(one._paynow_get_autopay_date(), "It was switched off.")

    def test_staff_switch_the_choice_off(self):
        invoice = self._bill("One", due=5)
        choice = self._choose()
        choice.with_user(self.clerk).action_switch_off()
        self.assertFalse(choice.active)
        self.assertFalse(invoice._paynow_get_autopay_date())
        self.assertEqual(choice.end_user_id, self.clerk)
        self.assertFalse(self._bill("New", due=5).paynow_autopay_date)

    def test_staff_switch_it_on_only_with_a_recorded_consent(self):
        values = {
            "company_id": self.company.id,
            "partner_id": self.client.id,
            "token_id": self.token.id,
        }
        Autopay = self.env["paynow.autopay"].with_user(self.accountant)
        with self._refused_by_database():
            Autopay.create(values)
        with self.assertRaises(ValidationError):
            Autopay.create({**values, "consent_text": " "})
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        with self.assertRaises(ValidationError):
            Autopay.create(
                {**values, "consent_text": "By phone", "consent_date": tomorrow}
            )
        choice = Autopay.create(
            {
                **values,
                "consent_text": "Signed form of May 29",
                "consent_source": "portal",
                "consent_ip": "192.0.2.9",
            }
        )
        self.assertEqual(choice.consent_source, "staff")
        self.assertEqual(choice.consent_user_id, self.accountant)
        self.assertFalse(choice.consent_ip)
        with self.assertRaises(AccessError):
            choice.write({"consent_text": "Something else"})
        with self.assertRaises(AccessError):
            Autopay.with_user(self.clerk).create({**values, "consent_text": "x"})

    def test_nobody_is_charged_for_somebody_else(self):
        token = self._create_token(partner_id=self.stranger.id)
        with self.assertRaises(ValidationError):
            self._choose(token=token)
        invoice = self._bill("Theirs", due=5, partner_id=self.stranger.id)
        with self.assertRaises(ValidationError):
            self._choose(invoice)

    def test_a_sale_receipt_is_left_to_the_client(self):
        self._choose()
        invoice = self._bill("One", due=5)
        receipt = self._bill("Two", due=5, move_type="out_receipt")
        self.assertTrue(invoice._paynow_get_autopay_date())
        self.assertFalse(receipt._paynow_get_autopay_date())

    def test_a_paid_invoice_is_not_set(self):
        with self.assertRaises(UserError):
            self._choose(self._bill("Draft", due=5, post=False))


@tagged("-at_install", "post_install")
class TestAutopayRun(PaynowAutopayCommon):
    """What the scheduled action charges."""

    def test_an_invoice_is_charged_once_on_its_day_and_posted(self):
        invoice = self._bill("One", due=5)
        self._choose()
        self._get_mails().unlink()  # The copy of what was agreed to.
        self._run(days=4)
        self.assertFalse(self.charges)
        self._run(days=5)
        self.assertEqual([amount for _ref, amount in self.charges], [100.0])
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))
        tx = self._get_txs(invoice)
        self.assertEqual((tx.state, tx.operation), ("done", "offline"))
        self.assertEqual(tx.payment_id.amount, 100.0)
        self.assertTrue(tx.payment_id.is_reconciled)
        self.assertEqual(tx.token_id, self.token)
        self.assertFalse(invoice._paynow_get_autopay_date())
        receipt = self._get_mails()
        self.assertEqual(len(receipt), 1)
        self.assertIn("4242, automatically", receipt.body_html)
        for day in (5, 4, 6, 12):  # Twice a day, the clock set back, later.
            self._run(days=day)
        self.assertEqual(len(self.charges), 1)

    def test_no_second_transaction_of_an_invoice_and_day(self):
        invoice = self._bill("One")
        self._choose(invoice)
        self._run("pending")
        tx = self._get_txs(invoice)
        with self._refused_by_database():
            tx.copy({"reference": "x", "paynow_run_key": tx.paynow_run_key})

    def test_what_was_paid_early_is_deducted(self):
        part, whole = self._bill("Part", due=1), self._bill("Whole", due=1)
        self._choose()
        self.invoice = part
        self._pay(amount=30.0)._post_process()
        self.invoice = whole
        self._pay(amount=100.0)._post_process()
        self._run(days=1)
        self.assertEqual([amount for _ref, amount in self.charges], [70.0])
        self.assertIn(part.payment_state, ("paid", "in_payment"))

    def test_a_bank_payment_on_its_way_is_deducted(self):
        self.invoice = self._bill("Part", due=1)
        self._choose()
        self._pay("pending", amount=30.0)
        self._run(days=1)
        self.assertEqual([amount for _ref, amount in self.charges], [70.0])

    def test_somebody_paying_at_this_moment_comes_first(self):
        self.invoice = self._bill("One", due=1)
        self._choose()
        with self._on(1):
            draft = self._pay("draft", amount=30.0, paynow_is_known=True)
        self._run(days=1)
        self.assertFalse(self.charges)
        draft._set_canceled()
        self._run(days=1)
        self.assertEqual([amount for _ref, amount in self.charges], [100.0])

    def test_instalments_are_paid_on_their_own_dates(self):
        term = self._create_terms((50, 0), (50, 30))
        invoice = self._bill("Halves", invoice_payment_term_id=term.id)
        self._choose(invoice)
        self._run()
        self.assertEqual([amount for _ref, amount in self.charges], [50.0])
        self.assertEqual(
            invoice._paynow_get_autopay_date(), self.today + timedelta(days=30)
        )
        self._run(days=30)
        self.assertEqual([amount for _ref, amount in self.charges], [50.0, 50.0])
        self.assertTrue(self.currency.is_zero(invoice.amount_residual))

    def test_an_early_payment_discount_is_taken_if_the_day_earns_it(self):
        term = self._create_terms(
            (100, 30), early_discount=True, discount_percentage=2, discount_days=10
        )
        early = self._bill("Early", invoice_payment_term_id=term.id)
        self._choose(timing="before", days=20)
        self._run(days=10)
        self.assertEqual([amount for _ref, amount in self.charges], [98.0])
        self.assertTrue(self.currency.is_zero(early.amount_residual))
        late = self._bill("Late", invoice_payment_term_id=term.id)
        self._choose(timing="before", days=19)
        self._run(days=11)
        self.assertEqual([amount for _ref, amount in self.charges], [98.0, 100.0])
        self.assertTrue(self.currency.is_zero(late.amount_residual))

    def test_the_client_who_switches_off_at_the_last_minute_is_not_charged(self):
        self._bill("One")
        self._choose()._end("client")
        self._run()
        self.assertFalse(self.charges)

    def _move_due_date(self, invoice, days):
        """Have staff move the due date of a posted invoice."""
        line = invoice.line_ids.filtered(lambda ln: ln.display_type == "payment_term")
        line.date_maturity = self.today + timedelta(days=days)

    def test_a_moved_due_date_moves_the_payment(self):
        """Test both directions, on the invoice and in the next run."""
        invoice = self._bill("One", due=5)
        self._choose(invoice)
        for days in (9, 3):
            self._move_due_date(invoice, days)
            date = self.today + timedelta(days=days)
            self.assertEqual(invoice._paynow_get_autopay_date(), date)
        self._run(days=2)
        self.assertFalse(self.charges)
        self._run(days=3)
        self.assertEqual(len(self.charges), 1)

    def test_a_due_date_moved_by_mistake_charges_nothing_today(self):
        """Test a date in the past: there is a day to mend it."""
        invoice = self._bill("One", due=5)
        self._choose(invoice)
        self._move_due_date(invoice, -30)
        self._run()
        self.assertFalse(self.charges)
        self.assertEqual(invoice.paynow_autopay_date, self.today + timedelta(days=1))

    def test_a_due_date_moved_later_spares_the_charge_of_today(self):
        """Test the day on which the payment would have run."""
        invoice = self._bill("One")
        self._choose(invoice)
        self._move_due_date(invoice, 3)
        self._run()
        self.assertFalse(self.charges)
        self.assertEqual(invoice.paynow_autopay_date, self.today + timedelta(days=3))

    def test_a_due_date_moved_while_a_payment_is_on_its_way_plans_no_second(self):
        """Test a bank debit that is pending."""
        invoice = self._bill("One")
        self._choose(invoice)
        self._run("pending")
        date = invoice.paynow_autopay_date
        self._move_due_date(invoice, -3)
        self.assertEqual(invoice.paynow_autopay_date, date)
        self._run(days=1)
        self.assertEqual(len(self.charges), 1)

    def test_the_due_date_of_the_invoice_itself_moves_the_payment(self):
        """Test the field on the form of a posted invoice."""
        invoice = self._bill("One", due=5)
        self._choose(invoice)
        invoice.invoice_date_due = self.today + timedelta(days=3)
        self.assertEqual(invoice.paynow_autopay_date, self.today + timedelta(days=3))

    def test_nothing_is_charged_where_it_is_switched_off_for_the_company(self):
        invoice = self._bill("One")
        self._choose()
        self.company.paynow_autopay_enabled = False
        self._run()
        self.assertFalse(self.charges)
        self.assertFalse(invoice._paynow_get_autopay_date())

    def test_the_mail_and_the_page_name_the_day(self):
        invoice = self._bill("One", due=5)
        self._choose(invoice)
        summary = invoice._paynow_get_summary(100.0)
        self.assertEqual(summary["autopay_date"], self.today + timedelta(days=5))
