# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models


class AccountPayment(models.Model):
    """Payments that have no journal entry, and what they pay.

    Where Odoo's accounting app is installed, a payment by a method line without an
    outstanding account stays in process, without an entry, until a line of the bank
    statement is reconciled with the invoice itself; see `create` of `account.payment`.
    """

    _inherit = "account.payment"

    def _paynow_filter_without_entry(self):
        """Return those of these payments that were received and have no journal entry.

        :return: The payments; what is read of them is read for all of a batch at once.
        :rtype: account.payment
        """
        return self.filtered(
            lambda payment: (
                payment.payment_type == "inbound"
                and payment.state in ("in_process", "paid")
                and not payment.move_id
            )
        ).with_prefetch(self._prefetch_ids)

    def _paynow_get_unallocated(self):
        """Return what of this posted payment no invoice took.

        :return: The amount in the currency of the payment.
        :rtype: float
        """
        self.ensure_one()
        if not self.move_id:
            _received, left = self._paynow_allocate()
            return left[self]
        lines = self.move_id.line_ids.filtered(
            lambda line: (
                line.account_id == self.destination_account_id
                or line.account_type == "asset_receivable"  # That of another invoice.
            )
        )
        return -sum(lines.mapped("amount_residual_currency"))

    def _paynow_allocate(self):
        """Share these payments without an entry out among the lines that they pay.

        Of the invoices of one payment, the line that is due first is closed first, as
        when it is reconciled; what was registered first comes first. Other payments of
        the same invoices are shared out as well, so that nothing is closed twice.

        :return: What each open receivable line got, in the currency of the line, and
            what is left of each payment, in the currency of the payment.
        :rtype: tuple[dict[account.move.line, float], dict[account.payment, float]]
        """
        payments = self
        while others := (
            payments.invoice_ids.matched_payment_ids._paynow_filter_without_entry()
            - payments
        ):
            payments = (payments | others).with_prefetch(payments._prefetch_ids)
        received, left = {}, {}
        for payment in payments.sorted("id").with_prefetch(payments._prefetch_ids):
            currency = payment.currency_id
            left[payment] = payment.amount
            for lines, amount in payment._paynow_get_chosen():
                amount = of_lines = min(amount, left[payment])
                for line in lines:
                    rest = line.amount_residual_currency - received.get(line, 0.0)
                    if line.currency_id.compare_amounts(rest, 0.0) <= 0:
                        continue
                    price = line._paynow_get_price(payment, rest, of_lines)
                    share = rest
                    if currency.compare_amounts(amount, price) < 0:
                        price = amount
                        share = payment._paynow_convert(
                            price, currency, line.currency_id
                        )
                    received[line] = received.get(line, 0.0) + min(share, rest)
                    amount = currency.round(amount - price)
                    left[payment] = currency.round(left[payment] - price)
        return received, left

    def _paynow_get_chosen(self):
        """Return which lines this payment may close, and with how much of it.

        `payment` overrides it where the payer has chosen.

        :return: Lines in the order in which they are closed, each time with the amount
            for them, in the currency of the payment.
        :rtype: list[tuple[account.move.line, float]]
        """
        self.ensure_one()
        return [(self._paynow_get_paid_lines(), self.amount)]

    def _paynow_get_paid_lines(self):
        """Return the open lines that this payment may close, the first due first.

        Once a payment is paid, its line of the bank statement is reconciled, and the
        residual of the invoice knows of it. Odoo tells in the same way whether such a
        payment makes an invoice *In Payment*, see `_compute_payment_state`.

        :rtype: account.move.line
        """
        self.ensure_one()
        client = self.partner_id.commercial_partner_id
        moves = self.invoice_ids
        if self.state == "paid":
            moves = moves.filtered(
                lambda move: (
                    move.is_sale_document(include_receipts=True)
                    and not move.currency_id.compare_amounts(
                        move.amount_residual, move.amount_total
                    )
                )
            )
        return moves.line_ids.filtered(
            lambda line: (
                line.parent_state == "posted"
                and line.account_type == "asset_receivable"
                and not line.reconciled
                and line.partner_id.commercial_partner_id == client
            )
        ).sorted(lambda line: (line.date_maturity or line.date, line.id))

    def _paynow_get_discount_day(self):
        """Return the day by which this payment earns an early payment discount.

        `payment` overrides it: of an online payment that is not the day it is booked.

        :rtype: datetime.date
        """
        self.ensure_one()
        return self.date

    def _paynow_convert(self, amount, currency, target):
        """Return an amount in another currency, at the rate of the payment's day.

        :param float amount: The amount.
        :param res.currency currency: Its currency.
        :param res.currency target: The other currency.
        :rtype: float
        """
        self.ensure_one()
        return currency._convert(amount, target, self.company_id, self.date)
