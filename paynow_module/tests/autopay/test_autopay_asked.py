# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common_autopay import PaynowAutopayCommon


@tagged("-at_install", "post_install")
class TestAutopayAsked(PaynowAutopayCommon):
    """What a person may say of the outcome of a payment, and of which."""

    def _leave(self, state="draft", **values):
        """Leave a payment with an outcome that nobody knows."""
        self.invoice = self._bill(f"Asked {state}")
        return self._pay(
            state,
            **{
                "paynow_run_key": f"{self.invoice.id}:{self.today}",
                "paynow_problem": "Look it up.",
                **values,
            },
        )

    def _assert_refused(self, tx):
        """Assert that nobody can say of a payment that it was made, or not made."""
        state = tx.state
        for action in (
            "action_paynow_autopay_charged",
            "action_paynow_autopay_not_charged",
        ):
            with self.assertRaisesRegex(UserError, "is known"):
                getattr(tx.with_user(self.accountant), action)()
        self.assertEqual(tx.state, state)

    def test_only_accountants_say_it(self):
        tx = self._leave()
        for action in (
            "action_paynow_autopay_charged",
            "action_paynow_autopay_not_charged",
        ):
            with self.assertRaises(AccessError):
                getattr(tx.with_user(self.clerk), action)()
        self.assertEqual(tx.state, "draft")

    def test_one_that_is_settled_while_waiting_is_none(self):
        tx = self._leave()
        with (
            patch.object(
                self.env.registry["account.move"],
                "_paynow_lock",
                lambda _moves: tx.write({"state": "error"}),
            ),
            self.assertRaisesRegex(UserError, "is known"),
        ):
            tx.with_user(self.accountant).action_paynow_autopay_charged()
        self.assertEqual(tx.state, "error")

    def test_a_payers_own_try_is_none(self):
        self._assert_refused(self._leave(paynow_run_key=False))

    def test_one_that_is_still_asked_for_is_none(self):
        self._assert_refused(self._leave(paynow_problem=False))

    def test_one_that_is_settled_is_none(self):
        for state in ("pending", "done", "error"):
            tx = self._leave(state, paynow_run_key=f"key {state}")
            tx.paynow_problem = "The provider changed its mind."
            self._assert_refused(tx)

    def test_a_payers_draft_is_never_charged(self):
        """Test that the run takes up none but its own."""
        tx = self._leave(paynow_run_key=False, paynow_problem=False)
        tx.token_id = self.token
        self._run(days=1)
        self.assertFalse(self.charges)
        self.assertEqual(tx.state, "draft")
        self.assertFalse(tx.paynow_problem)

    def test_what_is_on_its_way_is_deducted_from_the_instalment(self):
        """Test that of two halves, and 20 on their way, 30 are charged."""
        term = self._create_terms((50, 0), (50, 30))
        self.invoice = self._bill("Halves", invoice_payment_term_id=term.id)
        self._choose(self.invoice)
        self._pay("pending", amount=20.0)
        self._run()
        self.assertEqual([amount for _ref, amount in self.charges], [30.0])

    def test_each_instalment_has_its_own_tries(self):
        """Test that a decline of the first one counts for no other."""
        term = self._create_terms((50, 0), (50, 30))
        self.invoice = self._bill("Tries", invoice_payment_term_id=term.id)
        self._choose(self.invoice)
        self._run("error")
        self._run(days=3)
        self.assertEqual(self.invoice.amount_residual, 50.0)
        self.assertFalse(self.invoice.paynow_autopay_tries)
        self._run("error", days=30)
        self.assertEqual(self.invoice.paynow_autopay_tries, 1)
        self.assertTrue(self.invoice.paynow_autopay_date)
