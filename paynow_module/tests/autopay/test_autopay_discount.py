# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo.fields import Command
from odoo.tests import tagged

from ..common_autopay import PaynowAutopayCommon


@tagged("-at_install", "post_install")
class TestAutopayDiscount(PaynowAutopayCommon):
    """Whoever likes pays automatically on the last day of a discount: 2 %, 10 days."""

    def setUp(self):
        super().setUp()
        self.terms = self._create_terms(
            (100, 30), early_discount=True, discount_percentage=2, discount_days=10
        )
        self.bill = self._bill("Early", invoice_payment_term_id=self.terms.id)

    def _get_amounts(self):
        return [amount for _reference, amount in self.charges]

    def _get_runs(self):
        """Return the automatic payments to come: days from today, and amounts."""
        return [
            ((run.date - self.today).days, run.amount)
            for run in self.bill._paynow_get_autopay_runs()
        ]

    def test_it_is_not_used_unless_the_client_says_so(self):
        self._choose()
        self.assertEqual(self._get_runs(), [(30, 100.0)])
        self._run(days=10)
        self.assertFalse(self.charges)

    def test_the_discounted_amount_is_charged_on_the_last_day(self):
        for invoice in (None, self.bill):
            with self.subTest(invoice=invoice), self.env.cr.savepoint() as savepoint:
                self._choose(invoice, use_discounts=True)
                self.assertEqual(self._get_runs(), [(10, 98.0)])
                notes = self.bill._paynow_get_mail_notes()
                self.assertIn("$98.00 will be charged on that day.", notes[0])
                self._run(days=9)
                self.assertFalse(self.charges)
                self._run(days=10)
                self.assertEqual(self._get_amounts(), [98.0])
                self.assertTrue(self.currency.is_zero(self.bill.amount_residual))
                self._run(days=30)
                self.assertEqual(len(self.charges), 1)
                savepoint.rollback()
                self.charges.clear()

    def test_it_closes_an_invoice_with_two_taxes(self):
        taxes = self.env["account.tax"].create(
            [{"name": f"{percent} %", "amount": percent} for percent in (15.0, 6.0)]
        )
        self.bill = self._bill(
            "Taxed", post=False, invoice_payment_term_id=self.terms.id
        )
        self.bill.invoice_line_ids.tax_ids = [Command.set(taxes.ids)]
        self.bill.action_post()
        self._choose(self.bill, use_discounts=True)
        self.assertEqual(self._get_runs(), [(10, 118.58)])
        self._run(days=10)
        self.assertEqual(self._get_amounts(), [118.58])
        self.assertEqual(self.bill.amount_residual, 0.0)

    def test_a_set_day_that_is_sooner_stays(self):
        self._choose(timing="before", days=25, use_discounts=True)
        self.assertEqual(self._get_runs(), [(5, 98.0)])

    def test_a_choice_after_the_last_day_is_for_the_set_day(self):
        with self._on(11):
            self._choose(use_discounts=True)
            self.assertEqual(self._get_runs(), [(30, 100.0)])

    def test_an_invoice_without_a_discount_is_paid_on_the_set_day(self):
        self.bill = self._bill("Plain", due=30)
        self._choose(use_discounts=True)
        self.assertEqual(self._get_runs(), [(30, 100.0)])

    def test_a_discount_that_a_part_payment_loses_is_waited_for_no_more(self):
        self._choose(use_discounts=True)
        self._pay(amount=40.0, invoice_ids=[Command.set(self.bill.ids)])._post_process()
        self.assertEqual(self._get_runs(), [(30, 60.0)])
        self.assertEqual(
            self.bill.paynow_autopay_next_date, self.today + timedelta(days=30)
        )
        self._run(days=10)
        self.assertFalse(self.charges)
        self._run(days=30)
        self.assertEqual(self._get_amounts(), [60.0])

    def test_a_discount_beside_a_payment_on_its_way_is_waited_for_no_more(self):
        self._choose(use_discounts=True)
        self._pay("pending", amount=40.0, invoice_ids=[Command.set(self.bill.ids)])
        self.assertEqual(self._get_runs(), [(30, 60.0)])

    def test_a_set_day_that_is_the_next_try_gives_no_more_tries(self):
        """Test that the tries are counted on where the discount ends three days before.

        The next try after a decline is three days later, which is the set day here.
        """
        terms = self._create_terms(
            (100, 13), early_discount=True, discount_percentage=2, discount_days=10
        )
        self.bill.button_draft()
        self._bill("Near", invoice_payment_term_id=terms.id)
        self._choose(use_discounts=True)
        charged_on = []
        for days in range(10, 25):
            count = len(self.charges)
            self._run("error", days=days)
            charged_on += [days] * (len(self.charges) - count)
        self.assertEqual(charged_on, [10, 13, 17])
        self.assertEqual(self._get_amounts(), [98.0, 100.0, 100.0])

    def test_a_discount_of_an_invoice_that_is_paid_is_given_up_calmly(self):
        choice = self._choose(use_discounts=True)
        self._pay(
            amount=100.0, invoice_ids=[Command.set(self.bill.ids)]
        )._post_process()
        day = self.today + timedelta(days=30)
        self.bill.write({"paynow_autopay_id": choice.id, "paynow_autopay_date": day})
        self.bill._paynow_autopay_give_discount_up()
        self.assertEqual(self.bill.paynow_autopay_date, day)

    def test_a_declined_payment_is_tried_again_on_the_set_day(self):
        """Test that nobody pays early without the discount; then three tries again."""
        self._choose(use_discounts=True)
        self._run("error", days=10)
        self.assertEqual(self.bill.paynow_autopay_date, self.today + timedelta(days=30))
        charged_on = []
        for days in range(11, 45):
            count = len(self.charges)
            self._run("error", days=days)
            charged_on += [days] * (len(self.charges) - count)
        self.assertEqual(charged_on, [30, 33, 37])
        self.assertEqual(self._get_amounts(), [98.0, 100.0, 100.0, 100.0])
        self.assertEqual(self.bill.paynow_autopay_reason, "declined")

    def test_a_run_that_missed_the_day_charges_nothing_early(self):
        self._choose(use_discounts=True)
        self._run(days=11)
        self.assertFalse(self.charges)
        self.assertEqual(self.bill.paynow_autopay_date, self.today + timedelta(days=30))

    def test_the_consent_and_the_choice_say_so(self):
        Autopay = self.env["paynow.autopay"]
        text = Autopay._get_consent_text(self.company)
        self.assertIn("less the discount on the last day of the discount", text)
        text = Autopay._get_consent_text(self.company, self.bill)
        self.assertIn("$98.00 is charged on", text)
        self.assertTrue(self.bill._paynow_get_autopay_card()["has_discount"])
        plain = self._bill("Plain", due=30)
        self.assertFalse(plain._paynow_get_autopay_card()["has_discount"])
        text = Autopay._get_consent_text(self.company, plain)
        self.assertNotIn("discount", text)
        choice = self._choose(use_discounts=True)
        self.assertIn("early payment discount", choice.display_name)
