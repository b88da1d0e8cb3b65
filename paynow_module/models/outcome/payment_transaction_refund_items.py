# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command


class PaymentTransaction(models.Model):
    """Refunds of a payment of several items: each is open again by what it lost.

    Which ones a refund is for, staff say when they make it; one of all that is left
    needs no word. Of a part that was refunded at the provider, nobody knows.
    """

    _inherit = "payment.transaction"

    def _paynow_get_refundable(self):
        """Return what of this booked payment, or part, may go back, by item.

        :return: The amounts in its currency, refunds that are made or under way
            deducted, those of a credit among them.
        :rtype: dict[paynow.allocation, float]
        """
        self.ensure_one()
        shares = self._paynow_get_shares(self.payment_id)
        for partial in self.payment_id.move_id.line_ids.matched_debit_ids:
            allocation = partial.credit_move_id.paynow_allocation_id
            refund_line = partial.debit_move_id
            if (
                allocation in shares
                and refund_line.payment_id.payment_type == "outbound"
                and not refund_line.paynow_allocation_id
            ):
                shares[allocation] = self.currency_id.round(
                    shares[allocation] - partial.credit_amount_currency
                )
        refunds = self.child_transaction_ids.filtered(
            lambda tx: tx.operation == "refund" and tx.state not in ("cancel", "error")
        )
        for refunded in refunds.paynow_allocation_ids:
            if refunded.source_id in shares:
                shares[refunded.source_id] = self.currency_id.round(
                    shares[refunded.source_id] - refunded.amount
                )
        return shares

    def _paynow_prepare_refund(self, amount):
        """Prepare for which items a refund of this payment is.

        :param float amount: The amount in its currency.
        :return: The commands for `paynow_allocation_ids`; none where nobody knows.
        :rtype: list
        :raise UserError: If the item that was chosen got less than that, or staff have
            to wait for the answer to a refund of which that is not known.
        """
        currency = self.currency_id
        left = self._paynow_get_refundable()
        unknown = self.child_transaction_ids.filtered(
            lambda tx: (
                tx.operation == "refund"
                and not tx.paynow_allocation_ids
                and tx.state not in ("cancel", "error")
                and not (tx.state == "done" and tx.is_post_processed)
            )
        )
        rest = sum(left.values()) + sum(unknown.mapped("amount"))  # Below zero.
        if (
            unknown
            and self.env.context.get("payment_backend_action")
            and not self.env.context.get("paynow_refunds_credit")
            and currency.compare_amounts(amount, rest) > 0
        ):
            raise UserError(
                self.env._(
                    "A refund of this payment is under way. Please wait for the"
                    " provider's answer to it."
                )
            )
        chosen_id = self.env.context.get("paynow_refunded_allocation_id")
        if chosen_id:
            left = {each: rest for each, rest in left.items() if each.id == chosen_id}
            if currency.compare_amounts(amount, sum(left.values())) > 0:
                raise UserError(
                    self.env._(
                        "Not more than %(amount)s of this payment is left for that"
                        " invoice.",
                        amount=currency._paynow_format(sum(left.values())),
                    )
                )
            left = dict.fromkeys(left, amount)
        elif currency.compare_amounts(amount, sum(left.values())):
            return []
        return [
            Command.create(
                {
                    "invoice_id": each.invoice_id.id,
                    "line_id": each.line_id.id,
                    "source_id": each.id,
                    "amount": rest,
                }
            )
            for each, rest in left.items()
            if currency.compare_amounts(rest, 0.0) > 0
        ]

    def _create_child_transaction(
        self, amount, is_refund=False, **custom_create_values
    ):
        """Override of `payment` to keep for which items a refund is."""
        if is_refund and self._paynow_get_source().paynow_is_split:
            custom_create_values.setdefault(
                "paynow_allocation_ids", self._paynow_prepare_refund(amount)
            )
        return super()._create_child_transaction(
            amount, is_refund=is_refund, **custom_create_values
        )

    def _create_payment(self, **extra_create_values):
        """Override of `account_payment` to open the items again that were refunded."""
        payment = super()._create_payment(**extra_create_values)
        if self.operation == "refund" and self.paynow_allocation_ids:
            self._paynow_open_again(payment)
        return payment

    def _paynow_open_again(self, payment):
        """Match this refund with what it gives back, in place of what that had paid.

        :param account.payment payment: The refund, posted.
        """
        # What this undoes of taxes and exchange is undone on its day: the period in
        # which the payment came may be closed.
        self_dated = self.with_context(paynow_return_date=payment.date)
        paid = self_dated.source_transaction_id.payment_id.move_id.line_ids
        plan = []
        for refund_line in payment.move_id.line_ids.filtered("paynow_allocation_id"):
            source = refund_line.paynow_allocation_id.source_id
            lines = paid.filtered(
                lambda line, source=source: line.paynow_allocation_id == source
            )
            partials = lines.matched_debit_ids.filtered(
                lambda partial: partial.debit_move_id.display_type == "payment_term"
            )  # Earlier refunds stay matched.
            items = partials.debit_move_id
            partials.unlink()
            # What is not refunded goes on paying the item.
            plan += [refund_line + lines, lines + items]
        for lines in plan:
            lines.filtered(lambda line: not line.reconciled).reconcile()

    def _paynow_get_opened(self):
        """Return which items this refund has opened again.

        What gave a credit back has opened none.

        :return: The numbers, and the amounts in the currency of the payment.
        :rtype: list[tuple[str, float]]
        """
        opened = []
        for each in self.paynow_allocation_ids:
            lines = each.line_id or each.invoice_id._paynow_get_payable_lines()
            is_open = lines.filtered(lambda line: not line.reconciled)
            if is_open and each.invoice_id.state == "posted":
                opened.append((each.number, each.amount))
        return opened
