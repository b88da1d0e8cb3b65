# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from ..common_books import PaynowBooksCommon

NOON = fields.Datetime.to_datetime("2026-05-29 12:00:00")


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestDiscount(PaynowBooksCommon):
    """An early payment discount is in the books as the page promised it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.taxes = {
            percent: cls.env["account.tax"].create(
                {"name": f"{percent} %", "amount": percent}
            )
            for percent in (15.0, 6.0)
        }
        cls.terms = cls._create_terms(
            (100.0, 30),
            early_discount=True,
            discount_percentage=2.0,
            discount_days=10,
            early_pay_discount_computation="included",
        )

    def _create_taxed_bill(self, *lines, number="Inv840"):
        """Create an invoice with the discount, at noon.

        :param lines: The price and the percents of the taxes of each line.
        """
        invoice = self._create_bill(
            number,
            1.0,
            post=False,
            invoice_date=NOON.date(),
            invoice_payment_term_id=self.terms.id,
        )
        invoice.invoice_line_ids = [
            Command.clear(),
            *(
                Command.create(
                    {
                        "name": "Service",
                        "price_unit": price,
                        "tax_ids": [
                            Command.set([self.taxes[percent].id for percent in taxes])
                        ],
                    }
                )
                for price, taxes in lines
            ),
        ]
        invoice.action_post()
        return invoice

    def _pay_discounted(self, invoice, state="done", **values):
        """Pay what closes the invoice in time; return the transaction."""
        tx = self._pay(
            state,
            amount=invoice._get_invoice_next_payment_values()["amount_due"],
            invoice_ids=[Command.set(invoice.ids)],
            **values,
        )
        tx._post_process()
        return tx

    def _get_still_to_pay(self, tx):
        """Return what the receipt says is still to pay."""
        return tx.with_context(lang="en_US")._paynow_get_receipt()["still_to_pay"]

    def _get_discount(self, tx):
        """Return what the entry books of the discount, by the name of the line."""
        lines = tx.payment_id.move_id.line_ids
        return {
            (line.name, line.tax_line_id.name or ""): line.balance
            for line in lines.filtered(lambda line: "Discount" in line.name)
        }

    # === SEVERAL TAXES === #

    def test_discount_on_lines_with_different_taxes_is_booked_whole(self):
        """Test that what each of the taxes loses by the discount is booked."""
        invoice = self._create_taxed_bill((100.0, [15.0]), (50.0, [6.0]))
        self.assertEqual(invoice.amount_total, 168.0)
        self.assertFalse(invoice._paynow_get_summary(164.64)["left"])
        tx = self._pay_discounted(invoice)
        self.assertEqual(tx.amount, 164.64)
        self.assertEqual(invoice.amount_residual, 0.0)
        self.assertEqual(self._get_still_to_pay(tx), "$0.00")

    def test_discount_on_a_line_with_two_taxes_is_booked_whole(self):
        """Test that no part is missing where a line has more than one tax."""
        invoice = self._create_taxed_bill((100.0, [15.0, 6.0]))
        self.assertEqual(invoice.amount_total, 121.0)
        self.assertFalse(invoice._paynow_get_summary(118.58)["left"])
        tx = self._pay_discounted(invoice)
        self.assertEqual(tx.amount, 118.58)
        self.assertEqual(invoice.amount_residual, 0.0)
        self.assertEqual(
            self._get_discount(tx),
            {
                ("Early Payment Discount", ""): 2.0,
                ("Early Payment Discount (15.0 %)", "15.0 %"): 0.3,
                ("Early Payment Discount (6.0 %)", "6.0 %"): 0.12,
            },
        )

    def test_entry_is_the_one_of_the_dialog_of_odoo(self):
        """Test that a payment of staff in time books the discount no differently."""
        entries = []
        for number in ("Inv841", "Inv842"):
            invoice = self._create_taxed_bill(
                (100.0, [15.0]), (50.0, [6.0, 15.0]), number=number
            )
            if entries:
                payment = self._pay_discounted(invoice).payment_id
            else:
                payment = (
                    self.env["account.payment.register"]
                    .with_context(active_model="account.move", active_ids=invoice.ids)
                    .create({})
                    ._create_payments()
                )
            self.assertEqual(invoice.amount_residual, 0.0)
            entries.append(
                sorted(
                    (
                        line.balance,
                        line.account_id.id,
                        line.tax_ids.ids,
                        line.tax_line_id.id,
                        line.tax_tag_ids.ids,
                    )
                    for line in payment.move_id.line_ids
                    if line.account_id != payment.outstanding_account_id
                )
            )
        self.assertEqual(*entries)

    # === ON ITS WAY === #

    def test_captured_payment_earns_the_discount(self):
        """Test that who pays with manual capture gets what the page promised."""
        invoice = self._create_taxed_bill((100.0, [15.0]), (50.0, [6.0]))
        tx = self._pay_discounted(invoice, "authorized")
        self.assertEqual(self._get_still_to_pay(tx), "$0.00")
        part = tx._capture()
        part._set_done()
        part._post_process()
        self.assertEqual(invoice.amount_residual, 0.0)

    def test_part_that_was_captured_earns_none(self):
        """Test that a discount is for who pays all of the discounted amount."""
        invoice = self._create_taxed_bill((100.0, [15.0]), (50.0, [6.0]))
        part = self._pay_discounted(invoice, "authorized")._capture(64.64)
        part._set_done()
        part._post_process()
        self.assertEqual(invoice.amount_residual, 103.36)

    def test_bank_payment_under_way_leaves_what_the_page_said(self):
        """Test that the mail of a payment that is initiated asks for no discount."""
        invoice = self._create_taxed_bill((100.0, [15.0]), (50.0, [6.0]))
        tx = self._pay_discounted(invoice, "pending")
        self.assertEqual(self._get_still_to_pay(tx), "$0.00")
        tx._set_done()
        tx._post_process()
        self.assertEqual(self._get_still_to_pay(tx), "$0.00")
        self.assertEqual(invoice.amount_residual, 0.0)

    def test_no_discount_is_promised_beside_another_payment(self):
        """Test that what is on its way first will void the discount, and is told."""
        invoice = self._create_taxed_bill((100.0, [15.0]), (50.0, [6.0]))
        first = self._pay("pending", amount=1.0, invoice_ids=[Command.set(invoice.ids)])
        page = invoice.with_context(lang="en_US")._paynow_get_summary(164.64)
        self.assertEqual(page["left"], "$2.36")
        first._set_done()
        first._post_process()
        self._pay(amount=164.64, invoice_ids=[Command.set(invoice.ids)])._post_process()
        self.assertEqual(invoice.amount_residual, 2.36)

    def test_failed_payment_leaves_the_whole_to_pay(self):
        """Test that a declined payer reads what is owed without a discount."""
        invoice = self._create_taxed_bill((100.0, [15.0]), (50.0, [6.0]))
        tx = self._pay_discounted(invoice, "error")
        self.assertEqual(self._get_still_to_pay(tx), "$168.00")

    # === THE DAY === #

    def test_discount_ends_with_the_day_of_the_company(self):
        """Test that page and books go by the company's day, not by the payer's."""
        self.company.partner_id.tz = "America/Los_Angeles"
        invoice = self._create_taxed_bill((100.0, [15.0]), (50.0, [6.0]))
        last = invoice.line_ids.filtered("discount_date").discount_date
        # It is the day after already in Europe and by the clock of the server.
        with freeze_time(f"{last + timedelta(days=1)} 05:00:00"):
            invoice_eu = invoice.with_context(tz="Europe/Paris")
            self.assertFalse(invoice_eu._paynow_get_summary(164.64)["left"])
            tx = self._pay(amount=164.64, invoice_ids=[Command.set(invoice.ids)])
            tx.with_context(tz="Europe/Paris")._post_process()
            self.assertEqual(invoice.amount_residual, 0.0)
