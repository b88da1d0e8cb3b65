# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.fields import Command
from odoo.tests import tagged

from ..common_items import PaynowItemsCommon


@tagged("-at_install", "post_install")
class TestItemsForged(PaynowItemsCommon):
    """What no list offers, and no payment takes."""

    def setUp(self):
        super().setUp()
        self._arrive()

    def _assert_not_taken(self, line=None, amount="10", **data):
        """Assert the one answer to what the list did not offer."""
        if line is not None:
            data = {"item": str(line.id), f"amount_{line.id}": amount, **data}
        response = self._pick({}, **data)
        self.assertEqual(response.status_code, 200)
        self.assertIn("can't be paid here any more", self._get_alert(response))

    def _create_other_bill(self):
        """Return an invoice of the same client, of another company."""
        company = self._create_company(name="Another company")
        company.paynow_enabled = True
        bill = (
            self.env["account.move"]
            .with_company(company)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.client.id,
                    "invoice_line_ids": [
                        Command.create(
                            {"name": "Service", "price_unit": 10.0, "tax_ids": []}
                        )
                    ],
                }
            )
        )
        bill.action_post()
        return bill

    def test_rows_of_others_are_not_taken(self):
        euro = self._enable_currency("EUR")
        bills = {
            "of another client": self._create_bill(
                "Inv130", 10.0, partner_id=self.stranger.id
            ),
            "of another currency": self._create_bill(
                "Inv131", 10.0, currency_id=euro.id
            ),
            "of another company": self._create_other_bill(),
            "a draft": self._create_bill("Inv132", 10.0, post=False),
        }
        for name, bill in bills.items():
            with self.subTest(name):
                self._assert_not_taken(self._get_line(bill))
        for name, line in {
            "not of the client": self.invoice.line_ids.filtered(
                lambda line: line.display_type == "product"
            ),
            "none": self.env["account.move.line"].browse(2**31 - 1),
        }.items():
            with self.subTest(name):
                self._assert_not_taken(line)

    def test_a_row_is_taken_once(self):
        line = self._get_line(self.invoice)
        self._assert_not_taken(item=[str(line.id)] * 2, **{f"amount_{line.id}": "10"})

    def test_what_is_no_row_is_not_taken(self):
        for item in ("-1", "1e3", "' OR 1=1", "²", "9" * 40):
            with self.subTest(item):
                self._assert_not_taken(item=item)

    def test_amounts_of_nothing_or_less_are_not_taken(self):
        for amount in ("0", "-5", "NaN", "1e5", "0.001", ""):
            with self.subTest(amount):
                response = self._pick({self.invoice: amount})
                self.assertEqual(response.status_code, 200)

    def test_a_payment_is_of_what_was_ticked_and_no_more(self):
        context = self._open_picked({self.invoice: "60", self.late: "50"})
        form = self._prepare_form(context)
        for name, changes, route in (
            ("another amount", {"amount": 10.0}, context["transaction_route"]),
            ("another invoice", {}, f"/PAYNOW/transaction/{self.later.id}"),
            (
                "the second invoice",
                {},
                f"/PAYNOW/transaction/{self.invoice.id}",
            ),
            ("a saved method", {"token_id": 1}, context["transaction_route"]),
        ):
            with self.subTest(name):
                answer = self._post_transaction({**form, **changes}, route=route)
                self.assertEqual(answer.json()["result"]["state"], "error")
        self.assertFalse(self.invoices.transaction_ids)

    def test_a_proof_pays_once(self):
        context = self._open_picked({self.invoice: "60", self.late: "50"})
        form, route = self._prepare_form(context), context["transaction_route"]
        reference = self._post_transaction(form, route=route).json()["result"][
            "reference"
        ]
        self._confirm(self._get_tx(reference))
        answer = self._post_transaction(form, route=route).json()["result"]
        self.assertEqual(answer["state"], "error")
        self.assertIn("Inv124: There is nothing left", answer["state_message"])
        self.assertEqual(len(self.invoices.transaction_ids), 1)

    def test_a_proof_is_of_no_use_to_another_browser(self):
        context = self._open_picked({self.invoice: "60", self.late: "50"})
        form = self._prepare_form(context)
        self.authenticate(None, None)
        answer = self._post_transaction(form, route=context["transaction_route"])
        self.assertEqual(answer.json()["result"]["state"], "error")

    def test_what_changed_since_is_told_by_row_and_nothing_is_charged(self):
        context = self._open_picked({self.invoice: "100", self.late: "50"})
        self._pay(state="pending", amount=30.0)
        answer = self._post_transaction(
            self._prepare_form(context), route=context["transaction_route"]
        ).json()["result"]
        self.assertEqual(answer["state"], "error")
        self.assertIn("Inv123: Only $70.00", answer["state_message"])
        self.assertNotIn("Inv124", answer["state_message"])
        self.assertFalse(self.late.transaction_ids)

    def test_declines_close_each_of_the_invoices(self):
        """Test that an invoice is not tried on and on in ever new company."""
        tx = self._pay_items({self.invoice: "60", self.late: "50"})
        tx._set_error("No.")
        limits = {"invoice_id": self.invoice.id, "is_known": True}
        Limit = self.env["paynow.limit"]
        Limit.sudo().search(
            [("kind", "=", "payment_declined"), ("key", "=", "invoice_id")]
        ).maximum = 1
        self.assertTrue(Limit._get_wait(self.company, "payment", **limits))
        limits["invoice_id"] = [self.later.id, self.late.id]
        self.assertTrue(Limit._get_wait(self.company, "payment", **limits))
        limits["invoice_id"] = [self.later.id]
        self.assertFalse(Limit._get_wait(self.company, "payment", **limits))
