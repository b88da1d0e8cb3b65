# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import json
from datetime import timedelta

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import PaynowHttpCommon
from ..common_autopay import PaynowAutopayCommon
from ..common_received import PaynowReceivedMixin


@tagged("post_install", "-at_install")
class TestReceivedTwice(PaynowReceivedMixin, PaynowHttpCommon):
    """Nobody pays a second time what was received without a journal entry."""

    def _post_portal(self, document, amount):
        """Pay a document in the portal, and return the answer."""
        self.company.sudo().paynow_guard_portal = True
        params = {
            "provider_id": self.provider.id,
            "payment_method_id": self.payment_method_id,
            "token_id": None,
            "amount": amount,
            "flow": "direct",
            "tokenization_requested": False,
            "landing_route": document.get_portal_url(),
            "access_token": document._portal_ensure_token(),
        }
        with mute_logger("odoo.http"):
            response = self.url_open(
                f"/invoice/transaction/{document.id}",
                data=json.dumps({"jsonrpc": "2.0", "id": 0, "params": params}),
                headers={"Content-Type": "application/json"},
            )
        return response.json()["result"]

    def test_the_page_takes_the_money_once(self):
        tx = self._pay_online()
        tx._set_done()
        tx._post_process()
        self.assertFalse(tx.payment_id.move_id)
        response = self._look_up()
        self.assertEqual(response.status_code, 200)
        self.assertIn("no open invoice", self._get_alert(response))

    def test_an_open_checkout_takes_no_more_than_is_left(self):
        form = self._prepare_form()
        self._receive(30.0)
        result = self._post_transaction(form).json()["result"]
        self.assertEqual(result["state"], "error")
        self.assertIn("$70.00", result["state_message"])

    def test_the_mailed_link_says_that_nothing_is_left(self):
        url = self.invoice.paynow_url
        self._receive(100.0)
        response = self.url_open(url[url.index("/PAYNOW") :])
        self.assertFalse(self._parse(response).xpath("//form[@id='o_paynow_form']"))
        self.assertIn("nothing left to pay", response.text)

    def test_the_mailed_link_fills_in_what_is_left(self):
        url = self.invoice.paynow_url
        self._receive(30.0)
        response = self.url_open(url[url.index("/PAYNOW") :])
        self.assertEqual(self._get_values(response)["amount"], "70.00")

    def test_the_portal_takes_no_more_than_is_left(self):
        self._receive(30.0)
        result = self._post_portal(self.invoice, 100.0)
        self.assertEqual(result["state"], "error")
        self.assertIn("reference", self._post_portal(self.invoice, 70.0))

    def test_a_sale_receipt_is_not_paid_twice_in_the_portal(self):
        receipt = self._create_bill("Rec330", 100.0, move_type="out_receipt")
        self._receive(30.0, receipt)
        self.assertEqual(self._post_portal(receipt, 100.0)["state"], "error")
        self.assertIn("reference", self._post_portal(receipt, 70.0))


@tagged("post_install", "-at_install")
class TestReceivedAutopay(PaynowReceivedMixin, PaynowAutopayCommon):
    """Automatic payment takes what was not received without a journal entry."""

    def _get_amounts(self):
        return [amount for _reference, amount in self.charges]

    def test_what_was_received_is_not_charged(self):
        paid = self._bill("Paid", due=1)
        part = self._bill("Part", due=1)
        self._choose()
        self._receive(100.0, paid)
        self._receive(30.0, part)
        self._run(days=1)
        self.assertEqual(self._get_amounts(), [70.0])

    def test_a_run_is_not_made_twice(self):
        invoice = self._bill("One", due=1)
        self._choose()
        self._run(days=1)
        self.assertFalse(self._get_txs(invoice).payment_id.move_id)
        self._run(days=2)
        self.assertEqual(self._get_amounts(), [100.0])

    def test_an_instalment_that_was_received_is_not_charged(self):
        terms = self._create_terms((50, 1), (50, 31))
        invoice = self._bill("Parts", invoice_payment_term_id=terms.id)
        self._choose()
        self._receive(50.0, invoice)
        self._run(days=1)
        self.assertFalse(self.charges)
        self.assertEqual(
            invoice._paynow_get_autopay_date(), self.today + timedelta(days=31)
        )
        self._run(days=31)
        self.assertEqual(self._get_amounts(), [50.0])

    def test_a_discount_is_not_taken_beside_what_was_received(self):
        terms = self._create_terms(
            (100, 30), early_discount=True, discount_percentage=2, discount_days=10
        )
        invoice = self._bill("Discount", invoice_payment_term_id=terms.id)
        self._choose(invoice, timing="before", days=30)
        self._receive(50.0, invoice)
        invoice.paynow_autopay_date = self.today
        invoice.paynow_autopay_tries = 1
        self._run()
        self.assertEqual(self._get_amounts(), [50.0])
