# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _paynow_get_dates(self):
        """Return when these lines of one open item were issued, and are due.

        :return: Both days; of an invoice those of the whole.
        :rtype: tuple[datetime.date, datetime.date]
        """
        move = self.move_id
        if move.is_sale_document(include_receipts=True):
            return move.invoice_date or move.date, move.invoice_date_due or move.date
        return move.date, self.date_maturity or move.date

    def _paynow_get_price(self, payment, rest):
        """Return what a payment must bring to close this line.

        That is less than its rest where the payment earns the early payment discount.

        :param account.payment payment: The payment.
        :param float rest: What is left of this line, in its currency.
        :return: The amount in the currency of the payment.
        :rtype: float
        """
        self.ensure_one()
        price = payment._paynow_convert(rest, self.currency_id, payment.currency_id)
        discounted = self.discount_amount_currency
        if (
            self.move_id._is_eligible_for_early_payment_discount(
                payment.currency_id, payment._paynow_get_discount_day()
            )
            # Odoo grants it for exactly this amount, and only for all of the line.
            and not self.currency_id.compare_amounts(rest, self.amount_currency)
            and not self.currency_id.compare_amounts(payment.amount, discounted)
        ):
            return discounted
        return price
