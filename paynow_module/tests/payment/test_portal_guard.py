# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import json

from odoo.fields import Command
from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from ..common import PaynowHttpCommon


@tagged("post_install", "-at_install")
class TestPortalGuard(PaynowHttpCommon):
    """Odoo's own payment of an invoice in the portal, with and without our rules."""

    def setUp(self):
        super().setUp()
        self.company.sudo().paynow_guard_portal = True

    def _post_portal(self, amount=100.0, invoice=None, **changes):
        """Post to Odoo's transaction route as a visitor with the link of an invoice.

        :param amount: The amount; `NUMBER` texts are posted as bare JSON.
        :return: The result; an error of the server fails the test.
        :rtype: dict
        """
        invoice = invoice or self.invoice
        params = {
            "provider_id": self.provider.id,
            "payment_method_id": self.payment_method_id,
            "token_id": None,
            "amount": amount,
            "flow": "direct",
            "tokenization_requested": False,
            "landing_route": invoice.get_portal_url(),
            "access_token": invoice._portal_ensure_token(),
            **changes,
        }
        body = json.dumps({"jsonrpc": "2.0", "id": 0, "params": params})
        for number in ("NaN", "Infinity", "-Infinity", "1e400"):
            body = body.replace(f'"{number}"', number)
        with mute_logger("odoo.http"):
            response = self.url_open(
                f"/invoice/transaction/{invoice.id}",
                data=body,
                headers={"Content-Type": "application/json"},
            )
        self.assertEqual(response.status_code, 200)
        self.assertNotIn("Traceback", response.text)
        return response.json()["result"]

    def _assert_refused(self, *args, **kwargs):
        """Assert that a payment is refused in words, and leaves no row.

        :return: What the payer reads.
        :rtype: str
        """
        before = self.env["payment.transaction"].sudo().search_count([])
        result = self._post_portal(*args, **kwargs)
        self.assertEqual(set(result), {"state", "state_message"}, result)
        self.assertEqual(result["state"], "error")
        self.assertEqual(
            self.env["payment.transaction"].sudo().search_count([]), before
        )
        return result["state_message"]

    def _assert_accepted(self, *args, **kwargs):
        """Assert that a payment is accepted and return its transaction."""
        result = self._post_portal(*args, **kwargs)
        self.assertIn("reference", result, result)
        return self._get_tx(result["reference"])

    # === OFF === #

    def test_off_by_default(self):
        """Test that nothing changes in Odoo unless somebody wants it."""
        company = self.env["res.company"].sudo().create({"name": "New Company"})
        self.assertFalse(company.paynow_guard_portal)

    def test_portal_is_as_it_was_while_off(self):
        """Test that Odoo takes what it took before, for better or worse."""
        self.company.sudo().paynow_guard_portal = False
        self._pay("pending")
        for amount in (100.0, 5000.0, 100.01, 33.333):
            with self.subTest(amount=amount):
                tx = self._assert_accepted(amount)
                self.assertEqual(tx.amount, round(amount, 2))
                self.assertFalse(tx.is_paynow)

    # === ON === #

    def test_right_payment_is_accepted_and_booked(self):
        """Test that the whole and a part are taken, and it stays Odoo's payment."""
        part = self._assert_accepted(40.0)
        self.assertFalse(part.is_paynow)
        part._set_done()
        part._post_process()
        rest = self._assert_accepted(60.0)
        rest._set_done()
        rest._post_process()
        self.assertEqual(self.invoice.amount_residual, 0.0)

    def test_wrong_amounts_are_refused(self):
        """Test that too much, too little and what is no number are refused."""
        for amount in (
            100.01, 5000.0, -50.0, -0.01, 0, 0.0, 0.001, "NaN", "Infinity",
            "-Infinity", "1e400", 1e17, None, True, False, "100", "1e5", "abc", "",
            [100.0], [], {"amount": 100.0}, {},
        ):  # fmt: skip
            with self.subTest(amount=amount):
                self._assert_refused(amount)

    def test_finer_amounts_than_the_currency_has_are_refused(self):
        """Test that no amount is rounded behind the payer's back."""
        for amount in (33.333, 99.999, 10.005):
            with self.subTest(amount=amount):
                self._assert_refused(amount)

    def test_missing_amount_is_refused(self):
        """Test that nothing is guessed, and nothing is an error of the server."""
        before = self.env["payment.transaction"].sudo().search_count([])
        with mute_logger("odoo.http"):
            response = self.url_open(
                f"/invoice/transaction/{self.invoice.id}",
                json={
                    "jsonrpc": "2.0",
                    "id": 0,
                    "params": {"access_token": self.invoice._portal_ensure_token()},
                },
            )
        self.assertEqual(response.json()["result"]["state"], "error")
        self.assertEqual(
            self.env["payment.transaction"].sudo().search_count([]), before
        )

    def test_payments_under_way_are_deducted(self):
        """Test that pending, authorized, unposted and others' drafts count."""
        for state in ("pending", "authorized", "done", "draft"):
            with self.subTest(state=state):
                savepoint = self.env.cr.savepoint(flush=True)
                self._pay(state, amount=30.0, paynow_is_known=True)
                self.assertIn("$70.00", self._assert_refused(70.01))
                self._assert_accepted(70.0)
                savepoint.rollback()
                savepoint.close(rollback=False)
                self.env.invalidate_all()

    def test_draft_of_the_portal_is_withheld_on_our_page(self):
        """Test that one session can't pay here what it may be paying there."""
        self._post_portal(60.0)
        answer = self._look_up(amount="100")
        self.assertIn("Only $40.00 can be paid now", self._get_alert(answer))

    def test_own_abandoned_draft_is_in_nobody_s_way(self):
        """Test that a payer who goes back can choose another method at once."""
        self._assert_accepted(100.0)
        self._assert_accepted(100.0, flow="redirect")

    def test_draft_of_another_visitor_is_respected(self):
        """Test that of two payers at once only the first is let through."""
        self._assert_accepted(100.0)
        self.authenticate(None, None)
        self._assert_refused(100.0)

    def test_payment_on_the_page_is_respected_in_the_portal(self):
        """Test that both ways to pay count each other's payments."""
        self._pay("pending", amount=60.0)
        self._assert_refused(100.0)
        self._assert_accepted(40.0)
        self.authenticate(None, None)
        self.assertEqual(self.invoice._paynow_get_payable(), 0.0)

    def test_client_goes_first_and_closes_what_strangers_began(self):
        """Test that who may open the portal's page pays the whole, and alone."""
        self._pay_online("60")
        begun = self.invoice.transaction_ids
        self.authenticate(None, None)
        self._assert_accepted(100.0)
        self.assertEqual(begun.state, "cancel")

    def test_invoices_that_are_not_open_are_refused(self):
        """Test that drafts, canceled and paid invoices and notes aren't paid."""
        draft = self._create_bill("Inv900", 100.0, post=False)
        canceled = self._create_bill("Inv901", 100.0)
        canceled.button_cancel()
        paid = self._create_bill("Inv902", 100.0)
        self._register_payment(paid)
        credit_note = self._create_bill("Inv903", 100.0, move_type="out_refund")
        for invoice in draft | canceled | paid | credit_note:
            with self.subTest(invoice=invoice.name):
                self._assert_refused(100.0, invoice=invoice)
        self.assertEqual(draft.state, "draft")

    def test_company_that_did_not_switch_it_on_is_not_guarded(self):
        """Test that the setting is each company's own."""
        other = self.setup_other_company()
        self.assertFalse(other["company"].sudo().paynow_guard_portal)
        self.company.sudo().paynow_guard_portal = False
        other["company"].sudo().paynow_guard_portal = True
        self._assert_accepted(5000.0)

    def test_validation_of_a_method_is_no_way_around(self):
        """Test that a payment of nothing isn't started on an invoice."""
        self._assert_refused(100.0, is_validation=True)

    def test_providers_that_are_not_offered_are_refused(self):
        """Test that nobody pays with a disabled or foreign company's provider."""
        other_company = self.setup_other_company()["company"]
        foreign = self.provider.copy({"name": "Foreign"})
        foreign.company_id = other_company
        foreign.state = "test"
        disabled = self.provider.copy({"name": "Disabled", "state": "disabled"})
        for provider in (foreign, disabled):
            with self.subTest(provider=provider.name):
                self._assert_refused(100.0, provider_id=provider.id)

    def test_wrong_token_is_refused_as_ever(self):
        """Test that Odoo's own check of the link still comes first."""
        with self.assertRaises(JsonRpcException), mute_logger("odoo.http"):
            self.make_jsonrpc_request(
                f"/invoice/transaction/{self.invoice.id}",
                {"access_token": "x", "amount": 100.0},
            )

    # === SEVERAL INVOICES === #

    def _prepare_overdue(self):
        """Give a portal user two overdue invoices of 100 and 50."""
        partner = self.portal_user.partner_id
        invoices = self.env["account.move"]
        for number, amount in (("Inv910", 100.0), ("Inv911", 50.0)):
            invoices |= self._create_bill(
                number,
                amount,
                partner_id=partner.id,
                invoice_date="2024-01-01",
                invoice_date_due="2024-01-31",
                invoice_payment_term_id=False,
            )
        self.authenticate("portal_user", "portal_user")
        return invoices

    def _post_overdue(self, amount):
        """Pay all overdue invoices in the portal."""
        with mute_logger("odoo.http"):
            return self.make_jsonrpc_request(
                "/invoice/transaction/overdue",
                {
                    "payment_reference": "OVERDUE",
                    "provider_id": self.provider.id,
                    "payment_method_id": self.payment_method_id,
                    "token_id": None,
                    "amount": amount,
                    "flow": "direct",
                    "tokenization_requested": False,
                    "landing_route": "/my/invoices",
                },
            )

    def test_overdue_invoices_can_be_paid_together(self):
        """Test that the sum of what is still to pay is taken."""
        invoices = self._prepare_overdue()
        tx = self._get_tx(self._post_overdue(150.0)["reference"])
        self.assertEqual(tx.invoice_ids, invoices)

    def test_overdue_invoices_can_not_be_overpaid(self):
        """Test that more than the sum, or what is under way, is refused."""
        invoices = self._prepare_overdue()
        self.assertEqual(self._post_overdue(150.01)["state"], "error")
        self._pay("pending", amount=50.0, invoice_ids=[Command.set(invoices[1].ids)])
        self.assertEqual(self._post_overdue(150.0)["state"], "error")
        self.assertIn("reference", self._post_overdue(100.0))
