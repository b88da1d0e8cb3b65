# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.tests import tagged

from ..common_items import PaynowItemsCommon


@tagged("-at_install", "post_install")
class TestItemsBooks(PaynowItemsCommon):
    """One payment of several invoices, from *Pay* to the books and back."""

    def setUp(self):
        super().setUp()
        self._arrive()

    def _get_residuals(self):
        return [invoice.amount_residual for invoice in self.invoices]

    def test_each_invoice_gets_what_was_chosen(self):
        tx = self._pay_items({self.invoice: "60", self.late: "50", self.later: "0.01"})
        self.assertEqual(
            self._get_shares(tx),
            {self.invoice: 60.0, self.late: 50.0, self.later: 0.01},
        )
        payment = self._confirm(tx)
        self.assertEqual(self._get_residuals(), [40.0, 0.0, 69.99])
        self._assert_books(tx, 110.01)
        liquidity, counterpart, write_off = payment._seek_for_lines()
        self.assertEqual(liquidity.mapped("balance"), [110.01])
        self.assertEqual(sorted(counterpart.mapped("balance")), [-60.0, -50.0, -0.01])
        self.assertTrue(all(counterpart.mapped("reconciled")))
        self.assertFalse(write_off)

    def test_what_is_on_its_way_counts_by_item(self):
        self._pay_items({self.invoice: "60", self.late: "50"})._set_pending()
        payable = [invoice._paynow_get_payable() for invoice in self.invoices]
        self.assertEqual(payable, [40.0, 0.0, 70.0])

    def test_the_instalment_that_was_chosen_is_paid(self):
        """Test it with the second one, which nobody would pay first."""
        terms = self._create_terms((50, 0), (50, 30))
        invoice = self._create_bill("Inv127", 90.0, invoice_payment_term_id=terms.id)
        first, second = invoice._paynow_get_term_lines().sorted("date_maturity")
        response = self._pick({}, item=str(second.id), **{f"amount_{second.id}": "45"})
        context = self._get_payment_context(self.url_open(response.headers["Location"]))
        answer = self._post_transaction(
            self._prepare_form(context), route=context["transaction_route"]
        ).json()["result"]
        tx = self._get_tx(answer["reference"])
        tx._set_pending()
        late, later = invoice._paynow_get_open_items()
        self.assertEqual((late.still_to_pay, later.still_to_pay), (45.0, 0.0))
        self._confirm(tx)
        self.assertEqual(first.amount_residual, 45.0)
        self.assertTrue(second.reconciled)

    def test_a_discount_is_booked_with_its_invoice(self):
        terms = self._create_terms((100, 30), early_discount=True)
        terms.write({"discount_percentage": 2.0, "discount_days": 10})
        invoice = self._create_bill("Inv128", 100.0, invoice_payment_term_id=terms.id)
        tx = self._pay_items({invoice: "98", self.late: "20"})
        tx._set_pending()
        self.assertEqual(invoice._paynow_get_payable(), 0.0)
        payment = self._confirm(tx)
        self.assertEqual(invoice.amount_residual, 0.0)
        self.assertEqual(self.late.amount_residual, 30.0)
        _liquidity, counterpart, write_off = payment._seek_for_lines()
        self.assertEqual(sorted(counterpart.mapped("balance")), [-100.0, -20.0])
        self.assertEqual(write_off.mapped("balance"), [2.0])

    def test_what_was_paid_meanwhile_becomes_a_credit_of_its_own(self):
        """Test that the other invoices get no more than was chosen for them."""
        tx = self._pay_items({self.invoice: "60", self.late: "50"})
        self._register_payment(self.late)
        self._confirm(tx)
        self.assertEqual(self._get_residuals(), [40.0, 0.0, 70.0])
        self.assertEqual(tx._paynow_get_credit(), 50.0)
        self.assertIn(
            "Pay Now: payment not allocated",
            self.invoices.activity_ids.mapped("summary"),
        )

    def test_a_returned_payment_opens_each_invoice_by_its_own_amount(self):
        tx = self._pay_items({self.invoice: "60", self.late: "50"})
        self._confirm(tx)
        tx._paynow_mark_returned("R01", self.company._paynow_get_today())
        self.assertEqual(self._get_residuals(), [100.0, 50.0, 70.0])
        self.assertEqual(tx.state, "cancel")
        self.assertIn("returned", self._get_mails().sorted("id")[-1:].subject)

    def test_parts_that_are_captured_are_booked_in_the_order_of_the_list(self):
        tx = self._pay_items({self.invoice: "60", self.late: "50"})
        tx.provider_id.support_manual_capture = "partial"
        tx._set_authorized()
        part = tx._create_child_transaction(70.0)
        self._confirm(part)
        self.assertEqual(self._get_residuals(), [80.0, 0.0, 70.0])
        self.assertEqual(self.invoice._paynow_get_payable(), 40.0)
        rest = tx._create_child_transaction(40.0)
        self._confirm(rest)
        self.assertEqual(self._get_residuals(), [40.0, 0.0, 70.0])

    def test_the_draft_entry_of_a_payment_keeps_its_rows(self):
        payment = self._confirm(self._pay_items({self.invoice: "60", self.late: "50"}))
        payment.action_draft()
        payment.date = self._days(-1)
        payment.action_post()
        self.assertEqual(self._get_residuals(), [40.0, 0.0, 70.0])

    def test_many_invoices_give_a_short_reference(self):
        tx = self._pay_items({self.invoice: "60", self.late: "50"})
        self.assertEqual(tx.reference, "Inv124-and-1")

    def test_the_same_try_is_taken_up_again(self):
        context = self._open_picked({self.invoice: "60", self.late: "50"})
        references = {
            self._post_transaction(
                self._prepare_form(context), route=context["transaction_route"]
            ).json()["result"]["reference"]
            for _try in range(2)
        }
        self.assertEqual(len(references), 1)

    def test_another_choice_replaces_the_last_one(self):
        first = self._pay_items({self.invoice: "60", self.late: "50"})
        second = self._pay_items({self.invoice: "70", self.late: "40"})
        self.assertNotEqual(first, second)
        self.assertEqual(first.state, "cancel")
        self.assertEqual(first.paynow_replaced_by_id, second)

    def test_the_receipt_lists_all_rows(self):
        tx = self._pay_items({self.invoice: "60", self.late: "50"})
        self._confirm(tx)
        receipt = self._open_receipt(tx)
        text = self._get_text(receipt, "//*[@id='o_paynow_receipt']//dl")
        self.assertIn("Inv124 $50.00 Inv123 $60.00", text)
        self.assertIn("Amount $110.00", text)
        (mail,) = self._get_mails()
        self.assertIn("Inv124", mail.subject)
        self.assertIn("$60.00", mail.body_html)
        self.assertIn("$50.00", mail.body_html)
