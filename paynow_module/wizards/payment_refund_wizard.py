# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, fields, models
from odoo.exceptions import UserError


class PaymentRefundWizard(models.TransientModel):
    """Which of several invoices a part of a payment is refunded for."""

    _inherit = "payment.refund.wizard"

    paynow_is_split = fields.Boolean(related="payment_id.paynow_is_split")
    paynow_is_part = fields.Boolean(compute="_compute_paynow_is_part")
    paynow_allocation_id = fields.Many2one(
        string="Of",
        comodel_name="paynow.allocation",
        help="The invoice of which the amount is refunded: it is open again by as"
        " much.",
        domain="[('id', 'in', paynow_allocation_ids)]",
    )
    paynow_allocation_ids = fields.Many2many(
        comodel_name="paynow.allocation", compute="_compute_paynow_allocation_ids"
    )

    @api.depends("amount_to_refund", "amount_available_for_refund")
    def _compute_paynow_is_part(self):
        for wizard in self:
            wizard.paynow_is_part = bool(
                wizard.currency_id.compare_amounts(
                    wizard.amount_to_refund, wizard.amount_available_for_refund
                )
            )

    @api.depends("payment_id")
    def _compute_paynow_allocation_ids(self):
        for wizard in self:
            tx_sudo = wizard.transaction_id.sudo()  # Whoever refunds may read them.
            left = tx_sudo._paynow_get_refundable() if wizard.paynow_is_split else {}
            allocations = tx_sudo.paynow_allocation_ids.browse(
                each.id for each, rest in left.items() if rest > 0
            )
            wizard.paynow_allocation_ids = allocations.sudo(False)

    def action_refund(self):
        """Override of `account_payment` to refund a part of one invoice alone."""
        self.ensure_one()
        if not self.paynow_is_split:
            return super().action_refund()
        # A second click comes later, and finds what is left. In sudo mode as it locks.
        self.transaction_id.sudo()._paynow_get_invoices()._paynow_lock()
        self.invalidate_recordset()
        self.payment_id.invalidate_recordset(["amount_available_for_refund"])
        self._check_amount_to_refund_within_boundaries()
        allocation = self.paynow_allocation_id if self.paynow_is_part else None
        if self.paynow_is_part and not allocation:
            raise UserError(self.env._("Please choose of which invoice."))
        self_chosen = self.with_context(
            paynow_refunded_allocation_id=allocation and allocation.id
        )
        return super(PaymentRefundWizard, self_chosen).action_refund()
