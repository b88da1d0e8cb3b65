# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common_mandate import PaynowMandateCommon


@tagged("post_install", "-at_install")
class TestMandateReturn(PaynowMandateCommon):
    """What a bank says is not authorized waits for a person."""

    def setUp(self):
        super().setUp()
        self.standing = self._authorize()
        self.env.cr.precommit.run()
        self.card = self._authorize(medium="card")
        self.others = self.Mandate._authorize(
            self.company, self.stranger, kind="standing", medium="bank", text="I do.",
            proof="login",
        )  # fmt: skip

    def _return(self, code):
        """Have a bank return a payment; return the payment's mandate."""
        mandate = self._authorize(kind="once", amount=100.0)
        self.env.cr.precommit.run()
        tx = self._pay_by_bank(paynow_mandate_id=mandate.id)
        wizard = (
            self.env["paynow.return"]
            .with_user(self.accountant)
            .create({"transaction_id": tx.id, "code": code})
        )
        wizard.action_confirm()
        self.env.cr.precommit.run()  # Then Odoo notes what has changed.
        return mandate

    def test_all_bank_debits_of_the_client_stop(self):
        for code in ("R05", "R07", "R10", "R29"):
            with self.subTest(code=code):
                savepoint = self.env.cr.savepoint()
                mandate = self._return(code)
                today = self.company._paynow_get_today()
                for stopped in (mandate, self.standing):
                    self.assertEqual(stopped.state, "stopped")
                    self.assertIn(code, stopped.state_reason)
                    self.assertFalse(stopped._is_chargeable(today))
                self.assertEqual(self.card.state, "active")
                self.assertEqual(self.others.state, "active")
                activities = self._get_activities().mapped("summary")
                self.assertIn("Pay Now: bank debits stopped", activities)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_a_return_for_want_of_money_stops_nothing(self):
        self.assertEqual(self._return("R01").state, "active")
        self.assertEqual(self.standing.state, "active")

    def test_the_page_offers_no_bank_debit_until_a_person_decides(self):
        self._return("R10")
        self.assertEqual(
            self._open_checkout()["payment_method_ids"], [self.payment_method_id]
        )
        context = self._open_checkout()
        form = self._prepare_form(
            context, payment_method_id=self.ach.id, paynow_words="I authorize it."
        )
        answer = self._post_transaction(form).json()["result"]
        self.assertIn("can't be made", answer["state_message"])
        self.standing.with_user(self.accountant)._allow_again("Dana said so.")
        self.assertIn(self.ach.id, self._open_checkout()["payment_method_ids"])

    def test_allowing_again_notes_who_and_why(self):
        mandate = self._return("R07")
        mandate.with_user(self.accountant).action_allow_again()
        wizard = self.env["paynow.mandate.allow"].with_user(self.accountant)
        wizard.create(
            {"mandate_id": mandate.id, "reason": "Dana said so on the phone."}
        ).action_confirm()
        self.env.flush_all()
        for allowed in (mandate, self.standing):
            self.assertEqual(allowed.state, "active")
            self.assertIn("Dana said so on the phone.", allowed.state_reason)
            self.assertEqual(allowed.state_user_id, self.accountant)
        with self.assertRaises(UserError):
            mandate.with_user(self.accountant)._allow_again("Again.")

    def test_only_accounting_administrators_decide(self):
        mandate = self._return("R07")
        for user in (self.clerk, self.internal_user, self.portal_user):
            with self.subTest(user=user.login):
                for action in ("action_allow_again", "action_revoke"):
                    with self.assertRaises(AccessError):
                        getattr(mandate.with_user(user), action)()
        self.assertEqual(mandate.state, "stopped")

    def test_the_chatter_keeps_each_change(self):
        """Test what the tests' own environment switches off."""
        mandate = self.standing.with_context(tracking_disable=False, mail_notrack=False)
        mandate._stop("R10 Not authorized")
        self.env.cr.precommit.run()
        self.env.flush_all()
        mandate.invalidate_recordset()
        values = mandate.sudo().message_ids.tracking_value_ids
        self.assertIn("R10 Not authorized", values.mapped("new_value_char"))

    def test_a_revoked_mandate_is_charged_no_more(self):
        self.standing.with_user(self.accountant).action_revoke()
        self.assertEqual(self.standing.state, "revoked")
        self.assertIn(self.accountant.name, self.standing.state_reason)
