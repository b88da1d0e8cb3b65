# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models

from .payment_transaction_parts import FAILED


class PaymentTransaction(models.Model):
    """The early payment discount that a payment was promised."""

    _inherit = "payment.transaction"

    def _create_payment(self, **extra_create_values):
        """Override of `account_payment` to go by the company's day, as the page did."""
        tx = self
        if self.is_paynow:
            tx = self.with_context(tz=self.company_id._paynow_get_zone())
        return super(PaymentTransaction, tx)._create_payment(**extra_create_values)

    def _paynow_prepare_discount(self):
        """Prepare the lines that book the discount which this payment earns today.

        A part of it that was captured earns the discount if nothing else is paid.

        :return: The values for `write_off_line_vals` of `account.payment`; none where
            no discount is earned.
        :rtype: list[dict]
        """
        if not self.is_paynow:
            return []
        invoice = self._paynow_get_invoices()
        if len(invoice) != 1 or not invoice._paynow_is_discounted(self.amount):
            return []
        return invoice._paynow_prepare_discount()

    def _paynow_get_still_to_pay(self):
        """Return what is left of the invoice once this payment is in the books.

        :return: The amount in the currency of the invoice.
        :rtype: float
        """
        self.ensure_one()
        invoices = self._paynow_get_invoices()
        if (
            self.state not in FAILED
            and len(invoices) == 1
            and invoices._paynow_is_discounted(self.amount)
            and not self.currency_id.compare_amounts(
                self.amount, invoices._paynow_get_in_flight()
            )
        ):
            return 0.0  # If it comes in time, as the page said.
        return sum(invoice._paynow_get_payable() for invoice in invoices)
