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
        ondelete="restrict",
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
