# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import fields
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..common_attempts import PaynowAttemptCommon

NOON = fields.Datetime.to_datetime("2026-05-29 12:00:00")
LIMIT = "paynow_module.limit_"


@tagged("post_install", "-at_install")
class TestPaymentLimits(PaynowAttemptCommon):
    """How many payments are started and declined before they are turned away."""

    def _assert_payment_closed(self, form, invoice=None):
        """Assert that the transaction route asks to come back later, without a row."""
        before = self.env["payment.transaction"].sudo().search_count([])
        attempts = self._get_attempts()
        response = self._send_form(form, invoice)
        self.assertEqual(response.status_code, 429)
        self.assertGreater(int(response.headers["Retry-After"]), 0)
        self.assertEqual(response.headers.get("Cache-Control"), "no-store")
        answer = response.json()
        self.assertEqual(answer["id"], 0)
        result = answer["result"]  # The payment form shows it, as any refusal.
        self.assertEqual(set(result), {"state", "state_message"})
        self.assertIn("too many tries", result["state_message"])
        self.assertEqual(
            self.env["payment.transaction"].sudo().search_count([]), before
        )
        self.assertEqual(self._get_attempts(), attempts)

    def test_payments_of_an_invoice_are_limited(self):
        """Test that nobody starts payments of an invoice without end."""
        form = self._prepare_form()
        self._record("payment_started", 30, invoice_id=self.invoice.id)
        self._assert_payment_closed(form)

    def test_payments_of_another_invoice_are_not_affected(self):
        """Test that each invoice is counted by itself."""
        other_invoice = self._create_bill("Inv602", 100.0)
        form = self._prepare_form(self._open_checkout(invoice="Inv602"))
        self._record("payment_started", 30, invoice_id=self.invoice.id)
        self.assertEqual(self._post_form(form, other_invoice)["state"], "draft")

    def test_payments_of_a_visitor_are_limited(self):
        """Test that nobody starts payments of many invoices without end."""
        form = self._prepare_form()
        self._record("payment_started", 60, ip="127.0.0.1")
        self._assert_payment_closed(form)

    def test_payments_of_the_company_are_limited(self):
        """Test that a flood of payments from everywhere is stopped."""
        form = self._prepare_form()
        with freeze_time(fields.Datetime.now()):
            self._record("payment_started", 120)
            self._assert_payment_closed(form)

    def test_five_declines_close_payments_of_the_invoice(self):
        """Test that stolen cards can't be tried one after the other."""
        form = self._prepare_form()
        for _count in range(4):
            self._pay("error", amount=10.0)
        self.assertEqual(self._post_form(form)["state"], "draft")
        self.invoice.sudo().transaction_ids.filtered(
            lambda tx: tx.state == "draft"
        )._set_error("Declined")
        self._assert_payment_closed(form)

    def test_strangers_close_no_payment_to_who_came_by_a_link(self):
        """Test that who got the invoice from us has tries of their own."""
        form, declined = self._prepare_form(), {"invoice_id": self.invoice.id}
        self._record("payment_declined", 5, **declined)
        self._assert_payment_closed(form)
        self.url_open(f"/PAYNOW?link={self._get_link_token()}")
        self.assertEqual(self._post_form(form)["state"], "draft")
        self._record("payment_declined", 5, **declined, is_known=True)
        self._assert_payment_closed(form)

    def test_decline_of_a_known_client_counts_as_such(self):
        """Test that a decline is of whom the payment was."""
        tx = self._pay("draft", amount=10.0)
        self._record("payment_started", 1, is_known=True, transaction_id=tx.id)
        tx._set_error("Declined")
        self.assertTrue(self._get_attempts("payment_declined").is_known)

    def test_decline_is_counted_for_who_started_that_payment(self):
        """Test that the visitor of another payment is not the one, nor nobody.

        Nor is it another company than that of the page: a branch may be paid elsewhere.
        """
        parent = self.env["res.company"].sudo().create({"name": "Parent"})
        first, second, unknown = (self._pay("draft", amount=10.0) for _n in range(3))
        for tx, ip, source in (
            (first, "192.0.2.1", "mail"),
            (second, "192.0.2.2", "qr"),
        ):
            self._record(
                "payment_started", 1, ip=ip, source=source, transaction_id=tx.id
            )
        started = self._get_attempts("payment_started")
        started.filtered(lambda a: a.transaction_id == first).company_id = parent
        (first | unknown)._set_error("Declined")
        declined = self._get_attempts("payment_declined").sorted("id")
        self.assertEqual(
            declined.mapped(lambda a: (a.transaction_id, a.ip, a.source, a.company_id)),
            [
                (first, "192.0.2.1", "mail", parent),
                (unknown, False, "page", self.company),
            ],
        )

    def test_declines_are_counted_for_whoever_started_the_payment(self):
        """Test that the visitor of a declined payment is known, not the provider's."""
        self._post_form(self._prepare_form())
        tx = self.invoice.sudo().transaction_ids
        started = self._get_attempts("payment_started")
        self.assertEqual(started.transaction_id, tx)
        self.assertEqual(started.ip, "127.0.0.1")
        tx._set_error("Declined")
        declined = self._get_attempts("payment_declined")
        self.assertRecordValues(
            declined,
            [
                {
                    "ip": "127.0.0.1",
                    "invoice_id": self.invoice.id,
                    "transaction_id": tx.id,
                    "company_id": self.company.id,
                }
            ],
        )

    def test_declines_of_a_visitor_close_payments_of_other_invoices(self):
        """Test that a stranger can't go from invoice to invoice with stolen cards."""
        form = self._prepare_form()
        self._record("payment_declined", 5, ip="127.0.0.1")
        self._assert_payment_closed(form)

    def test_without_a_proof_no_invoice_tells_how_often_it_was_tried(self):
        """Test that a stranger can't tell invoices with declines from others."""
        form = self._prepare_form()
        other = self._create_bill("Inv311", 50.0)
        untried = self._create_bill("Inv312", 50.0)
        self._record("payment_declined", 5, invoice_id=self.invoice.id)
        for proof in (None, "x", other._paynow_sign(10.0, self.email)):
            answers = [
                self._send_form({**form, "access_token": proof}, invoice)
                for invoice in (self.invoice, untried)
            ]
            self.assertEqual([answer.status_code for answer in answers], [200, 200])
            self.assertEqual(*(answer.json()["result"] for answer in answers))
        self._assert_payment_closed(form)

    def test_declines_of_other_payments_of_odoo_are_not_counted(self):
        """Test that declines in the portal don't close Pay Now."""
        self._pay("error", is_paynow=False)
        self.assertFalse(self._get_attempts("payment_declined"))

    def test_payments_open_again_by_themselves(self):
        """Test that an invoice can be paid an hour after the last decline."""
        with freeze_time(NOON):
            self._record("payment_declined", 5, invoice_id=self.invoice.id)
        with freeze_time(NOON + timedelta(minutes=59)):
            self._assert_payment_closed(self._sign_form())
        with freeze_time(NOON + timedelta(minutes=60, seconds=1)):
            self.assertEqual(self._post_form(self._sign_form())["state"], "draft")

    def _sign_form(self):
        """Return what the page of a visitor who has just proven the pair sends."""
        return self._prepare_form(
            {
                "amount": 100.0,
                "landing_route": "/PAYNOW/receipt",
                "access_token": self.invoice._paynow_sign(100.0, self.email),
            }
        )

    def test_refused_payments_are_recorded_and_limited(self):
        """Test that forged requests are counted and stopped as well."""
        form = self._prepare_form(amount=1.0)
        self._post_form(form)
        refused = self._get_attempts("payment_refused")
        self.assertEqual(refused.ip, "127.0.0.1")
        self._record("payment_refused", 59, ip="127.0.0.1")
        self._assert_payment_closed(form)

    def test_failure_of_the_server_counts_for_the_same_visitor(self):
        """Test that an error costs a stranger as much as a refusal does."""
        logged = []
        self.patch(
            self.env.registry["paynow.attempt"],
            "_log",
            lambda _self, _company, kind, **values: logged.append((kind, values["ip"])),
        )
        self.patch(
            self.env.registry["payment.transaction"],
            "_get_processing_values",
            lambda _tx: 1 / 0,
        )
        form = self._sign_form()
        for params in (form, {**form, "amount": 1.0}):
            with mute_logger("odoo.http"):
                self._post(
                    f"/PAYNOW/transaction/{self.invoice.id}",
                    ip="2001:db8:1:2::1",
                    json={
                        "id": 0,
                        "jsonrpc": "2.0",
                        "method": "call",
                        "params": params,
                    },
                )
        self.assertFalse(self.invoice.transaction_ids)
        self.assertEqual(logged, [("payment_refused", "2001:db8:1:2::/64")] * 2)
