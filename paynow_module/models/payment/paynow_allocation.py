# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, fields, models


class PaynowAllocation(models.Model):
    """What one payment of several open items has for one of them.

    A payment without any is for its one invoice. Each is made by the guard, together
    with the transaction, and never changed: what is on its way, the books, the receipt
    and refunds go by them.
    """

    _name = "paynow.allocation"
    _description = "Pay Now Allocation"
    _order = "transaction_id desc, id"
    _rec_name = "number"

    transaction_id = fields.Many2one(
        comodel_name="payment.transaction",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    invoice_id = fields.Many2one(
        comodel_name="account.move",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",  # One that was paid online can't be deleted.
    )
    line_id = fields.Many2one(
        string="Open item",
        comodel_name="account.move.line",
        help="The instalment of the invoice; none once that was made anew.",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    number = fields.Char(
        help="The number of the invoice, and which of its instalments it is.",
        compute="_compute_number",
        compute_sudo=True,  # The payer reads it on the receipt.
    )
    currency_id = fields.Many2one(related="transaction_id.currency_id")
    amount = fields.Monetary(required=True, readonly=True)
    source_id = fields.Many2one(
        string="Refunds",
        comodel_name="paynow.allocation",
        help="Of a refund: what of the payment it gives back.",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    reason = fields.Char(
        string="Reason of the payer",
        help="Why they paid less than what was still to pay, in their own words.",
        readonly=True,
    )

    _line_uniq = models.UniqueIndex(
        "(transaction_id, line_id)", "This payment has an amount for this item already."
    )
    _amount_positive = models.Constraint(
        "CHECK(amount > 0)", "An allocation is of more than nothing."
    )

    @api.depends("line_id", "invoice_id.name")
    @api.depends_context("lang")
    def _compute_number(self):
        numbers = self.line_id._paynow_get_numbers()
        for allocation in self:
            allocation.number = (
                numbers.get(allocation.line_id) or allocation.invoice_id.name
            )

    def _get_account(self):
        """Return the receivable account on which the item stands.

        :rtype: account.account
        """
        self.ensure_one()
        lines = self.line_id or self.invoice_id._paynow_get_payable_lines()
        return lines.account_id

    def _get_open_lines(self):
        """Return what can take the amount in the books now.

        What the item no longer takes, the other instalments of its invoice do, as what
        is on its way says.

        :return: The open item, if it is open; and what else is open of its invoice, the
            first due first. Nothing of an invoice that is not posted.
        :rtype: tuple[account.move.line, account.move.line]
        """
        self.ensure_one()
        if self.invoice_id.state != "posted":
            return self.line_id.browse(), self.line_id.browse()
        lines = self.invoice_id._paynow_get_payable_lines() - self.line_id
        return tuple(
            each.filtered(
                lambda line: (
                    not line.reconciled and line.account_id == self._get_account()
                )
            ).sorted(lambda line: (line.date_maturity or line.date, line.id))
            for each in (self.line_id, lines)
        )

    def _get_refunded(self):
        """Return what was refunded of this.

        :return: The amount in the currency of the payment.
        :rtype: float
        """
        self.ensure_one()
        refunds = self.search([("source_id", "=", self.id)]).filtered(
            lambda refund: refund.transaction_id.state == "done"
        )
        return sum(refunds.mapped("amount"))

    def _prepare_refund_lines(self, payment, counterpart):
        """Prepare the receivable lines of a refund: one for each of these.

        :param account.payment payment: The refund, not in the books yet.
        :param dict counterpart: The values of the one line, as `account` prepares it.
        :return: The values of the lines.
        :rtype: list[dict]
        """
        currency = payment.company_id.currency_id
        left = counterpart["debit"]
        common = {
            key: value
            for key, value in counterpart.items()
            if key not in ("debit", "credit")
        }
        lines = []
        for allocation in self:
            is_last = allocation == self[-1:]
            balance = currency.round(
                left
                if is_last  # With what rounding left.
                else payment.currency_id._convert(
                    allocation.amount, currency, payment.company_id, payment.date
                )
            )
            left -= balance
            lines.append(
                {
                    **common,
                    "name": allocation.number,
                    "account_id": (
                        allocation._get_account().id or counterpart["account_id"]
                    ),
                    "paynow_allocation_id": allocation.id,
                    "amount_currency": allocation.amount,
                    "balance": balance,
                }
            )
        return lines
