# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, fields, models


class PaymentTransaction(models.Model):
    """The day of a payment, and the early payment discount that it earns by it.

    The discount goes by the day on which the payer pressed *Pay*: that is when they
    have done their part, and it is all that they know when they choose the amount. A
    bank payment clears days later, and is booked then, with the discount.
    """

    _inherit = "payment.transaction"

    paynow_pressed_date = fields.Date(
        string="Pay pressed on",
        help="The day on which the payer pressed Pay, in the time zone of the company."
        " An early payment discount goes by it, whenever the payment is booked.",
        readonly=True,
        copy=False,
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `payment` to keep the day, even if the company moves."""
        txs = super().create(vals_list)
        for tx in txs.filtered(
            lambda tx: tx.is_paynow and not tx.source_transaction_id
        ):
            company = tx.invoice_ids[:1].company_id or tx.company_id
            tx.paynow_pressed_date = company._paynow_get_today()
        return txs

    def _paynow_get_day(self):
        """Return the day on which the payer pressed *Pay*, for all parts of a payment.

        :rtype: datetime.date
        """
        source = self._paynow_get_source()
        zone = source.company_id._paynow_get_zone()
        return source.paynow_pressed_date or fields.Date.context_today(
            source.with_context(tz=zone), source.create_date
        )  # The latter for those of an older version.

    def _paynow_may_be_resumed(self):
        """Override to begin anew where the day decides on a discount, and is over."""
        terms = self.invoice_ids.invoice_payment_term_id
        return super()._paynow_may_be_resumed() and (
            not any(terms.mapped("early_discount"))
            or self._paynow_get_day() == self.invoice_ids.company_id._paynow_get_today()
        )

    def _create_payment(self, **extra_create_values):
        """Override of `account_payment` to go by the company's day, as the page did.

        And to say what is posted, see `_increase_rank` of `res.partner`.
        """
        tx = self
        if self.is_paynow:
            zone = self.company_id._paynow_get_zone()
            tx = self.with_context(tz=zone, paynow_is_posting=True)
        return super(PaymentTransaction, tx)._create_payment(**extra_create_values)

    def _paynow_prepare_discount(self):
        """Prepare the lines that book the discount which this payment earns.

        A part of it that was captured earns the discount if nothing else is paid.

        :return: The values for `write_off_line_vals` of `account.payment`; none where
            no discount is earned.
        :rtype: list[dict]
        """
        if not self.is_paynow:
            return []
        if self._paynow_get_source().paynow_is_split:
            return [
                line
                for lines in self._paynow_get_discounts().values()
                for line in lines
            ]
        invoice = self._paynow_get_invoices()
        if not self._paynow_earns_discount(invoice):
            return []
        return invoice._paynow_prepare_discount(self._paynow_get_day())

    def _paynow_get_discounts(self, payment=None):
        """Return what books the discounts that a payment of several items earns.

        A part of it that was captured earns one with all that was chosen for an item.

        :param account.payment payment: The payment; none if it is to be made.
        :return: For each allocation that earns one, the values for
            `write_off_line_vals` of `account.payment`.
        :rtype: dict[paynow.allocation, list[dict]]
        """
        return {
            allocation: allocation.invoice_id._paynow_prepare_discount(
                self._paynow_get_day()
            )
            for allocation, share in self._paynow_get_shares(payment).items()
            if self._paynow_earns_discount(allocation.invoice_id, share)
        }

    def _paynow_earns_discount(self, invoice, amount=None):
        """Tell whether this payment closes an invoice of its own, less the discount.

        :param account.move invoice: The invoice.
        :param float amount: What it has for this invoice, if that is known.
        :rtype: bool
        """
        if not self.is_paynow or len(invoice) != 1:
            return False
        if amount is None:
            amount = self.amount
            if self.paynow_is_split:
                own = self._paynow_get_allocations().filtered(
                    lambda allocation: allocation.invoice_id == invoice
                )
                amount = sum(own.mapped("amount"))
        return invoice._paynow_is_discounted(amount, self._paynow_get_day())

    def _paynow_get_still_to_pay(self):
        """Return what is left of the invoice once this payment is in the books.

        :return: The amount in the currency of the invoice.
        :rtype: float
        """
        self.ensure_one()
        return sum(
            invoice._paynow_get_payable() for invoice in self._paynow_get_invoices()
        )
