# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, fields, models
from odoo.fields import Command


class AccountPayment(models.Model):
    """The entry of a Pay Now payment: its discount, and what each item gets."""

    _inherit = "account.payment"

    paynow_is_split = fields.Boolean(
        string="Pays several items", compute="_compute_paynow_is_split"
    )

    @api.depends("payment_transaction_id", "payment_type")
    def _compute_paynow_is_split(self):
        for payment in self:
            payment.paynow_is_split = payment._paynow_is_split()

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `account` to book all of the discount that a payer was promised.

        `account_payment` passes on the first line of each kind only, so what a second
        tax loses would stay owed; and of a captured part, none.
        """
        for vals in vals_list:
            tx = self.env["payment.transaction"].browse(
                vals.get("payment_transaction_id")
            )
            lines = tx._paynow_prepare_discount()
            if lines or self.env.context.get("paynow_is_split"):
                # Odoo's own may be those of one item, by the sum of all.
                vals["write_off_line_vals"] = lines
                # As Odoo's own dialog does: the taxes are among the lines already.
                self = self.with_context(skip_invoice_sync=True)
        return super().create(vals_list)

    def _paynow_get_discount_day(self):
        """Override to go by the day on which the payer pressed *Pay*."""
        tx_sudo = self.payment_transaction_id.sudo()  # Clients see what they paid.
        if tx_sudo.is_paynow:
            return tx_sudo._paynow_get_day()
        return super()._paynow_get_discount_day()

    def _prepare_move_line_default_vals(
        self, write_off_line_vals=None, force_balance=None
    ):
        """Override of `account` to book what the payer chose for each open item."""
        lines = super()._prepare_move_line_default_vals(
            write_off_line_vals=write_off_line_vals, force_balance=force_balance
        )
        refunded = self._paynow_get_refunded_allocations()
        if not refunded and not self._paynow_is_split():
            return lines
        liquidity, counterpart, *write_offs = lines
        if refunded:
            return [
                liquidity,
                *refunded._prepare_refund_lines(self, counterpart),
                *write_offs,
            ]
        tx_sudo = self.payment_transaction_id.sudo()  # Not all who book read it.
        return [
            liquidity,
            *tx_sudo._paynow_split_counterpart(self, counterpart, write_offs),
            *write_offs,
        ]

    def _synchronize_to_moves(self, changed_fields):
        """Override of `account` to make the lines of a draft anew, one for each item.

        Odoo knows one receivable line only.
        """
        drafts = self.filtered(
            lambda payment: (
                payment.move_id.state == "draft"
                and (
                    payment._paynow_is_split()
                    or payment._paynow_get_refunded_allocations()
                )
            )
        )
        if changed_fields & set(self._get_trigger_fields_to_synchronize()):
            # A draft stays matched; what it closed earns its discount anew.
            drafts.move_id.line_ids.remove_move_reconcile()
            for payment in drafts:
                payment.move_id.with_context(skip_invoice_sync=True).write(
                    {
                        "date": payment.date,
                        "partner_id": payment.partner_id.id,
                        "currency_id": payment.currency_id.id,
                        "line_ids": [
                            Command.clear(),
                            *map(
                                Command.create,
                                payment._prepare_move_line_default_vals(
                                    payment._paynow_prepare_write_offs()
                                ),
                            ),
                        ],
                    }
                )
        return super(AccountPayment, self - drafts)._synchronize_to_moves(
            changed_fields
        )

    def action_post(self):
        """Override of `account` to match each line with the item that it is for."""
        res = super().action_post()
        for payment in self.filtered(lambda payment: payment._paynow_is_split()):
            payment._paynow_match()
        return res

    def _paynow_match(self):
        """Match the lines of this payment with what their allocations are for.

        What an item no longer takes stays open, as a credit of the client.
        """
        self.ensure_one()
        plan = []
        for line in self.move_id.line_ids.filtered(
            lambda line: line.paynow_allocation_id and not line.reconciled
        ):
            # In sudo mode as not all who book may read allocations.
            own, others = line.sudo().paynow_allocation_id._get_open_lines()
            if lines := (own + others).sudo(self.env.su):
                plan.append([line + own.sudo(self.env.su), line + lines])
        self.env["account.move.line"].with_context(
            paynow_is_split=False
        )._reconcile_plan(plan)

    def _paynow_get_refunded_allocations(self):
        """Return what this payment gives back, if it is a refund of several items.

        :rtype: paynow.allocation
        """
        self.ensure_one()
        tx_sudo = self.payment_transaction_id.sudo()  # Not all who book read it.
        if self.payment_type != "outbound" or tx_sudo.operation != "refund":
            return tx_sudo.paynow_allocation_ids.browse()
        return tx_sudo.paynow_allocation_ids

    def _paynow_is_split(self):
        """Tell whether this payment came in for several items, each with its amount.

        :rtype: bool
        """
        self.ensure_one()
        tx_sudo = self.payment_transaction_id.sudo()  # Not all who book read it.
        return bool(
            tx_sudo
            and self.payment_type == "inbound"
            and tx_sudo._paynow_get_source().paynow_is_split
        )

    def _paynow_get_chosen(self):
        """Override to know it of a payment of several items."""
        if not self._paynow_is_split():
            return super()._paynow_get_chosen()
        tx_sudo = self.payment_transaction_id.sudo()  # Clients see what they paid.
        paid_lines = self._paynow_get_paid_lines()
        chosen = []
        for allocation, share in tx_sudo._paynow_get_shares(self).items():
            own, others = allocation._get_open_lines()
            lines = (own + others).filtered(lambda line: line in paid_lines)
            share -= allocation._get_refunded()
            chosen.append((lines.with_env(self.env), share))
        return chosen

    def _paynow_prepare_write_offs(self):
        """Prepare the lines that book the discounts of the items of this payment.

        :return: The values for `_prepare_move_line_default_vals` of `account`.
        :rtype: list[dict]
        """
        if not self._paynow_is_split():
            return []  # A refund leaves the discount where it is.
        tx_sudo = self.payment_transaction_id.sudo()  # Not all who book read it.
        discounts = tx_sudo._paynow_get_discounts(self)
        return [line for lines in discounts.values() for line in lines]
